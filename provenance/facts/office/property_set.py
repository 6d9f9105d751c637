"""Read property sets of compound files (MS-OLEPS), bounded: the library's own reader never ends.

Rules, in order: the header says little-endian, version 0 or 1, one or two sets; each set lies in
the stream; at most MAX_PROPERTIES of a set are read, each at an offset inside it; a value longer
than the stream is left out. Offsets may point anywhere, also to each other: each is read once and
nothing is followed from there, so the work is the number of properties. Total: any bytes give an
answer, a broken one gives less of it.
"""

import codecs
import struct
from dataclasses import dataclass, field
from typing import Final, TypeAlias

MAX_PROPERTIES: Final = 500  # of one set; real ones have some twenty
MAX_TEXT: Final = 4_096  # bytes of one text value that are kept
MAX_NAMES: Final = 300  # named (custom) properties of one set

Value: TypeAlias = str | int | bool

SUMMARY: Final = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")  # FMTID of MS-OLEPS 3.1
DOCUMENT_SUMMARY: Final = bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae")
USER_DEFINED: Final = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")

_I2, _I4, _BOOL, _LPSTR, _LPWSTR, _UI4, _INT, _FILETIME = 2, 3, 11, 30, 31, 19, 22, 64
_CODEPAGE: Final = 1  # property id of the code page (2.18.2)
_DICTIONARY: Final = 0  # property id of the names (2.17)
_UNICODE: Final = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySet:
    """One set, read as far as it could be."""

    kind: bytes
    """Its FMTID, 16 bytes as stored."""
    system: tuple[int, int] | None
    """Version of the Windows that wrote it; None when another system did, or it is not stated."""
    values: dict[int, Value] = field(default_factory=dict)
    """By property id. A FILETIME is a whole number of ticks."""
    names: dict[int, str] = field(default_factory=dict)
    """Names of custom properties, by property id."""


def read_property_sets(data: bytes) -> tuple[PropertySet, ...]:
    """Return the sets in a property stream; none when it is no property stream."""
    if len(data) < 28 or data[:2] != b"\xfe\xff" or data[2:4] not in {b"\0\0", b"\1\0"}:
        return ()
    (count,) = struct.unpack_from("<I", data, 24)
    system = _system(data[4:8])
    sets = []
    for number in range(min(count, 2)):  # 2.21: one or two
        at = 28 + number * 20
        if at + 20 > len(data):
            break
        (offset,) = struct.unpack_from("<I", data, at + 16)
        sets.append(_read_set(data, offset, data[at : at + 16], system))
    return tuple(sets)


def _system(raw: bytes) -> tuple[int, int] | None:
    """Read the SystemIdentifier: version in the lower half, 2 for Windows in the upper."""
    major, minor, kind = struct.unpack("<BBH", raw)
    return (major, minor) if kind == 2 and (major, minor) != (0, 0) else None


def _read_set(data: bytes, start: int, kind: bytes, system: tuple[int, int] | None) -> PropertySet:
    empty = PropertySet(kind=kind, system=system)
    if start + 8 > len(data):
        return empty
    size, count = struct.unpack_from("<II", data, start)
    body = data[start : start + size] if 8 <= size <= len(data) - start else data[start:]
    places = []
    for number in range(min(count, MAX_PROPERTIES)):
        if 16 + number * 8 > len(body):
            break
        places.append(struct.unpack_from("<II", body, 8 + number * 8))
    page = _code_page(body, places)
    values: dict[int, Value] = {}
    names: dict[int, str] = {}
    for identity, offset in places:
        if identity == _DICTIONARY:
            names = _read_names(body, offset, page)
        elif identity not in values:
            value = _read_value(body, offset, page)
            if value is not None:
                values[identity] = value
    return PropertySet(kind=kind, system=system, values=values, names=names)


def _code_page(body: bytes, places: list[tuple[int, ...]]) -> int:
    for identity, offset in places:
        if identity == _CODEPAGE and offset + 6 <= len(body):
            kind, _, page = struct.unpack_from("<HHH", body, offset)
            if kind == _I2:
                return int(page)
    return 1252


def _read_value(  # noqa: PLR0911 - one return a type
    body: bytes, offset: int, page: int
) -> Value | None:
    if offset + 8 > len(body):
        return None
    (kind,) = struct.unpack_from("<H", body, offset)
    at = offset + 4
    if kind == _I2:
        return int(struct.unpack_from("<h", body, at)[0])
    if kind == _BOOL:
        return body[at : at + 2] != b"\0\0"
    if kind in {_I4, _INT}:
        return int(struct.unpack_from("<i", body, at)[0])
    if kind == _UI4:
        return int(struct.unpack_from("<I", body, at)[0])
    if kind == _FILETIME and at + 8 <= len(body):
        return int(struct.unpack_from("<Q", body, at)[0])
    if kind in {_LPSTR, _LPWSTR}:
        return _read_text(body, at, page, wide=kind == _LPWSTR)
    return None


def _read_text(body: bytes, at: int, page: int, *, wide: bool) -> str | None:
    (length,) = struct.unpack_from("<I", body, at)
    size = length * 2 if wide else length  # 2.7 counts characters, 2.5 bytes
    if size > len(body) - at - 4:
        return None
    raw = body[at + 4 : at + 4 + min(size, MAX_TEXT)]
    return decode_page(raw, _UNICODE if wide else page).partition("\0")[0]


def _read_names(body: bytes, at: int, page: int) -> dict[int, str]:
    """Read the dictionary of custom properties (2.17)."""
    names: dict[int, str] = {}
    if at + 4 > len(body):
        return names
    (count,) = struct.unpack_from("<I", body, at)
    at += 4
    for _ in range(min(count, MAX_NAMES)):
        if at + 8 > len(body):
            break
        identity, length = struct.unpack_from("<II", body, at)
        size = length * 2 if page == _UNICODE else length
        if size > len(body) - at - 8:
            break
        raw = body[at + 8 : at + 8 + min(size, MAX_TEXT)]
        names[identity] = decode_page(raw, page).partition("\0")[0]
        at += 8 + size
        if page == _UNICODE:
            at += -size % 4  # 2.16: padded in this code page only
    return names


def decode_page(raw: bytes, page: int) -> str:
    """Decode bytes of a Windows code page; what cannot be decoded is replaced."""
    if page == _UNICODE:
        return raw.decode("utf-16-le", "replace")
    name = {65001: "utf-8", 10000: "mac-roman", 20127: "ascii"}.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        name = "cp1252"
    return raw.decode(name, "replace")
