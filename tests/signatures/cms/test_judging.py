"""CMS containers made here, judged here."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from asn1crypto import cms, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateRevocationListBuilder, RevokedCertificateBuilder
from cryptography.x509.oid import ExtendedKeyUsageOID

from provenance.outside.timestamp_request import new_request
from provenance.signatures.axes import (
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
)
from provenance.signatures.cms.judging import judge_cms
from provenance.signatures.cms.stamping import MAX_STAMPS
from provenance.signatures.cms.stamps import NoStamp, judge_timestamp_token
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.vouching import Stamp, TrustContext
from provenance.trust.model import Anchor, Purpose, TrustSet
from tests.outside.authority import Tsa
from tests.signatures.cms.world import (
    NOW,
    SIGNED_AT,
    World,
    as_ber,
    attribute,
    make_party,
    sign_cms,
    stamp,
)
from tests.signatures.party import BEGIN, Party

TEXT = b"To whom it may concern: we meet at noon.\r\n"


def judge(
    data: bytes,
    trust: TrustSet,
    *,
    content: bytes | None = None,
    at: datetime = NOW,
    reference_time: datetime | None = None,
    purpose: Purpose = Purpose.CMS,
) -> tuple[SignatureStatus, ...]:
    """Judge one container."""
    return judge_cms(
        data,
        content=content,
        sha256=hashlib.sha256(data).hexdigest(),
        kind=Kind.CMS,
        locator=Locator(name="container"),
        context=TrustContext(trust=trust, at=at, reference_time=reference_time),
        purpose=purpose,
    )


def only(data: bytes, trust: TrustSet, **how: Any) -> SignatureStatus:  # noqa: ANN401 - as `judge`
    """Judge a container with one signer."""
    (status,) = judge(data, trust, **how)
    return status


def armoured(data: bytes, label: str = "CMS") -> bytes:
    """Return PEM."""
    body = base64.encodebytes(data).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n".encode()


def test_an_anchored_signer_over_content_inside_is_verified(world: World) -> None:
    """Everything in order is VERIFIED, with every axis answered."""
    status = only(sign_cms(TEXT, world.ann), world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.presence is Presence.PRESENT
    assert status.scope is Scope.WHOLE
    assert status.changed_after is ChangedAfter.NONE
    assert status.signer is Signer.TRUSTED
    assert status.time_basis is TimeBasis.CLAIMED
    assert status.claimed_time == SIGNED_AT
    assert status.cert_at_time is CertAtTime.VALID
    assert status.crypto is Crypto.OK
    assert status.reference_time_used == NOW
    assert status.identity.subject == "Common Name: Ann Author"
    assert status.identity.email == "ann@desk.example"
    assert status.algorithms == ("sha256", "sha256_ecdsa", "ec-256")
    assert status.trust_set_sha256 == world.trust.sha256
    assert status.covered == (f"the signed content inside the container, {len(TEXT)} bytes",)
    assert not status.revocation.checked


@pytest.mark.parametrize("label", ["CMS", "PKCS7", "PKCS #7 SIGNED DATA"])
def test_armour_changes_nothing(world: World, label: str) -> None:
    """PEM under each of its labels gives the answer of the binary form."""
    data = sign_cms(TEXT, world.ann)
    assert judge(armoured(data, label), world.trust)[0].headline is Headline.VERIFIED


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_indefinite_lengths_change_nothing(world: World, piece: int) -> None:
    """BER with content in pieces gives the answer of DER, and an altered piece is BROKEN."""
    data = as_ber(sign_cms(TEXT, world.ann), piece=piece)
    assert only(data, world.trust).headline is Headline.VERIFIED
    altered = data.replace(b"T", b"t", 1)
    assert altered != data
    assert only(altered, world.trust).headline is Headline.BROKEN


def test_altered_content_is_broken(world: World) -> None:
    """A word changed inside: the digest fails, the names are kept for the record."""
    data = sign_cms(TEXT, world.ann).replace(b"at noon", b"at five")
    status = only(data, world.trust)
    assert status.headline is Headline.BROKEN
    assert status.native_codes == ("hash-failure",)
    assert status.identity.subject == "Common Name: Ann Author"


def test_a_wrong_signature_value_is_broken(world: World) -> None:
    """The digest fits and the signature does not."""
    status = only(sign_cms(TEXT, world.ann, wrong="signature"), world.trust)
    assert status.headline is Headline.BROKEN
    assert status.etsi == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")


def test_detached_needs_its_document(world: World) -> None:
    """Without the document NOT_CHECKABLE, and its digest is told; with it VERIFIED; else BROKEN."""
    data = sign_cms(TEXT, world.ann, detached=True)
    alone = only(data, world.trust)
    assert alone.headline is Headline.NOT_CHECKABLE
    assert alone.etsi == ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND")
    assert hashlib.sha256(TEXT).hexdigest() in alone.covered[0]
    assert only(data, world.trust, content=TEXT).headline is Headline.VERIFIED
    assert only(data, world.trust, content=TEXT + b"!").headline is Headline.BROKEN


def test_detached_with_a_bad_signature_is_broken_even_alone(world: World) -> None:
    """What does not match its own attributes matches no document."""
    data = sign_cms(TEXT, world.ann, detached=True, wrong="signature")
    assert only(data, world.trust).headline is Headline.BROKEN


def test_content_inside_and_outside_is_refused(world: World) -> None:
    """Confusion of eContent: good over what is inside, shown is another text: never good."""
    data = sign_cms(TEXT, world.ann)
    other = only(data, world.trust, content=b"Send the money to Eve.\r\n")
    assert other.headline is Headline.BROKEN
    assert "econtent-confusion" in other.native_codes
    same = only(data, world.trust, content=TEXT)
    assert same.headline is Headline.NOT_CHECKABLE
    assert "econtent-confusion" in same.native_codes
    hidden = sign_cms(TEXT, world.ann, detached=True, carried=b"something else")
    assert only(hidden, world.trust, content=TEXT).headline is Headline.NOT_CHECKABLE


def test_no_signer_is_an_empty_slot(world: World) -> None:
    """A container with certificates and no signer: EMPTY_SLOT, and why it matters."""
    status = only(sign_cms(TEXT, certificates=[world.ann]), world.trust)
    assert status.headline is Headline.EMPTY_SLOT
    assert status.native_codes == ("no-signer-info",)
    assert "some programs show it as signed" in status.warnings[0]


def test_each_signer_has_a_status(world: World) -> None:
    """Two signers, one of them known: two statuses, two answers, two ids."""
    found = judge(sign_cms(TEXT, world.ann, world.sam), world.trust)
    known, stranger = sorted(found, key=lambda one: one.identity.subject or "")
    assert known.headline is Headline.VERIFIED
    assert stranger.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert stranger.signer is Signer.SELF_SIGNED
    assert known.id != stranger.id


def test_without_anchors_the_signer_is_unknown(world: World) -> None:
    """Nobody vouches: unknown, not untrusted."""
    status = only(sign_cms(TEXT, world.ann), TrustSet())
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert status.signer is Signer.UNKNOWN


def test_an_anchor_for_another_purpose_does_not_count(world: World) -> None:
    """An anchor for PDF vouches for no CMS file."""
    trust = TrustSet(anchors=(Anchor(der=world.authority.der, purposes=(Purpose.PDF,)),))
    assert only(sign_cms(TEXT, world.ann), trust).headline is Headline.INTACT_UNKNOWN_SIGNER


def test_an_anchor_may_be_the_missing_certificate(world: World) -> None:
    """A container without certificates is checked with an anchor that is the signer's own."""
    data = sign_cms(TEXT, world.sam, certificates=[])
    assert only(data, TrustSet()).headline is Headline.NOT_CHECKABLE
    assert only(data, TrustSet()).etsi == ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")
    trust = TrustSet(anchors=(Anchor(der=world.sam.der),))
    assert only(data, trust).headline is Headline.VERIFIED


def test_signers_may_be_named_by_their_key(world: World) -> None:
    """A subject key identifier finds the certificate too."""
    assert only(sign_cms(TEXT, world.ann, by_key=True), world.trust).headline is Headline.VERIFIED


def test_two_certificates_for_one_name_need_the_attribute(world: World) -> None:
    """Two certificates answer to the identifier: the signed attribute decides, else nobody."""
    serial = world.ann.certificate.serial_number
    twin = make_party("Somebody Else", issuer=world.authority, serial=serial)
    both = [twin, world.ann]
    assert only(sign_cms(TEXT, world.ann, certificates=both), world.trust).headline is (
        Headline.VERIFIED
    )
    nameless = sign_cms(TEXT, world.ann, certificates=both, wrong="unnamed-certificate")
    status = only(nameless, world.trust)
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("no-signing-certificate",)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("digest-twice", "signed-attributes-malformed"),
        ("no-digest", "signed-attributes-malformed"),
        ("other-mechanism", "digest-algorithms-contradict"),
        ("content-type", "signed-attributes-contradict"),
        ("named-certificate", "no-signing-certificate"),
    ],
)
def test_rules_of_the_form_are_kept(world: World, wrong: str, code: str) -> None:
    """Each lie about form is refused by its own rule; none is good and none is BROKEN."""
    status = only(sign_cms(TEXT, world.ann, wrong=wrong), world.trust)
    assert status.integrity is Integrity.NOT_CHECKABLE
    assert code in status.native_codes
    assert status.error


def test_attributes_out_of_order_are_tolerated(world: World) -> None:
    """The signature is over their DER; a file that keeps another order is intact, with a note."""
    status = only(sign_cms(TEXT, world.ann, wrong="unsorted"), world.trust)
    assert status.headline is Headline.VERIFIED
    assert "signed-attributes-not-der" in status.native_codes


def test_attributes_do_not_become_content(world: World) -> None:
    """An old signature's attributes as the content of a signature without any: refused."""
    honest = cms.ContentInfo.load(sign_cms(TEXT, world.ann))["content"]["signer_infos"][0]
    attributes = b"\x31" + bytes(honest["signed_attrs"].dump())[1:]
    value = honest["signature"].native
    forged = sign_cms(attributes, world.ann, bare=True, signature=value)
    status = only(forged, world.trust)
    assert status.headline is Headline.NOT_CHECKABLE
    assert "attributes-as-content" in status.native_codes


def test_signatures_without_attributes_are_judged(world: World) -> None:
    """The old form for plain data is intact, gives no time; other content must have attributes."""
    status = only(sign_cms(TEXT, world.ann, bare=True), world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.time_basis is TimeBasis.NONE
    other = sign_cms(sign_cms(TEXT, world.ann), world.ann, bare=True, kind="signed_data")
    assert "signed-attributes-missing" in only(other, world.trust).native_codes
    altered = sign_cms(TEXT, world.ann, bare=True).replace(b"noon", b"five")
    assert only(altered, world.trust).headline is Headline.BROKEN


def _rsa(bits: int) -> Callable[[World], Party]:
    def make(world: World) -> Party:
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        return make_party("Ann Author", issuer=world.authority, key=key)

    return make


def _edwards(world: World) -> Party:
    key = ed25519.Ed25519PrivateKey.generate()
    return make_party("Ann Author", issuer=world.authority, key=key)


@pytest.mark.parametrize(
    ("party", "digest", "headline"),
    [
        (_rsa(2048), "sha256", Headline.VERIFIED),
        (_rsa(2048), "sha3_256", Headline.VERIFIED),
        (lambda world: world.ann, "sha3_256", Headline.VERIFIED),
        (_edwards, "sha512", Headline.VERIFIED),
        (_rsa(1024), "sha256", Headline.INTACT_WEAK),
        (_rsa(2048), "sha1", Headline.INTACT_WEAK),
    ],
)
def test_algorithms(
    world: World, party: Callable[[World], Party], digest: str, headline: Headline
) -> None:
    """RSA, curves, SHA-3 and Ed25519 are checked; what is weak is said, and altered is BROKEN."""
    data = sign_cms(TEXT, party(world), digest=digest)
    assert only(data, world.trust).headline is headline
    altered = data.replace(b"at noon", b"at five")
    assert only(altered, world.trust).headline is Headline.BROKEN


def test_an_unknown_digest_is_not_checkable(world: World) -> None:
    """A hash function that is not handled is said, and not taken for broken."""
    sha256, unknown = (
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x01",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x7f",
    )
    status = only(sign_cms(TEXT, world.ann).replace(sha256, unknown), world.trust)
    assert status.headline is Headline.NOT_CHECKABLE
    assert "digest-not-handled" in status.native_codes


def test_usage_of_the_certificate_counts(world: World) -> None:
    """A certificate for key agreement, or a web server's in a mail, vouches for nobody."""
    agrees = make_party("Ann Author", issuer=world.authority, signs=False)
    status = only(sign_cms(TEXT, agrees), world.trust)
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert "key-usage" in status.native_codes
    server = make_party(
        "www.desk.example",
        issuer=world.authority,
        purposes=(ExtendedKeyUsageOID.SERVER_AUTH,),
    )
    data = sign_cms(TEXT, server)
    assert only(data, world.trust, purpose=Purpose.SMIME).signer is Signer.UNKNOWN
    assert only(data, world.trust, purpose=Purpose.CMS).signer is Signer.TRUSTED


def test_an_authority_that_signs_letters_is_not_trusted(world: World) -> None:
    """A certificate made to issue others signs no letter, unless it is the anchor itself."""
    middle = make_party("Test Middle", issuer=world.authority, authority=True)
    assert "key-usage" in only(sign_cms(TEXT, middle), world.trust).native_codes
    assert only(sign_cms(TEXT, world.authority), world.trust).headline is Headline.VERIFIED


def _stamped(tsa: Tsa, over: bytes | None = None) -> Callable[[bytes], list[bytes]]:
    def adds(signature: bytes) -> list[bytes]:
        token = stamp(tsa, signature if over is None else over)
        return [attribute("signature_time_stamp_token", token)]

    return adds


def test_a_time_stamp_proves_the_time(world: World) -> None:
    """A stamp over the signature outlives the certificate: VERIFIED at the stamped time."""
    brief = make_party(
        "Ann Author",
        issuer=world.authority,
        finish=datetime(2026, 11, 25, tzinfo=UTC),
    )
    bare = only(sign_cms(TEXT, brief), world.trust)
    assert bare.headline is Headline.INTACT_TIME_UNPROVEN
    assert "out-of-bounds-no-poe" in bare.native_codes
    status = only(sign_cms(TEXT, brief, adds=_stamped(world.tsa)), world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.time_basis is TimeBasis.TRUSTED_TIMESTAMP
    assert status.proven_not_after == world.tsa.at
    assert status.reference_time_used == world.tsa.at
    assert status.time_authority == "Common Name: Test stamping"


def test_a_time_stamp_after_the_certificate_is_expired_at_signing(world: World) -> None:
    """The stamped time lies after the end of the certificate."""
    old = make_party("Ann Author", issuer=world.authority, finish=datetime(2025, 1, 1, tzinfo=UTC))
    status = only(sign_cms(TEXT, old, adds=_stamped(world.tsa)), world.trust)
    assert status.headline is Headline.EXPIRED_AT_SIGNING


def test_a_stamp_over_something_else_counts_for_nothing(world: World) -> None:
    """A stamp copied from elsewhere leaves a warning, and the signature as it was."""
    data = sign_cms(TEXT, world.ann, adds=_stamped(world.tsa, b"another signature"))
    status = only(data, world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.time_basis is TimeBasis.CLAIMED
    assert "timestamp-other-data" in status.native_codes
    assert any("counts for nothing" in one for one in status.warnings)


def test_a_stamp_over_the_content_bounds_the_time_from_below(world: World) -> None:
    """A signed attribute: the content existed by then, so the signature came after."""
    extra = [attribute("1.2.840.113549.1.9.16.2.20", stamp(world.tsa, TEXT))]
    status = only(sign_cms(TEXT, world.ann, extra=extra), world.trust)
    assert status.proven_not_before == world.tsa.at
    assert status.proven_not_after is None


def test_tokens_by_themselves(world: World) -> None:
    """Bare tokens and responses hold over their bytes only, and only with an anchor."""
    context = TrustContext(trust=world.trust, at=NOW)
    token = stamp(world.tsa, TEXT)
    found = judge_timestamp_token(token, imprint_of=TEXT, context=context)
    assert found == Stamp(moment=world.tsa.at, authority="Common Name: Test stamping")
    answer = world.tsa.answer(new_request(TEXT, bytes).encode())
    assert judge_timestamp_token(answer, imprint_of=TEXT, context=context) == found
    bare = TrustContext(trust=TrustSet(), at=NOW)
    early = TrustContext(trust=world.trust, at=BEGIN)
    for der, imprint, how, code in (
        (token, TEXT + b"!", context, "timestamp-other-data"),
        (token, TEXT, bare, "timestamp-authority-unknown"),
        (token, TEXT, early, "timestamp-in-the-future"),
        (token[:-1], TEXT, context, "timestamp-unreadable"),
        (b"", TEXT, context, "timestamp-unreadable"),
        (stamp(Tsa(wrong="signature"), TEXT), TEXT, context, "timestamp-broken"),
        (stamp(Tsa(), TEXT), TEXT, context, "timestamp-authority-unknown"),
    ):
        judged = judge_timestamp_token(der, imprint_of=imprint, context=how)
        assert isinstance(judged, NoStamp)
        assert judged.code == code


def test_a_compromised_time_authority_proves_nothing(world: World) -> None:
    """A stamp by a key on the desk's list is no stamp."""
    key = x509.Certificate.load(world.tsa.signer.der).public_key
    trust = TrustSet(
        anchors=world.trust.anchors, compromised_spki=(hashlib.sha256(key.dump()).hexdigest(),)
    )
    judged = judge_timestamp_token(
        stamp(world.tsa, TEXT), imprint_of=TEXT, context=TrustContext(trust=trust, at=NOW)
    )
    assert isinstance(judged, NoStamp)


def test_a_countersignature_does_not_become_a_signer(world: World) -> None:
    """A signature over the signature is told beside it; whose certificate is not here is open."""

    def adds(signature: bytes) -> list[bytes]:
        second = cms.ContentInfo.load(sign_cms(signature, world.sam))["content"]["signer_infos"][0]
        return [attribute("counter_signature", bytes(second.dump()))]

    (status,) = judge(sign_cms(TEXT, world.ann, adds=adds), world.trust)
    assert status.headline is Headline.VERIFIED
    assert "countersignature-not-checked" in status.native_codes
    assert any("no certificate" in one for one in status.warnings)


def test_bytes_behind_the_container_are_said(world: World) -> None:
    """Padding is let through; anything else makes the answer partial."""
    data = sign_cms(TEXT, world.ann)
    assert only(data + b"\n", world.trust).headline is Headline.VERIFIED
    status = only(data + b"<script>", world.trust)
    assert status.headline is Headline.INTACT_PARTIAL
    assert status.uncovered == ("8 bytes behind the end of the container",)


def test_other_containers_are_unsupported(world: World) -> None:
    """An encrypted container may hold a signature: UNSUPPORTED, never unsigned."""
    outer = cms.ContentInfo({"content_type": "data", "content": b"x"}).dump()
    status = only(bytes(outer), world.trust)
    assert status.headline is Headline.UNSUPPORTED
    assert "cms-other-kind" in status.native_codes


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x03\x02\x01\x01",
        b"\x30\x82\xff\xff" + bytes(20),
        b"\x30\x80" * 200,
        b"-----BEGIN CMS-----\n!!!\n-----END CMS-----\n",
        b"-----BEGIN CMS-----\nAAA\n-----END CMS-----\n",
        b"not a container",
    ],
)
def test_what_cannot_be_read_is_an_error(data: bytes) -> None:
    """No answer about the document follows from bytes that are no container."""
    status = only(data, TrustSet())
    assert status.headline is Headline.ERROR
    assert status.native_codes == ("cms-unreadable",)


def test_a_reference_time_by_hand_is_recorded(world: World) -> None:
    """Judged for an instant by hand: used, and said."""
    old = make_party("Ann Author", issuer=world.authority, finish=datetime(2025, 1, 1, tzinfo=UTC))
    then = datetime(2024, 6, 1, tzinfo=UTC)
    status = only(sign_cms(TEXT, old), world.trust, reference_time=then)
    assert status.headline is Headline.VERIFIED
    assert status.reference_time_used == then
    assert any("by hand" in one for one in status.warnings)


def test_a_compromised_key_is_revoked(world: World) -> None:
    """A key on the desk's list ends every trust."""
    spki = hashlib.sha256(world.ann.asn1.public_key.dump()).hexdigest()
    trust = TrustSet(anchors=world.trust.anchors, compromised_spki=(spki,))
    assert only(sign_cms(TEXT, world.ann), trust).headline is Headline.REVOKED


def _listed(
    world: World, *revoked: Party, when: datetime, made: datetime, until: datetime | None = None
) -> TrustSet:
    """Return the world's trust with a revocation list of its authority."""
    builder = (
        CertificateRevocationListBuilder()
        .issuer_name(world.authority.certificate.subject)
        .last_update(made)
        .next_update(until or datetime(2030, 1, 1, tzinfo=UTC))
    )
    for one in revoked:
        entry = RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(when).build())
    crl = builder.sign(world.authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
    return TrustSet(anchors=world.trust.anchors, crls=(crl,))


def _day(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


@pytest.mark.parametrize("made", [_day(26), _day(30)])
@pytest.mark.parametrize(("day", "headline"), [(1, Headline.REVOKED), (25, Headline.VERIFIED)])
def test_revocation_counts_by_the_time_that_is_proven(
    world: World, day: int, headline: Headline, made: datetime
) -> None:
    """Revoked before the stamp (of the 22nd): REVOKED, after it: VERIFIED; the list is of later."""
    trust = _listed(world, world.ann, when=_day(day), made=made)
    status = only(sign_cms(TEXT, world.ann, adds=_stamped(world.tsa)), trust)
    assert status.headline is headline
    assert ("revoked" in status.native_codes) == (headline is Headline.REVOKED)


def test_revoked_without_proof_of_time(world: World) -> None:
    """Revoked today, only the signer's clock says it was made before: never VERIFIED."""
    trust = _listed(world, world.ann, when=_day(25), made=_day(26))
    status = only(sign_cms(TEXT, world.ann), trust)
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert status.etsi == ("INDETERMINATE", "REVOKED_NO_POE")


def test_an_old_list_counts_against_and_not_in_favour(world: World) -> None:
    """A list out of date: whom it names is revoked, whom it does not name was not checked."""
    old = {"when": _day(1), "made": _day(2), "until": _day(3)}
    named = only(sign_cms(TEXT, world.ann), _listed(world, world.ann, **old))
    assert "revoked" in named.native_codes
    assert named.headline is not Headline.VERIFIED
    other = only(sign_cms(TEXT, world.ann), _listed(world, world.eve, **old))
    assert other.headline is Headline.VERIFIED
    assert not other.revocation.checked


def test_checked_is_said_only_of_the_signer(world: World) -> None:
    """A list in force of the signer's authority: checked. One of somebody else's: not checked."""
    trust = _listed(world, world.eve, when=_day(1), made=_day(2))
    status = only(sign_cms(TEXT, world.ann), trust)
    assert status.headline is Headline.VERIFIED
    assert (status.revocation.checked, status.revocation.as_of) == (True, NOW)
    foreign = World()
    crls = _listed(foreign, foreign.eve, when=_day(1), made=_day(2)).crls
    status = only(sign_cms(TEXT, world.ann), TrustSet(anchors=world.trust.anchors, crls=crls))
    assert status.headline is Headline.VERIFIED
    assert not status.revocation.checked


def test_more_time_stamps_than_are_judged(world: World) -> None:
    """That some were left out is told, and the others count as ever."""

    def adds(value: bytes) -> list[bytes]:
        tokens = [stamp(world.tsa, value)] * (MAX_STAMPS + 1)
        return [attribute("signature_time_stamp_token", *tokens)]

    status = only(sign_cms(TEXT, world.ann, adds=adds), world.trust)
    assert "timestamps-cut" in status.native_codes
