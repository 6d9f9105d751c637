"""Bytes that survive a power cut: the system calls, in order.

`write_atomically`: open a new file beside the target, write, fsync it, rename over the target,
fsync the folder. A reader sees the old bytes or the new ones, never a mixture; after it returns,
the new ones are on the disk as far as the drive tells the truth.

On macOS fsync leaves the drive's own cache unwritten, so F_FULLFSYNC is used where it exists.
`sync_filesystem` is Linux's syncfs: one call for any number of files; it also waits for what other
programs have written to the same file system, and since Linux 5.8 it reports any write that failed
after the descriptor was opened (open it before writing).
"""

import ctypes
import fcntl
import os
import secrets
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from provenance_store.faults import os_faults

_FULL_FSYNC: Final[int | None] = getattr(fcntl, "F_FULLFSYNC", None)


def sync_descriptor(descriptor: int) -> None:
    """Put a file's or folder's contents on the disk. Raises OSError."""
    if _FULL_FSYNC is not None:
        fcntl.fcntl(descriptor, _FULL_FSYNC)
    else:
        os.fsync(descriptor)


def sync_path(path: Path) -> None:
    """Put a file's or folder's contents on the disk, by name. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


@cache
def _syncfs() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return found


def sync_filesystem(descriptor: int) -> bool:
    """Put the whole file system of an open folder on the disk; False where that does not exist.

    Raises:
        OSError: something written since the descriptor was opened did not reach the disk.
    """
    syncfs = _syncfs()
    if syncfs is None:
        return False
    if syncfs(descriptor) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return True


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte: one write call may take only some of them. Raises OSError."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def write_new(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file that must not exist yet and sync it, not its folder. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(path, flags, mode)
    try:
        write_all(descriptor, data)
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644, lasting: bool = True) -> None:
    """Replace a file's contents as the module's rules say.

    Args:
        path: the file.
        data: all of its new contents.
        mode: its permissions.
        lasting: False leaves the folder to the system: readers see the old bytes or the new ones,
            and after a power cut the old ones may be back.

    Raises:
        DiskFull: no space; the old contents stand.
        StoreFault: another failure; the old contents stand.
    """
    with os_faults(f"{path.name} could not be written"):
        beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            write_new(beside, data, mode=mode)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        if lasting:
            sync_path(path.parent)
