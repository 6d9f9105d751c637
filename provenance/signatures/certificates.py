"""Read what an X.509 certificate says, and how strong the algorithms of a signature are.

Names in a certificate are what its issuer, or its maker, wrote there; only the public key is what a
signature itself proves. Strength: MD5 and older is `broken`; SHA-1, RIPEMD-160, RSA below 2048
bits, curves below 224 bits and DSA are `legacy` (NIST SP 800-131A). Imports ASN.1 only.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from asn1crypto import keys, x509

from provenance.signatures.attempt import attempt
from provenance.signatures.axes import Crypto
from provenance.signatures.model import SignerIdentity
from provenance.signatures.text import tame

MIN_RSA_BITS: Final = 2048  # NIST SP 800-131A: shorter keys are disallowed since 2014
MIN_EC_BITS: Final = 224  # same table
_BROKEN_DIGESTS: Final = frozenset({"md2", "md4", "md5"})
_LEGACY_DIGESTS: Final = frozenset({"sha1", "ripemd160"})
_RSA: Final = frozenset({"rsa", "rsassa_pss"})


def read_identity(certificate: x509.Certificate) -> SignerIdentity:
    """Return the names in a certificate, tamed."""
    email = attempt("certificate-email", lambda: _email(certificate))
    return SignerIdentity(
        subject=tame(certificate.subject.human_friendly, 500),
        email=tame(email, 200) if isinstance(email, str) else None,
        issuer=tame(certificate.issuer.human_friendly, 500),
        serial=str(certificate.serial_number)[:80],
        spki_sha256=spki_sha256(certificate),
        fingerprint=certificate.sha256.hex(),
    )


def spki_sha256(certificate: x509.Certificate) -> str:
    """Return the digest of the whole SubjectPublicKeyInfo, DER, as other tools print it."""
    return hashlib.sha256(certificate.public_key.dump()).hexdigest()


def emails_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return every e-mail address in a certificate, as written (RFC 5280 section 4.2.1.6).

    Addresses in subjectAltName, then those of the subject's older emailAddress attribute.
    """
    names = certificate.subject_alt_name_value
    found = [str(name.native) for name in names or () if name.name == "rfc822_name"]
    old = certificate.subject.native.get("email_address")
    found += [old] if isinstance(old, str) else (old if isinstance(old, list) else [])
    return tuple(dict.fromkeys(found))


def _email(certificate: x509.Certificate) -> str | None:
    return next(iter(emails_of(certificate)), None)


def judge_strength(
    digests: Iterable[str], key: keys.PublicKeyInfo
) -> tuple[Crypto, int | None, tuple[str, ...]]:
    """Return strength, key size in bits (None = of a fixed size), and the names of both.

    Args:
        digests: names of all digest algorithms that the signature rests on (`sha256`).
        key: the signer's public key.
    """
    used = {one.lower().replace("-", "") for one in digests}
    algorithm = str(key.algorithm)
    bits = key.bit_size if algorithm in _RSA | {"dsa", "ec"} else None
    short = (algorithm in _RSA and (bits or 0) < MIN_RSA_BITS) or (
        algorithm == "ec" and (bits or 0) < MIN_EC_BITS
    )
    crypto = Crypto.OK
    if used & _LEGACY_DIGESTS or short or algorithm == "dsa":
        crypto = Crypto.LEGACY
    if used & _BROKEN_DIGESTS:
        crypto = Crypto.BROKEN
    names = (*sorted(used), f"{algorithm}-{bits}" if bits else algorithm)
    return crypto, bits, tuple(tame(name, 80) for name in names)
