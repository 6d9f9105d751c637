"""The values that fact readers return: properties as written, and observations with a weight.

An observation is one plain sentence about the file with a stable code. Its weight says what it is
worth reading for; `evidence` names the one entry of the evidence catalogue it may be coded under,
and the grade is looked up there, never given here. No observation licenses more than its entry.
"""

from dataclasses import dataclass, field
from enum import StrEnum, unique


@unique
class Weight(StrEnum):
    """What an observation is worth reading for."""

    CONTRADICTION = "contradiction"
    """Two things the file says do not go together."""
    HIDDEN = "hidden"
    """Something is in the file that a reader of its pages does not see."""
    RISK = "risk"
    """Something in the file could act, report back, or expose a source."""
    NOTE = "note"
    """Worth knowing; neither odd nor dangerous."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing observed."""

    code: str
    """Stable, lower case with hyphens; for look-up and statistics."""
    weight: Weight
    text: str
    """One plain sentence; what comes from the document in it is tamed."""
    where: str | None = None
    """Page, part, sheet, header: plain words; None = the file as a whole."""
    evidence: str | None = None
    """Key of `provenance.verdict.catalogue.CATALOGUE`; None = it licenses no inference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier state of the document that can be recovered from its bytes."""

    end: int
    """Bytes from the beginning that make it up."""
    sha256: str
    note: str = ""
    """How the state after it differs, in plain words; empty = every page that was compared reads
    the same. A state that was not compared says so here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the document says about itself. All of it can be set to anything by its maker."""

    pages: int | None = None
    revisions: int | None = None
    """States that can be told apart in the file, the present one included."""
    properties: dict[str, str] = field(default_factory=dict)
    """What the document states as named values (`info.Producer`, `exif.Model`), as written."""
    observations: tuple[Observation, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    """Earlier states, oldest first; the present one is not among them."""
    notes: tuple[str, ...] = ()
    """What could not be read, and why."""


def merge_facts(parts: tuple[Facts, ...]) -> Facts:
    """Put together what several readers found in one file; the first to count pages is believed."""
    properties: dict[str, str] = {}
    for part in reversed(parts):
        properties |= part.properties
    return Facts(
        pages=next((part.pages for part in parts if part.pages is not None), None),
        revisions=next((part.revisions for part in parts if part.revisions is not None), None),
        properties=dict(sorted(properties.items())),
        observations=tuple(one for part in parts for one in part.observations),
        earlier=tuple(one for part in parts for one in part.earlier),
        notes=tuple(one for part in parts for one in part.notes),
    )
