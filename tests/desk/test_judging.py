"""Statements and verdicts on a real desk: imports, who may sign what, and what goes stale."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.errors import Refused
from provenance.ledger.keys import Ed25519Signer
from provenance.verdict.lifecycle import State
from provenance.verdict.staleness import Freshness
from provenance.verdict.verdict_record import ReasonClass
from provenance_store.key_files import make_custodian_key
from provenance_store.opening import open_desk
from tests.desk.scene import AMAL, JOAN, KIM, PEOPLE, Scene, dossier
from tests.ledger.enrolling import enrolment_record

EVENING = datetime(2020, 1, 6, 23, 59, tzinfo=UTC)
LETTER = dossier("the letter")


@pytest.fixture
def item(scene: Scene) -> bytes:
    """An item without statements."""
    path = scene.write("a.txt", b"a plain text\n")
    with scene.open(AMAL) as desk:
        return desk.ingest([path], IngestOptions(), keep_receipts=True).receipts[0].item


@pytest.fixture
def told(scene: Scene, item: bytes) -> bytes:
    """The same item with the evening's statements."""
    with scene.open(JOAN) as desk:
        desk.import_dossier(item, LETTER, until=EVENING)
    return item


def second_key(scene: Scene, *, of: str) -> Ed25519Signer:
    """Enrol a further key under a name that is enrolled already, past the desk's own rule."""
    key = make_custodian_key(scene.keys, "second", None, os.urandom)
    with scene.open(AMAL) as desk:
        origin = desk.parts.origin
        desk.record(enrolment_record(key, origin=origin, role="editor", name=PEOPLE[of]))
    return key


def test_an_import_is_idempotent(scene: Scene, item: bytes) -> None:
    """Importing again adds nothing; a later import adds what `until` had left out, once."""
    with scene.open(JOAN) as desk:
        first = desk.import_dossier(item, LETTER, until=EVENING)
        size = desk.parts.ledger.size()
        again = desk.import_dossier(item, LETTER, until=EVENING)
        assert desk.parts.ledger.size() == size
        rest = desk.import_dossier(item, LETTER)
        assert desk.import_dossier(item, LETTER).added == ()
        records = desk.verdict(item).dossier.records
    assert again.added == ()
    assert again.known == len(first.added)
    assert first.later == len(rest.added) > 0
    assert {r.id for r in records} == {r.id for r in LETTER.records}


def test_an_edited_record_is_refused(scene: Scene, told: bytes) -> None:
    """The same id with other words is refused, and nothing of that import is recorded."""
    edited = replace(LETTER.records[0], note="other words")
    with scene.open(JOAN) as desk:
        size = desk.parts.ledger.size()
        with pytest.raises(Refused, match="other words"):
            desk.import_dossier(told, replace(LETTER, records=(*LETTER.records[1:], edited)))
        assert desk.parts.ledger.size() == size


def test_nothing_was_learned_tomorrow(scene: Scene, item: bytes) -> None:
    """A record whose time has not come is named: a slip, or a wrong clock, which stops no act."""
    ahead = replace(LETTER.records[0], id="ahead", recorded_at=datetime.now(UTC) + timedelta(1))
    later = replace(LETTER, records=(*LETTER.records, ahead))
    with scene.open(JOAN) as desk:
        assert desk.import_dossier(item, later, until=EVENING).ahead == ()
        done = desk.import_dossier(item, later)
        assert done.ahead == ("ahead",)
        assert "ahead" in done.added


def test_a_proposed_dossier_has_a_title_that_people_know(scene: Scene, item: bytes) -> None:
    """The item's number, until somebody writes a better one."""
    with scene.open(JOAN) as desk:
        assert desk.propose(item).title == desk.find(item.hex()).accession


def test_two_people_publish(scene: Scene, told: bytes) -> None:
    """One signature is provisional; the second person's publishes."""
    with scene.open(AMAL) as desk:
        desk.sign_verdict(told, as_of=EVENING)
        assert desk.verdict(told).standing.state is State.PROVISIONAL
        with pytest.raises(Refused, match=r"^you have signed this version already"):
            desk.countersign_verdict(told, version=1)
    with scene.open(JOAN) as desk:
        desk.countersign_verdict(told, version=1)
        standing = desk.verdict(told).standing
    assert standing.state is State.PUBLISHED
    assert standing.published is not None


def test_nothing_recorded_nothing_to_sign(scene: Scene, item: bytes) -> None:
    """Without statements there is nothing to sign, countersign, correct or withdraw."""
    with scene.open(AMAL) as desk:
        size = desk.parts.ledger.size()
        with pytest.raises(Refused):
            desk.sign_verdict(item)
        with pytest.raises(Refused):
            desk.countersign_verdict(item, version=1)
        with pytest.raises(Refused):
            desk.correct_verdict(item, reason_class=ReasonClass.OUR_ERROR, reason="x")
        with pytest.raises(Refused):
            desk.withdraw_verdict(item, reason="x")
        assert desk.parts.ledger.size() == size


def test_a_second_key_is_not_a_second_person(scene: Scene, told: bytes) -> None:
    """Two keys enrolled under one name publish nothing and withdraw nothing together."""
    second = second_key(scene, of=AMAL)
    with scene.open(AMAL) as desk:
        desk.sign_verdict(told, as_of=EVENING)
    with open_desk(scene.desk, signer=second) as desk, pytest.raises(Refused, match="second key"):
        desk.countersign_verdict(told, version=1)
    with scene.open(JOAN) as desk:
        desk.countersign_verdict(told, version=1)
    with scene.open(AMAL) as desk:
        desk.withdraw_verdict(told, reason="we were wrong")
    with open_desk(scene.desk, signer=second) as desk:
        with pytest.raises(Refused, match="second key"):
            desk.withdraw_verdict(told, reason="we were wrong")
        assert desk.verdict(told).standing.state is State.PUBLISHED


def test_a_correction_keeps_the_old_version(scene: Scene, told: bytes) -> None:
    """A correction needs a reason, stands beside the old version, and goes out with two people."""
    with scene.open(AMAL) as desk:
        desk.sign_verdict(told, as_of=EVENING)
    with scene.open(JOAN) as desk:
        desk.countersign_verdict(told, version=1)
        desk.import_dossier(told, LETTER)
        with pytest.raises(Refused, match="reason"):
            desk.correct_verdict(told, reason_class=ReasonClass.NEW_EVIDENCE, reason="  ")
        desk.correct_verdict(told, reason_class=ReasonClass.NEW_EVIDENCE, reason="he has a copy")
        standing = desk.verdict(told).standing
        assert standing.state is State.PROVISIONAL
        assert standing.published is not None
    with scene.open(KIM) as desk, pytest.raises(Refused, match="takes an editor or an admin"):
        desk.countersign_verdict(told, version=2)
    with scene.open(AMAL) as desk:
        desk.countersign_verdict(told, version=2)
        card = desk.verdict(told)
    assert card.standing.state is State.CORRECTED
    assert [record.version for record in card.history] == [1, 1, 2, 2]


def test_a_version_that_nobody_looked_at_is_not_countersigned(scene: Scene, told: bytes) -> None:
    """A correction in between takes no signature that was meant for the version before it."""
    with scene.open(AMAL) as desk:
        desk.sign_verdict(told, as_of=EVENING)
        desk.correct_verdict(told, reason_class=ReasonClass.OUR_ERROR, reason="other words")
    with scene.open(JOAN) as desk:
        size = desk.parts.ledger.size()
        for shown in (1, 3):
            with pytest.raises(Refused, match="the newest version is 2"):
                desk.countersign_verdict(told, version=shown)
        with pytest.raises(Refused, match="the newest version is 2"):
            desk.countersign_verdict(told, version=1)
        assert desk.parts.ledger.size() == size
        assert desk.countersign_verdict(told, version=2).version == 2


def test_a_withdrawal_takes_two_people(scene: Scene, told: bytes) -> None:
    """One person's withdrawal changes nothing for the public; the second person's does."""
    with scene.open(AMAL) as desk:
        desk.sign_verdict(told, as_of=EVENING)
    with scene.open(JOAN) as desk:
        desk.countersign_verdict(told, version=1)
        desk.withdraw_verdict(told, reason="not ours to say")
        assert desk.verdict(told).standing.published is not None
        with pytest.raises(Refused, match="already"):
            desk.withdraw_verdict(told, reason="again")
    with scene.open(AMAL) as desk:
        with pytest.raises(Refused, match="reason"):
            desk.withdraw_verdict(told, reason=" ")
        desk.withdraw_verdict(told, reason="agreed")
        standing = desk.verdict(told).standing
    assert standing.state is State.WITHDRAWN
    assert standing.published is None


def test_new_evidence_makes_it_stale(scene: Scene, told: bytes) -> None:
    """A signed verdict is current until a record moves a facet, then it needs a review."""
    with scene.open(AMAL) as desk:
        desk.sign_verdict(told, as_of=EVENING)
    with scene.open(JOAN) as desk:
        desk.countersign_verdict(told, version=1)
        before = desk.verdict(told)
        assert not desk.needs_review(before)
        assert before.staleness is not None
        assert before.staleness.freshness is Freshness.CURRENT
        desk.import_dossier(told, LETTER)
        after = desk.verdict(told)
        assert desk.needs_review(after)
        assert after.staleness is not None
        assert after.staleness.reasons
