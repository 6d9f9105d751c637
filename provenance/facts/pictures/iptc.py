"""IPTC datasets (IIM 4.2): the caption, names and dates that agencies write into pictures."""

from typing import Final

from provenance.facts.pictures.found import several

MAX_SETS: Final = 500  # datasets of one picture; agencies write some 40
_NAMES: Final = {
    (2, 5): "Title",
    (2, 25): "Keywords",
    (2, 40): "SpecialInstructions",
    (2, 55): "DateCreated",
    (2, 60): "TimeCreated",
    (2, 65): "Program",
    (2, 80): "Byline",
    (2, 90): "City",
    (2, 101): "Country",
    (2, 105): "Headline",
    (2, 110): "Credit",
    (2, 115): "Source",
    (2, 116): "Copyright",
    (2, 120): "Caption",
    (2, 122): "CaptionWriter",
}


def read_iptc(block: bytes) -> dict[str, str]:
    """Return the datasets that are known here; of repeated ones, all joined."""
    found: dict[str, list[str]] = {}
    at = 0
    for _ in range(MAX_SETS):
        # Section 1.5: tag marker, record, dataset, length; the high bit is an extended length.
        if at + 5 > len(block) or block[at] != 0x1C:
            break
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        if length & 0x8000:
            break
        name = _NAMES.get((block[at + 1], block[at + 2]))
        if name is not None:
            raw = block[at + 5 : at + 5 + length]
            found.setdefault(name, []).append(_text(raw))
        at += 5 + length
    return {name: several(texts) for name, texts in found.items() if any(texts)}


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip("\0 ")
