"""Answers to offers that a valid key signed and that answer nothing: told everywhere, move nothing.

The desk's own acts refuse each of these; here somebody records them with a program of their own.
"""

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.custody import CUSTODY_TYPES, Offer, answer_record, open_offer
from provenance.desk import Desk
from provenance.ledger.findings import Detector, Level
from provenance.records import HiddenField, NewRecord
from tests.desk.scene import AMAL, JOAN, KIM, PEOPLE, Scene


@pytest.fixture
def item(scene: Scene) -> bytes:
    """An item with one copy, received by Amal."""
    path = scene.write("a.txt", b"a plain text\n")
    with scene.open(AMAL) as desk:
        return desk.ingest([path], IngestOptions(), keep_receipts=True).receipts[0].item


def _open(desk: Desk, item: bytes) -> Offer:
    found = open_offer(desk.entries(item, CUSTODY_TYPES))
    assert found is not None
    return found


def _flagged(desk: Desk) -> list[int | None]:
    found = desk.audit()
    assert not found.log_holds
    assert {each.detector for each in found.log.findings if each.level is Level.FLAG} == {
        Detector.HANDOVER
    }
    return [each.seq for each in found.log.findings if each.level is Level.FLAG]


@pytest.mark.parametrize("accept", [True, False])
def test_an_answer_by_somebody_else(scene: Scene, item: bytes, accept: bool) -> None:
    """Who is not named neither takes the item nor takes the offer away from who is."""
    with scene.open(AMAL) as desk:
        desk.offer(item, to=PEOPLE[KIM], purpose="check", means="in person")
        offer = _open(desk, item)
    with scene.open(JOAN) as desk:
        record = answer_record(item, offer, accept=accept, digests=offer.digests)
        (seq,) = desk.record(record)
        chain = desk.custody(item)
        assert chain.holder == PEOPLE[AMAL]
        assert chain.open_offer is not None
        assert any(f"entry {seq}:" in said and "not the receiver" in said for said in chain.remarks)
        assert _flagged(desk) == [seq]
    with scene.open(KIM) as desk:
        desk.accept(item)
        assert desk.custody(item).holder == PEOPLE[KIM]
        assert _flagged(desk) == [seq]


@pytest.mark.parametrize("first", [True, False])
def test_an_old_offer_answered_again(scene: Scene, item: bytes, first: bool) -> None:
    """An offer that was accepted or refused once moves nothing a second time."""
    with scene.open(AMAL) as desk:
        desk.offer(item, to=PEOPLE[KIM], purpose="check", means="in person")
        offer = _open(desk, item)
    with scene.open(KIM) as desk:
        if first:
            desk.accept(item)
            desk.offer(item, to=PEOPLE[AMAL], purpose="back", means="in person")
        else:
            desk.refuse(item, reason="away")
    if first:
        with scene.open(AMAL) as desk:
            desk.accept(item)
    with scene.open(KIM) as desk:
        (seq,) = desk.record(answer_record(item, offer, accept=True, digests=offer.digests))
        chain = desk.custody(item)
        assert chain.holder == PEOPLE[AMAL]
        assert any(f"entry {seq}:" in said and "before" in said for said in chain.remarks)
        assert _flagged(desk) == [seq]


def test_an_answer_that_names_no_offer(scene: Scene, item: bytes) -> None:
    """What was signed without an offer is no offer that cannot be opened any more: a flag."""
    subject = f"item:{item.hex()}"
    field = HiddenField(name="answer", value={"reason": ""}, subject=subject)
    with scene.open(KIM) as desk:
        (seq,) = desk.record(NewRecord(item=item, type="transfer.accepted", fields=(field,)))
        assert desk.custody(item).holder == PEOPLE[AMAL]
        assert _flagged(desk) == [seq]


def test_an_offer_to_a_key_closed_as_if_to_a_desk(scene: Scene, item: bytes) -> None:
    """Nobody moves an item to another desk by closing an offer that named a colleague."""
    with scene.open(AMAL) as desk:
        desk.offer(item, to=PEOPLE[KIM], purpose="check", means="in person")
        cited = answer_record(item, _open(desk, item), accept=True, digests=()).fields[0]
        told = HiddenField(name="answer", value={"accepted": True}, subject=cited.subject)
        (seq,) = desk.record(NewRecord(item=item, type="transfer.closed", fields=(cited, told)))
        assert desk.custody(item).holder == PEOPLE[AMAL]
        assert desk.custody(item).open_offer is not None
        assert _flagged(desk) == [seq]
