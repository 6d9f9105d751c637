"""A proof file of OpenTimestamps (`.ots`, version 1): its grammar, and what it commits to.

    magic, version 1, 0x08 (the file's hash is SHA-256), the hash, then branches:
    branch = op branches | 0x00 attestation; 0xff before every branch of a message but the last

Ops: append f0, prepend f1 (1 to 4096 bytes each), SHA-1 02, SHA-256 08. RIPEMD-160 is refused: not
every machine has it, a kept proof must read everywhere, and no calendar uses it. An attestation is
8 bytes of kind and a payload: a calendar's promise, a Bitcoin block's height, or a kind that is not
read here and is only counted. Refused: other ops, files over other hashes, lengths with a second
spelling, bytes behind the end, and sizes that no calendar writes. What parses re-encodes to the
same bytes. Nothing is believed: an attestation says what to look for in a block header
(`provenance.outside.block_headers`), and a promise proves nothing.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed

MAX_PROOF: Final = 1 << 14  # bytes; a full proof from four calendars has some 3,000
MAX_STEPS: Final = 1024  # ops and attestations; a way into a block takes some 70
MAX_OPERAND: Final = 4096  # bytes of an operand and of a message, as in the reference program
MAX_PAYLOAD: Final = 8192  # bytes of an attestation, as there
MAX_HEIGHT: Final = (1 << 31) - 1  # of a block: 40,000 years of them
DIGEST_SIZE: Final = 32  # bytes: SHA-256
_MAGIC: Final = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
_VERSION: Final = b"\x01"
_ATTESTATION, _FORK, _APPEND, _PREPEND = 0x00, 0xFF, 0xF0, 0xF1
_HASHES: Final = {0x02: "sha1", 0x08: "sha256"}
_SHA256: Final = b"\x08"
_KIND: Final = 8  # bytes that name a kind of attestation
_PENDING: Final = bytes.fromhex("83dfe30d2ef90c8e")
_BITCOIN: Final = bytes.fromhex("0588960d73d71901")
_CALENDAR: Final = re.compile(rb"[A-Za-z0-9._/:-]{1,1000}")  # as in the reference program


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What stands at the end of one way through the proof. It is NOT verified."""

    message: bytes
    """What the way has made of the file's hash."""
    calendar: str | None = None
    """Address of a calendar that promised to bring it into a block."""
    height: int | None = None
    """Bitcoin block whose Merkle root the message must be; both None = of another kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtsProof:
    """A proof, read."""

    digest: bytes
    """SHA-256 of the stamped file, 32 bytes."""
    steps: tuple[tuple[bool, int, bytes], ...]
    """(further branches follow, tag, operand or attestation), in the order of the file."""
    attestations: tuple[Attestation, ...]
    """At least one."""

    def encode(self) -> bytes:
        """Return the file."""
        parts = [_MAGIC, _VERSION, _SHA256, self.digest]
        for forks, tag, operand in self.steps:
            parts.append(bytes([_FORK, tag] if forks else [tag]))
            if tag == _ATTESTATION:
                parts += [operand[:_KIND], _sized(operand[_KIND:])]
            elif tag not in _HASHES:
                parts.append(_sized(operand))
        return b"".join(parts)


def parse_ots(data: bytes) -> OtsProof:
    """Return the proof that a file holds.

    Raises:
        Malformed: not such a file, or one with an op that is not followed here.
    """
    if len(data) > MAX_PROOF:
        raise Malformed(f"an OpenTimestamps proof has at most {MAX_PROOF} bytes here")
    reader = _Reader(data)
    if reader.take(len(_MAGIC) + 1) != _MAGIC + _VERSION:
        raise Malformed("not an OpenTimestamps proof of version 1")
    if reader.take(1) != _SHA256:
        raise Malformed("an OpenTimestamps proof over another hash than SHA-256")
    digest = reader.take(DIGEST_SIZE)
    steps, found, open_ = list[tuple[bool, int, bytes]](), list[Attestation](), [digest]
    while open_:  # messages that have a branch to come; a stack of our own: depth costs no frames
        if len(steps) == MAX_STEPS:
            raise Malformed(f"an OpenTimestamps proof of more than {MAX_STEPS} steps")
        forks, tag, operand = step = reader.step()
        steps.append(step)
        message = open_[-1] if forks else open_.pop()
        if tag == _ATTESTATION:
            found.append(_attestation(operand, message))
        else:
            open_.append(_applied(tag, operand, message))
    if reader.left():
        raise Malformed("bytes behind the end of an OpenTimestamps proof")
    return OtsProof(digest=digest, steps=tuple(steps), attestations=tuple(found))


def _applied(tag: int, operand: bytes, message: bytes) -> bytes:
    if tag in _HASHES:
        return hashlib.new(_HASHES[tag], message, usedforsecurity=False).digest()
    made = message + operand if tag == _APPEND else operand + message
    if len(made) > MAX_OPERAND:
        raise Malformed(f"an OpenTimestamps proof with a message of over {MAX_OPERAND} bytes")
    return made


def _attestation(operand: bytes, message: bytes) -> Attestation:
    kind, payload = operand[:_KIND], _Reader(operand[_KIND:])
    if kind == _PENDING:
        calendar = payload.sized(MAX_PAYLOAD)
        if payload.left() or _CALENDAR.fullmatch(calendar) is None:
            raise Malformed("a calendar's address in an OpenTimestamps proof is not one")
        return Attestation(message=message, calendar=calendar.decode("ascii"))
    if kind != _BITCOIN:
        return Attestation(message=message)
    height = payload.number(MAX_HEIGHT)
    if payload.left() or len(message) != DIGEST_SIZE:
        raise Malformed("a Bitcoin attestation is a height, over a message of 32 bytes")
    return Attestation(message=message, height=height)


def _sized(data: bytes) -> bytes:
    return _number(len(data)) + data


def _number(value: int) -> bytes:
    """Return LEB128: seven bits a byte, the lowest first, the top bit set on all but the last."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


class _Reader:
    """Reads on from where it stands; never past the end."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left():
            raise Malformed("an OpenTimestamps proof is cut short")
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, limit: int) -> int:
        value = shift = 0
        while value <= limit and shift < 64:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                if value > limit or (byte == 0 and shift > 7):  # a trailing 0: a second spelling
                    break
                return value
        raise Malformed("a number in an OpenTimestamps proof is too large, or padded")

    def sized(self, limit: int) -> bytes:
        return self.take(self.number(limit))

    def step(self) -> tuple[bool, int, bytes]:
        tag = self.take(1)[0]
        forks = tag == _FORK
        if forks:
            tag = self.take(1)[0]
        if tag == _ATTESTATION:
            return forks, tag, self.take(_KIND) + self.sized(MAX_PAYLOAD)
        if tag in _HASHES:
            return forks, tag, b""
        if tag not in {_APPEND, _PREPEND}:
            raise Malformed(f"an OpenTimestamps proof with the op {tag:02x}, not followed here")
        operand = self.sized(MAX_OPERAND)
        if not operand:
            raise Malformed("an OpenTimestamps proof that appends nothing")
        return forks, tag, operand
