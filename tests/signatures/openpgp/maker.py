"""Makes OpenPGP keys, certificates and signatures with every oddity a test needs (RFC 9580).

A tool would refuse most of what is made here: weak digests, keys made for encryption that sign,
bindings younger than what they bind, forged revocations, versions that never were. `gpg` and `gpgv`
check elsewhere that the honest part of it is what they take for OpenPGP.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.trust.model import PgpPin

MADE: Final = datetime(2019, 1, 1, tzinfo=UTC)
SIGNED: Final = datetime(2020, 1, 6, 12, tzinfo=UTC)
NOW: Final = datetime(2020, 6, 1, tzinfo=UTC)
SHA1, SHA256, MD5 = 2, 8, 1
SIGN, ENCRYPT = 0x02, 0x0C
_HASHES: Final = {
    MD5: (hashlib.md5, hashes.MD5),
    SHA1: (hashlib.sha1, hashes.SHA1),
    SHA256: (hashlib.sha256, hashes.SHA256),
}
_CURVE: Final = bytes.fromhex("092b06010401da470f01")


def packet(tag: int, body: bytes) -> bytes:
    """Frame a packet with an old-style two-octet length, as GnuPG does."""
    if tag < 16:
        return bytes([0x80 | tag << 2 | 1]) + len(body).to_bytes(2) + body
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4) + body


def mpi(number: int) -> bytes:
    """A big integer: bits, then octets."""
    return number.bit_length().to_bytes(2) + number.to_bytes((number.bit_length() + 7) // 8)


def sub(kind: int, data: bytes, *, critical: bool = False) -> bytes:
    """A subpacket."""
    return bytes([len(data) + 1, kind | (0x80 if critical else 0)]) + data


def stamp(moment: datetime) -> bytes:
    """Four octets of seconds since 1970."""
    return int(moment.timestamp()).to_bytes(4)


@dataclass
class Key:
    """A key pair: Ed25519 by default, RSA where a size is given."""

    created: datetime = MADE
    rsa_bits: int = 0
    private: Ed25519PrivateKey | rsa.RSAPrivateKey = field(init=False)
    body: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Draw the key."""
        if self.rsa_bits:
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=self.rsa_bits)
            numbers = self.private.public_key().public_numbers()
            material = mpi(numbers.n) + mpi(numbers.e)
        else:
            self.private = Ed25519PrivateKey.generate()
            point = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            material = _CURVE + mpi(int.from_bytes(b"\x40" + point))
        self.body = b"\x04" + stamp(self.created) + bytes([self.algorithm]) + material

    @property
    def algorithm(self) -> int:
        """1 RSA, 22 EdDSA."""
        return 1 if self.rsa_bits else 22

    @property
    def framed(self) -> bytes:
        """What digests over the key begin with."""
        return b"\x99" + len(self.body).to_bytes(2) + self.body

    @property
    def fingerprint(self) -> str:
        """Upper-case hexadecimal."""
        return hashlib.sha1(self.framed).hexdigest().upper()  # noqa: S324 - the format's own choice

    def sign(
        self,
        content: bytes,
        *,
        kind: int = 0,
        created: datetime = SIGNED,
        digest: int = SHA256,
        more: bytes = b"",
        version: int = 4,
        issuer: bool = True,
    ) -> bytes:
        """Return the body of a signature packet over `content` as it is."""
        named = sub(33, b"\x04" + bytes.fromhex(self.fingerprint)) if issuer else b""
        hashed = sub(2, stamp(created)) + named + more
        key_id = sub(16, bytes.fromhex(self.fingerprint)[-8:]) if issuer else b""
        head = bytes([version, kind, self.algorithm, digest])
        head += len(hashed).to_bytes(2) + hashed
        make, algorithm = _HASHES[digest]
        done = make(content + head + b"\x04\xff" + len(head).to_bytes(4)).digest()
        if isinstance(self.private, Ed25519PrivateKey):
            value = self.private.sign(done)
            numbers = mpi(int.from_bytes(value[:32])) + mpi(int.from_bytes(value[32:]))
        else:
            raw = self.private.sign(done, padding.PKCS1v15(), Prehashed(algorithm()))
            numbers = mpi(int.from_bytes(raw))
        return head + len(key_id).to_bytes(2) + key_id + done[:2] + numbers


@dataclass
class Person:
    """A certificate under construction: one primary key, perhaps a subkey."""

    name: str = "Ann Author <ann@example.org>"
    key: Key = field(default_factory=Key)
    subkey: Key | None = None
    lifetime: timedelta | None = None
    """Of the primary key, or of the subkey where there is one."""
    bound: datetime = MADE
    """When the bindings were signed."""
    flags: int = SIGN | 1
    digest: int = SHA256
    extra: bytes = b""
    """Packets put behind the primary key."""
    behind: bytes = b""
    """Packets put behind everything."""

    def certificate(self) -> bytes:
        """Return the transferable public key."""
        lifetime = sub(9, int(self.lifetime.total_seconds()).to_bytes(4)) if self.lifetime else b""
        own = b"" if self.subkey else lifetime
        named = self.key.framed + b"\xb4" + len(self.name.encode()).to_bytes(4) + self.name.encode()
        more = sub(27, bytes([self.flags if not self.subkey else 1])) + own
        certified = self.key.sign(
            named, kind=0x13, created=self.bound, digest=self.digest, more=more
        )
        out = packet(6, self.key.body) + self.extra + packet(13, self.name.encode())
        out += packet(2, certified)
        if self.subkey:
            out += packet(14, self.subkey.body) + packet(2, self.binding(self.subkey, lifetime))
        return out + self.behind

    def binding(self, subkey: Key, more: bytes = b"") -> bytes:
        """Return the body of a subkey binding with its cross-certification."""
        both = self.key.framed + subkey.framed
        back = subkey.sign(both, kind=0x19, created=self.bound, digest=self.digest)
        more = sub(27, bytes([self.flags])) + more + _long(32, back)
        return self.key.sign(both, kind=0x18, created=self.bound, digest=self.digest, more=more)

    def revocation(self, reason: int, when: datetime, *, by: Key | None = None) -> bytes:
        """Return a packet that revokes the primary key, signed by itself or by somebody else."""
        content = self.key.framed
        why = sub(29, bytes([reason]) + b"because")
        return packet(2, (by or self.key).sign(content, kind=0x20, created=when, more=why))

    @property
    def signing(self) -> Key:
        """The key that signs documents."""
        return self.subkey or self.key

    def detached(self, content: bytes, **how: object) -> bytes:
        """Return a binary detached signature."""
        return packet(2, self.signing.sign(content, **how))  # type: ignore[arg-type] # passed on

    def clearsigned(self, text: str, *, headers: str = "Hash: SHA256\n", **how: object) -> bytes:
        """Return a cleartext-signed message."""
        lines = text.split("\n")
        canonical = "\r\n".join(line.rstrip(" \t\r") for line in lines).encode()
        escaped = "\n".join(f"- {line}" if line.startswith("-") else line for line in lines)
        signature = packet(2, self.signing.sign(canonical, kind=1, **how))  # type: ignore[arg-type] # passed on
        head = f"-----BEGIN PGP SIGNED MESSAGE-----\n{headers}\n{escaped}\n"
        return head.encode() + armored(signature, "SIGNATURE")

    def message(self, content: bytes, *, name: bytes = b"", **how: object) -> bytes:
        """Return a signed message: one-pass, literal, signature."""
        body = self.signing.sign(content, **how)  # type: ignore[arg-type] # passed on
        key_id = bytes.fromhex(self.signing.fingerprint)[-8:]
        one_pass = b"\x03" + bytes([body[1], body[3], body[2]]) + key_id + b"\x01"
        return packet(4, one_pass) + literal(content, name) + packet(2, body)

    def pin(
        self, *, valid_from: datetime | None = None, valid_to: datetime | None = None
    ) -> PgpPin:
        """Return the desk's pin of this person."""
        return PgpPin(
            certificate=self.certificate(),
            fingerprint=self.key.fingerprint,
            person="Ann Author",
            valid_from=valid_from,
            valid_to=valid_to,
        )


def literal(content: bytes, name: bytes = b"") -> bytes:
    """A literal data packet."""
    return packet(11, b"b" + bytes([len(name)]) + name + b"\0\0\0\0" + content)


def armored(data: bytes, kind: str) -> bytes:
    """Armor with its checksum, without which gpgv stumbles over what follows."""
    text = base64.encodebytes(data).decode()
    check = base64.b64encode(_crc24(data).to_bytes(3)).decode()
    return f"-----BEGIN PGP {kind}-----\n\n{text}={check}\n-----END PGP {kind}-----\n".encode()


def _crc24(data: bytes) -> int:
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc = crc << 1 ^ (0x1864CFB if crc & 0x800000 else 0)
    return crc & 0xFFFFFF


def _long(kind: int, data: bytes) -> bytes:
    """A subpacket of more than 191 octets, or fewer."""
    size = len(data) + 1
    if size < 192:
        return sub(kind, data)
    return bytes([((size - 192) >> 8) + 192, (size - 192) & 0xFF, kind]) + data
