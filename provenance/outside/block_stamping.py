"""Having a checkpoint stamped through OpenTimestamps by files, and checking the proofs.

The stamped bytes are those that RFC 3161 authorities stamp: the checkpoint as first signed. They
are written out for any OpenTimestamps client; what it brings back is kept beside the authorities'
answers if it is over a checkpoint of this desk. A proof with promises alone is kept, too: it can be
completed by a client later and accepted again. Checking follows the proof to each block it names,
and holds the result against block headers that are handed in: without one the block is NOT
CHECKED, and says so. The time of a block is an upper bound, two hours wide. Never asks a network.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from provenance.acts.workbench import Workbench
from provenance.errors import CheckFailed, DeskError, Malformed
from provenance.outside.attaching import attach
from provenance.outside.block_headers import TOLERANCE, BlockHeaders
from provenance.outside.ots_proof import Attestation, parse_ots
from provenance.outside.stamping import kept_question, stamped_bytes
from provenance.outside.timestamp_file import parse_timestamps
from provenance.ports import HeldCheckpoint

NO_HEADERS: Final = BlockHeaders()
_NOT_OURS: Final = (
    "the proof is over something else than a checkpoint that `ots-request` wrote, as first signed"
)


class BlockState(StrEnum):
    """What became of one block that a proof names."""

    HOLDS = "holds"
    FAILED = "does not match the block header"
    NOT_CHECKED = "not checked: no block header given"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFinding:
    """One block that a proof names."""

    height: int
    state: BlockState
    block_hash: str | None = None
    """Of the header that was handed in: compare it with a source you trust."""
    no_later_than: datetime | None = None
    """The checkpoint existed by then, if the header is of the chain: its time and two hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockStamp:
    """A kept proof, followed again."""

    size: int
    """Of the checkpoint."""
    pending: tuple[str, ...] = ()
    """Calendars that promised to bring it into a block: no proof yet."""
    blocks: tuple[BlockFinding, ...] = ()
    unread: int = 0
    """Attestations of kinds that are not read here."""
    error: DeskError | None = None
    """Why the proof is none, or not of this checkpoint."""

    @property
    def failed(self) -> bool:
        """Whether anything about it is wrong."""
        return self.error is not None or any(b.state is BlockState.FAILED for b in self.blocks)

    @property
    def no_later_than(self) -> datetime | None:
        """The earliest time by which the checkpoint existed; None while no block is checked."""
        return min((b.no_later_than for b in self.blocks if b.no_later_than), default=None)


def ots_file(bench: Workbench) -> tuple[int, bytes]:
    """Return size and bytes of the newest checkpoint as first signed: what a client stamps.

    Raises:
        NothingToCheck: the log is empty.
    """
    held, _ = kept_question(bench)
    return held.size, stamped_bytes(bench, held)


def accept_ots(bench: Workbench, data: bytes) -> BlockStamp:
    """Take in a proof that a client wrote; the same one twice is kept once.

    Raises:
        Malformed: not a proof.
        UsageError: as many are kept for this checkpoint as may be.
        CheckFailed: it is not over a checkpoint of this desk that was written out.
    """
    digest = parse_ots(data).digest
    for held in bench.parts.checkpoints.held():
        if held.timestamps is not None and sha256(stamped_bytes(bench, held)).digest() == digest:
            attach(bench, held.size, lambda was: _with_proof(was, data))
            return _followed(held.size, data, digest, NO_HEADERS)
    raise CheckFailed(_NOT_OURS)


def check_proofs(bench: Workbench, headers: BlockHeaders = NO_HEADERS) -> Iterator[BlockStamp]:
    """Yield every kept proof, followed again from its bytes to the block headers handed in."""
    for held in bench.parts.checkpoints.held():
        try:
            proofs = parse_timestamps(held.timestamps).proofs if held.timestamps else ()
            digest = sha256(stamped_bytes(bench, held)).digest() if proofs else b""
        except (Malformed, CheckFailed) as error:
            yield BlockStamp(size=held.size, error=error)
            continue
        for proof in proofs:
            yield _followed(held.size, proof, digest, headers)


def _with_proof(was: HeldCheckpoint, data: bytes) -> HeldCheckpoint:
    there = parse_timestamps(was.timestamps or b"")
    return replace(was, timestamps=there.with_proof(data).encode())


def _followed(size: int, data: bytes, digest: bytes, headers: BlockHeaders) -> BlockStamp:
    proof = parse_ots(data)
    if proof.digest != digest:
        return BlockStamp(size=size, error=CheckFailed(_NOT_OURS))
    ends = proof.attestations
    blocks = [_block(end, end.height, headers) for end in ends if end.height is not None]
    return BlockStamp(
        size=size,
        pending=tuple(end.calendar for end in ends if end.calendar is not None),
        blocks=tuple(blocks),
        unread=sum(end.calendar is None and end.height is None for end in ends),
    )


def _block(end: Attestation, height: int, headers: BlockHeaders) -> BlockFinding:
    header = headers.at(height)
    if header is None:
        return BlockFinding(height=height, state=BlockState.NOT_CHECKED)
    if header.root != end.message:
        return BlockFinding(height=height, state=BlockState.FAILED, block_hash=header.block_hash)
    return BlockFinding(
        height=height,
        state=BlockState.HOLDS,
        block_hash=header.block_hash,
        no_later_than=header.time + TOLERANCE,
    )
