"""Tell a private key that somebody hands in by mistake, so that it is refused and said plainly.

Order, the first that fits names it: PEM and SSH armor and OpenPGP armor by their own line, wherever
it stands in the file; PuTTY's and Java's marks; a minisign or signify secret key by its length and
algorithm, whatever its comment says; OpenPGP secret packets; PKCS #12, PKCS #8, PKCS #1 and SEC 1
by the shape of their DER. Only the kind is ever told: no byte of the file, no number, no comment.
What is none of these is not said to be harmless; it is only not known here.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final

from provenance.errors import Malformed

_ARMOR: Final = re.compile(
    rb"-{4,5} ?BEGIN (?:[A-Z0-9]{1,12} ){0,4}?(PGP )?PRIVATE KEY(?: BLOCK)? ?-{4,5}"
)
_MARKS: Final = (
    (b"\x30\x80\x02\x01\x03", "a PKCS #12 file, which holds a private key"),  # BER, open length
    (b"PuTTY-User-Key-File-", "an SSH private key (PuTTY)"),
    (b"\xfe\xed\xfe\xed", "a Java key store, which can hold private keys"),
)
_NUMBERED: Final = {158: "a minisign secret key", 104: "a signify secret key"}
"""Bytes behind the base64: minisign.h SeckeyStruct; signify.c enckey."""
_SECRET_PACKETS: Final = frozenset({5, 7})  # RFC 9580 section 5.5.1
_SEQUENCE, _INTEGER, _OCTETS = 0x30, 0x02, 0x04  # DER


def private_key_in(data: bytes) -> str | None:
    """Say what kind of private key the data is or holds, in plain words; None = none known here."""
    armor = _ARMOR.search(data)
    if armor:
        return _armored(armor)
    if b"PRIVATE KEY" in data[:4096]:  # a line that was cut or retyped still says what it was
        return "a private key"
    mark = next((said for begin, said in _MARKS if data.startswith(begin)), None)
    return mark or _numbered(data) or _packets(data) or _der(data)


def refuse_private_key(data: bytes) -> None:
    """Refuse a private key by its kind.

    Raises:
        Malformed: it is one.
    """
    kind = private_key_in(data)
    if kind is not None:
        raise Malformed(
            f"this is {kind}, the half that must stay with its owner: it does not belong here, and"
            " nothing of it was kept or shown. Give the public key instead; if this file has been"
            " in other hands, make a new key"
        )


def _armored(found: re.Match[bytes]) -> str:
    if found[1]:
        return "an OpenPGP private key"
    return "an SSH private key" if b"SSH" in found[0] else "a private key (PEM)"


def _numbered(data: bytes) -> str | None:
    """A secret key of minisign or signify: base64 that begins with Ed and has its length."""
    for line in data[:8192].splitlines()[:4]:
        try:
            raw = base64.b64decode(line.strip(), validate=True)
        except (binascii.Error, ValueError):
            continue
        if raw.startswith(b"Ed") and len(raw) in _NUMBERED:
            return _NUMBERED[len(raw)]
    return None


def _packets(data: bytes) -> str | None:
    first = data[0] if data else 0
    if not first & 0x80:
        return None
    tag = first & 0x3F if first & 0x40 else (first >> 2) & 0x0F
    return "an OpenPGP private key" if tag in _SECRET_PACKETS else None


def _der(data: bytes) -> str | None:
    """By the first members of the outer SEQUENCE (RFC 7292 4, 5958 2 and 3, 8017 A.1.2, 5915 3)."""
    outer = _value(data, 0)
    if outer is None or data[0] != _SEQUENCE or outer[1] != len(data):
        return None
    shape, numbers = list[int](), list[bytes]()
    at = outer[0]
    while at < len(data) and len(shape) < 9:
        inner = _value(data, at)
        if inner is None:
            return None
        shape.append(data[at])
        numbers.append(data[inner[0] : inner[1]])
        at = inner[1]
    return next((said for fits, said in _SHAPES if fits(shape, numbers)), None)


def _value(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where the value at a tag begins and ends; None = the length cannot be."""
    if at + 2 > len(data):
        return None
    length, begin = data[at + 1], at + 2
    if length & 0x80:
        begin += length & 0x7F
        if not 0x81 <= length <= 0x84 or begin > len(data):
            return None
        length = int.from_bytes(data[at + 2 : begin])
    return (begin, begin + length) if begin + length <= len(data) else None


_Fits = Callable[[list[int], list[bytes]], bool]
_SHAPES: Final[tuple[tuple[_Fits, str], ...]] = (
    (
        lambda shape, numbers: shape[:2] == [_INTEGER, _SEQUENCE] and numbers[0] == b"\x03",
        "a PKCS #12 file, which holds a private key",
    ),
    (
        lambda shape, numbers: (
            shape[:3] == [_INTEGER, _SEQUENCE, _OCTETS] and numbers[0] in {b"\x00", b"\x01"}
        ),
        "a private key (PKCS #8)",
    ),
    (lambda shape, _: shape == [_SEQUENCE, _OCTETS], "an encrypted private key (PKCS #8)"),
    (lambda shape, _: shape == [_INTEGER] * 9, "an RSA private key (PKCS #1)"),
    (
        lambda shape, numbers: shape[:2] == [_INTEGER, _OCTETS] and numbers[0] == b"\x01",
        "a private key on a curve (SEC 1)",
    ),
)
