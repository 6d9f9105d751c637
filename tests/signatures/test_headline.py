"""The table of headlines: worst wins, and no gap reads as good."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import Malformed
from provenance.signatures.axes import (
    SEVERITY,
    CertAtTime,
    ChangedAfter,
    Crypto,
    Headline,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
    Visible,
)
from provenance.signatures.detected import without_detectors
from provenance.signatures.headline import STAMPS, worst
from provenance.signatures.model import (
    DetectorFailure,
    Locator,
    SignatureReport,
    SignatureStatus,
)
from provenance.signatures.sentence import explain_signature, say_report, say_signature
from provenance.signatures.text import escape_hidden, is_printable_safe
from provenance.trust.model import Anchor, TrustSet

GOOD = SignatureStatus(
    id="1",
    document_sha256="0" * 64,
    kind=Kind.PDF_SIG,
    locator=Locator(name="Signature1", page=1),
    presence=Presence.PRESENT,
    integrity=Integrity.INTACT,
    scope=Scope.WHOLE,
    changed_after=ChangedAfter.NONE,
    visible=Visible.NO,
    signer=Signer.TRUSTED,
    time_basis=TimeBasis.CLAIMED,
    cert_at_time=CertAtTime.VALID,
)
CASES: list[tuple[dict[str, object], Headline]] = [
    ({}, Headline.VERIFIED),
    ({"signer": Signer.PINNED}, Headline.VERIFIED),
    ({"changed_after": ChangedAfter.MAINTENANCE, "scope": Scope.REVISION}, Headline.VERIFIED),
    ({"changed_after": ChangedAfter.FORM_FILL}, Headline.VERIFIED_EXTENDED),
    (
        {"changed_after": ChangedAfter.FORM_FILL, "visible": Visible.UNKNOWN},
        Headline.CHANGED_AFTER_SIGNING,
    ),
    (
        {"changed_after": ChangedAfter.MAINTENANCE, "visible": Visible.YES},
        Headline.CHANGED_AFTER_SIGNING,
    ),
    ({"changed_after": ChangedAfter.UNEXPLAINED}, Headline.CHANGED_AFTER_SIGNING),
    ({"changed_after": ChangedAfter.NOT_ANALYSED}, Headline.NOT_CHECKABLE),
    ({"signer": Signer.UNKNOWN}, Headline.INTACT_UNKNOWN_SIGNER),
    ({"signer": Signer.SELF_SIGNED}, Headline.INTACT_UNKNOWN_SIGNER),
    ({"signer": Signer.NO_IDENTITY}, Headline.INTACT_UNKNOWN_SIGNER),
    ({"signer": Signer.MISMATCH}, Headline.IDENTITY_MISMATCH),
    ({"cert_at_time": CertAtTime.UNPROVEN}, Headline.INTACT_TIME_UNPROVEN),
    ({"cert_at_time": CertAtTime.EXPIRED}, Headline.INTACT_TIME_UNPROVEN),
    (
        {"cert_at_time": CertAtTime.EXPIRED, "time_basis": TimeBasis.TRUSTED_TIMESTAMP},
        Headline.EXPIRED_AT_SIGNING,
    ),
    ({"cert_at_time": CertAtTime.REVOKED}, Headline.REVOKED),
    ({"cert_at_time": CertAtTime.COMPROMISED_KEY}, Headline.REVOKED),
    ({"scope": Scope.PART}, Headline.INTACT_PARTIAL),
    ({"crypto": Crypto.LEGACY}, Headline.INTACT_WEAK),
    ({"crypto": Crypto.BROKEN}, Headline.INTACT_WEAK),
    ({"integrity": Integrity.BROKEN}, Headline.BROKEN),
    ({"integrity": Integrity.ERROR}, Headline.ERROR),
    ({"integrity": Integrity.NOT_CHECKABLE}, Headline.NOT_CHECKABLE),
    ({"presence": Presence.UNSUPPORTED}, Headline.UNSUPPORTED),
    ({"presence": Presence.EMPTY_SLOT}, Headline.EMPTY_SLOT),
    ({"kind": Kind.TYPED_NAME}, Headline.TYPED_NAME),
    ({"kind": Kind.IMAGE_SIGNATURE}, Headline.IMAGE_PLACED),
    ({"kind": Kind.INK_REGION}, Headline.INK_OBSERVED),
]


@pytest.mark.parametrize(("axes", "headline"), CASES)
def test_the_table(axes: dict[str, object], headline: Headline) -> None:
    """Each row of the published table gives its headline."""
    status = replace(GOOD, **axes)  # type: ignore[arg-type] # a table of fields
    assert status.headline is headline


def test_verified_needs_every_axis() -> None:
    """Over all combinations of axes of an intact one, VERIFIED comes only with all of them good."""
    axes = (Scope, ChangedAfter, Visible, Signer, (TimeBasis.CLAIMED,), CertAtTime, Crypto)
    names = ("scope", "changed_after", "visible", "signer", "time_basis", "cert_at_time", "crypto")
    verified = 0
    for values in itertools.product(*axes):
        chosen: dict[str, Any] = dict(zip(names, values, strict=True))
        status = replace(GOOD, **chosen)
        if status.headline in {Headline.VERIFIED, Headline.VERIFIED_EXTENDED}:
            verified += 1
            assert status.integrity is Integrity.INTACT
            assert status.scope in {Scope.WHOLE, Scope.REVISION}
            assert status.changed_after not in {ChangedAfter.UNEXPLAINED, ChangedAfter.NOT_ANALYSED}
            assert status.visible is not Visible.YES
            assert status.signer in {Signer.TRUSTED, Signer.PINNED}
            assert status.cert_at_time is CertAtTime.VALID
            assert status.crypto is Crypto.OK
    assert verified > 0


@given(st.lists(st.sampled_from(Headline), min_size=1))
def test_worst_wins_whatever_the_order(found: list[Headline]) -> None:
    """The worst of a list does not depend on its order, and adding one never improves it."""
    assert worst(found) is worst(found[::-1])
    assert SEVERITY.index(worst([*found, Headline.VERIFIED])) <= SEVERITY.index(worst(found))


def report(*statuses: SignatureStatus, **settings: object) -> SignatureReport:
    """A report on statuses."""
    return SignatureReport(document_sha256="0" * 64, statuses=statuses, **settings)  # type: ignore[arg-type] # test


def test_unsigned_needs_a_detector_and_no_failure() -> None:
    """Nothing ran: ERROR. One failed: ERROR. All ran and found none: UNSIGNED."""
    assert report().headline is Headline.ERROR
    assert report(detectors_run=("a",)).headline is Headline.UNSIGNED
    failure = DetectorFailure(detector="b", code="c", message="d")
    assert report(detectors_run=("a",), detectors_failed=(failure,)).headline is Headline.ERROR
    assert report(unsupported_media_type="image/png").headline is Headline.UNSUPPORTED


def test_usage_rights_do_not_sign_a_document() -> None:
    """A program's licence mark neither signs a document nor spoils a signature."""
    mark = replace(GOOD, kind=Kind.PDF_USAGE_RIGHTS, integrity=Integrity.NOT_CHECKABLE)
    assert report(mark, detectors_run=("a",)).headline is Headline.UNSIGNED
    assert report(mark, GOOD, detectors_run=("a",)).headline is Headline.VERIFIED


@pytest.mark.parametrize("kind", sorted(STAMPS))
def test_a_time_stamp_never_verifies_a_document(kind: Kind) -> None:
    """Anybody can buy a stamp: it hides no empty place, no unknown signer, and verifies nobody."""
    stamp = replace(GOOD, kind=kind)
    slot = replace(GOOD, presence=Presence.EMPTY_SLOT)
    unknown = replace(GOOD, signer=Signer.UNKNOWN)
    assert stamp.headline is Headline.TIME_STAMPED
    assert report(stamp, detectors_run=("a",)).headline is Headline.TIME_STAMPED
    assert report(stamp, slot).headline is Headline.EMPTY_SLOT
    assert report(replace(stamp, signer=Signer.UNKNOWN), slot).headline is Headline.EMPTY_SLOT
    assert report(stamp, unknown).headline is Headline.INTACT_UNKNOWN_SIGNER
    assert report(stamp, GOOD).headline is Headline.VERIFIED
    broken = replace(stamp, integrity=Integrity.BROKEN)
    assert report(broken, GOOD).headline is Headline.BROKEN
    bare = without_detectors(report(stamp), "x/y")
    assert bare.headline is Headline.UNSUPPORTED


def test_an_empty_slot_does_not_touch_a_signature() -> None:
    """A signed document with an unused field keeps the headline of its signature."""
    slot = replace(GOOD, presence=Presence.EMPTY_SLOT)
    assert report(GOOD, slot).headline is Headline.VERIFIED
    assert report(slot, detectors_run=("a",)).headline is Headline.EMPTY_SLOT


@pytest.mark.parametrize(("axes", "headline"), CASES)
def test_every_headline_can_be_said(axes: dict[str, object], headline: Headline) -> None:
    """Each status has a sentence, an explanation with the command, and no word of reproach."""
    status = replace(GOOD, **axes)  # type: ignore[arg-type] # a table of fields
    lines = explain_signature(status)
    assert lines[0] == say_signature(status)
    assert lines[-1] == "To see this again: prov inspect FILE"
    assert "untrusted" not in " ".join(lines).lower()
    assert "{" not in lines[0]
    if headline is Headline.INTACT_UNKNOWN_SIGNER and status.signer is Signer.UNKNOWN:
        assert any("unknown signer" in line for line in lines)


def test_a_report_can_be_said() -> None:
    """Unsigned names its detectors; unsupported names the format; failures are not findings."""
    assert "a, b" in say_report(report(detectors_run=("a", "b")))
    assert "image/png" in say_report(report(unsupported_media_type="image/png"))
    assert "could not be determined" in say_report(report())
    assert say_report(report(GOOD)) == say_signature(GOOD)


def test_json_refuses_any_departure() -> None:
    """A missing, surplus, mistyped or contradicting member, or a hidden character, is refused."""
    text = report(GOOD, detectors_run=("a",)).to_json()
    assert SignatureReport.from_json(text).to_json() == text
    for old, new in (
        ('"headline":"VERIFIED"', '"headline":"BROKEN"'),
        ('"network_used":false', '"network_used":0'),
        ('"page":1', '"page":true'),
        ('"page":1', '"page":1.5'),
        ('"kind":"pdf_sig"', '"kind":"pdf"'),
        ('"mode":"strict"', '"mode":"str\\u202eict"'),
        ('"mode":"strict"', '"mode":"strict","more":1'),
        ('"mode":"strict",', ""),
    ):
        assert old in text
        with pytest.raises(Malformed):
            SignatureReport.from_json(text.replace(old, new))
    with pytest.raises(Malformed):
        SignatureReport.from_json("[" * 100_000)


@given(st.text())
def test_escaped_text_is_safe_and_stays(text: str) -> None:
    """Escaping leaves nothing hidden and does nothing the second time."""
    once = escape_hidden(text)
    assert is_printable_safe(once)
    assert escape_hidden(once) == once


def test_trust_sets_do_not_depend_on_order() -> None:
    """The same anchors in another order are the same set; what is no certificate is refused."""
    one, other = Anchor(der=b"\x30\x01"), Anchor(der=b"\x30\x02")
    assert TrustSet(anchors=(one, other)) == TrustSet(anchors=(other, one, one))
    assert TrustSet(anchors=(one,)).sha256 != TrustSet().sha256
    with pytest.raises(Malformed):
        TrustSet(anchors=(Anchor(der=b"-----BEGIN"),))
