"""Write small compound files (MS-CFB) and property sets (MS-OLEPS) by hand.

Version 3, sectors of 512 bytes; small streams lie in the mini stream, as the format demands. The
directory is a chain of right siblings in each storage: legal to read, never balanced.
"""

import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from provenance.facts.office.property_set import DOCUMENT_SUMMARY, SUMMARY, USER_DEFINED

SECTOR: Final = 512
MINI: Final = 64
CUTOFF: Final = 4096
FREE, END, FATSECT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


def ticks(text: str) -> int:
    """Return an RFC 3339 instant as a FILETIME."""
    return int((datetime.fromisoformat(text) - _EPOCH).total_seconds()) * 10_000_000


@dataclass
class _Entry:
    name: str
    kind: int  # 1 storage, 2 stream, 5 root
    data: bytes = b""
    children: dict[str, "_Entry"] = field(default_factory=dict)
    number: int = 0
    start: int = END
    right: int = NONE


def compound(streams: Mapping[str, bytes], *, written: str | None = None) -> bytes:
    """Return a compound file: path with `/` between storages, to content.

    Args:
        streams: paths and contents.
        written: time that the root storage states.
    """
    root = _Entry("Root Entry", 5)
    for path, data in streams.items():
        _place(root, path.split("/"), data)
    entries = _numbered(root)
    mini, mini_fat = _mini_stream(entries)
    directory_size = -(-len(entries) * 128 // SECTOR)
    big = [one for one in entries if one.kind == 2 and len(one.data) >= CUTOFF]
    lengths = [directory_size, -(-len(mini_fat) * 4 // SECTOR), -(-len(mini) // SECTOR)]
    lengths += [-(-len(one.data) // SECTOR) for one in big]
    fat_size = 1
    while fat_size * 128 < fat_size + sum(lengths):
        fat_size += 1
    fat, starts, at = [FATSECT] * fat_size, [], fat_size
    for length in lengths:
        starts.append(at if length else END)
        fat += [at + step + 1 for step in range(length - 1)] + [END] * bool(length)
        at += length
    fat += [FREE] * (-len(fat) % 128)
    root.start, root.data = starts[2], mini
    for one, start in zip(big, starts[3:], strict=True):
        one.start = start
    header = _header(fat_size, starts[0], starts[1], lengths[1])
    body = struct.pack(f"<{len(fat)}I", *fat)
    body += _padded(b"".join(_spelled(one, written) for one in entries), SECTOR)
    body += _padded(struct.pack(f"<{len(mini_fat)}I", *mini_fat), SECTOR, b"\xff")
    body += _padded(mini, SECTOR)
    return header + body + b"".join(_padded(one.data, SECTOR) for one in big)


def _padded(data: bytes, size: int, fill: bytes = b"\0") -> bytes:
    return data + fill * (-len(data) % size)


def _place(root: _Entry, path: list[str], data: bytes) -> None:
    here = root
    for part in path[:-1]:
        here = here.children.setdefault(part, _Entry(part, 1))
    here.children[path[-1]] = _Entry(path[-1], 2, data)


def _numbered(root: _Entry) -> list[_Entry]:
    entries: list[_Entry] = []
    waiting = [root]
    while waiting:
        one = waiting.pop(0)
        one.number = len(entries)
        entries.append(one)
        waiting += _sorted(one)
    for one in entries:
        for child, following in itertools.pairwise(_sorted(one)):
            child.right = following.number
    return entries


def _sorted(one: _Entry) -> list[_Entry]:
    """MS-CFB 2.6.4: by length, then by upper-case name."""
    return sorted(one.children.values(), key=lambda child: (len(child.name), child.name.upper()))


def _mini_stream(entries: list[_Entry]) -> tuple[bytes, list[int]]:
    mini, fat = b"", list[int]()
    for one in entries:
        if one.kind == 2 and 0 < len(one.data) < CUTOFF:
            one.start = len(fat)
            count = -(-len(one.data) // MINI)
            fat += [len(fat) + step + 1 for step in range(count - 1)] + [END]
            mini += _padded(one.data, MINI)
    return mini, fat + [FREE] * (-len(fat) % 128)


def _header(fat_size: int, directory: int, mini_fat: int, mini_size: int) -> bytes:
    fixed = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        bytes(16),
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        bytes(6),
        0,
        fat_size,
        directory,
        0,
        CUTOFF,
        mini_fat,
        mini_size,
        END,
        0,
        0,
    )[:-4]
    table = list(range(fat_size)) + [FREE] * (109 - fat_size)
    return fixed + struct.pack("<109I", *table)


def _spelled(one: _Entry, written: str | None) -> bytes:
    """Spell one directory entry (2.6.1)."""
    children = _sorted(one)
    name = one.name.encode("utf-16-le")[:62]
    time = ticks(written) if written and one.kind == 5 else 0
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        name,
        len(name) + 2,
        one.kind,
        1,
        NONE,
        one.right,
        children[0].number if children else NONE,
        bytes(16),
        0,
        0,
        time,
        one.start,
        len(one.data),
    )


Value = str | int | bool | datetime


def property_set(
    kind: bytes, values: Mapping[int, Value], *, names: Mapping[int, str] | None = None
) -> bytes:
    """Spell the body of one property set: text as UTF-8 code page, datetime as FILETIME."""
    spelled: list[tuple[int, bytes]] = [(1, struct.pack("<HHHH", 2, 0, 65001, 0))]
    if names:
        inner = b"".join(
            struct.pack("<II", key, len(name.encode()) + 1) + name.encode() + b"\0"
            for key, name in names.items()
        )
        spelled.append((0, _padded(struct.pack("<I", len(names)) + inner, 4)))
    spelled += [(key, _typed(value)) for key, value in values.items()]
    offset, rows, body = 8 + len(spelled) * 8, b"", b""
    for key, data in spelled:
        rows += struct.pack("<II", key, offset + len(body))
        body += data
    whole = rows + body
    return kind + struct.pack("<II", len(whole) + 8, len(spelled)) + whole


def _typed(value: Value) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<HHHH", 11, 0, 0xFFFF if value else 0, 0)
    if isinstance(value, int):
        if value > 0x7FFFFFFF:
            return struct.pack("<HHQ", 64, 0, value)
        return struct.pack("<HHi", 3, 0, value)
    if isinstance(value, datetime):
        return struct.pack("<HHQ", 64, 0, ticks(value.isoformat()))
    raw = value.encode() + b"\0"
    return _padded(struct.pack("<HHI", 30, 0, len(raw)) + raw, 4)


def property_stream(*sets: bytes, system: tuple[int, int] = (6, 1)) -> bytes:
    """Spell a property stream of one or two sets, written on a version of Windows."""
    head = struct.pack("<HHBBH16sI", 0xFFFE, 0, *system, 2, bytes(16), len(sets))
    offset, rows, bodies = 28 + 20 * len(sets), b"", b""
    for one in sets:
        rows += one[:16] + struct.pack("<I", offset + len(bodies))
        bodies += one[16:]
    return head + rows + bodies


def summary(values: Mapping[int, Value], *, system: tuple[int, int] = (6, 1)) -> bytes:
    """Spell a summary stream."""
    return property_stream(property_set(SUMMARY, values), system=system)


def document_summary(
    values: Mapping[int, Value], custom: Mapping[str, Value] | None = None
) -> bytes:
    """Spell a document summary stream, with custom properties behind it."""
    sets = [property_set(DOCUMENT_SUMMARY, values)]
    if custom:
        keys = dict(enumerate(custom, start=2))
        named = {key: custom[name] for key, name in keys.items()}
        sets.append(property_set(USER_DEFINED, named, names=keys))
    return property_stream(*sets)


def strings(*texts: str) -> bytes:
    """Spell a list of strings as Word does (STTB, extended)."""
    inner = b"".join(struct.pack("<H", len(one)) + one.encode("utf-16-le") for one in texts)
    return struct.pack("<HHH", 0xFFFF, len(texts), 0) + inner


def word_streams(
    lists: Mapping[int, bytes] | None = None, *, flags: int = 0x1200, version: int = 0xC1
) -> dict[str, bytes]:
    """Spell the two streams of a Word document: number of a list in the FIB to its bytes."""
    head = bytearray(4096)
    struct.pack_into("<HHHH", head, 0, 0xA5EC, version, 0, 0x0409)
    struct.pack_into("<H", head, 10, flags)
    table = b""
    for number, data in (lists or {}).items():
        struct.pack_into("<II", head, 0x9A + number * 8, len(table), len(data))
        table += data
    return {"WordDocument": bytes(head), "1Table": table or b"\0"}


def biff(*records: tuple[int, bytes]) -> bytes:
    """Spell the first substream of a workbook (MS-XLS)."""
    rows = [(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)), *records, (0x000A, b"")]
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in rows)


def message_rows(times: Mapping[int, str], numbers: Mapping[int, int], head: int = 32) -> bytes:
    """Spell the stream of fixed properties of a message (MS-OXMSG 2.4)."""
    rows = b"".join(
        struct.pack("<HHIQ", 0x0040, tag, 6, ticks(when)) for tag, when in times.items()
    )
    rows += b"".join(struct.pack("<HHIQ", 3, tag, 6, value) for tag, value in numbers.items())
    return bytes(head) + rows


def message(
    texts: Mapping[int, str],
    *,
    times: Mapping[int, str] | None = None,
    binaries: Mapping[int, bytes] | None = None,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a message as Outlook saves one."""
    streams = {
        f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le") for tag, text in texts.items()
    }
    for tag, data in (binaries or {}).items():
        streams[f"__substg1.0_{tag:04X}0102"] = data
    streams["__properties_version1.0"] = message_rows(times or {}, {})
    return compound({**streams, **(more or {})})
