"""A published verdict as a signed file: who may make it, what it says, and who accepts it."""

import base64
import hashlib
import json
import shutil
import subprocess
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    SSHPublicKeyTypes,
    load_ssh_public_key,
)
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import CheckFailed, KeyUnavailable, Malformed, Refused, UsageError
from provenance.exports.dsse import Envelope, pae, parse_envelope, sign_envelope, verify_envelope
from provenance.exports.verdict_export import LEAF_HASH, PAYLOAD_TYPE, PREDICATE_TYPE
from provenance.journal.reading import OpenedEntry
from provenance.ledger.checkpoint import read_checkpoint
from provenance.ledger.keys import Ed25519Signer, Signer
from provenance.ledger.note import parse_vkey
from provenance.verdict.verdict_record import ReasonClass
from tests.exports.world import FILE_NAMES, HANDLES, UNNAMED, CardSigner, Newsroom

ED25519 = Ed25519Signer(hashlib.sha256(b"editor").digest())
SIGNERS: tuple[Signer, ...] = (ED25519, CardSigner(11))
_BOTH = pytest.mark.parametrize("signer", SIGNERS, ids=["Ed25519", "ES256"])


@pytest.fixture
def room(newsroom: Newsroom, tmp_path: Path) -> Newsroom:
    """A desk of one's own."""
    return newsroom.copy(tmp_path / "room")


def _export(room: Newsroom, who: str | None = "joan", audience: str = "public") -> bytes:
    with room.open(who) as desk:
        return desk.export_verdict(room.letter(), audience=audience)


def _statement(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(parse_envelope(data).payload)
    return found


def test_a_public_verdict_says_what_was_signed(room: Newsroom) -> None:
    """Every field is the ledger's; the checkpoint covers the record of the export."""
    data = _export(room)
    statement = _statement(data)
    with room.open(None) as desk:
        item = room.letter()
        standing, entries = desk.verdict(item).standing, desk.entries(item)
    acts = [each for each in entries if each.type.startswith("verdict.")]
    said, decision = statement["predicate"], standing.decision
    assert decision is not None
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == PREDICATE_TYPE
    assert [each["digest"] for each in statement["subject"]] == [
        {"sha256": hashlib.sha256(each.entry.leaf).hexdigest(), LEAF_HASH: each.leaf_hash.hex()}
        for each in acts
    ]
    assert (said["headline"], said["publicWording"]) == (decision.headline, decision.public_wording)
    assert {one["facet"]: one["label"] for one in said["labels"]} == decision.labels
    assert (said["labelsWithheld"], said["version"], said["state"]) == (0, 1, "published")
    assert (said["inputDigest"], said["signers"]) == (decision.input_digest, [*standing.signers])
    assert [each["signer"] for each in said["entries"]] == [*standing.signers]
    key = parse_vkey(said["ledger"]["verifierKey"])
    head = read_checkpoint(said["ledger"]["checkpoint"].encode(), key).checkpoint
    assert (head.origin, head.size) == (said["ledger"]["origin"], entries[-1].seq + 1)
    assert entries[-1].seq == said["ledger"]["exportedIn"]
    assert entries[-1].fields["export"] == {
        "as": "verdict", "audience": "public", "entries": len(entries), "size": head.size,
    }  # fmt: skip
    with room.open("joan") as desk:
        joan = desk.signer.public_key
    assert verify_envelope(parse_envelope(data), PAYLOAD_TYPE, [joan])


def test_digests_of_documents_are_for_the_desk_and_auditors(room: Newsroom) -> None:
    """The public file holds no digest of a copy, no file name, handle or unnamed person."""
    with room.open(None) as desk:
        copies = {each.hex() for each in _sha256s(desk.entries(room.letter()))}
    for audience in ("internal", "auditor"):
        subject = _statement(_export(room, audience=audience))["subject"]
        assert {each["digest"]["sha256"] for each in subject} == copies
    text = parse_envelope(_export(room)).payload.decode()
    for secret in (*copies, *FILE_NAMES, *HANDLES, UNNAMED, "Joan", "Amal"):
        assert secret not in text


def _sha256s(entries: list[OpenedEntry]) -> list[bytes]:
    texts = [each.text("document", "sha256") for each in entries]
    return [bytes.fromhex(text) for text in texts if text]


def test_who_may_not(room: Newsroom) -> None:
    """No key, no signer of this version, no such audience: refused, and nothing is recorded."""
    with room.open(None) as desk:
        before = len(desk.entries(room.letter()))
    with pytest.raises(KeyUnavailable):
        _export(room, None)
    with pytest.raises(UsageError):
        _export(room, audience="friends")
    with room.open("amal-haddad") as desk:
        desk.enrol(ED25519, role="editor", name="Third Editor")
    from provenance_store.opening import open_desk  # noqa: PLC0415 used here only

    with (
        open_desk(room.base / "desk", signer=ED25519) as desk,
        pytest.raises(Refused, match="signers"),
    ):
        desk.export_verdict(room.letter())
    with room.open(None) as desk:
        assert len(desk.entries(room.letter())) == before


def test_only_what_is_published(room: Newsroom) -> None:
    """A correction that waits, and a withdrawn verdict, stay inside; a finished one leaves."""
    item = room.letter()
    with room.open("joan") as desk:
        desk.correct_verdict(item, reason_class=ReasonClass.OUR_ERROR, reason="a word")
    with pytest.raises(Refused, match="published"):
        _export(room)
    with room.open("amal-haddad") as desk:
        desk.countersign_verdict(item, version=2)
    said = _statement(_export(room, "amal-haddad"))["predicate"]
    assert (said["version"], said["state"], len(said["entries"])) == (2, "corrected", 2)
    for who in ("joan", "amal-haddad"):
        with room.open(who) as desk:
            desk.withdraw_verdict(item, reason="no longer")
    with pytest.raises(Refused, match="withdrawn"):
        _export(room)


@_BOTH
def test_an_envelope_comes_back_as_it_was(signer: Signer) -> None:
    """Made, encoded, parsed, verified; another key, type or payload is refused."""
    made = sign_envelope(PAYLOAD_TYPE, b'{"a":1}', signer)
    assert parse_envelope(made.encode()) == made
    assert verify_envelope(made, PAYLOAD_TYPE, [signer.public_key]) == b'{"a":1}'
    other = Ed25519Signer(bytes(32)).public_key
    for keys in ([], [other], [signer.public_key, other]):
        with pytest.raises(CheckFailed):
            verify_envelope(made, PAYLOAD_TYPE, keys)
    with pytest.raises(CheckFailed):
        verify_envelope(made, "text/plain", [signer.public_key])
    changed = Envelope(payload_type=PAYLOAD_TYPE, payload=b"{}", signatures=made.signatures)
    with pytest.raises(CheckFailed):
        verify_envelope(changed, PAYLOAD_TYPE, [signer.public_key])


def test_an_envelope_has_one_form() -> None:
    """Further members, no signature, one key twice, other base64, other JSON: refused."""
    good = json.loads(sign_envelope(PAYLOAD_TYPE, b"x", ED25519).encode())
    (row,) = good["signatures"]
    bad: object
    for bad in (
        good | {"more": 1},
        good | {"signatures": []},
        good | {"signatures": [row, row]},
        good | {"signatures": [row | {"alg": "none"}]},
        good | {"signatures": [{"sig": row["sig"]}]},
        good | {"payload": good["payload"].rstrip("=")},
        good | {"payloadType": 1},
        [],
    ):
        with pytest.raises(Malformed):
            parse_envelope(json.dumps(bad, separators=(",", ":"), sort_keys=True).encode())
    with pytest.raises(Malformed):
        parse_envelope(json.dumps(good).encode())


@given(st.integers(0, 500), st.binary(max_size=3))
def test_a_changed_envelope_never_verifies_as_another(at: int, put: bytes) -> None:
    """Bytes replaced anywhere: refused, or it says and proves what it said."""
    good = sign_envelope(PAYLOAD_TYPE, b'{"a":1}', CARD).encode()
    data = good[: at % len(good)] + put + good[at % len(good) + 1 :]
    try:
        payload = verify_envelope(parse_envelope(data), PAYLOAD_TYPE, [CARD.public_key])
    except (Malformed, CheckFailed):
        return
    assert payload == b'{"a":1}'
    assert data.removesuffix(b"\n") == good.removesuffix(b"\n")


CARD = CardSigner(12)


@pytest.mark.skipif(not find_spec("securesystemslib"), reason="securesystemslib is not installed")
@_BOTH
def test_securesystemslib_verifies(signer: Signer) -> None:
    """The reference library takes our envelope with our key, and no changed one."""
    dsse = import_module("securesystemslib.dsse")
    library = import_module("securesystemslib.signer")
    exceptions = import_module("securesystemslib.exceptions")
    made = sign_envelope(PAYLOAD_TYPE, b'{"a":1}', signer)
    public = load_ssh_public_key(signer.public_key.ssh_text().encode())
    key = library.SSlibKey.from_crypto(public, keyid=signer.public_key.kid)
    envelope = dsse.Envelope.from_dict(json.loads(made.encode()))
    assert envelope.pae() == pae(PAYLOAD_TYPE, b'{"a":1}')
    assert list(envelope.verify([key], 1)) == [signer.public_key.kid]
    envelope.payload = b'{"a":2}'
    with pytest.raises(exceptions.VerificationError):
        envelope.verify([key], 1)


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl program")
@_BOTH
def test_openssl_verifies_the_signed_bytes(signer: Signer, tmp_path: Path) -> None:
    """`openssl pkeyutl -verify -rawin` over the PAE bytes says yes, and no to other bytes."""
    made = json.loads(sign_envelope(PAYLOAD_TYPE, b'{"a":1}', signer).encode())
    public = load_ssh_public_key(signer.public_key.ssh_text().encode())
    (tmp_path / "key.pem").write_bytes(_pem(public))
    (tmp_path / "sig").write_bytes(base64.b64decode(made["signatures"][0]["sig"]))
    for payload, expected in ((b'{"a":1}', 0), (b'{"a":2}', 1)):
        (tmp_path / "signed").write_bytes(pae(PAYLOAD_TYPE, payload))
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem"]
            + ["-sigfile", "sig", "-in", "signed"]
            + (["-digest", "sha256"] if signer.public_key.alg == "ES256" else []),
            cwd=tmp_path, capture_output=True, check=False, timeout=30,
        )  # fmt: skip
        assert done.returncode == expected, done.stderr


def _pem(public: SSHPublicKeyTypes) -> bytes:
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
