"""Signatures that state what they are of, and time stamps, beside a document."""

import base64
import hashlib
import io
import json
from collections.abc import Iterator

import pytest
from asn1crypto import cms, tsp

from provenance.examine.runner import Companion, Runner
from provenance.facts.signed_digests import read_stated
from provenance.signatures.axes import Headline, Integrity, TimeBasis
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pairing import STATED, Relation, stated_in
from provenance.trust.model import TrustSet
from tests.outside.authority import Tsa
from tests.signatures.cms.world import NOW, World, sign_cms, stamp

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"
SHA256 = "sha256:" + hashlib.sha256(LETTER).hexdigest()


@pytest.fixture(scope="module")
def world() -> World:
    """The parties."""
    return World()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all."""
    with Runner() as one:
        yield one


def response(tsa: Tsa, data: bytes) -> bytes:
    """A whole TimeStampResp over data."""
    token = cms.ContentInfo.load(stamp(tsa, data))
    return bytes(
        tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
    )


def beside(
    runner: Runner, signature: bytes, trust: TrustSet, document: bytes = LETTER
) -> tuple[SignatureStatus, ...]:
    """Examine a document with a signature file beside it."""
    found = runner.examine(
        io.BytesIO(document),
        name=None,
        at=NOW,
        trust=trust,
        beside=[Companion(document=io.BytesIO(signature), role=Relation.SIGNATURE)],
    )
    assert found.outcome.examined, found.outcome
    return found.signatures.statuses


def test_a_time_stamp_beside_a_document(runner: Runner, world: World) -> None:
    """Token or whole response: the document existed by then, and nobody is its author."""
    for made in (stamp(world.tsa, LETTER), response(world.tsa, LETTER)):
        (status,) = beside(runner, made, world.trust)
        assert status.integrity is Integrity.INTACT
        assert status.time_basis is TimeBasis.TRUSTED_TIMESTAMP
        assert status.proven_not_after == world.tsa.at
        assert status.covered == ("the whole document, by its digest",)
        assert "who wrote it" in status.uncovered[0]


def test_a_time_stamp_of_other_bytes_says_nothing(runner: Runner, world: World) -> None:
    """It is not this document's, and breaks nothing."""
    assert beside(runner, stamp(world.tsa, b"other"), world.trust) == ()


def test_an_unknown_authority_is_said(runner: Runner, world: World) -> None:
    """Intact, over this document, by an authority that nobody vouches for."""
    (status,) = beside(runner, stamp(Tsa(), LETTER), TrustSet())
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert status.proven_not_after is None


def test_what_signatures_state_is_read(world: World) -> None:
    """A detached CMS container, a token, a response and a bundle each state the digest."""
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "messageSignature": {
            "messageDigest": {
                "algorithm": "SHA2_256",
                "digest": base64.b64encode(hashlib.sha256(LETTER).digest()).decode(),
            }
        },
    }
    container = "application/pkcs7-mime"
    for data, media_type in (
        (sign_cms(LETTER, world.ann, detached=True), container),
        (stamp(world.tsa, LETTER), container),
        (response(world.tsa, LETTER), container),
        (json.dumps(bundle).encode(), "application/vnd.dev.sigstore.bundle+json"),
    ):
        assert stated_in(read_stated(data, media_type).properties) == {SHA256}


@pytest.mark.parametrize("data", [b"", b"{}", b"0\x80", b"[" * 100_000, b'{"messageSignature":1}'])
def test_anything_else_states_nothing(data: bytes) -> None:
    """Total on any bytes, and a nest of brackets is no fault."""
    for media_type in ("application/pkcs7-mime", "application/vnd.dev.sigstore.bundle+json"):
        assert STATED not in read_stated(data, media_type).properties


def test_a_response_alone_is_a_time_stamp_too(runner: Runner, world: World) -> None:
    """`.tsr` as authorities answer: with its document, looked at from its own side."""
    found = runner.examine(
        io.BytesIO(response(world.tsa, LETTER)),
        name="letter.tsr",
        at=NOW,
        trust=world.trust,
        beside=[Companion(document=io.BytesIO(LETTER), role=Relation.SIGNED)],
    )
    (status,) = found.signatures.statuses
    assert status.integrity is Integrity.INTACT
    assert status.proven_not_after == world.tsa.at
