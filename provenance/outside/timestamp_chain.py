"""From the authority's certificate to a root that the desk has chosen, as of the stamped time.

Rules:
  1. the signer's certificate: extended key usage critical, time stamping and nothing else (RFC 3161
     section 2.3); if it has a key usage, then digitalSignature or nonRepudiation;
  2. a path of at most MAX_PATH certificates, each directly issued by the next (names and signature,
     not with SHA-1 or MD5), ends in a configured root, byte for byte; what the token itself carries
     can only be a link, never the end;
  3. every certificate on it, the root included, was valid at the stamped time; each issuer is a CA,
     may sign certificates, keeps its path length; an extended key usage above allows time stamping;
  4. no critical extension that is not understood here (RFC 5280 section 4.2).
Revocation is not looked up: nothing here opens a socket. Keys: RSA from 2048 bits, NIST curves,
Ed25519.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from provenance.errors import CheckFailed, Malformed

MAX_PATH: Final = 8  # certificates, the root included
MAX_TRIES: Final = 200  # signatures checked for one path: bounds what a hostile token can ask for
_MIN_RSA: Final = 2048  # bits
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.CERTIFICATE_POLICIES,  # any policy will do: the token states its own
    }
)
_T = TypeVar("_T", bound=x509.ExtensionType)
_WEAK: Final = (hashes.MD5, hashes.SHA1)


def parse_certificate(der: bytes) -> x509.Certificate:
    """Return a certificate that can be worked with.

    Raises:
        Malformed: not an X.509 certificate, or one whose extensions cannot be read.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        if any(each.critical and each.oid not in _UNDERSTOOD for each in certificate.extensions):
            raise Malformed("a certificate with a critical extension that is not known here")
        certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise Malformed("not a certificate that can be read") from error
    return certificate


def require_stamping(certificate: x509.Certificate) -> None:
    """Return if a certificate is one for time stamping (rule 1).

    Raises:
        CheckFailed: it is not.
    """
    found = _extension(certificate, x509.ExtendedKeyUsage)
    if found is None or not found.critical:
        raise CheckFailed("the signer's certificate is not (critically) one for time stamping")
    if list(found.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise CheckFailed("the signer's certificate serves other ends than time stamping")
    usage = _extension(certificate, x509.KeyUsage)
    if usage and not (usage.value.digital_signature or usage.value.content_commitment):
        raise CheckFailed("the signer's certificate may not sign")


def require_chain(
    signer: x509.Certificate,
    links: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
) -> tuple[x509.Certificate, ...]:
    """Return the path from the signer to a root (rules 2 and 3), both included.

    Args:
        signer: The authority's certificate.
        links: Certificates that may lie between, from anywhere.
        roots: The only ends that count.
        at: The stamped time, aware.

    Raises:
        CheckFailed: there is no such path.
    """
    ends = {root.public_bytes(Encoding.DER) for root in roots}
    pending: list[tuple[x509.Certificate, ...]] = [(signer,)]
    tries = 0
    while pending:
        path = pending.pop()
        if path[-1].public_bytes(Encoding.DER) in ends and _holds(path[-1], at, len(path) - 1):
            return path
        if len(path) == MAX_PATH or not _holds(path[-1], at, len(path) - 1):
            continue
        for issuer in (*links, *roots):
            tries += 1
            if tries > MAX_TRIES:
                raise CheckFailed("too many certificates to find a path to a configured root")
            if issuer not in path and _issued(path[-1], issuer):
                pending.append((*path, issuer))
    raise CheckFailed("no valid path from the signer's certificate to a configured root")


def _holds(certificate: x509.Certificate, at: datetime, below: int) -> bool:
    """Tell whether a certificate may stand in a path, with `below` certificates under it."""
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return False
    if not _is_strong(certificate):
        return False
    if below == 0:
        return True
    basic = _extension(certificate, x509.BasicConstraints)
    if basic is None or not basic.value.ca:
        return False
    length = basic.value.path_length
    usage, purposes = (_extension(certificate, x509.KeyUsage), _purposes(certificate))
    return (
        (length is None or below - 1 <= length)
        and (usage is None or usage.value.key_cert_sign)
        and (not purposes or not purposes.isdisjoint(_STAMPING))
    )


_STAMPING: Final = frozenset(
    {ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
)


def _purposes(certificate: x509.Certificate) -> frozenset[x509.ObjectIdentifier]:
    found = _extension(certificate, x509.ExtendedKeyUsage)
    return frozenset(found.value) if found else frozenset()


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        if isinstance(certificate.signature_hash_algorithm, _WEAK):
            return False
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_strong(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= _MIN_RSA
    if isinstance(key, ec.EllipticCurvePublicKey):
        return isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1)
    return isinstance(key, ed25519.Ed25519PublicKey)


def _extension(certificate: x509.Certificate, kind: type[_T]) -> x509.Extension[_T] | None:
    try:
        return certificate.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None
