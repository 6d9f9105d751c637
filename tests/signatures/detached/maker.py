"""Makes signatures by bare keys, as ssh-keygen, minisign and signify write them, and others too.

`tests/signatures/detached/test_foreign.py` holds it against the programs themselves.
"""

import base64
import hashlib
import os
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.trust.model import KeyPin, PinKind

TRUSTED: Final = "timestamp:1578312000\tfile:letter-of-our-source.pdf\thashed"
SshPrivate = Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass
class Numbered:
    """A minisign or signify key pair."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    number: bytes = field(default_factory=lambda: os.urandom(8))

    def line(self) -> str:
        """The base64 line of the public key file."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return base64.b64encode(b"Ed" + self.number + raw).decode()

    def pin(self, kind: PinKind) -> KeyPin:
        """The desk's pin."""
        return KeyPin(kind=kind, key=self.line(), person="Ann Author")

    def minisign(self, content: bytes, *, hashed: bool = True, trusted: str = TRUSTED) -> bytes:
        """A minisign signature."""
        message = hashlib.blake2b(content).digest() if hashed else content
        value = self.private.sign(message)
        seal = self.private.sign(value + trusted.encode())
        head = (b"ED" if hashed else b"Ed") + self.number + value
        lines = ["untrusted comment: signature from minisign secret key", _b64(head)]
        lines += [f"trusted comment: {trusted}", _b64(seal)]
        return ("\n".join(lines) + "\n").encode()

    def signify(self, content: bytes, *, embed: bool = False) -> bytes:
        """A signify signature, with the message behind it where asked for."""
        head = b"Ed" + self.number + self.private.sign(content)
        text = f"untrusted comment: verify with key.pub\n{_b64(head)}\n".encode()
        return text + (content if embed else b"")


@dataclass
class SshParty:
    """An SSH key pair."""

    private: SshPrivate = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def line(self) -> bytes:
        """`type base64`."""
        return self.private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)

    def pin(self, *namespaces: str) -> KeyPin:
        """The desk's pin."""
        key = self.line.decode() + " ann@desk"
        return KeyPin(kind=PinKind.SSH, key=key, person="Ann Author", namespaces=namespaces)

    def sign(self, content: bytes, *, namespace: bytes = b"file", digest: str = "sha512") -> bytes:
        """A signature as `ssh-keygen -Y sign` writes it."""
        hashed = hashlib.new(digest, content).digest()
        name = digest.encode()
        signed = b"SSHSIG" + b"".join(map(_string, (namespace, b"", name, hashed)))
        kind, blob = self.line.split(b" ")[:2]
        value = self._value(kind, signed)
        parts = (base64.b64decode(blob), namespace, b"", name, value)
        whole = b"SSHSIG" + (1).to_bytes(4) + b"".join(map(_string, parts))
        text = _b64(whole)
        body = "\n".join(text[at : at + 70] for at in range(0, len(text), 70))
        return f"-----BEGIN SSH SIGNATURE-----\n{body}\n-----END SSH SIGNATURE-----\n".encode()

    def _value(self, kind: bytes, signed: bytes) -> bytes:
        if isinstance(self.private, Ed25519PrivateKey):
            return _string(kind) + _string(self.private.sign(signed))
        if isinstance(self.private, rsa.RSAPrivateKey):
            made = self.private.sign(signed, padding.PKCS1v15(), hashes.SHA512())
            return _string(b"rsa-sha2-512") + _string(made)
        size: dict[int, hashes.HashAlgorithm] = {
            256: hashes.SHA256(),
            384: hashes.SHA384(),
            521: hashes.SHA512(),
        }
        made = self.private.sign(signed, ec.ECDSA(size[self.private.key_size]))
        numbers = b"".join(_string(_mpint(one)) for one in decode_dss_signature(made))
        return _string(kind) + _string(numbers)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


def _mpint(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1)
