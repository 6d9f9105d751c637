"""Each wall, tried from inside by what a parser that was taken over might do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.examine.outcome import Limits
from provenance.examine.runner import Runner, jail_level
from provenance.examine.walls import landlock_of
from provenance.trust.model import TrustSet
from tests.examine.escapes import CALLS, PYTHON_WAYS, X86
from tests.signatures.pdf.letters import bare_page

NOW = datetime(2040, 1, 1, tzinfo=UTC)
HERE = jail_level()
WAYS = (*PYTHON_WAYS, *(f"call-{name}" for name in CALLS))
REFUSED = {"EPERM", "EACCES", "PermissionError"}
# What says no in other words, and why that is a no all the same.
OTHERWISE = {
    "thread": {"RuntimeError"},  # "can't start new thread"
    "look-up-name": {"gaierror", "LookupError"},  # no file, no socket, no codec
    "document-written": {"EBADF"},  # open for reading only
    "bigger-pipe": {"EBADF"},  # not a pipe
    "up-from-libraries": {"ENOTDIR"},  # a file is no folder
    "more-memory": {"ValueError"},  # above the hard limit
    "more-time": {"ValueError"},
    "spawn": {"EPERM", "PermissionError", "ENOSYS", "OSError"},
    # Threads and processes are said not to exist (`jail._THREADS`).
    **{key: {"ENOSYS"} for key in ("os-fork", "call-vfork-by-clone", "call-clone", "call-clone3")},
}
needs_full = pytest.mark.skipif(
    HERE.level != "full", reason="this system does not offer every wall"
)


def told(folder: Path, *, landlock: bool = True) -> tuple[dict[str, str], tuple[str, ...], str]:
    """Run every attempt in one jail; returns what each was told, the walls and the level."""
    path = folder / "page.pdf"
    path.write_bytes(bare_page())
    (folder / "another-source.txt").write_bytes(b"somebody else's letter")
    runner = Runner(job="tests.examine.escapes:ask", limits=Limits(seconds=30), landlock=landlock)
    with runner:
        examination = runner.examine(path, name=None, at=NOW, trust=TrustSet())
    assert examination.facts is not None, examination.outcome
    return examination.facts.properties, examination.jail, examination.jail_level


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each attempt was told behind all walls."""
    found, _, level = told(tmp_path_factory.mktemp("full"))
    assert level == "full"
    return found


@pytest.fixture(scope="module")
def without_landlock(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each attempt was told with one wall less."""
    found, walls, level = told(tmp_path_factory.mktemp("less"), landlock=False)
    assert level.startswith("partial")
    assert landlock_of(walls) == 0
    return found


@needs_full
@pytest.mark.parametrize("way", WAYS)
def test_no_way_out(full: dict[str, str], way: str) -> None:
    """Files, connections, processes, memory of others, rights and the document: all refused."""
    assert full[way] in REFUSED | OTHERWISE.get(way, set())


@needs_full
@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_with_one_wall_less(without_landlock: dict[str, str], way: str) -> None:
    """The list of system calls alone refuses the same: no wall leans on another."""
    assert without_landlock[way] in REFUSED | OTHERWISE.get(way, set())


@needs_full
def test_nothing_of_the_desk_is_inherited(full: dict[str, str]) -> None:
    """No variable, no argument, no descriptor but document, answer and null device."""
    assert full["environment"] == ""
    assert full["descriptors"] == "0,1,2,3,4"
    assert "prov" not in full["arguments"]


@needs_full
@pytest.mark.skipif(not X86, reason="only x86-64 has a second door")
def test_the_32_bit_door_is_shut(tmp_path: Path) -> None:
    """A system call by the 32-bit gate ends the process at once."""
    path = tmp_path / "page.pdf"
    path.write_bytes(bare_page())
    with Runner(job="tests.examine.escapes:old_calls", limits=Limits(seconds=30)) as runner:
        examination = runner.examine(path, name=None, at=NOW, trust=TrustSet())
    assert examination.outcome.code in {"crashed-signal-31", "crashed-signal-11"}
