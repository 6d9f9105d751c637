"""An advisory lock on a file: one holder at a time among all processes and threads.

The kernel lets go of it when its holder dies, however it dies, so a lock is never stale. It binds
only those who ask for it, and is not reliable on some network file systems.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from provenance.errors import DeskLocked
from provenance_store.faults import os_faults

_PAUSE: Final = 0.01  # seconds between two tries; a holder needs a few milliseconds
_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC


@contextmanager
def file_lock(path: Path, *, timeout: float) -> Iterator[None]:
    """Hold the lock of this file, waiting up to `timeout` seconds for it.

    Raises:
        DeskLocked: somebody else held it all the time.
        StoreFault: the file cannot be opened.
    """
    with os_faults(f"the lock file {path.name} could not be opened"):
        descriptor = os.open(path, _FLAGS, 0o600)
    try:
        _wait(descriptor, path, timeout)
        yield
    finally:
        os.close(descriptor)  # lets go of the lock


def hold_for_life(path: Path) -> int:
    """Take a lock that nobody else can hold yet; returns its descriptor. Raises OSError."""
    descriptor = os.open(path, _FLAGS, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def is_held(path: Path) -> bool:
    """Tell whether a living process holds the lock of this file. Raises OSError.

    Makes no file: one that is not there is held by nobody, and the disk may be full.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor)
    finally:
        os.close(descriptor)


def _wait(descriptor: int, path: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not _try(descriptor):
        if time.monotonic() >= deadline:
            raise DeskLocked(f"another process holds {path.name} and did not let go in time")
        time.sleep(_PAUSE)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
