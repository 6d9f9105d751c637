"""Sentences that name records, kept as parts so that one tree renders for two audiences.

A sentence is text and references. The internal rendering shows speakers and handles as recorded.
The public rendering names a speaker only when he is named and on record, and withholds every
protected handle and every unnamed speaker wherever they occur, even inside a note or a claim.
Every sentence refers to at least one record; making one that does not is a fault of this package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provenance.verdict.dossier import Record
from provenance.verdict.rules import NAMED

WITHHELD: Final = "[withheld]"


class Audience(StrEnum):
    """Who will read the words."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Step(StrEnum):
    """Which step of the reasoning a sentence tells."""

    LABEL = "label"
    LIMIT = "limit"
    CORROBORATION = "corroboration"
    CHOKE = "choke"
    RESTS_ON = "rests on"
    DECLINED = "declined"
    MOVE = "what would move it"
    DERIVED = "derived"
    FLAG = "flag"
    HEADLINE = "headline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A record, named in a sentence."""

    record: str
    described: bool = False
    """True: also say who speaks and how well it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One step of the reasoning."""

    step: Step
    facet: str | None
    parts: tuple[str | Ref, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """Ids of the records that the sentence names, in order."""
        return tuple(part.record for part in self.parts if isinstance(part, Ref))


def render(sentence: Sentence, records: Mapping[str, Record], audience: Audience) -> str:
    """Return the sentence for an audience.

    Args:
        sentence: What to say.
        records: All records of the dossier by id; their secrets are what the public form withholds.
        audience: Who will read it.
    """
    words = "".join(
        part if isinstance(part, str) else _named(part, records, audience)
        for part in sentence.parts
    )
    if audience is Audience.PUBLIC:
        for secret in _secrets(records):
            words = words.replace(secret, WITHHELD)
    return words


def _named(ref: Ref, records: Mapping[str, Record], audience: Audience) -> str:
    record = records.get(ref.record)
    if record is None or not ref.described:
        return ref.record
    return f"{ref.record} ({', '.join(_who(record, audience))})"


def _who(record: Record, audience: Audience) -> list[str]:
    named = record.basis is not None and record.basis.identification == NAMED
    shown = named and record.source is None
    who = [record.voice]
    told = audience is Audience.INTERNAL or shown
    if told and record.speaker and record.speaker != record.voice:
        who.append(record.speaker)
    if audience is Audience.INTERNAL and record.source:
        who.append(f"source {record.source}")
    who.append("named, on record" if shown else "not named")
    return who


def _is_principal(record: Record) -> bool:
    """Tell whether the voice is an office or an outlet: somebody else speaks for it, or by name."""
    named = record.basis is None or record.basis.identification == NAMED
    return named or record.speaker != record.voice


def _secrets(records: Mapping[str, Record]) -> list[str]:
    """Return what the public must not read, longest first so that no secret hides in another.

    A speaker who is only the name of a principal ("Iraqi military") is no secret.
    """
    voices = {record.voice for record in records.values() if _is_principal(record)}
    found: set[str] = set()
    for record in records.values():
        named = record.basis is None or record.basis.identification == NAMED
        if record.source is not None:
            found.add(record.source)
        if record.speaker and (record.source is not None or not named):
            found.add(record.speaker)
    return sorted(found - voices, key=lambda secret: (-len(secret), secret))
