"""The evening hour by hour: who said what, and which facets and headline it moved.

Computed, not written: each moment is the dossier replayed as of that instant, compared with the one
before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.verdict.assessment import Assessment
    from provenance.verdict.dossier import Dossier, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One instant at which the desk learned something."""

    at: datetime
    records: "tuple[Record, ...]"

    @property
    def day(self) -> str:
        """The day, as 2020-01-06."""
        return self.at.date().isoformat()


def moments(dossier: "Dossier") -> list[Moment]:
    """Return the instants of a dossier in order, each with what was learned then."""
    instants = sorted({record.recorded_at for record in dossier.records})
    return [
        Moment(at=at, records=tuple(r for r in dossier.records if r.recorded_at == at))
        for at in instants
    ]


def tell_moment(dossier: "Dossier", moment: Moment) -> None:
    """Print who spoke, which facets moved, and the headline after it."""
    from provenance.verdict.evaluate import evaluate

    before = evaluate(dossier, as_of=moment.at - timedelta(seconds=1))
    after = evaluate(dossier, as_of=moment.at)
    voice.result()
    voice.result(voice.paint(f"{moment.at:%H:%M}", "bold") + "  " + _voices(moment))
    for record in moment.records:
        if record.note:
            who = record.speaker or record.voice
            voice.wrapped(f"{who}: {record.note}", first="       ", indent="         ")
    for line in _moves(before, after):
        voice.result("       " + line)
    _tell_headline(before, after)


def _voices(moment: Moment) -> str:
    names = list(dict.fromkeys(record.voice for record in moment.records))
    return ", ".join(names)


def _moves(before: "Assessment", after: "Assessment") -> list[str]:
    lines = []
    for facet in after.facets:
        was = before.facet(facet.name)
        if (was.p, was.c) != (facet.p, facet.c):
            change = f"{was.label} {was.p}/{was.c} → {facet.label} {facet.p}/{facet.c}"
            lines.append(f"{facet.name:<27} {change}")
    return lines


def _tell_headline(before: "Assessment", after: "Assessment") -> None:
    if after.headline.text == before.headline.text:
        voice.result(voice.paint("    =  the headline stands", "dim"))
        return
    voice.result(voice.paint(f"    ⇒  {after.headline.lead}", "bold"))
    if after.headline.modifiers:
        voice.wrapped("; ".join(after.headline.modifiers), first="       ", indent="       ")
