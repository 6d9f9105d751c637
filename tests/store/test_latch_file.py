"""The latch is read and replaced whole, durably, by one process at a time."""

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from provenance.errors import DeskLocked, DiskFull, StoreFault
from provenance_store import latch_file as module
from provenance_store.latch_file import MAX_LATCH, LatchFile

ROOT = Path(module.__file__).parents[1]


def test_it_is_absent_then_holds_the_last_text(tmp_path: Path) -> None:
    """A key that has signed nothing has no latch; afterwards the latest text is there."""
    latch = LatchFile(tmp_path / "latch")
    assert latch.read() is None
    with latch.holding():
        latch.replace("1\nroot\n")
        latch.replace("2\nroot — é\n")
        assert latch.read() == "2\nroot — é\n"
    assert LatchFile(tmp_path / "latch").read() == "2\nroot — é\n"
    assert {p.name for p in tmp_path.iterdir()} == {"latch", "latch.lock"}
    assert stat.S_IMODE((tmp_path / "latch").stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_failure_leaves_the_old_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whichever system call finds the disk full, the old text stands and nothing else is left."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    latch = LatchFile(tmp_path / "latch")
    latch.replace("old")
    with monkeypatch.context() as patch:
        patch.setattr(Path if step == "replace" else os, step, fail)
        with pytest.raises(DiskFull):
            latch.replace("new")
    assert latch.read() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["latch"]


def test_the_second_waits_then_gets_locked(tmp_path: Path) -> None:
    """While one signs, another gets DeskLocked after its time-out, and its turn afterwards."""
    first, second = LatchFile(tmp_path / "latch"), LatchFile(tmp_path / "latch", lock_timeout=0.05)

    def sign() -> None:
        with second.holding():
            second.replace("second")

    with first.holding(), pytest.raises(DeskLocked):
        sign()
    sign()
    assert first.read() == "second"


def test_processes_and_threads_sign_one_after_the_other(tmp_path: Path) -> None:
    """Read-add-replace by two processes and two threads at once loses no step."""
    code = (
        "import sys; from pathlib import Path\n"
        "from provenance_store.latch_file import LatchFile\n"
        "latch = LatchFile(Path(sys.argv[1]))\n"
        "for _ in range(20):\n"
        "    with latch.holding():\n"
        "        latch.replace(str(int(latch.read() or 0) + 1))\n"
    )
    path = tmp_path / "latch"
    command = [sys.executable, "-c", code, str(path)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT.parent}"}
    children = [subprocess.Popen(command, env=environment) for _ in range(2)]
    latch = LatchFile(path)

    def work() -> None:
        for _ in range(20):
            with latch.holding():
                latch.replace(str(int(latch.read() or 0) + 1))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [child.wait() for child in children] == [0, 0]
    assert latch.read() == "80"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * (MAX_LATCH + 1)])
def test_what_is_no_latch_is_refused(tmp_path: Path, content: bytes) -> None:
    """Bytes that are no text, or far too many, are a fault and never an absent latch."""
    (tmp_path / "latch").write_bytes(content)
    with pytest.raises(StoreFault):
        LatchFile(tmp_path / "latch").read()


def test_an_unreadable_latch_is_not_an_absent_one(tmp_path: Path) -> None:
    """Only a file that is not there means that nothing was signed."""
    (tmp_path / "latch").mkdir()
    with pytest.raises(StoreFault):
        LatchFile(tmp_path / "latch").read()
    with pytest.raises(StoreFault), LatchFile(tmp_path / "absent" / "latch").holding():
        pass
