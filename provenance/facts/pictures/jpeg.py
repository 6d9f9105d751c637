"""The segments of a JPEG (ITU-T T.81 annex B), up to the end of the picture.

Walks markers, reads what stands in them, skips compressed data by one search. Refuses nothing: what
is cut off or nonsense ends the walk, and a note says so. Tables of quantisation are named by their
digest; those of the reference library (annex K, scaled as it does) by their quality as well: that
is what most programs, web sites and messengers use, and most cameras do not.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from provenance.facts.pictures.found import Found, clipped

MAX_COMMENTS: Final = 20  # comments of one picture that are kept

MAX_SEGMENTS: Final = 5000  # before the picture; a profile in 255 parts and a few more are normal
_SCAN_END: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # the next marker that is not inside
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_IPTC, _PROFILE = b"Photoshop 3.0\0", b"ICC_PROFILE\0"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start of frame, B.1.1.3
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})

_LUMINANCE: Final = bytes.fromhex(  # T.81 table K.1, in zigzag order
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933"
    "383740485c4e404457453738506d51575f626768673e4d71797064785c656763"
)
_CHROMINANCE: Final = bytes.fromhex(  # T.81 table K.2, in zigzag order
    "1112121815182f1a1a2f63423842636363636363636363636363636363636363"
    "6363636363636363636363636363636363636363636363636363636363636363"
)


@dataclass(slots=True)
class _Seen:
    """What the walk has come by so far."""

    blocks: dict[str, bytes] = field(default_factory=dict)
    tables: list[tuple[int, ...]] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    end: int | None = None

    def take(self, marker: int, body: bytes, after: int) -> None:
        """Keep what one segment holds."""
        if marker in _FRAMES and len(body) >= 5 and self.size is None:
            self.size = (int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
            self.said["jpeg.coding"] = "progressive" if marker in _PROGRESSIVE else "baseline"
        elif marker == 0xDB:
            self.tables += _tables(body)
        elif marker == 0xFE:
            self.comments.append(("comment", body.decode("utf-8", "replace")))
        elif marker == 0xD9:
            self.end = after
        elif 0xE0 <= marker <= 0xEF:
            self._application(body)

    def _application(self, body: bytes) -> None:
        if body.startswith(_EXIF):
            self.blocks.setdefault("exif", body[len(_EXIF) :])
        elif body.startswith(_XMP):
            self.blocks.setdefault("xmp", body[len(_XMP) :])
        elif body.startswith(_PROFILE):
            self.blocks["icc"] = self.blocks.get("icc", b"") + body[len(_PROFILE) + 2 :]
        elif body.startswith(_IPTC):
            found = _resource(body[len(_IPTC) :], 0x0404)
            self.blocks["iptc"] = self.blocks.get("iptc", b"") + found
        elif body.startswith(b"MPF\0"):
            self.said["jpeg.pictures"] = "several in one file (MPF)"


def read_jpeg(data: bytes) -> Found:
    """Return what the segments of a JPEG hold."""
    seen = _Seen()
    for marker, body, after in _segments(data):
        seen.take(marker, body, after)
    cut = "the picture has no end mark: it is cut off, or its end is hidden"
    return Found(
        exif=clipped(seen.blocks.get("exif", b"")),
        xmp=clipped(seen.blocks.get("xmp", b"")),
        iptc=clipped(seen.blocks.get("iptc", b"")),
        icc=clipped(seen.blocks.get("icc", b"")),
        texts=tuple(seen.comments[:MAX_COMMENTS]),
        size=seen.size,
        end=seen.end,
        properties=tuple((seen.said | _described(seen.tables)).items()),
        notes=(*((cut,) if seen.end is None else ()), *_left_out(seen)),
    )


def _left_out(seen: _Seen) -> tuple[str, ...]:
    more = len(seen.comments) - MAX_COMMENTS
    return (f"{more} more comments in it are left out",) if more > 0 else ()


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield (marker, body, offset behind it) until the picture ends or makes no sense."""
    at, seen = 2, 0
    while at + 1 < len(data) and seen < MAX_SEGMENTS:
        seen += 1
        if data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes, B.1.1.2
            at += 1
            continue
        if marker == 0xD9:
            yield marker, b"", at + 2
            return
        if marker in _STANDALONE:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            return
        body = data[at + 4 : at + 2 + length]
        at += 2 + length
        yield marker, body, at
        if marker == 0xDA:
            found = _SCAN_END.search(data, at)
            if found is None:
                return
            at = found.start()


def _resource(blocks: bytes, wanted: int) -> bytes:
    """Return one image resource of Photoshop's list (8BIM, id, name, length, data)."""
    at = 0
    while blocks[at : at + 4] == b"8BIM" and at + 12 <= len(blocks):
        number = int.from_bytes(blocks[at + 4 : at + 6], "big")
        name = (blocks[at + 6] + 2) & ~1  # a counted text, padded to even
        start = at + 6 + name + 4
        length = int.from_bytes(blocks[start - 4 : start], "big")
        if number == wanted:
            return blocks[start : start + length]
        at = start + ((length + 1) & ~1)
    return b""


def _tables(body: bytes) -> Iterator[tuple[int, ...]]:
    """B.2.4.1: one byte of precision and number, then 64 values of one or two bytes."""
    at = 0
    while at < len(body):
        width = 2 if body[at] >> 4 else 1
        values = body[at + 1 : at + 1 + 64 * width]
        if len(values) < 64 * width:
            return
        yield tuple(
            int.from_bytes(values[n : n + width], "big") for n in range(0, 64 * width, width)
        )
        at += 1 + 64 * width


def _described(tables: list[tuple[int, ...]]) -> dict[str, str]:
    if not tables:
        return {}
    digest = hashlib.sha256(repr(tables).encode()).hexdigest()[:16]
    known = standard_quality(tables[0], tables[1] if len(tables) > 1 else None)
    words = f", those of the reference library at quality {known}" if known else ", of its own kind"
    return {"jpeg.tables": f"{len(tables)} (digest {digest}){words}"}


def standard_quality(first: tuple[int, ...], second: tuple[int, ...] | None) -> int | None:
    """Return the quality at which the reference library makes these tables; None if it does not."""
    for quality in range(100, 0, -1):
        if first == _scaled(_LUMINANCE, quality):
            same = second is None or second in {_scaled(_CHROMINANCE, quality), first}
            return quality if same else None
    return None


@cache
def _scaled(table: bytes, quality: int) -> tuple[int, ...]:
    """As `jpeg_quality_scaling` of the reference library does."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(max((value * scale + 50) // 100, 1), 255) for value in table)
