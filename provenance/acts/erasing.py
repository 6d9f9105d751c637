"""Forget a source for good: destroy its key, and everything sealed under it with the key.

Rules:
  1. on a desk of two or more people two of them approve, each with a call of their own: whoever
     comes first is recorded as asking, an admin who comes after somebody else performs it; two keys
     of one person are one person;
  2. what is destroyed is named first, by entry and digest, in a durable `disclosure.erased` record
     with a reason class and the approvers; with it go, by entry and field, the texts elsewhere that
     name the source, because nobody can find the word again once its key is gone: exports withhold
     those texts from then on;
  3. then, under the write lock and only if nothing unnamed has come in since: the key, under handle
     and label in one step; then the rows; then the journal is emptied;
  4. a run that was killed anywhere is completed by running it again; what came in between is named
     by a further record first;
  5. a later arrival from the same handle finds no key and gets a new one.
SQLite overwrites deleted rows (secure_delete) and the journal is truncated. PostgreSQL keeps old
rows in its own journal and until a vacuum: there the destroyed key is what erases.
Out of reach: copies and exports already handed out, backups of the KEY folder, the word itself in
texts that people typed elsewhere and in names of files. Never writes a handle into the log, a file
name or a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provenance.acts.erased import (
    ERASED,
    REASONS,
    Place,
    erasure_records,
    erasures_in,
    naming_in,
    read_erasure,
)
from provenance.acts.handles import places_naming
from provenance.acts.source_labels import HANDLE, LABEL
from provenance.acts.sources import source_key
from provenance.acts.workbench import Workbench
from provenance.errors import NotFound, Refused, UsageError
from provenance.journal.appending import Batch
from provenance.journal.roles import may_sign
from provenance.records import DESK_ITEM, HiddenField, NewRecord

REQUESTED: Final = "erasure.requested"
_Fields = Sequence[tuple[int, bytes]]


class Stage(StrEnum):
    """How far an erasure came with one call."""

    REQUESTED = "requested"
    """Nothing is destroyed yet: a second person has to approve."""
    ERASED = "erased"
    COMPLETED = "completed"
    """An erasure that was cut short is complete now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one call did."""

    stage: Stage
    seq: int | None
    """Entry that records it; None where an earlier call had recorded everything."""
    fields: int
    """Sealed fields that were destroyed with this call, those of the request included."""
    one_person: bool
    """Whether nobody else could have approved."""
    naming: tuple[int, ...] = ()
    """Entries whose texts name the source and stay; exports withhold those texts from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruling:
    stage: Stage
    seq: int | None
    one_person: bool
    naming: tuple[Place, ...] = ()


class _Looking:
    """Finds the texts that name a source, each entry once, mostly before the write lock is held."""

    def __init__(self, bench: Workbench, handle: str) -> None:
        self._bench = bench
        self._handle = handle
        self._at = 0
        self._found: list[Place] = []

    def until(self, size: int) -> tuple[Place, ...]:
        """Return the places in the first `size` entries."""
        stored = self._bench.parts.ledger.entries(self._at, size, disclosures=True)
        # Damage elsewhere must not keep a source from being forgotten, and what cannot be read
        # cannot be handed out either.
        self._found += places_naming(self._bench.reader.readable(stored), self._handle)
        self._at = max(self._at, size)
        return tuple(self._found)


def erase_source(bench: Workbench, handle: str, *, reason: str) -> Outcome:
    """Ask for, approve and perform, or complete, the erasure of a source.

    Args:
        bench: a desk opened with a key.
        handle: the source.
        reason: one of `provenance.acts.erased.REASONS`.

    Raises:
        UsageError: no such reason.
        NotFound: nothing stands under the handle.
        Refused: the second approval comes from the first person.
        DeskLocked: the key is destroyed, but another process kept a journal open: run it again.
    """
    if reason not in REASONS:
        raise UsageError(f"the reason is one of: {', '.join(REASONS)}")
    finished = _finish_begun(bench)
    found = source_key(bench, handle)
    if found is None:
        bench.parts.subject_keys.destroy()  # empties both journals, if that was cut short
        bench.parts.ledger.truncate_journal()
        if not finished:
            raise NotFound("nothing stands under this handle; if something did, it was erased")
        one = _people(bench) < 2
        return Outcome(stage=Stage.COMPLETED, seq=None, fields=finished, one_person=one)
    return _perform(bench, handle, found[0], reason)


def _perform(bench: Workbench, handle: str, label: str, reason: str) -> Outcome:
    looking = _Looking(bench, handle)
    looking.until(bench.parts.ledger.size())  # the long part, while others may write
    while True:
        ruling = bench.append(lambda batch: _rule(bench, batch, looking, handle, label, reason))
        if ruling.stage is Stage.REQUESTED:
            return Outcome(stage=ruling.stage, seq=ruling.seq, fields=0, one_person=False)
        destroyed = _destroy(bench, handle, label)
        if destroyed is not None:
            bench.parts.ledger.truncate_journal()
            return Outcome(
                stage=ruling.stage,
                seq=ruling.seq,
                fields=destroyed,
                one_person=ruling.one_person,
                naming=tuple(sorted({seq for seq, _, _ in ruling.naming})),
            )


def _rule(
    bench: Workbench, batch: Batch, looking: _Looking, handle: str, label: str, reason: str
) -> _Ruling:
    """Decide under the write lock, and add what the decision puts on record."""
    desk = bench.entries(DESK_ITEM, (ERASED, REQUESTED))
    done = erasures_in(desk)
    rows = batch.writer.sealed_under(label)
    unnamed = [row for row in rows if row[1] not in done]
    begun = next((done[digest] for _, digest in rows if digest in done), None)
    one_person = _people(bench) < 2
    me = bench.signer.public_key.kid
    if begun is not None:
        earlier = next(read_erasure(entry) for entry in desk if entry.seq == begun)
        told = naming_in(desk)
        more = tuple(p for p in looking.until(batch.writer.size()) if p not in told)
        seq = begun
        if unnamed or more:
            seq = _record(batch, unnamed, earlier.reason, earlier.approvers, more)
        return _Ruling(stage=Stage.COMPLETED, seq=seq, one_person=one_person, naming=more)
    asked = [e.kid for e in desk if e.type == REQUESTED and e.text("source", "handle") == handle]
    second = _other_person(bench, asked)
    if (second is None and not one_person) or not _may_perform(bench, me):
        if me in asked:
            raise Refused("you have asked for this already: a second person has to approve it")
        return _Ruling(
            stage=Stage.REQUESTED, seq=batch.add(_request(handle, reason)), one_person=False
        )
    approvers = [me] if second is None else [second, me]
    naming = looking.until(batch.writer.size())
    seq = _record(batch, unnamed, reason, approvers, naming)
    return _Ruling(stage=Stage.ERASED, seq=seq, one_person=one_person, naming=naming)


def _record(
    batch: Batch,
    fields: _Fields,
    reason: str,
    approvers: Sequence[str],
    naming: Sequence[Place],
) -> int:
    records = erasure_records(fields, reason=reason, approvers=approvers, naming=naming)
    seqs = [batch.add(record) for record in records]
    return seqs[0]


def _request(handle: str, reason: str) -> NewRecord:
    return NewRecord(
        item=DESK_ITEM,
        type=REQUESTED,
        fields=(
            HiddenField(name="request", value={"reason": reason}, subject="desk"),
            # Sealed under the source itself: the request is forgotten with it.
            HiddenField(name="source", value={"handle": handle}, subject=HANDLE + handle),
        ),
    )


def _destroy(bench: Workbench, handle: str, label: str) -> int | None:
    """Destroy key and rows; None, and nothing is touched, if an unnamed field has come in."""
    done = erasures_in(bench.entries(DESK_ITEM, (ERASED,)))
    # The write lock: nobody can take the key for a new field between the look and the destruction.
    with bench.parts.ledger.writing() as writer:
        rows = writer.sealed_under(label)
        if any(digest not in done for _, digest in rows):
            return None
        bench.parts.subject_keys.destroy(HANDLE + handle, label)
        return writer.erase(label)


def _finish_begun(bench: Workbench) -> int:
    """Delete rows whose key an earlier run destroyed before it was killed."""
    ledger, keys = bench.parts.ledger, bench.parts.subject_keys
    labels = ledger.subjects(LABEL)
    orphans = set(labels) - set(keys.get(labels))
    if not orphans:
        return 0
    done = erasures_in(bench.entries(DESK_ITEM, (ERASED,)))
    count = 0
    for label in sorted(orphans):
        with ledger.writing() as writer:
            # Rows that no record names lost their key in another way: kept for the audit to tell.
            if all(digest in done for _, digest in writer.sealed_under(label)):
                keys.destroy(label)  # empties the journal of the keys, if that was cut short
                count += writer.erase(label)
    ledger.truncate_journal()
    return count


def _may_perform(bench: Workbench, kid: str) -> bool:
    key = bench.keepers().roster.find(kid)
    return key is not None and may_sign(key.role, ERASED)


def _people(bench: Workbench) -> int:
    keepers = bench.keepers()
    return len({keepers.names.get(key.key.kid, key.key.kid) for key in keepers.valid()})


def _other_person(bench: Workbench, kids: Sequence[str]) -> str | None:
    """Return the first of these keys that is valid and another person's than the acting one."""
    keepers = bench.keepers()
    valid = {key.key.kid for key in keepers.valid()}
    me = bench.signer.public_key.kid
    my_name = keepers.names.get(me, me)
    others = (kid for kid in kids if kid in valid and keepers.names.get(kid, kid) != my_name)
    return next(others, None)
