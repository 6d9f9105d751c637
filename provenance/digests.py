"""Digests of a document's bytes, all taken in one read.

SHA-256 is the identity of an exemplar. SHA-512 and BLAKE3 stand beside it so that a weakness found
in one of them later does not orphan the custody record. A digest says that two byte strings are
the same; it says nothing about who made either.
From `OVERLAP_FROM` bytes on the digests run in two threads beside reading and copying, SHA-512, the
slowest of them, in one of its own; shorter inputs are not worth a thread.
"""

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from blake3 import blake3

BLOCK: Final = 1 << 20  # bytes read at a time: large enough to hash at full speed, small in memory
OVERLAP_FROM: Final = 4 << 20  # bytes; below, starting a thread costs more than it saves
BLOCKS_WAITING: Final = 8  # blocks that may wait for a digest; bounds memory


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
    """Takes blocks in order; `finish` hands out the digests of everything taken.

    Use as a context manager: leaving it ends the threads, if any were started.
    """

    __slots__ = ("_blake3", "_pools", "_sha256", "_sha512", "_size", "_waiting")

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sha512 = hashlib.sha512()
        self._blake3 = blake3()
        self._size = 0
        self._pools: tuple[ThreadPoolExecutor, ...] = ()
        self._waiting: deque[tuple[Future[None], Future[None]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)

    def update(self, block: bytes) -> None:
        """Take the next block."""
        self._size += len(block)
        if not self._pools and self._size >= OVERLAP_FROM:
            # One thread serves each queue, so the blocks stay in order.
            self._pools = (ThreadPoolExecutor(1), ThreadPoolExecutor(1))
        if not self._pools:
            self._sha512.update(block)
            self._shorter(block)
            return
        long, short = self._pools
        self._waiting.append(
            (long.submit(self._sha512.update, block), short.submit(self._shorter, block))
        )
        if len(self._waiting) > BLOCKS_WAITING:
            self._settle_oldest()

    def _shorter(self, block: bytes) -> None:
        self._sha256.update(block)
        self._blake3.update(block)

    def _settle_oldest(self) -> None:
        for future in self._waiting.popleft():
            future.result()

    def finish(self) -> Digests:
        """Return the digests of all blocks so far."""
        while self._waiting:
            self._settle_oldest()
        return Digests(
            sha256=self._sha256.digest(),
            sha512=self._sha512.digest(),
            blake3=self._blake3.digest(),
            size=self._size,
        )


def digest_bytes(data: bytes) -> Digests:
    """Digest a byte string that is already in memory."""
    return Digests(
        sha256=hashlib.sha256(data).digest(),
        sha512=hashlib.sha512(data).digest(),
        blake3=blake3(data).digest(),
        size=len(data),
    )
