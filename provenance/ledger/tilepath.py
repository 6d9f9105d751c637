"""Names and bundles of a published log: c2sp.org/tlog-tiles v0.1, as static files.

`tile/<L>/<N>[.p/<W>]` holds W hashes, `tile/entries/<N>[.p/<W>]` the entries themselves, each
behind its length in two bytes. N is written in groups of three digits, all but the last behind an x
(1234067 is `x001/x234/067`), so that no folder holds more than 1,000 names. A path is read only in
the one spelling that writing gives.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed, UsageError
from provenance.ledger.tiles import TILE_WIDTH

ENTRIES: Final = -1
"""The `level` of an entry bundle; tlog-tiles writes it as the word `entries`."""

MAX_LEVEL: Final = 63  # tlog-tiles: L is a decimal between 0 and 63
MAX_ENTRY: Final = (1 << 16) - 1  # bytes: an entry's length is written in two bytes

_PATH: Final = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileName:
    """One file of the published tree."""

    level: int
    """0 to 63, or ENTRIES."""
    index: int
    width: int = TILE_WIDTH
    """Hashes or entries in it, 1 to 256; fewer than 256 only at the right edge of the log."""

    def path(self) -> str:
        """Return the path below the log's root.

        Raises:
            UsageError: no tile has this level, index or width.
        """
        if not (
            ENTRIES <= self.level <= MAX_LEVEL and self.index >= 0 and 1 <= self.width <= TILE_WIDTH
        ):
            raise UsageError(f"no such tile: {self}")
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_number(self.index)}{partial}"


def parse_tile_path(path: str) -> TileName:
    """Return what a path names.

    Raises:
        Malformed: not a path that `TileName.path` writes.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed("not the path of a tile")
    name = TileName(
        level=ENTRIES if match[1] == "entries" else int(match[1]),
        index=int(match[2].replace("x", "").replace("/", "")),
        width=int(match[3] or TILE_WIDTH),
    )
    if name.level > MAX_LEVEL or name.width > TILE_WIDTH or name.path() != path:
        raise Malformed("not the canonical path of a tile")
    return name


def tile_names(size: int, *, since: int = 0) -> Iterator[TileName]:
    """Yield every tile and bundle that a log of `size` has and one of `since` entries had not."""
    level, now, before = 0, size, since
    while now:
        for index in range(before // TILE_WIDTH, -(-now // TILE_WIDTH)):
            width = min(TILE_WIDTH, now - index * TILE_WIDTH)
            if index * TILE_WIDTH + width > before:
                yield TileName(level=level, index=index, width=width)
                if level == 0:
                    yield TileName(level=ENTRIES, index=index, width=width)
        level, now, before = level + 1, now // TILE_WIDTH, before // TILE_WIDTH


def pack_entries(leaves: Sequence[bytes]) -> bytes:
    """Return the bundle of up to 256 entries.

    Raises:
        UsageError: more than 256 entries, or one longer than two bytes can say.
    """
    if len(leaves) > TILE_WIDTH or any(len(leaf) > MAX_ENTRY for leaf in leaves):
        raise UsageError("a bundle holds at most 256 entries of at most 65,535 bytes")
    return b"".join(len(leaf).to_bytes(2) + leaf for leaf in leaves)


def unpack_entries(bundle: bytes) -> tuple[bytes, ...]:
    """Return the entries of a bundle.

    Raises:
        Malformed: an entry is cut short, or there are more than 256.
    """
    leaves: list[bytes] = []
    at = 0
    while at < len(bundle):
        start = at + 2
        at = start + int.from_bytes(bundle[at:start])
        if start > len(bundle) or at > len(bundle) or len(leaves) == TILE_WIDTH:
            raise Malformed("a bundle of entries that is cut short or too long")
        leaves.append(bundle[start:at])
    return tuple(leaves)


def _number(index: int) -> str:
    text = f"{index % 1000:03d}"
    while index := index // 1000:
        text = f"x{index % 1000:03d}/{text}"
    return text
