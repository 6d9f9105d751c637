"""One entry for outsiders: its presentation (RFC 9901) and its inclusion proof, both offline.

The proof is over the checkpoint that is handed in, as first signed, so all proofs of one package
share one tree head. Nothing here decides what may be shown: `provenance.exports.disclosing` does.
"""

from collections.abc import Iterable, Iterator, Mapping

from provenance.errors import CheckFailed, DeskCorrupt, Malformed
from provenance.exports.disclosing import Showing, shown
from provenance.ledger.base64text import encode_base64
from provenance.ledger.disclosure import Disclosure, format_presentation, match_disclosures
from provenance.ledger.entry import Entry, parse_entry
from provenance.ledger.proof import TlogProof
from provenance.ledger.sealing import open_disclosure
from provenance.ledger.tiles import TileReader, prove_consistency, prove_inclusion, root_at
from provenance.ports import HeldCheckpoint, StoredCheckpoint, StoredEntry


def open_stored(
    stored: StoredEntry, keys: Mapping[str, bytes]
) -> tuple[Entry, tuple[Disclosure, ...]]:
    """Return an entry and those of its hidden fields that these subject keys open.

    Raises:
        DeskCorrupt: the entry or a field is not what the ledger signed.
    """
    try:
        entry = parse_entry(stored.leaf)
        opened = tuple(
            open_disclosure(each, keys[each.subject])
            for each in stored.disclosures
            if each.subject in keys
        )
        match_disclosures(entry, opened)
    except (Malformed, CheckFailed) as error:
        raise DeskCorrupt(f"entry {stored.seq} cannot be read: {error}") from error
    return entry, opened


def present(entry: Entry, opened: Iterable[Disclosure], showing: Showing) -> bytes:
    """Return the entry with the fields that this audience may read."""
    return format_presentation(entry.leaf, shown(entry.type, opened, showing))


def prove(seq: int, checkpoint: StoredCheckpoint | HeldCheckpoint, tile: TileReader) -> bytes:
    """Return the proof file of entry `seq` under this checkpoint.

    Raises:
        UsageError: the checkpoint does not cover the entry.
        DeskCorrupt: the stored tree is damaged.
    """
    hashes = tuple(prove_inclusion(seq, checkpoint.size, tile))
    return TlogProof(index=seq, hashes=hashes, checkpoint=checkpoint.note).encode()


def prove_heads(sizes: Iterable[int], size: int, tile: TileReader) -> Iterator[str]:
    """Yield a line for each of these sizes: size, root, proof that the log of `size` continues it.

    Raises:
        DeskCorrupt: the stored tree is damaged.
    """
    for each in sorted(set(sizes) - {0}):
        root, proof = root_at(each, tile), prove_consistency(each, size, tile)
        yield " ".join([str(each), *map(encode_base64, (root, *proof))]) + "\n"
