"""Read the properties of an Outlook message out of its streams (MS-OXMSG), by our own code.

Texts and binaries have a stream each, named by tag and type (`__substg1.0_0037001F`); numbers and
times stand in one stream of 16-byte rows (2.4). A row or a stream that is broken is left out; at
most MAX_ROWS rows are read. Messages within messages are storages of the same form.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provenance.facts.office.compound import Compound, Path
from provenance.facts.office.property_set import decode_page
from provenance.facts.stated_dates import Stated, from_filetime

MAX_ROWS: Final = 2_000  # of one object; real ones have some hundred
MAX_TEXT: Final = 1 << 20  # bytes of one text property
MAX_BODY: Final = 16 << 20  # bytes of a body

_TIME, _LONG = 0x0040, 0x0003  # property types (MS-OXCDATA 2.11.1)
_CODE_PAGE: Final = 0x3FFD  # PidTagMessageCodepage
_INTERNET_PAGE: Final = 0x3FDE
ROWS: Final = "__properties_version1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """The properties of one object: a message, a recipient, an attachment."""

    compound: Compound
    at: Path
    """Storage; () is the message itself."""
    times: dict[int, Stated]
    numbers: dict[int, int]

    def text(self, tag: int) -> str:
        """Return a text property, "" if there is none."""
        raw = self.compound.read(*self.at, f"__substg1.0_{tag:04X}001F", limit=MAX_TEXT)
        if raw is not None:
            return raw.decode("utf-16-le", "replace").rstrip("\0")
        raw = self.compound.read(*self.at, f"__substg1.0_{tag:04X}001E", limit=MAX_TEXT)
        return "" if raw is None else self.paged(raw).rstrip("\0")

    def texts(self, tag: int) -> Iterator[str | None]:
        """Yield a text in each type in which it stands: programs differ in which one they show.

        None stands for one that is there and cannot be read.
        """
        for kind in ("001F", "001E"):
            path = (*self.at, f"__substg1.0_{tag:04X}{kind}")
            if self.compound.find(*path) is None:
                continue
            raw = self.compound.read(*path, limit=MAX_TEXT)
            if raw is None:
                yield None
            else:
                wide = kind == "001F"
                yield (raw.decode("utf-16-le", "replace") if wide else self.paged(raw)).rstrip("\0")

    def paged(self, raw: bytes) -> str:
        """Decode a text that is in the message's code page."""
        page = self.numbers.get(_CODE_PAGE) or self.numbers.get(_INTERNET_PAGE) or 1252
        return decode_page(raw, page)

    def binary(self, tag: int, limit: int = MAX_BODY) -> bytes | None:
        """Return a binary property, None if there is none or it is larger than the limit."""
        return self.compound.read(*self.at, f"__substg1.0_{tag:04X}0102", limit=limit)


def read_bag(compound: Compound, at: Path = ()) -> Bag:
    """Read the properties of an object in a storage."""
    data = compound.read(*at, ROWS, limit=MAX_TEXT) or b""
    # 2.4.1: 32 bytes stand before the rows of a message, 24 of one within another, 8 otherwise.
    inner = bool(at) and at[-1].lower().startswith("__substg1.0_3701")
    start = 32 if not at else 24 if inner else 8
    times: dict[int, Stated] = {}
    numbers: dict[int, int] = {}
    for number in range(min((len(data) - start) // 16, MAX_ROWS)):
        kind, tag, _, value = struct.unpack_from("<HHIQ", data, start + number * 16)
        if kind == _TIME:
            stated = from_filetime(value)
            if stated is not None:
                times.setdefault(tag, stated)
        elif kind == _LONG:
            numbers.setdefault(tag, value & 0xFFFFFFFF)
    return Bag(compound=compound, at=at, times=times, numbers=numbers)
