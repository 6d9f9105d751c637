"""Count the log again by its hashes alone: quick enough to do every hour.

Every entry is read and hashed, and tiles, checkpoints (the desk's own and any held outside), the
latch beside the key and the published checkpoint are held against the tree that comes out. What
changes any of them is found, as in an audit. Not looked at: who signed an entry, hidden fields,
evidence, what witnesses and authorities attest. So this answers one of an audit's questions in
part, and says so; it replaces none.
One pass, cut into stretches that go to an executor, if one is given, a few at a time: each task
reads its stretch from the store itself. Memory stays bounded. A bad log is a report; only one that
cannot be read raises.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from typing import Final

from provenance.acts.audit_beside import (
    latch_faults,
    published_faults,
    published_remarks,
    tile_at,
)
from provenance.acts.workbench import Workbench
from provenance.journal.keeping import log_note_key
from provenance.ledger.audit import AuditTerms
from provenance.ledger.findings import AuditReport
from provenance.ledger.hash_audit import HashedPage, audit_hashes, hash_page
from provenance.ports import LeafReader

STRETCH: Final = 1 << 15  # entries for one task: some 30 MB to read, 1 MB of hashes to hand back


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted:
    """Whether entries, tiles, checkpoints and latch are of one tree."""

    log: AuditReport
    beside_the_key: tuple[str, ...]
    """What latch and published checkpoint say that this log does not bear out."""
    remarks: tuple[str, ...]
    """Worth knowing, and no sign that anything changed."""

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts."""
        return not (self.log.flagged or self.beside_the_key)


def recount(
    bench: Workbench,
    *,
    outside: tuple[bytes, ...] = (),
    pool: Executor | None = None,
    ahead: int = 4,
    tick: Callable[[str, int], None] = lambda _kind, _count: None,
) -> Recounted:
    """Hash every entry again and compare.

    Args:
        bench: the desk's.
        outside: checkpoints held elsewhere, each to be one of this log.
        pool: spreads the stretches; tasks and answers travel to other processes.
        ahead: stretches in flight: two for each worker keep all of them busy.
        tick: told what was done: (`entry`, how many more).

    Raises:
        DeskCorrupt: the database cannot be read.
    """
    parts = bench.parts
    size = parts.ledger.size()
    kept = (one for one in parts.checkpoints.all() if not _came_since(bench, one.size, size))
    terms = AuditTerms(
        log_key=log_note_key(parts.origin, parts.log_signer), checkpoints=kept, outside=outside
    )
    pages = _hashed(bench, size, pool, ahead)
    with parts.ledger.tiles() as tile:
        stored = partial(tile_at, bench, size, tile)
        report = audit_hashes(_ticked(pages, tick), terms, tile=stored)
    return Recounted(
        log=report,
        beside_the_key=(*latch_faults(bench), *published_faults(bench)),
        remarks=tuple(published_remarks(bench)),
    )


def _came_since(bench: Workbench, checkpoint: int, size: int) -> bool:
    """Tell whether a checkpoint is of entries that came in while this runs."""
    return size < checkpoint <= bench.parts.ledger.size()


def hash_stretch(leaves: LeafReader, start: int, stop: int) -> list[HashedPage]:
    """Read and hash entries start <= seq < stop; runs wherever the executor likes."""
    return [hash_page(page) for page in leaves(start, stop)]


def _hashed(bench: Workbench, size: int, pool: Executor | None, ahead: int) -> Iterator[HashedPage]:
    ledger = bench.parts.ledger
    if pool is None:
        yield from map(hash_page, ledger.leaves(0, size))
        return
    reader, flying = ledger.leaf_reader(), deque[Future[list[HashedPage]]]()
    for start in range(0, size, STRETCH):
        flying.append(pool.submit(hash_stretch, reader, start, min(size, start + STRETCH)))
        if len(flying) > ahead:
            yield from flying.popleft().result()
    while flying:
        yield from flying.popleft().result()


def _ticked(pages: Iterator[HashedPage], tick: Callable[[str, int], None]) -> Iterator[HashedPage]:
    for page in pages:
        tick("entry", len(page.hashes))
        yield page
