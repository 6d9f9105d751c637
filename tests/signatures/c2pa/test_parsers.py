"""Readers of foreign bytes: what they read, what they refuse, and that they never raise else."""

import dataclasses
import hashlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import Malformed
from provenance.signatures.axes import Scope
from provenance.signatures.c2pa.bounds import OWN_MEMBER, judge_bounds
from provenance.signatures.c2pa.cbor import Tagged, parse_cbor
from provenance.signatures.c2pa.codes import Effect, effect_of
from provenance.signatures.c2pa.cose import parse_signature, verify_claim
from provenance.signatures.c2pa.datahash import hash_matches
from provenance.signatures.c2pa.identity import may_decode
from provenance.signatures.c2pa.ingredients import find_troubled
from provenance.signatures.c2pa.jumbf import ManifestBoxes, read_manifest
from provenance.signatures.c2pa.report import Assertion, read_report
from tests.signatures.c2pa.maker import LABEL, Recipe, box, cbor, make_store, superbox
from tests.signatures.c2pa.parties import World

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner),
    max_leaves=20,
)
cbor_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.integers(0, 99) | st.text(max_size=9), inner, max_size=5)
    ),
    max_leaves=30,
)


@given(cbor_values)
def test_cbor_round_trip(value: object) -> None:
    """What is written is read back the same."""
    assert parse_cbor(cbor(value)) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("c24101", Tagged(tag=2, value=b"\x01")),
        ("f97e00", None),
        ("9f0102ff", [1, 2]),
        ("bf616101ff", {"a": 1}),
        ("5f41014102ff", b"\x01\x02"),
        ("7f61616162ff", "ab"),
        ("fb3ff8000000000000", 1.5),
    ],
)
def test_cbor_of_other_writers(raw: str, value: object) -> None:
    """Tags, floats and items of indefinite length are read (RFC 8949 appendix A)."""
    read = parse_cbor(bytes.fromhex(raw))
    assert read == value or (value is None and read != read)  # noqa: PLR0124 - not a number


@pytest.mark.parametrize(
    "raw",
    ["", "18", "0000", "a1", "a2616101616102", "ff", "9f", "62c328", "5f6161ff", "1c", "f8ff",
     "a18001", "a1f500", "bf6161ff", "81ff", "c0ff", "5b7fffffffffffffff", "9bffffffffffffffff"],
)  # fmt: skip
def test_cbor_that_is_refused(raw: str) -> None:
    """Cut off, two items, two equal keys, breaks out of place, lengths beyond the bytes."""
    with pytest.raises(Malformed):
        parse_cbor(bytes.fromhex(raw))


def test_cbor_has_bounds() -> None:
    """Depth and number of items end the reading, not the machine."""
    for raw in (b"\x81" * 5000 + b"\0", b"\x9f" + b"\0" * 300_000 + b"\xff"):
        with pytest.raises(Malformed, match="too"):
            parse_cbor(raw)


@given(st.binary(max_size=300))
def test_cbor_is_total(raw: bytes) -> None:
    """Any bytes are a value or Malformed."""
    _total(lambda: parse_cbor(raw))


def _total(action: Any) -> Any:  # noqa: ANN401 - any function
    try:
        return action()
    except Malformed:
        return None


@pytest.fixture(scope="module")
def store(world: World) -> bytes:
    """An honest manifest store."""
    return make_store(Recipe(signer=world.camera, chain=(world.authority,)), _binding(b"rest"))


@pytest.fixture(scope="module")
def world() -> World:
    """Parties of this module: no library is needed for them."""
    from tests.signatures.c2pa.parties import make_world  # noqa: PLC0415 - a fixture's business

    return make_world()


def _binding(rest: bytes) -> dict[str, Any]:
    return {
        "exclusions": [{"start": 4, "length": 6}],
        "alg": "sha256",
        "hash": hashlib.sha256(rest).digest(),
    }


def test_a_manifest_is_taken_apart(store: bytes, world: World) -> None:
    """Claim and signature are found, and the signature verifies with the certificate in it."""
    manifest = read_manifest(store, LABEL)
    signature = parse_signature(manifest.signature)
    assert verify_claim(signature, manifest.claim)
    assert not verify_claim(signature, manifest.claim + b"\0")
    assert signature.certificates == (world.camera.der, world.authority.der)
    assert "c2pa.hash.data" in manifest.assertions


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\0\x07jumb",
        box(b"jumb", b""),
        box(b"jumb", box(b"free", b"")),
        box(b"jumb", box(b"jumd", bytes(17))),
        box(b"jumb", box(b"jumd", bytes(16) + b"\x03no end")),
        box(b"jumb", box(b"jumd", bytes(16) + b"\x03\xff\0")),
        superbox(b"c2pa", "c2pa", superbox(b"c2ma", LABEL, b"")),
        superbox(b"c2pa", "c2pa", superbox(b"c2ma", LABEL, b"") * 2),
        box(b"jumb", b"") * 30_000,
    ],
)
def test_boxes_that_are_refused(raw: bytes) -> None:
    """No manifest, two of one label, no label, boxes longer than what holds them, too many."""
    with pytest.raises(Malformed):
        read_manifest(raw, LABEL)


def test_boxes_have_a_depth() -> None:
    """Boxes in boxes end the reading, not the stack."""
    deep = superbox(b"c2pa", "x", b"")
    for _ in range(2000):
        deep = superbox(b"c2pa", "x", deep)
    with pytest.raises(Malformed, match="deep"):
        read_manifest(deep, LABEL)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mutated_stores_are_refused_or_read(store: bytes, data: st.DataObject) -> None:
    """Any mutation is read or Malformed, through every reader in the row."""
    raw = bytearray(store)
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    manifest = _total(lambda: read_manifest(bytes(raw), LABEL))
    if manifest is None:
        return
    signature = _total(lambda: parse_signature(manifest.signature))
    if signature is not None:
        _total(lambda: verify_claim(signature, manifest.claim))
    _total(lambda: hash_matches(b"some bytes of a file", manifest))
    judge_bounds(manifest, file_size=1000, store_size=100, media_type="image/jpeg")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_flip_in_the_claim_never_verifies(store: bytes, data: st.DataObject) -> None:
    """Our own second look accepts no other claim, and no other signature value."""
    manifest = read_manifest(store, LABEL)
    signature = parse_signature(manifest.signature)
    claim = bytearray(manifest.claim)
    claim[data.draw(st.integers(0, len(claim) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert not verify_claim(signature, bytes(claim))
    value = bytearray(signature.value)
    value[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    other = dataclasses.replace(signature, value=bytes(value))
    assert not verify_claim(other, manifest.claim)


def _manifest(label: str, content: object) -> ManifestBoxes:
    return ManifestBoxes(
        label="x", claim=b"", signature=b"", assertions={label: ((b"cbor", cbor(content)),)}
    )


def test_the_hash_over_all_bytes() -> None:
    """Bytes left out do not count, all others do, and a range beyond the file never matches."""
    manifest = _manifest("c2pa.hash.data", _binding(b"abcdklmn"))
    assert hash_matches(b"abcd??????klmn", manifest)
    assert not hash_matches(b"abcd??????klmN", manifest)
    short = {"exclusions": [{"start": 4, "length": 60}], "hash": hashlib.sha256(b"abcd").digest()}
    assert not hash_matches(b"abcd??????", _manifest("c2pa.hash.data", short))
    for wrong in ({"exclusions": 7}, {"exclusions": [{"start": -1, "length": 2}]}, {"alg": "md5"}):
        with pytest.raises(Malformed):
            hash_matches(b"abcd", _manifest("c2pa.hash.data", wrong))
    with pytest.raises(Malformed):
        hash_matches(b"abcd", _manifest("c2pa.hash.boxes", {}))


@pytest.mark.parametrize(
    ("label", "content", "scope"),
    [
        ("c2pa.hash.data", {"exclusions": [{"start": 2, "length": 130}]}, Scope.WHOLE),
        ("c2pa.hash.data", {"exclusions": [{"start": 2, "length": 500}]}, Scope.PART),
        ("c2pa.hash.data", {}, Scope.WHOLE),
        ("c2pa.hash.data", {"exclusions": [{"start": "2"}]}, Scope.UNKNOWN),
        ("c2pa.hash.bmff.v3", {"exclusions": [{"xpath": "/ftyp"}]}, Scope.WHOLE),
        ("c2pa.hash.bmff.v3", {"exclusions": [{"xpath": "/mdat"}]}, Scope.PART),
        ("c2pa.hash.bmff.v3", {"exclusions": [{"xpath": "/uuid"}]}, Scope.PART),
        ("c2pa.hash.boxes", {"boxes": [{"names": ["SOI"]}, {"names": ["C2PA"]}]}, Scope.WHOLE),
        ("c2pa.hash.boxes", {"boxes": [{"names": ["APP1"], "excluded": True}]}, Scope.PART),
        ("c2pa.hash.boxes", {}, Scope.PART),
        ("c2pa.hash.collection.data", {"uris": {"a.txt": {}}}, Scope.UNKNOWN),
        ("c2pa.hash.of-tomorrow", {}, Scope.UNKNOWN),
        ("org.test.none", {}, Scope.UNKNOWN),
    ],
)
def test_bounds(label: str, content: object, scope: Scope) -> None:
    """Only the credentials and boxes without content may be left out of a whole."""
    manifest = _manifest(label, content)
    found = judge_bounds(manifest, file_size=1000, store_size=100, media_type="image/png")
    assert found.scope is scope
    assert found.covered or found.uncovered


@pytest.mark.parametrize(
    ("uris", "scope"),
    [
        ({"a.txt": {}, "b.txt": {}}, Scope.WHOLE),
        ({"a.txt": {}}, Scope.PART),
        ({}, Scope.PART),
        (["a.txt", "b.txt"], Scope.UNKNOWN),
    ],
)
def test_bounds_of_a_package(uris: object, scope: Scope) -> None:
    """A file that is not in the list of hashes could be anything; its name is told."""
    found = judge_bounds(
        _manifest("c2pa.hash.collection.data", {"uris": uris}),
        file_size=1000,
        store_size=100,
        media_type="application/zip",
        members=frozenset({"a.txt", "b.txt", OWN_MEMBER}),
    )
    assert found.scope is scope
    assert ("b.txt (not in the hash)" in found.uncovered) == (scope is Scope.PART)


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        ("assertion.dataHash.mismatch", Effect.BROKEN),
        ("signingCredential.untrusted", Effect.UNTRUSTED),
        ("cawg.ica.did_unavailable", Effect.IDENTITY),
        ("ingredient.manifest.mismatch", Effect.INGREDIENT_BROKEN),
        ("algorithm.unsupported", Effect.CANNOT_CHECK),
        ("assertion.action.malformed", Effect.CANNOT_CHECK),
        ("a.code.of.tomorrow", Effect.CANNOT_CHECK),
    ],
)
def test_codes(code: str, effect: Effect) -> None:
    """A code that nobody knows leaves the question open."""
    assert effect_of(code) is effect


def test_a_hash_elsewhere_was_not_compared() -> None:
    """The library says mismatch for a hash that it does not support."""
    words = "remote data hash URIs are not supported"
    assert effect_of("assertion.dataHash.mismatch", words) is Effect.CANNOT_CHECK


@given(json_values)
def test_the_report_is_total(value: object) -> None:
    """Any JSON reads as a report; nothing in it is a positive word that was not there."""
    keys = ("active_manifest", "manifests", "validation_results", "validation_state")
    for answer in ({}, value if isinstance(value, dict) else {}, dict.fromkeys(keys, value)):
        report = read_report(answer)
        assert report.results.codes == () or isinstance(value, dict)
        find_troubled(report)


def test_recorded_failures_are_found_at_any_depth() -> None:
    """A failure in an ingredient of an ingredient, recorded there and nowhere else, is seen."""
    failed = {"code": "claimSignature.mismatch", "url": "x"}
    inner = {
        "title": "deep",
        "label": "c2pa.ingredient",
        "validation_results": {"activeManifest": {"failure": [failed]}},
    }
    old = {"title": "old", "label": "c2pa.ingredient__1", "validation_status": [failed]}
    answer = {
        "active_manifest": "a",
        "manifests": {"a": {"ingredients": []}, "b": {"ingredients": [inner, old]}},
        "validation_results": {
            "ingredientDeltas": [
                {
                    "ingredientAssertionURI": "nowhere",
                    "validationDeltas": {"failure": [{"code": "general.error"}]},
                }
            ]
        },
    }
    found = find_troubled(read_report(answer))
    assert [one.broken for one in found] == [True, True, False]
    assert found[2].unclear


@given(json_values)
def test_identities_of_any_shape_are_not_decoded(value: object) -> None:
    """Only what is known to need no network is handed to the library."""
    assert not may_decode([Assertion(label="cawg.identity", data=value)])
