"""Write the published log: static files in the C2SP tlog-tiles layout, for any web server.

Order (a reader who has a checkpoint can fetch every tile that it needs, also after a power cut):
  1. tiles and entry bundles, each atomically; never changed once there (tlog-tiles: immutable);
  2. all of them on the disk;
  3. the checkpoint, atomically, last. After a power cut an older one may be back, which the next
     act replaces: the desk keeps its checkpoints in the database, and every event waits for this.
A published file whose bytes differ from what is to be written is never overwritten: it is a fork of
the log or damage, and a person has to look.
"""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

from provenance.errors import StoreFault, UsageError
from provenance_store.durable import sync_path, write_atomically
from provenance_store.faults import os_faults

CHECKPOINT: Final = "checkpoint"


def publish_files(root: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files given as (path with slashes, bytes) under `root`; returns how many were new.

    The checkpoint may come anywhere among them and is written last.

    Raises:
        UsageError: a path that leaves `root`.
        StoreFault: a tile with other bytes is already published, or the disk failed.
        DiskFull: no space; the old checkpoint stands.
    """
    checkpoint: bytes | None = None
    written = 0
    for name, data in files:
        if name == CHECKPOINT:
            checkpoint = data
        else:
            written += _write_tile(root, _inside(name), data)
    if checkpoint is not None and _bytes_of(root / CHECKPOINT) != checkpoint:
        write_atomically(root / CHECKPOINT, checkpoint, lasting=False)
        written += 1
    return written


def published_file(root: Path, name: str) -> bytes | None:
    """Return the bytes published under this path, None if there are none.

    Raises:
        UsageError: a path that leaves `root`.
        StoreFault: it cannot be read.
    """
    return _bytes_of(root / _inside(name))


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\0" in name or "\\" in name:
        raise UsageError("a published file must lie inside the published folder")
    return path


def _write_tile(root: Path, name: PurePosixPath, data: bytes) -> int:
    path = root / name
    there = _bytes_of(path)
    if there is not None and there != data:
        raise StoreFault(f"the published file {name} has other bytes than the log: not overwritten")
    if there is None:
        _make_folders(root, path.parent)
        write_atomically(path, data)
    return int(there is None)


def _bytes_of(path: Path) -> bytes | None:
    with os_faults("a published file could not be read"):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _make_folders(root: Path, folder: Path) -> None:
    missing = []
    while folder != root and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    with os_faults("a folder for published files could not be made"):
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            sync_path(path.parent)
