"""Read a file once: digests, copy, size and first bytes come from the same pass.

Rules, in order; the first that fails discards what was staged and ends in a `Failure`:
  1. the file is opened without following a link in its last name and without blocking (a pipe put
     in its place must not stop the run), then looked at again: only a regular file is read;
  2. at most one byte beyond the size it had when opened is read, so a file that grows ends;
  3. after the last byte, size, times, inode and device must be what they were before the first;
  4. only then are the staged bytes kept under their digest.
Faults of the blob store are no failures of the file: they end the run (DiskFull, StoreFault).
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from provenance.digests import Digests, Hasher
from provenance.intake.failures import Failure, FailureCode, Untaken
from provenance.intake.walk import Candidate, failure_code, file_kind
from provenance.ports import Blobs

HEAD_SIZE: Final = 4096  # bytes kept for identification: every format we name shows itself in them
PIECE: Final = 512 << 10  # bytes read and written at a time; ext4 makes twice the work of 1 MiB
_OPEN_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)  # Windows: no translation of line ends
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Bytes that were read once and are kept under their SHA-256."""

    digests: Digests
    head: bytes
    """The first 4 KiB, or all of it if shorter."""
    candidate: Candidate | None
    """The file as it was when read; the listing may have shown another. None for members."""

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self.digests.size


def receive(
    candidate: Candidate, blobs: Blobs, *, read: Callable[[int, int], bytes] = os.read
) -> Received | Failure:
    """Read one file into the blob store.

    Args:
        candidate: From `walk`.
        blobs: Where the bytes are staged and kept; the caller settles them.
        read: Reads from a descriptor at most so many bytes; a seam for tests of changing files.
    """
    descriptor = -1
    try:
        descriptor = _open(candidate.path)
        before = os.fstat(descriptor)
        if (code := file_kind(before.st_mode)) is not None:
            return Failure(code=code, place=candidate.place)
        return receive_blocks(
            _blocks(descriptor, before, read), blobs, candidate=_as_read(candidate, before)
        )
    except Untaken as fault:
        return Failure(code=fault.failure, place=candidate.place)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def receive_blocks(
    blocks: Iterable[bytes], blobs: Blobs, *, candidate: Candidate | None = None
) -> Received:
    """Stage, digest and keep a stream of blocks; nothing is kept unless the stream ends well.

    Raises:
        Untaken: the stream itself raised it; what was staged is discarded.
    """
    head = b""
    staged = blobs.stage()
    try:
        with Hasher() as hasher:
            for block in blocks:
                if len(head) < HEAD_SIZE:
                    head += block[: HEAD_SIZE - len(head)]
                hasher.update(block)
                staged.write(block)
            digests = hasher.finish()
        staged.keep(digests.sha256)
    except BaseException:  # also Ctrl-C: no half-written file may stay
        staged.discard()
        raise
    return Received(digests=digests, head=head, candidate=candidate)


def _open(path: bytes) -> int:
    try:
        return os.open(path, _OPEN_FLAGS)
    except OSError as fault:
        code = failure_code(fault)
        # O_NOFOLLOW reports a link put in the file's place as a loop (open(2), ELOOP).
        raise Untaken(
            FailureCode.LINK_NOT_FOLLOWED if code is FailureCode.LINK_LOOP else code
        ) from fault


def _as_read(candidate: Candidate, status: os.stat_result) -> Candidate:
    return Candidate(
        path=candidate.path,
        relative=candidate.relative,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        inode=status.st_ino,
        device=status.st_dev,
    )


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    # The change time too: a writer can restore the modification time, but not this one.
    return (
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
        status.st_dev,
    )


def _blocks(
    descriptor: int, before: os.stat_result, read: Callable[[int, int], bytes]
) -> Iterator[bytes]:
    expected, done = before.st_size, 0
    while True:
        try:
            block = read(descriptor, min(PIECE, expected - done + 1))
        except OSError as fault:
            raise Untaken(failure_code(fault)) from fault
        done += len(block)
        if done > expected:
            raise Untaken(FailureCode.CHANGED)
        if not block:
            break
        yield block
    if done != expected or _stamp(os.fstat(descriptor)) != _stamp(before):
        raise Untaken(FailureCode.CHANGED)
