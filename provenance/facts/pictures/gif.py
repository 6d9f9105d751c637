"""The blocks of a GIF (GIF89a), up to its trailer."""

from typing import Final

from provenance.facts.pictures.found import MAX_METADATA, MAX_TEXT, Found, clipped

MAX_BLOCKS: Final = 100_000  # frames and extensions; bounds the walk
_TRAILER, _EXTENSION, _IMAGE = 0x3B, 0x21, 0x2C
_XMP: Final = b"XMP DataXMP"
_XMP_TAIL: Final = 258  # bytes after a packet that let plain readers skip it (XMP part 3, 1.1.2)


def read_gif(data: bytes) -> Found:
    """Return what the blocks of a GIF hold."""
    texts: list[tuple[str, str]] = []
    xmp, end, frames = b"", None, 0
    at = 13 + table_size(data[10] if len(data) > 10 else 0)
    for _ in range(MAX_BLOCKS):
        kind = data[at] if at < len(data) else None
        if kind == _TRAILER:
            end = at + 1
            break
        if kind == _IMAGE and at + 10 < len(data):
            frames += 1
            at = past_blocks(data, at + 10 + table_size(data[at + 9]) + 1)
        elif kind == _EXTENSION and at + 2 < len(data):
            label, start = data[at + 1], at + 2
            at = past_blocks(data, start)
            if label == 0xFE and len(texts) < 20:
                texts.append(("comment", _joined(data, start).decode("utf-8", "replace")))
            elif label == 0xFF and data[start + 1 : start + 12] == _XMP:
                xmp = data[start + 12 : max(at - _XMP_TAIL, start)][:MAX_METADATA]
        else:
            break
    size = (int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    return Found(
        xmp=clipped(xmp),
        texts=tuple(texts),
        size=size,
        end=end,
        frames=max(frames, 1),
        notes=() if end else ("the picture has no trailer: it is cut off",),
    )


def table_size(flags: int) -> int:
    """Return how many bytes a colour table has, by the flags before it."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def past_blocks(data: bytes, at: int) -> int:
    """Return the offset behind a chain of sub-blocks."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _joined(data: bytes, at: int) -> bytes:
    parts = bytearray()
    while at < len(data) and data[at] and len(parts) < MAX_TEXT:
        parts += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return bytes(parts)
