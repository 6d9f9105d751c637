"""The log as static files (c2sp.org/tlog-tiles): tiles, entry bundles, then the checkpoint.

Only leaves are published, never a disclosure: to a stranger an entry is a type, a claimed time, an
item's random id and digests of salted values. Files that are there already are not read or written
again (tlog-tiles: they never change), except that the published checkpoint, if there is one, must
be a head of this log: a folder of another log, or of a fork of this one, is refused.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from provenance.errors import CheckFailed, Malformed, RolledBack, StoreFault
from provenance.ledger.checkpoint import read_checkpoint
from provenance.ledger.merkle import HASH_SIZE
from provenance.ledger.note import NoteKey
from provenance.ledger.tilepath import ENTRIES, TileName, pack_entries, tile_names
from provenance.ledger.tiles import TILE_WIDTH, root_at
from provenance.ports import HeldCheckpoint, Ledger

CHECKPOINT = "checkpoint"


def published_files(
    ledger: Ledger, checkpoint: HeldCheckpoint, *, there: Callable[[str], bool]
) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of every file that is not there yet, the checkpoint last.

    Args:
        ledger: the log.
        checkpoint: the head that the published tree shall have, with its cosignatures.
        there: tells whether a path is published already.
    """
    for name in tile_names(checkpoint.size):
        path = name.path()
        if not there(path):
            yield path, _contents(ledger, name)
    yield CHECKPOINT, checkpoint.cosigned or checkpoint.note


def require_same_log(ledger: Ledger, log_key: NoteKey, published: bytes, size: int) -> None:
    """Return if the published checkpoint is a head of this log of `size` entries.

    Raises:
        StoreFault: it is not this log's, or of a fork of it.
        RolledBack: it is ahead of this log.
    """
    try:
        head = read_checkpoint(published, log_key).checkpoint
    except (Malformed, CheckFailed) as error:
        raise StoreFault(f"the folder holds the checkpoint of something else: {error}") from error
    if head.size > size:
        raise RolledBack(f"{head.size} entries are published and this desk has {size}")
    if root_at(head.size, ledger.tile) != head.root:
        raise StoreFault("the published log and this one are different: nothing was written")


def _contents(ledger: Ledger, name: TileName) -> bytes:
    if name.level != ENTRIES:
        return ledger.tile(name.level, name.index)[: name.width * HASH_SIZE]
    start = name.index * TILE_WIDTH
    rows = islice(ledger.entries(start, start + name.width), name.width)
    return pack_entries([row.leaf for row in rows])
