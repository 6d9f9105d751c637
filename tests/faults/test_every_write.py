"""A disk that fails at any write of any act: one clear line, nothing half, and it can go on."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.acts import ingesting
from provenance.desk import Desk
from provenance.errors import DeskError, DiskFull, Refused, StoreFault, SurroundingsError
from provenance.ledger.merkle import leaf_hash
from provenance_cli.main import run
from tests.desk.scene import AMAL, JOAN, PEOPLE, Scene
from tests.faults.acts import ACTS, Act, held, item_of, unsigned_head, weighed
from tests.faults.failing_disk import FailingDisk, Fault

FEW = 3  # steps of one act that the quick run tries; the slow run tries all


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one: some thousand small desks are copied."""
    memory = Path("/dev/shm")  # noqa: S108 made and removed here, under a name of its own
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an intake of five arrivals have three batches."""
    monkeypatch.setattr(ingesting, "BATCH_FILES", 2)


def leaves(desk: Desk) -> list[bytes]:
    """The log, as hashes."""
    return [leaf_hash(row.leaf) for row in desk.parts.ledger.entries(0, 1 << 30)]


def prepared(made: Scene, place: Path, act: Act) -> tuple[Scene, int]:
    """Make the desk that an act is tried on, and count the act's steps."""
    base = made.copy(place / "base")
    act.before(base)
    disk = FailingDisk(Fault.BROKEN)
    whole = base.copy(place / "whole")
    assert attempt(whole, act, disk) is None
    assert not disk.failed
    return base, disk.count


def attempt(scene: Scene, act: Act, disk: FailingDisk) -> DeskError | None:
    """Perform an act on this disk; returns what was raised. Nothing else may be."""
    try:
        with disk.in_place(), scene.open(act.who) as desk:
            act.run(desk, scene)
    except DeskError as error:
        return error
    return None


def leftovers(scene: Scene, act: Act) -> list[Path]:
    """Files that a failed act must not leave."""
    staged = scene.desk / "blobs" / ".staging"
    return [
        *(path for path in scene.base.rglob(".*.*") if len(path.suffix) == 17),
        *(path for path in staged.glob("*") if path.is_dir()),
        *(path for path in act.leaves(scene) if path.exists()),
    ]


def is_on_record(error: DeskError | None) -> bool:
    """Whether it says that the act is recorded and only the head is unsigned."""
    return type(error) is SurroundingsError and str(error).startswith("this is on record")


def assert_clear(error: DeskError | None, fault: Fault, failed: list[str]) -> None:
    """It failed in one line that says what kind of failure it was."""
    assert error is not None, failed
    assert is_on_record(error) or isinstance(error, DiskFull | StoreFault), (error, failed)
    assert error.exit_code == 4
    assert len(str(error)) > 10
    assert "\n" not in str(error)
    assert ("no space left" in str(error)) == (fault is Fault.FULL), (error, failed)


def assert_whole(scene: Scene, before: list[bytes], *, signed: bool = True) -> list[bytes]:
    """The desk opens and holds, with everything acknowledged before; returns its log."""
    with scene.open() as desk:
        if not signed:
            desk.checkpoint()  # as the message says
        found = desk.audit()
        assert found.evidence_holds, (found.damaged, found.unreadable)
        assert not found.log.flagged, found.log.findings
        assert not found.beside_the_key, found.beside_the_key
        now = leaves(desk)
    assert now[: len(before)] == before
    return now


def try_at(base: Scene, place: Path, act: Act, fault: Fault, step: int) -> None:
    """Let one step fail, look at the desk, and perform the act again on a good disk."""
    scene = base.copy(place / "try")
    with scene.open() as desk:
        before = leaves(desk)
    disk = FailingDisk(fault, at=step)
    error = attempt(scene, act, disk)
    if error is None and disk.failed == [act.another_way]:
        shutil.rmtree(scene.base)
        return
    assert_clear(error, fault, disk.failed)
    assert leftovers(scene, act) == [], disk.failed
    recorded = is_on_record(error)
    if act.signs_only:
        with scene.open() as desk:
            assert leaves(desk) == before
    else:
        after = assert_whole(scene, before, signed=not recorded)
        assert len(after) > len(before) or not recorded, "said to be on record, and is not"
        before = after
    again = attempt(scene, act, FailingDisk(fault))
    refused = recorded and act.once
    assert isinstance(again, Refused) if refused else again is None, (again, error, disk.failed)
    assert_whole(scene, before)
    shutil.rmtree(scene.base)


@pytest.mark.parametrize("name", ACTS)
def test_a_failing_step(made_scene: Scene, place: Path, name: str) -> None:
    """Whichever step fails, the act says so, leaves nothing half, and can be performed again."""
    base, count = prepared(made_scene, place, ACTS[name])
    steps = sorted({count * part // FEW for part in range(FEW)} | {count - 1})
    for number, step in enumerate(steps):
        try_at(base, place, ACTS[name], list(Fault)[number % 2], step)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("name", ACTS)
def test_every_failing_step(made_scene: Scene, place: Path, name: str, fault: Fault) -> None:
    """The same at every single step of every act."""
    base, count = prepared(made_scene, place, ACTS[name])
    assert count >= 5
    for step in range(count):
        try_at(base, place, ACTS[name], fault, step)


def test_looking_takes_no_room(made_scene: Scene, place: Path) -> None:
    """On a disk without any room left a desk opens, shows and audits what it holds."""
    scene = made_scene.copy(place / "full")
    held(scene)
    (scene.desk / "blobs" / ".staging" / "0123456789abcdef").mkdir()  # left by a killed process
    disk = FailingDisk(Fault.FULL, at=0)
    with disk.in_place(), scene.open() as desk:
        card = desk.card(item_of(desk))
        assert len(card.exemplars) == 1
        assert desk.audit().holds
    assert disk.failed == []


COMMANDS = {
    "note": ("custody", "note", "2026-0001", "x"),
    "offer": ("custody", "offer", "2026-0001", "--to", PEOPLE[JOAN], "--purpose", "x"),
    "ingest": ("ingest", "{inbox}", "--no-examine"),
    "sign": ("verdict", "sign", "2026-0001"),
    "checkpoint": ("ledger", "checkpoint"),
}


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_it_in_one_line(
    made_scene: Scene,
    place: Path,
    name: str,
    fault: Fault,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`prov` ends with exit code 4 and one line, at the beginning and at the end of its writes."""
    scene = made_scene.copy(place / "scene")
    (unsigned_head if name == "checkpoint" else weighed)(scene)
    scene.write("new.txt", b"new\n")
    words = [word.format(inbox=scene.inbox) for word in COMMANDS[name]]
    key = () if name == "checkpoint" else ("--key", AMAL)
    monkeypatch.setattr(sys, "argv", ["prov", *words, "--desk", str(scene.desk), *key])
    for step in (0, 10**6):
        disk = FailingDisk(fault, at=step)
        with disk.in_place(), pytest.raises(SystemExit) as left:
            run()
        told = capsys.readouterr().err.splitlines()
        if step:
            assert left.value.code in (0, None), told
        else:
            assert left.value.code == 4, told
            assert len([line for line in told if line.startswith("prov: ")]) == 1, told
            assert len(told) <= 2, told  # with its hint
            assert "a fault in this program" not in told[0]
