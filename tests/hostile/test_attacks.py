"""No attack on a signed PDF may come out as a good signature of the document."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.signatures.axes import ChangedAfter, Headline, Integrity, Kind, Scope, Visible
from provenance.signatures.model import SignatureReport
from provenance.signatures.pdf.judging import inspect_pdf
from provenance.trust.model import Anchor, TrustSet
from tests.hostile import forge
from tests.signatures.good import HOLDS
from tests.signatures.pdf.letters import bare_page
from tests.signatures.pdf.world import NOW, World, make_world, sign

ASSETS = Path(__file__).parent / "assets"


@pytest.fixture(scope="module")
def world() -> World:
    """The parties."""
    return make_world()


@pytest.fixture(scope="module")
def signed(world: World) -> bytes:
    """The victim."""
    return sign(bare_page(), world.signer, authority=world.authority)


def judge(data: bytes, trust: TrustSet) -> SignatureReport:
    """Judge one file."""
    digest = hashlib.sha256(data).hexdigest()
    found = inspect_pdf(data, sha256=digest, trust=trust, at=NOW)
    return SignatureReport(
        document_sha256=digest,
        statuses=found.statuses,
        detectors_run=found.ran,
        detectors_failed=found.failures,
        warnings=found.warnings,
    )


def test_the_victim_is_verified(signed: bytes, world: World) -> None:
    """Without an attack the file is VERIFIED, so that the other tests can fail."""
    assert judge(signed, world.trust).headline is Headline.VERIFIED


def test_every_attack_is_refused(signed: bytes, world: World) -> None:
    """No attack leaves a good headline, and none makes a signed file "unsigned"."""
    answers = {name: judge(data, world.trust).headline for name, data in forge.every_attack(signed)}
    assert len(answers) > 40
    accepted = {name: one for name, one in answers.items() if one in HOLDS}
    assert accepted == {}
    unsigned = {name for name, one in answers.items() if one is Headline.UNSIGNED}
    assert unsigned <= {"truncated-20", "truncated-50"}  # what is left holds no signature at all


def test_kept_assets_are_refused() -> None:
    """Files made by an earlier run of the generator get the answers written down then."""
    trust = TrustSet(anchors=(Anchor(der=(ASSETS / "authority.der").read_bytes()),))
    expected = json.loads((ASSETS / "expected.json").read_text("utf-8"))
    files = {path.stem: path for path in ASSETS.glob("*.pdf")}
    assert set(files) == set(expected)
    for name, path in files.items():
        headline = judge(path.read_bytes(), trust).headline
        assert headline.value == expected[name], name
        assert (headline in HOLDS) == (name == "untouched"), name


@pytest.mark.parametrize(
    ("attack", "changed"),
    [
        (lambda data: forge.saved_incrementally(data, b"BT ET"), ChangedAfter.UNEXPLAINED),
        (forge.annotated, ChangedAfter.UNEXPLAINED),
    ],
)
def test_incremental_changes_are_seen_and_named(
    signed: bytes, world: World, attack: Callable[[bytes], bytes], changed: ChangedAfter
) -> None:
    """Changed content leaves the old revision intact and shows on the page."""
    (status,) = judge(attack(signed), world.trust).statuses
    assert status.integrity is Integrity.INTACT
    assert status.headline is Headline.CHANGED_AFTER_SIGNING
    assert status.changed_after is changed
    assert status.visible is Visible.YES
    assert status.pages == (1,)
    assert any(change.pixels for change in status.changes)


def test_wrapping_is_caught_by_what_is_left_out(signed: bytes, world: World) -> None:
    """Signature wrapping: digest and signature hold, the byte range does not."""
    report = judge(forge.wrapped(signed, b"BT ET"), world.trust)
    (status,) = report.statuses
    assert status.integrity is Integrity.INTACT
    assert status.scope is Scope.PART
    assert status.headline is Headline.CHANGED_AFTER_SIGNING
    assert any("of no signature that was read" in warning for warning in report.warnings)


def test_junk_is_counted(signed: bytes, world: World) -> None:
    """Bytes behind the last end mark are reported, though no object changed."""
    (status,) = judge(forge.junk_after_end(signed), world.trust).statuses
    assert status.headline is Headline.CHANGED_AFTER_SIGNING
    assert "trailing-bytes" in status.native_codes


def test_zeroed_contents_is_an_empty_slot(signed: bytes, world: World) -> None:
    """A signature value of zeros is a place without a signature, and says how it was found."""
    (status,) = judge(forge.empty_contents(signed), world.trust).statuses
    assert status.headline is Headline.EMPTY_SLOT
    assert status.native_codes == ("contents-empty",)


def test_removed_form_leaves_an_alarm(signed: bytes, world: World) -> None:
    """A signature that the form no longer lists is NOT_CHECKABLE, never "unsigned"."""
    report = judge(forge.form_removed(signed), world.trust)
    assert report.headline is Headline.NOT_CHECKABLE
    assert report.statuses[0].native_codes == ("signature-not-listed",)


def test_a_signature_of_another_encoding_is_listed(signed: bytes, world: World) -> None:
    """An encoding that is not handled is UNSUPPORTED and named, not left out."""
    (status,) = judge(forge.hidden_subfilter(signed), world.trust).statuses
    assert status.headline is Headline.UNSUPPORTED
    assert status.error == "subfilter-not-handled: /adbe.pkcs7.sha1"


def test_usage_rights_are_no_signature(world: World) -> None:
    """A file with nothing but a usage-rights mark is unsigned, and the mark is reported."""
    report = judge(forge.usage_rights(bare_page()), world.trust)
    assert report.headline is Headline.UNSIGNED
    assert [status.kind for status in report.statuses] == [Kind.PDF_USAGE_RIGHTS]
    assert any("usage-rights" in warning for warning in report.warnings)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(position=st.integers(0, 60_000), bit=st.integers(0, 7))
def test_no_flipped_bit_is_accepted(signed: bytes, world: World, position: int, bit: int) -> None:
    """Any single flipped bit of what is signed changes the answer.

    The signature value itself is left out: it holds certificates and padding that nobody signed.
    """
    start = signed.index(b"/Contents <")
    end = signed.index(b">", start)
    position %= len(signed) - (end - start)
    if position >= start:
        position += end - start
    headline = judge(forge.flipped(signed, position, bit), world.trust).headline
    assert headline not in HOLDS
