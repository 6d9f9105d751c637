"""The stream of everything that arrives: files in walking order, each followed by its members.

Rules:
  1. a file whose arrival mark is known is skipped without being opened; marks are asked for in
     batches;
  2. every other file is received; its claim is checked; then it is unpacked, members of members
     right after the member they lie in. So a parent always comes before its members;
  3. the same bytes twice are two arrivals: an occurrence is added, never replaced;
  4. the last arrival out of a file carries the file's mark: it is known once all of it is appended;
  5. a failure stands where the thing would have stood, inside a container at most one arrival
     earlier, because rule 4 holds each arrival back until the next; and the rest goes on;
  6. nothing accumulates: memory is bounded by one batch of candidates and one archive's directory.
Bytes are kept in the blob store when an arrival is yielded, and durable after the caller's
`settle`. Leaving the generator at any point, by `close`, by an exception or by Ctrl-C, discards
what is staged. An arrival is acknowledged only by the ledger: one that was yielded and not appended
is taken again on the next run, where its blob is found to be there already.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from provenance.intake.claims import ClaimOutcome, Claims
from provenance.intake.containers import container_kind, unpack
from provenance.intake.failures import Failure, Place, Untaken
from provenance.intake.limits import Budget, Limits
from provenance.intake.marks import arrival_mark, require_mark_key
from provenance.intake.members import Member
from provenance.intake.receive import Received, receive, receive_blocks
from provenance.intake.walk import Candidate, Root, walk
from provenance.ports import Blobs

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

BATCH: Final = 1_000  # candidates whose marks are asked for together; bounds memory and queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """Which earlier arrival a member came out of."""

    arrival: int
    """Its `Arrival.index` in this stream."""
    member: str
    """The member's name in its container, text form; never a path to be opened."""
    position: int
    """Counted from 0 in the order of the container's bytes; tells members of one name apart."""
    declared: str | None = None
    """Media type that the container says the member has; its sender's word, and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file or member whose bytes are now in the blob store."""

    index: int
    """Counted from 0 over the arrivals of this stream; means nothing outside it."""
    place: Place
    received: Received
    mark: bytes | None
    """Arrival mark of the file as it was read, on the last arrival that came out of this file (the
    file itself, if it has no members); None on the others. So a file is known only when all of it
    has been appended, and a run that was killed inside a mailbox takes that mailbox again."""
    claim: ClaimOutcome | None
    """Outcome of the manifest; None for members, and where there is no manifest."""
    parent: Parent | None
    """None for files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file that was taken before and looks untouched. Its bytes were not read on this run."""

    candidate: Candidate
    mark: bytes
    claim: ClaimOutcome | None
    """`UNREAD` or `UNCLAIMED`; None where there is no manifest."""


def arrivals(
    roots: "Iterable[str | bytes | os.PathLike[str] | Root]",
    *,
    blobs: Blobs,
    known: Callable[[Sequence[bytes]], frozenset[bytes]],
    mark_key: bytes,
    exclude: "Iterable[str | bytes | os.PathLike[str]]" = (),
    claims: Claims | None = None,
    limits: Limits | None = None,
    unpack: bool = True,
) -> Generator[Arrival | Skipped | Failure, None, None]:
    """Return the stream of what arrives from these files and folders.

    Args:
        roots: Files and folders.
        blobs: Where bytes are kept; the caller settles them before it appends to the ledger.
        known: Returns those of at most `BATCH` marks that were taken before.
        mark_key: The desk's key for arrival marks, 32 bytes.
        exclude: Folders of the desk itself.
        claims: A manifest to check files against.
        limits: Bounds on unpacking.
        unpack: False leaves containers closed.

    Raises:
        UsageError: the key has the wrong length.
        SurroundingsError: while iterating, if the blob store fails; nothing staged stays.
    """
    intake = _Intake(
        blobs=blobs,
        known=known,
        key=require_mark_key(mark_key),
        claims=claims,
        limits=limits or Limits(),
        unpack=unpack,
    )
    return intake.stream(walk(roots, exclude=exclude))


@dataclass(slots=True, kw_only=True)
class _Intake:
    """One run: its settings and the number of the next arrival."""

    blobs: Blobs
    known: Callable[[Sequence[bytes]], frozenset[bytes]]
    key: bytes
    claims: Claims | None
    limits: Limits
    unpack: bool
    next: int = field(default=0)

    def stream(
        self, walked: Iterator[Candidate | Failure]
    ) -> Generator[Arrival | Skipped | Failure, None, None]:
        while batch := list(islice(walked, BATCH)):
            marks = [None if isinstance(each, Failure) else self._mark(each) for each in batch]
            known = self.known([mark for mark in marks if mark is not None])
            for each, mark in zip(batch, marks, strict=True):
                if isinstance(each, Failure):
                    yield each
                elif mark in known:
                    yield Skipped(candidate=each, mark=mark, claim=self._passed_over(each))
                else:
                    yield from self._taken(each)

    def _mark(self, candidate: Candidate) -> bytes:
        return arrival_mark(candidate, self.key)

    def _passed_over(self, candidate: Candidate) -> ClaimOutcome | None:
        return None if self.claims is None else self.claims.pass_over(candidate.relative)

    def _taken(self, candidate: Candidate) -> Iterator[Arrival | Failure]:
        received = receive(candidate, self.blobs)
        if isinstance(received, Failure):
            yield received
            return
        claim = None
        if self.claims is not None:
            claim = self.claims.check(candidate.relative, received.digests)
        last = Arrival(
            index=self._number(),
            place=candidate.place,
            received=received,
            mark=None,
            claim=claim,
            parent=None,
        )
        budget = Budget(limits=self.limits, size=received.size)
        for each in self._unpacked(last, budget, mail=False):
            if isinstance(each, Arrival):
                yield last
                last = each
            else:
                yield each
        # The mark of what was read, not of what was listed: the file may have changed in between.
        yield replace(last, mark=self._mark(received.candidate or candidate))

    def _number(self) -> int:
        self.next += 1
        return self.next - 1

    def _unpacked(
        self, arrival: Arrival, budget: Budget, *, mail: bool
    ) -> Iterator[Arrival | Failure]:
        place, head, sha256 = (
            arrival.place,
            arrival.received.head,
            arrival.received.digests.sha256,
        )
        name = place.members[-1] if place.members else place.relative
        if not self.unpack or container_kind(head, name, mail=mail) is None:
            return
        found = unpack(
            lambda: self.blobs.open(sha256), head=head, place=place, budget=budget, mail=mail
        )
        with closing(found):
            for each in found:
                if isinstance(each, Failure):
                    yield each
                else:
                    yield from self._member(each, arrival.index, budget)

    def _member(self, member: Member, parent: int, budget: Budget) -> Iterator[Arrival | Failure]:
        try:
            received = receive_blocks(member.blocks, self.blobs)
        except Untaken as fault:
            yield Failure(code=fault.failure, place=member.place)
            return
        arrival = Arrival(
            index=self._number(),
            place=member.place,
            received=received,
            mark=None,
            claim=None,
            parent=Parent(
                arrival=parent,
                member=member.place.members[-1],
                position=member.position,
                declared=member.declared,
            ),
        )
        yield arrival
        yield from self._unpacked(arrival, budget, mail=member.mail)
