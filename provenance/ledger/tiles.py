"""The Merkle tree as c2sp.org/tlog-tiles keeps it: rows of up to 256 hashes, height 8.

Tile (0, N) holds the leaf hashes 256*N and up; tile (L, N) holds the roots of the full tiles of
level L - 1. A hash is written once its subtree is complete and never changes, so the whole tree
costs 32.13 bytes a leaf. Appending returns the new content of every tile it touches; proofs and
roots of ANY size up to the log's are computed from tiles.
Refuses tiles that are shorter than the size in question needs. Never writes, never caches: the
caller's reader decides where a tile comes from.
"""

from collections.abc import Callable, Sequence
from typing import Final

from provenance.errors import DeskCorrupt, UsageError
from provenance.ledger.merkle import HASH_SIZE, fold_row, join_peaks, root_of

TILE_HEIGHT: Final = 8  # fixed by tlog-tiles
TILE_WIDTH: Final = 1 << TILE_HEIGHT  # hashes
TILE_BYTES: Final = TILE_WIDTH * HASH_SIZE

TileReader = Callable[[int, int], bytes]
"""(level, index) -> the tile's hashes end to end, b"" if it has none."""


def append_hashes(
    size: int, leaf_hashes: Sequence[bytes], tile: TileReader
) -> dict[tuple[int, int], bytes]:
    """Return every tile that changes when these leaf hashes follow the first `size` ones.

    Raises:
        DeskCorrupt: a stored tile does not end where a log of this size ends.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, start, new = 0, size, b"".join(leaf_hashes)
    while new:
        index, width = divmod(start, TILE_WIDTH)
        row = (_tile_of_width(tile, level, index, width) if width else b"") + new
        blocks = [row[at : at + TILE_BYTES] for at in range(0, len(row), TILE_BYTES)]
        changed.update(((level, index + at), block) for at, block in enumerate(blocks))
        new = b"".join(root_of(block) for block in blocks if len(block) == TILE_BYTES)
        level, start = level + 1, index
    return changed


def root_at(size: int, tile: TileReader) -> bytes:
    """Return the root of the tree over the first `size` leaves.

    Raises:
        DeskCorrupt: a tile that this needs is missing or too short.
    """
    return _Rows(tile).range_root(0, size)


def prove_inclusion(index: int, size: int, tile: TileReader) -> list[bytes]:
    """Return the inclusion proof of leaf `index` in the tree of `size`, from the leaf upward.

    Raises:
        UsageError: the tree of this size has no such leaf.
        DeskCorrupt: a tile that this needs is missing or too short.
    """
    if not 0 <= index < size:
        raise UsageError(f"a log of {size} entries has no entry {index}")
    rows, proof, low, high = _Rows(tile), [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(rows.range_root(middle, high))
            high = middle
        else:
            proof.append(rows.range_root(low, middle))
            low = middle
    return proof[::-1]


def prove_consistency(size1: int, size2: int, tile: TileReader) -> list[bytes]:
    """Return the proof that the tree of `size1` is a prefix of the tree of `size2`.

    It is empty for size1 = 0 and for equal sizes, as RFC 6962 section 2.1.2 has it.

    Raises:
        UsageError: size1 is negative or larger than size2.
        DeskCorrupt: a tile that this needs is missing or too short.
    """
    if not 0 <= size1 <= size2:
        raise UsageError(f"a log of {size1} entries is no prefix of one of {size2}")
    if size1 == 0:
        return []
    rows, proof, low, high = _Rows(tile), [], 0, size2
    while size1 != high:
        middle = low + _split(high - low)
        if size1 <= middle:
            proof.append(rows.range_root(middle, high))
            high = middle
        else:
            proof.append(rows.range_root(low, middle))
            low = middle
    if low:
        proof.append(rows.range_root(low, high))
    return proof[::-1]


def _split(width: int) -> int:
    """Return the largest power of two smaller than `width` (RFC 6962 section 2.1: k)."""
    return 1 << (width - 1).bit_length() - 1


def _tile_of_width(tile: TileReader, level: int, index: int, width: int) -> bytes:
    row = tile(level, index)
    if len(row) != width * HASH_SIZE:
        found = len(row) // HASH_SIZE
        raise DeskCorrupt(f"tile {level}/{index} holds {found} hashes where {width} are due")
    return row


class _Rows:
    """Hashes of complete subtrees, each tile read once."""

    __slots__ = ("_read", "_seen")

    def __init__(self, read: TileReader) -> None:
        self._read = read
        self._seen: dict[tuple[int, int], bytes] = {}

    def range_root(self, low: int, high: int) -> bytes:
        """Return the root over leaves low..high; `low` is a multiple of the next power of two."""
        peaks = []
        while low < high:
            height = (high - low).bit_length() - 1
            peaks.append(self._subtree(height, low >> height))
            low += 1 << height
        return join_peaks(peaks)

    def _subtree(self, height: int, number: int) -> bytes:
        level, within = divmod(height, 8)
        index, first = divmod(number << within, TILE_WIDTH)
        row = self._row(level, index)[first * HASH_SIZE : (first + (1 << within)) * HASH_SIZE]
        if len(row) != HASH_SIZE << within:
            raise DeskCorrupt(f"tile {level}/{index} is shorter than the log")
        while len(row) > HASH_SIZE:
            row = fold_row(row)
        return row

    def _row(self, level: int, index: int) -> bytes:
        key = (level, index)
        if key not in self._seen:
            self._seen[key] = self._read(level, index)
        return self._seen[key]
