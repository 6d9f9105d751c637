"""Who and when: certificates, times, time stamps; the same steps for every kind of package."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

from provenance.signatures.axes import CertAtTime, Headline, Signer, TimeBasis
from provenance.signatures.certificates import spki_sha256
from provenance.signatures.xmldsig.verifying import MAX_KEYS
from provenance.signatures.xmldsig.xades import MAX_STAMPS
from provenance.trust.model import Anchor, Purpose, TrustSet
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import NOW, judge, only
from tests.signatures.containers.packages import (
    asic_files,
    sign_asic,
    sign_odf,
    sign_office,
    text_document,
    word_document,
    zipped,
)
from tests.signatures.containers.signing import SIGNED_AT, XADES, Maker, b64
from tests.signatures.pdf.world import make_party


def office(maker: Maker) -> bytes:
    """A Word document signed once."""
    return zipped(sign_office(word_document(), maker))


def test_anchors_count_for_their_purpose(parties: Parties) -> None:
    """An authority for contracts in containers vouches for no Word document."""
    packages = {
        Purpose.OOXML: office(Maker(parties.ann)),
        Purpose.ODF: zipped(sign_odf(text_document(), Maker(parties.ann))),
        Purpose.ASIC: zipped(sign_asic(asic_files(), Maker(parties.ann))),
    }
    for purpose, data in packages.items():
        for other in packages:
            anchor = Anchor(der=parties.authority.der, purposes=(other,))
            headline = judge(data, TrustSet(anchors=(anchor,))).headline
            good = purpose is other
            assert headline is (Headline.VERIFIED if good else Headline.INTACT_UNKNOWN_SIGNER)


def test_an_expired_certificate_without_a_time_stamp(parties: Parties) -> None:
    """Nothing but the signer's own clock says when it was used."""
    status = only(judge(office(Maker(parties.expired)), parties.trust))
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert (status.time_basis, status.cert_at_time) == (TimeBasis.CLAIMED, CertAtTime.UNPROVEN)
    by_hand = only(judge(office(Maker(parties.expired)), parties.trust, reference_time=SIGNED_AT))
    assert by_hand.headline is Headline.VERIFIED
    assert by_hand.reference_time_used == SIGNED_AT


def test_an_expired_certificate_with_a_time_stamp(parties: Parties) -> None:
    """A time authority of the desk saw the signature while the certificate held."""
    for data in (
        office(Maker(parties.expired, stamps=parties.stamp)),
        zipped(sign_asic(asic_files(), Maker(parties.expired, stamps=parties.stamp))),
    ):
        status = only(judge(data, parties.trust))
        assert status.headline is Headline.VERIFIED
        assert status.time_basis is TimeBasis.TRUSTED_TIMESTAMP
        assert status.proven_not_after == parties.tsa.at
        assert status.time_authority == "Common Name: Test stamping"


def test_a_time_stamp_after_the_end(parties: Parties) -> None:
    """It was made when the certificate had ended."""
    early = make_party(
        "Ann Author", issuer=parties.authority, finish=datetime(2026, 6, 1, tzinfo=UTC)
    )
    status = only(judge(office(Maker(early, stamps=parties.stamp)), parties.trust))
    assert status.headline is Headline.EXPIRED_AT_SIGNING
    assert status.cert_at_time is CertAtTime.EXPIRED


def test_a_time_stamp_over_other_bytes_counts_for_nothing(parties: Parties) -> None:
    """It leaves a code and a warning, and the signature is judged as without one."""
    maker = Maker(parties.ann, stamps=lambda _: parties.stamp(b"something else"))
    status = only(judge(office(maker), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert status.time_basis is TimeBasis.CLAIMED
    assert status.native_codes == ("timestamp-other-data",)
    assert status.warnings == (
        "a time stamp in it counts for nothing: it was made for other bytes",
    )


def test_the_other_value_of_ecdsa_loses_its_time_stamp(parties: Parties) -> None:
    """(r, n-s) fits the same document; a time stamp over (r, s) is not over it."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    data = sign_office(word_document(), Maker(parties.ann, stamps=parties.stamp))
    name = "_xmlsignatures/sig1.xml"
    text = data[name].decode()
    before, _, rest = text.partition("<SignatureValue>")
    value, _, after = rest.partition("</SignatureValue>")
    raw = base64.b64decode(value)
    other = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    changed = f"{before}<SignatureValue>{b64(other)}</SignatureValue>{after}"
    status = only(judge(zipped({**data, name: changed.encode()}), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert status.time_basis is TimeBasis.CLAIMED
    assert "timestamp-other-data" in status.native_codes


def test_an_unknown_time_authority_proves_nothing(parties: Parties) -> None:
    """Anybody can run a clock."""
    desk = TrustSet(anchors=(Anchor(der=parties.authority.der),))
    status = only(judge(office(Maker(parties.ann, stamps=parties.stamp)), desk))
    assert status.headline is Headline.VERIFIED
    assert status.proven_not_after is None
    assert "timestamp-authority-unknown" in status.native_codes


def test_a_broken_time_stamp_is_no_broken_signature(parties: Parties) -> None:
    """Bytes that are no token."""
    status = only(judge(office(Maker(parties.ann, stamps=lambda _: [b"junk"])), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert "timestamp-unreadable" in status.native_codes


def test_properties_that_are_not_signed_say_nothing(parties: Parties) -> None:
    """The signing time of unsigned properties is anybody's."""
    maker = Maker(parties.ann, sign_properties=False, moment="2001-01-01T00:00:00Z")
    status = only(judge(zipped(sign_odf(text_document(), maker)), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert status.claimed_time is None
    assert "properties-not-signed" in status.native_codes


def test_two_signing_times_are_told(parties: Parties) -> None:
    """Office's own time and XAdES differ by years."""
    status = only(judge(office(Maker(parties.ann, moment="2019-01-01T00:00:00Z")), parties.trust))
    assert status.claimed_time == datetime(2019, 1, 1, tzinfo=UTC)
    assert "two-signing-times" in status.native_codes


def test_a_time_that_is_none(parties: Parties) -> None:
    """A 32nd of a month is no time; the format's own is taken."""
    for moment in ("2026-11-32T00:00:00Z", "yesterday", ""):
        status = only(judge(office(Maker(parties.ann, moment=moment)), parties.trust))
        assert status.claimed_time == SIGNED_AT


def test_what_was_added_later_may_be_spoilt(parties: Parties) -> None:
    """Unsigned properties of another shape are left out with a warning; the rest holds."""
    bad = "<xd:CertificateValues><xd:EncapsulatedX509Certificate>!</xd:EncapsulatedX509Certificate>"
    maker = Maker(parties.ann, unsigned=bad + "</xd:CertificateValues>")
    status = only(judge(office(maker), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert "unsigned-properties-left-out" in status.native_codes


def test_what_is_not_judged_is_named(parties: Parties) -> None:
    """Counter-signatures and archive stamps are told."""
    inside = "<xd:CounterSignature></xd:CounterSignature>"
    status = only(judge(office(Maker(parties.ann, unsigned=inside)), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert "counter-signature" in status.native_codes
    assert status.warnings == ("a counter-signature in it was not judged",)


def test_properties_of_another_signature_are_left_out(parties: Parties) -> None:
    """Target must be this signature; an older XAdES version is not read either."""
    data = sign_office(word_document(), Maker(parties.ann, sign_properties=False))
    name = "_xmlsignatures/sig1.xml"
    for old, new in (('Target="#sig"><xd', 'Target="#other"><xd'), (XADES, XADES + "x")):
        text = data[name].decode().replace(old, new)
        status = only(judge(zipped({**data, name: text.encode()}), parties.trust))
        assert "properties-left-out" in status.native_codes


def test_the_certificate_may_stand_among_the_properties(parties: Parties) -> None:
    """KeyInfo without one, CertificateValues with it."""
    inside = (
        "<xd:CertificateValues><xd:EncapsulatedX509Certificate>"
        f"{b64(parties.ann.der)}</xd:EncapsulatedX509Certificate></xd:CertificateValues>"
    )
    status = only(
        judge(office(Maker(parties.ann, certificates=[], unsigned=inside)), parties.trust)
    )
    assert status.headline is Headline.VERIFIED


def test_a_self_signed_stranger(parties: Parties) -> None:
    """Intact, and nobody vouches for him."""
    status = only(judge(office(Maker(parties.stranger)), parties.trust))
    assert (status.headline, status.signer) == (Headline.INTACT_UNKNOWN_SIGNER, Signer.SELF_SIGNED)


def test_a_certificate_that_may_not_sign(parties: Parties) -> None:
    """An authority's own certificate vouches for no letter, though it chains to an anchor."""
    middle = make_party("Middle", issuer=parties.authority, authority=True)
    status = only(judge(office(Maker(middle)), parties.trust))
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert "key-usage" in status.native_codes


def test_a_compromised_key(parties: Parties) -> None:
    """REVOKED, whatever else holds."""
    status = only(judge(office(Maker(parties.ann)), parties.trust))
    spki = status.identity.spki_sha256
    assert spki is not None
    desk = TrustSet(anchors=parties.trust.anchors, compromised_spki=(spki,))
    assert judge(office(Maker(parties.ann)), desk).headline is Headline.REVOKED


def test_pss_and_other_digests(parties: Parties) -> None:
    """The methods that packages use, end to end."""
    for digest in ("sha256", "sha384", "sha512"):
        for pss in (False, True):
            maker = Maker(parties.rsa, digest=digest, pss=pss)
            status = only(judge(office(maker), parties.trust))
            assert status.headline is Headline.VERIFIED
            assert ("RSA-PSS" in status.algorithms) is pss
    assert judge(office(Maker(parties.ann, digest="sha3_256")), parties.trust, at=NOW).headline is (
        Headline.VERIFIED
    )


def test_a_compromised_authority_vouches_for_nobody(parties: Parties) -> None:
    """The list is held against every key on the path, now, then, and at a proven instant."""
    bad = replace(parties.trust, compromised_spki=(spki_sha256(parties.authority.asn1),))
    for maker in (
        Maker(parties.ann),
        Maker(parties.expired),
        Maker(parties.ann, stamps=parties.stamp),
    ):
        status = only(judge(office(maker), bad))
        assert status.headline is Headline.REVOKED
        assert status.cert_at_time is CertAtTime.COMPROMISED_KEY
        assert status.signer is not Signer.TRUSTED
        assert "key-compromised" in status.native_codes


def test_more_certificates_than_are_tried(parties: Parties) -> None:
    """A signer behind twenty other certificates was not tried: open, and never called broken."""
    others = [make_party(f"Somebody {number}") for number in range(MAX_KEYS)]
    maker = Maker(parties.ann, certificates=[*others, parties.ann], xades=False)
    status = only(judge(zipped(sign_odf(text_document(), maker)), parties.trust))
    assert status.headline is Headline.NOT_CHECKABLE
    assert "too-many-certificates" in status.native_codes


def test_more_time_stamps_than_are_looked_at(parties: Parties) -> None:
    """That some were left out is told."""
    maker = Maker(parties.ann, stamps=lambda data: parties.stamp(data) * (MAX_STAMPS + 1))
    status = only(judge(zipped(sign_odf(text_document(), maker)), parties.trust))
    assert "timestamps-cut" in status.native_codes
