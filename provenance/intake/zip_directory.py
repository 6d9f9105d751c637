"""Read the directory of a zip archive (APPNOTE 6.3.10) without believing it.

Rules, in order; the first that fails ends the archive:
  1. the end record (4.3.16) must close the file exactly, comment included: a record quoted inside
     the comment is not taken for the real one, and bytes after the end are refused;
  2. archives in several volumes and encrypted directories are refused;
  3. the directory must end where the end record (or the zip64 record, 4.3.14) begins;
  4. entries are read one by one; at most `members` of them are kept, and of a name no more than the
     limit: a count or a length in a header allocates nothing;
  5. zip64 sizes and offsets come from the extra field (4.5.3) where the short field is all ones.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from provenance.intake.failures import FailureCode, Untaken
from provenance.intake.limits import Limits

LOCAL: Final = struct.Struct("<4s5H3I2H")  # 4.3.7
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")  # 4.3.12
_END: Final = struct.Struct("<4s4H2IH")  # 4.3.16
_END64: Final = struct.Struct("<4sQ2H2I4Q")  # 4.3.14
_LOCATOR64: Final = struct.Struct("<4sIQI")  # 4.3.15
_MAX_COMMENT: Final = 0xFFFF  # bytes; the comment's length field is two bytes wide
_ONES16: Final = 0xFFFF
_ONES32: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """One line of the directory: claims, all of them."""

    name: bytes
    """As stored; cut to the limit plus one byte if longer."""
    flags: int
    method: int
    crc: int
    held: int
    """Bytes in the archive."""
    unpacked: int
    """Bytes after decompression."""
    offset: int
    """Of the local header, from the start of the archive."""
    made_by: int
    """4.4.2: upper byte the system (0 MS-DOS, 3 Unix), lower byte ten times the version."""
    attributes: int
    """4.4.15: of a Unix system the upper 16 bits are the file's mode."""
    renamed: bool
    """Whether an extra field gives it a second name (4.6.9)."""
    stamp: int
    """4.4.6: MS-DOS date in the upper 16 bits, time in the lower; local, the zone is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipDirectory:
    """Where the directory lies and how many entries it claims."""

    start: int
    size: int
    count: int


def find_directory(stream: BinaryIO) -> ZipDirectory:
    """Return where the archive's directory lies.

    Raises:
        Untaken: there is no end record, or it contradicts the file.
    """
    length = stream.seek(0, 2)
    at, record = _end_record(stream, length)
    _, disk, first, here, count, size, start, _ = record
    if _ONES16 in (disk, count) or _ONES32 in (size, start):
        return _directory64(stream, at)
    if disk or first or here != count or start + size != at:
        raise Untaken(FailureCode.ZIP_MALFORMED)
    return ZipDirectory(start=start, size=size, count=count)


def read_entries(stream: BinaryIO, directory: ZipDirectory, limits: Limits) -> Iterator[ZipEntry]:
    """Yield at most `limits.members` entries in the order of the directory.

    Raises:
        Untaken: an entry is broken, or the directory holds fewer or more than it claims.
    """
    at, end = directory.start, directory.start + directory.size
    for _ in range(min(directory.count, limits.members)):
        fixed = _read(stream, at, _CENTRAL.size)
        fields = _CENTRAL.unpack(fixed)
        names, extras, comments = fields[10:13]
        step = _CENTRAL.size + names + extras + comments
        if fields[0] != b"PK\x01\x02" or at + step > end:
            raise Untaken(FailureCode.ZIP_MALFORMED)
        tail = _read(stream, at + _CENTRAL.size, names + extras)
        yield _entry(fields, tail[: min(names, limits.name + 1)], tail[names:])
        at += step
    if directory.count <= limits.members and at != end:
        raise Untaken(FailureCode.ZIP_MALFORMED)


def _read(stream: BinaryIO, at: int, count: int) -> bytes:
    stream.seek(at)
    found = stream.read(count)
    if len(found) != count:
        raise Untaken(FailureCode.ZIP_TRUNCATED)
    return found


def _end_record(stream: BinaryIO, length: int) -> tuple[int, tuple[int, ...]]:
    base = max(0, length - _END.size - _MAX_COMMENT)
    tail = _read(stream, base, length - base)
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + _END.size <= len(tail):
            record = _END.unpack_from(tail, at)
            if at + _END.size + record[7] == len(tail):
                return base + at, record
        at = tail.rfind(b"PK\x05\x06", 0, at)
    raise Untaken(FailureCode.ZIP_TRUNCATED)


def _directory64(stream: BinaryIO, end: int) -> ZipDirectory:
    locator_at = end - _LOCATOR64.size
    if locator_at < 0:
        raise Untaken(FailureCode.ZIP_MALFORMED)
    mark, disk, at, disks = _LOCATOR64.unpack(_read(stream, locator_at, _LOCATOR64.size))
    if mark != b"PK\x06\x07" or disk or disks > 1 or at + _END64.size > locator_at:
        raise Untaken(FailureCode.ZIP_MALFORMED)
    record = _END64.unpack(_read(stream, at, _END64.size))
    mark, room, _, _, disk, first, here, count, size, start = record
    # 4.3.14.1: the size of the record leaves out its own first 12 bytes.
    if mark != b"PK\x06\x06" or at + 12 + room != locator_at or start + size != at:
        raise Untaken(FailureCode.ZIP_MALFORMED)
    if disk or first or here != count:
        raise Untaken(FailureCode.ZIP_MALFORMED)
    return ZipDirectory(start=start, size=size, count=count)


def _entry(fields: tuple[int, ...], name: bytes, extra: bytes) -> ZipEntry:
    unpacked, held, offset = fields[9], fields[8], fields[16]
    if _ONES32 in (unpacked, held, offset):
        wide = wide_values(extra)
        unpacked, held, offset = (
            next(wide, value) if value == _ONES32 else value for value in (unpacked, held, offset)
        )
    return ZipEntry(
        name=name,
        flags=fields[3],
        method=fields[4],
        crc=fields[7],
        held=held,
        unpacked=unpacked,
        offset=offset,
        made_by=fields[1],
        attributes=fields[15],
        renamed=has_second_name(extra),
        stamp=fields[6] << 16 | fields[5],
    )


def wide_values(extra: bytes) -> Iterator[int]:
    """Yield what stands in an extra field for short fields that are all ones (4.5.3), in order."""
    for kind, field in _extra_fields(extra):
        if kind == 1:  # 4.5.3: zip64 extended information
            whole = field[: len(field) // 8 * 8]
            yield from (value for (value,) in struct.iter_unpack("<Q", whole))
            return


def has_second_name(extra: bytes) -> bool:
    """Tell whether an extra field names the file anew (4.6.9): some programs then follow that."""
    return any(kind == 0x7075 for kind, _ in _extra_fields(extra))


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        yield kind, extra[at + 4 : at + 4 + size]
        at += 4 + size
