"""The life of a verdict: open, provisional, published, corrected, withdrawn.

Rules; `state_of` refuses a history in which one is broken, and the acts of `signing` ask it before
they return an entry:
  1. one signature makes a version provisional, for internal use only;
  2. every further signature is by another person than all before it;
  3. whoever signs something else than the suggestion gives a reason, per facet and for the
     headline; a jump of two levels or across zero needs a third signature;
  4. nothing is published with a mandatory check neither done nor shown impossible, or with a choke
     point that the author has not acknowledged;
  5. a correction is a new version with a reason and its class; the old one stays readable;
  6. a withdrawal takes two signatures and a reason, and is not the same as false.
Entries are only ever added. An overrule never changes a suggestion: it stands beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provenance.errors import Refused
from provenance.verdict.rules import LEVELS
from provenance.verdict.verdict_record import (
    Act,
    Decision,
    VerdictRecord,
)

HEADLINE: Final = "headline"  # key of the override reason for a headline of our own
WITHDRAWERS: Final = 2  # signatures under a withdrawal
_OPENING: Final = frozenset({Act.SIGNED, Act.CORRECTED})


class State(StrEnum):
    """Where a verdict stands."""

    OPEN = "open"
    PROVISIONAL = "provisional"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    """Published, in the place of an earlier version."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a history of entries amounts to."""

    state: State
    version: int | None = None
    """The version the state is about; None when nothing is signed."""
    decision: Decision | None = None
    signers: tuple[str, ...] = ()
    """Who has signed that version, the author first."""
    signatures_missing: int = 0
    """Further signatures until it is published."""
    published: Decision | None = None
    """What the public reads now; stays while a correction waits for its second signature."""


def state_of(history: Sequence[VerdictRecord]) -> Standing:
    """Return where the verdict stands after these entries.

    Raises:
        Refused: an entry breaks a rule; names its place.
    """
    walk = Lifecycle()
    for place, entry in enumerate(history, start=1):
        problem = walk.problem(entry)
        if problem:
            raise Refused(f"verdict entry {place} ({entry.act.value}, {entry.signer}): {problem}")
        walk.take(entry)
    return walk.standing()


def signatures_needed(decision: Decision) -> int:
    """Return 2, or 3 when an overrule jumps two levels or crosses zero."""
    jumps = (
        (LEVELS[decision.suggestion[facet].label], LEVELS[label])
        for facet, label in decision.labels.items()
    )
    return 3 if any(abs(was - now) >= 2 or was * now < 0 for was, now in jumps) else 2


def decision_problem(decision: Decision) -> str | None:
    """Return which overrule lacks its reason, or which label does not exist; None if sound."""
    if decision.labels.keys() != decision.suggestion.keys():
        return "the signed facets are not the suggested ones"
    overruled = [f for f, one in decision.suggestion.items() if decision.labels[f] != one.label]
    unknown = [facet for facet in overruled if decision.labels[facet] not in LEVELS]
    if unknown:
        return f"{decision.labels[unknown[0]]!r} is no label ({', '.join(LEVELS)})"
    if decision.headline != decision.suggested_headline:
        overruled.append(HEADLINE)
    bare = [f for f in overruled if not decision.override_reasons.get(f, "").strip()]
    return f"overruling {', '.join(bare)} needs a reason" if bare else None


def _unready(decision: Decision) -> str | None:
    """Return what keeps a version from being published, or None."""
    open_checks = [c for c in decision.missing_checks if not decision.impossible_checks.get(c)]
    if open_checks:
        return f"not yet examined, nor shown impossible: {', '.join(open_checks)}"
    unseen = [point for point in decision.choke_points if point not in decision.acknowledged]
    return f"choke point not acknowledged: {'; '.join(unseen)}" if unseen else None


class Lifecycle:
    """Goes through a history entry by entry, holding where it stands."""

    __slots__ = ("decision", "item", "published", "signers", "version", "withdrawers")

    def __init__(self) -> None:
        self.item: str | None = None
        self.version: int | None = None
        self.decision: Decision | None = None
        self.published: Decision | None = None
        self.signers: list[str] = []
        self.withdrawers: list[str] = []

    def problem(self, entry: VerdictRecord) -> str | None:
        """Return why the entry may not follow, or None."""
        if self.item not in {None, entry.item}:
            return f"speaks of another item ({entry.item})"
        if entry.act in _OPENING:
            return self._opening(entry)
        if self.decision is None or entry.version != self.version or entry.decision is not None:
            return "does not refer to the newest version"
        if self._withdrawn():
            return "the version is withdrawn"
        if entry.act is Act.WITHDRAWN:
            return self._withdrawing(entry)
        return self._countersigning(entry, self.decision)

    def _opening(self, entry: VerdictRecord) -> str | None:
        first = self.version is None
        if first != (entry.act is Act.SIGNED) or entry.version != (self.version or 0) + 1:
            return "versions follow each other: signed once, then corrected"
        if entry.decision is None or (not first and entry.supersedes != self.version):
            return "opens a version without saying what is decided or what it supersedes"
        if not first and (entry.reason_class is None or not (entry.reason or "").strip()):
            return "a correction needs its reason and the class of it"
        return decision_problem(entry.decision)

    def _countersigning(self, entry: VerdictRecord, decision: Decision) -> str | None:
        if entry.signer in self.signers:
            return "has signed this version already; the other signature is another person's"
        if len(self.signers) >= signatures_needed(decision):
            return "the version has all its signatures"
        return _unready(decision)

    def _withdrawing(self, entry: VerdictRecord) -> str | None:
        if entry.signer in self.withdrawers:
            return "has signed the withdrawal already"
        return None if (entry.reason or "").strip() else "a withdrawal needs its reason"

    def take(self, entry: VerdictRecord) -> None:
        """Move on by one entry that has no problem."""
        self.item = entry.item
        if entry.act in _OPENING:
            self.version, self.decision = entry.version, entry.decision
            self.signers, self.withdrawers = [entry.signer], []
        elif entry.act is Act.WITHDRAWN:
            self.withdrawers.append(entry.signer)
        else:
            self.signers.append(entry.signer)
        if self._withdrawn():
            self.published = None
        elif self.decision is not None and self._missing() == 0:
            self.published = self.decision

    def _withdrawn(self) -> bool:
        return len(self.withdrawers) >= WITHDRAWERS

    def _missing(self) -> int:
        if self.decision is None:
            return 0
        return max(0, signatures_needed(self.decision) - len(self.signers))

    def standing(self) -> Standing:
        """Return where the walk has come to."""
        if self.version is None:
            return Standing(state=State.OPEN)
        full = State.PUBLISHED if self.version == 1 else State.CORRECTED
        state = State.PROVISIONAL if self._missing() else full
        return Standing(
            state=State.WITHDRAWN if self._withdrawn() else state,
            version=self.version,
            decision=self.decision,
            signers=tuple(self.signers),
            signatures_missing=self._missing(),
            published=self.published,
        )
