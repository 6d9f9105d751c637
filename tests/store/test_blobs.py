"""Contract of the port `Blobs` on a folder, and what killed processes leave there."""

import errno
import hashlib
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import BlobCorrupt, BlobMissing, DiskFull, StoreFault
from provenance.ports import Blobs, StagedBlob
from provenance_store import blobs as blobs_module
from provenance_store import durable
from provenance_store.blobs import FEW, FolderBlobs
from provenance_store.staging import Staging

ROOT = Path(blobs_module.__file__).parents[1]
HERE = Path(__file__).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty blob folder."""
    path = tmp_path / "blobs"
    path.mkdir()
    return path


def _keep(blobs: Blobs, data: bytes) -> bytes:
    sha256 = hashlib.sha256(data).digest()
    staged: StagedBlob = blobs.stage()
    staged.write(data)
    staged.keep(sha256)
    return sha256


def _read(blobs: Blobs, sha256: bytes) -> bytes:
    with blobs.open(sha256) as file:
        return file.read()


def _file(folder: Path, sha256: bytes) -> Path:
    return folder / sha256.hex()[:2] / sha256.hex()[2:]


def _staged_files(folder: Path) -> list[Path]:
    return [p for p in folder.glob(".staging/*/*") if p.name != "lock"]


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 40])
def test_kept_bytes_are_read_back(folder: Path, count: int) -> None:
    """Blobs are there for readers after `keep`, still there after `settle`, and listed once."""
    blobs = FolderBlobs(folder)
    data = {hashlib.sha256(d).digest(): d for d in (b"blob %d" % i for i in range(count))}
    for sha256, expected in data.items():
        assert _keep(blobs, expected) == sha256
        assert _read(blobs, sha256) == expected
    blobs.settle()
    blobs.settle()
    assert sorted(blobs.list()) == sorted(data)
    assert {sha256: _read(FolderBlobs(folder), sha256) for sha256 in data} == data
    assert _staged_files(folder) == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(blocks=st.lists(st.binary(max_size=70_000), max_size=4))
def test_any_blocks_come_back(folder: Path, blocks: list[bytes]) -> None:
    """Blocks of any size, none included, come back as one byte string."""
    blobs = FolderBlobs(folder)
    staged = blobs.stage()
    for block in blocks:
        staged.write(block)
    sha256 = hashlib.sha256(b"".join(blocks)).digest()
    staged.keep(sha256)
    assert _read(blobs, sha256) == b"".join(blocks)
    blobs.close()


def test_a_kept_blob_is_read_only(folder: Path) -> None:
    """The file allows nobody to write, its owner included."""
    blobs = FolderBlobs(folder)
    path = _file(folder, _keep(blobs, b"letter"))
    assert stat.S_IMODE(path.stat().st_mode) & 0o333 == 0
    assert path.stat().st_nlink == 1
    with blobs.open(hashlib.sha256(b"letter").digest()) as file:
        assert not file.writable()


def test_keeping_twice_is_no_error(folder: Path) -> None:
    """The same bytes again, by this or another process, leave the one file as it was."""
    blobs, other = FolderBlobs(folder), FolderBlobs(folder)
    sha256 = _keep(blobs, b"letter")
    before = _file(folder, sha256).stat().st_ino
    _keep(blobs, b"letter")
    _keep(other, b"letter")
    other.settle()
    assert _file(folder, sha256).stat().st_ino == before
    assert list(blobs.list()) == [sha256]
    assert _staged_files(folder) == []


def test_other_bytes_under_the_name_are_never_overwritten(folder: Path) -> None:
    """A file of another length under the name raises BlobCorrupt and stays as it is."""
    blobs = FolderBlobs(folder)
    sha256 = _keep(blobs, b"letter")
    path = _file(folder, sha256)
    path.chmod(0o644)
    path.write_bytes(b"lett")
    with pytest.raises(BlobCorrupt, match=sha256.hex()):
        _keep(blobs, b"letter")
    assert path.read_bytes() == b"lett"
    assert _staged_files(folder) == []


def test_discarded_bytes_leave_nothing(folder: Path) -> None:
    """`discard` removes the bytes; after `keep`, or twice, it does nothing."""
    blobs = FolderBlobs(folder)
    staged = blobs.stage()
    staged.write(b"secret draft")
    staged.discard()
    staged.discard()
    assert _staged_files(folder) == []
    kept = blobs.stage()
    kept.write(b"letter")
    kept.keep(hashlib.sha256(b"letter").digest())
    kept.discard()
    assert len(list(blobs.list())) == 1
    with pytest.raises(StoreFault, match="already"):
        kept.write(b"more")
    with pytest.raises(StoreFault, match="already"):
        staged.keep(bytes(32))


def test_a_missing_blob_is_named(folder: Path) -> None:
    """Opening what is not there says which blob is missing."""
    with pytest.raises(BlobMissing, match="0" * 64):
        FolderBlobs(folder).open(bytes(32))


def test_a_link_in_a_blobs_place_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """Whoever can write to the folder cannot make the desk read another file as a blob."""
    (tmp_path / "passwords").write_bytes(b"x")
    path = _file(folder, bytes(32))
    path.parent.mkdir()
    path.symlink_to(tmp_path / "passwords")
    with pytest.raises(StoreFault):
        FolderBlobs(folder).open(bytes(32))


def test_foreign_files_are_not_listed(folder: Path) -> None:
    """Only names that are SHA-256 digests are blobs."""
    blobs = FolderBlobs(folder)
    sha256 = _keep(blobs, b"letter")
    (folder / "README").touch()
    (folder / sha256.hex()[:2] / "notes.txt").touch()
    (folder / "ZZ").mkdir()
    blobs.stage().write(b"on its way")
    assert list(blobs.list()) == [sha256]


def test_threads_share_one_object(folder: Path) -> None:
    """Threads that keep and settle at once lose nothing, also where they keep the same bytes."""
    blobs = FolderBlobs(folder)

    def work(name: int) -> None:
        for i in range(20):
            _keep(blobs, f"{i} {name if i % 2 else 'same'}".encode())
            if i % 5 == 0:
                blobs.settle()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    blobs.settle()
    assert len(list(blobs.list())) == 10 + 40
    assert all(hashlib.sha256(_read(blobs, s)).digest() == s for s in blobs.list())


def test_without_hard_links_it_renames(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without hard links blobs are kept all the same, never overwritten."""

    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    blobs = FolderBlobs(folder)
    sha256 = _keep(blobs, b"letter")
    inode = _file(folder, sha256).stat().st_ino
    _keep(blobs, b"letter")
    assert _file(folder, sha256).stat().st_ino == inode
    assert _read(blobs, sha256) == b"letter"
    assert _staged_files(folder) == []


@pytest.mark.parametrize("count", [1, FEW + 1])
def test_a_failed_settle_is_reported_for_good(
    folder: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """When the disk reports a lost write, `settle` raises, now and ever after."""

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    blobs = FolderBlobs(folder)
    for i in range(count):
        _keep(blobs, b"%d" % i)
    with monkeypatch.context() as patch:
        patch.setattr(blobs_module, "sync_path", fail)
        patch.setattr(blobs_module, "sync_filesystem", fail)
        with pytest.raises(StoreFault, match="EIO"):
            blobs.settle()
    with pytest.raises(StoreFault, match="earlier batch"):
        blobs.settle()


def test_every_file_and_folder_is_synced_without_syncfs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where syncfs does not exist every blob, its folder and the blob folder are synced."""
    synced: list[Path] = []
    monkeypatch.setattr(durable, "_syncfs", lambda: None)
    monkeypatch.setattr(blobs_module, "sync_path", synced.append)
    blobs = FolderBlobs(folder)
    kept = [_file(folder, _keep(blobs, b"%d" % i)) for i in range(FEW + 5)]
    blobs.settle()
    assert set(synced) == {*kept, *(path.parent for path in kept), folder}
    assert synced.index(folder) == len(synced) - 1
    synced.clear()
    blobs.settle()
    assert synced == []


@pytest.mark.parametrize(("code", "fault"), [(errno.ENOSPC, DiskFull), (errno.EIO, StoreFault)])
def test_a_full_disk_keeps_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, fault: type[Exception]
) -> None:
    """A write that fails half-way raises the right error, and discarding leaves nothing."""
    real = os.write

    def write_some(descriptor: int, data: bytes) -> int:
        if len(data) < 50:
            raise OSError(code, os.strerror(code))
        return real(descriptor, bytes(data[:50]))

    blobs = FolderBlobs(folder)
    staged = blobs.stage()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_some)
        with pytest.raises(fault):
            staged.write(b"x" * 120)
    staged.discard()
    assert _staged_files(folder) == []
    assert list(blobs.list()) == []


def test_a_short_write_is_completed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write call that takes only some bytes is repeated for the rest."""
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data[:7])))
    blobs = FolderBlobs(folder)
    sha256 = _keep(blobs, b"a letter of some length")
    assert _read(blobs, sha256) == b"a letter of some length"


def _start(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, HERE / "blob_writer.py", folder],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT.parent}"},
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_writer_leaves_no_half_blob(folder: Path) -> None:
    """Kill a writer at random moments: names hold whole blobs, settled ones are all there."""
    chance = random.Random(7)  # noqa: S311 moments, not secrets
    settled: list[str] = []
    for _ in range(12):
        child = _start(folder)
        assert child.stdout is not None
        settled.append(child.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.05))
        child.kill()
        lines = child.stdout.read().split("\n")
        settled += [line for line in lines if len(line) == 64]
        child.wait()
        child.stdout.close()
    blobs = FolderBlobs(folder)
    assert _staged_files(folder) == []
    there = list(blobs.list())
    assert all(hashlib.sha256(_read(blobs, sha256)).digest() == sha256 for sha256 in there)
    assert {bytes.fromhex(line) for line in settled} <= set(there)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_living_writer_keeps_its_staging(folder: Path) -> None:
    """Opening the folder sweeps only what dead processes left, never what a live one stages."""
    child = _start(folder)
    assert child.stdout is not None
    child.stdout.readline()
    (own,) = folder.glob(".staging/*/")
    for _ in range(20):
        FolderBlobs(folder)
        assert len(child.stdout.readline()) == 65
    assert own.is_dir()
    assert child.poll() is None
    child.kill()
    child.wait()
    child.stdout.close()
    FolderBlobs(folder)
    assert list(folder.glob(".staging/*/")) == []


def test_close_removes_the_own_staging_area(folder: Path) -> None:
    """A process that ends normally leaves no staging folder behind."""
    blobs = FolderBlobs(folder)
    blobs.stage().discard()
    assert list(folder.glob(".staging/*/")) != []
    blobs.close()
    assert list(folder.glob(".staging/*/")) == []
    blobs.close()


def test_a_sweep_leaves_alone_what_its_owner_is_removing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process ends while another begins: neither takes from under the other."""
    ending, beginning = Staging(tmp_path), Staging(tmp_path)
    descriptor, _ = ending.create()
    os.close(descriptor)
    sweeper = threading.Thread(target=beginning.sweep)
    whole = shutil.rmtree

    def half_way(folder: Path) -> None:
        (folder / "lock").unlink(missing_ok=True)  # whoever asks now finds that nobody holds it
        if not sweeper.ident:
            sweeper.start()
            sweeper.join(0.5)  # it waits for us, or has swept by then
        whole(folder)

    monkeypatch.setattr(shutil, "rmtree", half_way)
    ending.close()
    sweeper.join()
    assert [path.name for path in (tmp_path / ".staging").iterdir()] == ["lock"]
