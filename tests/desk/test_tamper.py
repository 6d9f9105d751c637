"""Whatever an insider changes in a desk is named by the audit, or the next act is refused."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.acts.auditing import DeskAudit
from provenance.acts.receiving import IngestOptions
from provenance.errors import DeskError, RolledBack
from tests.desk.scene import AMAL, Scene


def execute(scene: Scene, statement: str, *values: object) -> None:
    """Change the database behind the desk's back; something must have changed."""
    database = sqlite3.connect(scene.database)
    try:
        changed = database.execute(statement, values).rowcount
        database.commit()
    finally:
        database.close()
    assert changed > 0, statement


def query(scene: Scene, statement: str) -> list[tuple[bytes, ...]]:
    """Look into the database."""
    database = sqlite3.connect(scene.database)
    try:
        return database.execute(statement).fetchall()
    finally:
        database.close()


def audit(scene: Scene) -> DeskAudit:
    """Audit the desk."""
    with scene.open() as desk:
        return desk.audit()


def flip(data: bytes, at: int = -1) -> bytes:
    """Change one bit."""
    place = at % len(data)
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_an_untouched_desk_holds(full: Scene) -> None:
    """Both answers are clean on a desk nobody touched, and every blob was read."""
    found = audit(full)
    assert found.evidence_holds
    assert found.log_holds
    assert found.blobs == sum(1 for p in (full.desk / "blobs").glob("[0-9a-f][0-9a-f]/*"))


def edit_leaf(scene: Scene) -> None:
    (leaf,) = query(scene, "SELECT leaf FROM entry WHERE seq = 5")[0]
    execute(scene, "UPDATE entry SET leaf = ? WHERE seq = 5", flip(leaf, 200))


def delete_entry(scene: Scene) -> None:
    execute(scene, "DELETE FROM entry WHERE seq = 5")


def swap_entries(scene: Scene) -> None:
    (five,), (six,) = query(scene, "SELECT leaf FROM entry WHERE seq IN (5, 6) ORDER BY seq")
    execute(scene, "UPDATE entry SET leaf = ? WHERE seq = 5", six)
    execute(scene, "UPDATE entry SET leaf = ? WHERE seq = 6", five)


def cut_the_tail(scene: Scene) -> None:
    execute(scene, "DELETE FROM entry WHERE seq > 8")


def edit_tile(scene: Scene) -> None:
    (hashes,) = query(scene, "SELECT hashes FROM tile WHERE level = 0 AND idx = 0")[0]
    execute(scene, "UPDATE tile SET hashes = ? WHERE level = 0 AND idx = 0", flip(hashes, 40))


def delete_tiles(scene: Scene) -> None:
    execute(scene, "DELETE FROM tile")


def edit_checkpoint(scene: Scene) -> None:
    (note,) = query(scene, "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")[0]
    execute(
        scene,
        "UPDATE checkpoint SET note = ? WHERE size = (SELECT max(size) FROM checkpoint)",
        flip(note, -10),
    )


def edit_old_checkpoint(scene: Scene) -> None:
    (note,) = query(scene, "SELECT note FROM checkpoint ORDER BY size LIMIT 1")[0]
    execute(
        scene,
        "UPDATE checkpoint SET note = ? WHERE size = (SELECT min(size) FROM checkpoint)",
        flip(note, -10),
    )


def edit_disclosure(scene: Scene) -> None:
    (sealed,) = query(scene, "SELECT sealed FROM disclosure WHERE seq = 3 LIMIT 1")[0]
    execute(
        scene, "UPDATE disclosure SET sealed = ? WHERE sealed = ? AND seq = 3", flip(sealed), sealed
    )


def move_disclosure(scene: Scene) -> None:
    execute(
        scene, "UPDATE disclosure SET seq = 4 WHERE digest = (SELECT min(digest) FROM disclosure"
        " WHERE seq = 3)",
    )  # fmt: skip


def delete_disclosures_of_an_arrival(scene: Scene) -> None:
    execute(scene, "DELETE FROM disclosure WHERE seq = 3")


def delete_disclosures_of_a_statement(scene: Scene) -> None:
    execute(
        scene,
        "DELETE FROM disclosure WHERE seq = (SELECT max(seq) FROM entry WHERE type = 'statement')",
    )


def delete_disclosures_of_a_verdict(scene: Scene) -> None:
    execute(
        scene,
        "DELETE FROM disclosure WHERE seq ="
        " (SELECT max(seq) FROM entry WHERE type = 'verdict.signed')",
    )


def shorten_the_head(scene: Scene) -> None:
    execute(scene, "UPDATE head SET size = size - 1")


def remove_the_latch(scene: Scene) -> None:
    (scene.keys / "latch").unlink()


def edit_the_latch(scene: Scene) -> None:
    path = scene.keys / "latch"
    lines = path.read_text(encoding="utf-8").splitlines()
    root = lines[3]
    lines[3] = ("B" if root[0] == "A" else "A") + root[1:]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def spoil_the_latch(scene: Scene) -> None:
    (scene.keys / "latch").write_text("nothing\n", encoding="utf-8")


def flip_a_blob(scene: Scene) -> None:
    path = some_blob(scene)
    path.chmod(0o644)
    path.write_bytes(flip(path.read_bytes()))


def remove_a_blob(scene: Scene) -> None:
    some_blob(scene).unlink()


def remove_a_blob_and_its_view(scene: Scene) -> None:
    path = some_blob(scene)
    digest = bytes.fromhex(path.parent.name + path.name)
    execute(scene, "DELETE FROM exemplar_view WHERE sha256 = ?", digest)
    execute(scene, "DELETE FROM occurrence_view WHERE sha256 = ?", digest)
    path.unlink()


def replace_a_blob_by_a_link(scene: Scene) -> None:
    path = some_blob(scene)
    path.unlink()
    path.symlink_to("/etc/hostname")


def some_blob(scene: Scene) -> Path:
    with scene.open() as desk:
        first = next(iter(desk.items()))
        return scene.blob(desk.card(first.item).exemplars[0].sha256)


def edit_an_enrolment(scene: Scene) -> None:
    (leaf,) = query(scene, "SELECT leaf FROM entry WHERE seq = 1")[0]
    execute(scene, "UPDATE entry SET leaf = ? WHERE seq = 1", flip(leaf, 200))


def edit_the_genesis(scene: Scene) -> None:
    (leaf,) = query(scene, "SELECT leaf FROM entry WHERE seq = 0")[0]
    execute(scene, "UPDATE entry SET leaf = ? WHERE seq = 0", flip(leaf, 200))


def delete_disclosures_of_the_genesis(scene: Scene) -> None:
    execute(scene, "DELETE FROM disclosure WHERE seq = 0")


@dataclass(frozen=True)
class Attack:
    """What is done, and which of the audit's answers must say so (`log` or `evidence`)."""

    act: Callable[[Scene], None]
    answer: str
    naming: str


ATTACKS = (
    Attack(edit_leaf, "log", "entry 5"),
    Attack(edit_an_enrolment, "log", "entry 1"),
    Attack(edit_the_genesis, "log", "entry 0"),
    Attack(delete_disclosures_of_the_genesis, "log", ""),
    Attack(delete_entry, "log", ""),
    Attack(swap_entries, "log", ""),
    Attack(cut_the_tail, "log", ""),
    Attack(edit_tile, "log", "tile"),
    Attack(delete_tiles, "log", "tile"),
    Attack(edit_checkpoint, "log", "checkpoint"),
    Attack(edit_old_checkpoint, "log", "checkpoint"),
    Attack(edit_disclosure, "evidence", "entry 3"),
    Attack(move_disclosure, "evidence", "entry 4"),
    Attack(delete_disclosures_of_an_arrival, "evidence", "entry 3"),
    Attack(delete_disclosures_of_a_statement, "evidence", "statement"),
    Attack(delete_disclosures_of_a_verdict, "evidence", "verdict.signed"),
    Attack(shorten_the_head, "log", ""),
    Attack(remove_the_latch, "log", "latch"),
    Attack(edit_the_latch, "log", "latch"),
    Attack(spoil_the_latch, "log", "latch"),
    Attack(flip_a_blob, "evidence", "altered"),
    Attack(remove_a_blob, "evidence", "missing"),
    Attack(remove_a_blob_and_its_view, "evidence", "missing"),
    Attack(replace_a_blob_by_a_link, "evidence", "unreadable"),
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.act.__name__)
def test_the_audit_names_it(full: Scene, attack: Attack) -> None:
    """Every single change to the stored desk makes the audit's answer fail and say what."""
    attack.act(full)
    found = audit(full)
    holds = found.log_holds if attack.answer == "log" else found.evidence_holds
    assert not holds
    said = [
        *(str(each.fixity.state) + " " + each.belongs_to for each in found.damaged),
        *found.unreadable,
        *found.beside_the_key,
        *(f"{f.detector.value} entry {f.seq} {f.affects} {f.sentence}" for f in found.log.findings),
    ]
    assert any(attack.naming in line.lower() for line in said), said


def test_an_old_copy_of_the_desk_is_found(full: Scene, tmp_path: Path) -> None:
    """An old copy beside the newer latch is named by the audit; every act is refused, twice."""
    old = tmp_path / "old"
    shutil.copytree(full.desk, old)
    new = full.write("new.txt", b"new")
    with full.open(AMAL) as desk:
        desk.ingest([new], IngestOptions())
    shutil.rmtree(full.desk)
    shutil.copytree(old, full.desk)
    found = audit(full)
    assert not found.log_holds
    assert any("rolled back" in sentence for sentence in found.beside_the_key)
    for _ in range(2):
        with full.open(AMAL) as desk:
            with pytest.raises(RolledBack):
                desk.ingest([new], IngestOptions())
            with pytest.raises(RolledBack):
                desk.checkpoint()
    assert not audit(full).log_holds


def test_a_longer_fork_of_an_old_copy_is_found(full: Scene, tmp_path: Path) -> None:
    """A log that forks from what was signed is refused and found, although it is long enough."""
    shutil.copytree(full.desk, tmp_path / "old")
    with full.open(AMAL) as desk:
        desk.ingest([full.write("one.txt", b"one")], IngestOptions())
    latch = (full.keys / "latch").read_bytes()
    shutil.rmtree(full.desk)
    shutil.copytree(tmp_path / "old", full.desk)
    (full.keys / "latch").unlink()
    with full.open(AMAL) as desk:
        desk.ingest([full.write("two.txt", b"two")], IngestOptions())
        desk.ingest([full.write("three.txt", b"three")], IngestOptions())
    (full.keys / "latch").write_bytes(latch)
    with full.open(AMAL) as desk, pytest.raises(RolledBack):
        desk.note(next(iter(desk.items())).item, text="x")
    found = audit(full)
    assert not found.log_holds
    assert found.beside_the_key


def test_a_latch_behind_the_log_is_no_finding(full: Scene, tmp_path: Path) -> None:
    """A kill between commit and latch leaves an older latch: that is no sign of tampering."""
    latch = (full.keys / "latch").read_bytes()
    with full.open(AMAL) as desk:
        desk.ingest([full.write("one.txt", b"one")], IngestOptions())
    (full.keys / "latch").write_bytes(latch)
    assert audit(full).log_holds


@pytest.mark.parametrize("act", [edit_tile, delete_tiles, cut_the_tail, shorten_the_head,
                                 edit_the_latch, spoil_the_latch])  # fmt: skip
def test_a_tampered_log_takes_no_record(full: Scene, act: Callable[[Scene], None]) -> None:
    """A log whose tree, tail or latch was changed takes no further record and signs no head."""
    act(full)
    with full.open(AMAL) as desk:
        before = desk.parts.ledger.size()
        with pytest.raises(DeskError) as caught:
            desk.note(next(iter(desk.items())).item, text="x")
        assert caught.value.exit_code == 4
        assert desk.parts.ledger.size() == before


def test_a_checkpoint_of_a_spoilt_latch_is_broken_surroundings(full: Scene) -> None:
    """Asking for a checkpoint beside an unreadable latch is exit code 4, not a failed check."""
    spoil_the_latch(full)
    with full.open() as desk, pytest.raises(DeskError) as caught:
        desk.checkpoint()
    assert caught.value.exit_code == 4


def test_a_forged_newest_checkpoint_is_not_handed_out(full: Scene) -> None:
    """A changed checkpoint row is never given to somebody as this desk's signed head."""
    edit_checkpoint(full)
    with full.open() as desk, pytest.raises(DeskError):
        desk.checkpoint()


def test_a_checkpoint_is_published_again(full: Scene) -> None:
    """A kill before publishing leaves no stale public file: the next checkpoint publishes it."""
    published = full.desk / "published" / "checkpoint"
    good = published.read_bytes()
    published.unlink()
    with full.open() as desk:
        desk.checkpoint()
    assert published.read_bytes() == good


def test_an_audit_beside_a_writer_is_clean(full: Scene) -> None:
    """Records appended while the audit runs are no finding: it judges the log as it began."""
    with full.open(AMAL) as writer, full.open() as reader:
        item = next(iter(writer.items())).item

        def write() -> None:
            for _ in range(3):
                writer.note(item, text="x")

        found = reader.audit(tick=lambda _kind, _count: write())
    assert found.evidence_holds
    assert found.log_holds, (found.beside_the_key, found.log.findings)
