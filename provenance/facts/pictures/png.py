"""The chunks of a PNG (W3C PNG, third edition), up to IEND.

Reads text chunks (compressed ones to MAX_TEXT at most: a kilobyte can claim gigabytes), EXIF, XMP,
profile, density, animation. A checksum that does not match is noted: no program writes one.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from provenance.facts.pictures.found import MAX_METADATA, MAX_TEXT, MAX_TEXTS, Found, clipped

MAX_CHUNKS: Final = 100_000  # a large picture in 8 kB pieces has some 10,000
_SIGNATURE: Final = 8  # bytes
_XMP: Final = "XML:com.adobe.xmp"
_INCH: Final = 0.0254  # metres


@dataclass(slots=True)
class _Seen:
    """What the walk has come by so far."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    exif: bytes | None = None
    icc: bytes | None = None
    size: tuple[int, int] | None = None
    dpi: float | None = None
    colour: bool = False
    frames: int = 1
    end: int | None = None

    def take(self, kind: bytes, body: bytes, after: int) -> None:
        """Keep what one chunk holds."""
        match kind:
            case b"IHDR" if len(body) == 13:
                self.size = (int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big"))
                self.colour = body[9] in {2, 3, 6}  # table 11.1 of the standard
            case b"tEXt" | b"zTXt" | b"iTXt" if len(self.texts) < MAX_TEXTS:
                self.texts += _text(kind, body)
            case b"eXIf":
                self.exif = clipped(body)
            case b"iCCP":
                self.icc = clipped(_inflated(body.partition(b"\0")[2][1:], MAX_METADATA))
            case b"IEND":
                self.end = after
            case _:
                self._numbers(kind, body)

    def _numbers(self, kind: bytes, body: bytes) -> None:
        if kind == b"pHYs" and len(body) == 9 and body[8] == 1:
            density = min(int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big"))
            self.dpi = density * _INCH
        elif kind == b"tIME" and len(body) == 7:
            year, rest = int.from_bytes(body[:2], "big"), body[2:]
            self.said["png.tIME"] = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(year, *rest)
        elif kind == b"acTL" and len(body) == 8:
            self.frames = int.from_bytes(body[:4], "big")


def read_png(data: bytes) -> Found:
    """Return what the chunks of a PNG hold."""
    seen, bad = _Seen(), 0
    for kind, body, after, sound in _chunks(data):
        bad += not sound
        seen.take(kind, body, after)
    notes = ["the picture has no end chunk: it is cut off"] if seen.end is None else []
    notes += [f"{bad} chunks whose checksum does not match"] if bad else []
    xmp = next((text for key, text in seen.texts if key == _XMP), None)
    return Found(
        exif=seen.exif,
        xmp=clipped(xmp.encode()) if xmp else None,
        icc=seen.icc,
        texts=tuple((key, text) for key, text in seen.texts if key != _XMP),
        size=seen.size,
        dpi=seen.dpi,
        colour=seen.colour,
        end=seen.end,
        frames=seen.frames,
        properties=tuple(seen.said.items()),
        notes=tuple(notes),
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int, bool]]:
    """Yield (type, content, offset behind it, whether its checksum matches)."""
    at = _SIGNATURE
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(data):
            return
        length = int.from_bytes(data[at : at + 4], "big")
        after = at + 12 + length
        if after > len(data):
            return
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        stated = int.from_bytes(data[after - 4 : after], "big")
        yield kind, body, after, zlib.crc32(data[at + 4 : after - 4]) == stated
        if kind == b"IEND":
            return
        at = after


def _text(kind: bytes, body: bytes) -> list[tuple[str, str]]:
    """Sections 11.3.3.2 to 11.3.3.4 of the standard."""
    key, _, rest = body.partition(b"\0")
    name = key.decode("latin-1")
    if kind == b"tEXt":
        return [(name, rest[:MAX_TEXT].decode("latin-1"))]
    if kind == b"zTXt":
        return [(name, _inflated(rest[1:], MAX_TEXT).decode("latin-1"))]
    packed = rest[:1] == b"\1"
    text = rest[2:].split(b"\0", 2)[-1]  # behind language and translated keyword
    limit = MAX_METADATA if name == _XMP else MAX_TEXT
    return [(name, (_inflated(text, limit) if packed else text[:limit]).decode("utf-8", "replace"))]


def _inflated(packed: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, limit)
    except zlib.error:
        return b""
