"""Small files that people carry between a desk and others."""

from pathlib import Path

from provenance.errors import Malformed, NotFound, Refused, SurroundingsError


def read_file(path: Path, limit: int) -> bytes:
    """Return a file's bytes.

    Args:
        path: the file.
        limit: bytes it may have at most; no more are read.

    Raises:
        NotFound: there is none.
        SurroundingsError: it cannot be read.
        Malformed: it is longer.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise NotFound(f"no such file: {path}") from error
    except OSError as error:
        raise SurroundingsError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise Malformed(f"{path} is longer than the {limit} bytes that such a file may have")
    return data


def require_new(path: Path) -> None:
    """Return if nothing lies at a place where something is to be handed out.

    Asked before the export is recorded. What was handed out once is never written over.

    Raises:
        Refused: something lies there.
    """
    if path.exists() or path.is_symlink():
        raise Refused(f"{path} is there already and is not overwritten; choose another with --out")


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; an older one of this name is replaced.

    Raises:
        SurroundingsError: it cannot be written.
    """
    from provenance_store.durable import write_atomically

    write_atomically(path, data)
