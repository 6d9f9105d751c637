"""Properties of a compound file: summary, document summary and custom ones (MS-OLEPS 3.1)."""

from collections.abc import Mapping
from typing import Final

from provenance.facts.gathering import Gathered
from provenance.facts.model import Weight
from provenance.facts.office.compound import Compound
from provenance.facts.office.property_set import (
    DOCUMENT_SUMMARY,
    SUMMARY,
    USER_DEFINED,
    PropertySet,
    Value,
    read_property_sets,
)
from provenance.facts.releases import find_system
from provenance.facts.stated_dates import Stated, from_filetime
from provenance.facts.timeline import Story

_TICKS_IN_MINUTE: Final = 600_000_000  # of a FILETIME
_EDIT_TIME, _PRINTED, _CREATED, _SAVED = 10, 11, 12, 13  # 3.1.2 property ids
_NAMES: Final[Mapping[int, str]] = {
    2: "title", 3: "subject", 4: "author", 5: "keywords", 6: "comments", 7: "template",
    8: "last-author", 9: "revision", 14: "pages", 15: "words", 16: "characters", 18: "program",
    19: "security",
}  # fmt: skip
_DOCUMENT_NAMES: Final[Mapping[int, str]] = {
    2: "category", 3: "format", 14: "manager", 15: "company", 23: "version", 26: "content-type",
    27: "status", 28: "language",
}  # fmt: skip
_VERSION: Final = 23


def read_summary(gathered: Gathered, compound: Compound) -> Story:
    """State the properties of a compound file and return the story they tell."""
    sets = [
        one
        for stream in ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
        for one in read_property_sets(compound.read(stream) or b"")
    ]
    version = ""
    for one in sets:
        if one.kind == DOCUMENT_SUMMARY:
            version = _state_document(gathered, one)
        elif one.kind == USER_DEFINED:
            for identity, name in one.names.items():
                gathered.state(f"custom.{name}", one.values.get(identity, ""))
    summary = next((one for one in sets if one.kind == SUMMARY), None)
    return Story() if summary is None else _read_summary(gathered, summary, version)


def _state_document(gathered: Gathered, found: PropertySet) -> str:
    for identity, name in _DOCUMENT_NAMES.items():
        if identity in found.values and identity != _VERSION:
            gathered.state(f"document.{name}", found.values[identity])
    number = found.values.get(_VERSION)
    if not isinstance(number, int) or isinstance(number, bool):
        return ""
    version = f"{number >> 16 & 0xFFFF}.{number & 0xFFFF}"  # 3.1.3.1: major in the upper half
    gathered.state("document.version", version)
    return version


def _read_summary(gathered: Gathered, found: PropertySet, version: str) -> Story:
    values = found.values
    for identity, name in _NAMES.items():
        if identity in values:
            gathered.state(f"summary.{name}", values[identity])
    created, saved, printed = (_time(values.get(key)) for key in (_CREATED, _SAVED, _PRINTED))
    for name, stated in (("created", created), ("saved", saved), ("printed", printed)):
        if stated is not None:
            gathered.state(f"summary.{name}", stated.shown)
    minutes = _minutes(values.get(_EDIT_TIME))
    if minutes is not None:
        gathered.state("summary.edit-minutes", minutes)
    _judge_system(gathered, found, saved)
    revision = str(values.get(9, ""))
    return Story(
        program=str(values.get(18, "")),
        version=version,
        author=str(values.get(4, "")).strip(),
        last_author=str(values.get(8, "")).strip(),
        created=created,
        modified=saved,
        printed=printed,
        template=str(values.get(7, "")),
        revision=int(revision) if revision.isascii() and revision.isdigit() else None,
        minutes=minutes,
    )


def _time(value: Value | None) -> Stated | None:
    """Return a FILETIME property; Word writes 1601 where there is none."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    stated = from_filetime(int(value)) if whole and value is not None else None
    return None if stated is None or stated.moment.year < 1980 else stated


def _minutes(value: Value | None) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return value // _TICKS_IN_MINUTE


def _judge_system(gathered: Gathered, found: PropertySet, saved: Stated | None) -> None:
    if found.system is None:
        return
    gathered.state("summary.windows", f"{found.system[0]}.{found.system[1]}")
    release = find_system(*found.system)
    if release is not None and saved is not None and saved.moment.year < release.year:
        text = (
            f"It was written on {release.name}, which nobody had before {release.year}, and says"
            f" it was last saved on {saved.shown}."
        )
        gathered.observe("system-newer-than-modified", Weight.CONTRADICTION, text)
