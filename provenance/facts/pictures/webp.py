"""The chunks of a WebP (RFC 9649): a RIFF file with metadata beside the picture."""

from typing import Final

from provenance.facts.pictures.found import Found, clipped

MAX_CHUNKS: Final = 100_000  # an animation has one per frame


def read_webp(data: bytes) -> Found:
    """Return what the chunks of a WebP hold."""
    end = min(8 + int.from_bytes(data[4:8], "little"), len(data))
    whole = 8 + int.from_bytes(data[4:8], "little") <= len(data)
    blocks: dict[bytes, bytes] = {}
    at, frames = 12, 0
    for _ in range(MAX_CHUNKS):
        if at + 8 > end:
            break
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        blocks.setdefault(kind, data[at + 8 : min(at + 8 + length, end)])
        frames += kind == b"ANMF"
        at += 8 + length + length % 2
    exif = blocks.get(b"EXIF", b"").removeprefix(b"Exif\0\0")
    return Found(
        exif=clipped(exif),
        xmp=clipped(blocks.get(b"XMP ", b"")),
        icc=clipped(blocks.get(b"ICCP", b"")),
        size=_size(blocks),
        end=end if whole else None,
        frames=max(frames, 1),
        notes=() if whole else ("the file is shorter than it says it is",),
    )


def _size(blocks: dict[bytes, bytes]) -> tuple[int, int] | None:
    extended, lossy, lossless = (blocks.get(kind, b"") for kind in (b"VP8X", b"VP8 ", b"VP8L"))
    if len(extended) >= 10:
        width, height = (int.from_bytes(extended[n : n + 3], "little") + 1 for n in (4, 7))
        return width, height
    if len(lossy) >= 10 and lossy[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(lossy[n : n + 2], "little") & 0x3FFF for n in (6, 8))
        return width, height
    if len(lossless) >= 5 and lossless[0] == 0x2F:
        bits = int.from_bytes(lossless[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
