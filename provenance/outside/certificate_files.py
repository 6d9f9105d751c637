"""Certificates as people have them: PEM with any number of them, or one in DER."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.errors import Malformed
from provenance.outside.timestamp_chain import parse_certificate

_BEGIN = b"-----BEGIN CERTIFICATE-----"


def parse_certificates(data: bytes) -> tuple[bytes, ...]:
    """Return the certificates of a file, DER, in their order.

    Raises:
        Malformed: it holds none, or one that cannot be read.
    """
    if _BEGIN not in data:
        parse_certificate(data)
        return (data,)
    try:
        found = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise Malformed("certificates in PEM that cannot be read") from error
    if len(found) != data.count(_BEGIN):
        raise Malformed("a file of certificates that ends in the middle of one")
    ders = tuple(each.public_bytes(Encoding.DER) for each in found)
    for der in ders:
        parse_certificate(der)
    return ders


def pem(certificates: Sequence[bytes]) -> bytes:
    """Return certificates as PEM, for tools that ask for it."""
    return b"".join(
        x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in certificates
    )
