"""Text of a page that something drawn later covers: a bar over a name, a picture over a line.

A letter is covered if it is drawn, and the page looks the same without it. So, letter by letter:
  1. the page is drawn with its text and without it: pixels that are the same owe nothing to text;
  2. the text is drawn alone: where it leaves ink, it is no invisible layer;
  3. both together, three letters or more in a row: these are covered.
Where more than half of a page's letters are covered, they are the text layer of a scan, and are
left alone. Marks (annotations) are not drawn, so what only they cover is not told here.
Imports the renderer: only a worker imports this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import pypdfium2
from PIL import ImageChops

from provenance.facts.pdf.drawing import Drawing, draw
from provenance.signatures.model import Box

MAX_OBJECTS: Final = 20_000  # of one page
MAX_LETTERS: Final = 10_000  # of one page; a page of a book has some three thousand
DEPTH: Final = 10  # of drawings within drawings
LEAST: Final = 3  # letters in a row
INK: Final = 24  # grey levels of 255 by which ink differs from the paper
_PAPER: Final = 100  # neither black nor white, so that text of either colour leaves ink


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Letters in a row that are covered."""

    text: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    text: str
    box: Box | None
    """None: blank, a sign, or too small to be judged."""


def find_covered(page: Any, known: list[Box]) -> list[Covered] | None:  # noqa: ANN401 - the renderer has no types
    """Return what is covered on a page; None if too much is drawn on it to tell.

    Args:
        page: the renderer's; it is left as it was.
        known: boxes of text that is known to be hidden; letters in them are passed over.
    """
    raw = pypdfium2.raw
    objects = list(islice(page.get_objects(max_depth=DEPTH), MAX_OBJECTS))
    forms = [one for one in objects if one.type == raw.FPDF_PAGEOBJ_FORM]
    if len(objects) >= MAX_OBJECTS or any(one.level + 1 >= DEPTH for one in forms):
        return None  # a text that cannot be taken away would seem to be covered
    texts = [one for one in objects if one.type == raw.FPDF_PAGEOBJ_TEXT]
    drawn = (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM)
    others = [one for one in objects if one.type not in drawn]
    if not texts or not others:
        return []
    owed = _owed(page, texts)
    every = _letters(page)
    if len(every) > MAX_LETTERS:
        return None
    letters = [one for one in every if not _is_known(one, known)]
    if not any(_same(owed, one) for one in letters):
        return []
    _activate(others, on=False)
    ink = draw(page, marks=False, paper=_PAPER)
    _activate(others, on=True)
    hidden = [_is_covered(owed, ink, one) for one in letters]
    told = [one for one in hidden if one is not None]
    return [] if sum(told) * 2 > len(told) else list(_rows(letters, hidden))


def _owed(page: Any, texts: list[Any]) -> Drawing:  # noqa: ANN401
    """Return what of the page's look is owed to its text: the difference without it."""
    whole = draw(page, marks=False)
    _activate(texts, on=False)
    bare = draw(page, marks=False)
    _activate(texts, on=True)
    return Drawing(picture=ImageChops.difference(whole.picture, bare.picture), sheet=whole.sheet)


def _activate(objects: list[Any], *, on: bool) -> None:
    for one in objects:
        pypdfium2.raw.FPDFPageObj_SetIsActive(one, on)


def _letters(page: Any) -> list[_Letter]:  # noqa: ANN401
    layer = page.get_textpage()
    try:
        found = []
        for index in range(min(layer.count_chars(), MAX_LETTERS + 1)):
            code = pypdfium2.raw.FPDFText_GetUnicode(layer, index)
            text = chr(code) if 0 < code < 0x110000 else " "
            left, bottom, right, top = layer.get_charbox(index)
            box = Box(left=left, bottom=bottom, right=right, top=top) if text.isalnum() else None
            found.append(_Letter(text=text, box=box))
        return found
    finally:
        layer.close()


def _is_known(letter: _Letter, known: list[Box]) -> bool:
    if letter.box is None:
        return False
    x = (letter.box.left + letter.box.right) / 2
    y = (letter.box.bottom + letter.box.top) / 2
    return any(box.left <= x <= box.right and box.bottom <= y <= box.top for box in known)


def _same(owed: Drawing, letter: _Letter) -> bool:
    """Whether the page looks the same without a letter."""
    shades = owed.shades(letter.box) if letter.box is not None else None
    return shades is not None and shades[1] == 0


def _is_covered(owed: Drawing, ink: Drawing, letter: _Letter) -> bool | None:
    """Judge a letter; None if it is blank, a sign, or too thin for its pixels to tell."""
    shades = ink.shades(letter.box) if letter.box is not None else None
    return None if shades is None else _same(owed, letter) and shades[1] - shades[0] > INK


def _rows(letters: list[_Letter], hidden: list[bool | None]) -> Iterator[Covered]:
    """Put covered letters together; what cannot be judged between them belongs to the row."""
    text, boxes = "", list[Box]()
    for letter, covered in zip(letters, hidden, strict=True):
        if covered is False:
            if len(boxes) >= LEAST:
                yield Covered(text=text.strip(), boxes=tuple(boxes))
            text, boxes = "", []
        elif covered or text:
            text += letter.text
            boxes += [letter.box] if covered and letter.box is not None else []
    if len(boxes) >= LEAST:
        yield Covered(text=text.strip(), boxes=tuple(boxes))
