"""Places for a signature on scans and photographs, read by OCR; the answer stays open.

Per picture: read its lines, find blocks among them (`blocks.layout`), mask what was read, measure
what is left. On real scans dirt, shadows and grey stamps look like ink, and a line that was misread
hides a block: so every place found is listed as undetermined, with page, box, picture and what it
looks like, and a page without one proves nothing. Imports the OCR engine: only a worker imports it.
"""

import io
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageOps

from provenance.signatures.axes import Integrity, Kind, Presence
from provenance.signatures.blocks.closings import (
    has_typed_signature,
    is_closing,
    is_label,
    looks_like_name,
)
from provenance.signatures.blocks.ink import make_crop, measure_ink
from provenance.signatures.blocks.layout import Block, find_blocks
from provenance.signatures.detected import Detected
from provenance.signatures.model import Box, Locator, SignatureStatus
from provenance.signatures.scan.reading import read_lines, tools

DETECTOR: Final = "scan-signature-block"
MAX_PAGES: Final = 20  # read; a page takes a second
DPI: Final = 200  # for pages of a PDF; letters of 10 points are 28 pixels high
MAX_SIDE: Final = 3000  # pixels of a picture's longer side
MAX_PICTURE: Final = 60_000_000  # pixels that are decoded at most


def find_scanned_blocks(data: bytes, *, sha256: str, media_type: str, language: str) -> Detected:
    """Search the pictures of a document.

    Args:
        data: the whole file.
        sha256: hexadecimal digest, for the records.
        media_type: `application/pdf` or `image/...`.
        language: one for which the engine was prepared.

    Raises:
        OSError, RuntimeError, pypdfium2.PdfiumError: the file cannot be decoded, or the engine
            failed.
    """
    found: list[SignatureStatus] = []
    notes: list[str] = []
    document = pypdfium2.PdfDocument(data) if media_type == "application/pdf" else None
    pictures = [(1, _decode(data))] if document is None else _pages(document)
    for number, picture in pictures:
        reading = read_lines(picture, language)
        for block in find_blocks(list(reading.lines), reading.size):
            scale = picture.width / reading.size[0]
            status = _judge(picture, block, number, scale, reading.size[1], len(found), sha256)
            found.append(status)
        if not reading.lines:
            notes.append(f"signature blocks on page {number}: nothing could be read there")
    if document is not None and len(document) > MAX_PAGES:
        notes.append(f"signature blocks on scans behind page {MAX_PAGES}: not read")
    return Detected(ran=(DETECTOR,), undetermined=tuple(found), not_determined=tuple(notes))


def _judge(
    picture: Image.Image,
    block: Block,
    number: int,
    scale: float,
    height: float,
    count: int,
    sha256: str,
) -> SignatureStatus:
    cut = picture.crop(_pixels(block.region, scale, height, picture.size)).convert("RGB")
    masks = [line.box for line in block.lines if _is_printed(line.text)]
    ink = measure_ink(cut, block.region, masks, scale)
    kind = Kind.TYPED_NAME if block.typed else Kind.INK_REGION
    empty = not block.typed and not ink.seen
    codes = ["read-by-ocr", *(["label"] if block.label else []), f"ink-area-pt2-{ink.area:.0f}"]
    return SignatureStatus(
        id=f"scan-block-{count}",
        document_sha256=sha256,
        kind=kind,
        locator=Locator(name=block.reason, page=number, box=block.region),
        presence=Presence.EMPTY_SLOT if empty else Presence.PRESENT,
        integrity=Integrity.NOT_CHECKABLE,
        native_codes=tuple(codes),
        confidence="not determined",
        engine="tesseract",
        engine_version=tools()["tesseract"],
        crop=make_crop(cut),
    )


def _is_printed(text: str) -> bool:
    """Whether a line that was read is print: a pen's stroke is often read as a word or two."""
    return (
        is_closing(text)
        or is_label(text)
        or has_typed_signature(text)
        or looks_like_name(text)
        or not any(character.isalnum() for character in text)
    )


def _pixels(
    region: Box, scale: float, height: float, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    left, right = region.left * scale, region.right * scale
    top, bottom = (height - region.top) * scale, (height - region.bottom) * scale
    box = (max(int(left), 0), max(int(top), 0), min(int(right), size[0]), min(int(bottom), size[1]))
    return (box[0], box[1], max(box[2], box[0] + 1), max(box[3], box[1] + 1))


def _pages(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, Image.Image]]:
    for index in range(min(len(document), MAX_PAGES)):
        page = document[index]
        if _needs_reading(page):
            width, height = page.get_size()
            scale = min(DPI / 72, MAX_SIDE / max(width, height, 1))
            picture = page.render(scale=scale)  # pyright: ignore[reportArgumentType] - floats too
            yield index + 1, picture.to_pil().convert("RGB")


def _needs_reading(page: Any) -> bool:  # noqa: ANN401 - the renderer has no types
    """Whether a page has no text layer of its own; an OCR layer of the scanner's counts as none."""
    objects = list(page.get_objects(max_depth=2))[:50]
    width, height = page.get_size()
    pictures = (one for one in objects if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE)
    for one in pictures:
        left, bottom, right, top = one.get_bounds()
        if (right - left) * (top - bottom) > 0.6 * width * height:
            return True
    count: int = page.get_textpage().count_chars()
    return count == 0


def _decode(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    if picture.width * picture.height > MAX_PICTURE:
        raise OSError(f"a picture of {picture.width} by {picture.height} pixels is not read")
    picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
    turned = ImageOps.exif_transpose(picture).convert("RGB")
    turned.thumbnail((MAX_SIDE, MAX_SIDE))
    return turned
