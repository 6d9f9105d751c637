"""Receiving: one read, all digests, and nothing kept of a file that is not what it seemed."""

import hashlib
import os
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from provenance.digests import BLOCK, OVERLAP_FROM, Hasher, digest_bytes
from provenance.errors import DiskFull, UsageError
from provenance.intake.failures import Failure, FailureCode
from provenance.intake.marks import arrival_mark, require_mark_key
from provenance.intake.receive import (
    HEAD_SIZE,
    Received,
    receive,
    receive_blocks,
)
from provenance.intake.walk import Candidate, walk
from tests.intake.world import KEY, MemoryBlobs


def _candidate(file: Path) -> Candidate:
    (found,) = walk([file])
    assert isinstance(found, Candidate)
    return found


def _code(outcome: Received | Failure) -> FailureCode | None:
    return outcome.code if isinstance(outcome, Failure) else None


@pytest.mark.parametrize(
    "size", [0, 1, HEAD_SIZE, 72_000, BLOCK, BLOCK + 1, OVERLAP_FROM, OVERLAP_FROM + 3 * BLOCK + 7]
)
def test_one_pass(tmp_path: Path, blobs: MemoryBlobs, size: int) -> None:
    """Digests, copy, size and first bytes are the file's, on either side of every threshold."""
    data = os.urandom(size)
    (tmp_path / "a").write_bytes(data)
    candidate = _candidate(tmp_path / "a")
    found = receive(candidate, blobs)
    assert isinstance(found, Received)
    assert found.digests == digest_bytes(data)
    assert found.digests.sha512 == hashlib.sha512(data).digest()
    assert found.digests.blake3 == blake3(data).digest()
    assert (found.size, found.head, found.candidate) == (size, data[:HEAD_SIZE], candidate)
    assert blobs.content[found.digests.sha256] == data
    assert (blobs.written, blobs.half_written) == (size, 0)


def test_each_byte_is_read_once(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """No byte of the file is asked for a second time."""
    (tmp_path / "a").write_bytes(bytes(3 * BLOCK))
    asked = 0

    def read(descriptor: int, count: int) -> bytes:
        nonlocal asked
        block = os.read(descriptor, count)
        asked += len(block)
        return block

    assert isinstance(receive(_candidate(tmp_path / "a"), blobs, read=read), Received)
    assert asked == 3 * BLOCK


def _reader(act: Callable[[], object]) -> Callable[[int, int], bytes]:
    """Read as the system does, and act once after the first block."""
    left = [act]

    def read(descriptor: int, count: int) -> bytes:
        block = os.read(descriptor, min(count, 1000))
        if left:
            left.pop()()
        return block

    return read


def _append(file: Path) -> None:
    with file.open("ab") as stream:
        stream.write(b"more")


def _overwrite(file: Path) -> None:
    status = file.stat()
    with file.open("r+b") as stream:
        stream.write(b"X")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    "act",
    [_append, _overwrite, lambda file: os.truncate(file, 1500), lambda file: os.truncate(file, 10)],
    ids=["appended", "overwritten-with-old-time", "shortened", "cut"],
)
def test_changed_while_read(
    tmp_path: Path, blobs: MemoryBlobs, act: Callable[[Path], None]
) -> None:
    """A file that changes under the reader is a failure and leaves nothing behind."""
    file = tmp_path / "a"
    file.write_bytes(bytes(5000))
    found = receive(_candidate(file), blobs, read=_reader(lambda: act(file)))
    assert _code(found) is FailureCode.CHANGED
    assert (blobs.content, blobs.half_written) == ({}, 0)


def test_endless_file(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """A file that grows as fast as it is read ends at one byte more than it had."""
    file = tmp_path / "a"
    file.write_bytes(bytes(5000))
    asked: list[int] = []

    def read(_descriptor: int, count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    assert _code(receive(_candidate(file), blobs, read=read)) is FailureCode.CHANGED
    assert asked == [5001]


def test_changed_before_opening(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """A file that changed between listing and opening is received as it is now."""
    file = tmp_path / "a"
    file.write_bytes(b"old")
    listed = _candidate(file)
    file.write_bytes(b"new and longer")
    found = receive(listed, blobs)
    assert isinstance(found, Received)
    assert found.candidate == _candidate(file) != listed
    assert found.size == 14


def test_vanished(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """A file that is gone when it is opened is a failure."""
    (tmp_path / "a").write_bytes(b"x")
    candidate = _candidate(tmp_path / "a")
    (tmp_path / "a").unlink()
    assert _code(receive(candidate, blobs)) is FailureCode.VANISHED


@pytest.mark.timeout(20)
def test_replaced_by_a_pipe(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """A pipe put in the file's place is refused without waiting for a writer."""
    file = tmp_path / "a"
    file.write_bytes(b"x")
    candidate = _candidate(file)
    file.unlink()
    os.mkfifo(file)
    assert _code(receive(candidate, blobs)) is FailureCode.FIFO


def test_replaced_by_others(
    tmp_path: Path, blobs: MemoryBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link, a socket, a folder or a device in the file's place is refused."""
    monkeypatch.chdir(tmp_path)
    file = Path("a")
    file.write_bytes(b"x")
    candidate = _candidate(file)
    file.unlink()
    file.symlink_to("/etc/hostname")
    assert _code(receive(candidate, blobs)) is FailureCode.LINK_NOT_FOLLOWED
    file.unlink()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a")
        assert _code(receive(candidate, blobs)) is FailureCode.SOCKET
    file.unlink()
    file.mkdir()
    assert _code(receive(candidate, blobs)) is FailureCode.DEVICE
    null = Candidate(path=b"/dev/null", relative=b"n", size=0, mtime_ns=0, inode=0, device=0)
    assert _code(receive(null, blobs)) is FailureCode.DEVICE
    assert blobs.content == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """A file that may not be read is a failure."""
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "a").chmod(0)
    assert _code(receive(_candidate(tmp_path / "a"), blobs)) is FailureCode.UNREADABLE


@pytest.mark.parametrize(("number", "code"), [(5, "read-error"), (13, "unreadable")])
def test_read_error(tmp_path: Path, blobs: MemoryBlobs, number: int, code: str) -> None:
    """A disk that fails in the middle of a file is a failure of that file alone."""
    (tmp_path / "a").write_bytes(bytes(5000))
    reads = iter([bytes(1000)])

    def read(_descriptor: int, _count: int) -> bytes:
        for block in reads:
            return block
        raise OSError(number, "bad sector")

    found = receive(_candidate(tmp_path / "a"), blobs, read=read)
    assert (_code(found), blobs.half_written) == (FailureCode(code), 0)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, DiskFull, MemoryError])
@pytest.mark.parametrize("size", [5000, 3 * OVERLAP_FROM])
def test_interrupted(
    tmp_path: Path, blobs: MemoryBlobs, fault: type[BaseException], size: int
) -> None:
    """Ctrl-C and a full disk go through, discard what is staged and end every thread."""
    (tmp_path / "a").write_bytes(bytes(size))
    threads = threading.active_count()
    done = 0

    def read(descriptor: int, count: int) -> bytes:
        nonlocal done
        if done > size // 2:
            raise fault
        block = os.read(descriptor, min(count, max(1000, size // 4)))
        done += len(block)
        return block

    with pytest.raises(fault):
        receive(_candidate(tmp_path / "a"), blobs, read=read)
    assert (blobs.content, blobs.half_written) == ({}, 0)
    assert threading.active_count() == threads


def test_no_descriptor_leaks(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """Every way out of a file closes it."""
    (tmp_path / "a").write_bytes(bytes(5000))
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for _ in range(20):
        receive(_candidate(tmp_path / "a"), blobs)
        receive(_candidate(tmp_path / "a"), blobs, read=lambda *_: bytes(9000))
    after = len(list(Path("/proc/self/fd").iterdir())) if before else 0
    assert after == before


class _Swallow(MemoryBlobs):
    """A store that forgets the bytes at once, for sizes that do not fit in a test's memory."""

    def stage(self) -> "_Swallow":  # type: ignore[override]  # it stages into itself
        return self

    def write(self, block: bytes) -> None:
        self.written += len(block)

    def keep(self, sha256: bytes) -> None:
        self.content[sha256] = b""

    def discard(self) -> None:
        self.content.clear()


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A file of 200 MB passes through in less than 16 MB."""
    file, blobs = tmp_path / "a", _Swallow()
    with file.open("wb") as stream:
        stream.truncate(200 << 20)
    candidate = _candidate(file)
    tracemalloc.start()
    found = receive(candidate, blobs)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Received)
    assert (found.size, blobs.written) == (200 << 20, 200 << 20)
    assert peak < 16 << 20


@given(st.lists(st.binary(max_size=9000), max_size=8))
def test_block_borders_do_not_matter(blocks: list[bytes]) -> None:
    """However the bytes are cut into blocks, the digests and the head are the same."""
    data = b"".join(blocks)
    found = receive_blocks(iter(blocks), MemoryBlobs())
    assert (found.digests, found.head) == (digest_bytes(data), data[:HEAD_SIZE])


def test_order_in_threads() -> None:
    """Blocks that differ reach every digest in order."""
    blocks = [bytes([number]) * (BLOCK // 2) for number in range(40)]
    with Hasher() as hasher:
        for block in blocks:
            hasher.update(block)
        assert hasher.finish() == digest_bytes(b"".join(blocks))


def test_broken_stream_keeps_nothing(blobs: MemoryBlobs) -> None:
    """A stream that raises leaves neither a blob nor a staged one."""

    def blocks() -> Iterator[bytes]:
        yield b"some"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        receive_blocks(blocks(), blobs)
    assert (blobs.content, blobs.half_written) == ({}, 0)


_NUMBERS = st.integers(0, 2**63 - 1)
_CANDIDATES = st.builds(
    Candidate,
    path=st.binary(max_size=20),
    relative=st.just(b""),
    size=_NUMBERS,
    mtime_ns=st.integers(-(2**62), 2**62),
    inode=_NUMBERS,
    device=_NUMBERS,
)


@given(_CANDIDATES, _CANDIDATES)
def test_marks_tell_files_apart(one: Candidate, other: Candidate) -> None:
    """Two candidates share a mark only if all that is marked is the same."""
    same = arrival_mark(one, KEY) == arrival_mark(other, KEY)
    assert same == (one == other)
    assert len(arrival_mark(one, KEY)) == 16


def test_marks_need_the_key(tmp_path: Path) -> None:
    """Another desk's key gives another mark, and a key of the wrong length is refused."""
    (tmp_path / "a").write_bytes(b"x")
    candidate = _candidate(tmp_path / "a")
    assert arrival_mark(candidate, KEY) != arrival_mark(candidate, bytes(32))
    assert require_mark_key(KEY) == KEY
    for key in (b"", bytes(31), bytes(33)):
        with pytest.raises(UsageError):
            require_mark_key(key)
