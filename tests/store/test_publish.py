"""The published log: tiles first and for ever, the checkpoint last."""

import errno
import os
from pathlib import Path

import pytest

from provenance.errors import DiskFull, StoreFault, UsageError
from provenance_store import publish as module
from provenance_store.durable import write_atomically
from provenance_store.publish import publish_files

TILE = "tile/0/x001/234.p/5"


def _read(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_files_lie_where_the_layout_says(tmp_path: Path) -> None:
    """Every file has its bytes under its path; nothing else is left there."""
    files = {"checkpoint": b"note", TILE: b"hashes", "tile/entries/000": b"bundle"}
    assert publish_files(tmp_path, files.items()) == 3
    assert _read(tmp_path) == files


def test_the_checkpoint_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the checkpoint stands among the files, tiles are written before it."""
    written: list[str] = []
    real = write_atomically

    def record(path: Path, data: bytes, *, lasting: bool = True) -> None:
        written.append(path.relative_to(tmp_path).as_posix())
        real(path, data, lasting=lasting)

    monkeypatch.setattr(module, "write_atomically", record)
    publish_files(tmp_path, [("checkpoint", b"note"), (TILE, b"h"), ("tile/entries/000", b"b")])
    assert written == [TILE, "tile/entries/000", "checkpoint"]


def test_only_the_checkpoint_changes(tmp_path: Path) -> None:
    """A new checkpoint replaces the old one; the same files again write nothing."""
    publish_files(tmp_path, [(TILE, b"h"), ("checkpoint", b"one")])
    assert publish_files(tmp_path, [(TILE, b"h"), ("checkpoint", b"one")]) == 0
    assert publish_files(tmp_path, [(TILE, b"h"), ("checkpoint", b"two")]) == 1
    assert _read(tmp_path) == {TILE: b"h", "checkpoint": b"two"}


def test_a_published_tile_is_never_changed(tmp_path: Path) -> None:
    """Other bytes for a published tile are a fork: nothing is overwritten, checkpoint included."""
    publish_files(tmp_path, [(TILE, b"h"), ("checkpoint", b"one")])
    with pytest.raises(StoreFault, match="not overwritten"):
        publish_files(tmp_path, [(TILE, b"other"), ("checkpoint", b"two")])
    assert _read(tmp_path) == {TILE: b"h", "checkpoint": b"one"}


@pytest.mark.parametrize("name", ["../x", "/x", "tile/../../x", "", "a\\..\\x", "x\0"])
def test_a_path_stays_inside(tmp_path: Path, name: str) -> None:
    """No path leads out of the published folder."""
    root = tmp_path / "published"
    root.mkdir()
    with pytest.raises(UsageError):
        publish_files(root, [(name, b"x")])
    assert [p.name for p in tmp_path.iterdir()] == ["published"]


def test_a_full_disk_keeps_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When there is no space for a tile, the old checkpoint stands and no half file is left."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    publish_files(tmp_path, [("checkpoint", b"one")])
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        with pytest.raises(DiskFull):
            publish_files(tmp_path, [(TILE, b"h"), ("checkpoint", b"two")])
    assert _read(tmp_path) == {"checkpoint": b"one"}
