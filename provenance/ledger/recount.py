"""The Merkle tree counted again from the entries, and held against the stored one.

Feeds on leaf hashes in order and keeps only what it cannot get back: the roots of full tiles (0.13
bytes a leaf) and those level-0 tiles that differ from the stored ones. So the root at ANY size is
the root of the entries as they were read, never of what the store says of them.
"""

from collections.abc import Sequence
from typing import Final

from provenance.ledger.findings import Detector, Findings
from provenance.ledger.merkle import HASH_SIZE, root_of
from provenance.ledger.tiles import TILE_BYTES, TileReader, root_at

MAX_ROOTS: Final = 1 << 14  # remembered roots: 2 MB; a log asks for the same few heads again


class Recount:
    """Counts leaf hashes into a tree and compares each finished tile with the stored one."""

    def __init__(self, stored: TileReader, findings: Findings) -> None:
        self.size = 0
        """Leaves fed so far."""
        self._stored = stored
        self._findings = findings
        self._tail = b""
        self._above: list[bytearray] = []
        self._own: dict[int, bytes] = {}
        self._roots: dict[int, bytes] = {}

    def feed(self, leaf_hashes: Sequence[bytes]) -> None:
        """Take the next leaf hashes."""
        row = self._tail + b"".join(leaf_hashes)
        index = self.size * HASH_SIZE // TILE_BYTES
        self.size += len(leaf_hashes)
        full = len(row) - len(row) % TILE_BYTES
        self._tail = row[full:]
        for at in range(0, full, TILE_BYTES):
            self._close(0, index + at // TILE_BYTES, row[at : at + TILE_BYTES])

    def root_at(self, size: int) -> bytes:
        """Return the root over the first `size` entries; `size` is at most what was fed."""
        root = self._roots.get(size)
        if root is None:
            if len(self._roots) >= MAX_ROOTS:
                self._roots.clear()
            root = self._roots[size] = root_at(size, self._row)
        return root

    def finish(self) -> bytes:
        """Compare the tiles at the right edge and return the root over everything."""
        for level in range(len(self._above) + 1):
            index, row = self._edge(level)
            self._compare(level, index, row)
        return self.root_at(self.size)

    def _close(self, level: int, index: int, row: bytes) -> None:
        if not self._compare(level, index, row) and level == 0:
            self._own[index] = row
        if level == len(self._above):
            self._above.append(bytearray())
        above = self._above[level]
        above += root_of(row)
        if len(above) % TILE_BYTES == 0:
            self._close(level + 1, len(above) // TILE_BYTES - 1, bytes(above[-TILE_BYTES:]))

    def _edge(self, level: int) -> tuple[int, bytes]:
        if level == 0:
            return self.size * HASH_SIZE // TILE_BYTES, self._tail
        above = self._above[level - 1]
        full = len(above) - len(above) % TILE_BYTES
        return full // TILE_BYTES, bytes(above[full:])

    def _compare(self, level: int, index: int, row: bytes) -> bool:
        self._findings.checked[Detector.TILES] += 1
        stored = self._stored(level, index)
        if stored == row:
            return True
        self._findings.flag(
            Detector.TILES,
            _first_other(index, stored, row) if level == 0 else None,
            f"tile {level}/{index}",
            "The stored tree is not the tree of the stored entries.",
        )
        return False

    def _row(self, level: int, index: int) -> bytes:
        if level > 0:
            at = index * TILE_BYTES
            return bytes(self._above[level - 1][at : at + TILE_BYTES])
        if index == self.size * HASH_SIZE // TILE_BYTES:
            return self._tail
        return self._own.get(index) or self._stored(0, index)


def _first_other(index: int, stored: bytes, row: bytes) -> int | None:
    """Return the first entry whose hash in tile 0/`index` is another; None if all its own fit."""
    for at in range(0, len(row), HASH_SIZE):
        if stored[at : at + HASH_SIZE] != row[at : at + HASH_SIZE]:
            return (index * TILE_BYTES + at) // HASH_SIZE
    return None
