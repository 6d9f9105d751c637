"""Things a desk may rely on, made for the tests."""

import datetime as dt
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pysequoia import Tsk

from provenance.trust.model import (
    Anchor,
    DkimKey,
    DkimSource,
    KeyPin,
    PinKind,
    Purpose,
    TrustSet,
)
from provenance.trust.recognise import Particulars, recognise

BEGIN = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


@cache
def authority(name: str = "Test Authority") -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key and its own certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, built


def der(name: str = "Test Authority") -> bytes:
    """Its certificate, DER."""
    return authority(name)[1].public_bytes(Encoding.DER)


def pem(name: str = "Test Authority") -> bytes:
    """Its certificate, PEM."""
    return authority(name)[1].public_bytes(Encoding.PEM)


@cache
def crl() -> bytes:
    """An empty revocation list, DER."""
    key, certificate = authority()
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(certificate.subject)
        .last_update(BEGIN)
        .next_update(END)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.DER)


@cache
def pgp_secret() -> Tsk:
    """Ada's OpenPGP key with its secret half."""
    return Tsk.generate("Ada Example <ada@example.org>")


def pgp_key() -> bytes:
    """Ada's OpenPGP certificate, binary."""
    return bytes(pgp_secret().extract_certificate())


def full_set() -> TrustSet:
    """One of everything."""
    (pin,) = recognise(pgp_key(), Particulars(person="Ada Example", how="in person")).pgp
    return TrustSet(
        anchors=(
            Anchor(der=der(), purposes=(Purpose.PDF, Purpose.TSA), valid_from=BEGIN, source="post"),
            Anchor(der=der("Other"), purposes=(Purpose.SMIME,)),
        ),
        dkim_keys=(
            DkimKey(
                domain="example.org",
                selector="s1",
                record='v=DKIM1; k=rsa; p="quoted\\',
                source=DkimSource.ARCHIVE,
                first_seen=BEGIN,
                last_seen=END,
                evidence="archive “A”",
            ),
        ),
        pgp=(pin,),
        keys=(
            KeyPin(kind=PinKind.SSH, key="ssh-ed25519 AAAA", person="Ben", namespaces=("file",)),
        ),
        crls=(crl(),),
        compromised_spki=("ab" * 32,),
        c2pa_allowed=(der(),),
        c2pa_ekus=("1.3.6.1.5.5.7.3.36",),
    )
