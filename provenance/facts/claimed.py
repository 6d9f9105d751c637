"""Hold what a file says about its making against the date that is claimed for the document.

A desk knows the claimed date; a reader of bytes does not. So this stands apart: properties in,
which any reader of files has stated, and observations out. Here an observation may name an entry
of the evidence catalogue: `metadata-date-contradicts` and `metadata-date-agrees` speak of the
document's own date. Whether the document itself bears the claimed day is for a person to say, so
`verdict.proposing` proposes none of CODES. Elsewhere only a mail's do, whose time of sending is its
date, and the fonts of a dated page; what else contradicts itself inside a file says nothing about
the document's date.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from provenance.facts.model import Facts, Observation, Weight
from provenance.facts.pdf.fonts import first_shipped
from provenance.facts.pdf.properties import parse_pdf_date
from provenance.facts.releases import Release, find_release, find_system
from provenance.facts.stated_dates import ZONES, Stated, read_w3c

AGREES: Final = timedelta(days=3)  # a letter is dated when it is finished, about a day after
CODES: Final = frozenset(
    {"created-after-claimed-date", "created-near-claimed-date"}
    | {"program-newer-than-claimed-date", "font-younger-than-claimed-date"}
)
"""What is said here: all of it rests on somebody's claim."""

_MADE: Final = (
    "core.created",
    "meta.creation-date",
    "summary.created",
    "info.creatim",
    "office.Created",
    "message.submitted",
    "info.CreationDate",
    "xmp.CreationDate",
    "exif.DateTimeOriginal",
    "mail.received.01",
)
_PROGRAMS: Final = (
    ("app.Application", "app.AppVersion"),
    ("meta.generator", ""),
    ("summary.program", "document.version"),
    ("info.generator", ""),
)
_PICTURE: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d)?)")
_WINDOWS: Final = re.compile(r"(\d{1,2})\.(\d{1,2})")


def judge_claimed_date(facts: Facts, claimed: date) -> tuple[Observation, ...]:
    """Return what the properties say for or against a claimed date.

    Args:
        facts: of any file.
        claimed: day that is claimed for the document, wherever it was.
    """
    found = []
    for key in _MADE:
        stated = _read(facts.properties.get(key, ""))
        if stated is not None:
            found += _judge_date(key, stated, claimed)
    found += _judge_fonts(facts.properties.get("fonts", ""), claimed)
    for release in _releases(facts.properties):
        if release.year > claimed.year:
            text = (
                f"It is claimed to be of {claimed.isoformat()}, and its file was written with"
                f" {release.name}, which nobody had before {release.year}."
            )
            found.append(
                Observation(
                    code="program-newer-than-claimed-date",
                    weight=Weight.CONTRADICTION,
                    text=text,
                    evidence="metadata-date-contradicts",
                )
            )
    return tuple(found)


def _judge_date(key: str, stated: Stated, claimed: date) -> list[Observation]:
    day = datetime.combine(claimed, time(), tzinfo=UTC)
    away = stated.moment - day
    if away > max(AGREES, timedelta(days=1) + ZONES):
        text = (
            f"It is claimed to be of {claimed.isoformat()}, and its file says it was made later:"
            f" {stated.shown} ({key}). A scan or a photograph of a paper always is."
        )
        later = Observation(
            code="created-after-claimed-date",
            weight=Weight.CONTRADICTION,
            text=text,
            evidence="metadata-date-contradicts",
        )
        return [later]
    if abs(away) <= AGREES:
        text = (
            f"It is claimed to be of {claimed.isoformat()}, and its file says it was made about"
            f" then: {stated.shown} ({key})."
        )
        agrees = Observation(
            code="created-near-claimed-date",
            weight=Weight.NOTE,
            text=text,
            evidence="metadata-date-agrees",
        )
        return [agrees]
    return []


def _judge_fonts(listed: str, claimed: date) -> list[Observation]:
    """A typeface that did not exist on the claimed day was not in a paper of that day."""
    found = []
    for font in filter(None, map(str.strip, listed.split(";"))):
        year = first_shipped(font)
        if year is not None and year > claimed.year:
            text = (
                f"It is claimed to be of {claimed.isoformat()}, and its typeface {font} first"
                f" shipped in {year}."
            )
            found.append(
                Observation(
                    code="font-younger-than-claimed-date",
                    weight=Weight.CONTRADICTION,
                    text=text,
                    evidence="anachronism-copy",
                )
            )
    return found


def _read(shown: str) -> Stated | None:
    """Read a date as a property shows it: W3C, of a picture (EXIF), or of a PDF."""
    text = shown.strip()
    pdf = parse_pdf_date(text) if text.startswith("D:") else None
    if pdf is not None:
        return Stated(moment=pdf, zoned=True)
    picture = _PICTURE.match(text)
    if picture is not None:
        text = f"{picture[1]}T{picture[2]}"
    return read_w3c(text.partition(" ")[0])


def _releases(properties: Mapping[str, str]) -> list[Release]:
    found = [
        find_release(properties.get(program, ""), properties.get(version, ""))
        for program, version in _PROGRAMS
    ]
    windows = _WINDOWS.fullmatch(properties.get("summary.windows", ""))
    if windows is not None:
        found.append(find_system(int(windows[1]), int(windows[2])))
    return [release for release in found if release is not None]
