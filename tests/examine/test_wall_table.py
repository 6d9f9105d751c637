"""The walls told one by one, and what becomes of the outer ones where they are not permitted."""

import subprocess
import sys
from pathlib import Path

import pytest

from provenance.examine.jail import describe_level
from provenance.examine.outer import EMPTY_NETWORK
from provenance.examine.walls import WALLS, explain_walls, landlock_of

ROOT = Path(__file__).resolve().parents[2]
ALL = (EMPTY_NETWORK, "rlimits", "no-new-privs", "no-capabilities", "landlock-7", "seccomp")


def _standing(*stored: str) -> set[str]:
    return {one.name for one in explain_walls(stored) if one.stands}


def test_all_walls_stand() -> None:
    """A recent Linux offers each of them, and the level is full."""
    assert _standing(*ALL) == {wall.name for wall in WALLS}
    assert describe_level(ALL) == "full"


@pytest.mark.parametrize(("abi", "gone"), [(0, 3), (1, 2), (3, 2), (4, 1), (5, 1), (6, 0), (99, 0)])
def test_an_older_kernel_lacks_walls_and_it_is_said(abi: int, gone: int) -> None:
    """Landlock's number decides over files, TCP and signals."""
    stored = tuple(f"landlock-{abi}" if wall == "landlock-7" else wall for wall in ALL)
    stored = stored if abi else tuple(wall for wall in ALL if wall != "landlock-7")
    states = explain_walls(stored)
    missing = [one for one in states if not one.stands]
    assert {one.name for one in missing} == set(("signals", "tcp", "files")[:gone])
    assert all("Linux" in one.text or "kernel" in one.text for one in missing)
    assert landlock_of(stored) == abi


@pytest.mark.parametrize("wall", [wall for wall in ALL if wall != EMPTY_NETWORK])
def test_the_level_is_not_full_without_a_needed_wall(wall: str) -> None:
    """What `full` asks for is what the table calls needed."""
    stored = tuple(one for one in ALL if one != wall)
    assert describe_level(stored) != "full"
    assert any(one.needed and not one.stands for one in explain_walls(stored))


def test_the_empty_network_is_an_extra() -> None:
    """Many containers do not permit it; the level does not depend on it."""
    assert describe_level(ALL[1:]) == "full"
    assert not any(one.needed and not one.stands for one in explain_walls(ALL[1:]))


def test_nothing_at_all_is_told_as_nothing() -> None:
    """Without a single wall every line says what that means."""
    states = explain_walls(())
    assert not any(one.stands for one in states)
    assert len({one.text for one in states}) == len(WALLS)
    assert describe_level(()) == "process only"


def test_what_is_not_a_number_is_no_abi() -> None:
    """A name that only looks like Landlock's is not believed."""
    assert landlock_of(("landlock-", "landlock-x", "landlock")) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="there are no namespaces elsewhere")
def test_a_namespace_that_is_refused_is_left_out() -> None:
    """A process of two threads may not have one: the rest stands all the same."""
    script = (
        "import sys, threading, resource\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from provenance.examine.outer import shut_off_zygote\n"
        "halt = threading.Event(); threading.Thread(target=halt.wait).start()\n"
        "print(shut_off_zygote(), resource.getrlimit(resource.RLIMIT_CORE)); halt.set()\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "() (0, 0)"
