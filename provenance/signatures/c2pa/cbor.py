"""Read CBOR (RFC 8949), as far as signed claims use it; strict, total, bounded.

Refuses: bytes after the item, nesting beyond MAX_DEPTH, more than MAX_ITEMS items, lengths beyond
the input, two equal keys in a map, keys other than texts, whole numbers and bytes, break codes out
of place, texts that are not UTF-8. Everything refused raises Malformed. Never recurses deeper than
MAX_DEPTH, never reserves memory for a length it has not seen the bytes of.
"""

import struct
from dataclasses import dataclass
from typing import Any, Final

from provenance.errors import Malformed

MAX_DEPTH: Final = 32  # levels of nesting; a claim has about six
MAX_ITEMS: Final = 200_000  # of one document; a claim with a thousand assertions has 10,000
_SIMPLE: Final = {20: False, 21: True, 22: None, 23: None}  # RFC 8949 section 3.3
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
_BREAK: Final = object()  # ends an item of indefinite length; never leaves this module


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A value with a tag (RFC 8949 section 3.4)."""

    tag: int
    value: Any


@dataclass(slots=True)
class _Input:
    data: bytes
    at: int = 0
    items: int = 0

    def take(self, length: int) -> bytes:
        if length > len(self.data) - self.at:
            raise Malformed("CBOR: cut off")
        part = self.data[self.at : self.at + length]
        self.at += length
        return part


def parse_cbor(data: bytes) -> Any:  # noqa: ANN401 - any value CBOR can hold
    """Return the one item that the bytes are.

    Raises:
        Malformed: anything else.
    """
    source = _Input(data)
    value = _item(source, 0)
    if value is _BREAK or source.at != len(data):
        raise Malformed("CBOR: bytes after the item")
    return value


def _item(source: _Input, depth: int) -> Any:  # noqa: ANN401 - one return a major type
    source.items += 1
    if depth > MAX_DEPTH or source.items > MAX_ITEMS:
        raise Malformed("CBOR: too deep or too many items")
    first = source.take(1)[0]
    major, info = first >> 5, first & 0x1F
    if major == 7:
        return _simple(source, info)
    length = _argument(source, info)
    if major <= 1:
        whole = _definite(length)
        return whole if major == 0 else -1 - whole
    if major <= 3:
        return _string(source, major, length)
    if major == 4:
        return list(_members(source, length, depth))
    if major == 5:
        return _map(source, length, depth)
    return Tagged(tag=_definite(length), value=_plain(_item(source, depth + 1)))


def _argument(source: _Input, info: int) -> int | None:
    """Return the number behind the first byte; None = indefinite."""
    if info < 24:
        return info
    if info <= 27:
        return int.from_bytes(source.take(1 << (info - 24)), "big")
    if info == 31:
        return None
    raise Malformed("CBOR: reserved length")


def _definite(length: int | None) -> int:
    if length is None:
        raise Malformed("CBOR: no indefinite length here")
    return length


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value CBOR can hold
    if value is _BREAK:
        raise Malformed("CBOR: break out of place")
    return value


def _simple(source: _Input, info: int) -> Any:  # noqa: ANN401 - any value CBOR can hold
    if info in _FLOATS:
        form = _FLOATS[info]
        return struct.unpack(form, source.take(struct.calcsize(form)))[0]
    if info == 31:
        return _BREAK
    if info in _SIMPLE:
        return _SIMPLE[info]
    raise Malformed("CBOR: unknown simple value")


def _string(source: _Input, major: int, length: int | None) -> bytes | str:
    if length is None:
        return _chunks(source, major)
    raw = source.take(length)
    if major == 2:
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("CBOR: text is not UTF-8") from error


def _chunks(source: _Input, major: int) -> bytes | str:
    """RFC 8949 section 3.2.3: chunks of the same type, each of definite length."""
    parts: list[Any] = []
    while (first := source.take(1)[0]) != 0xFF:
        source.items += 1
        if first >> 5 != major or source.items > MAX_ITEMS:
            raise Malformed("CBOR: a chunk of another type")
        parts.append(_string(source, major, _definite(_argument(source, first & 0x1F))))
    return b"".join(parts) if major == 2 else "".join(parts)


def _members(source: _Input, length: int | None, depth: int) -> Any:  # noqa: ANN401 - an iterator
    """Yield the members of an array; the caller never learns of a length it cannot trust."""
    if length is None:
        while (value := _item(source, depth + 1)) is not _BREAK:
            yield value
        return
    for _ in range(length):
        yield _plain(_item(source, depth + 1))


def _map(source: _Input, length: int | None, depth: int) -> dict[int | str | bytes, Any]:
    found: dict[int | str | bytes, Any] = {}
    members = iter(_members(source, None if length is None else 2 * length, depth))
    for key in members:
        if isinstance(key, bool) or not isinstance(key, int | str | bytes) or key in found:
            raise Malformed("CBOR: a key twice, or of a strange type")
        found[key] = next(members, _BREAK)
        _plain(found[key])
    return found
