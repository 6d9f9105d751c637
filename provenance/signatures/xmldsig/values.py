"""Check a signature value against a public key.

Refused whatever the value: keys of another kind than the method's; RSA with an even modulus, or one
outside 512 to 16,384 bits; and by the library, on loading, RSA with an even public exponent or with
1 (a message is its own signature then), and curves that are not named ones. Of ECDSA and DSA
exactly the two numbers of full length are read (XMLDSig 1.1 section 6.4.3), not the ASN.1 form. The
other value that verifies for the same message (r, n-s) is accepted, as by every verifier: it signs
the same bytes, and nothing here is named by its value.
"""

import hashlib
from typing import Final

from asn1crypto.algos import DigestAlgorithmId
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from provenance.signatures.xmldsig.algorithms import Method, Scheme
from provenance.signatures.xmldsig.refusal import Refusal, unsupported

MIN_RSA: Final = 512  # bits; what is short but not absurd is judged as weak, not refused
MAX_RSA: Final = 16_384  # bits; bounds the work that one key can ask for

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - judged as legacy later
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}
_EdKey = ed25519.Ed25519PublicKey | ed448.Ed448PublicKey


def check_value(method: Method, spki: bytes, value: bytes, data: bytes) -> bool:
    """Say whether `value` is a signature of `data` by the key.

    Args:
        method: as the signature names it.
        spki: SubjectPublicKeyInfo, DER.
        value: the signature value.
        data: the canonical SignedInfo.

    Raises:
        Refusal: the key cannot be used at all.
    """
    try:
        key = load_der_public_key(spki)
        if isinstance(key, rsa.RSAPublicKey):
            _require_sane(key)
            return _check_rsa(method, key, value, data)
        if isinstance(key, ec.EllipticCurvePublicKey):
            return _check_ecdsa(method, key, value, data)
        if isinstance(key, dsa.DSAPublicKey):
            return _check_dsa(method, key, value, data)
        if isinstance(key, _EdKey) and method.scheme is Scheme.EDDSA:
            key.verify(value, data)
            return True
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:
        raise unsupported("key-not-supported", "a key of a kind that is not supported") from error
    except (ValueError, TypeError) as error:
        raise Refusal("key-not-usable", "the public key is malformed") from error
    return False


def _require_sane(key: rsa.RSAPublicKey) -> None:
    modulus = key.public_numbers().n
    if not (MIN_RSA <= modulus.bit_length() <= MAX_RSA and modulus % 2):
        raise Refusal("key-not-usable", "an RSA modulus of an absurd size or even")


def _hash(method: Method) -> hashes.HashAlgorithm:
    return _HASHES[method.digest or ""]


def _check_rsa(method: Method, key: rsa.RSAPublicKey, value: bytes, data: bytes) -> bool:
    if method.scheme is Scheme.PKCS1:
        return _check_pkcs1(key, value, data, method.digest or "")
    if method.scheme is Scheme.PSS:
        mask = _HASHES[method.mask] if method.mask else _hash(method)
        salt = _hash(method).digest_size if method.salt is None else method.salt
        key.verify(
            value, data, padding.PSS(mgf=padding.MGF1(mask), salt_length=salt), _hash(method)
        )
        return True
    return False


def _check_pkcs1(key: rsa.RSAPublicKey, value: bytes, data: bytes, digest: str) -> bool:
    """RFC 8017 appendix B.1: the digest's identifier may come with or without its NULL.

    The library takes it with NULL alone. Both whole encodings are compared, byte by byte: nothing
    of what the key yields is parsed (Bleichenbacher 2006).
    """
    try:
        key.verify(value, data, padding.PKCS1v15(), _HASHES[digest])
    except InvalidSignature:
        held = hashlib.new(digest, data, usedforsecurity=False).digest()
        identifier = _tagged(0x30, DigestAlgorithmId(digest).dump())
        bare = _tagged(0x30, identifier + _tagged(0x04, held))
        return key.recover_data_from_signature(value, padding.PKCS1v15(), None) == bare
    return True


def _tagged(tag: int, content: bytes) -> bytes:
    """Return a DER value of fewer than 128 bytes."""
    return bytes([tag, len(content)]) + content


def _check_ecdsa(method: Method, key: ec.EllipticCurvePublicKey, value: bytes, data: bytes) -> bool:
    pair = _pair(value, (key.curve.key_size + 7) // 8)
    if method.scheme is not Scheme.ECDSA or pair is None:
        return False
    key.verify(pair, data, ec.ECDSA(_hash(method)))
    return True


def _check_dsa(method: Method, key: dsa.DSAPublicKey, value: bytes, data: bytes) -> bool:
    pair = _pair(value, (key.public_numbers().parameter_numbers.q.bit_length() + 7) // 8)
    if method.scheme is not Scheme.DSA or pair is None:
        return False
    key.verify(pair, data, _hash(method))
    return True


def _pair(value: bytes, size: int) -> bytes | None:
    """Return the two numbers in the form that the library wants, or None."""
    if len(value) != 2 * size:
        return None
    first, second = int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big")
    return encode_dss_signature(first, second) if first and second else None
