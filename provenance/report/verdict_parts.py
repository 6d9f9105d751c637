"""Parts of a report about the reasoning: statements, facets, the suggestion, what people signed.

Support and opposition are two columns and never netted. Explanations come ready-made in two
renderings; this package never turns an internal sentence into a public one by itself.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """What one statement says about one facet."""

    facet: str
    sign: int
    """1 supports, -1 opposes, 0 declines or queries."""
    grade: int | None = None
    """0-4; None = not graded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that was said, passed on or found."""

    id: str
    recorded_at: datetime
    """When the desk learned it."""
    voice: str
    """The principal who answers for the words."""
    kind: str = "statement"
    said_at: datetime | None = None
    """When the words were spoken; None = not known, which is not `recorded_at`."""
    speaker: str = ""
    on_record: bool = False
    """True: the speaker is named and on record, so name, voice and quotation may be published."""
    stances: tuple[Stance, ...] = ()
    quote: str = ""
    note: str = ""
    source: str = ""
    """Opaque handle of a protected source; never leaves the desk."""
    archive_sha256: str = ""
    """Of the kept copy of the words."""
    relays: tuple[str, ...] = ()
    """Ids of the statements it passes on."""
    flags: tuple[str, ...] = ()
    entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One side of a facet."""

    strength: int = 0
    """0-4."""
    lines_from: int = 0
    """Independent lines, if nobody unnamed is counted twice: the number that counts."""
    lines_to: int = 0
    """Independent lines, if everyone who may be distinct is."""
    best: tuple[str, ...] = ()
    """Statement ids of the best line, root first."""
    choke: tuple[str, ...] = ()
    """What every line passes through, where there is more than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetPart:
    """What is known on one facet, and why."""

    name: str
    label: str
    support: Column = field(default_factory=Column)
    opposition: Column = field(default_factory=Column)
    proposition: str = ""
    """What support speaks for, in words; empty = the name says it."""
    signed_label: str = ""
    """The label people signed, where it differs from the computed one."""
    why: tuple[str, ...] = ()
    public_why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What the rules suggest from the records. Nobody has signed it."""

    base: str
    words: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    lead: str = ""
    """Base and words as printed."""
    rules_version: str = ""
    as_of: datetime | None = None
    """Records up to this instant were weighed; None = all."""
    input_digest: str = ""
    facets: tuple[FacetPart, ...] = ()
    missing_checks: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    """Sentences about the headline and the flags, which belong to no facet."""
    public_lead: str = ""
    public_why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedVerdict:
    """One version of the verdict, as people signed it."""

    version: int
    state: str
    """provisional, published, corrected or withdrawn (`provenance.verdict.lifecycle`)."""
    headline: str
    signed_at: datetime
    author: str
    author_kid: str = ""
    countersigners: tuple[str, ...] = ()
    """In order of signing; empty = one signature only, so internal use only."""
    countersigned_at: tuple[datetime, ...] = ()
    """UTC, each by that signer's own clock, in the order of `countersigners`."""
    public_wording: str = ""
    as_of: datetime | None = None
    input_digest: str = ""
    superseded_by: int | None = None
    reason_class: str = ""
    """Why it was corrected or withdrawn: our error, new evidence, wording."""
    reason: str = ""
    """The same in its author's words."""
    freshness: str = ""
    """CURRENT, NEEDS REVIEW (facet) ...: how it stands to the evidence as of this report."""
    staleness: tuple[str, ...] = ()
    """Sentences behind `freshness`."""
    overrides: tuple[str, ...] = ()
    """Where people signed something else than the suggestion, with the reason."""
    entries: tuple[int, ...] = ()
