"""Zip archives that two readers read in two ways: made byte by byte out of an honest one."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")


def ambiguous(data: bytes, name: str, evil: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield archives in which a member of this name is one thing to some and another to others."""
    yield "second-member", _appended(data, name, evil)
    yield "hidden-member", _hidden(data, name, evil)
    yield "local-name-differs", _local_name(data, name)
    yield "local-size-differs", _local_size(data, name)
    yield "local-method-differs", _local_method(data, name)
    yield "overlap", _overlapping(data, name)
    yield "two-directories", _two_directories(data)
    yield "second-name", _second_name(data, name, local=False)
    yield "second-local-name", _second_name(data, name, local=True)
    yield "truncated", data[: len(data) * 9 // 10]
    yield "junk-behind", data + b"PK\x05\x06 and more"
    yield "offset-beyond", _offset_beyond(data)


def _appended(data: bytes, name: str, evil: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo(name, (2026, 11, 22, 10, 0, 0))
        archive.NameToInfo.pop(name)
        archive.writestr(info, evil)
    return out.getvalue()


def _local(name: str, data: bytes) -> bytes:
    raw = name.encode()
    header = _LOCAL.pack(
        b"PK\x03\x04", 20, 0, 0, 0, 0, zlib.crc32(data), len(data), len(data), len(raw), 0
    )
    return header + raw + data


def _directory(data: bytes) -> tuple[int, int]:
    """Return where the directory begins and where the end record stands."""
    end = data.rfind(b"PK\x05\x06")
    return _END.unpack_from(data, end)[6], end


def _moved(data: bytes, inserted: bytes) -> bytes:
    """Put bytes between the last member and the directory."""
    start, end = _directory(data)
    record = list(_END.unpack_from(data, end))
    record[6] = start + len(inserted)
    return data[:start] + inserted + data[start:end] + _END.pack(*record)


def _hidden(data: bytes, name: str, evil: bytes) -> bytes:
    """A reader of streams meets it, a reader of directories does not."""
    return _moved(data, _local(name, evil))


def loose(data: bytes) -> bytes:
    """Put bytes between members that look like nothing."""
    return _moved(data, b"nothing in particular")


def _header_at(data: bytes, name: str) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.getinfo(name).header_offset


def _patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def _local_name(data: bytes, name: str) -> bytes:
    at = _header_at(data, name) + _LOCAL.size
    return _patched(data, at, name[::-1].encode())


def _local_size(data: bytes, name: str) -> bytes:
    return _patched(data, _header_at(data, name) + 22, struct.pack("<I", 7))


def _local_method(data: bytes, name: str) -> bytes:
    return _patched(data, _header_at(data, name) + 8, struct.pack("<H", 0))


def _entry_at(data: bytes, name: str) -> int:
    start, _ = _directory(data)
    return data.index(name.encode(), start) - 46


def flagged(data: bytes, name: str, flag: int) -> bytes:
    """Set a flag of a member in both of its headers."""
    at, entry = _header_at(data, name) + 6, _entry_at(data, name) + 8
    return _patched(_patched(data, at, struct.pack("<H", flag)), entry, struct.pack("<H", flag))


def _overlapping(data: bytes, name: str) -> bytes:
    """The directory says that a member holds more than there is before the next one."""
    at = _entry_at(data, name) + 20
    held = struct.unpack_from("<I", data, at)[0]
    out = _patched(data, at, struct.pack("<I", held + 60))
    return _patched(out, _header_at(data, name) + 18, struct.pack("<I", held + 60))


def _two_directories(data: bytes) -> bytes:
    """The comment of the end record quotes a directory and an end record of its own."""
    start, end = _directory(data)
    quoted = data[start:end]
    record = list(_END.unpack_from(data, end))
    false = record.copy()
    false[6] = end + _END.size
    false[6] -= 5  # off by a little, as in the wild
    inside = quoted + _END.pack(*false)
    record[7] = len(inside)
    return data[:end] + _END.pack(*record) + inside


def _second_name(data: bytes, name: str, *, local: bool) -> bytes:
    """A name in an extra field, which some programs prefer to the header's (APPNOTE 4.6.9)."""
    raw = name.encode()
    other = raw[::-1]
    field = struct.pack("<2HBI", 0x7075, 5 + len(other), 1, zlib.crc32(raw)) + other
    if local:
        return _with_local_extra(data, name, field)
    entry = _entry_at(data, name)
    at = entry + 46 + len(raw)
    out = _patched(data, entry + 30, struct.pack("<H", len(field)))
    out = out[:at] + field + out[at:]
    end = out.rfind(b"PK\x05\x06")
    record = list(_END.unpack_from(out, end))
    record[5] += len(field)
    return out[:end] + _END.pack(*record)


def _with_local_extra(data: bytes, name: str, field: bytes) -> bytes:
    """The archive written anew, the field in the directory turned into one that nobody knows."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            made = zipfile.ZipInfo(one.filename, one.date_time)
            made.extra = field if one.filename == name else b""
            new.writestr(made, old.read(one))
    whole = out.getvalue()
    return _patched(whole, _entry_at(whole, name) + 46 + len(name.encode()), b"\xff\x7f")


def _offset_beyond(data: bytes) -> bytes:
    start, end = _directory(data)
    return _patched(data, start + 42, struct.pack("<I", end))
