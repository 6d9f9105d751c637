"""What a container of a picture holds, before any of it is understood."""

from dataclasses import dataclass
from typing import Final

MAX_METADATA: Final = 8 << 20  # bytes of one block of metadata; a large XMP packet has some 200,000
MAX_TEXTS: Final = 200  # text entries of one picture
MAX_TEXT: Final = 200_000  # bytes of one, decompressed; a generator's workflow has some 50,000

MAX_SEVERAL: Final = 20  # values of one name; photographers write some ten keywords


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Blocks of metadata, and facts of the container."""

    exif: bytes | None = None
    """A TIFF structure, without the `Exif` that may stand before it."""
    xmp: bytes | None = None
    iptc: bytes | None = None
    """Datasets of IIM, without what wraps them."""
    icc: bytes | None = None
    texts: tuple[tuple[str, str], ...] = ()
    """(keyword, text) as the format has them; not tamed."""
    size: tuple[int, int] | None = None
    """Width and height in pixels."""
    dpi: float | None = None
    """Pixels per inch, the smaller of both directions; None = not stated."""
    colour: bool = False
    """Known to be in colour."""
    end: int | None = None
    """Bytes from the beginning to where the picture is over; None = it does not end, or unknown."""
    frames: int = 1
    pages: int | None = None
    properties: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be read, and why."""


def several(texts: list[str]) -> str:
    """Return the values of one name on one line, and how many are left out."""
    more = len(texts) - MAX_SEVERAL
    return "; ".join((*texts[:MAX_SEVERAL], *([f"and {more} more"] if more > 0 else [])))


def clipped(block: bytes) -> bytes | None:
    """Return a block of metadata that is not too large to be looked into."""
    return block if 0 < len(block) <= MAX_METADATA else None
