"""The staging area of a blob folder: files on their way in, one subfolder for each live process.

Each subfolder has a lock file whose lock its process holds as long as it lives; the kernel lets go
of it however the process dies. So a subfolder whose lock is free is a dead process's leaving and is
removed at the next opening, and one whose lock is held is never touched. Making a subfolder,
removing it and sweeping happen under one lock of the whole area: no sweep sees a subfolder before
its lock is held, nor one that its own process is taking away.
"""

import itertools
import os
import secrets
import shutil
from pathlib import Path
from typing import Final

from provenance_store.faults import os_faults
from provenance_store.file_lock import file_lock, hold_for_life, is_held

_AREA: Final = ".staging"  # no hex digits: `list` of a blob folder never looks inside
_LOCK: Final = "lock"
_TIMEOUT: Final = 30.0  # seconds; making or sweeping takes milliseconds
_CREATE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class Staging:
    """One process's subfolder in the staging area; made when first used."""

    def __init__(self, blobs: Path) -> None:
        self._area = blobs / _AREA
        self._folder: Path | None = None
        self._lock = -1
        self._owner = 0
        self._names = itertools.count()

    def create(self) -> tuple[int, str]:
        """Open a new file for writing, already mode 0444; returns descriptor and path."""
        with os_faults("a place for new bytes could not be opened"):
            path = f"{self._own_folder()}/{next(self._names)}"
            return os.open(path, _CREATE, 0o444), path

    def sweep(self) -> None:
        """Remove what dead processes left."""
        with os_faults("the staging area could not be swept"):
            if not self._area.is_dir() or not os.access(self._area, os.W_OK):
                return
            if not self._folders():
                return  # nothing to sweep: looking at a desk on a full disk makes no lock file
            with file_lock(self._area / _LOCK, timeout=_TIMEOUT):
                for folder in self._folders():
                    if not is_held(folder / _LOCK):
                        shutil.rmtree(folder)

    def close(self) -> None:
        """Remove this process's own subfolder and let go of its lock."""
        if self._folder is None or self._owner != os.getpid():
            return
        with (
            os_faults("the staging area could not be cleared"),
            file_lock(self._area / _LOCK, timeout=_TIMEOUT),
        ):
            shutil.rmtree(self._folder)
            os.close(self._lock)
        self._folder = None

    def _folders(self) -> list[Path]:
        return [entry for entry in self._area.iterdir() if entry.is_dir()]

    def _own_folder(self) -> Path:
        # A forked child must not stage in its parent's subfolder, which goes when the parent ends.
        if self._folder is None or self._owner != os.getpid():
            self._folder, self._owner = self._make(), os.getpid()
        return self._folder

    def _make(self) -> Path:
        self._area.mkdir(exist_ok=True)
        with file_lock(self._area / _LOCK, timeout=_TIMEOUT):
            folder = self._area / secrets.token_hex(8)
            folder.mkdir()
            try:
                self._lock = hold_for_life(folder / _LOCK)
            except BaseException:
                shutil.rmtree(folder)
                raise
        return folder
