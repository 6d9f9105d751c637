"""Unpack the attachments of one message (RFC 5322, MIME: RFC 2045, 2046) in bounded memory.

The message is scanned line by line; bodies are never held, so its size does not matter. Rules:
  1. a part is a member if it has a file name, is marked as an attachment, or is neither text nor
     multipart; the plain bodies stay part of the message, which is itself kept whole;
  2. message/rfc822 is a member with its bytes as they are, and is unpacked in its turn;
  3. base64 and quoted-printable are decoded; other encodings than 7bit, 8bit and binary are
     refused;
  4. the line break before a boundary belongs to the boundary (RFC 2046 5.1.1);
  5. an outer boundary also ends the inner parts; a message that ends without its closing boundary
     yields its last part as far as it goes, and a failure.
"""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from provenance.digests import BLOCK
from provenance.intake.failures import Failure, FailureCode, Place, Untaken
from provenance.intake.limits import Budget, Limits
from provenance.intake.mail_headers import PartHeader, parse_part_header
from provenance.intake.members import Member, counted, slice_blocks

MAX_HEADERS: Final = 256 << 10  # bytes in one header block; real ones stay below 64 KiB
MAX_NESTING: Final = 32  # multiparts within multiparts; each line is compared with all open ones
_LINE: Final = 64 << 10  # bytes read at most for one line; a longer line comes in pieces
_NOT_BASE64: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_AS_IT_IS: Final = ("", "7bit", "8bit", "binary")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """A part that holds no parts, and where its body lies."""

    header: PartHeader
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """What ended a body: a boundary line, or the end of the message."""

    end: int
    """Offset after the body, in bytes."""
    level: int | None
    """Index of the boundary among the open ones; None at the end of the message."""
    closing: bool = False


class _Scanner:
    """Reads lines and knows where it is."""

    __slots__ = ("_line_start", "_stream", "offset")

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._line_start = True
        self.offset = 0

    def line(self) -> tuple[bytes, bool]:
        """Return the next line or piece of one, and whether it starts a line; b"" at the end."""
        found, starts = self._stream.readline(_LINE), self._line_start
        self.offset += len(found)
        self._line_start = found.endswith(b"\n")
        return found, starts

    def back(self, line: bytes) -> None:
        """Put a whole line back."""
        self.offset -= len(line)
        self._stream.seek(self.offset)
        self._line_start = True

    def to_end(self) -> int:
        """Go to the end of the message and return its offset."""
        self.offset = self._stream.seek(0, 2)
        return self.offset


def message_members(
    stream: BinaryIO, slices: BinaryIO, place: Place, budget: Budget
) -> Iterator[Member | Failure]:
    """Yield the attachments of a message in order.

    Args:
        stream: The message, read from its start by the scanner alone.
        slices: The same bytes again, from which parts are read.
        place: Of the message.
        budget: Of the outermost file.
    """
    try:
        for position, leaf in enumerate(_leaves(_Scanner(stream), budget.limits)):
            if _is_member(leaf.header):
                yield _member(leaf, position, slices, place, budget)
    except Untaken as fault:
        yield Failure(code=fault.failure, place=place, taken=True)


def _is_member(header: PartHeader) -> bool:
    return header.name is not None or header.attached or header.main != "text"


def _member(
    leaf: _Leaf, position: int, slices: BinaryIO, place: Place, budget: Budget
) -> Member | Failure:
    header = leaf.header
    mail = (header.main, header.sub) == ("message", "rfc822")
    name = header.name or f"part-{position + 1}{'.eml' if mail else ''}"
    # Every character is at least one byte, so a cut by characters bounds the text as well.
    if len(name.encode("utf-8")) > budget.limits.name:
        return Failure(
            code=FailureCode.NAME_TOO_LONG, place=place.within(name[: budget.limits.name])
        )
    budget.add_member()
    body = slice_blocks(slices, leaf.start, leaf.end)
    return Member(
        place=place.within(name),
        position=position,
        blocks=counted(_decoded(body, header.encoding), budget),
        mail=mail,
        declared=header.declared,
    )


def _leaves(scanner: _Scanner, limits: Limits) -> Iterator[_Leaf]:
    boundaries: list[bytes] = []
    parts = 0
    while True:
        header = parse_part_header(_header_block(scanner, boundaries))
        start = scanner.offset
        if header.boundary is not None:
            if len(boundaries) >= MAX_NESTING:
                raise Untaken(FailureCode.TOO_DEEP)
            boundaries.append(header.boundary)
        hit = _scan(scanner, boundaries)
        if header.boundary is None:
            yield _Leaf(header=header, start=start, end=max(start, hit.end))
        while hit.level is not None and hit.closing:
            del boundaries[hit.level :]
            if not boundaries:
                return
            hit = _scan(scanner, boundaries)
        if hit.level is None:
            if boundaries:
                raise Untaken(FailureCode.MAIL_CUT_SHORT)
            return
        del boundaries[hit.level + 1 :]
        parts += 1
        if parts > limits.attachments:
            raise Untaken(FailureCode.TOO_MANY_MEMBERS)


def _header_block(scanner: _Scanner, boundaries: list[bytes]) -> bytes:
    block = bytearray()
    while True:
        line, starts = scanner.line()
        if not line or (starts and line in (b"\n", b"\r\n")):
            return bytes(block)
        if starts and _delimiter(line, boundaries) is not None:
            scanner.back(line)  # a part without a blank line after its headers: it has no body
            return bytes(block)
        block += line
        if len(block) > MAX_HEADERS:
            raise Untaken(FailureCode.MAIL_HEADER)


def _delimiter(line: bytes, boundaries: list[bytes]) -> tuple[int, bool] | None:
    """Return which boundary a line is, and whether it closes it (RFC 2046 5.1.1)."""
    if not line.startswith(b"--"):
        return None
    text = line[2:].rstrip(b" \t\r\n")
    for level in range(len(boundaries) - 1, -1, -1):
        if text == boundaries[level]:
            return level, False
        if text == boundaries[level] + b"--":
            return level, True
    return None


def _scan(scanner: _Scanner, boundaries: list[bytes]) -> _Hit:
    """Read up to and with the next boundary line."""
    if not boundaries:
        return _Hit(end=scanner.to_end(), level=None)
    broken = 0  # length of the line break before the current line
    while True:
        at = scanner.offset
        line, starts = scanner.line()
        if not line:
            return _Hit(end=at, level=None)
        found = _delimiter(line, boundaries) if starts else None
        if found is not None:
            return _Hit(end=at - broken, level=found[0], closing=found[1])
        broken = 2 if line.endswith(b"\r\n") else 1 if line.endswith(b"\n") else 0


def _decoded(body: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in _AS_IT_IS:
        yield from body
    elif encoding == "base64":
        yield from _base64(body)
    elif encoding == "quoted-printable":
        yield from _quoted_printable(body)
    else:
        raise Untaken(FailureCode.MAIL_ENCODING)


def _base64(body: Iterator[bytes]) -> Iterator[bytes]:
    """Decode RFC 2045 6.8: characters outside the alphabet are ignored, padding may be missing."""
    rest, padded = b"", False
    for block in body:
        text = rest + block.translate(None, _NOT_BASE64)
        if padded:
            if text.strip(b"="):
                raise Untaken(FailureCode.MAIL_ENCODING)
            rest = b""
            continue
        cut = len(text) - len(text) % 4
        whole, rest = text[:cut], text[cut:]
        padded = b"=" in whole
        yield _quanta(whole)
    if padded and not rest.strip(b"="):
        return
    if padded or len(rest) == 1:
        raise Untaken(FailureCode.MAIL_ENCODING)
    yield _quanta(rest.ljust(4, b"=") if rest else b"")


def _quanta(text: bytes) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as fault:
        raise Untaken(FailureCode.MAIL_ENCODING) from fault


def _quoted_printable(body: Iterator[bytes]) -> Iterator[bytes]:
    """Decode RFC 2045 6.7, whole lines at a time so that no escape is cut."""
    rest = b""
    for block in body:
        text = rest + block
        cut = text.rfind(b"\n") + 1
        if not cut and len(text) > BLOCK:  # 6.7 rule 5 allows 76 characters
            raise Untaken(FailureCode.MAIL_ENCODING)
        rest = text[cut:]
        yield binascii.a2b_qp(text[:cut])
    yield binascii.a2b_qp(rest)
