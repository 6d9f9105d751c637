"""The golden vector of the ledger's specification, byte for byte."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from provenance.ledger.base64text import encode_base64url
from provenance.ledger.checkpoint import (
    Checkpoint,
    as_first_signed,
    cosign_checkpoint,
    read_checkpoint,
    sign_checkpoint,
)
from provenance.ledger.disclosure import (
    format_presentation,
    make_disclosure,
    match_disclosures,
    parse_presentation,
)
from provenance.ledger.entry import Draft, Head, parse_entry, seal_entry, verify_entry
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.merkle import EMPTY_ROOT, leaf_hash, root_of
from provenance.ledger.note import COSIGNATURE, ED25519, note_key
from provenance.ledger.proof import TlogProof, parse_proof, verify_proof

ORIGIN = "desk.example/custody/2026"
CUSTODIAN = Ed25519Signer(bytes(range(0x20)))
LOG = Ed25519Signer(bytes(range(0x20, 0x40)))
WITNESS = Ed25519Signer(bytes(range(0x40, 0x60)))
VECTOR = json.loads((Path(__file__).parents[1] / "vectors/ledger-golden.json").read_text())


def _no_random(size: int) -> bytes:
    raise AssertionError(f"{size} random bytes were asked for where none are due")


@pytest.fixture(scope="module")
def leaf() -> bytes:
    """The golden entry."""
    hidden = [
        make_disclosure("from", "source S", lambda size: b"\x01" * size),
        make_disclosure("doc_sha256", "0" * 64, lambda size: b"\x02" * size),
    ]
    draft = Draft(
        log=ORIGIN,
        item=b"\x11" * 16,
        n=0,
        prev=None,
        seen=Head(size=0, root=EMPTY_ROOT),
        type="transfer.offer",
        iat=1_795_000_000,
    )
    digests = [each.digest for each in hidden]
    return seal_entry(draft, digests, width=2, signer=CUSTODIAN, random=_no_random)


@pytest.fixture(scope="module")
def note(leaf: bytes) -> bytes:
    """The golden checkpoint, cosigned."""
    root = root_of(leaf_hash(leaf) + leaf_hash(b"second"))
    signed = sign_checkpoint(Checkpoint(origin=ORIGIN, size=2, root=root), LOG)
    return cosign_checkpoint(signed, "witness.example/w1", WITNESS, time=1_795_000_100)


def test_kid() -> None:
    """The custodian's kid is the RFC 7638 thumbprint of the vector."""
    assert CUSTODIAN.public_key.kid == VECTOR["kid"]


def test_disclosures() -> None:
    """Both disclosures have the vector's text and digest."""
    first = make_disclosure("from", "source S", lambda size: b"\x01" * size)
    second = make_disclosure("doc_sha256", "0" * 64, lambda size: b"\x02" * size)
    assert first.text == VECTOR["disclosure"]
    assert encode_base64url(first.digest) == VECTOR["digest_1"]
    assert encode_base64url(second.digest) == VECTOR["digest_2"]


def test_leaf(leaf: bytes) -> None:
    """Payload, signature, length and leaf hash are those of the vector."""
    assert len(leaf) == VECTOR["leaf_size"]
    _, payload, signature = leaf.decode().split(".")
    assert payload == encode_base64url(VECTOR["payload"].encode())
    assert signature == VECTOR["signature"]
    assert leaf_hash(leaf).hex() == VECTOR["leaf_hash"]
    entry = parse_entry(leaf)
    assert verify_entry(entry, CUSTODIAN.public_key)
    assert (entry.type, entry.n, entry.prev, entry.iat) == (
        "transfer.offer",
        0,
        None,
        1_795_000_000,
    )


def test_tree(leaf: bytes) -> None:
    """The root over the entry and `second` is that of the vector."""
    assert root_of(leaf_hash(leaf) + leaf_hash(b"second")).hex() == VECTOR["root"]


def test_vkeys() -> None:
    """Log and witness key read as in the vector."""
    assert note_key(ORIGIN, ED25519, LOG.public_key).vkey() == VECTOR["log_vkey"]
    witness = note_key("witness.example/w1", COSIGNATURE, WITNESS.public_key)
    assert witness.vkey() == VECTOR["witness_vkey"]


def test_checkpoint(note: bytes) -> None:
    """The cosigned checkpoint is the vector's, byte for byte."""
    assert note.decode() == VECTOR["checkpoint"]
    log = note_key(ORIGIN, ED25519, LOG.public_key)
    witness = note_key("witness.example/w1", COSIGNATURE, WITNESS.public_key)
    signed = read_checkpoint(note, log, [witness])
    assert [each.time for each in signed.cosignatures] == [1_795_000_100]
    assert as_first_signed(note, log).decode() == VECTOR["checkpoint"].rpartition("— witness")[0]


def test_presentation_and_proof(leaf: bytes, note: bytes) -> None:
    """One field is shown, one withheld; the offline proof carries it and verifies."""
    shown = make_disclosure("from", "source S", lambda size: b"\x01" * size)
    presented = format_presentation(leaf, [shown])
    assert presented == leaf + b"~" + VECTOR["disclosure"].encode() + b"~"
    entry, disclosures = parse_presentation(presented)
    assert match_disclosures(entry, disclosures) == {"from": "source S"}
    proof = TlogProof(index=0, hashes=(leaf_hash(b"second"),), checkpoint=note, extra=presented)
    assert parse_proof(proof.encode()) == proof
    log = note_key(ORIGIN, ED25519, LOG.public_key)
    assert verify_proof(proof, entry.leaf_hash, log).checkpoint.size == 2


def test_empty_tree() -> None:
    """The empty tree's root is SHA-256 of nothing (RFC 6962 section 2.1)."""
    assert sha256(b"").digest() == EMPTY_ROOT
