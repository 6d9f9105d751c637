"""What weighing a dossier gives: per facet two columns and their lines, claims, flags, a headline.

Values only; `evaluate` makes them. `Assessment.to_json()` is stable: for the parts it shares with
the published cases it has their exact shape. An assessment is a suggestion; people sign.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.instants import format_instant
from provenance.verdict.labels import admiralty_digit, is_disputed, label_of, lean_of, level_of


class FlagKind(StrEnum):
    """What an editor must see although it is not a level."""

    OVERREACH = "overreach"
    """A relay says more than its sources."""
    UNSOURCED = "unsourced"
    """A relay names no source."""
    CIRCULAR = "circular"
    """A derivation loop, or acts that strike each other."""
    RETRACTED = "retracted"
    FOREIGN_RETRACTION = "foreign-retraction"
    """Struck by a voice other than the one that spoke."""
    REVERSED = "reversed"
    UNDERCUT = "undercut"
    DECLINED = "declined"
    """A speaker declined, queried or qualified: shown beside the label."""
    NOT_ON_FILE = "not-on-file"
    """Words that we neither hold nor received through a record that we hold."""
    BOUNDED = "bounded"
    """Too many lines to count exactly; the interval shown is still true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One thing to see, and the records it is about."""

    kind: FlagKind
    records: tuple[str, ...]
    """Record ids; the first is the one flagged."""
    facet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One column of a facet."""

    strength: int = 0
    """0-4; never netted against the other column."""
    lines: tuple[int, int] = (0, 0)
    """Independent lines, from (anonymity collapsed; the one that counts) to (all distinct)."""
    choke: tuple[str, ...] = ()
    """Resources common to every line, where there is more than one line."""
    best: tuple[str, ...] = ()
    """Record ids of the best line, root first; empty when there is none."""
    corroborator: tuple[str, ...] = ()
    """Record ids of a second line that lifts the strength above what the best is worth alone."""
    limited_by: tuple[str, ...] = ()
    """`record: component` of whatever holds the best line where it is."""
    exact: bool = True
    """False: the interval is a bound, because there were too many lines to count exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """What is known on one facet."""

    name: str
    support: Side
    opposition: Side
    records: tuple[str, ...] = ()
    """Ids of the live records that assert this facet, with or without weight."""
    parts: tuple[str, ...] = ()
    """For a derived facet: the facets it is made of. It has no lines of its own."""

    @property
    def p(self) -> int:
        """Strength of support, 0-4."""
        return self.support.strength

    @property
    def c(self) -> int:
        """Strength of opposition, 0-4."""
        return self.opposition.strength

    @property
    def label(self) -> str:
        """The label for both columns."""
        return label_of(self.p, self.c)

    @property
    def level(self) -> int:
        """Signed level of the label, -4 to 4."""
        return level_of(self.p, self.c)

    @property
    def lean(self) -> int:
        """-1, 0 or 1: the stronger column."""
        return lean_of(self.p, self.c)

    @property
    def disputed(self) -> bool:
        """Whether both columns hold something."""
        return is_disputed(self.p, self.c)

    def to_json(self) -> dict[str, object]:
        """Return the facet as JSON values; derived facets have no lines."""
        shared: dict[str, object] = {
            "support": self.p,
            "opposition": self.c,
            "label": self.label,
            "lean": self.lean,
            "disputed": self.disputed,
            "admiralty": admiralty_digit(self.p, self.c),
            "records": list(self.records),
        }
        if self.parts:
            return {**shared, "parts": list(self.parts)}
        sides = {"support": self.support, "opposition": self.opposition}
        return {
            **shared,
            "lines": {name: list(side.lines) for name, side in sides.items()},
            "choke": list(self.support.choke),
            "choke_opposition": list(self.opposition.choke),
            "best": {name: list(side.best) for name, side in sides.items()},
            "corroborator": {name: list(side.corroborator) for name, side in sides.items()},
            "limited_by": {name: list(side.limited_by) for name, side in sides.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeClaim:
    """All values given for one attribute of the document. Shown, never graded away."""

    name: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    """Each value and the records that give it."""

    @property
    def status(self) -> str:
        """`agreed`, `differing` or `unknown`."""
        return ("unknown", "agreed", "differing")[min(len(self.values), 2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The suggested headline, in parts."""

    base: str
    words: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    """Those modifiers that depend on what others have published, not on the evidence."""
    lead: str = ""
    """Base and words as printed."""
    public_lead: str = ""
    """As `lead`, with the public word where there is one (STAGED for photographs)."""

    @property
    def text(self) -> str:
        """The whole headline."""
        return " - ".join(part for part in (self.lead, "; ".join(self.modifiers)) if part)

    @property
    def core(self) -> str:
        """The headline without advice: what moves only when the evidence moves."""
        kept = [modifier for modifier in self.modifiers if modifier not in self.advice]
        return " - ".join(part for part in (self.lead, "; ".join(kept)) if part)

    @property
    def public_text(self) -> str:
        """The whole headline in public words."""
        return " - ".join(part for part in (self.public_lead, "; ".join(self.modifiers)) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything that follows from a dossier at one instant under one version of the rules."""

    title: str
    as_of: datetime | None
    """UTC instant of the replay; None = all that is recorded."""
    rules_version: str
    facets: tuple[Facet, ...]
    """By name; derived facets last."""
    headline: Headline
    live_records: tuple[str, ...]
    attributes: tuple[AttributeClaim, ...] = ()
    flags: tuple[Flag, ...] = ()
    missing_checks: tuple[str, ...] = ()
    """Required examinations that no live record shows to be done."""
    coverage: str | None = None
    """For an item out of a collection: how much of it is verified, and what a member inherits."""
    input_digest: str = ""
    """SHA-256, 64 hexadecimal digits; see `input_digest`."""

    def facet(self, name: str) -> Facet:
        """Return the facet of that name; nothing recorded reads as OPEN."""
        for facet in self.facets:
            if facet.name == name:
                return facet
        return Facet(name=name, support=Side(), opposition=Side())

    def to_json(self) -> dict[str, object]:
        """Return the assessment as JSON values."""
        return {
            "title": self.title,
            "as_of": None if self.as_of is None else format_instant(self.as_of),
            "rules_version": self.rules_version,
            "facets": {facet.name: facet.to_json() for facet in self.facets},
            "headline": self.headline.text,
            "headline_parts": {
                "base": self.headline.base,
                "words": list(self.headline.words),
                "lead": self.headline.lead,
                "modifiers": list(self.headline.modifiers),
                "public": self.headline.public_text,
            },
            "attributes": {
                claim.name: {
                    "status": claim.status,
                    "values": {v: list(r) for v, r in claim.values},
                }
                for claim in self.attributes
            },
            "flags": [
                {"kind": flag.kind.value, "facet": flag.facet, "records": list(flag.records)}
                for flag in self.flags
            ],
            "missing_checks": list(self.missing_checks),
            "coverage": self.coverage,
            "live_records": list(self.live_records),
            "input_digest": self.input_digest,
        }
