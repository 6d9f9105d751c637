"""Draw a page of a PDF in grey, and look at the pixels where something stands.

Imports the renderer: only a worker imports this module.
"""

from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from provenance.signatures.model import Box

MAX_PIXELS: Final = 4_000_000  # of one rendered page; a larger page is rendered smaller
DPI: Final = 110  # a hairline of an 8-point letter is still a pixel wide
LEAST: Final = 3  # pixels each way: what is smaller is not judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One page as it is drawn."""

    picture: Image.Image
    """Grey, one byte a pixel; the page before it is turned, as boxes of text are given."""
    sheet: Box
    """The part of the page that is shown, in points."""

    def shades(self, box: Box) -> tuple[int, int] | None:
        """Return the darkest and the lightest pixel in a box; None if it is too small."""
        across = self.picture.width / max(self.sheet.right - self.sheet.left, 1e-6)
        down = self.picture.height / max(self.sheet.top - self.sheet.bottom, 1e-6)
        area = (
            max(int((box.left - self.sheet.left) * across), 0),
            max(int((self.sheet.top - box.top) * down), 0),
            min(round((box.right - self.sheet.left) * across), self.picture.width),
            min(round((self.sheet.top - box.bottom) * down), self.picture.height),
        )
        if area[2] - area[0] < LEAST or area[3] - area[1] < LEAST:
            return None
        extrema = self.picture.crop(area).getextrema()
        darkest, lightest = (int(value) for value in extrema)  # type: ignore[arg-type] # one band
        return darkest, lightest


def sheet_of(page: Any) -> Box:  # noqa: ANN401 - the renderer has no types
    """Return the part of a page that is shown."""
    left, bottom, right, top = page.get_bbox()
    return Box(left=left, bottom=bottom, right=right, top=top)


def draw(page: Any, *, marks: bool = True, paper: int = 255) -> Drawing:  # noqa: ANN401
    """Draw a page.

    Args:
        page: the renderer's.
        marks: draw annotations, too.
        paper: shade of grey of the paper.
    """
    sheet = sheet_of(page)
    width, height = sheet.right - sheet.left, sheet.top - sheet.bottom
    scale = min(DPI / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(
        scale=scale,
        grayscale=True,
        rotation=-page.get_rotation() % 360,
        draw_annots=marks,
        fill_color=(paper, paper, paper, 255),
    )
    return Drawing(picture=bitmap.to_pil().convert("L"), sheet=sheet)
