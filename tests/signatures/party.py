"""A key and its certificate, in the forms that makers of signatures want; and how long they hold.

All certificates hold from 2020 to 2048 unless a test says otherwise.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
FINISH = datetime(2048, 1, 1, tzinfo=UTC)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class Party:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        """The certificate as the ASN.1 library wants it."""
        return asn1_x509.Certificate.load(self.der)

    @property
    def key_pem(self) -> bytes:
        """The key, PKCS#8 in PEM."""
        return self._key(serialization.Encoding.PEM)

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        """The key as the ASN.1 library wants it."""
        return asn1_keys.PrivateKeyInfo.load(self._key(serialization.Encoding.DER))

    def _key(self, encoding: serialization.Encoding) -> bytes:
        form, open_ = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self.key.private_bytes(encoding, form, open_)
