"""Is there a place for a handwritten signature in a letter, and is there anything in it?

For each page with a text layer: find a closing ("Sincerely,") with a name line below it, a
"[SIGNATURE BLOCK]" label, or a "Signature:" line; mask printed text and long rules; then, in order:
  1. a typed "/s/" in the block is TYPED_NAME;
  2. a picture placed inside the block is IMAGE_PLACED (pasted, perhaps copied from elsewhere);
  3. dark marks left over are INK_OBSERVED, with their area;
  4. nothing left is EMPTY_SLOT.
Without a text layer, on a page that is one big picture, or where the mask hides most of the block,
the answer is "not determined". Says nothing about who signed and never feeds authenticity: the
value is the negative, "there is a signature block, and it is empty". Imports the renderer: only a
worker imports this module.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from provenance.signatures.axes import Integrity, Kind, Presence
from provenance.signatures.detected import Detected
from provenance.signatures.model import Box, Locator, SignatureStatus
from provenance.signatures.text import tame

DETECTOR: Final = "pdf-signature-block"
MAX_PAGES: Final = 60  # pages searched; letters are short
MAX_RUNS: Final = 4000  # text runs read on one page
MAX_OBJECTS: Final = 4000  # drawing objects looked at on one page

CLOSINGS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        r"(very )?(sincerely|truly|faithfully|cordially|respectfully)( yours)?",
        r"yours( very)? (sincerely|truly|faithfully|respectfully|cordially)",
        r"respectfully submitted",
        r"(with )?(my |our )?(kind|kindest|best|warm|warmest)( personal)? (regards|wishes)",
        r"(with )?regards",
        r"v/r",
    ),
}
"""Closings by language, as regular expressions of a whole line; extend by adding a row."""

_CLOSING: Final = re.compile(
    "(?:" + "|".join(one for group in CLOSINGS.values() for one in group) + r")\s*[,.:]?",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"[\[(<{]\s*(?:signature|signature block|sign here|signed|sgd)\s*[\])>}]", re.IGNORECASE
)
_LINE: Final = re.compile(r"(?:signature|signed|sign here)\s*:?\s*[_.\s]*", re.IGNORECASE)
_TYPED: Final = re.compile(r"/s/|\bs/\s|//\s?signed\s?//|\(signed\)", re.IGNORECASE)
_NAME: Final = re.compile(
    r"[^\W\d_][\w.'\u2019-]*(?:\s+[^\W\d_][\w.,'\u2019-]*){1,6},?(?:\s+[\w.]+)?"
)

GAP: Final = 160.0  # points searched below a closing for the name: two inches and a little
WIDTH: Final = 250.0  # points to the right of the closing that belong to the block
DPI: Final = 100  # 14 ms a page, and a pen stroke is still two pixels wide
DARK: Final = 150  # grey level of 255 below which a pixel counts as a mark
RED: Final = 60  # a mark this much redder than green and blue is a stamp, not a pen
MIN_INK: Final = 10.0  # square points; a speck of dust is below 2, the faintest initials above 15
MIN_WIDTH: Final = 14.0  # points
MIN_HEIGHT: Final = 5.0  # points; excludes what is left of a rule
RULE_HEIGHT: Final = 3.5  # points; a drawn line for signing on is thinner
RULE_WIDTH: Final = 40.0  # points; and longer
MAX_MASKED: Final = 0.6  # of the block; above, an empty rest says nothing
PAGE_PICTURE: Final = 0.6  # of the page; a picture this large is a scan of it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    reason: str
    region: Box
    texts: tuple[_Text, ...]
    label: bool


def find_signature_blocks(
    data: bytes, *, sha256: str, taken: tuple[tuple[int, Box], ...] = ()
) -> Detected:
    """Search the pages of a PDF for signature blocks.

    Args:
        data: the whole file.
        sha256: hexadecimal digest, for the records.
        taken: (page, box) of digital signatures; their pictures are not ink.

    Raises:
        pypdfium2.PdfiumError: the file cannot be opened.
    """
    document = pypdfium2.PdfDocument(data)
    statuses: list[SignatureStatus] = []
    unsure: list[str] = []
    for index in range(min(len(document), MAX_PAGES)):
        page = document[index]
        texts = _read_lines(page)
        if not texts:
            unsure.append(f"ink on page {index + 1}: the page has no text layer")
            continue
        for block in _find_blocks(texts, page.get_size()):
            if any(number == index + 1 and _meets(block.region, box) for number, box in taken):
                continue
            status = _judge(page, block, index + 1, len(statuses), sha256)
            if status.confidence == "high":
                statuses.append(status)
            else:
                unsure.append(f"ink in the block on page {index + 1} ({block.reason})")
    if len(document) > MAX_PAGES:
        unsure.append(f"signature blocks behind page {MAX_PAGES}: not searched")
    return Detected(statuses=tuple(statuses), ran=(DETECTOR,), not_determined=tuple(unsure))


def _read_lines(page: Any) -> list[_Text]:  # noqa: ANN401 - the renderer has no types
    """Return the text runs of a page joined to lines, top to bottom."""
    layer = page.get_textpage()
    runs: list[_Text] = []
    for index in range(min(layer.count_rects(), MAX_RUNS)):
        left, bottom, right, top = layer.get_rect(index)
        text = layer.get_text_bounded(left, bottom, right, top).strip()
        if text:
            runs.append(_Text(text=text, box=Box(left=left, bottom=bottom, right=right, top=top)))
    lines: list[_Text] = []
    for run in sorted(runs, key=lambda one: (-one.box.bottom, one.box.left)):
        last = lines[-1] if lines else None
        if last is not None and _same_line(last.box, run.box):
            lines[-1] = _Text(text=f"{last.text} {run.text}", box=_union(last.box, run.box))
        else:
            lines.append(run)
    return lines


def _same_line(one: Box, other: Box) -> bool:
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    near = -2 <= other.left - one.right < 30  # a word space, not the gutter between two columns
    return near and overlap > 0.5 * min(one.top - one.bottom, other.top - other.bottom)


def _find_blocks(texts: list[_Text], size: tuple[float, float]) -> list[_Block]:
    blocks: list[_Block] = []
    for line in texts:
        block = None
        if _CLOSING.fullmatch(line.text):
            block = _below_closing(line, texts, size)
        elif _LABEL.fullmatch(line.text):
            block = _around_label(line, texts, size)
        elif _LINE.fullmatch(line.text):
            block = _beside_line(line, texts, size)
        if block is not None and not any(_meets(block.region, one.region) for one in blocks):
            blocks.append(block)
    return blocks


def _below_closing(closing: _Text, texts: list[_Text], size: tuple[float, float]) -> _Block | None:
    """The block between a closing and the name line below it."""
    below = [
        one
        for one in texts
        if 0 < closing.box.bottom - one.box.bottom <= GAP
        and one.box.left < closing.box.left + WIDTH
        and one.box.right > closing.box.left - 40
    ]
    for index, one in enumerate(below):
        bare = one.text.strip("_ ")
        label = bool(_LABEL.fullmatch(bare))
        typed = bool(_TYPED.search(bare))
        if (typed or label) and index + 1 < len(below) and _NAME.fullmatch(below[index + 1].text):
            continue
        if label or typed or _NAME.fullmatch(bare):
            region = Box(
                left=max(min(closing.box.left, one.box.left) - 12, 0),
                right=min(closing.box.left + WIDTH, size[0]),
                bottom=max(one.box.bottom - 2, 0),
                top=closing.box.bottom,
            )
            inside = tuple(text for text in texts if _meets(text.box, region))
            has_label = any(_LABEL.fullmatch(text.text) for text in inside)
            reason = f"closing “{tame(closing.text, 60)}” above “{tame(one.text, 80)}”"
            return _Block(reason=reason, region=region, texts=inside, label=has_label)
    return None


def _around_label(label: _Text, texts: list[_Text], size: tuple[float, float]) -> _Block:
    """A placeholder such as "[SIGNATURE BLOCK]", with room for a pen around it."""
    region = Box(
        left=max(label.box.left - 12, 0),
        right=min(max(label.box.right + 40, label.box.left + 160), size[0]),
        bottom=max(label.box.bottom - 14, 0),
        top=min(label.box.top + 24, size[1]),
    )
    inside = tuple(text for text in texts if _meets(text.box, region))
    return _Block(reason=f'label "{tame(label.text, 60)}"', region=region, texts=inside, label=True)


def _beside_line(line: _Text, texts: list[_Text], size: tuple[float, float]) -> _Block:
    """A "Signature: ____" line; the pen goes to its right and above it."""
    region = Box(
        left=line.box.left,
        right=min(line.box.left + WIDTH, size[0]),
        bottom=max(line.box.bottom - 6, 0),
        top=min(line.box.top + 20, size[1]),
    )
    inside = tuple(text for text in texts if _meets(text.box, region))
    return _Block(reason=f'line "{tame(line.text, 60)}"', region=region, texts=inside, label=False)


def _judge(page: Any, block: _Block, number: int, count: int, sha256: str) -> SignatureStatus:  # noqa: ANN401
    """Decide what is in the block."""
    images, rules = _objects(page)
    ink, masked = _measure(page, block, rules)
    kind, presence, codes = Kind.INK_REGION, Presence.EMPTY_SLOT, ["label"] if block.label else []
    confidence = "high"
    width, height = page.get_size()
    scanned = any(_area(box) > PAGE_PICTURE * width * height for box in images)
    placed = [box for box in images if _area(_common(box, block.region)) > 0.5 * _area(box) > 0]
    if any(_TYPED.search(text.text) for text in block.texts):
        kind, presence = Kind.TYPED_NAME, Presence.PRESENT
    elif placed:
        kind, presence = Kind.IMAGE_SIGNATURE, Presence.PRESENT
    elif ink.area >= MIN_INK and ink.width >= MIN_WIDTH and ink.height >= MIN_HEIGHT:
        presence = Presence.PRESENT
    if scanned or (presence is Presence.EMPTY_SLOT and masked > MAX_MASKED):
        confidence = "not determined"
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
        confidence=confidence,
        engine="pypdfium2",
        engine_version=str(pypdfium2.PYPDFIUM_INFO),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ink:
    area: float
    width: float
    height: float


def _measure(page: Any, block: _Block, rules: list[Box]) -> tuple[_Ink, float]:  # noqa: ANN401
    """Return the marks left in the block (points) and the share of the block that was masked."""
    width, height = page.get_size()
    scale = DPI / 72
    region = block.region
    crop = (region.left, region.bottom, width - region.right, height - region.top)
    image: Image.Image = page.render(
        scale=scale, crop=tuple(max(one, 0) for one in crop), may_draw_forms=False
    ).to_pil()
    marks = _dark_marks(image.convert("RGB"))
    mask = Image.new("L", marks.size, 0)
    draw = ImageDraw.Draw(mask)
    grown = [(text.box, 1.5) for text in block.texts] + [(rule, 1.5) for rule in rules]
    for box, margin in grown:
        left, right = (box.left - region.left - margin), (box.right - region.left + margin)
        top, bottom = (region.top - box.top - margin), (region.top - box.bottom + margin)
        if right > left and bottom > top:
            draw.rectangle(tuple(scale * one for one in (left, top, right, bottom)), fill=255)
    left_over = ImageChops.subtract(marks, mask)
    bounds = left_over.getbbox()
    pixels = left_over.histogram()[255]
    masked = mask.histogram()[255] / max(mask.size[0] * mask.size[1], 1)
    if bounds is None:
        return _Ink(area=0.0, width=0.0, height=0.0), masked
    return (
        _Ink(
            area=pixels / scale**2,
            width=(bounds[2] - bounds[0]) / scale,
            height=(bounds[3] - bounds[1]) / scale,
        ),
        masked,
    )


def _dark_marks(image: Image.Image) -> Image.Image:
    """Return 255 where a pixel is dark and not red."""
    dark = image.convert("L").point([255 * (level < DARK) for level in range(256)])
    red, green, blue = image.split()
    redder = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    return ImageChops.subtract(dark, redder.point([255 * (level > RED) for level in range(256)]))


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


def _meets(one: Box, other: Box) -> bool:
    return _area(_common(one, other)) > 0


def _common(one: Box, other: Box) -> Box:
    return Box(
        left=max(one.left, other.left),
        bottom=max(one.bottom, other.bottom),
        right=min(one.right, other.right),
        top=min(one.top, other.top),
    )


def _union(one: Box, other: Box) -> Box:
    return Box(
        left=min(one.left, other.left),
        bottom=min(one.bottom, other.bottom),
        right=max(one.right, other.right),
        top=max(one.top, other.top),
    )


def _area(box: Box) -> float:
    return max(box.right - box.left, 0.0) * max(box.top - box.bottom, 0.0)
