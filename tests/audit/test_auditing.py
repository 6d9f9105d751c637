"""An audit by plan: spread over workers, since a checkpoint, by sample, against outside holds."""

import os
import sqlite3
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from provenance.acts.audit_derived import REBUILD
from provenance.acts.auditing import AuditPlan, DeskAudit
from provenance.evidence import BlobState, reread
from provenance.ledger.checkpoint import Checkpoint, sign_checkpoint
from provenance.ledger.findings import Detector
from provenance.ledger.keys import Ed25519Signer
from provenance_store.blobs import FolderBlobs
from tests.desk.scene import AMAL, Scene


def audit(scene: Scene, plan: AuditPlan | None = None) -> DeskAudit:
    with scene.open() as desk:
        return desk.audit(plan or AuditPlan())


def newest(scene: Scene) -> bytes:
    with scene.open() as desk:
        kept = desk.parts.checkpoints.newest()
    assert kept is not None
    return kept.note


def execute(scene: Scene, statement: str) -> None:
    database = sqlite3.connect(scene.database)
    assert database.execute(statement).rowcount > 0
    database.commit()
    database.close()


def grow(scene: Scene) -> None:
    path = scene.write("grown.txt", b"grown\n")
    with scene.open(AMAL) as desk:
        desk.ingest([path])


def blob_of(scene: Scene, data: bytes) -> Path:
    return next(
        p for p in (scene.desk / "blobs").glob("[0-9a-f][0-9a-f]/*") if p.read_bytes() == data
    )


def test_workers_give_the_same_answer(everything: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes for entries and threads for blobs: the same report, on a good and on a bad desk."""
    monkeypatch.setattr("provenance.acts.auditing.STRETCH", 7)
    with (
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool,
        ThreadPoolExecutor(2) as readers,
    ):
        plan = AuditPlan(entries=pool, blobs=readers, ahead=2)
        good = audit(everything)
        assert good.holds, (good.unreadable, good.derived, good.log.findings)
        assert audit(everything, plan) == good
        execute(everything, "UPDATE entry SET leaf = CAST(leaf || 'A' AS BLOB) WHERE seq = 9")
        execute(everything, "UPDATE item_view SET number = number + 100 WHERE number = 2")
        bad = audit(everything)
        assert not bad.holds
        assert audit(everything, plan) == bad


def test_the_first_bad_entry_is_named(everything: Scene) -> None:
    """The flag at the lowest position: entry, what it affects, and the detector that fired."""
    assert audit(everything).first_bad is None
    execute(
        everything, "UPDATE entry SET leaf = CAST(replace(leaf, 'a', 'b') AS BLOB) WHERE seq = 7"
    )
    bad = audit(everything).first_bad
    assert bad is not None
    assert (bad.seq, bad.detector) == (7, Detector.FORM)


def test_since_a_checkpoint_only_later_entries_are_verified(everything: Scene) -> None:
    """What the held checkpoint vouches for is hashed, not verified; what came later is, in full."""
    held = newest(everything)
    size = audit(everything).log.size
    grow(everything)
    found = audit(everything, AuditPlan(since=held))
    assert found.holds, (found.unreadable, found.derived, found.log.findings)
    assert found.vouched == size
    assert found.blobs == 1
    assert not found.views_compared
    path = blob_of(everything, b"grown\n")
    path.chmod(0o644)
    path.write_bytes(b"grows\n")
    assert not audit(everything, AuditPlan(since=held)).evidence_holds


def test_an_old_entry_changed_behind_a_checkpoint_is_found(everything: Scene) -> None:
    """The held checkpoint vouches for bytes: one that no longer fits vouches for nothing."""
    held = newest(everything)
    grow(everything)
    execute(
        everything, "UPDATE entry SET leaf = CAST(replace(leaf, 'a', 'b') AS BLOB) WHERE seq = 7"
    )
    found = audit(everything, AuditPlan(since=held))
    assert not found.log_holds
    assert Detector.OUTSIDE in found.log.flagged


def test_a_foreign_or_broken_checkpoint_vouches_for_nothing(everything: Scene) -> None:
    """Then everything is verified in full, and the checkpoint is flagged."""
    for note in (b"noise", newest(everything).replace(b"provenance-desk/", b"provenance-desk/0")):
        found = audit(everything, AuditPlan(since=note))
        assert found.vouched == 0
        assert not found.log_holds


def test_a_checkpoint_of_this_name_by_another_key_is_no_slip(everything: Scene) -> None:
    """It names this log and its key did not sign it: the key may have been replaced."""
    with everything.open() as desk:
        head = Checkpoint(origin=desk.parts.origin, size=1, root=bytes(32))
    other = sign_checkpoint(head, Ed25519Signer(bytes(32)))
    assert not audit(everything, AuditPlan(outside=(other,))).log_holds


def test_outside_checkpoints_are_compared(everything: Scene, tmp_path: Path) -> None:
    """A checkpoint of the same log holds; a desk rolled back past it is found out."""
    old = everything.copy(tmp_path / "old")
    grow(everything)
    held = newest(everything)
    assert audit(everything, AuditPlan(outside=(held,))).holds
    found = audit(old, AuditPlan(outside=(held,)))
    assert Detector.OUTSIDE in found.log.flagged


def test_a_sample_is_repeatable_and_small(everything: Scene) -> None:
    """So many blobs and no more, the same ones for one seed; a damaged one in it is found."""
    for seed in range(3):
        found = audit(everything, AuditPlan(sample=3, seed=seed))
        assert (found.blobs, found.sampled, found.holds) == (3, True, True)
    assert audit(everything, AuditPlan(sample=0)).blobs == 0
    path = blob_of(everything, b"to be forgotten\n")
    path.chmod(0o644)
    path.write_bytes(b"changed\n")
    hits = [
        seed
        for seed in range(12)
        if not audit(everything, AuditPlan(sample=6, seed=seed)).evidence_holds
    ]
    assert 0 < len(hits) < 12
    assert not audit(everything, AuditPlan(sample=6, seed=hits[0])).evidence_holds


def test_a_changed_view_says_rebuild_and_rebuild_heals_it(everything: Scene) -> None:
    """A tampered view is called that, with the row; the log itself still holds."""
    execute(everything, "UPDATE exemplar_view SET item = zeroblob(16) WHERE seq = 5")
    found = audit(everything)
    assert found.log_holds
    assert not found.derived_holds
    assert REBUILD in found.derived
    assert any("entry 5" in sentence for sentence in found.derived)
    with everything.open() as desk:
        desk.rebuild()
    assert audit(everything).holds


def test_rows_of_erased_fields_that_come_back_are_found(
    everything: Scene, made_everything: Scene
) -> None:
    """Sealed rows put back from an old copy are reported as an erasure that is not complete."""
    with everything.open() as desk:
        (digest, seq), *_ = desk.erasures().items()
    database = sqlite3.connect(everything.database)
    database.execute(
        "INSERT INTO disclosure (seq, digest, subject, sealed) SELECT min(seq), ?,"
        " 'source-label:0', zeroblob(80) FROM entry WHERE type = 'source.noted'",
        (digest,),
    )
    database.commit()
    database.close()
    found = audit(everything)
    assert not found.derived_holds
    assert any(f"entry {seq} records is not complete" in each for each in found.derived)


def test_an_older_published_checkpoint_is_a_remark(everything: Scene) -> None:
    """An older head of this very log, put back in public, is told and is no fault."""
    published = everything.desk / "published" / "checkpoint"
    with everything.open() as desk:
        size = next(each.size for each in desk.parts.checkpoints.all())
    old = kept_note(everything, size)
    grow(everything)
    assert not [line for line in audit(everything).remarks if "published" in line]
    published.write_bytes(old)
    found = audit(everything)
    assert found.holds, (found.beside_the_key, found.log.findings)
    (said,) = [line for line in found.remarks if "published" in line]
    assert f"of {size} entries" in said


def kept_note(scene: Scene, size: int) -> bytes:
    """The kept checkpoint of this size."""
    with scene.open() as desk:
        kept = desk.parts.checkpoints.at(size)
    assert kept is not None
    return kept.note


def test_a_pipe_in_the_place_of_a_blob(tmp_path: Path) -> None:
    """A named pipe that nobody writes to is told as another content, and keeps nobody waiting."""
    digest = bytes(32)
    place = tmp_path / digest.hex()[:2] / digest.hex()[2:]
    place.parent.mkdir()
    os.mkfifo(place)
    assert reread(FolderBlobs(tmp_path), digest).state is not BlobState.SAME
