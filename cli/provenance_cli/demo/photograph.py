"""Photograph a page: what a desk receives when somebody lays a letter on a table.

Rules, in order:
  1. the page is rendered from the PDF itself, so the picture shows nothing that the file does not;
  2. paper first (grain, two folds), then the camera's angle, the table under it, the shadow, the
     light of the room and, last, the noise of the sensor;
  3. all randomness comes from one seed: the same libraries give the same picture;
  4. the JPEG carries no EXIF, hence no claim of a device, a place or an hour; its one comment
     says what it is.
"""

import random
from collections.abc import Sequence
from io import BytesIO

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from provenance_cli.demo.pdf_page import Point

PHOTO_SIZE = (1512, 2016)  # pixels: three to four, as a telephone held upright
JPEG_QUALITY = 80

_SEED = 20200106
_RENDER_SCALE = 2.4  # pixels a point: about the scale of the page in the finished picture
_CORNERS: Sequence[Point] = ((176, 148), (1372, 196), (1446, 1836), (92, 1774))
_PAPER = (253, 250, 243)  # a warm white
_FOLDS = (0.335, 0.668)  # a letter folded in three, as parts of its height


def photograph(pdf: bytes, *, comment: str) -> bytes:
    """Return a JPEG photograph of the first page of `pdf`, lying on a table.

    Args:
        pdf: the file to render.
        comment: what the picture says of itself in its comment segment.
    """
    grain = random.Random(_SEED)  # noqa: S311 - a picture's grain guards nothing
    page = _paper(_render(pdf), grain)
    scene = _on_table(page, _table(grain))
    picture = _sensor(_lit(scene), grain)
    out = BytesIO()
    picture.save(
        out, "JPEG", quality=JPEG_QUALITY, subsampling="4:2:0", comment=comment.encode("ascii")
    )
    return out.getvalue()


def _render(pdf: bytes) -> Image.Image:
    document = pdfium.PdfDocument(pdf)
    try:
        image: Image.Image = (
            document[0]
            .render(
                scale=_RENDER_SCALE  # pyright: ignore[reportArgumentType] # any number will do
            )
            .to_pil()
        )
        return image.convert("RGB")
    finally:
        document.close()


def _grey_noise(size: tuple[int, int], grain: random.Random) -> Image.Image:
    return Image.frombytes("L", size, grain.randbytes(size[0] * size[1]))


def _softened(layer: Image.Image, strength: float, middle: int = 255) -> Image.Image:
    """Return `layer` drawn towards `middle`: a factor image of that strength."""
    return layer.point([round(middle + (value - middle) * strength) for value in range(256)])


def _multiplied(picture: Image.Image, factor: Image.Image) -> Image.Image:
    return ImageChops.multiply(picture, Image.merge("RGB", (factor, factor, factor)))


def _paper(page: Image.Image, grain: random.Random) -> Image.Image:
    """Turn a rendering into paper: off-white, faintly clouded, folded twice."""
    clouds = _grey_noise((24, 31), grain).resize(page.size, Image.Resampling.BICUBIC)
    sheet = ImageChops.multiply(page, Image.new("RGB", page.size, _PAPER))
    sheet = _multiplied(sheet, _softened(clouds, 0.035))
    return _multiplied(sheet, _fold_shade(page.size))


def _fold_shade(size: tuple[int, int]) -> Image.Image:
    """Return the factor by which each row of a twice folded sheet is darker."""
    width, height = size
    column = Image.new("L", (1, height), 255)
    folds = [round(part * height) for part in _FOLDS]
    for y in range(height):
        panel = sum(y >= fold for fold in folds)
        start, end = ([0, *folds, height])[panel : panel + 2]
        across = (y - start) / (end - start)
        tilt = (6 * across, 9 * (1 - across), 7 * across)[panel]  # each panel leans its own way
        near = min(abs(y - fold) for fold in folds)
        crease = 26 if near == 0 else max(0.0, 11 - near * 0.9)
        column.putpixel((0, y), round(255 - tilt - crease))
    return column.resize((width, height))


def _table(grain: random.Random) -> Image.Image:
    """Return a table of dark wood: noise drawn out along the grain, in two widths."""
    wide, high = PHOTO_SIZE
    plank = (wide + 400, high + 400)  # room to turn it without bare corners
    broad = _grey_noise((48, 5), grain).resize(plank, Image.Resampling.BICUBIC)
    fine = _grey_noise((480, 7), grain).resize(plank, Image.Resampling.BICUBIC)
    wood = Image.blend(broad, fine, 0.38).rotate(5, Image.Resampling.BICUBIC)
    wood = wood.crop((200, 200, 200 + wide, 200 + high))
    return ImageOps.colorize(wood, black=(58, 37, 25), mid=(112, 77, 52), white=(156, 115, 82))


def _on_table(page: Image.Image, table: Image.Image) -> Image.Image:
    """Lay the page on the table as the camera sees it, with the shadow of its edges."""
    view = _perspective(_CORNERS, page.size)
    seen = page.transform(
        PHOTO_SIZE,
        Image.Transform.PERSPECTIVE,
        view,
        Image.Resampling.BICUBIC,
        fillcolor=_PAPER,  # the edge of the sheet fades into paper, not into black
    )
    outline = _outline()
    for shift, blur, strength in (((26, 34), 30, 0.55), ((7, 9), 7, 0.5)):
        cast = ImageChops.offset(outline, *shift).filter(ImageFilter.GaussianBlur(blur))
        table = _multiplied(table, _softened(ImageOps.invert(cast), strength))
    return Image.composite(seen, table, outline)


def _outline() -> Image.Image:
    """Return where the sheet lies, drawn four times too large so that its edges come out smooth."""
    mask = Image.new("L", (PHOTO_SIZE[0] * 4, PHOTO_SIZE[1] * 4), 0)
    ImageDraw.Draw(mask).polygon([(x * 4, y * 4) for x, y in _CORNERS], fill=255)
    return mask.reduce(4)


def _perspective(corners: Sequence[Point], size: tuple[int, int]) -> tuple[float, ...]:
    """Return the eight numbers that carry a point of the picture back to the flat page.

    For each corner (x, y) of the picture and (u, v) of the page: u = (ax + by + c)/(gx + hy + 1)
    and v = (dx + ey + f)/(gx + hy + 1), which is two linear equations in a to h.
    """
    width, height = size
    flat = ((0, 0), (width, 0), (width, height), (0, height))
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(corners, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return _solved(rows)


def _solved(rows: list[list[float]]) -> tuple[float, ...]:
    """Solve linear equations by elimination; each row ends with its right-hand side."""
    for n in range(len(rows)):
        pivot = max(range(n, len(rows)), key=lambda m: abs(rows[m][n]))
        rows[n], rows[pivot] = rows[pivot], rows[n]
        rows[n] = [value / rows[n][n] for value in rows[n]]
        for m, row in enumerate(rows):
            if m != n:
                rows[m] = [a - row[n] * b for a, b in zip(row, rows[n], strict=True)]
    return tuple(row[-1] for row in rows)


def _lit(scene: Image.Image) -> Image.Image:
    """Light the scene from a window at the upper left, with a shoulder's shadow below right."""
    fall = Image.linear_gradient("L").rotate(-128, Image.Resampling.BICUBIC, fillcolor=128)
    fall = fall.crop((64, 64, 192, 192)).resize(PHOTO_SIZE, Image.Resampling.BICUBIC)
    scene = _multiplied(scene, _softened(fall, 0.36))
    shadow = Image.new("L", PHOTO_SIZE, 255)
    ImageDraw.Draw(shadow).polygon(
        [(1512, 930), (1240, 1120), (1030, 1500), (700, 1760), (560, 2016), (1512, 2016)], fill=120
    )
    scene = _multiplied(scene, _softened(shadow.filter(ImageFilter.GaussianBlur(85)), 0.6))
    corners = ImageOps.invert(Image.radial_gradient("L")).resize(PHOTO_SIZE)
    scene = _multiplied(scene, _softened(corners, 0.13))
    warm = ImageChops.multiply(scene, Image.new("RGB", PHOTO_SIZE, (255, 248, 234)))
    cool = ImageChops.multiply(scene, Image.new("RGB", PHOTO_SIZE, (243, 249, 255)))
    return Image.composite(cool, warm, fall)


def _sensor(scene: Image.Image, grain: random.Random) -> Image.Image:
    """Blur as a lens does and add noise as a sensor does, a little of each per channel."""
    soft = scene.filter(ImageFilter.GaussianBlur(0.7))
    shared = _grey_noise(PHOTO_SIZE, grain)
    channels = []
    for channel in soft.split():
        own = Image.blend(shared, _grey_noise(PHOTO_SIZE, grain), 0.3)
        noise = _softened(own.filter(ImageFilter.GaussianBlur(0.5)), 0.07, 128)
        channels.append(ImageChops.add(channel, noise, 1, -128))
    return Image.merge("RGB", channels)
