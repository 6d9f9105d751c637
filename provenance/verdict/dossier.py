"""What a desk recorded about one item, as values that cannot be changed.

A `Dossier` is a header and records in any order; a `Record` is what one voice said, passed on or
found, and makes `Assertion`s. Edits are new records. Nothing here weighs anything.
`parse_dossier` (module of that name) is the only way in from text; code may also construct these.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

FORMAT: Final = 1  # the value of `dossier:` that this code reads and writes
MAX_RECORDS: Final = 5_000  # records of one item: ten times the largest case known to us
MAX_TEXT: Final = 20_000  # characters of one note or quotation: several printed pages
MAX_NAME: Final = 300  # characters of an id, voice, facet or premise


class Kind(StrEnum):
    """What sort of thing was recorded."""

    STATEMENT = "statement"
    """Somebody's own words: a root."""
    RELAY = "relay"
    """Passes on what its parents said; without any, its source is unattributed."""
    FINDING = "finding"
    """Technical; its assertions carry a catalogue grade."""
    READING = "reading"
    """Close reading of the document by the desk; graded like a finding."""
    OWN_WORDS = "own_words"
    """The document's own claim: worth no more than its origin, at most 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """How good the way is on which these words reached us; the weakest part decides."""

    access: int
    """0-4: how near the speaker stood to the fact. An assertion may override it."""
    identification: int
    """0-4: how well the speaker is known. 4 is named and on record."""
    words: int
    """0-4: how the words were kept. 4 is a recording or an official transcript."""
    reliability: str
    """Admiralty letter A to F. F means it cannot be judged, not that it is bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One thing that a record says about one facet."""

    facet: str
    sign: int
    """1 supports, -1 opposes, 0 declines or queries: shown, without weight."""
    implied: bool = False
    """Presupposed rather than said: one grade less."""
    interest: int | None = None
    """-1 self-serving, 0 none, 1 against interest; None asks the dossier's stakes."""
    access: int | None = None
    """0-4: overrides the basis for this facet."""
    grade: int | None = None
    """0-4, findings and readings only: the catalogue grade."""
    catalogue: str | None = None
    """Key of `catalogue.CATALOGUE` that the grade comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A derivation learned later: the child took from the parent."""

    child: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One dated entry of a dossier."""

    id: str
    kind: Kind
    recorded_at: datetime
    """UTC instant the desk learned it; replay goes by this, not by `said_at`."""
    voice: str
    """The principal who answers for the words: the key of independence."""
    basis: Basis | None = None
    """None for findings, readings and own words that state none."""
    speaker: str | None = None
    """Who spoke for the voice. May name a person who must not be named in public."""
    held: bool = True
    """False: not first-hand with the desk, so it counts only through relays that are held."""
    asserts: tuple[Assertion, ...] = ()
    relays: tuple[str, ...] = ()
    premises: tuple[str, ...] = ()
    """Things that every line through this record needs: one copy, one key, one briefing."""
    retracts: tuple[str, ...] = ()
    reverses: tuple[str, ...] = ()
    undercuts: tuple[str, ...] = ()
    undercut_grade: int | None = None
    """0-4: caps each target at 4 minus this."""
    links: tuple[Link, ...] = ()
    checks: tuple[str, ...] = ()
    """Examinations that this record shows to be done."""
    said_at: datetime | None = None
    """UTC instant of the words themselves; None = not known, which is not `recorded_at`."""
    quote: str | None = None
    archive: str | None = None
    """SHA-256 (hex) of the archived copy of the words."""
    recorder: str | None = None
    source: str | None = None
    """Opaque handle of a protected source; never leaves the desk."""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What a principal wants a facet to be. One visible table, not a guess per quotation."""

    principal: str
    facet: str
    """A facet, a family as `content:*`, or `*`."""
    wants: int
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The collection this item came in; it has coverage, never a verdict."""

    members: int
    verified: int
    """Members verified one by one; never more than `members`."""
    member_altered: bool = False
    custody_broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A header and its records."""

    title: str
    records: tuple[Record, ...]
    issuer: str | None = None
    """The principal that the document purports to come from; None = nobody is claimed."""
    required_checks: tuple[str, ...] = ()
    stakes: tuple[Stake, ...] = ()
    item_class: str | None = None
    """letter, e-mail, memo, photo ...; a photo's false content is publicly called STAGED."""
    central_claim: str | None = None
    """The claim whose falsehood makes FALSE CONTENT; None = any content claim does."""
    collection: Collection | None = None
