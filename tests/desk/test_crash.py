"""`kill -9` at any step of a writing command: nothing acknowledged is lost, no half state stays."""

import os
import random
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.kills import Killer, arrivals, assert_sound, inbox_of, receipts
from tests.desk.scene import (
    AMAL,
    JOAN,
    PEOPLE,
    ROOT,
    Scene,
    environment,
    fill,
    prov_command,
)

FILES = 8


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: a kill loses what the process held, not the disk."""
    memory = Path("/dev/shm")  # noqa: S108 made and removed here, under a name of its own
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="provenance-kills-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    """Runs commands and kills them."""
    with Killer(tmp_path_factory.mktemp("killer")) as killer:
        yield killer


def ingest_words(scene: Scene, folder: Path) -> tuple[object, ...]:
    return ("ingest", folder, "--no-examine", "--json", "--desk", scene.desk, "--key", AMAL)


@pytest.mark.slow
def test_a_few_kills(killer: Killer, made_scene: Scene, tmp_path: Path) -> None:
    """Eight kills spread over an ingest lose nothing and leave nothing half."""
    folder = inbox_of(tmp_path / "in", FILES)
    count = steps_of_an_ingest(killer, made_scene, tmp_path, folder)
    kill_loop(killer, made_scene, tmp_path, [count * part // 8 for part in range(8)], folder)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_forty_kills(killer: Killer, made_scene: Scene, tmp_path: Path) -> None:
    """Forty kills, evenly over all steps of an ingest, lose nothing and leave nothing half."""
    folder = inbox_of(tmp_path / "in", FILES)
    count = steps_of_an_ingest(killer, made_scene, tmp_path, folder)
    assert count >= 40
    kill_loop(killer, made_scene, tmp_path, [count * part // 40 for part in range(40)], folder)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
def test_every_kill(killer: Killer, made_scene: Scene, tmp_path: Path) -> None:
    """A kill at every single step of an ingest, and 200 more at random instants."""
    folder = inbox_of(tmp_path / "in", FILES)
    count = steps_of_an_ingest(killer, made_scene, tmp_path, folder)
    kill_loop(killer, made_scene, tmp_path, list(range(count)), folder)
    chance = random.Random(20200106)  # noqa: S311 repeatable instants, not a secret
    for number in range(200):
        scene = made_scene.copy(tmp_path / f"random-{number}")
        words = ingest_words(scene, folder)
        child = subprocess.Popen(
            prov_command(*words), env=environment(), stdout=subprocess.PIPE, text=True
        )
        with child:
            try:
                child.wait(timeout=chance.uniform(0.2, 1.5))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
            out = child.stdout.read() if child.stdout else ""
        assert_sound(scene, receipts(out))
        assert killer.run(*words).code == 0
        assert set(arrivals(scene).values()) == {1}


def steps_of_an_ingest(killer: Killer, made: Scene, tmp_path: Path, folder: Path) -> int:
    scene = made.copy(tmp_path / "whole")
    ended = killer.run(*ingest_words(scene, folder))
    assert ended.code == 0, ended.err
    return ended.steps


def kill_loop(
    killer: Killer, made: Scene, tmp_path: Path, moments: list[int], folder: Path
) -> None:
    """Kill an ingest at each of these steps, each in a desk of its own, and complete it."""
    for moment in moments:
        scene = made.copy(tmp_path / f"at-{moment}")
        words = ingest_words(scene, folder)
        ended = killer.run(*words, at=moment)
        assert ended.killed, ended.err
        acknowledged = receipts(ended.out)
        assert_sound(scene, acknowledged)
        again = killer.run(*words)
        assert again.code == 0, again.err
        counts = arrivals(scene)
        assert set(acknowledged + receipts(again.out)) <= counts.keys()
        assert len(counts) == FILES
        assert set(counts.values()) == {1}, "a file was taken twice"


def item_of(scene: Scene, *, form: str) -> str:
    """The accession number of the item whose first copy has this media type."""
    with scene.open() as desk:
        for view in desk.items():
            if desk.card(view.item).exemplars[0].media_type == form:
                return view.accession
    raise AssertionError(form)


WRITERS = ("offer", "import", "sign", "note", "examine", "enrol")


def writer_words(scene: Scene, which: str) -> tuple[object, ...]:
    item = item_of(scene, form="text/plain")
    dossier = ROOT / "cli" / "provenance_cli" / "demo" / "letter.dossier.yaml"
    words: dict[str, tuple[object, ...]] = {
        "offer": ("custody", "offer", item, "--to", PEOPLE[JOAN], "--purpose", "x"),
        "import": ("statement", "import", dossier, "--item", item),
        "sign": ("verdict", "sign", item),
        "note": ("custody", "note", item, "x"),
        "examine": ("examine", item),
        "enrol": ("key", "enrol", "newcomer", "--person", "New Comer"),
    }
    return (*words[which], "--desk", scene.desk, "--key", AMAL)


def entries(scene: Scene) -> int:
    with scene.open() as desk:
        return desk.parts.ledger.size()


def kill_writer(killer: Killer, made: Scene, tmp_path: Path, which: str, kills: int) -> None:
    """Kill one writing command at several steps; it happened whole or not at all."""
    base = made.copy(tmp_path / "base")
    prepare(killer, base, which)
    whole = base.copy(tmp_path / "whole")
    before = entries(whole)
    ended = killer.run(*writer_words(whole, which))
    assert ended.code == 0, ended.err
    after, count = entries(whole), ended.steps
    assert after > before
    for moment in sorted({count * part // kills for part in range(kills)}):
        scene = base.copy(tmp_path / f"at-{moment}")
        ended = killer.run(*writer_words(scene, which), at=moment)
        assert ended.killed, ended.err
        assert_sound(scene, [])
        assert entries(scene) in {before, after}
        happened = entries(scene) == after
        again = killer.run(*writer_words(scene, which))
        may_repeat = which in {"note", "import", "examine"}
        assert again.code == (0 if not happened or may_repeat else 2), again.err
        assert_sound(scene, [])


def prepare(killer: Killer, base: Scene, which: str) -> None:
    path = base.write("a.txt", os.urandom(40).hex().encode())
    desk = ("--desk", base.desk)
    assert killer.run("ingest", path, "--no-examine", *desk, "--key", AMAL).code == 0
    if which == "sign":
        assert killer.run(*writer_words(base, "import")).code == 0
    if which == "enrol":
        assert killer.run("key", "new", "newcomer", "--no-passphrase", *desk).code == 0


@pytest.mark.slow
def test_kills_of_a_writer(killer: Killer, made_scene: Scene, tmp_path: Path) -> None:
    """Four kills of an import of statements: it happened whole or not at all."""
    kill_writer(killer, made_scene, tmp_path, "import", 4)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("which", WRITERS)
def test_kills_of_every_writer(
    killer: Killer, made_scene: Scene, tmp_path: Path, which: str
) -> None:
    """Twenty kills of each writing command: the act is recorded whole or not at all."""
    kill_writer(killer, made_scene, tmp_path, which, 20)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_inside_containers(killer: Killer, made_scene: Scene, tmp_path: Path) -> None:
    """Killed inside mailboxes and archives, a run takes the rest and every member is there."""
    source = made_scene.copy(tmp_path / "source")
    fill(source)
    whole = made_scene.copy(tmp_path / "whole")
    ended = killer.run(*ingest_words(whole, source.inbox))
    assert ended.code == 0, ended.err
    expected, count = arrivals(whole).keys(), ended.steps
    for moment in [count * part // 8 for part in range(8)]:
        scene = made_scene.copy(tmp_path / f"at-{moment}")
        words = ingest_words(scene, source.inbox)
        ended = killer.run(*words, at=moment)
        assert ended.killed
        assert_sound(scene, receipts(ended.out))
        assert killer.run(*words).code == 0
        assert arrivals(scene).keys() == expected
        assert_sound(scene, [])


@pytest.mark.slow
def test_two_processes_lose_nothing(scene: Scene, tmp_path: Path) -> None:
    """Two processes over own folders and one shared folder: every file is taken exactly once."""
    shared = inbox_of(tmp_path / "shared", 30)
    folders = [inbox_of(tmp_path / name, 30) for name in ("first", "second")]
    children = [
        subprocess.Popen(
            prov_command(
                "ingest", own, shared, "--no-examine", "--json", "--desk", scene.desk, "--key", who
            ),
            env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for own, who in zip(folders, (AMAL, JOAN), strict=True)
    ]  # fmt: skip
    answers = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], [said for _, said in answers]
    counts = arrivals(scene)
    assert len(counts) == 90
    assert set(counts.values()) == {1}
    assert_sound(scene, [sha256 for out, _ in answers for sha256 in receipts(out)])
