"""Digests of a document's bytes, all taken in one read.

SHA-256 is the identity of an exemplar. SHA-512 and BLAKE3 stand beside it so that a weakness found
in one of them later does not orphan the custody record. A digest says that two byte strings are
the same; it says nothing about who made either.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from blake3 import blake3

BLOCK: Final = 1 << 20  # bytes read at a time: large enough to hash at full speed, small in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Three digests and the length of one byte string."""

    sha256: bytes
    """32 bytes; the identity of the exemplar."""
    sha512: bytes
    """64 bytes."""
    blake3: bytes
    """32 bytes."""
    size: int
    """Length in bytes."""


class Hasher:
    """Feed it blocks in order; `finish` hands out the digests of everything fed."""

    __slots__ = ("_blake3", "_sha256", "_sha512", "_size")

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sha512 = hashlib.sha512()
        self._blake3 = blake3()
        self._size = 0

    def update(self, block: bytes) -> None:
        """Take the next block."""
        self._sha256.update(block)
        self._sha512.update(block)
        self._blake3.update(block)
        self._size += len(block)

    def finish(self) -> Digests:
        """Return the digests of all blocks so far."""
        return Digests(
            sha256=self._sha256.digest(),
            sha512=self._sha512.digest(),
            blake3=self._blake3.digest(),
            size=self._size,
        )


def digest_bytes(data: bytes) -> Digests:
    """Digest a byte string that is already in memory."""
    hasher = Hasher()
    hasher.update(data)
    return hasher.finish()
