"""What is left on the picture of a block once printed text and drawn rules are masked.

A mark is a dark pixel that is not red: a red stamp (DRAFT) is no pen. Marks of some area, width and
height are ink or a drawing; nothing more is claimed, above all not whose. The picture itself is
kept, small and grey, so that a person can look.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from provenance.signatures.model import Box, Crop

DARK: Final = 150  # grey level of 255 below which a pixel counts as a mark
RED: Final = 60  # a mark this much redder than green and blue is a stamp, not a pen
MIN_INK: Final = 10.0  # square points; a speck of dust is below 2, the faintest initials above 15
MIN_WIDTH: Final = 14.0  # points
MIN_HEIGHT: Final = 5.0  # points; excludes what is left of a rule
MAX_MASKED: Final = 0.6  # of the block; above, an empty rest says nothing
MARGIN: Final = 1.5  # points around printed text and rules that are masked with them
CROP_WIDTH: Final = 240  # pixels; a block is 250 points wide, so about 70 dpi: enough to see a pen


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """Marks left in a block."""

    area: float
    """Square points."""
    width: float
    """Points, of the box around all marks."""
    height: float
    masked: float
    """Share of the block that was masked, 0 to 1."""

    @property
    def seen(self) -> bool:
        """Whether the marks are more than dust and the rest of a rule."""
        return self.area >= MIN_INK and self.width >= MIN_WIDTH and self.height >= MIN_HEIGHT

    @property
    def unsure(self) -> bool:
        """Whether so much was masked that an empty rest says nothing."""
        return not self.seen and self.masked > MAX_MASKED


def measure_ink(picture: Image.Image, region: Box, masks: Iterable[Box], scale: float) -> Ink:
    """Measure the marks on a picture of the region.

    Args:
        picture: of exactly the region, RGB.
        region: where it lies, in points.
        masks: boxes of printed text and rules, in points.
        scale: pixels for a point.
    """
    marks = _dark_marks(picture)
    mask = Image.new("L", marks.size, 0)
    draw = ImageDraw.Draw(mask)
    for box in masks:
        left, right = (box.left - region.left - MARGIN), (box.right - region.left + MARGIN)
        top, bottom = (region.top - box.top - MARGIN), (region.top - box.bottom + MARGIN)
        if right > left and bottom > top:
            draw.rectangle(tuple(scale * one for one in (left, top, right, bottom)), fill=255)
    rest = ImageChops.subtract(marks, mask)
    bounds = rest.getbbox() or (0, 0, 0, 0)
    return Ink(
        area=rest.histogram()[255] / scale**2,
        width=(bounds[2] - bounds[0]) / scale,
        height=(bounds[3] - bounds[1]) / scale,
        masked=mask.histogram()[255] / max(mask.size[0] * mask.size[1], 1),
    )


def make_crop(picture: Image.Image) -> Crop:
    """Return the picture, small and grey, as bare pixels that need no parser to be read."""
    small = picture.convert("L")
    small.thumbnail((CROP_WIDTH, CROP_WIDTH))
    return Crop(width=small.width, height=small.height, grey=small.tobytes())


def _dark_marks(image: Image.Image) -> Image.Image:
    """Return 255 where a pixel is dark and not red."""
    dark = image.convert("L").point([255 * (level < DARK) for level in range(256)])
    red, green, blue = image.split()
    redder = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    return ImageChops.subtract(dark, redder.point([255 * (level > RED) for level in range(256)]))
