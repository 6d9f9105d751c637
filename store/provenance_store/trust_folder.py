"""A trust folder on disk: read whole into memory, written whole into an empty place.

Refuses links, pipes and devices, folders in folders, and more or larger files than a trust set can
need, each or together: the folder may come from somebody else's desk. What the files mean stands in
`provenance.trust.folder`.
"""

import os
import stat
from pathlib import Path
from typing import Final

from provenance.errors import Malformed, NotFound, Refused, StoreFault
from provenance.trust.folder import CONTENTS, MAX_FILES, read_folder, write_folder
from provenance.trust.model import TrustSet
from provenance.trust.recognise import MAX_FILE
from provenance_store.durable import write_new

MAX_TOTAL: Final = 64 << 20  # bytes of all files together, which are held in memory
_IGNORED: Final = frozenset({".git", ".gitignore", "README.md", ".DS_Store"})


def read_trust_folder(folder: Path) -> TrustSet:
    """Read a trust folder.

    Raises:
        NotFound: no such folder.
        Malformed: it is not a trust folder (`provenance.trust.folder`).
        StoreFault: a file cannot be read.
    """
    if not folder.is_dir():
        raise NotFound(f"no such folder: {folder}")
    files: dict[str, bytes] = {}
    total = 0
    try:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if relative.parts[0] in _IGNORED:
                continue
            if path.is_symlink():
                raise Malformed(f"a link in a trust folder: {relative.as_posix()}")
            if path.is_dir():
                continue
            files[relative.as_posix()] = _read(path)
            total += len(files[relative.as_posix()])
            if total > MAX_TOTAL:
                raise Malformed(f"more than {MAX_TOTAL} bytes in a trust folder")
            if len(files) > MAX_FILES:
                raise Malformed(f"more than {MAX_FILES} files in a trust folder")
    except OSError as error:
        raise StoreFault(f"the trust folder cannot be read: {error.strerror}") from error
    return read_folder(files)


def _read(path: Path) -> bytes:
    """Read a regular file; a pipe would be waited on for ever, a device has no end."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise Malformed(f"neither a file nor a folder, in a trust folder: {path.name}")
    # Asked again of what was opened: another file may have taken its place in between.
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(opened, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise Malformed(f"neither a file nor a folder, in a trust folder: {path.name}")
        data = stream.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Malformed(f"more than {MAX_FILE} bytes in one file of a trust folder")
    return data


def write_trust_folder(trust: TrustSet, folder: Path) -> int:
    """Write a set into a folder that is empty or not there; returns how many files.

    Raises:
        Refused: something is in it.
        StoreFault: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Refused(f"something is in {folder} already: name an empty or a new folder")
        files = write_folder(trust)
        # The contents page last: without it, half a folder is no trust folder.
        for name in sorted(files, key=lambda one: (one == CONTENTS, one)):
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            write_new(path, files[name], mode=0o666)
    except OSError as error:
        raise StoreFault(f"the trust folder cannot be written: {error.strerror}") from error
    return len(files)
