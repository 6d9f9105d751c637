"""Signatures of `ssh-keygen -Y sign` (OpenSSH, PROTOCOL.sshsig): read, written and verified.

Read: Ed25519, P-256 (nistp256) and both of a security key (`sk-ssh-ed25519@openssh.com`,
`sk-ecdsa-sha2-nistp256@openssh.com`: PROTOCOL.u2f), over SHA-256 or SHA-512. Refused: RSA and DSA
keys, other curves, certificates, WebAuthn signatures, a foreign armor or line length, any surplus
byte, any second spelling. What is read writes back to the same text.
Who holds the key is not known here; a device's counter is shown and never judged.
"""

from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.keys import PublicKey, ed25519_key, p256_key
from provenance.ledger.sshwire import SshReader, ssh_positive, ssh_string

MAX_ARMOR: Final = 8192  # characters; a security key's signature has about 600
TOUCHED: Final = 0x01  # PROTOCOL.u2f: flags of the device; WebAuthn's UP bit
VERIFIED: Final = 0x04  # WebAuthn's UV bit: PIN or fingerprint

_MAGIC: Final = b"SSHSIG"
_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----\n"
_END: Final = "\n-----END SSH SIGNATURE-----\n"
_LINE: Final = 70  # characters; what ssh-keygen writes
_HASHES: Final = {b"sha256": sha256, b"sha512": sha512}
_ED25519: Final = b"ssh-ed25519"
_P256: Final = b"ecdsa-sha2-nistp256"
_SK_ED25519: Final = b"sk-ssh-ed25519@openssh.com"
_SK_P256: Final = b"sk-ecdsa-sha2-nistp256@openssh.com"
_CURVE: Final = b"nistp256"
_WHAT: Final = "an SSH signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class SshKey:
    """A public key that endorses; on a security key or not."""

    kind: str
    """As OpenSSH names it."""
    point: PublicKey
    """Its `kid` is that of the bare point: for a key on a device it names nothing enrolled."""
    application: str | None
    """Of a security key, `ssh:` or `ssh:SOMETHING`; None for a key that is not on a device."""

    def blob(self) -> bytes:
        """Return the key in SSH's wire format."""
        parts = [self.kind.encode()]
        if self.point.alg == "ES256":
            parts.append(_CURVE)
        parts.append(self.point.raw)
        if self.application is not None:
            parts.append(self.application.encode())
        return b"".join(ssh_string(part) for part in parts)

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it: `SHA256:` and 43 characters."""
        return fingerprint(self.blob())


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSignature:
    """A well-formed signature. It is NOT verified yet."""

    key: SshKey
    """Whoever made the signature put it there; it proves nothing about a person."""
    namespace: str
    """What the signature is for: one made for mail or for git does not endorse."""
    hash_name: str
    """sha256 or sha512: how the message was digested."""
    value: bytes
    """Ed25519: 64 bytes. P-256: R || S, 64 bytes."""
    flags: int | None
    """What the security key says it did; None for a key that is not on a device."""
    counter: int | None
    """The security key's own count of signatures; some devices always say 0."""

    @property
    def touched(self) -> bool:
        """Whether the device says that somebody touched it; True for a key not on a device."""
        return self.flags is None or bool(self.flags & TOUCHED)

    def verify(self, message: bytes, *, namespace: str) -> bool:
        """Tell whether the key signed this message for this purpose."""
        if self.namespace != namespace:
            return False
        digest = _HASHES[self.hash_name.encode()](message).digest()
        signed = _MAGIC + b"".join(
            ssh_string(part)
            for part in (self.namespace.encode(), b"", self.hash_name.encode(), digest)
        )
        if self.key.application is not None:
            # PROTOCOL.u2f: a device signs digests of the application and of the message.
            signed = (
                sha256(self.key.application.encode()).digest()
                + bytes([self.flags or 0])
                + (self.counter or 0).to_bytes(4)
                + sha256(signed).digest()
            )
        return self.key.point.verify(self.value, signed)

    def armor(self) -> str:
        """Return the text that `ssh-keygen -Y sign` writes."""
        parts = (self.key.blob(), self.namespace.encode(), b"", self.hash_name.encode())
        blob = _MAGIC + (1).to_bytes(4) + b"".join(ssh_string(p) for p in (*parts, self._value()))
        text = encode_base64(blob)
        return _BEGIN + "\n".join(_lines(text)) + _END

    def _value(self) -> bytes:
        value = self.value
        if self.key.point.alg == "ES256":
            value = ssh_positive(int.from_bytes(value[:32])) + ssh_positive(
                int.from_bytes(value[32:])
            )
        tail = b""
        if self.flags is not None and self.counter is not None:
            tail = bytes([self.flags]) + self.counter.to_bytes(4)
        return ssh_string(self.key.kind.encode()) + ssh_string(value) + tail


def parse_sshsig(text: str) -> SshSignature:
    """Return what an armored signature says.

    Raises:
        Malformed: see the module.
    """
    if len(text) > MAX_ARMOR or not (text.startswith(_BEGIN) and text.endswith(_END)):
        raise Malformed("not an SSH signature as `ssh-keygen -Y sign` writes it")
    body = text[len(_BEGIN) : -len(_END)]
    encoded = body.replace("\n", "")
    if "\n".join(_lines(encoded)) != body:
        raise Malformed(f"{_WHAT} has lines of {_LINE} characters")
    reader = SshReader(decode_base64(encoded), what=_WHAT)
    if reader.take(len(_MAGIC)) != _MAGIC or reader.uint32() != 1:
        raise Malformed(f"{_WHAT} begins with SSHSIG and version 1")
    key = parse_ssh_key(reader.string())
    namespace, reserved, hash_name = reader.string(), reader.string(), reader.string()
    if not namespace or reserved or hash_name not in _HASHES:
        raise Malformed(f"{_WHAT} names a purpose, nothing reserved, and sha256 or sha512")
    value, flags, counter = _read_value(reader.string(), key)
    reader.end()
    return SshSignature(
        key=key,
        namespace=_text(namespace),
        hash_name=hash_name.decode("ascii"),
        value=value,
        flags=flags,
        counter=counter,
    )


def parse_ssh_key(blob: bytes) -> SshKey:
    """Return the key of SSH's wire format.

    Raises:
        Malformed: a kind that is not read here, or damaged.
    """
    reader = SshReader(blob, what="an SSH key")
    kind = reader.string()
    if kind not in {_ED25519, _P256, _SK_ED25519, _SK_P256}:
        named = kind[:40].decode("ascii", "replace")
        raise Malformed(f"a key of kind {named} cannot endorse here: use Ed25519, P-256 or FIDO2")
    if kind in {_P256, _SK_P256}:
        if reader.string() != _CURVE:
            raise Malformed("an SSH key whose curve contradicts its kind")
        point = p256_key(reader.string())
    else:
        point = ed25519_key(reader.string())
    application = None
    if kind in {_SK_ED25519, _SK_P256}:
        application = _text(reader.string())
        if not application.startswith("ssh:"):
            # A login key of a web site signs for that site; only `ssh:` is made for this.
            raise Malformed("a security key of another application than ssh:")
    reader.end()
    return SshKey(kind=kind.decode("ascii"), point=point, application=application)


def fingerprint(blob: bytes) -> str:
    """Return `SHA256:` and the unpadded base64 of a key's digest, as OpenSSH prints it."""
    return "SHA256:" + encode_base64(sha256(blob).digest()).rstrip("=")


def read_ecdsa(data: bytes) -> bytes:
    """Return R || S, 64 bytes, of two big integers (RFC 5656 section 3.1.2).

    Raises:
        Malformed: not two positive numbers that fit.
    """
    reader = SshReader(data, what="an ECDSA signature")
    r, s = reader.positive(), reader.positive()
    reader.end()
    if max(r, s).bit_length() > 256:
        raise Malformed("an ECDSA signature with a number too large for P-256")
    return r.to_bytes(32) + s.to_bytes(32)


def _read_value(data: bytes, key: SshKey) -> tuple[bytes, int | None, int | None]:
    reader = SshReader(data, what=_WHAT)
    if reader.string() != key.kind.encode():
        raise Malformed(f"{_WHAT} of another kind than its key")
    value = reader.string()
    flags = counter = None
    if key.application is not None:
        flags, counter = reader.byte(), reader.uint32()
    reader.end()
    if key.point.alg == "ES256":
        value = read_ecdsa(value)
    if len(value) != 64:
        raise Malformed(f"{_WHAT} whose inner signature has not 64 bytes")
    return value, flags, counter


def _text(data: bytes) -> str:
    if not data.isascii() or any(not 33 <= c < 127 for c in data):
        raise Malformed(f"{_WHAT} with a name that is not plain ASCII")
    return data.decode("ascii")


def _lines(text: str) -> list[str]:
    return [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
