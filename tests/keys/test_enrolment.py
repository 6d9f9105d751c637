"""Keys that come from another machine, take another's place, and end."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import Malformed, NotFound, Refused, UsageError
from provenance.ledger.keyrequest import (
    read_consent,
    read_key_request,
    write_consent,
    write_key_request,
)
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.roster import Standing
from provenance_store.key_files import make_custodian_key
from provenance_store.opening import open_desk
from tests.desk.scene import AMAL, JOAN, KIM, PEOPLE, Scene, dossier

ORIGIN = "desk.example/custody/2026"
NEW = Ed25519Signer(bytes(range(32)))
OTHER = Ed25519Signer(bytes(range(1, 33)))
REQUEST = write_key_request(NEW, origin=ORIGIN, role="editor")
CONSENT = write_consent(NEW, OTHER.public_key.kid, origin=ORIGIN, compromised_since=7)


def test_a_request_enrols_without_the_private_key(scene: Scene, item: bytes) -> None:
    """The admin has the file only; the newcomer signs from then on, and the audit agrees."""
    with scene.open() as desk:
        file = write_key_request(NEW, origin=desk.parts.origin, role="editor")
    assert NEW.seed not in file
    with scene.open(AMAL) as desk:
        made = desk.enrol_requested(file, name="Nora Lind")
        assert (made.role, made.key) == ("editor", NEW.public_key)
        with pytest.raises(Refused, match="comes once"):
            desk.enrol_requested(file, name="Nora Lind II")
    with open_desk(scene.desk, signer=NEW) as desk:
        desk.note(item, text="hello")
        assert desk.audit().log_holds
        assert desk.keepers().names[NEW.public_key.kid] == "Nora Lind"


def test_a_request_is_for_one_desk_and_one_role(scene: Scene) -> None:
    """A file made for another desk, or for another role than the admin gives, enrols nobody."""
    with scene.open(AMAL) as desk:
        with pytest.raises(Malformed, match="another desk"):
            desk.enrol_requested(REQUEST, name="Nora Lind")
        file = write_key_request(NEW, origin=desk.parts.origin, role="auditor")
        with pytest.raises(Refused, match="signed for the role auditor"):
            desk.enrol_requested(file, name="Nora Lind", role="admin")
        with pytest.raises(Refused, match="tells apart"):
            desk.enrol_requested(file, name=PEOPLE[KIM])
        with pytest.raises(UsageError):
            desk.enrol_requested(file, name=" ")
        with pytest.raises(UsageError, match="no such role"):
            write_key_request(NEW, origin=desk.parts.origin, role="king")
    with scene.open(JOAN) as desk, pytest.raises(Refused, match="only an admin"):
        desk.enrol_requested(file, name="Nora Lind")


def test_a_stolen_claim_proves_nothing() -> None:
    """Somebody else's public key in one's own request is refused: that key has not signed it."""
    value = json.loads(REQUEST)
    value["claim"]["kid"] = OTHER.public_key.kid
    value["claim"]["public_key"] = OTHER.public_key.ssh_text()
    forged = json.dumps(value, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    with pytest.raises(Malformed, match="has not signed"):
        read_key_request(forged, origin=ORIGIN)


@pytest.mark.parametrize("change", ["role", "log", "v"])
def test_a_changed_request_is_refused(change: str) -> None:
    """The signature covers desk and role; the file says which version it is."""
    value = json.loads(REQUEST)
    value[change] = {"role": "admin", "log": "x", "v": "y"}[change]
    forged = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(Malformed):
        read_key_request(forged, origin=ORIGIN)


@given(at=st.integers(0, 10_000), put=st.binary(min_size=1, max_size=3))
def test_no_changed_byte_is_taken(at: int, put: bytes) -> None:
    """A request or a consent that is changed anywhere is refused, or says something else."""
    for file, read in ((REQUEST, read_key_request), (CONSENT, read_consent)):
        place = at % len(file)
        changed = file[:place] + put + file[place + len(put) :]
        if changed.removesuffix(b"\n") == file.removesuffix(b"\n"):
            continue
        try:
            answer = read(changed, origin=ORIGIN)
        except Malformed:
            continue
        assert answer != read(file, origin=ORIGIN)


def test_the_logs_own_key_is_not_enrolled(scene: Scene) -> None:
    """The key that signs checkpoints signs no entries: nobody would be answerable for it."""
    with scene.open(AMAL) as desk:
        log_key = desk.parts.log_signer
        with pytest.raises(Refused, match="log's own key"):
            desk.enrol(log_key, role="custodian", name="The log")


def test_a_rotated_key_is_the_same_person(scene: Scene, item: bytes) -> None:
    """The new key takes role and name; the old one ends; what it signed stays valid."""
    fresh = make_custodian_key(scene.keys, "joan2", None, os.urandom)
    with scene.open(JOAN) as desk:
        desk.note(item, text="old key")
        seq = desk.rotate(fresh)
        with pytest.raises(Refused, match=f"ended at entry {seq}"):
            desk.note(item, text="old key again")
        with pytest.raises(Refused, match="signs no more"):
            desk.rotate(make_custodian_key(scene.keys, "joan3", None, os.urandom))
    with scene.open("joan2") as desk:
        keepers = desk.keepers()
        assert keepers.by_name(PEOPLE[JOAN]).key == fresh.public_key
        assert keepers.by_name(PEOPLE[JOAN]).role == "editor"
        assert keepers.names[fresh.public_key.kid] == PEOPLE[JOAN]
        assert len(keepers.called(PEOPLE[JOAN])) == 2
        with pytest.raises(Refused, match="comes once"):
            desk.rotate(scene.signer(JOAN))
        desk.note(item, text="new key")
        assert desk.audit().log_holds


def test_a_rotated_key_is_no_second_person(scene: Scene) -> None:
    """Who signed with the old key cannot countersign with the new one."""
    fresh = make_custodian_key(scene.keys, "joan2", None, os.urandom)
    with scene.open(JOAN) as desk:
        item = next(iter(desk.items())).item
        desk.import_dossier(item, dossier("soleimani-letter"))
        desk.sign_verdict(item)
        desk.rotate(fresh)
    with scene.open("joan2") as desk, pytest.raises(Refused, match="second key of a person"):
        desk.countersign_verdict(item, version=1)


def test_revocation_goes_by_position(scene: Scene, item: bytes) -> None:
    """What a key signed before its end stays valid, whatever came later; nothing after it is."""
    kim = scene.signer(KIM)
    with scene.open(KIM) as desk:
        last = desk.note(item, text="the last")
    with scene.open(AMAL) as desk:
        end = desk.revoke(PEOPLE[KIM], reason="laptop stolen", compromised_since=last)
        roster = desk.keepers().roster
        entries = {e.seq: e.entry for e in desk.entries(item)}
        assert roster.judge(last, entries[last]) is Standing.VALID
        assert roster.judge(end + 1, entries[last]) is Standing.REVOKED_KEY
        found = desk.audit()
    assert found.log_holds
    (note,) = [f for f in found.log.findings if kim.public_key.kid in f.affects]
    assert f"from entry {last} on" in note.sentence
    with scene.open(KIM) as desk, pytest.raises(Refused, match="signs no more"):
        desk.note(item, text="after")
    with scene.open(AMAL) as desk:
        with pytest.raises(NotFound):
            desk.revoke(PEOPLE[KIM], reason="again")
        # The name is free again: Kim comes back with a key that nobody else has had.
        desk.enrol(NEW, role="custodian", name=PEOPLE[KIM])
        assert desk.keepers().by_name(PEOPLE[KIM]).key == NEW.public_key


def test_two_admins_sign_a_revocation(scene: Scene) -> None:
    """Where there are two, one alone, a wrong second or a changed consent revoke nothing."""
    with scene.open(AMAL) as desk:
        desk.enrol(NEW, role="admin", name="Nora Lind")
        with pytest.raises(Refused, match="two admins, two sign"):
            desk.revoke(PEOPLE[KIM], reason="gone")
        own = desk.consent_to_revocation(PEOPLE[KIM])
        with pytest.raises(Refused, match="not that of another admin"):
            desk.revoke(PEOPLE[KIM], reason="gone", consented=own)
    with scene.open(JOAN) as desk, pytest.raises(Refused, match="only an admin consents"):
        desk.consent_to_revocation(PEOPLE[KIM])
    with open_desk(scene.desk, signer=NEW) as desk:
        consented = desk.consent_to_revocation(PEOPLE[KIM], compromised_since=3)
        of_joan = desk.consent_to_revocation(PEOPLE[JOAN])
        with pytest.raises(UsageError, match="0 to"):
            desk.consent_to_revocation(PEOPLE[KIM], compromised_since=10_000)
    forged = write_consent(
        scene.signer(JOAN), _kid(scene, KIM), origin=_origin(scene), compromised_since=None
    )
    with scene.open(AMAL) as desk:
        for part, words in (
            (consented, "another revocation"),
            (of_joan, "another revocation"),
            (forged, "not that of another admin"),
        ):
            with pytest.raises(Refused, match=words):
                desk.revoke(PEOPLE[KIM], reason="gone", consented=part)
        size = desk.parts.ledger.size()
        desk.revoke(PEOPLE[KIM], reason="gone", compromised_since=3, consented=consented)
        assert desk.parts.ledger.size() == size + 1
        assert desk.audit().log_holds
        kim = desk.keepers().roster.find(_kid(scene, KIM))
    assert kim is not None
    assert (kim.ended, kim.compromised_since) == (size, 3)


def test_a_key_revokes_itself_and_editors_revoke_nobody(scene: Scene) -> None:
    """The holder needs nobody's leave; somebody who is no admin revokes no other key."""
    with scene.open(JOAN) as desk:
        with pytest.raises(Refused, match="only admins, or the key itself"):
            desk.revoke(PEOPLE[KIM], reason="x")
        with pytest.raises(UsageError, match="has a reason"):
            desk.revoke(PEOPLE[JOAN], reason="  ")
        desk.revoke(PEOPLE[JOAN], reason="lost my key")
        assert desk.audit().log_holds


def test_the_only_admin_is_not_revoked(scene: Scene) -> None:
    """A desk without an admin could never enrol anybody again; the key is replaced instead."""
    with scene.open(AMAL) as desk:
        with pytest.raises(Refused, match="only admin"):
            desk.revoke(PEOPLE[AMAL], reason="x")
        desk.rotate(NEW)
    with open_desk(scene.desk, signer=NEW) as desk:
        desk.enrol(OTHER, role="custodian", name="Ola")
        assert desk.audit().log_holds


def _kid(scene: Scene, who: str) -> str:
    return scene.signer(who).public_key.kid


def _origin(scene: Scene) -> str:
    with scene.open() as desk:
        return desk.parts.origin


def test_files_hold_no_secret() -> None:
    """What travels by mail holds neither seed nor private key, in any spelling."""
    for file in (REQUEST, CONSENT):
        assert NEW.seed not in file
        assert NEW.seed.hex().encode() not in file
        assert b"PRIVATE" not in file
