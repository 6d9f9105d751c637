"""Endorsements: recorded when they hold, told in the custody log, checked again by the audit."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from provenance.acts.endorsing import signed_by, signers_file
from provenance.errors import Malformed, NotFound, Refused
from provenance.instants import parse_instant
from provenance.ledger.base64text import encode_base64url
from provenance.ledger.endorsement import (
    NAMESPACE,
    Endorsement,
    endorsement_message,
    endorsement_record,
    read_endorsement,
)
from provenance.ledger.findings import Detector, Level
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.sshsig import parse_sshsig
from provenance.records import DESK_ITEM, HiddenField, Json, NewRecord
from tests.desk.scene import AMAL, JOAN, KIM, PEOPLE, Scene
from tests.ledger.ssh_vectors import KINDS, SEED, armor, signature_blob

SK = KINDS[2]
ARRIVAL = 3  # the one item's first entry, after the genesis and two enrolments
needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="needs OpenSSH's ssh-keygen"
)


def _signed(scene: Scene, seq: int = ARRIVAL, *, kind: str = SK, flags: int = 1) -> str:
    with scene.open() as desk:
        message = desk.endorsement_request(seq)
    return armor(signature_blob(kind, message, namespace=NAMESPACE.encode(), flags=flags))


@pytest.mark.parametrize("kind", KINDS)
def test_an_endorsement_is_recorded_and_told(scene: Scene, item: bytes, kind: str) -> None:
    """It stands in the item's custody, verified; the audit looks at it and has nothing to say."""
    armored = _signed(scene, kind=kind)
    with scene.open(KIM) as desk:
        seq = desk.endorse(ARRIVAL, armored)
        event = desk.custody(item).events[-1]
        assert (event.seq, event.type, event.who) == (seq, "endorsed", PEOPLE[KIM])
        assert f"entry {ARRIVAL} endorsed with SSH key SHA256:" in event.sentence
        assert ("security key, touched" in event.sentence) == kind.startswith("sk-")
        assert event.sentence.endswith("the signature verifies")
        (key,) = desk.endorsing_keys()
        assert (key.first, key.key) == (seq, parse_sshsig(armored).key)
        found = desk.audit()
    assert found.log_holds
    assert found.evidence_holds
    assert found.log.checked[Detector.ENDORSEMENT] == 1


def test_an_enrolled_key_endorses_by_name(scene: Scene, item: bytes) -> None:
    """A key of the roster is told by its holder, and only while it counts."""
    holder = Ed25519Signer(SEED)
    with scene.open(AMAL) as desk:
        desk.enrol(holder, role="auditor", name="Oda Berg")
        desk.endorse(ARRIVAL, _signed(scene, kind=KINDS[0]))
        assert "with the key of Oda Berg" in desk.custody(item).events[-1].sentence
        assert not list(desk.endorsing_keys())
        desk.revoke("Oda Berg", reason="left")
        with pytest.raises(Refused, match="did not count"):
            desk.endorse(0, _signed(scene, 0, kind=KINDS[0]))
        assert desk.audit().log_holds


def test_what_does_not_hold_is_not_recorded(scene: Scene) -> None:
    """Another entry's, another purpose's, an untouched device's and a repeated one are refused."""
    with scene.open() as desk:
        message = desk.endorsement_request(ARRIVAL)
    with scene.open(KIM) as desk:
        size = desk.parts.ledger.size()
        with pytest.raises(Refused, match="not one over the entry"):
            desk.endorse(2, _signed(scene))
        with pytest.raises(Refused, match="not one over the entry"):
            desk.endorse(ARRIVAL, armor(signature_blob(SK, message, namespace=b"git")))
        with pytest.raises(Refused, match="without anybody touching"):
            desk.endorse(ARRIVAL, _signed(scene, flags=0))
        with pytest.raises(NotFound, match="no entry 999"):
            desk.endorse(999, _signed(scene))
        with pytest.raises(NotFound):
            desk.endorsement_request(size)
        with pytest.raises(Malformed):
            desk.endorse(ARRIVAL, "not a signature")
        assert desk.parts.ledger.size() == size
        desk.endorse(ARRIVAL, _signed(scene))
        with pytest.raises(Refused, match="already"):
            desk.endorse(ARRIVAL, _signed(scene))
        desk.endorse(2, _signed(scene, 2))
        assert desk.audit().log_holds


def _forgeries(scene: Scene) -> dict[str, NewRecord]:
    """Records that only somebody who goes round the append path's checks could write."""
    with scene.open() as desk:
        item = next(iter(desk.items())).item
        origin = desk.parts.origin
        leaf = bytes.fromhex(desk.endorsement_request(ARRIVAL).split(b"\n")[3].decode())

    def made(seq: int, leaf_hash: bytes, flags: int = 1, namespace: str = NAMESPACE) -> NewRecord:
        message = endorsement_message(origin, seq, leaf_hash)
        blob = signature_blob(SK, message, namespace=namespace.encode(), flags=flags)
        signature = parse_sshsig(armor(blob))
        return endorsement_record(
            item, Endorsement(seq=seq, leaf_hash=leaf_hash, signature=signature)
        )

    swapped = Endorsement(seq=ARRIVAL, leaf_hash=leaf, signature=parse_sshsig(_signed(scene, 1)))
    junk: Json = {"seq": True, "leaf": encode_base64url(leaf), "signature": ""}
    subject = f"item:{item.hex()}"
    unreadable = HiddenField(name="endorsement", value=junk, subject=subject)
    return {
        "an entry of another hash": made(ARRIVAL, bytes(32)),
        "an entry that is not there": made(10_000, leaf),
        "another position": made(2, leaf),
        "untouched": made(ARRIVAL, leaf, flags=0),
        "another purpose": made(ARRIVAL, leaf, namespace="git"),
        "another message": endorsement_record(item, swapped),
        "unreadable": NewRecord(item=item, type="endorsed", fields=(unreadable,)),
    }


def test_the_audit_finds_every_forged_endorsement(scene: Scene, item: bytes) -> None:
    """Whoever holds a custodian's key and the database writes none that an audit would pass."""
    forgeries = _forgeries(scene)
    with scene.open(KIM) as desk:
        seqs = desk.record(*forgeries.values())
        report = desk.audit().log
        remarks = desk.custody(item).remarks
    assert report.flagged == {Detector.ENDORSEMENT}
    flagged = [f.seq for f in report.findings if f.detector is Detector.ENDORSEMENT]
    assert flagged == seqs
    assert sum("the endorsement does not hold" in remark for remark in remarks) >= 3


def test_an_endorsement_by_an_ended_key_is_found(scene: Scene) -> None:
    """A revoked key's endorsement that came in past the append path is flagged by position."""
    with scene.open(AMAL) as desk:
        desk.enrol(Ed25519Signer(SEED), role="auditor", name="Oda Berg")
        item = next(iter(desk.items())).item
        stated = parse_sshsig(_signed(scene, kind=KINDS[0]))
        leaf = bytes.fromhex(desk.endorsement_request(ARRIVAL).split(b"\n")[3].decode())
        made = Endorsement(seq=ARRIVAL, leaf_hash=leaf, signature=stated)
        desk.record(endorsement_record(item, made))
        assert desk.audit().log_holds
        desk.revoke("Oda Berg", reason="left")
        (seq,) = desk.record(endorsement_record(item, made))
        (finding,) = [f for f in desk.audit().log.findings if f.level is Level.FLAG]
    assert (finding.detector, finding.seq) == (Detector.ENDORSEMENT, seq)


@pytest.mark.parametrize(
    "value",
    [None, {}, {"seq": -1, "leaf": "", "signature": ""}, {"seq": 1, "leaf": "x", "signature": ""},
     {"seq": 1, "leaf": encode_base64url(bytes(32)), "signature": "x", "more": 1}],
)  # fmt: skip
def test_other_shapes_are_refused(value: Json) -> None:
    """An endorsement of another shape is not read."""
    with pytest.raises(Malformed):
        read_endorsement({"endorsement": value})


@needs_ssh_keygen
def test_ssh_keygen_goes_the_whole_way(scene: Scene, tmp_path: Path) -> None:
    """OpenSSH signs what the request prints, and verifies it by our file of allowed signers."""
    key = scene.keys / "custodians" / f"{JOAN}.key"
    with scene.open() as desk:
        message = desk.endorsement_request(ARRIVAL)
    (tmp_path / "to-sign").write_bytes(message)
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(key), "to-sign"]
    subprocess.run(sign, cwd=tmp_path, check=True, capture_output=True)
    with scene.open(KIM) as desk:
        desk.endorse(ARRIVAL, (tmp_path / "to-sign.sig").read_text())
        assert desk.audit().log_holds
        (tmp_path / "allowed").write_text(signers_file(desk))
    kid = scene.signer(JOAN).public_key.kid
    verify = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-n", NAMESPACE, "-s", "to-sign.sig"]

    def code(principal: str, data: bytes) -> int:
        command = [*verify, "-I", principal]
        done = subprocess.run(command, cwd=tmp_path, input=data, capture_output=True, check=False)
        return done.returncode

    assert code(kid, message) == 0
    assert code(kid, message + b"x") != 0
    assert code(scene.signer(KIM).public_key.kid, message) != 0


def test_what_was_signed_as_you(scene: Scene, item: bytes) -> None:
    """By position or by time; all keys of a person; in the ledger's order, whatever they claim."""
    with scene.open(KIM) as desk:
        first = desk.note(item, text="one")
        second = desk.note(item, text="two")
        kids = {scene.signer(KIM).public_key.kid}
        assert [s.seq for s in signed_by(desk, kids, since=0)] == [first, second]
        assert [s.seq for s in signed_by(desk, kids, since=second)] == [second]
        early, late = parse_instant("2001-01-01T00:00:00Z"), parse_instant("2101-01-01T00:00:00Z")
        assert [s.seq for s in signed_by(desk, kids, since=early)] == [first, second]
        assert list(signed_by(desk, kids, since=late)) == []
        (one, _) = signed_by(desk, kids, since=0)
        assert re.fullmatch(r"\d{4}-0001", one.accession)
        assert one.entry.seen.size == first
        admin = {scene.signer(AMAL).public_key.kid}
        genesis = next(iter(signed_by(desk, admin, since=0)))
    assert (genesis.entry.item, genesis.accession) == (DESK_ITEM, "desk")


def test_a_backdated_entry_is_listed(scene: Scene, item: bytes) -> None:
    """An entry that claims an early time stands after others, and is listed with them."""
    kids = {scene.signer(KIM).public_key.kid}
    with scene.open(JOAN) as desk:
        desk.note(item, text="honest")
        moment = next(e.claimed_at for e in desk.entries(item, ("note",)))
    with scene.open(KIM) as desk:
        desk._appender.append(  # the thief's clock
            desk.signer,
            parse_instant("2001-01-01T00:00:00Z"),
            lambda batch: batch.add(NewRecord(item=item, type="note", fields=())),
        )
        assert len(list(signed_by(desk, kids, since=moment))) == 1
