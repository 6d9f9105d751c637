"""The latch beside the log key: the newest tree head that this key has signed, as text.

It lives with the key and not in the desk's folder, so that restoring an old copy of the desk does
not restore the latch with it: the signer then sees a log shorter than what it has signed.
Sign only while `holding()`: two processes then sign one after the other, each seeing what the other
wrote. What the text means is the core's business.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from provenance.errors import StoreFault
from provenance_store.durable import write_atomically
from provenance_store.faults import fault_of_os
from provenance_store.file_lock import file_lock

MAX_LATCH: Final = 64 * 1024  # bytes; a tree head takes some 200


class LatchFile:
    """One latch file. Safe to share between threads and processes."""

    def __init__(self, path: Path, *, lock_timeout: float = 30.0) -> None:
        self._path = path
        self._lock_timeout = lock_timeout

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Keep everyone else from signing meanwhile. Not to be entered twice by one thread.

        Raises:
            DeskLocked: another process is signing and did not end within `lock_timeout` seconds.
        """
        lock = self._path.with_name(f"{self._path.name}.lock")
        with file_lock(lock, timeout=self._lock_timeout):
            yield

    def read(self) -> str | None:
        """Return the latch's text, None where this key has signed nothing yet.

        Raises:
            StoreFault: there is a latch, but it cannot be read as text.
        """
        try:
            with self._path.open("rb") as file:
                data = file.read(MAX_LATCH + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise fault_of_os(error, "the latch beside the key could not be read") from error
        if len(data) > MAX_LATCH:
            raise StoreFault("the latch beside the key is longer than any latch is")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise StoreFault("the latch beside the key is not text") from error

    def replace(self, text: str) -> None:
        """Put this text in the latch's place, durably. Only while `holding()`.

        Raises:
            DiskFull: no space; the old text stands.
            StoreFault: another failure; the old text stands.
        """
        write_atomically(self._path, text.encode("utf-8"), mode=0o600)
