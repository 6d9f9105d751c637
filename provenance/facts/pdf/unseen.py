"""Text that is in a PDF and not on its pages: covered, white on white, outside, invisible.

For each run of the text layer: render the page and look at the pixels where the run says it is.
  1. outside the page: never shown;
  2. all pixels of one dark shade: a box lies over live text, a redaction that hides nothing;
  3. all pixels of one light shade: the text has the colour of the paper, or a light box covers it;
  4. anything else: something is to be seen there, and the run is taken as shown.
So a picture or a pattern over text is not noticed, and a text layer under a scan (as OCR writes it)
is not reported: its words are to be seen. Redaction marks that were never applied are told apart.
Runs of less than three letters are left alone. Work is bounded; what was not looked at is noted.
Imports the renderer: only a worker imports this module.
"""

import ctypes
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
from PIL import Image

from provenance.facts.model import Observation, Weight
from provenance.signatures.model import Box
from provenance.signatures.text import tame

MAX_PAGES: Final = 40  # rendered; 15 ms a page
MAX_RUNS: Final = 3000  # of one page
MAX_PIXELS: Final = 4_000_000  # of one rendered page; a larger page is rendered smaller
DPI: Final = 110  # a hairline of an 8-point letter is still a pixel wide
SHADES: Final = 24  # grey levels of 255 within which pixels are of one shade
DARK: Final = 110  # a box darker than this hides text from the eye
SHOWN: Final = 200  # characters quoted
_REDACT: Final = 28  # FPDF_ANNOT_REDACT, the subtype of a redaction mark (ISO 32000-2 12.5.6.23)

_SAY: Final = {
    "redaction-hides-nothing": "Under a dark box the text can still be copied: “{quote}”",
    "text-not-visible": "Text is in the file and not to be seen on the page: “{quote}”",
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
    left, bottom, right, top = page.get_bbox()
    sheet = Box(left=left, bottom=bottom, right=right, top=top)
    hidden: dict[str, list[str]] = {}
    picture: Image.Image | None = None
    for run in runs:
        if not _meets(run.box, sheet):
            hidden.setdefault("text-outside-page", []).append(run.text)
            continue
        picture = picture or _render(page, sheet)
        code = _judge(picture, run.box, sheet)
        if code is not None:
            hidden.setdefault(code, []).append(run.text)
    return [
        Observation(
            code=code,
            weight=Weight.HIDDEN,
            text=_SAY[code].format(quote=tame(" ".join(texts), SHOWN)),
            where=f"page {number}",
        )
        for code, texts in sorted(hidden.items())
    ]


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


def _render(page: Any, sheet: Box) -> Image.Image:  # noqa: ANN401
    width, height = sheet.right - sheet.left, sheet.top - sheet.bottom
    scale = min(DPI / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    upright = -page.get_rotation() % 360  # text boxes are given for the page before it is turned
    picture: Image.Image = page.render(scale=scale, grayscale=True, rotation=upright).to_pil()
    return picture.convert("L")


def _judge(picture: Image.Image, box: Box, sheet: Box) -> str | None:
    """Say what is wrong with a run, by the pixels where it stands."""
    across = picture.width / max(sheet.right - sheet.left, 1e-6)
    down = picture.height / max(sheet.top - sheet.bottom, 1e-6)
    area = (
        max(int((box.left - sheet.left) * across), 0),
        max(int((sheet.top - box.top) * down), 0),
        min(round((box.right - sheet.left) * across), picture.width),
        min(round((sheet.top - box.bottom) * down), picture.height),
    )
    if area[2] - area[0] < 3 or area[3] - area[1] < 3:
        return None  # too small to be judged by pixels
    extrema = picture.crop(area).getextrema()
    darkest, lightest = (int(value) for value in extrema)  # type: ignore[arg-type] # one band
    if lightest - darkest > SHADES:
        return None
    return "redaction-hides-nothing" if lightest < DARK else "text-not-visible"


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
