"""Ed25519 keys that are named by a number: what minisign and signify have in common.

A public key is base64 of 42 bytes: `Ed`, an eight-byte number that its maker drew by lot, the key.
The number finds the key and proves nothing: two keys may share it, so all of them are tried. A pin
that does not read, or holds a key under which anybody could sign, vouches for nobody, which
`unread_pins` tells.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64
from provenance.ledger.keys import PublicKey, ed25519_key
from provenance.trust.model import KeyPin, PinKind, TrustSet

KEY_BYTES: Final = 42  # two of algorithm, eight of number, 32 of key
SIGNATURE_BYTES: Final = 74  # two of algorithm, eight of number, 64 of signature


def numbered_pins(
    trust: TrustSet, kind: PinKind, number: bytes
) -> Iterator[tuple[KeyPin, PublicKey]]:
    """Yield the pinned keys of a format that have this number."""
    for pin in trust.keys:
        if pin.kind is kind:
            read = read_line(pin.key)
            if read is not None and read[0] == number:
                yield pin, read[1]


def read_line(text: str) -> tuple[bytes, PublicKey] | None:
    """Return number and key of a public key file's base64 line; None = it cannot be read."""
    try:
        data = decode_base64(text.strip())
        if len(data) != KEY_BYTES or not data.startswith(b"Ed"):
            return None
        return data[2:10], ed25519_key(data[10:])
    except Malformed:  # the desk's own pin is at fault: without it there is no key to check with
        return None


def spki_sha256(key: PublicKey) -> str:
    """Return SHA-256 of an Ed25519 key as an X.509 structure."""
    point = Ed25519PublicKey.from_public_bytes(key.raw)
    spki = point.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()
