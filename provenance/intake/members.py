"""A member of a container before it is received: its name, and its bytes as a stream read once.

`Member.blocks` raises `Untaken` where the container's bytes turn out not to be what it claims; the
reader then discards what it staged. Blocks are at most 1 MiB and come in order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from provenance.digests import BLOCK
from provenance.errors import StoreFault
from provenance.intake.failures import FailureCode, Place, Untaken
from provenance.intake.limits import Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member, not yet unpacked. Its blocks must be read before the next member is asked for."""

    place: Place
    position: int
    """Counted from 0 in the order of the container's bytes; names may repeat, positions do not."""
    blocks: Iterator[bytes]
    """To be read once."""
    mail: bool = False
    """The container says that this is a message (RFC 5322)."""
    declared: str | None = None
    """Media type that the container says it has, lower case, without parameters."""


def slice_blocks(stream: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes start <= offset < end of a stream.

    Raises:
        Untaken: the stream ends before.
        StoreFault: the disk failed.
    """
    at = start
    while at < end:
        # Sought each time: the scanner of the container may share the stream.
        try:
            stream.seek(at)
            block = stream.read(min(BLOCK, end - at))
        except OSError as fault:
            raise StoreFault("a blob could not be read back") from fault
        if not block:
            raise Untaken(FailureCode.ZIP_TRUNCATED)
        at += len(block)
        yield block


def counted(blocks: Iterator[bytes], budget: Budget) -> Iterator[bytes]:
    """Yield the blocks, each after it was counted against the budget."""
    for block in blocks:
        budget.add_bytes(len(block))
        yield block
