"""A trust folder on disk: read whole into memory, written whole into an empty place.

Refuses links, folders in folders, and more or larger files than a trust set can need: the folder
may come from somebody else's desk. What the files mean stands in `provenance.trust.folder`.
"""

import os
from pathlib import Path
from typing import Final

from provenance.errors import Malformed, NotFound, Refused, StoreFault
from provenance.trust.folder import CONTENTS, MAX_FILES, read_folder, write_folder
from provenance.trust.model import TrustSet
from provenance.trust.recognise import MAX_FILE

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
    try:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if relative.parts[0] in _IGNORED:
                continue
            if path.is_symlink():
                raise Malformed(f"a link in a trust folder: {relative.as_posix()}")
            if path.is_file():
                files[relative.as_posix()] = _read(path)
            if len(files) > MAX_FILES:
                raise Malformed(f"more than {MAX_FILES} files in a trust folder")
    except OSError as error:
        raise StoreFault(f"the trust folder cannot be read: {error.strerror}") from error
    return read_folder(files)


def _read(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE:
        raise Malformed(f"more than {MAX_FILE} bytes in one file of a trust folder")
    return path.read_bytes()


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
            with path.open("xb") as stream:
                stream.write(files[name])
                os.fsync(stream.fileno())
    except OSError as error:
        raise StoreFault(f"the trust folder cannot be written: {error.strerror}") from error
    return len(files)
