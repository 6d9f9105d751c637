"""An item's entries as the index hands them out, held against what was signed.

The index finds entries; it proves nothing, and whoever edits it can make the desk look past one. So
all of an item's entries are read, also those of types that nobody asked for, and each must be what
the index calls it: its leaf parses, is of this item, has the `n` and the type of the index, follows
the one before it by `n` and `prev`, and lies behind it in the log. The last one must be the item's
stored head. The first that does not fit raises DeskCorrupt and is named.
What this cannot see, because nothing that is signed contradicts it before an audit: an item whose
newest entries AND head row were both rewritten to an earlier state; an item whose every trace was
removed from every table; entries moved in the log without changing their order (their numbers).
"""

from collections.abc import Collection, Iterable, Iterator

from provenance.errors import DeskCorrupt, Malformed
from provenance.ledger.entry import Entry, parse_entry
from provenance.ports import IndexedEntry, ItemHead, ItemPage, StoredEntry


def follow(
    item: bytes, pages: Iterable[ItemPage], types: Collection[str] | None = None
) -> Iterator[tuple[StoredEntry, Entry]]:
    """Yield an item's entries of these types (None: all) in order, each parsed.

    Args:
        item: 16 bytes.
        pages: everything the index has of the item, as `Ledger.entries_of` gives it.
        types: whose disclosures `pages` brings along.

    Raises:
        DeskCorrupt: the index and the entries disagree; names the place.
    """
    last: tuple[int, ItemHead] | None = None
    head: ItemHead | None = None
    for page in pages:
        for row in page.rows:
            entry = _parsed(row)
            last = row.stored.seq, _linked(item, row, entry, last)
            if types is None or entry.type in types:
                yield row.stored, entry
        head = page.head
    if head != (last[1] if last else None):
        raise DeskCorrupt(
            f"item {item.hex()}: its newest entry is not the one that its head row names; "
            "run `prov audit`"
        )


def _parsed(row: IndexedEntry) -> Entry:
    try:
        return parse_entry(row.stored.leaf)
    except Malformed as error:
        raise DeskCorrupt(f"entry {row.stored.seq} cannot be read: {error}") from error


def _linked(
    item: bytes, row: IndexedEntry, entry: Entry, last: tuple[int, ItemHead] | None
) -> ItemHead:
    seq = row.stored.seq
    if (entry.item, entry.n, entry.type) != (item, row.n, row.type):
        raise DeskCorrupt(
            f"entry {seq}: the index says another item, number or type than was signed; "
            "run `prov audit`"
        )
    before = (last[1].n, last[1].leaf_hash) if last else (-1, None)
    if (entry.n - 1, entry.prev) != before or (last and seq <= last[0]):
        raise DeskCorrupt(
            f"entry {seq}: entries of item {item.hex()} before it are not where the index says; "
            "run `prov audit`"
        )
    return ItemHead(n=entry.n, leaf_hash=entry.leaf_hash)
