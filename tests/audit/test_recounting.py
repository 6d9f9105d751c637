"""The log counted again by hash: what contradicts it is found, with workers and without."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from provenance.acts.recounting import Recounted
from provenance.ledger.findings import Detector
from tests.desk.scene import AMAL, Scene

D = Detector


def recount(scene: Scene, pool: Executor | None = None, outside: bytes = b"") -> Recounted:
    with scene.open() as desk:
        return desk.recount(pool=pool, outside=(outside,) if outside else ())


def execute(scene: Scene, statement: str) -> None:
    database = sqlite3.connect(scene.database)
    assert database.execute(statement).rowcount > 0
    database.commit()
    database.close()


def newest(scene: Scene) -> bytes:
    with scene.open() as desk:
        kept = desk.parts.checkpoints.newest()
    assert kept is not None
    return kept.note


def test_a_whole_desk_holds(everything: Scene) -> None:
    """On a desk that nobody touched it finds nothing, and has the root that an audit finds."""
    found = recount(everything, outside=newest(everything))
    with everything.open() as desk:
        audited = desk.audit().log
    assert found.holds
    assert (found.log.size, found.log.root) == (audited.size, audited.root)
    assert found.log.checked[D.OUTSIDE] == 1
    assert found.log.checked[D.SIGNATURE] == found.log.checked[D.DISCLOSURE] == 0


TOUCHED = {
    "UPDATE entry SET leaf = CAST(leaf || 'A' AS BLOB) WHERE seq = 9": {D.TILES, D.CHECKPOINT},
    "DELETE FROM entry WHERE seq = 9": {D.NUMBERING, D.TILES, D.CHECKPOINT},
    "UPDATE tile SET hashes = zeroblob(length(hashes))": {D.TILES},
    "UPDATE checkpoint SET note = CAST(note || 'A' AS BLOB)": {D.CHECKPOINT_SIGNATURE},
}


@pytest.mark.parametrize("statement", TOUCHED)
def test_whoever_touches_it_is_found(everything: Scene, statement: str) -> None:
    """An entry changed or gone, a tile, a checkpoint: each is flagged, and the entry is named."""
    execute(everything, statement)
    found = recount(everything)
    assert not found.holds
    assert found.log.flagged >= TOUCHED[statement]
    if statement.endswith("seq = 9"):
        assert min(each.seq for each in found.log.findings if each.seq is not None) == 9


def test_workers_give_the_same_answer(everything: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read and hashed by other processes, in stretches that fit no page: the same report."""
    monkeypatch.setattr("provenance.acts.recounting.STRETCH", 7)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert recount(everything, pool) == recount(everything)
        execute(everything, "DELETE FROM entry WHERE seq = 9")
        execute(everything, "UPDATE entry SET leaf = CAST(leaf || 'A' AS BLOB) WHERE seq = 15")
        bad = recount(everything)
        assert not bad.holds
        assert recount(everything, pool) == bad


def test_an_older_desk_is_found_by_what_lies_outside(everything: Scene) -> None:
    """The latch and a checkpoint held elsewhere each show that the newest entries are gone."""
    before = everything.copy(everything.desk.parent / "before")
    path = everything.write("grown.txt", b"grown\n")
    with everything.open(AMAL) as desk:
        desk.ingest([path])
    assert recount(everything).holds
    found = recount(before, outside=newest(everything))
    assert found.log.flagged == {D.OUTSIDE}


def test_an_entry_that_comes_in_meanwhile_is_no_fault(everything: Scene) -> None:
    """Somebody writes while it runs: it answers for the log as it was when it began."""
    path = everything.write("meanwhile.txt", b"meanwhile\n")

    def grow() -> Callable[[str, int], None]:
        left = [path]

        def tick(_kind: str, _count: int) -> None:
            while left:
                with everything.open(AMAL) as desk:
                    desk.ingest([left.pop()])

        return tick

    with everything.open() as desk:
        size = desk.parts.ledger.size()
        found = desk.recount(tick=grow())
        assert desk.parts.ledger.size() > size
    assert found.holds, (found.log.findings, found.beside_the_key)
    assert found.log.size == size
