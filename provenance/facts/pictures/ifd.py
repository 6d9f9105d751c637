"""Directories of a TIFF structure (TIFF 6.0 section 2): what EXIF is made of, and TIFF files too.

Reads only the tags that are asked for, only in a directory it is pointed to, never follows a
pointer by itself: a structure that points at itself cannot send it in circles. A value is cut at
MAX_VALUE bytes unless the caller wants more; its stated length is kept. Total: what lies outside
the bytes is empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

MAX_ENTRIES: Final = 2000  # of one directory; EXIF has some 60 tags in all
MAX_VALUE: Final = 64 << 10  # bytes; texts and numbers are far shorter, maker notes are not read
MAX_NUMBERS: Final = 16  # of one value that are decoded; a position has three
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIGNED: Final = frozenset({6, 8, 9, 10})
_RATIONAL: Final = frozenset({5, 10})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiff:
    """A TIFF structure."""

    data: bytes
    order: Literal["little", "big"]

    def number(self, at: int, width: int) -> int:
        """Return an unsigned whole number; 0 outside the bytes."""
        return int.from_bytes(self.data[at : at + width], self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value, not decoded."""

    kind: int
    """Type of TIFF 6.0: 2 text, 3 and 4 whole numbers, 5 and 10 fractions, 7 bytes."""
    length: int
    """Bytes, as stated; may be more than were read."""
    raw: bytes
    order: Literal["little", "big"]

    @property
    def text(self) -> str:
        """The value as text: UTF-8 where it is, else Latin-1; up to the first zero byte."""
        plain = self.raw.partition(b"\0")[0].strip()
        try:
            return plain.decode("utf-8")
        except UnicodeDecodeError:
            return plain.decode("latin-1")

    @property
    def numbers(self) -> tuple[float, ...]:
        """The first values as numbers; fractions with a zero below are left out."""
        width = _SIZES.get(self.kind, 0)
        if not width:
            return ()
        raw = self.raw[: width * MAX_NUMBERS]
        parts = [raw[at : at + width] for at in range(0, len(raw) - width + 1, width)]
        signed = self.kind in _SIGNED
        if self.kind not in _RATIONAL:
            return tuple(int.from_bytes(one, self.order, signed=signed) for one in parts)
        pairs = [
            (
                int.from_bytes(one[:4], self.order, signed=signed),
                int.from_bytes(one[4:], self.order, signed=signed),
            )
            for one in parts
        ]
        return tuple(above / below for above, below in pairs if below)


def open_tiff(data: bytes) -> Tiff | None:
    """Return a structure that begins like one of TIFF 6.0; None for anything else."""
    if data.startswith(b"II*\0"):
        return Tiff(data=data, order="little")
    return Tiff(data=data, order="big") if data.startswith(b"MM\0*") else None


def read_directory(
    tiff: Tiff, at: int, wanted: Mapping[int, str], *, limit: int = MAX_VALUE
) -> tuple[dict[str, Entry], int]:
    """Return the wanted entries by the names the caller gives them, and where the next one is.

    Args:
        tiff: the structure.
        at: offset of the directory; 0 is none.
        wanted: tag to name.
        limit: bytes of a value that are kept.
    """
    found: dict[str, Entry] = {}
    if not 8 <= at < len(tiff.data):
        return found, 0
    count = tiff.number(at, 2)
    for n in range(min(count, MAX_ENTRIES)):
        here = at + 2 + 12 * n
        name = wanted.get(tiff.number(here, 2))
        if name is None or name in found or here + 12 > len(tiff.data):
            continue
        kind = tiff.number(here + 2, 2)
        length = tiff.number(here + 4, 4) * _SIZES.get(kind, 0)
        start = here + 8 if length <= 4 else tiff.number(here + 8, 4)
        raw = tiff.data[start : start + min(length, limit)]
        found[name] = Entry(kind=kind, length=length, raw=raw, order=tiff.order)
    return found, tiff.number(at + 2 + 12 * count, 4)
