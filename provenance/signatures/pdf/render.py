"""Do the pages look different from what was signed? Render both states and compare pixels.

The signed revision is the file up to the last signed byte. Pages are rendered at 72 dpi with forms
and annotations drawn; widgets of signatures added later are masked, because a further signature's
stamp is expected, unless a mask would hide more than MAX_MASK_SHARE of a page (a "signature" laid
over the text). Work is bounded; what was not rendered is reported as unknown, never as equal.
Imports the renderer: only a worker imports this module.
"""

import ctypes
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from provenance.signatures.model import Box

MAX_PAGES: Final = 40  # page pairs rendered for one signature
MAX_PAIRS: Final = 120  # page pairs rendered for one document; 25 signatures share them
MAX_PIXELS: Final = 6_000_000  # per page; a larger page is rendered at a smaller scale
THRESHOLD: Final = 24  # grey levels of 255; below lies the noise of antialiasing
MAX_MASK_SHARE: Final = 0.25  # of a page; a stamp is smaller, a forged sheet is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A rectangle that is expected to differ."""

    page: int
    """The first page is 1."""
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderDifference:
    """What the comparison of two states of a document showed."""

    pages_before: int
    pages_after: int
    different: tuple[tuple[int, int], ...]
    """(page, differing pixels) of each page that differs; the first page is 1."""
    compared: int
    """Page pairs that were rendered."""
    masked: tuple[int, ...] = ()
    """Pages on which a later signature's stamp was left out of the comparison."""

    @property
    def complete(self) -> bool:
        """Whether every page was compared."""
        return self.compared == min(self.pages_before, self.pages_after)


class Comparer:
    """Compares earlier states of one document with its present state; remembers rendered pages."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._now = _open(data)
        self._pages: dict[int, Image.Image] = {}
        self._pairs = 0

    def compare(self, end: int, masks: tuple[Mask, ...]) -> RenderDifference:
        """Compare the first `end` bytes with the whole file.

        Raises:
            pypdfium2.PdfiumError: one of the two states cannot be opened or drawn.
        """
        before = _open(self._data[:end])
        try:
            return self._compare(before, masks)
        finally:
            before.close()

    def _compare(self, before: Any, masks: tuple[Mask, ...]) -> RenderDifference:  # noqa: ANN401
        different: list[tuple[int, int]] = []
        masked: set[int] = set()
        count = min(len(before), len(self._now))
        compared = 0
        for index in range(count):
            if compared >= MAX_PAGES or self._pairs >= MAX_PAIRS:
                break
            boxes = [mask.box for mask in masks if mask.page == index + 1]
            old, new = _render(before, index), self._render_now(index)
            pixels, hidden = _count_difference(old, new, self._now[index], boxes)
            compared += 1
            self._pairs += 1
            if hidden:
                masked.add(index + 1)
            if pixels:
                different.append((index + 1, pixels))
        return RenderDifference(
            pages_before=len(before),
            pages_after=len(self._now),
            different=tuple(different),
            compared=compared,
            masked=tuple(sorted(masked)),
        )

    def _render_now(self, index: int) -> Image.Image:
        if index not in self._pages:
            self._pages[index] = _render(self._now, index)
        return self._pages[index]


def _open(data: bytes) -> Any:  # noqa: ANN401 - the renderer has no types
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    return document


def _render(document: Any, index: int) -> Image.Image:  # noqa: ANN401
    page = document[index]
    width, height = page.get_size()
    scale = min(1.0, (MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
    image: Image.Image = page.render(scale=scale, may_draw_forms=True, grayscale=True).to_pil()
    return image.convert("L")


_OVER_THRESHOLD: Final = [255 * (level > THRESHOLD) for level in range(256)]


def _count_difference(
    old: Image.Image,
    new: Image.Image,
    page: Any,  # noqa: ANN401
    boxes: list[Box],
) -> tuple[int, bool]:
    """Return (differing pixels, whether something was masked)."""
    if old.size != new.size:
        return new.size[0] * new.size[1], False
    difference = ImageChops.difference(old, new).point(_OVER_THRESHOLD)
    hidden = False
    draw = ImageDraw.Draw(difference)
    for box in boxes:
        left, top, right, bottom = _to_pixels(page, new.size, box)
        if (right - left) * (bottom - top) <= MAX_MASK_SHARE * new.size[0] * new.size[1]:
            draw.rectangle((left - 2, top - 2, right + 2, bottom + 2), fill=0)
            hidden = True
    return difference.histogram()[255], hidden


def _to_pixels(page: Any, size: tuple[int, int], box: Box) -> tuple[int, int, int, int]:  # noqa: ANN401
    """Convert page points to pixels by the renderer's own rule (crop box and rotation included)."""
    corners = []
    for x, y in ((box.left, box.bottom), (box.right, box.top)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
