"""The world of the intake tests: a blob store in memory that knows what was left half-written."""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from provenance.errors import BlobMissing
from provenance.intake.arrivals import Arrival, Skipped
from provenance.intake.failures import Failure

KEY = bytes(range(32))


class MemoryStaged:
    """Bytes on their way in; counts as half-written until kept or discarded."""

    def __init__(self, blobs: "MemoryBlobs") -> None:
        self._blobs, self._bytes, self._kept = blobs, bytearray(), False
        blobs.half_written += 1

    def write(self, block: bytes) -> None:
        """Take the next block."""
        self._bytes += block
        self._blobs.written += len(block)

    def keep(self, sha256: bytes) -> None:
        """Check the caller's word, which a real store need not, and keep the bytes."""
        assert hashlib.sha256(self._bytes).digest() == sha256
        if not self._blobs.keep_nothing:
            self._blobs.content[sha256] = bytes(self._bytes)
        self._blobs.half_written -= 1
        self._kept = True

    def discard(self) -> None:
        """Forget the bytes."""
        if not self._kept:
            self._blobs.half_written -= 1
            self._kept = True


class MemoryBlobs:
    """The Blobs port over a dictionary."""

    def __init__(self) -> None:
        self.content: dict[bytes, bytes] = {}
        self.half_written = 0
        self.written = 0
        self.keep_nothing = False  # a store that loses what it was given

    def stage(self) -> MemoryStaged:
        """Open a place for new bytes."""
        return MemoryStaged(self)

    def settle(self) -> None:
        """Memory is as durable as it will be."""

    def open(self, sha256: bytes) -> BinaryIO:
        """Open a blob for reading."""
        try:
            return io.BytesIO(self.content[sha256])
        except KeyError as fault:
            raise BlobMissing("no such blob") from fault

    def list(self) -> Iterator[bytes]:
        """Yield every digest."""
        return iter(self.content)


def never_known(_marks: Sequence[bytes]) -> frozenset[bytes]:
    """Say that nothing was taken before."""
    return frozenset()


Outcome = Arrival | Skipped | Failure
Take = Callable[..., list[Outcome]]
