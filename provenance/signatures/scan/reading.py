"""Read the lines of a picture with their places, by OCR.

The engine is made once, in the zygote, for one language; children inherit it and only read. What it
reads is derived from the picture, with a confidence; it is never text of the document. Pictures are
bounded before they are decoded. Imports the OCR engine: only a worker imports this module.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tesserocr
from PIL import Image

from provenance.errors import SurroundingsError
from provenance.signatures.blocks.layout import Line
from provenance.signatures.model import Box
from provenance.signatures.scan.languages import data_folder

PAGE_WIDTH: Final = 612.0  # points; a picture without a scale is taken for a page of Letter width
MIN_CONFIDENCE: Final = 40.0  # of 100; below, a line is a guess at dirt
MAX_LINES: Final = 400  # of one page

_ENGINES: dict[str, tesserocr.PyTessBaseAPI] = {}  # by language; written in the zygote only
_DATA: dict[str, str] = {}  # language to digest of its data


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read on one picture."""

    lines: tuple[Line, ...]
    """Boxes in points of a page that is PAGE_WIDTH wide."""
    size: tuple[float, float]
    """Width and height of that page, points."""
    confidence: float
    """Mean over the lines, 0 to 100; 0 when nothing was read."""


def prepare(language: str) -> None:
    """Make the engine for a language, in the zygote, before any document is opened.

    Raises:
        SurroundingsError: there are no data for it.
    """
    if language in _ENGINES:
        return
    folder = data_folder(language)
    if folder is None:
        raise SurroundingsError(f"no OCR data for {language!r} on this machine")
    _ENGINES[language] = tesserocr.PyTessBaseAPI(path=str(folder), lang=language)
    data = Path(folder, f"{language}.traineddata").read_bytes()
    _DATA[language] = hashlib.sha256(data).hexdigest()


def tools() -> dict[str, str]:
    """Return the engine's version and the digest of each language's data."""
    version = tesserocr.tesseract_version().split("\n", 1)[0].removeprefix("tesseract ")
    return {"tesseract": version} | {
        f"tessdata.{language}": digest[:16] for language, digest in _DATA.items()
    }


def read_lines(picture: Image.Image, language: str) -> Reading:
    """Read a picture.

    Raises:
        KeyError: no engine was prepared for the language.
        RuntimeError: the engine failed on it.
    """
    engine = _ENGINES[language]
    engine.SetImage(picture)
    engine.Recognize()
    scale = PAGE_WIDTH / picture.width
    height = picture.height * scale
    lines: list[Line] = []
    sure: list[float] = []
    level = tesserocr.RIL.TEXTLINE
    for found in tesserocr.iterate_level(engine.GetIterator(), level):
        text, box = found.GetUTF8Text(level).strip(), found.BoundingBox(level)
        if text and box and found.Confidence(level) >= MIN_CONFIDENCE and len(lines) < MAX_LINES:
            left, top, right, bottom = (scale * edge for edge in box)
            place = Box(left=left, bottom=height - bottom, right=right, top=height - top)
            lines.append(Line(text=text, box=place))
            sure.append(found.Confidence(level))
    confidence = sum(sure) / len(sure) if sure else 0.0
    return Reading(lines=tuple(lines), size=(PAGE_WIDTH, height), confidence=confidence)
