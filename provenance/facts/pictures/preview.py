"""Does the small preview in a picture show the picture?

Editing programs that do not know of the preview leave the old one in: it shows what was cropped
away, pixelated or painted over. Both are brought to the same small grey square and compared, the
preview also without the black bars that cameras add to fill their frame. Decoding happens only
here, never above MAX_PIXELS, and at an eighth of the size where the format allows.
"""

import io
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat
from PIL.JpegImagePlugin import JpegImageFile

MAX_PIXELS: Final = 250_000_000  # of the picture; phones make 200 million
MAX_PREVIEW: Final = 4_000_000  # pixels of the preview; 160 x 120 is the standard's
SIDE: Final = 32  # pixels of the squares that are compared
MEAN: Final = 24  # of 255; the same picture at two compressions differs by 2 to 6
SPOT: Final = 90  # of 255, in one cell: something is there in one and not in the other
SPOTS: Final = 16  # cells of 1024; edges that are sharpened differ in a few


def preview_differs(picture: bytes, preview: bytes) -> bool | None:
    """Say whether the preview of a JPEG shows something else; None when it cannot be told.

    Raises:
        Exception: of many classes, from the decoder; callers use `attempt`.
    """
    large, small = JpegImageFile(io.BytesIO(picture)), JpegImageFile(io.BytesIO(preview))
    if large.width * large.height > MAX_PIXELS or small.width * small.height > MAX_PREVIEW:
        return None
    shape = large.width / large.height
    large.draft("L", (SIDE * 4, SIDE * 4))
    one = _square(large)
    other = small.convert("L")
    candidates = [_square(other), _square(_without_bars(other, shape))]
    return min(_distance(one, candidate) for candidate in candidates) > 1


def _square(image: Image.Image) -> Image.Image:
    """Grey, small, without what brightness and sharpening change."""
    small = image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return ImageOps.autocontrast(small.filter(ImageFilter.GaussianBlur(1)), cutoff=2)


def _without_bars(preview: Image.Image, shape: float) -> Image.Image:
    """Cut the preview to the picture's own proportions, around its middle."""
    width, height = preview.size
    inner = (min(width, round(height * shape)), min(height, round(width / shape)))
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    return preview.crop((left, top, left + max(inner[0], 1), top + max(inner[1], 1)))


def _distance(one: Image.Image, other: Image.Image) -> float:
    """More than 1 is another picture."""
    difference = ImageChops.difference(one, other)
    mean = ImageStat.Stat(difference).mean[0] / MEAN
    spots = sum(difference.histogram()[SPOT:]) / SPOTS
    return max(mean, spots)
