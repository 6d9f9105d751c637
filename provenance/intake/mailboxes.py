r"""Split a mailbox of the mbox family (RFC 4155) into its messages, none of whose bytes change.

A message begins after a From line: at the start of the file or after a blank line, `From `, then
anything with a time of day and a year, at most `LONGEST_FROM_LINE` bytes. A body line that merely
begins with `From ` has no such date and splits nothing. A message ends before the next From line;
the blank line that the mailbox put between them belongs to neither. So
    file == for each message: From line + message bytes + blank line (the last one may lack it).
`>From ` stays as it is: whether the `>` was the author's or the mailbox's cannot be known, and
guessing would change bytes that a signature may cover. Nothing is decoded. Memory: two blocks at
any size.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from provenance.digests import BLOCK
from provenance.intake.failures import Failure, FailureCode, Place, Untaken
from provenance.intake.limits import Budget
from provenance.intake.members import Member, counted, slice_blocks

LONGEST_FROM_LINE: Final = (
    512  # bytes; an address is at most 320 (RFC 5321 4.5.3.1), a date below 40
)
_FROM_LINE: Final = re.compile(
    # Atomic groups: a line full of times must not be tried from each of them in turn.
    rb"From (?>[^\r\n]*?\d:\d\d)(?>[^\r\n]*?\b\d{4}\b)(?>[^\r\n]*)\r?\n"
)
_LOOK_BACK: Final = 3  # bytes: the end of the line before the blank one, and the blank one
_BLANK: Final = (b"\n\n", b"\n\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSpan:
    """Where one message lies in its mailbox, in bytes."""

    from_line: int
    """Start of the From line."""
    start: int
    """First byte of the message."""
    end: int
    """After its last byte; a blank line may follow before the next From line."""


def looks_like_mailbox(head: bytes) -> bool:
    """Tell whether a file beginning with these bytes is a mailbox."""
    return _FROM_LINE.match(head, 0, LONGEST_FROM_LINE) is not None


def message_spans(stream: BinaryIO) -> Iterator[MessageSpan]:
    """Yield the messages of a mailbox in order; bytes before the first From line belong to none."""
    before: tuple[int, int] | None = None
    tail, size = b"", 0
    for found in _from_lines(stream):
        if isinstance(found, bytes):
            tail, size = (tail + found)[-_LOOK_BACK:], size + len(found)
            continue
        at, start, ended = found
        if before is not None:
            yield MessageSpan(from_line=before[0], start=before[1], end=max(before[1], at - ended))
        before = (at, start)
    if before is not None:
        end = max(before[1], size - _blank(tail))
        yield MessageSpan(from_line=before[0], start=before[1], end=end)


def mailbox_members(
    stream: BinaryIO, slices: BinaryIO, place: Place, budget: Budget
) -> Iterator[Member | Failure]:
    """Yield the messages of a mailbox.

    Args:
        stream: The mailbox, read from its start by the splitter alone.
        slices: The same bytes again, from which messages are read.
        place: Of the mailbox.
        budget: Of the outermost file.
    """
    for position, span in enumerate(message_spans(stream)):
        if position >= budget.limits.messages:
            yield Failure(code=FailureCode.TOO_MANY_MEMBERS, place=place, taken=True)
            return
        try:
            budget.add_member()
        except Untaken as fault:
            yield Failure(code=fault.failure, place=place, taken=True)
            return
        yield Member(
            place=place.within(f"message-{position + 1:06d}.eml"),
            position=position,
            blocks=counted(slice_blocks(slices, span.start, span.end), budget),
            mail=True,
        )


def _blank(before: bytes) -> int:
    """Return the length of the blank line that these bytes end with; 0 if they do not."""
    if before.endswith(_BLANK[1]):
        return 2
    return 1 if before.endswith(_BLANK[0]) else 0


def _from_lines(stream: BinaryIO) -> Iterator[tuple[int, int, int] | bytes]:
    """Yield each block as it is read, and (From line, message, blank line's length) in order."""
    window, base, decided = b"", 0, 0
    while True:
        block = stream.read(BLOCK)
        yield block
        window += block
        # A From line may be cut by the window's end: wait for more, unless there is no more.
        limit = base + len(window) - (LONGEST_FROM_LINE if block else 0)
        at = window.find(b"From ", decided - base)
        while 0 <= at < limit - base:
            blank = _blank(window[max(0, at - _LOOK_BACK) : at])
            line = _FROM_LINE.match(window, at, at + LONGEST_FROM_LINE)
            if line is not None and (blank or base + at == 0):
                yield base + at, base + line.end(), blank
            at = window.find(b"From ", at + 1)
        if not block:
            return
        decided = max(decided, limit)
        drop = max(0, decided - base - _LOOK_BACK)
        window, base = window[drop:], base + drop
