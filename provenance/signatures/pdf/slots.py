"""Is there a place for a handwritten signature on a page with a text layer, and is it empty?

For each block that the lines of the page show (`blocks.layout`): mask printed text and long rules;
then, in order:
  1. a typed "/s/" in the block is TYPED_NAME;
  2. a picture placed inside the block is IMAGE_PLACED (pasted, perhaps copied from elsewhere);
  3. dark marks left over are INK_OBSERVED, with their area;
  4. nothing left is EMPTY_SLOT.
Without a text layer, on a page that is one big picture, or where the mask hides most of the block,
the answer is "not determined". Says nothing about who signed and never feeds authenticity: the
value is the negative, "there is a signature block, and it is empty". Imports the renderer: only a
worker imports this module.
"""

from typing import Any, Final

import pypdfium2

from provenance.signatures.axes import Integrity, Kind, Presence
from provenance.signatures.blocks.ink import make_crop, measure_ink
from provenance.signatures.blocks.layout import (
    Block,
    Line,
    area,
    common,
    find_blocks,
    join_lines,
    meets,
)
from provenance.signatures.detected import Detected
from provenance.signatures.model import Box, Locator, SignatureStatus

DETECTOR: Final = "pdf-signature-block"
MAX_PAGES: Final = 60  # pages searched; letters are short
MAX_RUNS: Final = 4000  # text runs read on one page
MAX_OBJECTS: Final = 4000  # drawing objects looked at on one page
MAX_CROPS: Final = 8  # pictures of blocks kept; a letter has one block, a contract a few
DPI: Final = 100  # 14 ms a page, and a pen stroke is still two pixels wide
RULE_HEIGHT: Final = 3.5  # points; a drawn line for signing on is thinner
RULE_WIDTH: Final = 40.0  # points; and longer
PAGE_PICTURE: Final = 0.6  # of the page; a picture this large is a scan of it


def _not_looked_at(page: int, *, read_elsewhere: bool) -> str:
    if read_elsewhere:
        return f"whether there is ink on page {page}, outside the places that OCR found"
    return (
        f"whether there is ink on page {page}: it has no text layer, so it was not looked at; try"
        " `--ocr`"
    )


def find_signature_blocks(
    data: bytes,
    *,
    sha256: str,
    taken: tuple[tuple[int, Box], ...] = (),
    read_elsewhere: bool = False,
) -> Detected:
    """Search the pages of a PDF for signature blocks.

    Args:
        data: the whole file.
        sha256: hexadecimal digest, for the records.
        taken: (page, box) of digital signatures; their pictures are not ink.
        read_elsewhere: pages without a text layer are read by OCR, which says what it found.

    Raises:
        pypdfium2.PdfiumError: the file cannot be opened.
    """
    document = pypdfium2.PdfDocument(data)
    statuses: list[SignatureStatus] = []
    undetermined: list[SignatureStatus] = []
    unsure: list[str] = []
    for index in range(min(len(document), MAX_PAGES)):
        page = document[index]
        lines = _read_lines(page)
        if not lines:
            unsure.append(_not_looked_at(index + 1, read_elsewhere=read_elsewhere))
            continue
        if page.get_textpage().count_rects() > MAX_RUNS:
            where = f"page {index + 1} behind its first {MAX_RUNS} pieces of text"
            unsure.append(f"signature blocks on {where}: not searched")
        blocks = find_blocks(lines, page.get_size())
        drawn = _objects(page) if blocks else ([], [])
        for block in blocks:
            if any(number == index + 1 and meets(block.region, box) for number, box in taken):
                continue
            count = len(statuses) + len(undetermined)
            status = _judge(page, block, drawn, index + 1, count, sha256)
            (statuses if status.confidence == "high" else undetermined).append(status)
    if len(document) > MAX_PAGES:
        unsure.append(f"signature blocks behind page {MAX_PAGES}: not searched")
    return Detected(
        statuses=tuple(statuses),
        ran=(DETECTOR,),
        undetermined=tuple(undetermined),
        not_determined=tuple(unsure),
    )


def _read_lines(page: Any) -> list[Line]:  # noqa: ANN401 - the renderer has no types
    """Return the text runs of a page joined to lines, top to bottom."""
    layer = page.get_textpage()
    runs: list[Line] = []
    for index in range(min(layer.count_rects(), MAX_RUNS)):
        left, bottom, right, top = layer.get_rect(index)
        text = layer.get_text_bounded(left, bottom, right, top).strip()
        if text:
            runs.append(Line(text=text, box=Box(left=left, bottom=bottom, right=right, top=top)))
    return join_lines(runs)


def _judge(
    page: Any,  # noqa: ANN401 - the renderer has no types
    block: Block,
    drawn: tuple[list[Box], list[Box]],
    number: int,
    count: int,
    sha256: str,
) -> SignatureStatus:
    """Decide what is in the block; `drawn` are the pictures and rules of its page."""
    images, rules = drawn
    picture = _picture(page, block.region)
    masks = [line.box for line in block.lines] + rules
    ink = measure_ink(picture, block.region, masks, DPI / 72)
    kind, presence, codes = Kind.INK_REGION, Presence.EMPTY_SLOT, ["label"] if block.label else []
    width, height = page.get_size()
    scanned = any(area(box) > PAGE_PICTURE * width * height for box in images)
    if block.typed:
        kind, presence = Kind.TYPED_NAME, Presence.PRESENT
    elif any(area(common(box, block.region)) > 0.5 * area(box) > 0 for box in images):
        kind, presence = Kind.IMAGE_SIGNATURE, Presence.PRESENT
    elif ink.seen:
        presence = Presence.PRESENT
    unsure = scanned or (presence is Presence.EMPTY_SLOT and ink.unsure)
    if unsure:
        codes.append("page-is-a-picture" if scanned else "block-mostly-masked")
    codes.append(f"ink-area-pt2-{ink.area:.0f}")
    return SignatureStatus(
        id=f"block-{count}",
        document_sha256=sha256,
        kind=kind,
        locator=Locator(name=block.reason, page=number, box=block.region),
        presence=presence,
        integrity=Integrity.NOT_CHECKABLE,
        native_codes=tuple(codes),
        confidence="not determined" if unsure else "high",
        engine="pypdfium2",
        engine_version=str(pypdfium2.PYPDFIUM_INFO),
        crop=make_crop(picture) if count < MAX_CROPS else None,
    )


def _picture(page: Any, region: Box) -> Any:  # noqa: ANN401 - an RGB image
    """Render the block, without form fields drawn over it."""
    width, height = page.get_size()
    edges = (region.left, region.bottom, width - region.right, height - region.top)
    rendered = page.render(
        scale=DPI / 72, crop=tuple(max(one, 0) for one in edges), may_draw_forms=False
    )
    return rendered.to_pil().convert("RGB")


def _objects(page: Any) -> tuple[list[Box], list[Box]]:  # noqa: ANN401
    """Return the boxes of pictures and of long thin rules."""
    images: list[Box] = []
    rules: list[Box] = []
    for index, item in enumerate(page.get_objects(max_depth=4)):
        if index >= MAX_OBJECTS:
            break
        left, bottom, right, top = item.get_bounds()
        box = Box(left=left, bottom=bottom, right=right, top=top)
        if item.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE:
            images.append(box)
        elif (
            item.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH
            and top - bottom <= RULE_HEIGHT
            and right - left >= RULE_WIDTH
        ):
            rules.append(box)
    return images, rules
