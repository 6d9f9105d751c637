"""Hand-overs on a real desk: who may offer, accept and refuse, and what a changed byte does."""

from pathlib import Path

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.errors import CheckFailed, NotFound, Refused
from tests.desk.scene import AMAL, JOAN, KIM, PEOPLE, Scene


@pytest.fixture
def item(scene: Scene) -> bytes:
    """An item with one copy, received by Amal."""
    path = scene.write("a.txt", b"a plain text\n")
    with scene.open(AMAL) as desk:
        return desk.ingest([path], IngestOptions(), keep_receipts=True).receipts[0].item


def offer(scene: Scene, item: bytes, *, by: str = AMAL, to: str = JOAN) -> int:
    with scene.open(by) as desk:
        return desk.offer(item, to=PEOPLE[to], purpose="second reading")


def blob_of(scene: Scene, item: bytes) -> Path:
    with scene.open() as desk:
        return scene.blob(desk.card(item).exemplars[0].sha256)


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_an_accepted_offer_moves_the_item(scene: Scene, item: bytes) -> None:
    """After offer and acceptance the receiver holds the item, and the bytes were compared."""
    offer(scene, item)
    with scene.open(JOAN) as desk:
        assert desk.accept(item)[1] is True
        chain = desk.custody(item)
    assert chain.holder == PEOPLE[JOAN]
    assert chain.open_offer is None
    assert [e.type for e in chain.events][-2:] == ["transfer.offered", "transfer.accepted"]
    assert chain.events[-1].digests_agree is True
    assert chain.remarks == ()


def test_a_refused_offer_leaves_the_item(scene: Scene, item: bytes) -> None:
    """A refusal is recorded with its reason; the item stays, and may be offered again."""
    offer(scene, item)
    with scene.open(JOAN) as desk:
        desk.refuse(item, reason="not mine to judge")
        chain = desk.custody(item)
    assert chain.holder == PEOPLE[AMAL]
    assert any("refused" in remark for remark in chain.remarks)
    assert "not mine to judge" in chain.events[-1].sentence
    offer(scene, item, to=KIM)


@pytest.mark.parametrize("who", [AMAL, KIM])
def test_only_the_named_receiver_answers(scene: Scene, item: bytes, who: str) -> None:
    """Neither a third person nor the giver accepts or refuses; nothing is recorded."""
    offer(scene, item)
    with scene.open(who) as desk:
        size = desk.parts.ledger.size()
        with pytest.raises(Refused, match="another receiver"):
            desk.accept(item)
        with pytest.raises(Refused, match="another receiver"):
            desk.refuse(item, reason="no")
        assert desk.parts.ledger.size() == size


def test_nothing_is_accepted_without_an_offer(scene: Scene, item: bytes) -> None:
    """Without an open offer there is nothing to accept or refuse; an answered one is not open."""
    with scene.open(JOAN) as desk:
        with pytest.raises(Refused, match="no open offer"):
            desk.accept(item)
        with pytest.raises(Refused, match="no open offer"):
            desk.refuse(item, reason="no")
    offer(scene, item)
    with scene.open(JOAN) as desk:
        desk.accept(item)
        with pytest.raises(Refused, match="no open offer"):
            desk.accept(item)


def test_one_open_offer_at_a_time(scene: Scene, item: bytes) -> None:
    """A second offer waits until the first is answered."""
    offer(scene, item)
    with pytest.raises(Refused, match="open already"):
        offer(scene, item, to=KIM)


def test_an_offer_to_a_key_that_ended_binds_nobody(scene: Scene, item: bytes) -> None:
    """Whom it names can neither accept nor refuse: the item is offered to somebody else."""
    with scene.open(AMAL) as desk:
        desk.offer(item, to=PEOPLE[KIM], purpose="second reading")
        desk.revoke(PEOPLE[KIM], reason="left")
        desk.offer(item, to=PEOPLE[JOAN], purpose="second reading")
    with scene.open(JOAN) as desk:
        desk.accept(item)
        assert desk.custody(item).holder == PEOPLE[JOAN]
        assert desk.audit().log_holds


def test_an_offer_names_somebody_else_who_is_enrolled(scene: Scene, item: bytes) -> None:
    """Nobody offers to himself or to somebody who is not on the roster."""
    with pytest.raises(Refused, match="two people"):
        offer(scene, item, to=AMAL)
    with scene.open(AMAL) as desk, pytest.raises(NotFound):
        desk.offer(item, to="Nobody", purpose="x")


def test_who_does_not_hold_it_is_named_when_he_offers(scene: Scene, item: bytes) -> None:
    """An offer by somebody who does not hold the item is recorded and remarked on."""
    offer(scene, item, by=KIM)
    with scene.open() as desk:
        remarks = desk.custody(item).remarks
    assert any(PEOPLE[KIM] in r and PEOPLE[AMAL] in r and "held" in r for r in remarks)


def test_bytes_that_changed_before_the_offer_are_not_offered(scene: Scene, item: bytes) -> None:
    """Altered or missing bytes cannot be handed over as what was received."""
    blob = blob_of(scene, item)
    overwrite(blob, b"a plain lie.\n")
    with pytest.raises(CheckFailed):
        offer(scene, item)
    blob.unlink()
    with pytest.raises(CheckFailed):
        offer(scene, item)


@pytest.mark.parametrize("gone", [False, True])
def test_bytes_that_changed_on_the_way_are_recorded(scene: Scene, item: bytes, gone: bool) -> None:
    """An acceptance of other bytes than the offered ones is recorded as one that differs."""
    offer(scene, item)
    blob = blob_of(scene, item)
    if gone:
        blob.unlink()
    else:
        overwrite(blob, b"a plain lie.\n")
    with scene.open(JOAN) as desk:
        assert desk.accept(item)[1] is False
        chain = desk.custody(item)
        assert chain.events[-1].digests_agree is False
        assert "DIFFERENT BYTES" in chain.events[-1].sentence
        assert any("not those" in remark for remark in chain.remarks)
        assert not desk.audit().evidence_holds


def test_access_and_notes_stand_in_the_chain(scene: Scene, item: bytes) -> None:
    """Looking and noting are recorded in order, with who did it."""
    with scene.open(KIM) as desk:
        desk.access(item, purpose="fact check")
        desk.note(item, text="the stamp is upside down")
        events = desk.custody(item).events
    assert [e.type for e in events] == ["item.received", "accessed", "note"]
    assert [e.who for e in events[1:]] == [PEOPLE[KIM]] * 2
    assert "fact check" in events[1].sentence
    assert "upside down" in events[2].sentence
