"""Keys that sign entries: Ed25519 and P-256, their names, and the private key file.

A key's name (`kid`) is its RFC 7638 thumbprint, so a kid binds its key: whoever hands over another
key for it is found out by one hash. Which algorithm a signature is checked with is read from the
KEY, never from the signed bytes (RFC 8725 section 3.1: `alg` none and HS256 confusion).
Refused: keys of any other kind, P-256 points off the curve, Ed25519 points of small order (every
message has a signature under them), any second spelling of a public key's text, and key files that
do not open. Never stores a passphrase; never asks for one.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64, encode_base64, encode_base64url

EDDSA: Final = "EdDSA"
ES256: Final = "ES256"
SIGNATURE_SIZE: Final = 64  # bytes, of both algorithms (RFC 8032; RFC 7518 section 3.4: R || S)

_Point: TypeAlias = "Ed25519PublicKey | ec.EllipticCurvePublicKey"
_P: Final = (1 << 255) - 19  # RFC 8032 section 5.1: the field of edwards25519
_SMALL_ORDER: Final = frozenset(
    # y of the points of order 1, 2, 4, 8, 8; a test computes them from the curve.
    {0, 1, _P - 1}
    | {
        int.from_bytes(bytes.fromhex(y), "little")
        for y in (
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        )
    }
)
_SSH_ED25519: Final = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
_SSH_P256: Final = b"\0\0\0\x13ecdsa-sha2-nistp256\0\0\0\x08nistp256\0\0\0\x41"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key that may sign entries; made by `ed25519_key`, `p256_key`, `parse_public_key`."""

    alg: str
    """EDDSA or ES256."""
    raw: bytes
    """Ed25519: 32 bytes (RFC 8032). P-256: 65 bytes, 0x04 || x || y."""
    kid: str
    """RFC 7638 thumbprint, base64url."""
    _point: _Point = field(repr=False, compare=False, hash=False)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Tell whether `signature` (64 bytes) over `message` was made with this key."""
        if len(signature) != SIGNATURE_SIZE:
            return False
        try:
            if isinstance(self._point, Ed25519PublicKey):
                self._point.verify(signature, message)
            else:
                r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
                self._point.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    def ssh_text(self) -> str:
        """Return the key as a line of OpenSSH: kind and base64, no comment."""
        if self.alg == EDDSA:
            return f"ssh-ed25519 {encode_base64(_SSH_ED25519 + self.raw)}"
        return f"ecdsa-sha2-nistp256 {encode_base64(_SSH_P256 + self.raw)}"

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        # Worker processes receive keys; the library's point object does not travel.
        return (ed25519_key if self.alg == EDDSA else p256_key, (self.raw,))


class Signer(Protocol):
    """Whatever holds a private key: a file, an agent, a card. Signs exactly what it is given."""

    @property
    def public_key(self) -> PublicKey:
        """The public half; its `kid` and `alg` stand in every entry's header."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`. Raises KeyUnavailable."""
        ...


class Ed25519Signer:
    """A private Ed25519 key in this process's memory."""

    __slots__ = ("_private", "_public")

    def __init__(self, seed: bytes) -> None:
        """Take the 32-byte seed of RFC 8032 section 5.1.5.

        Raises:
            Malformed: not 32 bytes.
        """
        try:
            self._private = Ed25519PrivateKey.from_private_bytes(seed)
        except ValueError as error:
            raise Malformed("an Ed25519 seed has 32 bytes") from error
        self._public = ed25519_key(self._private.public_key().public_bytes_raw())

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public

    @property
    def seed(self) -> bytes:
        """The secret itself, 32 bytes: for writing the key file, and nothing else."""
        return self._private.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature; the same message gives the same one."""
        return self._private.sign(message)


def ed25519_key(raw: bytes) -> PublicKey:
    """Return the key of 32 bytes.

    Raises:
        Malformed: wrong length, not the canonical form of a point, or of small order.
    """
    if len(raw) != 32:
        raise Malformed("an Ed25519 public key has 32 bytes")
    y = int.from_bytes(raw, "little") & ((1 << 255) - 1)
    if y >= _P or y in _SMALL_ORDER:
        raise Malformed("this Ed25519 key has small order or a second spelling: anyone could sign")
    point = Ed25519PublicKey.from_public_bytes(raw)
    # RFC 8037 section 2 and appendix A.3: the members of the thumbprint, in this order.
    jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{encode_base64url(raw)}"}}'
    return PublicKey(alg=EDDSA, raw=raw, kid=_thumbprint(jwk), _point=point)


def p256_key(raw: bytes) -> PublicKey:
    """Return the key of an uncompressed point (0x04 || x || y, 65 bytes).

    Raises:
        Malformed: wrong length or form, or not on the curve.
    """
    if len(raw) != 65 or raw[0] != 4:
        raise Malformed("a P-256 public key is an uncompressed point of 65 bytes")
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("this P-256 point is not on the curve") from error
    x, y = encode_base64url(raw[1:33]), encode_base64url(raw[33:])
    jwk = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    return PublicKey(alg=ES256, raw=raw, kid=_thumbprint(jwk), _point=point)


def parse_public_key(text: str) -> PublicKey:
    """Return the key that a line of OpenSSH names, in the one spelling `ssh_text` writes.

    Raises:
        Malformed: another kind of key, a comment or option, or damaged.
    """
    kind, _, encoded = text.partition(" ")
    heads = {"ssh-ed25519": _SSH_ED25519, "ecdsa-sha2-nistp256": _SSH_P256}
    if kind not in heads:
        raise Malformed("only ssh-ed25519 and ecdsa-sha2-nistp256 keys can sign entries")
    blob, head = decode_base64(encoded), heads[kind]
    if not blob.startswith(head):
        raise Malformed("an OpenSSH public key whose inside contradicts its label")
    raw = blob[len(head) :]
    return ed25519_key(raw) if kind == "ssh-ed25519" else p256_key(raw)


def _thumbprint(jwk: str) -> str:
    return encode_base64url(sha256(jwk.encode("ascii")).digest())
