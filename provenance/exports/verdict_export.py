"""A published verdict as a signed file: an in-toto Statement (v1) in a DSSE envelope.

Rules:
  1. only a verdict whose newest version has all its signatures, and is not withdrawn, leaves;
  2. whoever signs the file has signed that version with the same key;
  3. both are looked up under the write lock, where the export is recorded (`report.exported`); so
     the checkpoint in the file covers the record of its own making;
  4. texts are those of the report for the same reader: what is blotted out there is blotted out
     here, and labels of facets that it does not show are counted, not told;
  5. the subject is the item's random id with the entries of the verdict; the digests of documents
     stand there for the desk and for auditors only.
The verdict's entries in the ledger stay what counts; this file repeats them for tools that read
attestations. It is not withdrawn when the verdict is: `asOf`, version and checkpoint say how old.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from provenance.acts.verdict_history import read_history
from provenance.acts.workbench import Workbench
from provenance.compiling.compile import compile_report
from provenance.compiling.exporting import export_record
from provenance.errors import DeskCorrupt, Refused, UsageError
from provenance.exports.dsse import sign_envelope
from provenance.instants import format_instant
from provenance.journal.appending import Batch
from provenance.journal.keeping import log_note_key
from provenance.journal.reading import OpenedEntry
from provenance.ledger.canonical import canonical_text
from provenance.records import Json
from provenance.report.model import Audience, ReportModel
from provenance.report.verdict_parts import SignedVerdict
from provenance.statements import VERDICT_TYPES
from provenance.verdict.lifecycle import State
from provenance.verdict.verdict_record import Act, Decision
from provenance.views import ItemView

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://provenance-desk.example/verdict/v1"
LEAF_HASH: Final = "rfc6962LeafHash"  # SHA-256(0x00 || leaf), which no sha256sum gives
_STANDS: Final = frozenset({State.PUBLISHED, State.CORRECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    """What was found under the write lock."""

    seq: int
    """Of the record of the export."""
    version: int
    state: State
    decision: Decision
    signers: tuple[str, ...]
    entries: tuple[OpenedEntry, ...]
    """Those that sign this version, the author's first."""


def export_verdict(bench: Workbench, view: ItemView, *, audience: str) -> bytes:
    """Record the export of an item's verdict, and return the envelope, signed by the acting key.

    Raises:
        UsageError: no such audience.
        Refused: no published verdict, or the acting key is not one of its signers.
        KeyUnavailable: the desk was opened without a key.
    """
    if audience not in {each.value for each in Audience}:
        raise UsageError("a verdict is exported for internal, auditor or public readers")
    reader = Audience(audience)
    kid = bench.signer.public_key.kid

    def compose(batch: Batch) -> _Published:
        seq = batch.add(export_record(batch, view, reader, form="verdict"))
        names = bench.keepers().names
        return _published(bench.entries(view.item, VERDICT_TYPES), kid, seq, names)

    found = bench.append(compose)
    report = compile_report(bench, view, reader).narrowed()
    statement: Json = {
        "_type": STATEMENT_TYPE,
        "subject": _subject(report, found),
        "predicateType": PREDICATE_TYPE,
        "predicate": _predicate(bench, report, found),
    }
    payload = canonical_text(statement).encode("utf-8")
    return sign_envelope(PAYLOAD_TYPE, payload, bench.signer).encode()


def _published(
    entries: Sequence[OpenedEntry], kid: str, seq: int, names: Mapping[str, str]
) -> _Published:
    past = read_history(entries, names)
    standing = past.standing
    if standing.state not in _STANDS or standing.decision is None or standing.version is None:
        raise Refused(f"only a published verdict is exported; this one is {standing.state}")
    if kid not in standing.signers:
        raise Refused("your key has not signed this verdict: one of its signers exports it")
    signing = {
        act.seq
        for act in past.acts
        if act.counts
        and act.record.version == standing.version
        and act.record.act is not Act.WITHDRAWN
    }
    return _Published(
        seq=seq,
        version=standing.version,
        state=standing.state,
        decision=standing.decision,
        signers=standing.signers,
        entries=tuple(entry for entry in entries if entry.seq in signing),
    )


def _subject(report: ReportModel, found: _Published) -> list[Json]:
    if report.audience is not Audience.PUBLIC:
        return [
            {"name": f"{report.accession}/copy-{copy.number}", "digest": {"sha256": copy.sha256}}
            for copy in report.exemplars
            if copy.sha256
        ]
    return [
        {
            "name": f"{report.desk}/item/{report.item}/entry/{each.seq}",
            "digest": {
                "sha256": sha256(each.entry.leaf).hexdigest(),
                LEAF_HASH: each.leaf_hash.hex(),
            },
        }
        for each in found.entries
    ]


def _predicate(bench: Workbench, report: ReportModel, found: _Published) -> Json:
    told = _version(report, found.version)
    labels = list(_labels(report, found.decision))
    head = report.tree_head
    return {
        "audience": report.audience.value,
        "item": report.item,
        "version": found.version,
        "state": found.state.value,
        "headline": told.headline,
        "publicWording": told.public_wording,
        "labels": labels,
        "labelsWithheld": len(found.decision.labels) - len(labels),
        "asOf": format_instant(found.decision.as_of),
        "inputDigest": found.decision.input_digest,
        "rulesVersion": found.decision.rules_version,
        "signers": [*found.signers],
        "entries": [
            {"entry": each.seq, "signer": each.kid, LEAF_HASH: each.leaf_hash.hex()}
            for each in found.entries
        ],
        "ledger": {
            "origin": bench.parts.origin,
            "verifierKey": log_note_key(bench.parts.origin, bench.parts.log_signer).vkey(),
            "checkpoint": "" if head is None else head.note,
            "exportedIn": found.seq,
        },
    }


def _version(report: ReportModel, version: int) -> SignedVerdict:
    for each in report.verdicts:
        if each.version == version:
            return each
    raise DeskCorrupt(f"version {version} of the verdict is signed, and the report has it not")


def _labels(report: ReportModel, decision: Decision) -> Iterator[Json]:
    facets = report.suggestion.facets if report.suggestion else ()
    shown = {each.name for each in facets}
    for facet, label in sorted(decision.labels.items()):
        if facet in shown or report.audience is Audience.INTERNAL:
            yield {"facet": facet, "label": label}
