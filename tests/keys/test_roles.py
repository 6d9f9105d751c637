"""Who may sign what: the table, the one append path that asks it, and the audit that asks again."""

import os
from pathlib import Path

import pytest

from provenance.acts import workbench
from provenance.acts.workbench import Workbench
from provenance.custody import access_record, note_record
from provenance.errors import Refused
from provenance.journal.appending import Appender
from provenance.journal.keeping import RosterCache
from provenance.journal.roles import SIGNS, may_sign, who_signs
from provenance.ledger.findings import Detector
from provenance.ledger.keyacts import ROLES
from provenance.records import DESK_ITEM, RECORD_TYPES, NewRecord
from provenance_store.key_files import make_custodian_key
from tests.desk.scene import AMAL, JOAN, KIM, Scene
from tests.ledger.enrolling import enrolment_record

ODA = "oda"
VERDICTS = {name for name, kind in RECORD_TYPES.items() if kind.family == "verdict"}
CUSTODY = {name for name, kind in RECORD_TYPES.items() if kind.family == "custody"}
OWN = {"key.rotated", "key.revoked"}


@pytest.fixture
def watched(scene: Scene) -> Scene:
    """The desk with an auditor beside its admin, editor and custodian."""
    key = make_custodian_key(scene.keys, ODA, None, os.urandom)
    with scene.open(AMAL) as desk:
        desk.enrol(key, role="auditor", name="Oda Berg")
    return scene


def test_the_table_says_what_the_desk_promises() -> None:
    """Auditors watch; verdicts take editors; keys take admins; every role has a row."""
    assert set(SIGNS) == ROLES
    assert SIGNS["auditor"] == {"note", "endorsed"} | OWN
    assert CUSTODY <= SIGNS["custodian"] < SIGNS["editor"] < SIGNS["admin"]
    assert not SIGNS["custodian"] & VERDICTS
    assert SIGNS["editor"] >= VERDICTS
    assert {"key.enrolled", "policy.changed", "trust.changed", "disclosure.erased"} <= (
        SIGNS["admin"] - SIGNS["editor"]
    )
    assert SIGNS["admin"] == set(RECORD_TYPES)
    assert not may_sign("king", "note")
    assert who_signs("accessed") == "a custodian, an editor or an admin"
    assert who_signs("verdict.signed") == "an editor or an admin"
    assert who_signs("key.enrolled") == "an admin"


ACTORS = {AMAL: "admin", JOAN: "editor", KIM: "custodian", ODA: "auditor"}


@pytest.mark.parametrize("who", ACTORS)
def test_the_append_path_follows_the_table(watched: Scene, who: str) -> None:
    """Each role appends the types of its row; another type is refused and nothing is written."""
    with watched.open(who) as desk:
        size = desk.parts.ledger.size()
        for kind in sorted(RECORD_TYPES):
            record = NewRecord(item=DESK_ITEM, type=kind, fields=())
            if kind in SIGNS[ACTORS[who]]:
                continue
            with pytest.raises(Refused, match=f"your key's role is {ACTORS[who]}"):
                desk.record(record)
        assert desk.parts.ledger.size() == size
        for kind in sorted(SIGNS[ACTORS[who]] - OWN - {"log.genesis", "key.enrolled"}):
            desk.record(NewRecord(item=bytes(15) + b"\1", type=kind, fields=()))
        flagged = desk.audit().log.flagged
    assert not flagged & {Detector.ROLE, Detector.SIGNATURE, Detector.ROSTER}


def test_an_auditor_notes_and_does_not_touch(watched: Scene, item: bytes) -> None:
    """The acts people use end in one clear line for an auditor."""
    with watched.open(ODA) as desk:
        desk.note(item, text="compared with the original")
        with pytest.raises(Refused, match="takes a custodian, an editor or an admin"):
            desk.access(item, purpose="reading")
        with pytest.raises(Refused, match="only an admin enrols"):
            desk.enrol(watched.signer(KIM), role="admin", name="Kim again")
        assert desk.audit().log_holds


def test_strangers_and_ended_keys_are_told_apart(scene: Scene, item: bytes) -> None:
    """A key that nobody enrolled, and one that has ended, are each refused in one line."""
    make_custodian_key(scene.keys, "eve", None, os.urandom)
    with scene.open("eve") as desk, pytest.raises(Refused, match="an admin enrols it first"):
        desk.note(item, text="x")
    with scene.open(KIM) as desk:
        desk.revoke("Kim Vance", reason="leaving")
        with pytest.raises(Refused, match=r"ended at entry \d+ and signs no more"):
            desk.note(item, text="x")


def test_a_record_that_ends_a_key_is_the_last(scene: Scene, item: bytes) -> None:
    """Nothing follows it in one batch: it would be signed by a key that counts no longer."""
    ends = NewRecord(item=DESK_ITEM, type="key.revoked", fields=())
    with scene.open(KIM) as desk:
        size = desk.parts.ledger.size()
        with pytest.raises(Refused, match="the last of its batch"):
            desk.record(ends, note_record(item, text="after the end"))
        assert desk.parts.ledger.size() == size


def test_an_audit_finds_what_the_append_path_would_refuse(
    scene: Scene, item: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A custodian who writes a verdict past the append path is found by his role."""
    monkeypatch.setattr("provenance.journal.appending.may_sign", lambda _role, _kind: True)
    with scene.open(KIM) as desk:
        (seq,) = desk.record(NewRecord(item=item, type="verdict.withdrawn", fields=()))
        found = [f for f in desk.audit().log.findings if f.detector is Detector.ROLE]
    assert [each.seq for each in found] == [seq]
    assert "custodian" in found[0].sentence


def test_the_roster_is_read_again_only_when_it_grew(
    scene: Scene, item: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any number of appends reads the roster once; another process's enrolment shows at once."""
    reads = 0
    read = Workbench.keepers

    def counted(bench: Workbench) -> object:
        nonlocal reads
        reads += 1
        return read(bench)

    monkeypatch.setattr(workbench.Workbench, "keepers", counted)
    with scene.open(KIM) as desk:
        for _ in range(20):
            desk.note(item, text="x")
        assert reads == 1
        with scene.open(AMAL) as other:
            other.revoke("Kim Vance", reason="left")
        with pytest.raises(Refused, match="signs no more"):
            desk.note(item, text="x")


def test_a_direct_append_cannot_go_round(scene: Scene, item: bytes) -> None:
    """The appender itself asks: there is no second way in that does not."""
    with scene.open() as desk:
        appender = Appender(
            origin=desk.parts.origin,
            ledger=desk.parts.ledger,
            subject_keys=desk.parts.subject_keys,
            heads=desk.heads,
            roster=RosterCache(lambda: desk.keepers().roster).under,
            random=os.urandom,
        )
        now, key = desk.parts.clock(), make_custodian_key(scene.keys, "eve", None, os.urandom)
        with pytest.raises(Refused, match="enrols it first"):
            appender.append(key, now, lambda batch: batch.add(access_record(item, purpose="x")))
        enrolment = enrolment_record(key, origin=desk.parts.origin, role="admin", name="Eve")
        with pytest.raises(Refused, match="takes an admin"):
            appender.append(scene.signer(JOAN), now, lambda batch: batch.add(enrolment))


def test_a_new_key_file_says_nothing_about_the_desk(scene: Scene) -> None:
    """Making a key enrols nobody."""
    make_custodian_key(scene.keys, "eve", None, os.urandom)
    with scene.open() as desk:
        assert len(desk.keepers().valid()) == 3
    assert Path(scene.keys / "custodians" / "eve.key").is_file()
