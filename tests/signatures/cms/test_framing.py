"""The walk over BER, and the judging behind it: total, bounded, quick."""

import hashlib
from unittest.mock import Mock

import pytest
from asn1crypto import cms, core, parser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import Malformed
from provenance.signatures.axes import Headline, Integrity, Kind
from provenance.signatures.cms import framing
from provenance.signatures.cms.framing import MAX_DEPTH, MAX_ELEMENTS, measure_ber
from provenance.signatures.cms.judging import judge_cms
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import Purpose, TrustSet
from tests.signatures.cms.world import NOW, World, as_ber, attribute, sign_cms, tlv

TEXT = b"we meet at noon"
DEAR = 1000  # rounds of the parser over one attribute; doubling at each level would take 2^45


def judge(data: bytes, trust: TrustSet) -> tuple[SignatureStatus, ...]:
    """Judge one container."""
    return judge_cms(
        data,
        content=None,
        sha256=hashlib.sha256(data).hexdigest(),
        kind=Kind.CMS,
        locator=Locator(name="container"),
        context=TrustContext(trust=trust, at=NOW),
        purpose=Purpose.CMS,
    )


@pytest.mark.parametrize(
    ("data", "length"),
    [
        ("0500", 2),
        ("30800000", 4),
        ("3080050000000102", 6),
        ("30820002 0500", 6),
        ("1f8101 00", 4),
        ("3004 30800000", 6),
        ("24800401610401620000ff", 10),
    ],
)
def test_ends_are_found(data: str, length: int) -> None:
    """Definite, indefinite, long forms: where the value ends."""
    assert measure_ber(bytes.fromhex(data)) == length


@pytest.mark.parametrize(
    "data",
    [
        "",
        "30",
        "3003",
        "30030500",
        "0480",
        "0000",
        "30020000",
        "3080",
        "308005",
        "300430800500",
        "1fffffffff00",
        "3089010101010101010101",
        "30810a05000500",
    ],
)
def test_what_does_not_fit_is_malformed(data: str) -> None:
    """Cut off, overrun, ends where nothing is open, primitive values without a length."""
    with pytest.raises(Malformed):
        measure_ber(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("data", "most"),
    [
        (b"\x30\x80" * 100_000, MAX_DEPTH + 1),
        (tlv(0x30, b"\x05\x00" * (MAX_ELEMENTS + 1)), MAX_ELEMENTS),
        (b"\x30\x80" * (MAX_DEPTH + 2) + b"\x00\x00" * (MAX_DEPTH + 2), MAX_DEPTH + 1),
    ],
    ids=["deep", "long", "deep and whole"],
)
def test_depth_and_number_are_bounded(
    monkeypatch: pytest.MonkeyPatch, data: bytes, most: int
) -> None:
    """Of a deep or a long structure no more parts are read than the bounds allow."""
    header, places = framing._header, []

    def read(given: bytes, at: int) -> tuple[bool, int, int]:
        places.append(at)
        return header(given, at)

    monkeypatch.setattr(framing, "_header", read)
    with pytest.raises(Malformed):
        measure_ber(data)
    assert len(places) == most


@pytest.mark.parametrize("name", ["signature_time_stamp_token", "counter_signature", "1.2.3.4"])
def test_deep_attributes_cost_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nesting within an attribute costs the parser a few rounds and does not change the answer."""
    deep = b"\x30\x80" * 45 + b"\x05\x00" + b"\x00\x00" * 45
    letters = {
        "flat": sign_cms(TEXT, world.ann, adds=lambda _: [attribute(name, b"\x05\x00")]),
        "deep": sign_cms(TEXT, world.ann, adds=lambda _: [attribute(name, deep)]),
    }
    rounds = {}
    for what, data in letters.items():
        parse = Mock(wraps=parser._parse)
        with monkeypatch.context() as patched:
            patched.setattr(parser, "_parse", parse)
            patched.setattr(core, "_parse", parse)
            (status,) = judge(data, world.trust)
        rounds[what] = parse.call_count
        assert status.headline is Headline.VERIFIED
    assert 0 < rounds["deep"] < rounds["flat"] + DEAR


def test_too_many_signers_or_attributes_are_refused(world: World) -> None:
    """Counts beyond any real container end in ERROR."""
    many = sign_cms(TEXT, *[world.ann] * 51)
    assert judge(many, world.trust)[0].headline is Headline.ERROR
    extra = [attribute(f"1.2.3.{number}", b"\x05\x00") for number in range(101)]
    (status,) = judge(sign_cms(TEXT, world.ann, extra=extra), world.trust)
    assert status.headline is Headline.ERROR


def _covered(data: bytes) -> list[tuple[int, int]]:
    """Return the stretches that a signature covers: content, attributes, its own value."""
    signed = cms.ContentInfo.load(data)["content"]
    signer = signed["signer_infos"][0]
    parts = [TEXT, bytes(signer["signed_attrs"].contents), bytes(signer["signature"].native)]
    return [(data.rindex(one), data.rindex(one) + len(one)) for one in parts]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 2), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_that_is_covered_passes(world: World, which: int, at: int, bit: int) -> None:
    """A bit changed in content, attributes or signature value is never intact."""
    data = bytearray(_made(world))
    start, stop = _covered(bytes(data))[which]
    data[start + at % (stop - start)] ^= 1 << bit
    for one in judge(bytes(data), world.trust):
        assert one.integrity is not Integrity.INTACT


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, 10_000),
    cut=st.integers(0, 30),
    put=st.binary(max_size=12),
    ber=st.booleans(),
)
def test_judging_is_total(world: World, at: int, cut: int, put: bytes, ber: bool) -> None:
    """Bytes replaced anywhere give statuses, and a good one only over the signed content."""
    whole = as_ber(_made(world)) if ber else _made(world)
    at %= len(whole)
    data = whole[:at] + put + whole[at + cut :]
    found = judge(data, world.trust)
    assert found
    for one in found:
        if one.integrity is Integrity.INTACT:
            assert one.covered[0].endswith(f"{len(TEXT)} bytes")


@given(st.binary(max_size=200))
def test_any_bytes_give_one_status(data: bytes) -> None:
    """No bytes raise, and none are a signature."""
    (status,) = judge(data, TrustSet())
    assert status.headline in {Headline.ERROR, Headline.UNSUPPORTED}


_CACHE: dict[int, bytes] = {}


def _made(world: World) -> bytes:
    return _CACHE.setdefault(id(world), sign_cms(TEXT, world.ann))
