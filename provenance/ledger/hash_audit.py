"""The quick audit of a log: leaf hashes, tiles and checkpoints alone; no entry's content is read.

It finds every entry, tile and checkpoint that differs from what was signed for, as the whole audit
does, for whoever changes an entry changes its leaf hash. It does not tell who signed an entry, nor
whether that key might. `hash_page` is the work that concerns a page of the log alone: a caller may
hand pages, or whole stretches of the log, to other processes; `HashedPage` travels. `audit_hashes`
takes them in order. A bad log is a report, never an exception.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provenance.ledger.audit import AuditTerms, Numbering, read_heads
from provenance.ledger.findings import AuditReport, Findings
from provenance.ledger.merkle import leaf_hashes
from provenance.ledger.recount import Recount
from provenance.ledger.tiles import TileReader


@dataclass(frozen=True, slots=True)
class HashedPage:
    """A page of the log, hashed."""

    seqs: Sequence[int]
    """What the store calls each entry; a range where they count up, which travels light."""
    hashes: list[bytes]
    """The leaf hash of each."""


def hash_page(rows: Sequence[tuple[int, bytes]]) -> HashedPage:
    """Hash the leaves of (seq, leaf) rows, in their order."""
    if not rows:
        return HashedPage(range(0), [])
    seqs, leaves = zip(*rows, strict=True)
    counted = range(seqs[0], seqs[0] + len(seqs))
    return HashedPage(counted if seqs == tuple(counted) else seqs, leaf_hashes(leaves))


def audit_hashes(
    pages: Iterable[HashedPage], terms: AuditTerms, *, tile: TileReader
) -> AuditReport:
    """Return whether entries, tiles and checkpoints are one tree.

    Args:
        pages: All entries in order, cut anywhere.
        terms: Log key and heads to go by.
        tile: Reads the stored tiles.
    """
    findings = Findings()
    heads = read_heads(terms, findings)
    log, numbering = Recount(tile, findings), Numbering(findings)
    for page in pages:
        numbering.take(page.seqs)
        log.feed(page.hashes)
    root = log.finish()
    heads.compare(log)
    return findings.report(log.size, root)
