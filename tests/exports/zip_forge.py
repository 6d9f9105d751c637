"""Archives put together byte by byte: what no zip program writes, and what some do."""

import struct
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.exports.world import files_in

DESCRIPTOR = 1 << 3
"""APPNOTE 4.4.4: sizes and CRC stand behind the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One member as it stands in the archive; the directory may tell it otherwise."""

    name: bytes
    held: bytes
    data: bytes
    method: int = 0
    flags: int = 0
    extra: bytes = b""
    local_extra: bytes = b""
    behind: bytes = b""
    listed: bool = True
    local: dict[str, int] = field(default_factory=dict)
    """Fields of the local header that differ from the directory's."""


def stored(name: str, data: bytes) -> Part:
    """A member as `zip -0` writes it."""
    return Part(name=name.encode(), held=data, data=data)


def streamed(name: str, data: bytes) -> Part:
    """A member as a program writes it that cannot seek back."""
    squeeze = zlib.compressobj(wbits=-15)
    held = squeeze.compress(data) + squeeze.flush()
    behind = b"PK\x07\x08" + struct.pack("<3I", zlib.crc32(data), len(held), len(data))
    unknown = {"crc": 0, "held": 0}  # as Info-ZIP does; others leave out the third, too
    return Part(
        name=name.encode(), held=held, data=data, method=8, flags=DESCRIPTOR, behind=behind,
        local=unknown,
    )  # fmt: skip


def other_name(part: Part, name: str, *, where: str) -> Part:
    """A member with a second name (APPNOTE 4.6.9), which Info-ZIP believes."""
    told = struct.pack("<BI", 1, zlib.crc32(part.name)) + name.encode()
    extra = struct.pack("<2H", 0x7075, len(told)) + told
    return replace(part, extra=extra) if where == "extra" else replace(part, local_extra=extra)


def parts_of(folder: Path, top: str = "top") -> list[Part]:
    """The files of a package as members."""
    paths = files_in(folder)
    return [stored(f"{top}/{p.relative_to(folder).as_posix()}", p.read_bytes()) for p in paths]


def write_zip(place: Path, parts: list[Part], *, behind: bytes = b"") -> Path:
    """Write members and their directory."""
    body, directory, count = b"", b"", 0
    for part in parts:
        told = {"crc": zlib.crc32(part.data), "held": len(part.held), "unpacked": len(part.data)}
        local = told | {"flags": part.flags, "method": part.method} | part.local
        extra = part.extra
        at = len(body)
        body += struct.pack(
            "<4s5H3I2H", b"PK\x03\x04", 20, local["flags"], local["method"], 0, 33,
            local["crc"], local["held"], local["unpacked"], len(part.name), len(part.local_extra),
        )  # fmt: skip
        body += part.name + part.local_extra + part.held + part.behind
        if part.listed:
            directory += struct.pack(
                "<4s6H3I5H2I", b"PK\x01\x02", 0x314, 20, part.flags, part.method, 0, 33,
                told["crc"], told["held"], told["unpacked"], len(part.name), len(extra),
                0, 0, 0, 0o100644 << 16, at,
            )  # fmt: skip
            directory += part.name + extra
            count += 1
    body += behind
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    place.write_bytes(body + directory + end)
    return place
