"""PDF signatures made here, judged here."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Crypto,
    Headline,
    Integrity,
    Scope,
    Signer,
    TimeBasis,
    Visible,
)
from provenance.signatures.certificates import spki_sha256
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureReport, SignatureStatus
from provenance.signatures.pdf.judging import DETECTORS, inspect_pdf
from provenance.signatures.sentence import explain_signature
from provenance.trust.model import Anchor, Purpose, TrustSet
from tests.hostile.forge import appended, junk_after_end, saved_incrementally
from tests.signatures.pdf.letters import Letter, bare_page
from tests.signatures.pdf.world import (
    FAR,
    LATER,
    NOW,
    World,
    make_party,
    revocation_list,
    sign,
)


def inspect(
    data: bytes, trust: TrustSet, at: datetime = NOW, reference_time: datetime | None = None
) -> Detected:
    """Inspect with a true digest."""
    digest = hashlib.sha256(data).hexdigest()
    return inspect_pdf(data, sha256=digest, trust=trust, at=at, reference_time=reference_time)


def only(data: bytes, trust: TrustSet, at: datetime = NOW) -> SignatureStatus:
    """Return the one status there must be."""
    (status,) = inspect(data, trust, at).statuses
    return status


def test_unsigned_lists_what_looked() -> None:
    """A PDF without any signature yields no status, no failure, and the detectors that looked."""
    found = inspect(bare_page(), TrustSet())
    assert found.statuses == ()
    assert found.failures == ()
    assert found.ran == DETECTORS


def test_permissions_that_cannot_be_read_are_the_failure_of_their_own_detector() -> None:
    """Fields were listed to the end; what hangs on the permissions was not, and nobody says so."""
    data = appended(bare_page(), {1: b"<< /Type /Catalog /Pages 2 0 R /Perms 7 >>"})
    found = inspect(data, TrustSet())
    assert [one.detector for one in found.failures] == ["pdf-permissions"]
    assert found.ran == ("pdf-signature-fields", "pdf-byte-ranges")


def _raising(error: Exception) -> Callable[..., None]:
    def evaluate(*_: object) -> None:
        raise error

    return evaluate


def test_an_analysis_that_broke_off_by_itself_leaves_the_question_open(
    signed: bytes, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of the engine is no finding where the pages look the same, and no good answer."""
    later = appended(signed, {800: b"<< /Kind (left over) >>"})
    monkeypatch.setattr(EmbeddedPdfSignature, "evaluate_modifications", _raising(KeyError("60")))
    status = only(later, world.trust)
    assert (status.visible, status.changed_after) == (Visible.NO, ChangedAfter.NOT_ANALYSED)
    assert status.headline is Headline.NOT_CHECKABLE
    text = " ".join(explain_signature(status))
    assert "whether that changes the document was not determined" in text
    assert "KeyError" not in text
    assert any("KeyError" in change.where for change in status.changes)
    other = saved_incrementally(signed, b"BT /F1 11 Tf 72 600 Td (Added afterwards) Tj ET")
    assert only(other, world.trust).headline is Headline.CHANGED_AFTER_SIGNING
    assert only(junk_after_end(later), world.trust).headline is Headline.CHANGED_AFTER_SIGNING


def test_an_analysis_that_cannot_read_the_file_counts_against_it(
    signed: bytes, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objects laid out so that no list of changes can be made hide changes: told as changed."""
    later = appended(signed, {800: b"<< /Kind (left over) >>"})
    broken = _raising(PdfReadError("endstream"))
    monkeypatch.setattr(EmbeddedPdfSignature, "evaluate_modifications", broken)
    status = only(later, world.trust)
    assert status.headline is Headline.CHANGED_AFTER_SIGNING
    text = " ".join(explain_signature(status))
    assert "laid out so that no list of changes could be made" in text
    assert "PdfReadError" not in text


def test_signed_by_an_anchored_signer_is_verified(signed: bytes, world: World) -> None:
    """Whole, unchanged, anchored, certificate good now: VERIFIED on every axis."""
    status = only(signed, world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.scope is Scope.WHOLE
    assert status.changed_after is ChangedAfter.NONE
    assert status.signer is Signer.TRUSTED
    assert status.cert_at_time is CertAtTime.VALID
    assert status.reference_time_used == NOW
    assert status.anchor_id == hashlib.sha256(world.authority.der).hexdigest()
    assert status.trust_set_sha256 == world.trust.sha256
    assert status.identity.subject == "Common Name: Ann Author"
    assert status.etsi == ("TOTAL-PASSED", "")
    assert not status.network_used


def test_without_anchors_the_signer_is_unknown(signed: bytes) -> None:
    """The same file under an empty trust set is intact, its signer unknown."""
    status = only(signed, TrustSet())
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert status.signer is Signer.UNKNOWN
    assert status.etsi == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")


def test_self_signed_is_said(world: World) -> None:
    """A certificate that vouches for itself is SELF_SIGNED, with or without other anchors."""
    data = sign(bare_page(), world.stranger)
    assert only(data, TrustSet()).signer is Signer.SELF_SIGNED
    assert only(data, world.trust).headline is Headline.INTACT_UNKNOWN_SIGNER


def test_expired_now_and_time_only_claimed(signed: bytes, world: World) -> None:
    """Certificate over, only the signer's clock says when: the time is unproven."""
    status = only(signed, world.trust, LATER)
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert status.time_basis is TimeBasis.CLAIMED
    assert status.reference_time_used == status.claimed_time


def test_expired_now_but_stamped_in_time(world: World) -> None:
    """A time stamp of an anchored authority inside the certificate's life proves the time."""
    moment = datetime(2045, 1, 1, tzinfo=UTC)
    data = sign(bare_page(), world.signer, authority=world.authority, stamp=(world.clock, moment))
    status = only(data, world.trust, LATER)
    assert status.headline is Headline.VERIFIED
    assert status.time_basis is TimeBasis.TRUSTED_TIMESTAMP
    assert status.proven_not_after == moment
    assert status.reference_time_used == moment
    assert "Test Clock" in (status.time_authority or "")


def test_a_list_of_the_desk_counts_for_a_certificate_that_names_none(
    signed: bytes, world: World
) -> None:
    """Revoked by the desk's own list, the signature is no longer VERIFIED; without, it is."""
    revoked = replace(world.trust, crls=(revocation_list(world, world.signer),))
    empty = replace(world.trust, crls=(revocation_list(world),))
    assert only(signed, revoked).headline is Headline.INTACT_UNKNOWN_SIGNER
    assert only(signed, world.trust).revocation.checked is False
    status = only(signed, empty)
    assert status.headline is Headline.VERIFIED
    assert (status.revocation.source, status.revocation.checked) == ("desk", True)


def test_stamped_and_revoked_before(world: World) -> None:
    """A signature stamped after its certificate was called back reads REVOKED."""
    moment = datetime(2045, 1, 1, tzinfo=UTC)
    data = sign(bare_page(), world.signer, authority=world.authority, stamp=(world.clock, moment))
    revoked = replace(world.trust, crls=(revocation_list(world, world.signer),))
    assert only(data, revoked, LATER).headline is Headline.REVOKED


def test_stamped_after_expiry(world: World) -> None:
    """A time stamp after the certificate's end shows a signature by an expired certificate."""
    moment = datetime(2049, 1, 1, tzinfo=UTC)
    data = sign(bare_page(), world.signer, authority=world.authority, stamp=(world.clock, moment))
    status = only(data, world.trust, LATER)
    assert status.headline is Headline.EXPIRED_AT_SIGNING
    assert status.etsi == ("INDETERMINATE", "EXPIRED")


def test_stamp_of_an_unknown_authority_proves_nothing(world: World) -> None:
    """A time stamp that chains to no anchor leaves the time claimed."""
    clock = make_party("Own Clock", stamps=True)
    moment = datetime(2045, 1, 1, tzinfo=UTC)
    data = sign(bare_page(), world.signer, authority=world.authority, stamp=(clock, moment))
    status = only(data, world.trust, LATER)
    assert status.time_basis is TimeBasis.CLAIMED
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert "timestamp-authority-unknown" in status.native_codes


def test_reference_time_by_hand_is_recorded(signed: bytes, world: World) -> None:
    """A reference time given by the caller is used and named in the warnings."""
    moment = datetime(2041, 1, 1, tzinfo=UTC)
    (status,) = inspect(signed, world.trust, LATER, moment).statuses
    assert status.reference_time_used == moment
    assert any("by hand" in warning for warning in status.warnings)


def test_second_signature_keeps_the_first_verified(signed: bytes, world: World) -> None:
    """A further signature is a permitted addition: the first is extended, the second whole."""
    data = sign(
        signed,
        world.signer,
        authority=world.authority,
        field_name="Signature2",
        box=(350, 300, 500, 360),
    )
    first, second = inspect(data, world.trust).statuses
    assert first.headline is Headline.VERIFIED_EXTENDED
    assert first.scope is Scope.REVISION
    assert first.visible is Visible.NO
    assert any(change.category == "signature-widget" for change in first.changes)
    assert second.headline is Headline.VERIFIED


def test_a_signature_stamp_over_the_page_is_not_masked(signed: bytes, world: World) -> None:
    """A later "signature" whose picture covers the page counts as a visible change."""
    data = sign(
        signed,
        world.signer,
        authority=world.authority,
        field_name="Signature2",
        box=(0, 0, 612, 792),
    )
    first, _ = inspect(data, world.trust).statuses
    assert first.headline is Headline.CHANGED_AFTER_SIGNING
    assert first.pages == (1,)


def test_certified_against_change_and_signed_again(world: World) -> None:
    """Certified with no changes permitted, then signed by another: the permission is broken."""
    certified = sign(
        bare_page(), world.signer, authority=world.authority, certify=MDPPerm.NO_CHANGES
    )
    data = _force_second_signature(certified, world)
    first = inspect(data, world.trust).statuses[0]
    assert first.headline is Headline.CHANGED_AFTER_SIGNING
    assert "docmdp-violated" in first.native_codes


def _force_second_signature(data: bytes, world: World) -> bytes:
    """Sign although the certification forbids it: the permission is read as 3, then put back."""
    forced = sign(
        data.replace(b"/P 1 ", b"/P 3 ").replace(b"/P 1\n", b"/P 3\n").replace(b"/P 1>", b"/P 3>"),
        world.signer,
        authority=world.authority,
        field_name="Signature2",
    )
    return data + forced[len(data) :]


def test_short_rsa_key_is_weak(world: World) -> None:
    """RSA of 1024 bits is legacy: intact, but INTACT_WEAK even when anchored."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the point of the test
    party = make_party("Short Key", issuer=world.authority, key=key)
    status = only(sign(bare_page(), party, authority=world.authority), world.trust)
    assert status.integrity is Integrity.INTACT
    assert status.crypto is Crypto.LEGACY
    assert status.key_bits == 1024
    assert status.headline is Headline.INTACT_WEAK


def test_sha1_is_weak(world: World) -> None:
    """A SHA-1 signature is legacy."""
    data = sign(bare_page(), world.signer, authority=world.authority, digest="sha1")
    status = only(data, world.trust)
    assert status.crypto is Crypto.LEGACY
    assert status.headline is Headline.INTACT_WEAK


def test_empty_fields_are_slots() -> None:
    """An unsigned field is an empty slot with its page and box; it is not "unsigned"."""
    letter = Letter().body()
    letter.empty_fields.append(("Director", (72, 400, 272, 450)))
    status = only(letter.render(), TrustSet())
    assert status.headline is Headline.EMPTY_SLOT
    assert status.locator.name == "Director"
    assert status.locator.page == 1
    assert status.locator.box is not None
    assert (status.locator.box.left, status.locator.box.top) == (72, 450)


def test_unreadable_is_error_not_unsigned() -> None:
    """A file that no reader opens is a failure of the detector: the report says ERROR."""
    found = inspect(b"%PDF-1.7\nnothing of a PDF", TrustSet())
    report = SignatureReport(
        document_sha256="0", detectors_run=found.ran, detectors_failed=found.failures
    )
    assert found.failures
    assert report.headline is Headline.ERROR


@pytest.mark.parametrize("wording", ["untrusted", "fake", "forged"])
def test_records_survive_json(signed: bytes, world: World, wording: str) -> None:
    """A report reads back equal from its JSON, which never holds a word of reproach."""
    found = inspect(signed, world.trust)
    report = SignatureReport(document_sha256="0", statuses=found.statuses, detectors_run=DETECTORS)
    assert SignatureReport.from_json(report.to_json()) == report
    assert wording not in report.to_json()


IN_TIME = datetime(2045, 1, 1, tzinfo=UTC)


def test_a_compromised_key_anywhere_on_the_path_counts(signed: bytes, world: World) -> None:
    """Whoever holds the key of an authority can make signers: root and intermediate alike."""
    between = make_party("Between", issuer=world.authority, authority=True, finish=FAR)
    leaf = make_party("Lea Leaf", issuer=between)
    below = sign(bare_page(), leaf, authority=between)
    assert only(below, world.trust).headline is Headline.VERIFIED
    for data, party, at in (
        (signed, world.authority, NOW),
        (below, between, NOW),
        (below, world.authority, NOW),
        (below, between, LATER),  # only the claimed time is left
        (sign(bare_page(), leaf, authority=between, stamp=(world.clock, IN_TIME)), between, LATER),
    ):
        trust = replace(world.trust, compromised_spki=(spki_sha256(party.asn1),))
        status = only(data, trust, at)
        assert status.cert_at_time is CertAtTime.COMPROMISED_KEY
        assert status.headline is Headline.REVOKED
        assert status.signer is not Signer.TRUSTED
        assert "key-compromised" in status.native_codes


def test_a_stamp_by_a_compromised_or_revoked_authority_proves_nothing(world: World) -> None:
    """Such a key can be made to stamp any time: on the list, below it, or on the desk's own CRL."""
    stamped = sign(
        bare_page(), world.signer, authority=world.authority, stamp=(world.clock, IN_TIME)
    )
    assert only(stamped, world.trust, LATER).headline is Headline.VERIFIED
    compromised = replace(world.trust, compromised_spki=(spki_sha256(world.clock.asn1),))
    revoked = replace(world.trust, crls=(revocation_list(world, world.clock),))
    for trust, code in (
        (compromised, "timestamp-key-compromised"),
        (revoked, "timestamp-authority-revoked"),
    ):
        status = only(stamped, trust, LATER)
        assert status.time_basis is TimeBasis.CLAIMED
        assert status.headline is Headline.INTACT_TIME_UNPROVEN
        assert status.proven_not_after is None
        assert code in status.native_codes
    lists = replace(world.trust, crls=(revocation_list(world, world.signer),))
    assert only(stamped, lists, LATER).time_basis is TimeBasis.TRUSTED_TIMESTAMP


def test_a_stamp_below_an_anchor_of_its_own(world: World) -> None:
    """An authority for time stamps alone: its list is heard, and other lists do not disturb it."""
    root = make_party("Time Root", authority=True, finish=FAR)
    clock = make_party("Second Clock", issuer=root, stamps=True, finish=FAR)
    anchors = (
        Anchor(der=world.authority.der, purposes=(Purpose.PDF,)),
        Anchor(der=root.der, purposes=(Purpose.TSA,)),
    )
    data = sign(bare_page(), world.signer, authority=world.authority, stamp=(clock, IN_TIME))
    other = TrustSet(anchors=anchors, crls=(revocation_list(world),))
    assert only(data, other, LATER).headline is Headline.VERIFIED
    own = revocation_list(replace(world, authority=root), clock)
    status = only(data, TrustSet(anchors=anchors, crls=(own,)), LATER)
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    bad_root = replace(other, compromised_spki=(spki_sha256(root.asn1),))
    assert only(data, bad_root, LATER).headline is Headline.INTACT_TIME_UNPROVEN
