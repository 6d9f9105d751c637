"""One test per answer that content credentials can get, on files made by hand."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.signatures.c2pa.extra import require_c2pa

require_c2pa()

from provenance.signatures.axes import (  # noqa: E402 - only where the extra is there
    CertAtTime,
    ChangedAfter,
    Headline,
    Integrity,
    Kind,
    Scope,
    Signer,
    TimeBasis,
)
from provenance.signatures.sentence import explain_signature, say_report  # noqa: E402
from provenance.trust.model import Anchor  # noqa: E402
from tests.signatures.c2pa.clock import clock_at  # noqa: E402
from tests.signatures.c2pa.judged import judge  # noqa: E402
from tests.signatures.c2pa.maker import Recipe, sign_jpeg  # noqa: E402
from tests.signatures.c2pa.parties import NOW, World, make_party, trusting  # noqa: E402
from tests.signatures.c2pa.world import picture  # noqa: E402
from tests.signatures.party import Party  # noqa: E402

OWN_USE = x509.ObjectIdentifier("1.3.6.1.4.1.99999.7")
ENDED = datetime(2024, 1, 1, tzinfo=UTC)


def signed(world: World, signer: Party | None = None, **settings: object) -> bytes:
    """Return a picture with credentials made by hand."""
    recipe = Recipe(signer=signer or world.camera, chain=(world.authority,))
    return sign_jpeg(picture(), dataclasses.replace(recipe, **settings))  # type: ignore[arg-type] # test


@pytest.mark.parametrize("version", [1, 2])
def test_verified(world: World, version: int) -> None:
    """An unaltered file by a signer with an anchor is VERIFIED, whatever version its claim has."""
    report = judge(signed(world, version=version), world.trust)
    (status,) = report.statuses
    assert status.headline is Headline.VERIFIED
    assert (status.scope, status.changed_after) == (Scope.WHOLE, ChangedAfter.NONE)
    assert status.identity.subject is not None
    assert "Camera One" in status.identity.subject
    assert status.identity.spki_sha256
    assert status.anchor_id
    assert status.trust_set_sha256 == world.trust.sha256
    assert (status.engine, status.algorithms) == ("c2pa-python", ("sha256", "ec-256"))
    assert "SDK" in status.engine_version
    assert {"state:Trusted", "assertion.dataHash.match"} <= set(status.native_codes)
    assert report.not_determined == ("ink or a drawn signature on the picture",)
    assert "what it shows is true" in " ".join(explain_signature(status))


def test_unknown_signer(world: World) -> None:
    """No anchor vouches: unknown, never untrusted, and still intact."""
    for trust in (trusting(), trusting(make_party("Third Root", authority=True))):
        (status,) = judge(signed(world, world.stranger), trust).statuses
        assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
        assert "signingCredential.untrusted" in status.native_codes
        assert "untrusted" not in " ".join(explain_signature(status))


@pytest.mark.parametrize("make", [ed25519.Ed25519PrivateKey.generate, None])
def test_other_keys(world: World, make: object) -> None:
    """Ed25519 and RSA signatures are checked a second time as ECDSA is."""
    key = (
        ed25519.Ed25519PrivateKey.generate()
        if make
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    camera = make_party("Other Key", issuer=world.authority, key=key)
    (status,) = judge(signed(world, camera), world.trust).statuses
    assert status.headline is Headline.VERIFIED


def test_altered_picture(world: World) -> None:
    """One bit of the picture: BROKEN, and said that every re-saving does it."""
    good = signed(world)
    bad = good[:-40] + bytes([good[-40] ^ 1]) + good[-39:]
    report = judge(bad, world.trust)
    assert report.headline is Headline.BROKEN
    assert "assertion.dataHash.mismatch" in report.statuses[0].native_codes
    assert "no sign of forgery" in " ".join(report.statuses[0].warnings)


def test_another_key_signed(world: World) -> None:
    """A certificate that did not make the signature is BROKEN, as a signature failure."""
    (status,) = judge(signed(world, world.stranger, shown=world.camera), world.trust).statuses
    assert status.headline is Headline.BROKEN
    assert status.etsi == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")


def test_expired_without_a_stamp(world: World) -> None:
    """Past its period, no time stamp: when it was used is unproven; the anchor is still named."""
    old = make_party("Old Camera", issuer=world.authority, finish=ENDED)
    (status,) = judge(signed(world, old), world.trust).statuses
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert status.anchor_id is not None
    unknown = judge(signed(world, old), trusting())
    assert unknown.headline is Headline.INTACT_UNKNOWN_SIGNER


def test_stamp_by_an_authority_of_the_desk(world: World) -> None:
    """A time stamp that the desk relies on proves the time; any other is a claim."""
    clock = clock_at(2023)
    old = make_party("Old Camera", issuer=world.authority, finish=ENDED)
    for version, stamp in ((1, clock.response), (2, clock.token)):
        data = signed(world, old, version=version, stamp=stamp)
        (status,) = judge(data, trusting(world.authority, clocks=(clock.root.der,))).statuses
        assert status.headline is Headline.VERIFIED
        assert status.proven_not_after == clock.at
        assert status.time_authority is not None
        assert "Clock" in status.time_authority
        (status,) = judge(data, world.trust).statuses
        assert status.headline is Headline.INTACT_TIME_UNPROVEN
        assert (status.time_basis, status.claimed_time) == (TimeBasis.CLAIMED, clock.at)


def test_stamped_after_the_certificate_had_ended(world: World) -> None:
    """A proven time beyond the certificate's period: EXPIRED_AT_SIGNING."""
    clock = clock_at(2025)
    old = make_party("Old Camera", issuer=world.authority, finish=ENDED)
    data = signed(world, old, version=1, stamp=clock.response)
    (status,) = judge(data, trusting(world.authority, clocks=(clock.root.der,))).statuses
    assert status.headline is Headline.EXPIRED_AT_SIGNING
    assert status.cert_at_time is CertAtTime.EXPIRED


def test_a_reference_time_decides(world: World) -> None:
    """Judged as of a time inside its period, a certificate that ended since is good."""
    old = make_party("Old Camera", issuer=world.authority, finish=ENDED)
    then = datetime(2023, 1, 1, tzinfo=UTC)
    (status,) = judge(signed(world, old), world.trust, reference_time=then).statuses
    assert status.headline is Headline.VERIFIED
    assert status.reference_time_used == then


def test_revoked(world: World) -> None:
    """A list of the desk revokes the certificate: REVOKED before a proven time, else unproven."""
    clock = clock_at(2025)
    camera = make_party("Lost", issuer=world.authority, lists="http://lists.test/one.crl")
    trust = dataclasses.replace(
        trusting(world.authority, clocks=(clock.root.der,)),
        crls=(_revoking(world.authority, camera, datetime(2024, 1, 1, tzinfo=UTC)),),
    )
    stamped = signed(world, camera, version=1, stamp=clock.response)
    assert judge(stamped, trust).headline is Headline.REVOKED
    (status,) = judge(signed(world, camera), trust).statuses
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert status.anchor_id is not None
    listed = dataclasses.replace(trust, c2pa_allowed=(camera.der,))
    assert judge(stamped, listed).headline is Headline.REVOKED
    assert judge(signed(world, camera), listed).headline is Headline.INTACT_TIME_UNPROVEN


def _revoking(authority: Party, revoked: Party, when: datetime) -> bytes:
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(revoked.certificate.serial_number)
        .revocation_date(when)
        .build()
    )
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(when)
        .next_update(NOW + timedelta(days=3000))
        .add_revoked_certificate(entry)
        .sign(authority.key, hashes.SHA256())
    )
    return crl.public_bytes(Encoding.DER)


def test_compromised_key(world: World) -> None:
    """A key on the desk's list is REVOKED whatever vouches for it, listed by the desk included."""
    data = signed(world)
    spki = judge(data, world.trust).statuses[0].identity.spki_sha256
    assert spki is not None
    for more in ({}, {"c2pa_allowed": (world.camera.der,)}):
        trust = dataclasses.replace(world.trust, compromised_spki=(spki,), **more)  # type: ignore[arg-type] # test
        assert judge(data, trust).headline is Headline.REVOKED


def test_certificate_listed_by_the_desk(world: World) -> None:
    """A listed camera is PINNED without any chain, while its certificate is in its period."""
    trust = dataclasses.replace(trusting(), c2pa_allowed=(world.stranger.der,))
    (status,) = judge(signed(world, world.stranger), trust).statuses
    assert (status.headline, status.signer) == (Headline.VERIFIED, Signer.PINNED)
    ended = make_party("Gone", issuer=world.authority, finish=ENDED)
    trust = dataclasses.replace(trusting(), c2pa_allowed=(ended.der,))
    assert judge(signed(world, ended), trust).headline is Headline.INTACT_TIME_UNPROVEN
    (status,) = judge(signed(world, world.stranger), trusting(world.stranger)).statuses
    assert status.signer is Signer.PINNED


def test_certificate_for_something_else(world: World) -> None:
    """A time authority's certificate signs no claims here, though the library lets it."""
    clock = make_party("Clock", issuer=world.authority, use=ExtendedKeyUsageOID.TIME_STAMPING)
    (status,) = judge(signed(world, clock), world.trust).statuses
    assert "state:Trusted" in status.native_codes
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert "use-not-accepted" in status.native_codes


def test_uses_that_the_desk_lists(world: World) -> None:
    """The desk's own list of uses widens and narrows what may sign."""
    server = make_party("Server", issuer=world.authority, use=OWN_USE)
    (status,) = judge(signed(world, server), world.trust).statuses
    assert status.headline is Headline.NOT_CHECKABLE
    assert "signingCredential.invalid" in status.native_codes
    wider = dataclasses.replace(world.trust, c2pa_ekus=(OWN_USE.dotted_string,))
    assert judge(signed(world, server), wider).headline is Headline.VERIFIED
    assert judge(signed(world), wider).headline is Headline.INTACT_UNKNOWN_SIGNER


def test_more_left_out_than_the_credentials(world: World) -> None:
    """A second range without hash makes a part of it; a range too large leaves it open."""
    data = signed(world, extra_exclusions=({"start": 7_300, "length": 200},))
    (status,) = judge(data, world.trust).statuses
    assert status.headline is Headline.INTACT_PARTIAL
    assert any("7300" in words for words in status.uncovered)
    (status,) = judge(signed(world, spread=200), world.trust).statuses
    assert status.headline is Headline.NOT_CHECKABLE
    assert "version is part of the evidence" in str(status.error)


def test_algorithm_that_the_library_does_not_know(world: World) -> None:
    """The library calls it a mismatch too; nothing was compared, so it is not broken."""
    (status,) = judge(signed(world, algorithm=-257), world.trust).statuses
    assert status.headline is Headline.NOT_CHECKABLE
    assert {"algorithm.unsupported", "claimSignature.mismatch"} <= set(status.native_codes)


def test_no_actions_where_the_format_wants_them(world: World) -> None:
    """A fault of form is NOT_CHECKABLE with its code, or an ERROR, never BROKEN."""
    late = {"actions": [{"action": "c2pa.cropped"}]}
    (status,) = judge(signed(world, actions=late), world.trust).statuses
    assert status.headline is Headline.NOT_CHECKABLE
    assert "assertion.action.malformed" in status.native_codes
    (status,) = judge(signed(world, actions={"actions": []}), world.trust).statuses
    assert status.headline is Headline.ERROR


def test_no_credentials(world: World) -> None:
    """A picture without any is UNSIGNED, and says that ink was not looked for."""
    report = judge(picture(), world.trust)
    assert report.headline is Headline.UNSIGNED
    assert report.detectors_run == ("c2pa-manifest",)
    assert report.not_determined


def test_bytes_of_credentials_that_are_not_found(world: World) -> None:
    """Credentials out of place are not "unsigned"; those of a picture in a document are noted."""
    loose = picture() + signed(world)[20:]
    report = judge(loose, world.trust)
    assert report.headline is Headline.NOT_CHECKABLE
    assert "does not find" in say_report(report)
    letter = b"%PDF-1.7\n1 0 obj<<>>endobj\n" + signed(world) + b"\ntrailer<<>>\n%%EOF\n"
    report = judge(letter, world.trust, media_type="application/pdf")
    assert (report.headline, report.statuses) == (Headline.UNSIGNED, ())
    assert "inside the document" in " ".join(report.not_determined)


def test_anchors_that_are_no_certificates(world: World) -> None:
    """Rubbish among the anchors makes signers unknown; it never stops the engine."""
    trust = trusting()
    rubbish = Anchor(der=b"\x30\x03\x02\x01\x01")
    bad = dataclasses.replace(trust, anchors=(*world.trust.anchors, rubbish))
    assert judge(signed(world), bad).headline in {
        Headline.VERIFIED,
        Headline.INTACT_UNKNOWN_SIGNER,
    }


def test_kinds_have_words_of_their_own(world: World) -> None:
    """An ingredient or an identity is never told as if it were the document's own signature."""
    report = judge(signed(world), world.trust)
    status = report.statuses[0]
    for kind in (Kind.C2PA_INGREDIENT, Kind.CAWG_IDENTITY):
        other = dataclasses.replace(status, kind=kind, integrity=Integrity.BROKEN)
        said = explain_signature(other)[0]
        assert said != explain_signature(dataclasses.replace(other, kind=Kind.C2PA))[0]
