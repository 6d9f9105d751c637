"""An old backup comes back, of the desk, of the keys or of both: what shows it, and what cannot.

`tests/desk/test_tamper.py` holds the plainest case (an old desk beside newer keys) in this process.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.acts.auditing import AuditPlan, DeskAudit
from provenance.errors import KeyUnavailable, RolledBack
from provenance.ledger.findings import Detector
from tests.desk.scene import AMAL, JOAN, PEOPLE, Scene
from tests.faults.acts import held, item_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A desk that went on after it was backed up, and what others hold of it."""

    scene: Scene
    backup: Scene
    held_before: bytes
    """The checkpoint that somebody outside held when the backup was made."""
    held_after: bytes
    """The checkpoint that somebody outside holds of the desk as it went on."""


@pytest.fixture
def past(scene: Scene, tmp_path: Path) -> Past:
    """A desk with a document; backed up; then three notes more."""
    held(scene)
    before = head(scene)
    backup = scene.copy(tmp_path / "backup")
    write(scene, 3)
    return Past(scene=scene, backup=backup, held_before=before, held_after=head(scene))


def head(scene: Scene) -> bytes:
    """Return the signed head, as somebody outside would keep it."""
    with scene.open() as desk:
        checkpoint = desk.checkpoint()
    assert checkpoint is not None
    return checkpoint.note


def write(scene: Scene, count: int, who: str = AMAL) -> None:
    """Record some notes."""
    with scene.open(who) as desk:
        for number in range(count):
            desk.note(item_of(desk), text=f"note {number}")


def restore(past: Past, *, desk: bool = False, keys: bool = False) -> None:
    """Put what was backed up in the place of what there is."""
    for wanted, there, old in (
        (desk, past.scene.desk, past.backup.desk),
        (keys, past.scene.keys, past.backup.keys),
    ):
        if wanted:
            shutil.rmtree(there)
            shutil.copytree(old, there)


def audit(scene: Scene, *outside: bytes) -> DeskAudit:
    """Audit the desk against checkpoints held outside."""
    with scene.open() as desk:
        return desk.audit(AuditPlan(outside=outside))


def test_the_desk_alone(past: Past) -> None:
    """The latch beside the key refuses every act and every head; the audit names it by itself."""
    restore(past, desk=True)
    for who in (AMAL, JOAN):
        with past.scene.open(who) as desk, pytest.raises(RolledBack):
            desk.note(item_of(desk), text="x")
    assert any("rolled back" in each for each in audit(past.scene).beside_the_key)
    assert Detector.OUTSIDE in audit(past.scene, past.held_after).log.flagged
    assert Detector.OUTSIDE not in audit(past.scene, past.held_before).log.flagged


def test_the_right_desk_brought_back_ends_it(past: Past, tmp_path: Path) -> None:
    """Refusals leave no trace: with the newest copy in its place again, the desk goes on."""
    newest = past.scene.copy(tmp_path / "newest")
    restore(past, desk=True)
    with past.scene.open(AMAL) as desk, pytest.raises(RolledBack):
        desk.note(item_of(desk), text="x")
    shutil.rmtree(past.scene.desk)
    shutil.copytree(newest.desk, past.scene.desk)
    write(past.scene, 1)
    assert audit(past.scene, past.held_before, past.held_after).holds


def test_the_keys_alone(past: Past) -> None:
    """An older latch is a prefix of the log: no refusal, no finding, and the next head moves it."""
    restore(past, keys=True)
    assert audit(past.scene, past.held_after).holds
    write(past.scene, 1)
    assert audit(past.scene, past.held_before, past.held_after).holds


def test_keys_from_before_a_source_came_in(past: Past) -> None:
    """Fields sealed under a key that the old key folder lacks are told as unreadable."""
    path = past.scene.write("later.txt", b"later\n")
    with past.scene.open(AMAL) as desk:
        desk.ingest([path])
    restore(past, keys=True)
    found = audit(past.scene)
    assert not found.evidence_holds
    assert found.unreadable
    assert not found.log.flagged


def test_keys_from_before_a_custodian_came_in(past: Past) -> None:
    """A restored key folder lacks the newcomer's key file: said so; the others go on."""
    shutil.copytree(past.scene.keys, past.backup.base / "all-keys")
    (past.backup.keys / "custodians" / f"{JOAN}.key").unlink()
    restore(past, keys=True)
    with pytest.raises(FileNotFoundError):
        past.scene.signer(JOAN)
    write(past.scene, 1)
    assert audit(past.scene, past.held_after).holds


def test_no_keys_at_all(past: Past) -> None:
    """Without the key folder the desk does not open, and says what is not there."""
    shutil.rmtree(past.scene.keys)
    with pytest.raises(KeyUnavailable, match="key folder is not there"):
        past.scene.open()


def test_both(past: Past) -> None:
    """Desk and keys of one old moment agree: only a checkpoint held outside shows it."""
    restore(past, desk=True, keys=True)
    assert audit(past.scene).holds
    assert audit(past.scene, past.held_before).holds
    found = audit(past.scene, past.held_after)
    assert found.log.flagged == {Detector.OUTSIDE}
    assert not found.holds


def test_both_and_grown_past_what_is_held(past: Past) -> None:
    """A restored desk that grew longer again is still not the one whose head is held outside."""
    restore(past, desk=True, keys=True)
    write(past.scene, 5)
    assert audit(past.scene).holds
    assert audit(past.scene, past.held_before).holds
    assert audit(past.scene, past.held_after).log.flagged == {Detector.OUTSIDE}


def test_two_desks_from_one_backup(past: Past) -> None:
    """Each of two forks looks whole to itself; the head of either, held outside, shows the other.

    What both hold of the time before the fork is no evidence against either.
    """
    first, second = past.scene, past.backup
    write(second, 3, JOAN)
    with second.open(AMAL) as desk:
        desk.offer(item_of(desk), to=PEOPLE[JOAN], purpose="x")
    heads = {id(each): head(each) for each in (first, second)}
    for own, other in ((first, second), (second, first)):
        assert audit(own, past.held_before, heads[id(own)]).holds
        assert audit(own, heads[id(other)]).log.flagged == {Detector.OUTSIDE}


@pytest.mark.parametrize("more", [0, 1, 4])
def test_the_other_forks_database(past: Past, more: int) -> None:
    """The desk of one fork beside the keys of the other is refused: shorter, as long, or longer."""
    write(past.backup, 2 + more, JOAN)
    restore(past, desk=True)
    with past.scene.open(AMAL) as desk, pytest.raises(RolledBack):
        desk.note(item_of(desk), text="x")
    with past.scene.open() as desk, pytest.raises(RolledBack):
        desk.checkpoint()
    assert not audit(past.scene).log_holds
