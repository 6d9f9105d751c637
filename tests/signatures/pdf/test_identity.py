"""What a certificate says of its holder is read as it stands."""

import datetime as dt
import hashlib

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.signatures.certificates import read_identity

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SINCE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def certificate(
    *attributes: x509.NameAttribute[str], alternative: str | None = None
) -> asn1_x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A. Signer"), *attributes])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(SINCE)
        .not_valid_after(SINCE + dt.timedelta(days=365))
    )
    if alternative:
        names = x509.SubjectAlternativeName([x509.RFC822Name(alternative)])
        builder = builder.add_extension(names, critical=False)
    der = builder.sign(KEY, None).public_bytes(Encoding.DER)
    return asn1_x509.Certificate.load(der)


def test_email_from_alternative_name() -> None:
    """The address in subjectAltName (RFC 5280 section 4.2.1.6) is the one that is shown."""
    assert (
        read_identity(certificate(alternative="signer@example.org")).email == "signer@example.org"
    )


def test_email_from_subject() -> None:
    """An old certificate keeps its address in the subject."""
    old = x509.NameAttribute(x509.NameOID.EMAIL_ADDRESS, "old@example.org")
    assert read_identity(certificate(old)).email == "old@example.org"


def test_no_email() -> None:
    """A certificate without an address shows none."""
    assert read_identity(certificate()).email is None


def test_the_digest_of_a_key_is_the_one_other_tools_print() -> None:
    """`openssl pkey -pubin -outform DER | sha256sum` gives the digest that findings show."""
    info = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert read_identity(certificate()).spki_sha256 == hashlib.sha256(info).hexdigest()
