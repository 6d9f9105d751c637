"""Intake on an open desk: a stream of arrivals becomes acknowledged custody records, in batches.

Order, for each batch: the blobs are made durable together; then the records are committed; then the
head is signed; only then is anybody told that something was taken. A run that is stopped anywhere
has taken exactly what it acknowledged, and the same command goes on from there: files whose arrival
mark is known are passed over without being read, failures are tried again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Final

from provenance.acts.handles import require_no_handle
from provenance.acts.receiving import IngestOptions, Receipt, Registrar
from provenance.acts.workbench import Workbench
from provenance.errors import Refused
from provenance.intake.arrivals import Arrival, Skipped, arrivals
from provenance.intake.claims import ClaimOutcome, Claims
from provenance.intake.failures import Failure
from provenance.intake.walk import Root
from provenance.journal.appending import Batch

BATCH_FILES: Final = 250  # arrivals acknowledged together: one disk flush for all of them
BATCH_BYTES: Final = 64 << 20  # bytes; a large file is acknowledged soon after it was read
BATCH_SECONDS: Final = 2.0  # a slow disk or share still acknowledges steadily

Event = Receipt | Skipped | Failure
Source = str | bytes | PathLike[str] | Root


@dataclass(slots=True, kw_only=True)
class IngestSummary:
    """What one run did; grows while it runs."""

    received: int = 0
    """Files and members whose bytes were new."""
    again: int = 0
    """Further occurrences of bytes that the desk held already."""
    skipped: int = 0
    """Files taken by an earlier run, not read again."""
    failed: int = 0
    mismatched: int = 0
    """Files that are not what the manifest claims; taken all the same."""
    absent: tuple[str, ...] = ()
    """Claimed by the manifest, but not there."""
    bytes: int = 0
    """Bytes read and recorded."""
    receipts: list[Receipt] = field(default_factory=list)
    """Only if asked for; a large run keeps none."""


@dataclass(slots=True, kw_only=True)
class _Run:
    """One run over a stream of arrivals."""

    bench: Workbench
    registrar: Registrar
    notify: Callable[[Event], None]
    summary: IngestSummary
    keep_receipts: bool
    clock: Callable[[], datetime]
    known: Callable[[Sequence[bytes]], frozenset[bytes]]
    """Which arrival marks stand for files that need not be taken again."""
    pending: list[Arrival] = field(default_factory=list)
    pending_bytes: int = 0
    since: datetime | None = None

    def take(self, stream: Iterator[Arrival | Skipped | Failure]) -> None:
        for each in stream:
            if isinstance(each, Arrival):
                self.pending.append(each)
                self.pending_bytes += each.received.size
                self.since = self.since or self.clock()
                if self._full():
                    self.flush()
            else:
                self._tell(each)
        self.flush()

    def flush(self) -> None:
        """Acknowledge what is pending; after this it survives anything."""
        if not self.pending:
            return
        now = self.clock()
        self.bench.parts.blobs.settle()

        def compose(batch: Batch) -> tuple[list[Arrival], list[Receipt]]:
            fresh = self._not_taken_meanwhile()
            return fresh, self.registrar.enter(batch, fresh, now)

        taken, receipts = self.bench.append(compose)
        self.summary.skipped += len(self.pending) - len(taken)
        for arrival, receipt in zip(taken, receipts, strict=True):
            self.summary.bytes += arrival.received.size
            self.summary.mismatched += arrival.claim is ClaimOutcome.MISMATCH
            self._count(receipt)
        self.pending, self.pending_bytes, self.since = [], 0, None

    def _not_taken_meanwhile(self) -> list[Arrival]:
        """Return what is pending without the files that another process has recorded since.

        Called under the write lock. The mark stands on the last arrival out of a file.
        """
        marks = [arrival.mark for arrival in self.pending if arrival.mark is not None]
        known = self.known(marks)
        fresh: list[Arrival] = []
        of_file: list[Arrival] = []
        for arrival in self.pending:
            of_file.append(arrival)
            if arrival.mark is not None:
                fresh += [] if arrival.mark in known else of_file
                of_file = []
        return fresh + of_file

    def _full(self) -> bool:
        waited = (self.clock() - self.since).total_seconds() if self.since else 0.0
        return (
            len(self.pending) >= BATCH_FILES
            or self.pending_bytes >= BATCH_BYTES
            or waited >= BATCH_SECONDS
        )

    def _count(self, receipt: Receipt) -> None:
        if receipt.new_bytes:
            self.summary.received += 1
        else:
            self.summary.again += 1
        if self.keep_receipts:
            self.summary.receipts.append(receipt)
        self.notify(receipt)

    def _tell(self, event: Skipped | Failure) -> None:
        if isinstance(event, Skipped):
            self.summary.skipped += 1
        else:
            self.summary.failed += not event.remark_only
        self.notify(event)


def ingest(
    bench: Workbench,
    sources: Iterable[Source],
    options: IngestOptions,
    *,
    claims: Claims | None = None,
    notify: Callable[[Event], None] = lambda _: None,
    keep_receipts: bool = False,
) -> IngestSummary:
    """Take files and folders into the desk.

    Args:
        bench: the open desk, with a signer.
        sources: files and folders.
        options: what is said about all of them.
        claims: a manifest to check them against.
        notify: told of each file once it is acknowledged, passed over or has failed.
        keep_receipts: also return every receipt in the summary.

    Raises:
        Refused: `options.item` while several files were named, bytes that another item holds, or
            a note that names a source.
        SurroundingsError: disk, database or key failed; what was notified before is safe.
    """
    roots = list(sources)
    if options.item is not None and any(_is_folder(root) for root in roots):
        raise Refused("only files can join an item, one exemplar each; a folder makes items")
    own = [options.source] if options.source else []
    require_no_handle(bench, [options.note] if options.note else [], also=own)
    parts = bench.parts
    known = _no_marks if options.item is not None else parts.views.known_marks
    stream = arrivals(
        roots,
        blobs=parts.blobs,
        known=known,
        mark_key=parts.mark_key,
        exclude=parts.own_folders,
        claims=claims,
        unpack=options.unpack and options.item is None,
    )
    summary = IngestSummary()
    run = _Run(
        bench=bench,
        registrar=Registrar(options, parts.random),
        notify=notify,
        summary=summary,
        keep_receipts=keep_receipts,
        clock=parts.clock,
        known=known,
    )
    try:
        run.take(stream)
    finally:
        stream.close()
    if claims is not None:
        summary.absent = claims.unmet()
    return summary


def _no_marks(_marks: Sequence[bytes]) -> frozenset[bytes]:
    # Whoever names an item means these files to join it: none is passed over as taken before.
    return frozenset()


def _is_folder(root: Source) -> bool:
    path = root.path if isinstance(root, Root) else root
    return Path(
        path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else path
    ).is_dir()
