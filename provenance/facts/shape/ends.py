"""Where a file of a known format comes to its end, by the format's own account.

Nothing is decoded: lengths and end marks are followed, and each loop goes forward or stops. None
means that the format has no end of its own, or that this file's account of itself does not hold
together; then nothing is said about what follows.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from provenance.facts.pictures.gif import past_blocks, table_size
from provenance.facts.shape.outer import zip_by_its_end

MAX_STEPS: Final = 200_000  # chunks, blocks, boxes of one file; a film has some thousands
# In a JPEG's data: not a filler, no restart.
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def end_of(data: bytes, media_type: str) -> int | None:
    """Return the offset after the last byte that belongs to the format."""
    family = next(
        (ends for prefix, ends in _FAMILIES if media_type.startswith(prefix)),
        _ENDS.get(media_type),
    )
    if family is None:
        family = _end_of_zip if data.startswith(b"PK\x03\x04") else None
    return family(data) if family is not None else None


def _end_of_pdf(data: bytes) -> int | None:
    """After the last end mark; a reader stops there (ISO 32000-1, 7.5.5)."""
    at = data.rfind(b"%%EOF")
    return at + 5 if at >= 0 else None


def _end_of_zip(data: bytes) -> int | None:
    found = zip_by_its_end(data)
    return found[1] if found else None


def _end_of_png(data: bytes) -> int | None:
    """PNG 5.3: length, name, data, check sum; IEND is the last."""
    at = 8
    for _ in range(MAX_STEPS):
        name = data[at + 4 : at + 8]
        if len(name) < 4:
            return None
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if name == b"IEND":
            return at if at <= len(data) else None
    return None


def _end_of_gif(data: bytes) -> int | None:
    """GIF89a 17 to 27: a descriptor, blocks of sub-blocks, and a semicolon."""
    if len(data) < 13:
        return None
    at = 13 + table_size(data[10])
    for _ in range(MAX_STEPS):
        kind = data[at : at + 1]
        if kind == b";":
            return at + 1
        if kind == b"!":
            at = past_blocks(data, at + 2)
        elif kind == b"," and len(data) > at + 10:
            at = past_blocks(data, at + 11 + table_size(data[at + 9]))
        else:
            return None
    return None


def _end_of_jpeg(data: bytes) -> int | None:
    """ITU T.81 B.1: segments with lengths, then coded data up to a marker that is not in it."""
    at = 2
    for _ in range(MAX_STEPS):
        found = _MARKER.search(data, at)
        if found is None:
            return None
        marker, at = data[found.start() + 1], found.end()
        if marker == 0xD9:
            return at
        if marker not in {0x01, 0xD8}:
            at += max(int.from_bytes(data[at : at + 2], "big"), 2)
    return None


def _end_of_riff(data: bytes) -> int | None:
    size = int.from_bytes(data[4:8], "little")
    end = 8 + size + (size & 1)
    return end if 12 < end <= len(data) else None


def _end_of_boxes(data: bytes) -> int | None:
    """ISO 14496-12, 4.2: size and name; size 1 = a longer size follows, size 0 = to the end."""
    at = 0
    for _ in range(MAX_STEPS):
        head = data[at : at + 16]
        if len(head) < 8:
            return at or None
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size == 0 and name.isalnum():
            return len(data)
        if size < 8 or at + size > len(data) or not name.replace(b" ", b"").isalnum():
            return at or None
        at += size
    return None


def _end_of_7z(data: bytes) -> int | None:
    offset, size = (int.from_bytes(data[n : n + 8], "little") for n in (12, 20))
    end = 32 + offset + size
    return end if end <= len(data) else None


def _end_of_sqlite(data: bytes) -> int | None:
    """Database file format 1.3: page size times page count, where the count is kept."""
    page, pages = int.from_bytes(data[16:18], "big"), int.from_bytes(data[28:32], "big")
    end = (65_536 if page == 1 else page) * pages
    return end if data[24:28] == data[92:96] and 0 < end <= len(data) else None


def _end_of_rtf(data: bytes) -> int | None:
    at = data.rfind(b"}")
    return at + 1 if at >= 0 else None


_ENDS: Final[Mapping[str, Callable[[bytes], int | None]]] = {
    "application/pdf": _end_of_pdf,
    "image/png": _end_of_png,
    "image/gif": _end_of_gif,
    "image/jpeg": _end_of_jpeg,
    "image/webp": _end_of_riff,
    "audio/wav": _end_of_riff,
    "image/heic": _end_of_boxes,
    "image/heif": _end_of_boxes,
    "image/avif": _end_of_boxes,
    "video/mp4": _end_of_boxes,
    "video/quicktime": _end_of_boxes,
    "audio/mp4": _end_of_boxes,
    "application/x-7z-compressed": _end_of_7z,
    "application/vnd.sqlite3": _end_of_sqlite,
    "application/rtf": _end_of_rtf,
}
_FAMILIES: Final = (
    ("video/3gpp", _end_of_boxes),
    ("application/vnd.openxmlformats-", _end_of_zip),
    ("application/vnd.oasis.opendocument.", _end_of_zip),
)
