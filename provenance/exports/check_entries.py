"""Are the entries genuine: form, shown fields, place in the log?

For each entry, in order: the presentation parses (one grammar), is of this log and of a known type;
every shown field is one the entry vouches for, none comes twice (a forged, unreferenced disclosure
is REFUSED, as RFC 9901 section 7.1 asks); the proof is for this very index and this very
checkpoint; the log holds the leaf there. What signers claim is judged in `check_roster`.
A package for the desk itself holds each entry's list of its fields as well: what is listed and not
shown is counted, for it was erased or deleted. Others are never shown that list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from provenance.errors import CheckFailed, Malformed
from provenance.exports.check_log import SignedHead
from provenance.exports.checklist import Checklist
from provenance.exports.layout import entry_path, proof_path, seq_of
from provenance.exports.opened import PackageFiles, read_file
from provenance.ledger.disclosure import match_disclosures, parse_presentation
from provenance.ledger.entry import Entry
from provenance.ledger.manifest import MANIFEST, read_manifest
from provenance.ledger.merkle import verify_inclusion
from provenance.ledger.proof import MAX_PROOF_FILE, parse_proof
from provenance.records import RECORD_TYPES, Json

MAX_PRESENTATION: Final = 8 << 20  # bytes: 32 fields of 256 kB


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """An entry whose form, fields and place in the log were found right."""

    seq: int
    entry: Entry
    fields: Mapping[str, Json]
    """The fields that are shown; others are withheld or erased, which cannot be told apart."""


def check_entries(files: PackageFiles, head: SignedHead, out: Checklist) -> list[Presented] | None:
    """Check every entry alone, in order of the log; None if one does not hold.

    Raises:
        Malformed: a file is missing or too large.
    """
    names = files.sizes()
    seqs = sorted(seq for name in names if (seq := seq_of(name)) is not None)
    faults: list[str] = []
    if {proof_path(seq) for seq in seqs} != {n for n in names if n.endswith(".tlog-proof")}:
        faults.append("An entry comes without its proof, or a proof without its entry.")
    found: list[Presented] = []
    for seq in seqs:
        try:
            found.append(_read(files, seq, head))
        except (Malformed, CheckFailed) as error:
            faults.append(f"Entry {seq}: {error}.")
    shown = sum(len(each.fields) for each in found)
    hidden = sum(len(each.entry.digest_texts) for each in found) - shown
    text = (
        f"{len(found)} entries are in the log at their places; they vouch for all {shown} fields "
        f"that are shown ({hidden} digests stand for withheld fields or nothing)."
    )
    if gone := sum(len(_unshown(each)) for each in found):
        text += f" {gone} fields that the desk's own lists name are not here: erased, or deleted."
    out.settle("entries", faults, text)
    return None if faults else found


def _read(files: PackageFiles, seq: int, head: SignedHead) -> Presented:
    data = read_file(files, entry_path(seq), limit=MAX_PRESENTATION)
    entry, disclosures = parse_presentation(data)
    fields = match_disclosures(entry, disclosures)
    if fault := next(_faults(entry, head), ""):
        raise CheckFailed(fault)
    proof = parse_proof(read_file(files, proof_path(seq), limit=MAX_PROOF_FILE))
    if proof.index != seq or proof.checkpoint != head.note or proof.extra is not None:
        raise CheckFailed("its proof is for another entry or another checkpoint")
    if not verify_inclusion(
        index=seq,
        size=head.checkpoint.size,
        leaf=entry.leaf_hash,
        proof=proof.hashes,
        root=head.checkpoint.root,
    ):
        raise CheckFailed("the log does not hold it there")
    return Presented(seq=seq, entry=entry, fields=fields)


def _unshown(each: Presented) -> frozenset[str]:
    """Return the fields that a shown list names and that are not shown."""
    return frozenset((read_manifest(each.fields.get(MANIFEST)) or {}).keys() - each.fields.keys())


def _faults(entry: Entry, head: SignedHead) -> Iterator[str]:
    kind = RECORD_TYPES.get(entry.type)
    if entry.log != head.checkpoint.origin:
        yield "it belongs to another log"
    if kind is None or kind.width != len(entry.digest_texts):
        yield "no record of this type has so many digests"
