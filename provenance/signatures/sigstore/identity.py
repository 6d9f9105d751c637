"""Who a Sigstore certificate names: an issuer that checked, and the subject it vouches for.

The subject is the one name in subjectAltName: a mail address, or the address of a program that was
run. The issuer is the extension of Sigstore's certificate profile (1.3.6.1.4.1.57264.1.8, or the
older 1.1). What the issuer checked, and how well, is the issuer's affair.
"""

import hashlib
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.signatures.model import SignerIdentity
from provenance.signatures.text import tame

_ISSUER: Final = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_OLD_ISSUER: Final = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")


def read_signer(certificate: x509.Certificate) -> SignerIdentity:
    """Return the identity in a certificate, tamed.

    Raises:
        Exception: whatever the library raises on extensions it cannot read.
    """
    subject, email = _subject(certificate)
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    issuer = _issuer(certificate)
    return SignerIdentity(
        subject=tame(subject, 500) if subject else None,
        email=tame(email, 200) if email else None,
        issuer=tame(issuer, 500) if issuer else None,
        serial=str(certificate.serial_number)[:80],
        spki_sha256=hashlib.sha256(spki).hexdigest(),
        fingerprint=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
    )


def _subject(certificate: x509.Certificate) -> tuple[str | None, str | None]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    emails = names.get_values_for_type(x509.RFC822Name)
    addresses = names.get_values_for_type(x509.UniformResourceIdentifier)
    found = [*emails, *addresses]
    if len(found) != 1:  # a certificate that names two speaks for neither
        return None, None
    return found[0], emails[0] if emails else None


def _issuer(certificate: x509.Certificate) -> str | None:
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.UnrecognizedExtension):
            value = extension.value.value
            if extension.oid == _ISSUER and value[:1] == b"\x0c" and value[1] == len(value) - 2:
                return value[2:].decode("utf-8", "replace")
            if extension.oid == _OLD_ISSUER:
                old = value.decode("utf-8", "replace")
                if not any(each.oid == _ISSUER for each in certificate.extensions):
                    return old
    return None
