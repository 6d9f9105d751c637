"""Split OpenPGP data into packets (RFC 9580 section 4) and open what is compressed, within limits.

Read: old and new packet headers, one-, two- and five-octet lengths, partial lengths and lengths
that run to the end of the data (for data packets alone: section 4.2.1.4). Refused: a header that is
none, a length beyond the data, more than MAX_PACKETS packets, compressed data that is more than
MAX_DEPTH deep or opens to more than MAX_INFLATED bytes (a "quine" opens to itself for ever).
What is inside a packet is not looked at here, but for literal data.
"""

import bz2
import zlib
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed

MAX_PACKETS: Final = 2000  # of one file; a key with many certifications has some hundreds
MAX_DEPTH: Final = 8  # compressed packets inside each other; programs write one
MAX_INFLATED: Final = 64 << 20  # bytes that compressed data may open to

SIGNATURE: Final = 2
ONE_PASS: Final = 4
SECRET_KEY: Final = 5
PUBLIC_KEY: Final = 6
SECRET_SUBKEY: Final = 7
COMPRESSED: Final = 8
MARKER: Final = 10
LITERAL: Final = 11
USER_ID: Final = 13
PUBLIC_SUBKEY: Final = 14
PADDING: Final = 21
ENCRYPTED: Final = frozenset({1, 3, 9, 18, 20})
_STREAMS: Final = frozenset({COMPRESSED, 9, LITERAL, 18, 20})  # may have partial lengths


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One packet."""

    tag: int
    body: bytes

    def framed(self) -> bytes:
        """Return the packet in one canonical spelling: a new header with a five-octet length."""
        return bytes([0xC0 | self.tag, 0xFF]) + len(self.body).to_bytes(4) + self.body


def split_packets(data: bytes) -> tuple[Packet, ...]:
    """Return all packets of the data.

    Raises:
        Malformed: see the module.
    """
    packets: list[Packet] = []
    at = 0
    while at < len(data):
        if len(packets) == MAX_PACKETS:
            raise Malformed(f"more than {MAX_PACKETS} OpenPGP packets")
        packet, at = _read_packet(data, at)
        packets.append(packet)
    return tuple(packets)


def _read_packet(data: bytes, at: int) -> tuple[Packet, int]:
    head = data[at]
    if not head & 0x80:
        raise Malformed("no OpenPGP packet where one should begin")
    tag = head & 0x3F if head & 0x40 else (head >> 2) & 0x0F
    if tag == 0:
        raise Malformed("an OpenPGP packet of the forbidden kind 0")
    body, at = _new_body(data, at + 1, tag) if head & 0x40 else _old_body(data, at, tag)
    return Packet(tag=tag, body=body), at


def _old_body(data: bytes, at: int, tag: int) -> tuple[bytes, int]:
    """RFC 9580 section 4.2.2: the two low bits say how long the length is."""
    size = {0: 1, 1: 2, 2: 4}.get(data[at] & 3)
    if size is None:
        if tag not in _STREAMS:
            raise Malformed("an OpenPGP packet without a length")
        return data[at + 1 :], len(data)
    length = _take(data, at + 1, size)
    start = at + 1 + size
    return _take(data, start, int.from_bytes(length)), start + int.from_bytes(length)


def _new_body(data: bytes, at: int, tag: int) -> tuple[bytes, int]:
    """RFC 9580 section 4.2.1."""
    parts = []
    while True:
        length, at, partial = _new_length(data, at)
        parts.append(_take(data, at, length))
        at += length
        if not partial:
            return b"".join(parts), at
        if tag not in _STREAMS:
            raise Malformed("an OpenPGP packet in parts that must be in one")


def _new_length(data: bytes, at: int) -> tuple[int, int, bool]:
    first = _take(data, at, 1)[0]
    if first < 192:
        return first, at + 1, False
    if first < 224:
        return ((first - 192) << 8) + _take(data, at + 1, 1)[0] + 192, at + 2, False
    if first < 255:
        return 1 << (first & 0x1F), at + 1, True
    return int.from_bytes(_take(data, at + 1, 4)), at + 5, False


def _take(data: bytes, at: int, size: int) -> bytes:
    if size > len(data) - at:
        raise Malformed("an OpenPGP packet that is longer than its file")
    return data[at : at + size]


def open_message(data: bytes) -> tuple[Packet, ...]:
    """Return the packets of a message, compressed ones opened and in place of their cover.

    Raises:
        Malformed: see the module.
    """
    packets = split_packets(data)
    for _ in range(MAX_DEPTH):
        if not any(packet.tag == COMPRESSED for packet in packets):
            return packets
        if sum(packet.tag == COMPRESSED for packet in packets) > 1:
            raise Malformed("several compressed packets side by side")
        packets = tuple(
            inner
            for packet in packets
            for inner in (_inflated(packet) if packet.tag == COMPRESSED else (packet,))
        )
    raise Malformed(f"compressed more than {MAX_DEPTH} times over")


def _inflated(packet: Packet) -> tuple[Packet, ...]:
    return split_packets(_inflate(packet.body[:1], packet.body[1:]))


def _inflate(algorithm: bytes, data: bytes) -> bytes:
    """RFC 9580 section 9.4: 0 is not compressed, 1 ZIP (no header), 2 ZLIB, 3 BZip2."""
    if algorithm == b"\0":
        return data
    try:
        if algorithm == b"\3":
            opened = bz2.BZ2Decompressor().decompress(data, MAX_INFLATED + 1)
        elif algorithm in {b"\1", b"\2"}:
            window = -15 if algorithm == b"\1" else 15
            opened = zlib.decompressobj(window).decompress(data, MAX_INFLATED + 1)
        else:
            raise Malformed("compressed in a way that RFC 9580 does not know")
    except (zlib.error, OSError, ValueError, EOFError) as error:
        raise Malformed("compressed data that does not open") from error
    if len(opened) > MAX_INFLATED:
        raise Malformed(f"compressed data that opens to more than {MAX_INFLATED} bytes")
    return opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """What a literal data packet holds (RFC 9580 section 5.9). Only `data` is ever signed."""

    data: bytes
    named: bool
    """Whether it states a file name; nobody signs that."""
    dated: bool


def read_literal(packet: Packet) -> Literal:
    """Return the content of a literal data packet.

    Raises:
        Malformed: it ends early.
    """
    size = _take(packet.body, 1, 1)[0]
    date = _take(packet.body, 2 + size, 4)
    return Literal(data=packet.body[6 + size :], named=size > 0, dated=date != b"\0\0\0\0")
