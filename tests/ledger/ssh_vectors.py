"""SSH signatures made here, security keys included: no device is needed to know its envelope.

A security key signs SHA-256(application) || flags || counter || SHA-256(message) (OpenSSH,
PROTOCOL.u2f). These are made from that text, not by the code under test; `ssh-keygen` checks them
where it is installed.
"""

import base64
import hashlib
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KINDS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
SEED = bytes(range(32))


def text(data: bytes) -> bytes:
    """A string of RFC 4251."""
    return struct.pack(">I", len(data)) + data


def number(value: int) -> bytes:
    """A positive mpint of RFC 4251."""
    data = value.to_bytes((value.bit_length() + 7) // 8)
    return text(b"\0" + data if data[0] & 0x80 else data)


def armor(blob: bytes, width: int = 70) -> str:
    """The armor of PROTOCOL.sshsig."""
    encoded = base64.b64encode(blob).decode()
    lines = [encoded[at : at + width] for at in range(0, len(encoded), width)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def key_blob(kind: str, application: bytes = b"ssh:") -> bytes:
    """The public key of a kind, always the same one."""
    if "ed25519" in kind:
        parts = [Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()]
    else:
        point = _p256().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        parts = [b"nistp256", point]
    if kind.startswith("sk-"):
        parts.append(application)
    return text(kind.encode()) + b"".join(text(part) for part in parts)


def signature_blob(
    kind: str,
    message: bytes,
    *,
    namespace: bytes,
    digest: str = "sha512",
    flags: int = 1,
    counter: int = 7,
    application: bytes = b"ssh:",
    reserved: bytes = b"",
) -> bytes:
    """The binary SSHSIG of a kind over a message."""
    hashed = hashlib.new(digest, message).digest()
    signed = b"SSHSIG" + b"".join(
        text(part) for part in (namespace, reserved, digest.encode(), hashed)
    )
    tail = b""
    if kind.startswith("sk-"):
        tail = struct.pack(">BI", flags, counter)
        signed = hashlib.sha256(application).digest() + tail + hashlib.sha256(signed).digest()
    inner = text(kind.encode()) + text(_sign(kind, signed)) + tail
    parts = (key_blob(kind, application), namespace, reserved, digest.encode(), inner)
    return b"SSHSIG" + struct.pack(">I", 1) + b"".join(text(part) for part in parts)


def _sign(kind: str, signed: bytes) -> bytes:
    if "ed25519" in kind:
        return Ed25519PrivateKey.from_private_bytes(SEED).sign(signed)
    r, s = decode_dss_signature(_p256().sign(signed, ec.ECDSA(SHA256())))
    return number(r) + number(s)


def _p256() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
