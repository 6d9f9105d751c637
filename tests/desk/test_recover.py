"""Earlier states inside a PDF become exemplars of the same item, each once."""

import hashlib

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.errors import CheckFailed
from provenance.report.custody_part import custody_part
from tests.desk.scene import AMAL, Scene
from tests.hostile.forge import saved_incrementally
from tests.signatures.pdf.letters import Letter

BEFORE = Letter().body().render()
AFTER = saved_incrementally(BEFORE, b"BT /F1 11 Tf 72 600 Td (Added afterwards) Tj ET")


@pytest.fixture
def item(scene: Scene) -> bytes:
    """A letter that was saved again after a line came in, examined."""
    path = scene.write("letter.pdf", AFTER)
    with scene.open(AMAL) as desk:
        (receipt,) = desk.ingest([path], IngestOptions(), keep_receipts=True).receipts
        desk.examine(receipt.item)
    return receipt.item


def test_an_earlier_state_becomes_an_exemplar(scene: Scene, item: bytes) -> None:
    """It is recorded with what it was taken out of, has its own bytes, and stays one."""
    with scene.open(AMAL) as desk:
        (found,) = desk.recover(item)
        assert found.seq is not None
        assert found.out_of == hashlib.sha256(AFTER).hexdigest()
        assert "Added afterwards" in found.note
        copies = desk.card(item).exemplars
        assert [copy.form for copy in copies] == ["native", "derived"]
        assert copies[1].sha256 == found.sha256
        with desk.parts.blobs.open(bytes.fromhex(found.sha256)) as stream:
            assert AFTER.startswith(stream.read())
        assert "recovered from a later state" in desk.custody(item).events[-1].sentence
        told = custody_part(desk.custody(item), names={}).lines[-1]
        assert told.public_sentence == "recovered from a later state by the desk"
        (again,) = desk.recover(item)
        assert (again.seq, again.held_by) == (None, item)
        assert (again.held_entry, again.held_derived) == (found.seq, True)
        assert desk.audit().evidence_holds
        before = desk.rebuild()
        assert desk.card(item).exemplars == copies
        assert before


def test_a_state_that_came_by_itself_is_a_match(scene: Scene, item: bytes) -> None:
    """When another item holds the very bytes, it is named and nothing is recorded."""
    with scene.open(AMAL) as desk:
        (state,) = next(iter(desk.findings(item).values())).facts.earlier  # type: ignore[union-attr] # read above
        path = scene.write("draft.pdf", AFTER[: state.end])
        (other,) = desk.ingest([path], IngestOptions(), keep_receipts=True).receipts
        (found,) = desk.recover(item)
    assert (found.seq, found.held_by) == (None, other.item)
    assert (found.held_entry, found.held_derived) == (other.seq, False)


def test_a_changed_copy_is_not_recovered_from(scene: Scene, item: bytes) -> None:
    """If the stored bytes are no longer those examined, nothing is recorded, nothing left over."""
    path = scene.blob(hashlib.sha256(AFTER).hexdigest())
    staging = path.parents[1] / ".staging"
    path.chmod(0o644)
    path.write_bytes(AFTER.replace(b"letter about", b"letter abaut"))
    with scene.open(AMAL) as desk:
        size = desk.parts.ledger.size()
        with pytest.raises(CheckFailed):
            desk.recover(item)
        assert desk.parts.ledger.size() == size
        assert [left.name for left in staging.glob("*/*")] == ["lock"]
