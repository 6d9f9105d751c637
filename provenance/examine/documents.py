"""Open a document so that nothing downstream can write to it, and read what the supervisor needs.

A path is opened read-only; an open file is opened a second time, read-only, through its
descriptor; a file without a descriptor is copied to one that has no name and vanishes when closed.
"""

import contextlib
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from provenance.errors import NotFound, SurroundingsError, UsageError
from provenance.examine.identify import HEAD, TAIL, Identification, identify_bytes, piece_wanted

Openable: TypeAlias = str | os.PathLike[str] | BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document as the supervisor knows it before any parser has seen it."""

    descriptor: int
    """Open for reading only."""
    size: int
    """Bytes."""
    sha256: str
    identification: Identification


@contextlib.contextmanager
def opened(
    document: Openable, *, name: str | None, media_type: str | None = None
) -> Iterator[Opened]:
    """Yield a document open for reading only, identified and digested.

    Name and media type are what it came with, compared with its bytes.

    Raises:
        NotFound: no file at this path.
        UsageError: not a file.
        SurroundingsError: it cannot be read.
    """
    with open_document(document) as descriptor:
        try:
            size = os.fstat(descriptor).st_size
            head, tail = read_ends(descriptor, size)
            wanted = piece_wanted(head, tail, size)
            piece = os.pread(descriptor, wanted[1], wanted[0]) if wanted else b""
            sha256 = digest_document(descriptor)
        except OSError as error:
            raise SurroundingsError(f"the document cannot be read: {error}") from error
        identification = identify_bytes(head, tail, name=name, media_type=media_type, piece=piece)
        yield Opened(descriptor=descriptor, size=size, sha256=sha256, identification=identification)


@contextlib.contextmanager
def open_document(document: Openable) -> Iterator[int]:
    """Yield a descriptor that can only be read."""
    if isinstance(document, str | os.PathLike):
        descriptor = _open_path(Path(document))
    else:
        descriptor = _reopen(document)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open_path(path: Path) -> int:
    try:
        if path.is_dir():
            raise UsageError(f"not a file: {path}")
        return os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError as error:
        raise NotFound(f"no such file: {path}") from error
    except OSError as error:
        raise SurroundingsError(f"cannot be opened: {path}: {error.strerror}") from error


def _reopen(document: BinaryIO) -> int:
    """A second, read-only opening: the worker must not be able to write to the evidence."""
    try:
        number = document.fileno()
    except (OSError, AttributeError, io.UnsupportedOperation):
        return _spool(document)
    try:
        return os.open(f"/dev/fd/{number}", os.O_RDONLY)
    except OSError:
        return _spool(document)


def _spool(document: BinaryIO) -> int:
    """Copy a file without a descriptor of its own to one that has no name."""
    with tempfile.TemporaryFile() as copy:
        position = document.tell() if document.seekable() else None
        if position is not None:
            document.seek(0)
        while part := document.read(1 << 20):
            copy.write(part)
        copy.flush()
        if position is not None:
            document.seek(position)
        try:
            return os.open(f"/dev/fd/{copy.fileno()}", os.O_RDONLY)
        except OSError:
            return os.dup(copy.fileno())


def read_ends(descriptor: int, size: int) -> tuple[bytes, bytes]:
    """Return the first HEAD and the last TAIL bytes."""
    return os.pread(descriptor, HEAD, 0), os.pread(descriptor, TAIL, max(size - TAIL, 0))


def digest_document(descriptor: int) -> str:
    """Return the hexadecimal SHA-256 of the whole document."""
    digest = hashlib.sha256()
    position = 0
    while part := os.pread(descriptor, 1 << 20, position):
        digest.update(part)
        position += len(part)
    return digest.hexdigest()
