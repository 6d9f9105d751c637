"""Check the signatures that a certificate makes about itself, by mathematics alone.

Only for the desk's own pins and the keys that come with a document: which user IDs a key claims
with its own signature, when a subkey was bound, whether the key itself revoked something. Anybody
may hang a foreign signature onto a certificate, so none counts unchecked. Answers None where the
algorithm or digest is not known here. Never judges a document: two engines do that. What is
hashed: RFC 9580 section 5.2.4.
"""

import hashlib
from collections.abc import Callable
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from provenance.errors import Malformed
from provenance.signatures.openpgp.certificate import KeyPacket, UserId
from provenance.signatures.openpgp.signature import SignaturePacket

_PublicKey: TypeAlias = (
    rsa.RSAPublicKey
    | dsa.DSAPublicKey
    | ec.EllipticCurvePublicKey
    | ed25519.Ed25519PublicKey
    | ed448.Ed448PublicKey
)
_DIGESTS: Final[dict[int, Callable[[], hashes.HashAlgorithm]]] = {
    2: hashes.SHA1,  # certifications of old keys rest on it; the axis `crypto` speaks of documents
    8: hashes.SHA256,
    9: hashes.SHA384,
    10: hashes.SHA512,
    11: hashes.SHA224,
    12: hashes.SHA3_256,
    14: hashes.SHA3_512,
}
_CURVES: Final[dict[str, type[ec.EllipticCurve]]] = {
    "nistp256": ec.SECP256R1,
    "nistp384": ec.SECP384R1,
    "nistp521": ec.SECP521R1,
    "brainpoolP256r1": ec.BrainpoolP256R1,
    "brainpoolP384r1": ec.BrainpoolP384R1,
    "brainpoolP512r1": ec.BrainpoolP512R1,
    "secp256k1": ec.SECP256K1,
}


def over_user_id(primary: KeyPacket, user: UserId, signature: SignaturePacket) -> bool | None:
    """Tell whether the primary key made this certification of its own user ID."""
    named = b"\xb4" + len(user.data).to_bytes(4) + user.data
    return _holds(primary, signature, primary.framed + named)


def over_key(
    primary: KeyPacket, signature: SignaturePacket, subkey: KeyPacket | None = None
) -> bool | None:
    """Tell whether the primary key made this signature over itself, or over a subkey too."""
    return _holds(primary, signature, primary.framed + (subkey.framed if subkey else b""))


def spki_sha256(key: KeyPacket) -> str | None:
    """Return SHA-256 of the key as an X.509 structure; None for a key that has no such form."""
    public = _public_key(key)
    if public is None:
        return None
    spki = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(spki).hexdigest()


def names(signature: SignaturePacket, key: KeyPacket) -> bool:
    """Tell whether a signature's hint names this key, or names none.

    Read before any arithmetic: key servers hold certificates with a hundred thousand strange
    signatures (CVE-2019-13050).
    """
    if signature.issuer_fingerprint is not None:
        return signature.issuer_fingerprint == key.fingerprint
    return signature.issuer_key_id in {None, key.key_id}


def _holds(key: KeyPacket, signature: SignaturePacket, content: bytes) -> bool | None:
    if not names(signature, key):
        return False
    digest = _DIGESTS.get(signature.hash_algorithm)
    public = _public_key(key)
    if digest is None or public is None or signature.algorithm != key.algorithm:
        return None
    hasher = hashes.Hash(digest())
    end = bytes([signature.version, 0xFF]) + len(signature.hashed).to_bytes(4)
    hasher.update(signature.salt + content + signature.hashed + end)
    try:
        _verify(public, signature, hasher.finalize(), digest())
    except (InvalidSignature, Malformed, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _verify(
    public: _PublicKey,
    signature: SignaturePacket,
    hashed: bytes,
    digest: hashes.HashAlgorithm,
) -> None:
    """Raises InvalidSignature, or Malformed or ValueError for numbers that cannot be."""
    if isinstance(public, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        public.verify(_edwards(signature), hashed)
        return
    numbers = _numbers(signature.values)
    if isinstance(public, rsa.RSAPublicKey):
        value = numbers[0].to_bytes((public.key_size + 7) // 8)
        public.verify(value, hashed, padding.PKCS1v15(), Prehashed(digest))
        return
    value = encode_dss_signature(numbers[0], numbers[1])
    if isinstance(public, dsa.DSAPublicKey):
        public.verify(value, hashed, Prehashed(digest))
    else:
        public.verify(value, hashed, ec.ECDSA(Prehashed(digest)))


def _edwards(signature: SignaturePacket) -> bytes:
    """RFC 9580 sections 5.2.3.3 (two numbers, leading zeros cut) and 5.2.3.4 (plain octets)."""
    if signature.algorithm != 22:
        return signature.values
    first, second = (number.to_bytes(32) for number in _numbers(signature.values))
    return first + second


def _numbers(data: bytes) -> tuple[int, ...]:
    """Read big integers: a length in bits, then octets (RFC 9580 section 3.2)."""
    found: list[int] = []
    at = 0
    while at < len(data):
        size = (int.from_bytes(data[at : at + 2]) + 7) // 8
        if at + 2 + size > len(data) or len(found) == 4:
            raise Malformed("numbers that do not fit their packet")
        found.append(int.from_bytes(data[at + 2 : at + 2 + size]))
        at += 2 + size
    if not found:
        raise Malformed("a key or signature without numbers")
    return tuple(found)


def _public_key(key: KeyPacket) -> _PublicKey | None:
    """Return the key for checking with; None for an algorithm or curve that is not known here."""
    try:
        return _load(key)
    except (Malformed, ValueError, IndexError, OverflowError, UnsupportedAlgorithm):
        return None


def _load(  # noqa: PLR0911 - one return an algorithm
    key: KeyPacket,
) -> _PublicKey | None:
    material = key.material
    if key.algorithm in {1, 2, 3}:
        n, e = _numbers(material)
        return rsa.RSAPublicNumbers(e, n).public_key()
    if key.algorithm == 17:
        p, q, g, y = _numbers(material)
        return dsa.DSAPublicNumbers(y, dsa.DSAParameterNumbers(p, q, g)).public_key()
    if key.algorithm == 27:
        return ed25519.Ed25519PublicKey.from_public_bytes(material)
    if key.algorithm == 28:
        return ed448.Ed448PublicKey.from_public_bytes(material)
    point = material[1 + material[0] + 2 :]
    if key.algorithm == 22 and key.curve == "ed25519" and point[:1] == b"\x40":
        return ed25519.Ed25519PublicKey.from_public_bytes(point[1:])
    if key.algorithm == 19 and key.curve in _CURVES:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[key.curve](), point)
    return None
