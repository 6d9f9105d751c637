"""Beginnings of whole files, found anywhere in other bytes.

Four bytes turn up by chance in any large file, so each beginning carries a test of what must stand
behind it. Searching is `bytes.find`, which reads more than 1 GB a second for each beginning; so a
whole file is searched for the common ones, and the short stretches before and after it for all.
Total on any bytes; looks at no more than MAX_TRIES places a format.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

MAX_TRIES: Final = 20_000  # places looked at for one format; a file of nothing else stops there
_FAR: Final = 1024  # bytes between the beginning of a Windows program and its second header


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """How whole files of one format begin."""

    kind: str
    """What it is called in a sentence."""
    magic: bytes
    back: int = 0
    """Bytes of the format that stand before `magic`."""
    test: Callable[[bytes, int], bool]
    """Takes the data and where the format would begin."""
    picture: bool = False
    common: bool = False
    """Worth a search through a whole large file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A beginning that was found."""

    kind: str
    offset: int
    picture: bool


def _sure(_data: bytes, _at: int) -> bool:
    return True


def _version(data: bytes, at: int) -> bool:
    """ISO 32000-1, 7.5.2: one digit, a point, one digit."""
    three = data[at + 5 : at + 8]
    return len(three) == 3 and three[:1].isdigit() and three[1:2] == b"." and three[2:].isdigit()


def _member(data: bytes, at: int) -> bool:
    """A local header of ZIP (APPNOTE 4.3.7) whose fields can be true."""
    head = data[at : at + 30]
    if len(head) < 30 or head[4] > 63 or head[5] > 20:
        return False
    method, length = int.from_bytes(head[8:10], "little"), int.from_bytes(head[26:28], "little")
    name = data[at + 30 : at + 30 + length]
    known = method in {0, 8, 9, 12, 14, 93, 95, 98, 99}
    return known and 0 < length <= 512 and len(name) == length and min(name) >= 32


def _segment(data: bytes, at: int) -> bool:
    """JPEG: the first marker has a length, and another marker stands where it ends."""
    if data[at + 3 : at + 4] not in {b"\xe0", b"\xe1", b"\xe2", b"\xdb", b"\xee", b"\xed", b"\xfe"}:
        return False
    end = at + 4 + int.from_bytes(data[at + 4 : at + 6], "big")
    return data[end : end + 1] == b"\xff"


def _gif(data: bytes, at: int) -> bool:
    return data[at + 4 : at + 6] in {b"7a", b"9a"} and any(data[at + 6 : at + 10])


def _elf(data: bytes, at: int) -> bool:
    four = data[at + 4 : at + 7]
    return len(four) == 3 and four[0] in {1, 2} and four[1] in {1, 2} and four[2] == 1


def _riff(data: bytes, at: int) -> bool:
    return data[at + 8 : at + 12] in {b"WAVE", b"AVI ", b"WEBP"}


def _boxes(data: bytes, at: int) -> bool:
    size = int.from_bytes(data[at : at + 4], "big")
    return 16 <= size <= 128 and size % 4 == 0 and data[at + 8 : at + 11].isalnum()


def _class(data: bytes, at: int) -> bool:
    return 45 <= int.from_bytes(data[at + 6 : at + 8], "big") <= 99


OUTERS: Final = (
    Outer(kind="PDF document", magic=b"%PDF-", test=_version, common=True),
    Outer(kind="ZIP archive", magic=b"PK\x03\x04", test=_member, common=True),
    Outer(kind="OLE file", magic=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", test=_sure, common=True),
    Outer(kind="RAR archive", magic=b"Rar!\x1a\x07", test=_sure, common=True),
    Outer(kind="7-Zip archive", magic=b"7z\xbc\xaf\x27\x1c", test=_sure, common=True),
    Outer(kind="cabinet", magic=b"MSCF\x00\x00\x00\x00", test=_sure),
    Outer(kind="Linux program", magic=b"\x7fELF", test=_elf, common=True),
    Outer(kind="Java program", magic=b"\xca\xfe\xba\xbe\x00", test=_class),
    Outer(kind="WebAssembly program", magic=b"\x00asm\x01\x00\x00\x00", test=_sure),
    Outer(
        kind="Windows shortcut",
        magic=bytes.fromhex("4c0000000114020000000000c000000000000046"),
        test=_sure,
    ),
    Outer(kind="SQLite database", magic=b"SQLite format 3\x00", test=_sure),
    Outer(kind="RTF document", magic=b"{\\rtf1", test=_sure),
    Outer(kind="film or sound", magic=b"ftyp", back=4, test=_boxes),
    Outer(kind="sound", magic=b'fLaC\x00\x00\x00"', test=_sure),
    Outer(kind="sound", magic=b"OggS\x00\x02", test=_sure),
    Outer(kind="sound, film or picture", magic=b"RIFF", test=_riff, picture=True),
    Outer(kind="PNG picture", magic=b"\x89PNG\r\n\x1a\n", test=_sure, picture=True, common=True),
    Outer(kind="JPEG picture", magic=b"\xff\xd8\xff", test=_segment, picture=True, common=True),
    Outer(kind="GIF picture", magic=b"GIF8", test=_gif, picture=True),
)


def find_outer(
    data: bytes,
    start: int,
    end: int,
    *,
    all_kinds: bool = True,
    pictures: bool = True,
    skip: frozenset[int] = frozenset(),
) -> list[Found]:
    """Return the first beginning of each format between two places, in order of place.

    Args:
        data: the whole file.
        start: first place looked at.
        end: place after the last one.
        all_kinds: look for the rarer ones too.
        pictures: look for pictures too.
        skip: places that are known and do not count.
    """
    found = [
        hit
        for outer in OUTERS
        if (pictures or not outer.picture) and (all_kinds or outer.common)
        for hit in (_first(outer, data, start, end, skip),)
        if hit is not None
    ]
    found += _windows_programs(data, start, end, skip)
    return sorted(found, key=lambda one: one.offset)


def _first(outer: Outer, data: bytes, start: int, end: int, skip: frozenset[int]) -> Found | None:
    for at in _places(data, outer.magic, start, end):
        begin = at - outer.back
        if begin >= start and begin not in skip and outer.test(data, begin):
            return Found(kind=outer.kind, offset=begin, picture=outer.picture)
    return None


def _windows_programs(data: bytes, start: int, end: int, skip: frozenset[int]) -> list[Found]:
    """A second header that a first one points to: the pointer stands 60 bytes into the first."""
    for at in _places(data, b"PE\0\0", start, end):
        begin = max(at - _FAR, start)
        while (begin := data.find(b"MZ", begin, at)) >= 0:
            points = int.from_bytes(data[begin + 60 : begin + 64], "little")
            if begin + points == at and begin not in skip:
                return [Found(kind="Windows program", offset=begin, picture=False)]
            begin += 1
    return []


def _places(data: bytes, magic: bytes, start: int, end: int) -> Iterator[int]:
    at = start - 1
    for _ in range(MAX_TRIES):
        at = data.find(magic, at + 1, end)
        if at < 0:
            return
        yield at


def zip_by_its_end(data: bytes) -> tuple[int, int] | None:
    """Return where a ZIP that is found by its end record begins and ends; None when there is none.

    Readers of ZIP look for that record from the end of the file, so a ZIP may have anything before
    it (APPNOTE 4.3.16). The record must point to a list of members that is there.
    """
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or len(data) < at + 22:
        return None
    size, offset = (int.from_bytes(data[at + n : at + n + 4], "little") for n in (12, 16))
    listed = at - size
    if not any(data[at + 8 : at + 12]) or data[max(listed, 0) : listed + 4] != b"PK\x01\x02":
        return None
    return max(listed - offset, 0), at + 22 + int.from_bytes(data[at + 20 : at + 22], "little")
