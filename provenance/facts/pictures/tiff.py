"""The directories of a TIFF file: pages, density, where XMP, profile and IPTC stand.

The whole file is an EXIF structure as well, and is handed on as one. Walks the chain of
directories, never into one twice. BigTIFF is told by its version and not read.
"""

from typing import Final

from provenance.facts.pictures.found import MAX_METADATA, Found, clipped
from provenance.facts.pictures.ifd import Entry, open_tiff, read_directory

MAX_PAGES: Final = 10_000  # directories in the chain; a large scan has hundreds
_WANTED: Final = {
    256: "width",
    257: "height",
    259: "compression",
    262: "photometric",
    282: "x",
    283: "y",
    296: "unit",
    700: "xmp",
    33723: "iptc",
    34675: "icc",
}
_COLOUR: Final = frozenset({2, 3, 5, 6, 8})  # RGB, palette, CMYK, YCbCr, Lab
_LOSSY: Final = frozenset({6, 7, 34712, 34887})  # JPEG old and new, JPEG 2000, LERC

Entries = dict[str, Entry]


def read_tiff(data: bytes) -> Found:
    """Return what the directories of a TIFF hold."""
    tiff = open_tiff(data)
    if tiff is None:
        return Found(notes=("a TIFF of a kind that is not read (BigTIFF)",))
    first: Entries = {}
    seen: set[int] = set()
    at = tiff.number(4, 4)
    while at and at not in seen and len(seen) < MAX_PAGES and at + 2 <= len(data):
        seen.add(at)
        entries, at = read_directory(
            tiff, at, _WANTED if len(seen) == 1 else {}, limit=MAX_METADATA
        )
        first = first or entries
    blocks = {name: first[name].raw for name in ("xmp", "iptc", "icc") if name in first}
    lossy = _number(first, "compression") in _LOSSY
    return Found(
        exif=data,
        xmp=clipped(blocks.get("xmp", b"")),
        iptc=clipped(blocks.get("iptc", b"")),
        icc=clipped(blocks.get("icc", b"")),
        size=_size(first),
        dpi=_density(first),
        colour=_number(first, "photometric") in _COLOUR,
        pages=len(seen) or None,
        properties=(("tiff.compression", "lossy" if lossy else "lossless"),) if first else (),
        notes=() if seen else ("no directory could be read",),
    )


def _number(entries: Entries, name: str) -> float:
    found = entries[name].numbers if name in entries else ()
    return found[0] if found else 0


def _size(entries: Entries) -> tuple[int, int] | None:
    width, height = int(_number(entries, "width")), int(_number(entries, "height"))
    return (width, height) if width and height else None


def _density(entries: Entries) -> float | None:
    """Pixels per inch; unit 2 = inch (the default), 3 = centimetre."""
    rates = [_number(entries, name) for name in ("x", "y")]
    scale = {0: 1.0, 2: 1.0, 3: 2.54}.get(int(_number(entries, "unit")))
    return min(rates) * scale if all(rates) and scale else None
