"""Fonts of a PDF, and those that did not exist yet when the document says it was made.

Two dates are held against the year in which a typeface first shipped: the earliest time of making
that the file states, and a date that stands alone on a line of the first page, as letters have it.
The table names only typefaces whose first release is documented by their makers; a font may have
been replaced when an old paper was retyped or a form filled in, so this is about a copy, never
about an original. A font that is not in the table says nothing.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from provenance.facts.model import Observation, Weight
from provenance.signatures.text import tame

MAX_PAGES: Final = 20  # looked at for fonts
MAX_OBJECTS: Final = 3000  # of one page
MAX_LISTED: Final = 40  # fonts named
MAX_LINES: Final = 40  # of the first page, searched for a date of its own

FIRST_SHIPPED: Final[dict[str, int]] = {
    # With Windows and Office (Microsoft typography, "Font list" pages).
    "aptos": 2023,
    "bahnschrift": 2017,
    "calibri": 2006,
    "cambria": 2006,
    "candara": 2006,
    "consolas": 2006,
    "constantia": 2006,
    "corbel": 2006,
    "gabriola": 2009,
    "segoeui": 2006,
    "sitka": 2013,
    "georgia": 1996,
    "verdana": 1996,
    "trebuchet": 1996,
    "tahoma": 1994,
    "comicsans": 1995,
    # Free families (release notes of each project).
    "carlito": 2013,
    "dejavu": 2004,
    "firasans": 2013,
    "ibmplex": 2017,
    "inter": 2017,
    "lato": 2010,
    "liberationsans": 2007,
    "liberationserif": 2007,
    "montserrat": 2011,
    "notosans": 2012,
    "notoserif": 2013,
    "opensans": 2011,
    "roboto": 2011,
    "sourcesans": 2012,
    "ubuntu": 2010,
}
"""Beginning of a font's name (lower case, letters only) to the year of its first release."""

_SUBSET: Final = re.compile(r"^[A-Z]{6}\+")  # ISO 32000-2 9.9.2
_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|januar|februar|märz|mai|juni|juli|oktober|dezember"
    "|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_DATED: Final = re.compile(
    rf"(?:[\w .'-]{{2,30}},\s*)?(?:(?:on|am|le|el|den|the)\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+)?(?:{_MONTHS})\.?,?\s+(?:de\s+)?(\d{{4}})"
    rf"|(?:{_MONTHS})\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(\d{{4}})"
    r"|(\d{4})-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](\d{4}))\.?",
    re.IGNORECASE,
)


def judge_fonts(
    fonts: tuple[str, ...], claimed: datetime | None, written: int | None
) -> list[Observation]:
    """Return the fonts that are younger than a date the document carries.

    Args:
        fonts: as `list_fonts` names them.
        claimed: earliest time of making that the file states.
        written: year that the first page is dated.
    """
    found: list[Observation] = []
    for font in fonts:
        year = first_shipped(font)
        if year is None:
            continue
        if claimed is not None and claimed.year < year:
            found.append(_young(font, year, f"the file says it was made in {claimed.year}", None))
        if written is not None and written < year:
            stands = f"its first page is dated {written}"
            found.append(_young(font, year, stands, "anachronism-copy"))
    return found


def list_fonts(document: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the names of the fonts in use, without subset marks, in alphabetical order.

    A font without a name is left out.
    """
    named = {font for font in _fonts(document) if font.strip()}
    return tuple(tame(font, 60) for font in sorted(named)[:MAX_LISTED])


def _young(font: str, year: int, stands: str, evidence: str | None) -> Observation:
    text = f"The typeface {tame(font, 60)} first shipped in {year}; {stands}."
    return Observation(
        code="font-younger-than-date",
        weight=Weight.CONTRADICTION,
        text=text,
        where="page 1" if evidence else None,
        evidence=evidence,
    )


def first_shipped(font: str) -> int | None:
    """Return the year in which a font first shipped; None = it is not in the table."""
    bare = re.sub(r"[^a-z]", "", _SUBSET.sub("", font).lower())
    return next((year for name, year in FIRST_SHIPPED.items() if bare.startswith(name)), None)


def written_year(document: Any) -> int | None:  # noqa: ANN401 - the renderer's document
    """Return the year of a date that stands alone on a line of the first page, if there is one."""
    if not len(document):
        return None
    lines = document[0].get_textpage().get_text_range().splitlines()
    for line in lines[:MAX_LINES]:
        dated = _DATED.fullmatch(line.strip())
        if dated is not None:
            return int(next(group for group in dated.groups() if group))
    return None


def _fonts(document: Any) -> Iterator[str]:  # noqa: ANN401
    import pypdfium2  # noqa: PLC0415 - the table above is looked up without the renderer

    for index in range(min(len(document), MAX_PAGES)):
        for number, item in enumerate(document[index].get_objects(max_depth=3)):
            if number >= MAX_OBJECTS:
                break
            if item.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
                yield _SUBSET.sub("", item.get_font().get_base_name())
