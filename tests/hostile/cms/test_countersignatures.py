"""Countersignatures: told for what they are, and no answer gets better or worse by one."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from provenance.signatures.axes import Headline, Kind
from provenance.signatures.cms.countersigning import BROKEN, CUT, HOLDS, MAX_COUNTERS, OPEN
from provenance.signatures.cms.judging import judge_cms
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import Purpose
from tests.signatures.cms.world import NOW, World, attribute, make_party, sign_cms, tlv

TEXT = b"We meet at noon."
Maker = Callable[[World, bytes], bytes]


@pytest.fixture(scope="module")
def world() -> World:
    """The parties."""
    return World()


def judge(data: bytes, world: World) -> SignatureStatus:
    """Judge the one signer of a container."""
    (status,) = judge_cms(
        data,
        content=None,
        sha256=hashlib.sha256(data).hexdigest(),
        kind=Kind.CMS,
        locator=Locator(name="x"),
        context=TrustContext(trust=world.trust, at=NOW),
        purpose=Purpose.CMS,
    )
    return status


def counter(world: World, over: bytes, **lies: object) -> bytes:
    """Return the SignerInfo of a countersignature by Sam, who lies only where it is asked for."""
    made = sign_cms(over, world.sam, detached=True, **lies)  # type: ignore[arg-type] # handed on
    signer = cms.ContentInfo.load(made)["content"]["signer_infos"][0]
    return bytes(signer.dump())


def honest(
    world: World, over: bytes, *, extra: tuple[bytes, ...] = (), bare: bool = False
) -> bytes:
    """Return a countersignature as RFC 5652 wants it: no content type among its attributes."""
    template = cms.SignerInfo.load(counter(world, over))
    digest = attribute("message_digest", tlv(0x04, hashlib.sha256(over).digest()))
    held = sorted([digest, *extra])
    assert isinstance(world.sam.key, ec.EllipticCurvePrivateKey)
    signed = over if bare else tlv(0x31, b"".join(held))
    value = world.sam.key.sign(signed, ec.ECDSA(hashes.SHA256()))
    parts = [bytes(template[name].dump()) for name in ("version", "sid", "digest_algorithm")]
    parts += [b"" if bare else tlv(0xA0, b"".join(held))]
    parts += [bytes(template["signature_algorithm"].dump()), tlv(0x04, value)]
    return tlv(0x30, b"".join(parts))


def signed(world: World, *makers: Maker) -> bytes:
    """Return a container by Ann with countersignatures over her signature."""

    def adds(value: bytes) -> list[bytes]:
        made = sorted(one(world, value) for one in makers)
        return [attribute("counter_signature", *made)]

    return sign_cms(TEXT, world.ann, adds=adds, certificates=[world.ann, world.sam])


def bare_of(world: World) -> SignatureStatus:
    """Judge the same container without any."""
    return judge(sign_cms(TEXT, world.ann, certificates=[world.ann, world.sam]), world)


def without_words(status: SignatureStatus) -> SignatureStatus:
    """Take away what may be told beside a signature."""
    return replace(status, warnings=(), native_codes=(), document_sha256="")


@pytest.mark.parametrize(
    "make",
    [
        honest,
        lambda world, value: honest(world, value, bare=True),
        lambda world, value: honest(
            world, value, extra=(attribute("signing_time", b"\x17\x0d261122100000Z"),)
        ),
    ],
)
def test_one_that_holds(world: World, make: Maker) -> None:
    """It is told, by whom as its certificate says, and nothing else changes."""
    status = judge(signed(world, make), world)
    assert HOLDS in status.native_codes
    assert any("countersigned by" in one and "not judged" in one for one in status.warnings)
    assert without_words(status) == without_words(bare_of(world))
    assert status.headline is Headline.VERIFIED


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


BAD: dict[str, tuple[Maker, str]] = {
    "over another signature": (lambda w, _: honest(w, b"another value"), BROKEN),
    "over the document": (lambda w, _: honest(w, TEXT), BROKEN),
    "its value altered": (lambda w, v: _flip(honest(w, v), len(honest(w, v)) - 3), BROKEN),
    "bare, over another": (lambda w, _: honest(w, b"another value", bare=True), BROKEN),
    "with a content type": (counter, OPEN),
    "digest twice": (
        lambda w, v: honest(
            w, v, extra=(attribute("message_digest", tlv(0x04, hashlib.sha256(b"x").digest())),)
        ),
        OPEN,
    ),
    "another structure": (lambda _w, _v: tlv(0x30, b"\x02\x01\x01"), OPEN),
    "empty": (lambda _w, _v: b"\x30\x00", OPEN),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_one_that_does_not_hold(world: World, name: str) -> None:
    """It is told as what it is, never as holding, and the signature stays what it was."""
    make, code = BAD[name]
    status = judge(signed(world, make), world)
    assert code in status.native_codes
    assert HOLDS not in status.native_codes
    assert without_words(status) == without_words(bare_of(world))


def test_whose_certificate_did_not_come(world: World) -> None:
    """Without its certificate, or with another under its number, it is open."""

    def adds(value: bytes) -> list[bytes]:
        return [attribute("counter_signature", honest(world, value))]

    status = judge(sign_cms(TEXT, world.ann, adds=adds), world)
    assert OPEN in status.native_codes
    status = judge(sign_cms(TEXT, world.ann, adds=adds, certificates=[world.ann, world.eve]), world)
    assert HOLDS not in status.native_codes
    assert status.headline is Headline.VERIFIED


def test_it_makes_no_bad_signature_better(world: World) -> None:
    """A stranger's, a broken one and one without trust stay so with a trusted countersignature."""
    stranger = make_party("Stranger", "stranger@desk.example")

    def adds(value: bytes) -> list[bytes]:
        return [attribute("counter_signature", honest(world, value))]

    for party, wrong in ((stranger, ""), (world.ann, "signature")):
        plain = judge(sign_cms(TEXT, party, wrong=wrong, certificates=[party, world.sam]), world)
        both = sign_cms(TEXT, party, wrong=wrong, adds=adds, certificates=[party, world.sam])
        status = judge(both, world)
        assert HOLDS in status.native_codes
        assert status.headline is plain.headline
        assert status.headline in {Headline.INTACT_UNKNOWN_SIGNER, Headline.BROKEN}


def test_more_than_are_looked_at(world: World) -> None:
    """The rest is counted."""
    status = judge(signed(world, *[honest] * (MAX_COUNTERS + 2)), world)
    assert CUT in status.native_codes
    assert any("2 more countersignatures" in one for one in status.warnings)


def test_a_flipped_bit_in_what_it_signs(world: World) -> None:
    """In its attributes and in its value no single bit may be another."""
    chance = random.Random(13)  # noqa: S311 - a sample, and the same one every time
    for _ in range(40):

        def flipped(world: World, value: bytes) -> bytes:
            made = honest(world, value)
            signer = cms.SignerInfo.load(made)
            part = chance.choice(("signature", "signed_attrs"))
            begin = made.index(bytes(signer[part].contents))
            at = begin + chance.randrange(len(signer[part].contents))
            return made[:at] + bytes([made[at] ^ 1 << chance.randrange(8)]) + made[at + 1 :]

        status = judge(signed(world, flipped), world)
        assert HOLDS not in status.native_codes
