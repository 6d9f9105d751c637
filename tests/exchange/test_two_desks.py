"""An item passes from one desk to another by file, and both logs say so of one another."""

import json

import pytest

from provenance.errors import CheckFailed, Refused
from provenance.ledger.checkpoint import read_checkpoint
from provenance.ledger.note import parse_vkey
from provenance.records import DESK_ITEM
from tests.desk.scene import AMAL, JOAN, PEOPLE
from tests.exchange.conftest import Two


def vkey(two: Two, which: str) -> str:
    scene = two.giver if which == "giver" else two.receiver
    with scene.open() as desk:
        return desk.log_vkey()


def notes(two: Two, which: str) -> list[str]:
    scene = two.giver if which == "giver" else two.receiver
    with scene.open() as desk:
        found = desk.audit()
        assert found.holds, (found.log.findings, found.unreadable, found.derived)
        return [f.sentence for f in found.log.findings if f.detector.value == "handover"]


def test_an_accepted_offer_stands_in_both_logs(two: Two) -> None:
    """Offer, acceptance and closing: same bytes on both sides, and each cites the other's head."""
    offer = two.offer()
    with two.receiver.open(JOAN) as desk:
        sent = desk.accept_offer(offer, documents=two.documents(), log_key=vkey(two, "giver"))
        card = desk.card(sent.item)
        assert len(card.exemplars) == 2
        assert card.chain.holder == PEOPLE[JOAN]
        assert any("another desk" in remark for remark in card.chain.remarks)
        received = desk.entries(sent.item, ["item.received"])
        assert all("origin" in entry.fields for entry in received)
        accepted = desk.entries(sent.item, ["transfer.accepted"])[0]
        theirs = str(accepted.text("foreign", "checkpoint")).encode()
    assert read_checkpoint(theirs, parse_vkey(vkey(two, "giver")))
    with two.giver.open(AMAL) as desk:
        assert desk.custody(two.item).open_offer is not None
        closed = desk.close_offer(sent.file, log_key=vkey(two, "receiver"))
        chain = desk.custody(two.item)
        entry = desk.entries(two.item, ["transfer.closed"])[0]
        ours = str(entry.text("foreign", "checkpoint")).encode()
    assert closed.accepted
    assert chain.open_offer is None
    assert chain.holder == "desk The Lookout"
    assert read_checkpoint(ours, parse_vkey(vkey(two, "receiver")))
    assert entry.text("foreign", "leaf_hash") == accepted.leaf_hash.hex()
    assert notes(two, "giver") == []
    assert any("another desk" in sentence for sentence in notes(two, "receiver"))


def test_a_refusal_comes_back(two: Two) -> None:
    """A refused offer is closed with its reason; the item stays, nothing was taken in."""
    with two.receiver.open(JOAN) as desk:
        sent = desk.refuse_offer(two.offer(), reason="not in our line")
        assert sent.item == DESK_ITEM
        assert list(desk.items()) == []
    with two.giver.open(AMAL) as desk:
        closed = desk.close_offer(sent.file)
        chain = desk.custody(two.item)
        assert "refused the hand-over" in desk.report(two.item, form="json")
    assert (closed.accepted, closed.reason) == (False, "not in our line")
    assert chain.holder == PEOPLE[AMAL]
    assert any("refused" in remark for remark in chain.remarks)
    assert any("refused" in sentence for sentence in notes(two, "giver"))


def test_an_open_offer_shows(two: Two) -> None:
    """An offer without an answer shows in the custody log, the audit and the report."""
    two.offer()
    with two.giver.open(AMAL) as desk:
        assert any("not answered" in remark for remark in desk.custody(two.item).remarks)
        assert "not answered yet" in desk.report(two.item, form="json")
    assert any("nobody has answered" in sentence for sentence in notes(two, "giver"))


def test_running_an_act_again_gives_its_file_again(two: Two) -> None:
    """A second acceptance records nothing more; an offer is closed once."""
    offer = two.offer()
    with two.receiver.open(JOAN) as desk:
        first = desk.accept_offer(offer, documents=two.documents())
        size = desk.parts.ledger.size()
        again = desk.accept_offer(offer, documents=two.documents())
        assert (again.seq, desk.parts.ledger.size()) == (first.seq, size)
        with pytest.raises(Refused, match="otherwise"):
            desk.refuse_offer(offer, reason="after all not")
    with two.giver.open(AMAL) as desk:
        desk.close_offer(first.file)
        with pytest.raises(Refused, match="answered already"):
            desk.close_offer(first.file)


def test_other_bytes_are_not_accepted(two: Two) -> None:
    """With a changed or missing document nothing is recorded and nothing is taken in."""
    offer = two.offer()
    page, photo = two.documents()
    page.write_bytes(b"the first page, changed\n")
    with two.receiver.open(JOAN) as desk:
        size = desk.parts.ledger.size()
        for documents in ([page, photo], [photo], []):
            with pytest.raises(CheckFailed, match="not those offered"):
                desk.accept_offer(offer, documents=documents)
        assert desk.parts.ledger.size() == size


def test_only_the_named_log_answers(two: Two) -> None:
    """An offer that names the receiver's log key is for that log alone, on both sides."""
    other = two.offer(log_key=vkey(two, "giver"))
    with two.receiver.open(JOAN) as desk, pytest.raises(CheckFailed, match="not for this desk"):
        desk.accept_offer(other, documents=two.documents())
    with two.giver.open(AMAL) as desk, pytest.raises(Refused, match="this very desk"):
        desk.accept_offer(other)


def test_a_pinned_key_is_asked_for(two: Two) -> None:
    """Whoever knows the other desk's key refuses a file from any other log."""
    offer = two.offer()
    with two.receiver.open(JOAN) as desk:
        own = desk.log_vkey()
        with pytest.raises(CheckFailed, match="another log than the key you gave"):
            desk.accept_offer(offer, documents=two.documents(), log_key=own)


def test_an_answer_is_no_offer_and_fits_one_offer_only(two: Two) -> None:
    """Kinds are not mixed, and an answer to one offer does not close another."""
    first = two.offer()
    with two.receiver.open(JOAN) as desk:
        answer = desk.refuse_offer(first, reason="no").file
        with pytest.raises(CheckFailed, match="no offer"):
            desk.accept_offer(answer)
    with two.giver.open(AMAL) as desk:
        with pytest.raises(CheckFailed, match="no answer"):
            desk.close_offer(first)
        desk.close_offer(answer)
        desk.offer_to_desk(two.item, to="The Lookout", purpose="again")
        with pytest.raises(Refused, match="answered already"):
            desk.close_offer(answer)


def test_the_file_shows_no_name_of_a_person(two: Two) -> None:
    """Neither names of custodians nor the source leave with an offer or an answer."""
    offer = two.offer()
    with two.receiver.open(JOAN) as desk:
        answer = desk.accept_offer(offer, documents=two.documents()).file
    for data in (offer, answer):
        shown = [part["entry"] for part in json.loads(data)["entries"]]
        from provenance.ledger.disclosure import parse_presentation  # noqa: PLC0415 only here

        told = repr([parse_presentation(entry.encode())[1] for entry in shown])
        assert not any(name in told for name in (*PEOPLE.values(), "S-7"))
