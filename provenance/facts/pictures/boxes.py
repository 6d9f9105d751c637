"""HEIC, HEIF and AVIF: metadata in a file of boxes (ISO 23008-12), found by what it looks like.

Where an item lies is told by tables that point into the file; here its own beginning is looked
for instead: `Exif` and a TIFF header, an XMP packet, a profile box, the sizes of pictures. That
finds what a reader of the file would be shown, and could find a further block that no table names:
so everything found this way is said to be found by search. Of several pictures the largest counts.
"""

import re
from typing import Final

from provenance.facts.pictures.found import MAX_METADATA, Found, clipped

MAX_SIZES: Final = 2000  # `ispe` boxes; a burst has one for every tile
_EXIF: Final = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
_XMP_BEGIN, _XMP_END = b"<x:xmpmeta", b"</x:xmpmeta>"
_PROFILE: Final = b"colrprof"


def read_boxes(data: bytes) -> Found:
    """Return what a file of boxes holds."""
    exif = _EXIF.search(data)
    begin = data.find(_XMP_BEGIN)
    end = data.find(_XMP_END, begin) if begin >= 0 else -1
    found = exif is not None or end > begin
    return Found(
        exif=clipped(data[exif.end() : exif.end() + MAX_METADATA]) if exif else None,
        xmp=clipped(data[begin : end + len(_XMP_END)]) if 0 <= begin < end else None,
        icc=_profile(data),
        size=_size(data),
        notes=("metadata was found by search, not by the file's own tables",) if found else (),
    )


def _profile(data: bytes) -> bytes | None:
    at = data.find(_PROFILE)
    if at < 4:
        return None
    length = int.from_bytes(data[at - 4 : at], "big")
    return clipped(data[at + 8 : at - 4 + length]) if 12 < length <= MAX_METADATA else None


def _size(data: bytes) -> tuple[int, int] | None:
    """Largest of the `ispe` boxes: version and flags, width, height, four bytes each."""
    sizes: list[tuple[int, int]] = []
    at = data.find(b"ispe")
    while at >= 0 and len(sizes) < MAX_SIZES:
        body = data[at + 8 : at + 16]
        if len(body) == 8:
            sizes.append((int.from_bytes(body[:4], "big"), int.from_bytes(body[4:], "big")))
        at = data.find(b"ispe", at + 4)
    return max(sizes, key=lambda one: one[0] * one[1], default=None)
