"""What an audit says: findings, each with the detector that fired, and how much was checked.

A forged log is a normal answer: nothing here is an exception. FLAG means that something does not
hold; NOTE that a person should know of it and that it proves nothing by itself. A detector that
checked nothing says so (`checked` is 0): silence and a clean bill are different answers.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

MAX_FINDINGS: Final = 1000  # kept for each detector; the rest are counted: a forged log is long


class Detector(Enum):
    """What looked, and at what."""

    NUMBERING = "numbering"
    """The store hands out entries without gaps, from 0."""
    FORM = "form"
    """Every leaf is a well-formed entry of this log, of a known type and width."""
    DISCLOSURE = "disclosure"
    """Every stored hidden field is one its entry vouches for."""
    SIGNATURE = "signature"
    """Every entry is signed by a key that was valid at its position."""
    ROSTER = "roster"
    """Every key record follows the rules of the roster."""
    ROLE = "role"
    """Every entry is of a type that its key's role may sign."""
    ENDORSEMENT = "endorsement"
    """Every endorsement is an SSH signature over the earlier entry it names."""
    ITEM_CHAIN = "item-chain"
    """Each item's entries count up and name their predecessor."""
    SEEN = "seen"
    """The head each signer saw is a head of this log."""
    TIME = "time"
    """Claimed times run forward and fit the attested times around them."""
    HANDOVER = "handover"
    """Each acceptance answers one open offer by somebody else."""
    VERDICT = "verdict"
    """Every act on a verdict follows from those before it and is signed by whom it names."""
    TILES = "tiles"
    """The stored tree is the tree of the stored entries."""
    CHECKPOINT = "checkpoint"
    """Each stored checkpoint is a head of this log."""
    CHECKPOINT_SIGNATURE = "checkpoint-signature"
    """Each checkpoint, stored or held outside, is signed by the log and by no witness wrongly."""
    OUTSIDE = "outside"
    """Each checkpoint held outside the desk is a head of this log."""


class Level(Enum):
    """How much a finding weighs."""

    FLAG = "flag"
    """Something does not hold."""
    NOTE = "note"
    """Worth knowing; proves nothing by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an audit found."""

    detector: Detector
    level: Level
    seq: int | None
    """Position of the entry it was found at; None where it concerns no single entry."""
    affects: str
    """What it is about: `entry`, `item <hex>`, `key <kid>`, `checkpoint <size>`, `tile <L>/<N>`."""
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """The outcome of an audit."""

    size: int
    """Entries read."""
    root: bytes
    """Recomputed from the entries, 32 bytes."""
    findings: tuple[Finding, ...]
    """In the order found; at most MAX_FINDINGS for each detector."""
    found: Mapping[Detector, int]
    """Findings of each detector, those beyond the limit included."""
    checked: Mapping[Detector, int]
    """How many things each detector looked at; 0 = it did not look."""

    @property
    def flagged(self) -> frozenset[Detector]:
        """The detectors that found something which does not hold."""
        return frozenset(each.detector for each in self.findings if each.level is Level.FLAG)


class Findings:
    """Collects findings while an audit runs."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._found: Counter[Detector] = Counter()
        self._flagged: Counter[Detector] = Counter()
        self.checked: Counter[Detector] = Counter()

    def flag(self, detector: Detector, seq: int | None, affects: str, sentence: str) -> None:
        """Report that something does not hold."""
        self._add(detector, Level.FLAG, seq, affects, sentence)

    def note(self, detector: Detector, seq: int | None, affects: str, sentence: str) -> None:
        """Report something worth knowing."""
        self._add(detector, Level.NOTE, seq, affects, sentence)

    def report(self, size: int, root: bytes) -> AuditReport:
        """Return everything found."""
        return AuditReport(
            size=size,
            root=root,
            findings=tuple(self._kept),
            found=MappingProxyType({each: self._found[each] for each in Detector}),
            checked=MappingProxyType({each: self.checked[each] for each in Detector}),
        )

    def _add(
        self, detector: Detector, level: Level, seq: int | None, affects: str, sentence: str
    ) -> None:
        self._found[detector] += 1
        # The first flag is kept whatever the number of notes before it: notes must not hide it.
        first_flag = level is Level.FLAG and not self._flagged[detector]
        self._flagged[detector] += level is Level.FLAG
        if self._found[detector] <= MAX_FINDINGS or first_flag:
            self._kept.append(
                Finding(detector=detector, level=level, seq=seq, affects=affects, sentence=sentence)
            )
