"""The part of an audit that looks beside the entries: tiles, latch, the published checkpoint.

The latch states the last head that the log key signed, and the digest of the very note. Ed25519 is
deterministic, so that note can be made again and compared. The published checkpoint must be one
that the desk keeps; an older one is what a killed process left, and is remarked on: it is no fault.
"""

from collections.abc import Iterator
from hashlib import sha256

from provenance.acts.workbench import Workbench
from provenance.errors import CheckFailed, DeskCorrupt, DeskError, Malformed, RolledBack
from provenance.journal.keeping import log_note_key
from provenance.ledger.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from provenance.ledger.latch import Latch, parse_latch
from provenance.ledger.merkle import HASH_SIZE
from provenance.ledger.tiles import TILE_HEIGHT, TileReader, root_at


def latch_faults(bench: Workbench) -> Iterator[str]:
    """Yield what the latch beside the log key says that this log does not bear out."""
    ledger = bench.parts.ledger
    size = ledger.size()
    try:
        text = bench.parts.latch.read()
        if text is not None:
            bench.heads.require_not_rolled_back(size, ledger.tile)
            yield from _note_fault(bench, parse_latch(text))
        elif bench.parts.checkpoints.newest() is not None:
            # The latch moves before a checkpoint is kept: it was there.
            yield "the latch beside the log key is gone: a rollback would not show"
    except RolledBack as error:
        if ledger.size() != size:  # somebody is writing: the latch was newer than our size
            yield from latch_faults(bench)
        else:
            yield f"the desk was rolled back, or its latch was changed: {error}"
    except DeskError as error:
        yield f"the latch beside the log key cannot be compared: {error}"


def published_faults(bench: Workbench) -> Iterator[str]:
    """Yield what is wrong with the checkpoint that outsiders are shown."""
    if bench.parts.checkpoints.newest() is None:
        return
    shown = bench.parts.publisher.published("checkpoint")
    if shown is None:
        yield "no checkpoint is published: run `prov ledger checkpoint`"
        return
    try:
        size = _published_size(bench, shown)
    except (Malformed, CheckFailed) as error:
        yield f"the published checkpoint is not this log's: {error}"
        return
    kept = bench.parts.checkpoints.at(size)
    if kept is None or shown not in (kept.note, kept.cosigned):
        yield f"the published checkpoint of {size} entries is not one that this desk keeps"


def published_remarks(bench: Workbench) -> Iterator[str]:
    """Yield that outsiders are shown an older head of this log, if they are.

    A process that was killed before it published leaves that, and so does somebody who put an
    older file back; the next act publishes the newest.
    """
    newest = bench.parts.checkpoints.newest()
    shown = bench.parts.publisher.published("checkpoint")
    if newest is None or shown is None:
        return
    try:
        size = _published_size(bench, shown)
    except (Malformed, CheckFailed):
        return  # told as a fault
    if size < newest.size:
        yield (
            f"the published checkpoint is an older one, of {size} entries; the newest is of "
            f"{newest.size}: run `prov ledger checkpoint`"
        )


def _published_size(bench: Workbench, shown: bytes) -> int:
    key = log_note_key(bench.parts.origin, bench.parts.log_signer)
    return read_checkpoint(shown, key).checkpoint.size


def vouched_size(bench: Workbench, note: bytes | None) -> int:
    """Return how many entries a checkpoint held outside vouches for; 0 if it vouches for none.

    One that this log did not sign, or that the stored tree does not continue, vouches for nothing:
    everything is then looked at in full, and the audit flags the checkpoint.
    """
    if note is None:
        return 0
    key = log_note_key(bench.parts.origin, bench.parts.log_signer)
    try:
        head = read_checkpoint(note, key).checkpoint
        same = root_at(head.size, bench.parts.ledger.tile) == head.root
    except (Malformed, CheckFailed, DeskCorrupt):
        return 0
    return head.size if same and head.size <= bench.parts.ledger.size() else 0


def tile_at(bench: Workbench, size: int, tile: TileReader, level: int, index: int) -> bytes:
    """Return a tile as it was when the log had `size` entries: a tile only ever grows.

    Args:
        bench: the open desk.
        size: entries of the log that is judged.
        tile: reads the stored tiles.
        level: of the tile.
        index: of the tile.
    """
    hashes = tile(level, index)
    due = max((size >> (TILE_HEIGHT * level)) - (index << TILE_HEIGHT), 0) * HASH_SIZE
    if len(hashes) > due and bench.parts.ledger.size() != size:
        return hashes[:due]  # somebody is writing; if nobody is, whatever is there is to be judged
    return hashes


def _note_fault(bench: Workbench, latch: Latch) -> Iterator[str]:
    head = Checkpoint(origin=latch.origin, size=latch.size, root=latch.root)
    note = sign_checkpoint(head, bench.parts.log_signer)
    if sha256(note).digest() != latch.note_sha256:
        yield "the latch names another note than the log key makes: one of the two was changed"
