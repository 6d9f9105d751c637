"""Text that is in a PDF and not on its pages: covered, white on white, outside, invisible.

For each run of the text layer: render the page and look at the pixels where the run says it is.
  1. outside the page: never shown;
  2. all pixels of one dark shade: a box lies over live text, a redaction that hides nothing;
  3. all pixels of one light shade: the text has the colour of the paper, or a light box covers it;
  4. anything else: something is to be seen there, and the run is taken as shown, unless letters of
     it are covered by what is drawn later: a bar over a name, a picture over a line (`covered`).
A text layer under a scan (as OCR writes it) is not reported: its words are to be seen. Redaction
marks that were never applied are told apart.
Runs of less than three letters are left alone. Work is bounded; what was not looked at is noted.
Imports the renderer: only a worker imports this module.
"""

import ctypes
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2

from provenance.facts.model import Observation, Weight
from provenance.facts.pdf.covered import Covered, find_covered
from provenance.facts.pdf.drawing import Drawing, draw, sheet_of
from provenance.signatures.model import Box
from provenance.signatures.text import tame

MAX_PAGES: Final = 40  # rendered, four times at most; 15 ms each
MAX_RUNS: Final = 3000  # of one page
SHADES: Final = 24  # grey levels of 255 within which pixels are of one shade
DARK: Final = 110  # a box darker than this hides text from the eye
SHOWN: Final = 200  # characters quoted
_REDACT: Final = 28  # FPDF_ANNOT_REDACT, the subtype of a redaction mark (ISO 32000-2 12.5.6.23)

_SAY: Final = {
    "redaction-hides-nothing": "Under a dark box the text can still be copied: “{quote}”",
    "text-not-visible": "Text is in the file and not to be seen on the page: “{quote}”",
    "text-under-picture": "Under a picture or a pattern the text can still be copied: “{quote}”",
    "text-outside-page": "Text stands outside the page: “{quote}”",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    text: str
    box: Box


def find_unseen(document: Any) -> list[Observation]:  # noqa: ANN401 - the renderer has no types
    """Return what the pages hide, page by page."""
    found: list[Observation] = []
    pages = min(len(document), MAX_PAGES)
    for index in range(pages):
        page = document[index]
        try:
            found += _of_page(page, index + 1)
            found += _marks(page, index + 1)
        finally:
            page.close()
    if len(document) > pages:
        text = f"Pages behind page {pages} were not searched for hidden text."
        found.append(Observation(code="search-cut-short", weight=Weight.NOTE, text=text))
    return found


def _of_page(page: Any, number: int) -> list[Observation]:  # noqa: ANN401
    runs = _runs(page)
    if not runs:
        return []
    sheet = sheet_of(page)
    hidden: dict[str, list[str]] = {}
    known: list[Box] = []
    drawing = draw(page)
    for run in runs:
        meets = _meets(run.box, sheet)
        code = _judge(drawing, run.box) if meets else "text-outside-page"
        if code is not None:
            hidden.setdefault(code, []).append(run.text)
            known.append(run.box)
    covered = find_covered(page, known)
    for row in covered or ():
        hidden.setdefault(_judge_covered(drawing, row), []).append(row.text)
    return [
        Observation(
            code=code,
            weight=Weight.HIDDEN,
            text=_SAY[code].format(quote=tame(" ".join(texts), SHOWN)),
            where=f"page {number}",
        )
        for code, texts in sorted(hidden.items())
    ] + ([] if covered is not None else [_cut(number)])


def _cut(number: int) -> Observation:
    text = "Too much is drawn on the page: it was not searched for text that something covers."
    return Observation(
        code="search-cut-short", weight=Weight.NOTE, text=text, where=f"page {number}"
    )


def _runs(page: Any) -> list[_Run]:  # noqa: ANN401
    layer = page.get_textpage()
    try:
        found = []
        for index in range(min(layer.count_rects(), MAX_RUNS)):
            left, bottom, right, top = layer.get_rect(index)
            text = layer.get_text_bounded(left, bottom, right, top).strip()
            if sum(character.isalnum() for character in text) >= 3:
                box = Box(left=left, bottom=bottom, right=right, top=top)
                found.append(_Run(text=text, box=box))
        return found
    finally:
        layer.close()


def _judge(drawing: Drawing, box: Box) -> str | None:
    """Say what is wrong with a run, by the pixels where it stands."""
    shades = drawing.shades(box)
    return None if shades is None else _name(*shades)


def _name(darkest: int, lightest: int) -> str | None:
    if lightest - darkest > SHADES:
        return None
    return "redaction-hides-nothing" if lightest < DARK else "text-not-visible"


def _judge_covered(drawing: Drawing, row: Covered) -> str:
    """Say what covers letters: a box of one shade, or a picture."""
    seen = [shades for box in row.boxes if (shades := drawing.shades(box)) is not None]
    darkest, lightest = min(one[0] for one in seen), max(one[1] for one in seen)
    return _name(darkest, lightest) or "text-under-picture"


def _marks(page: Any, number: int) -> list[Observation]:  # noqa: ANN401
    """Redaction marks that are drawn and were never applied."""
    raw = pypdfium2.raw
    count = 0
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), MAX_RUNS)):
        annotation = raw.FPDFPage_GetAnnot(page, ctypes.c_int(index))
        if annotation:
            count += raw.FPDFAnnot_GetSubtype(annotation) == _REDACT
            raw.FPDFPage_CloseAnnot(annotation)
    if not count:
        return []
    text = f"{count} redaction marks were drawn and never applied: what they mark is still there."
    where = f"page {number}"
    return [Observation(code="redaction-not-applied", weight=Weight.HIDDEN, text=text, where=where)]


def _meets(one: Box, other: Box) -> bool:
    return min(one.right, other.right) > max(one.left, other.left) and min(
        one.top, other.top
    ) > max(one.bottom, other.bottom)
