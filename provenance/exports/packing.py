"""Make a package of one item for one audience: a bag that verifies without the desk.

Order:
  1. the export is recorded (`report.exported`: audience, how many entries the item has with it, the
     log's size), under the write lock, so that the count is right and the checkpoint covers it;
  2. the report is compiled and narrowed; if somebody wrote to the item in between, both are done
     again, so that a package always ends with the record of its own making;
  3. entries of the item and of the desk itself (genesis, keys), those withheld as bare leaves;
  4. documents, each read once, and refused if its bytes are not those that were received;
  5. the manifests.
The same records, keys and instant give the same bytes. Writes to the target it is given, and to the
ledger; nothing else.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import Template
from typing import Final

from provenance.acts.workbench import Workbench
from provenance.compiling.compile import Compiled, compile_report
from provenance.compiling.exporting import export_record
from provenance.digests import BLOCK
from provenance.errors import BlobCorrupt, DeskLocked, UsageError
from provenance.exports.bag import BagWriter
from provenance.exports.disclosing import Showing, shown
from provenance.exports.layout import (
    CHECKPOINT,
    HEADS,
    REPORT_HTML,
    REPORT_JSON,
    SIGNERS,
    VERIFY_SH,
    VERIFY_TXT,
    VKEY,
    document_path,
    entry_path,
    held_path,
    proof_path,
)
from provenance.exports.presenting import open_stored, present, prove, prove_heads
from provenance.exports.release import agent, instructions, verify_script
from provenance.exports.target import Target
from provenance.journal.keeping import log_note_key
from provenance.journal.projecting import ARRIVALS
from provenance.ledger.allowed_signers import allowed_signers
from provenance.ledger.checkpoint import as_first_signed
from provenance.ledger.disclosure import Disclosure
from provenance.ledger.endorsement import NAMESPACE
from provenance.ledger.entry import Entry
from provenance.ports import HeldCheckpoint, StoredCheckpoint
from provenance.records import DESK_ITEM
from provenance.report.html import render_html
from provenance.report.json_form import report_json
from provenance.report.model import Audience, ReportModel
from provenance.views import ItemView

TILES_HELD: Final = 512  # of 8 kB: all proofs of a package climb through the same few
_SHA256: Final = re.compile("[0-9a-f]{64}")
MAX_TRIES: Final = 5  # of compiling while others write to the item; each try records an export


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was packed."""

    entries: int
    """Entries of the item and of the desk, withheld ones included."""
    documents: int
    log_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    seq: int
    entry: Entry
    fields: tuple[Disclosure, ...]


def make_package(
    bench: Workbench,
    view: ItemView,
    *,
    audience: str,
    target: Target,
) -> Made:
    """Record the export of an item, and write its package.

    Raises:
        UsageError: no such audience.
        KeyUnavailable: the desk was opened without a key.
        BlobMissing: a document is not there.
        BlobCorrupt: a document is not what was received.
        DeskLocked: others wrote to the item at every try.
    """
    if audience not in {each.value for each in Audience}:
        raise UsageError("a package is for internal, auditor or public readers")
    reader = Audience(audience)
    compiled, head = _compiled(bench, view, reader)
    full, report = compiled.full, compiled.narrowed()
    bag = BagWriter(target)
    bag.add(REPORT_HTML, [render_html(report).encode()])
    bag.add(REPORT_JSON, [report_json(report).encode()])
    entries = list(_entries(bench, view, head.size))
    showing = _showing(compiled, entries)
    tile = lru_cache(maxsize=TILES_HELD)(bench.parts.ledger.tile)
    for each in entries:
        bag.add(entry_path(each.seq), [present(each.entry, each.fields, showing)])
        bag.add(proof_path(each.seq), [prove(each.seq, head, tile)])
    documents = sorted(set(_documents(entries, showing)))
    for sha256 in documents:
        _add_document(bench, bag, sha256)
    _add_log(bench, bag, entries, head)
    _add_instructions(bench, bag)
    bag.close(_info(full, reader, head))
    return Made(entries=len(entries), documents=len(documents), log_size=head.size)


def _compiled(
    bench: Workbench, view: ItemView, reader: Audience
) -> tuple[Compiled, StoredCheckpoint]:
    for _ in range(MAX_TRIES):
        seq = bench.append(
            lambda batch: batch.add(export_record(batch, view, reader, form="package"))
        )
        compiled = compile_report(bench, view, reader)
        head = compiled.full.tree_head
        if head is not None and compiled.full.entries[-1].entry == seq:
            return compiled, StoredCheckpoint(size=head.size, note=head.note.encode())
    raise DeskLocked("others write to this item all the time; no package was made")


def _entries(bench: Workbench, view: ItemView, size: int) -> Iterator[_Opened]:
    """Yield the entries of desk and item below the checkpoint's size, in log order."""
    rows = [row for item in (DESK_ITEM, view.item) for row, _ in bench.signed(item)]
    subjects = {sealed.subject for row in rows for sealed in row.disclosures}
    keys = bench.parts.subject_keys.get(sorted(subjects))
    for row in sorted(rows, key=lambda row: row.seq):
        if row.seq < size:
            entry, fields = open_stored(row, keys)
            yield _Opened(seq=row.seq, entry=entry, fields=fields)


def _showing(compiled: Compiled, entries: Iterable[_Opened]) -> Showing:
    full, reader = compiled.full, compiled.reader
    arrivals = [arrival for copy in full.exemplars for arrival in copy.arrivals]
    secrets = {arrival.source for arrival in arrivals} | set(_handles(entries)) | compiled.secrets
    secrets |= {statement.source for statement in full.statements}
    if reader is Audience.PUBLIC:
        secrets |= {arrival.name for arrival in arrivals}
        secrets |= {one.speaker for one in full.statements if not one.on_record}
    published = frozenset(copy.sha256 for copy in full.exemplars if copy.published)
    return Showing(audience=reader, secrets=tuple(sorted(secrets - {""})), published=published)


def _handles(entries: Iterable[_Opened]) -> Iterator[str]:
    for field in (field for each in entries for field in each.fields):
        match field.name, field.value:
            case "source", {"handle": str(handle)}:
                yield handle
            case "record", {"source": str(handle)}:
                yield handle


def _documents(entries: Iterable[_Opened], showing: Showing) -> Iterator[str]:
    """Yield the digests that are shown: where a digest is disclosed, its bytes come with it."""
    for each in entries:
        if each.entry.type in ARRIVALS:
            for field in shown(each.entry.type, each.fields, showing):
                match field.name, field.value:
                    case "document", {"sha256": str(sha256)} if _SHA256.fullmatch(sha256):
                        yield sha256


def _add_document(bench: Workbench, bag: BagWriter, sha256: str) -> None:
    with bench.parts.blobs.open(bytes.fromhex(sha256)) as stream:
        found = bag.add(document_path(sha256), iter(lambda: stream.read(BLOCK), b""))
    if found != sha256:
        raise BlobCorrupt("a document is not what was received: no package was made")


def _add_log(
    bench: Workbench,
    bag: BagWriter,
    entries: list[_Opened],
    head: StoredCheckpoint,
) -> None:
    held = _held(bench, entries, head.size)
    sizes = {each.entry.seen.size for each in entries} | {each.size for each in held}
    heads = prove_heads(sizes, head.size, bench.parts.ledger.tile)
    times = {each.seq: each.entry.iat for each in entries}
    key = log_note_key(bench.parts.origin, bench.parts.log_signer)
    # The roster as of the checkpoint: a key that ended since still counts in this package.
    keepers = [each for each in bench.keepers().roster if each.enrolled < head.size]
    bag.add(CHECKPOINT, [head.note])
    for each in held:
        bag.add(held_path(each.size, "checkpoint"), [as_first_signed(each.note, key)])
        if each.cosigned is not None:
            bag.add(held_path(each.size, "cosigned"), [each.cosigned])
        for number, response in enumerate(_answers(each.timestamps) if each.timestamps else ()):
            bag.add(held_path(each.size, f"{number}.tsr"), [response])
    bag.add(HEADS, ["".join(heads).encode()])
    bag.add(VKEY, [f"{key.vkey()}\n".encode()])
    bag.add(SIGNERS, [allowed_signers(keepers, times).encode()])


def _answers(timestamps: bytes) -> list[bytes]:
    """Return the answers of time-stamp authorities as they came."""
    from provenance.outside.timestamp_file import (  # noqa: PLC0415 ASN.1 is slow to load
        parse_timestamps,
    )

    return [answer.response for answer in parse_timestamps(timestamps).answers]


def _held(bench: Workbench, entries: Iterable[_Opened], size: int) -> list[HeldCheckpoint]:
    """Return the heads that bound the entries: for each the first attested head that covers it."""
    held = [each for each in bench.parts.checkpoints.held() if each.size <= size]
    sizes = [each.size for each in held]
    firsts = {bisect_right(sizes, each.seq) for each in entries}
    return [each for at, each in enumerate(held) if at in firsts]


def _add_instructions(bench: Workbench, bag: BagWriter) -> None:
    digest = bag.add(VERIFY_SH, [verify_script()])
    key = log_note_key(bench.parts.origin, bench.parts.log_signer)
    text = Template(instructions()).substitute(script=digest, vkey=key.vkey(), namespace=NAMESPACE)
    bag.add(VERIFY_TXT, [text.encode()])


def _info(full: ReportModel, reader: Audience, head: StoredCheckpoint) -> dict[str, str]:
    return {
        "Audience": reader.value,
        "Bag-Software-Agent": agent(),
        "Bagging-Date": full.made_at.strftime("%Y-%m-%d"),
        "External-Identifier": full.accession,
        "Log-Size": str(head.size),
        "Source-Organization": full.desk,
    }
