"""Keys and certificates as C2PA wants them: one authority, a camera, a clock, and strangers.

All hold from 2020 to 2048 unless a test says otherwise; "now" is a parameter of every judgement.
The library has a clock of its own, which is why nothing here is in the future.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provenance.trust.model import Anchor, Purpose, TrustSet
from tests.signatures.party import BEGIN, FINISH, Key, Party

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def make_party(
    name: str,
    *,
    issuer: Party | None = None,
    authority: bool = False,
    use: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION,
    begin: datetime = BEGIN,
    finish: datetime = FINISH,
    key: Key | None = None,
    lists: str | None = None,
) -> Party:
    """Make a key and a certificate; self-signed when there is no issuer.

    `lists` is the address of a revocation list that the certificate names.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    signing = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer.certificate.subject if issuer else _name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(finish)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
        .add_extension(_usage(authority=authority), critical=True)
    )
    if not authority:
        stamping = use == ExtendedKeyUsageOID.TIME_STAMPING
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=stamping)
    if lists is not None:
        points = [x509.DistributionPoint([x509.UniformResourceIdentifier(lists)], None, None, None)]
        builder = builder.add_extension(x509.CRLDistributionPoints(points), critical=False)
    digest = None if isinstance(signing, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Party(certificate=builder.sign(signing, digest), key=key)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Desk"),
            x509.NameAttribute(NameOID.COMMON_NAME, text),
        ]
    )


@dataclass(frozen=True)
class World:
    """The parties of a test session."""

    authority: Party
    camera: Party
    stranger: Party
    """Its authority is unknown to the desk."""

    @property
    def trust(self) -> TrustSet:
        """A set that relies on the authority for content credentials, and for nothing else."""
        return trusting(self.authority)


def trusting(*authorities: Party, clocks: tuple[bytes, ...] = ()) -> TrustSet:
    """Return a set with anchors for credentials, and others for time stamps."""
    anchors = [Anchor(der=one.der, purposes=(Purpose.C2PA,)) for one in authorities]
    anchors += [Anchor(der=der, purposes=(Purpose.TSA,)) for der in clocks]
    return TrustSet(anchors=tuple(anchors))


def make_world() -> World:
    """Make the parties."""
    authority = make_party("Test Root", authority=True)
    elsewhere = make_party("Other Root", authority=True)
    return World(
        authority=authority,
        camera=make_party("Camera One", issuer=authority),
        stranger=make_party("Some Camera", issuer=elsewhere),
    )
