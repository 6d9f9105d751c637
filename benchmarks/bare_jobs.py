"""The cryptography alone, by the libraries that the product uses: no log can go faster than that.

A figure beside these says how much of a row is the machine's and how much is ours.
"""

from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from timing import timed

_ENTRY: Final = bytes(700)  # about what an entry with five hidden fields signs


def hash_leaves(count: int, size: int) -> dict[str, Any]:
    """Hash `count` leaves of `size` bytes, and for each the one node that a tree has a leaf."""
    leaf, node = bytes(1 + size), bytes(65)
    with timed() as taken:
        for _ in range(count):
            sha256(leaf).digest()
            sha256(node).digest()
    return {**taken, "leaves": count}


def verify(count: int) -> dict[str, Any]:
    """Verify one Ed25519 signature an entry."""
    private = Ed25519PrivateKey.generate()
    public, signed = private.public_key(), private.sign(_ENTRY)
    with timed() as taken:
        for _ in range(count):
            public.verify(signed, _ENTRY)
    return {**taken, "entries": count}


def sign_and_verify(count: int) -> dict[str, Any]:
    """Sign each event, and verify it before it is written."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    with timed() as taken:
        for _ in range(count):
            public.verify(private.sign(_ENTRY), _ENTRY)
    return {**taken, "events": count}
