"""What the bytes of a PDF say before any PDF library is asked.

Counts the byte ranges that are written in the file, finds the ends of its revisions and the bytes
after the last end mark, and checks a byte range against the bytes it claims to leave out. The
count is an alarm, not a verdict: a superseded signature leaves a harmless range behind, a hidden
one leaves exactly the same. Total on any bytes; never raises.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

MAX_RANGES: Final = 1000  # byte ranges read from one file; bounds the work a hostile file asks for

_RANGE: Final = re.compile(rb"/ByteRange\s*\[([^\]]{0,400})\]")
_NUMBER: Final = re.compile(rb"[+-]?\d{1,12}")
_END: Final = re.compile(rb"startxref\s{1,20}\d{1,12}\s{1,20}%%EOF(?:\r\n|\r|\n)?")
_BLANK: Final = b"\x00\t\n\x0c\r "


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSurvey:
    """Findings on the bytes alone."""

    byte_ranges: tuple[tuple[int, ...], ...]
    """The numbers of each distinct /ByteRange written in the clear, in file order."""
    revision_ends: tuple[int, ...]
    """Offsets just behind each end mark; the first part of a linearized file is not a revision."""
    trailing: int
    """Bytes behind the last end mark that are not white space."""
    has_header: bool
    """Whether `%PDF-` stands in the first 1024 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeCheck:
    """How a byte range lies in the file."""

    regular: bool
    """Two stretches from byte 0 with exactly the signature's own hexadecimal string between."""
    end: int
    """Offset just behind the last signed byte; 0 when the range is unusable."""
    whole: bool
    """Regular, and nothing but white space follows."""
    code: str
    """`ok`, or what is irregular."""


def survey_pdf(data: bytes) -> RawSurvey:
    """Survey the bytes of a PDF."""
    ranges: dict[tuple[int, ...], None] = {}
    for match in _RANGE.finditer(data):
        if len(ranges) >= MAX_RANGES:
            break
        ranges[tuple(int(number) for number in _NUMBER.findall(match[1]))] = None
    ends = [match.end() for match in _END.finditer(data)]
    if ends and b"/Linearized" in data[:2048] and len(ends) > 1:
        ends = ends[1:]  # ISO 32000-2 annex F: the first section of a linearized file comes first
    last = data.rfind(b"%%EOF")
    tail = data[last + 5 :].strip(_BLANK) if last >= 0 else b""
    return RawSurvey(
        byte_ranges=tuple(ranges),
        revision_ends=tuple(ends),
        trailing=len(tail),
        has_header=b"%PDF-" in data[:1024],
    )


def check_byte_range(data: bytes, numbers: tuple[int, ...], contents: bytes) -> RangeCheck:
    """Check a signature's byte range against the file.

    Universal forgery and signature wrapping (Mladenov et al., 2019) both live on readers that do
    not look at what the range leaves out: here it must be the signature's own string and no more.
    """
    code = _range_fault(data, numbers, contents)
    if len(numbers) < 2 or len(numbers) % 2 or min(numbers) < 0:
        return RangeCheck(regular=False, end=0, whole=False, code=code or "range-malformed")
    end = min(numbers[-2] + numbers[-1], len(data))
    whole = code is None and not data[end:].strip(_BLANK)
    return RangeCheck(regular=code is None, end=end, whole=whole, code=code or "ok")


def _range_fault(  # noqa: PLR0911 - one return a fault
    data: bytes, numbers: tuple[int, ...], contents: bytes
) -> str | None:
    if len(numbers) != 4:
        return "range-not-two-stretches"
    start1, length1, start2, length2 = numbers
    if start1 != 0 or min(numbers) < 0:
        return "range-not-from-start"
    if any(later < earlier for earlier, later in pairwise((0, length1, start2, start2 + length2))):
        return "range-overlaps"
    if start2 + length2 > len(data):
        return "range-beyond-file"
    gap = data[length1:start2]
    if not (gap.startswith(b"<") and gap.endswith(b">")):
        return "range-gap-is-not-a-string"
    try:
        inside = bytes.fromhex(gap[1:-1].decode("ascii"))
    except (ValueError, UnicodeDecodeError):
        return "range-gap-is-not-hexadecimal"
    return None if inside == contents else "range-gap-holds-other-bytes"
