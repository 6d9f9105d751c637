"""Three questions, always all answered: did the evidence change? the log? the desk's own tables?

Evidence: every blob that an entry names, document or full result of an examination, is read again
and digested, and the hidden fields that make a record what it is must still be there. Log:
everything `provenance.ledger.audit` looks at, the latch beside the log key (a desk that was
restored from an old copy is whole in itself, and only what lies outside it can tell), and the
checkpoint that outsiders are shown. Tables: index columns, item heads and views, which are derived
from entries and which everybody looks things up in.
One pass over the log, cut into stretches that go to an executor, if one is given, a few at a time:
memory stays bounded. A bad desk is a report, never an exception; only a desk that cannot be read at
all raises.
"""

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from provenance.acts.audit_beside import (
    latch_faults,
    published_faults,
    published_remarks,
    tile_at,
    vouched_size,
)
from provenance.acts.audit_derived import DerivedViews, index_faults, table_faults
from provenance.acts.audit_stretch import Stretch, StretchAnswer, read_stretch
from provenance.acts.audit_verdicts import judge_verdicts
from provenance.acts.erased import ERASABLE
from provenance.acts.workbench import Workbench
from provenance.errors import DeskCorrupt, KeyUnavailable
from provenance.evidence import BlobState, Fixity, reread
from provenance.journal.keeping import log_note_key
from provenance.ledger.audit import AuditTerms, CheckedEntry, audit_log
from provenance.ledger.disclosure import match_disclosures
from provenance.ledger.entry import Entry
from provenance.ledger.findings import AuditReport, Finding, Level
from provenance.ledger.keyacts import Fields
from provenance.ledger.keys import PublicKey
from provenance.ledger.sealing import open_disclosure
from provenance.ports import EntryRow, SealedDisclosure, StoredCheckpoint, StoredEntry
from provenance.statements import VERDICT_TYPES

if TYPE_CHECKING:
    from provenance.outside.holds_audit import HoldsAudit

STRETCH: Final = 1_000  # entries checked together: some 5 MB on their way to another process
BLOBS_AHEAD: Final = 64  # blobs being read at a time, where an executor reads them
Tick = Callable[[str, int], None]
"""Told what was done: (`blob` or `entry`, how many more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlan:
    """How much to look at, and with what."""

    entries: Executor | None = None
    """Spreads stretches of entries; tasks and answers can travel to other processes."""
    blobs: Executor | None = None
    """Spreads blobs; threads, because reading and hashing leave the interpreter free."""
    ahead: int = 4
    """Stretches in flight: two for each worker keep all of them busy."""
    since: bytes | None = None
    """A checkpoint held outside: what lies before it is counted and hashed, not verified again."""
    outside: tuple[bytes, ...] = ()
    """Further checkpoints held outside, each to be one of this log."""
    sample: int | None = None
    """Read only so many blobs, chosen at random; None = all."""
    seed: int = 0
    """Which ones: the same seed on the same desk chooses the same."""


EVERYTHING: Final = AuditPlan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A blob that is not as it was, and what it belongs to."""

    fixity: Fixity
    belongs_to: str
    """The entry that names it, and as what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAudit:
    """Both answers."""

    blobs: int
    """Blobs read again."""
    blob_bytes: int
    damaged: tuple[Damaged, ...]
    unreadable: tuple[str, ...]
    """One sentence for each entry whose hidden fields do not open, or are gone, although their key
    is there."""
    log: AuditReport
    beside_the_key: tuple[str, ...] = ()
    """What the latch beside the log key says that this log does not bear out, and what is wrong
    with the published checkpoint."""
    remarks: tuple[str, ...] = ()
    """Worth knowing, and no sign that anything changed: signed records that cannot be read as what
    they are called, an older checkpoint still published."""
    derived: tuple[str, ...] = ()
    """What the desk looks up that differs from what the ledger says; erasures cut short."""
    views_compared: bool = True
    """False: with `since`, the views of older entries were left alone."""
    vouched: int = 0
    """Entries that a checkpoint held outside vouches for; their signatures were left alone."""
    sampled: bool = False
    """Whether only some blobs were read."""
    outside: "HoldsAudit"
    """What witnesses and timestamp authorities attest."""

    @property
    def evidence_holds(self) -> bool:
        """Whether every blob is as it was received."""
        return not self.damaged and not self.unreadable

    @property
    def log_holds(self) -> bool:
        """Whether nothing in the log was flagged, and the log continues what its key signed.

        Timestamps that do not hold count as well.
        """
        return not (self.log.flagged or self.beside_the_key or self.outside.faults)

    @property
    def derived_holds(self) -> bool:
        """Whether what the desk looks up is what the ledger says."""
        return not self.derived

    @property
    def holds(self) -> bool:
        """Whether all three answers are good."""
        return self.evidence_holds and self.log_holds and self.derived_holds

    @property
    def first_bad(self) -> Finding | None:
        """The flag at the lowest position in the log; None if no entry was flagged."""
        flags = [f for f in self.log.findings if f.level is Level.FLAG and f.seq is not None]
        return min(flags, key=lambda finding: finding.seq or 0, default=None)


def audit(
    bench: Workbench,
    plan: AuditPlan = EVERYTHING,
    *,
    tick: Tick = lambda _kind, _count: None,
) -> DeskAudit:
    """Read everything again, or what the plan says, and compare.

    Raises:
        DeskCorrupt: the database cannot be read.
    """
    from provenance.outside.holds_audit import audit_holds  # noqa: PLC0415 ASN.1 is slow to load

    outside = audit_holds(bench)
    size = bench.parts.ledger.size()
    run = _Run(bench, plan, size, tick)
    log = _audit_log(bench, plan, outside, run)
    blobs = run.blobs.finish()
    views = run.derived.compare(bench, size) if not run.since else ()
    return DeskAudit(
        blobs=blobs.count,
        blob_bytes=blobs.size,
        damaged=tuple(blobs.damaged),
        unreadable=tuple(run.unreadable),
        log=log,
        outside=outside,
        beside_the_key=(*latch_faults(bench), *published_faults(bench)),
        remarks=(*run.remarks, *published_remarks(bench)),
        derived=(*run.odd, *run.erasures(), *table_faults(bench), *views),
        views_compared=not run.since,
        vouched=run.since,
        sampled=plan.sample is not None,
    )


class _Run:
    """One pass over the log."""

    def __init__(self, bench: Workbench, plan: AuditPlan, size: int, tick: Tick) -> None:
        self._bench = bench
        self._plan = plan
        self._tick = tick
        self.size = size
        self._erasures, fault = _erasures(bench)
        self._present: set[bytes] = set()
        self._index: dict[int, EntryRow] = {}
        self.since = vouched_size(bench, plan.since)
        self.unreadable: list[str] = fault
        self.remarks: list[str] = []
        self.judged: set[bytes] = set()
        self.odd: list[str] = []
        self.derived = DerivedViews()
        self.blobs = _Blobs(bench, plan, tick)

    def checked(self) -> Iterator[CheckedEntry]:
        """Yield every entry checked, and keep what the stretches show beside."""
        for answer in self._answers():
            self.unreadable.extend(answer.faults)
            self.remarks.extend(answer.remarks)
            self._take_closed(answer)
            self._take_missing(answer)
            self._present |= answer.present & self._erasures.keys()
            if not self.since:
                self.derived.take(answer)
            for sha256, owner in answer.blobs:
                self.blobs.take(sha256, owner)
            self._compare_index(answer)
            self._tick("entry", len(answer.checked))
            self.judged.update(
                e.entry.item for e in answer.checked if e.entry and e.entry.type in VERDICT_TYPES
            )
            yield from answer.checked

    def erasures(self) -> Iterator[str]:
        """Yield a sentence for each erasure that was recorded and not completed."""
        for seq in sorted({self._erasures[digest] for digest in self._present}):
            yield (
                f"the erasure that entry {seq} records is not complete: run `prov source erase` "
                "again with the same handle"
            )

    def _answers(self) -> Iterator[StretchAnswer]:
        pool = self._plan.entries
        if pool is None:
            yield from map(read_stretch, self._tasks())
            return
        flying: deque[Future[StretchAnswer]] = deque()
        for task in self._tasks():
            flying.append(pool.submit(read_stretch, task))
            if len(flying) > self._plan.ahead:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()

    def _tasks(self) -> Iterator[Stretch]:
        ring = _ring(self._bench)
        entries = iter(self._bench.parts.ledger.entries(0, self.size, disclosures=True))
        while rows := list(islice(entries, STRETCH)):
            index = self._bench.parts.derived.entry_rows(rows[0].seq, rows[-1].seq + 1)
            self._index.update((row.seq, row) for row in index)
            keys = self._keys(rows)
            yield Stretch(rows=rows, keys=keys, ring=ring, since=self.since)

    def _keys(self, rows: list[StoredEntry]) -> Mapping[str, bytes]:
        subjects = {d.subject for row in rows if row.seq >= self.since for d in row.disclosures}
        try:
            return self._bench.parts.subject_keys.get(sorted(subjects))
        except KeyUnavailable:
            return dict(self._readable_keys(sorted(subjects)))

    def _readable_keys(self, subjects: list[str]) -> Iterator[tuple[str, bytes]]:
        for subject in subjects:
            try:
                yield from self._bench.parts.subject_keys.get([subject]).items()
            except KeyUnavailable as error:
                self.unreadable.append(f"a key in the key folder: {error}")

    def _take_closed(self, answer: StretchAnswer) -> None:
        for seq, kind, digest in answer.closed:
            if digest in self._erasures:
                self._present.add(digest)
            else:
                self.unreadable.append(
                    f"entry {seq} ({kind}): a hidden field lies under a key that is not there, "
                    "and no record says that it was erased"
                )

    def _take_missing(self, answer: StretchAnswer) -> None:
        self.unreadable.extend(
            f"entry {seq} ({kind}): {name} gone, though not erased"
            for seq, kind, name, digest in answer.missing
            if digest not in self._erasures or name not in ERASABLE
        )

    def _compare_index(self, answer: StretchAnswer) -> None:
        pairs = ((each, self._index.pop(each.seq, None)) for each in answer.checked)
        self.odd.extend(index_faults(pairs))


class _Blobs:
    """Reads blobs again: all that are named, or a sample of them."""

    def __init__(self, bench: Workbench, plan: AuditPlan, tick: Tick) -> None:
        self._read = bench.parts.blobs
        self._pool = plan.blobs
        self._sample = plan.sample
        self._tick = tick
        # A choice that can be repeated, not a secret: whoever hides damage does not know the seed.
        self._random = random.Random(plan.seed)  # noqa: S311
        self._chosen: list[tuple[bytes, str]] = []
        self._seen: set[bytes] = set()
        self._flying: deque[tuple[Future[Fixity], str]] = deque()
        self.count = self.size = 0
        self.damaged: list[Damaged] = []

    def take(self, sha256: bytes, owner: str) -> None:
        """Take a blob that an entry names; the same bytes come once."""
        if sha256 in self._seen:
            return
        self._seen.add(sha256)
        if self._sample is None:
            self._submit(sha256, owner)
        elif len(self._chosen) < self._sample:
            self._chosen.append((sha256, owner))
        elif (at := self._random.randrange(len(self._seen))) < self._sample:
            self._chosen[at] = (sha256, owner)

    def finish(self) -> "_Blobs":
        """Read what is left to read."""
        for sha256, owner in self._chosen:
            self._submit(sha256, owner)
        while self._flying:
            self._land()
        return self

    def _submit(self, sha256: bytes, owner: str) -> None:
        if self._pool is None:
            self._count(reread(self._read, sha256), owner)
            return
        self._flying.append((self._pool.submit(reread, self._read, sha256), owner))
        if len(self._flying) > BLOBS_AHEAD:
            self._land()

    def _land(self) -> None:
        future, owner = self._flying.popleft()
        self._count(future.result(), owner)

    def _count(self, fixity: Fixity, owner: str) -> None:
        self.count += 1
        self.size += fixity.size
        if fixity.state is not BlobState.SAME:
            self.damaged.append(Damaged(fixity=fixity, belongs_to=owner))
        self._tick("blob", 1)


def _erasures(bench: Workbench) -> tuple[Mapping[bytes, int], list[str]]:
    try:
        return bench.erasures(), []
    except (DeskCorrupt, KeyUnavailable) as error:
        return {}, [f"what was erased cannot be read: {error}"]


def _audit_log(bench: Workbench, plan: AuditPlan, outside: "HoldsAudit", run: _Run) -> AuditReport:
    parts, size = bench.parts, run.size
    terms = AuditTerms(
        log_key=log_note_key(parts.origin, parts.log_signer),
        checkpoints=_checkpoints_until(bench, size),
        outside=(*((plan.since,) if plan.since else ()), *plan.outside),
        witnesses=outside.holders.keys,
        timestamps=outside.times,
    )
    return audit_log(
        run.checked(),
        terms,
        tile=partial(tile_at, bench, size, parts.ledger.tile),
        open_fields=lambda entry, sealed: _open(bench, entry, sealed),
        judge_rest=lambda findings: judge_verdicts(bench, run.judged, size, findings),
    )


def _checkpoints_until(bench: Workbench, size: int) -> Iterator[StoredCheckpoint]:
    """Yield the checkpoints without those of entries that came in while the audit runs."""
    from provenance.outside.holds_audit import stored_heads  # noqa: PLC0415 as above

    for kept in stored_heads(bench):
        if kept.size <= size or kept.size > bench.parts.ledger.size():
            yield kept


def _ring(bench: Workbench) -> list[PublicKey]:
    try:
        return [key.key for key in bench.keepers().roster]
    except (DeskCorrupt, KeyUnavailable):
        return []  # only speed is lost: the report says which record of a key does not stand


def _open(bench: Workbench, entry: Entry, sealed: tuple[SealedDisclosure, ...]) -> Fields | None:
    try:
        keys = bench.parts.subject_keys.get([each.subject for each in sealed])
    except KeyUnavailable:
        return None  # told already, with the key
    opened = [open_disclosure(each, keys[each.subject]) for each in sealed if each.subject in keys]
    return match_disclosures(entry, opened) if opened else None
