"""Read a signature packet (RFC 9580 section 5.2) without checking it.

Versions 4 and 6 are read whole. Others are told by their version alone: 2 and 3 are from the last
century, 5 is a draft that was never a standard. Subpackets count only from the hashed area, save
the issuer's name, which is a hint and no more. Refused: any length that does not fit, more than
MAX_SUBPACKETS. A critical subpacket or notation that is not known is listed: who does not know it
must not take the signature for good (section 5.2.3.7).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.openpgp.packets import Packet

MAX_SUBPACKETS: Final = 200  # of one signature; programs write about ten
READ_VERSIONS: Final = frozenset({4, 6})

BINARY, TEXT = 0x00, 0x01  # over documents
CERTIFICATIONS: Final = frozenset({0x10, 0x11, 0x12, 0x13})
SUBKEY_BINDING, DIRECT_KEY = 0x18, 0x1F
KEY_REVOCATION, SUBKEY_REVOCATION, CERTIFICATION_REVOCATION = 0x20, 0x28, 0x30

HASHES: Final = {
    1: "md5",
    2: "sha1",
    3: "ripemd160",
    8: "sha256",
    9: "sha384",
    10: "sha512",
    11: "sha224",
    12: "sha3-256",
    14: "sha3-512",
}
ALGORITHMS: Final = {
    1: "rsa",
    2: "rsa-encrypt",
    3: "rsa-sign",
    17: "dsa",
    19: "ecdsa",
    22: "eddsa",
    27: "ed25519",
    28: "ed448",
}
_CREATED, _EXPIRES, _KEY_EXPIRES, _ISSUER, _NOTATION = 2, 3, 9, 16, 20
_FLAGS, _REASON, _FINGERPRINT = 27, 29, 33
_KNOWN: Final = frozenset(
    # RFC 9580 table 5, RFC 4880 section 5.2.3.1; 34, 39: preferences
    {2, 3, 4, 5, 6, 7, 9, 11, 12, 16, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34}
    | {35, 38, 39}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePacket:
    """What one signature says. Nothing of it is checked."""

    version: int
    packet: Packet
    readable: bool
    """False for a version that is told by its number only; nothing below is set then."""
    kind: int = -1
    """Signature type (section 5.2.1)."""
    algorithm: int = 0
    hash_algorithm: int = 0
    created: datetime | None = None
    """The signer's own clock, UTC."""
    expires: datetime | None = None
    issuer_fingerprint: str | None = None
    """Upper-case hexadecimal; a hint."""
    issuer_key_id: str | None = None
    key_lifetime: timedelta | None = None
    """For a binding: how long from its creation the key may be used; None = for ever."""
    key_flags: int | None = None
    reason: int | None = None
    """For a revocation: why (section 5.2.3.31)."""
    unknown_critical: bool = False
    salt: bytes = b""
    """Version 6: hashed first."""
    hashed: bytes = b""
    """From the version to the end of the hashed area."""
    values: bytes = b""
    """The signature itself, as its algorithm writes it."""

    @property
    def hash_name(self) -> str:
        """Name of the digest algorithm, `hash-N` if it has none."""
        return HASHES.get(self.hash_algorithm, f"hash-{self.hash_algorithm}")

    @property
    def algorithm_name(self) -> str:
        """Name of the key's algorithm, `algorithm-N` if it has none."""
        return ALGORITHMS.get(self.algorithm, f"algorithm-{self.algorithm}")


@dataclass(frozen=True, slots=True)
class _Sub:
    kind: int
    critical: bool
    data: bytes


def read_signature(packet: Packet) -> SignaturePacket:
    """Return what a signature packet says.

    Raises:
        Malformed: see the module.
    """
    body = packet.body
    version = _take(body, 0, 1)[0]
    if version not in READ_VERSIONS:
        return SignaturePacket(version=version, packet=packet, readable=False)
    wide = 4 if version == 6 else 2
    end = 4 + wide + int.from_bytes(_take(body, 4, wide))
    size = int.from_bytes(_take(body, end, wide))
    hashed = tuple(_subpackets(_take(body, 4 + wide, end - 4 - wide)))
    loose = tuple(_subpackets(_take(body, end + wide, size)))
    salt, values = _tail(body[end + wide + size :], version)
    said = _said(SignaturePacket(version=version, packet=packet, readable=True), hashed, loose)
    return replace(
        said,
        kind=body[1],
        algorithm=body[2],
        hash_algorithm=body[3],
        salt=salt,
        hashed=body[:end],
        values=values,
    )


def _tail(rest: bytes, version: int) -> tuple[bytes, bytes]:
    """Return the salt and the values, behind the first two octets of the digest."""
    _take(rest, 0, 2)
    if version != 6:
        return b"", rest[2:]
    salt = _take(rest, 3, _take(rest, 2, 1)[0])
    return salt, rest[3 + len(salt) :]


def _said(
    signature: SignaturePacket, hashed: tuple[_Sub, ...], loose: tuple[_Sub, ...]
) -> SignaturePacket:
    created, lifetime = _moment(_first(hashed, _CREATED)), _seconds(_first(hashed, _EXPIRES))
    fingerprint = _first(hashed + loose, _FINGERPRINT)
    issuer = _first(hashed + loose, _ISSUER)
    flags, reason = _first(hashed, _FLAGS), _first(hashed, _REASON)
    return replace(
        signature,
        created=created,
        expires=created + lifetime if created and lifetime else None,
        issuer_fingerprint=fingerprint[1:].hex().upper() if fingerprint else None,
        issuer_key_id=issuer.hex().upper() if issuer else None,
        key_lifetime=_seconds(_first(hashed, _KEY_EXPIRES)),
        key_flags=flags[0] if flags else None,
        reason=reason[0] if reason else None,
        unknown_critical=any(map(_unknown_critical, hashed)),
    )


def _subpackets(area: bytes) -> Iterator[_Sub]:
    """RFC 9580 section 5.2.3.7: a length, a kind with the critical bit, data."""
    at = count = 0
    while at < len(area):
        count += 1
        first = area[at]
        if first < 192:
            length, at = first, at + 1
        elif first < 255:
            length, at = ((first - 192) << 8) + _take(area, at + 1, 1)[0] + 192, at + 2
        else:
            length, at = int.from_bytes(_take(area, at + 1, 4)), at + 5
        if length == 0 or count > MAX_SUBPACKETS:
            raise Malformed("a signature with subpackets that are none, or too many")
        data = _take(area, at, length)
        at += length
        yield _Sub(data[0] & 0x7F, bool(data[0] & 0x80), data[1:])


def _unknown_critical(sub: _Sub) -> bool:
    # A notation means what its name says, and this program knows no name.
    return sub.critical and (sub.kind not in _KNOWN or sub.kind == _NOTATION)


def _first(subs: tuple[_Sub, ...], kind: int) -> bytes | None:
    return next((sub.data for sub in subs if sub.kind == kind and sub.data), None)


def _moment(data: bytes | None) -> datetime | None:
    return datetime.fromtimestamp(int.from_bytes(data[:4]), UTC) if data else None


def _seconds(data: bytes | None) -> timedelta | None:
    """A period; zero means "for ever"."""
    return (timedelta(seconds=int.from_bytes(data[:4])) or None) if data else None


def _take(data: bytes, at: int, size: int) -> bytes:
    if size > len(data) - at:
        raise Malformed("a signature packet that ends early")
    return data[at : at + size]
