"""Append to the log, inside the one write transaction.

Numbers come from the head row, which this transaction alone may change: no sequence, so a rolled
back append leaves no gap. A log whose last entry is not where the head says is not appended to.
Every table of a batch is filled by one statement executed with many rows.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select, update

from provenance.errors import DeskCorrupt
from provenance.ports import ItemHead, NewEntry
from provenance_store.statements import in_parts, insert_rows, is_one_of, read_rows
from provenance_store.tables import Disclosure, Entry, Head, ItemHeadRow, Tile, table_of
from provenance_store.view_rows import EXEMPLAR_VIEW, ITEM_VIEW, insert_views, placed

_ENTRY: Final = table_of(Entry)
_DISCLOSURE: Final = table_of(Disclosure)
_TILE: Final = table_of(Tile)
_HEAD: Final = table_of(Head)
_ITEM_HEAD: Final = table_of(ItemHeadRow)

_SIZE: Final = select(_HEAD.c.size)
_LAST: Final = select(func.max(_ENTRY.c.seq))
_HASHES: Final = select(_TILE.c.hashes).where(
    _TILE.c.level == bindparam("level"), _TILE.c.idx == bindparam("idx")
)
_UNDER: Final = (
    select(_DISCLOSURE.c.seq, _DISCLOSURE.c.digest)
    .where(_DISCLOSURE.c.subject == bindparam("subject"))
    .order_by(_DISCLOSURE.c.seq, _DISCLOSURE.c.digest)
)


def read_size(connection: Connection) -> int:
    """Return the length of the log as the head row states it."""
    size = connection.execute(_SIZE).scalar_one_or_none()
    if size is None:
        raise DeskCorrupt("the database does not say how long its log is (head row gone)")
    if not isinstance(size, int) or size < 0:
        raise DeskCorrupt("the database does not say how long its log is (head row damaged)")
    return size


def read_tile(connection: Connection, level: int, index: int) -> bytes:
    """Return a tile's hashes, b"" if it has none."""
    rows = read_rows(connection, _HASHES, level, index)
    return bytes(rows[0][0]) if rows else b""


def read_sealed_under(connection: Connection, subject: str) -> Sequence[tuple[int, bytes]]:
    """Return (entry, digest) of a subject's sealed fields; reads the whole table."""
    found = connection.execute(_UNDER, {"subject": subject})
    return [(seq, bytes(digest)) for seq, digest in found]


class SqlLedgerWriter:
    """The open write transaction (port `LedgerWriter`). One thread at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size = read_size(connection)
        last = connection.execute(_LAST).scalar_one()
        if self._size != (0 if last is None else last + 1):
            raise DeskCorrupt("the log does not end where its head says: it was cut or added to")

    def size(self) -> int:
        """Return the number of entries, this transaction's own included."""
        return self._size

    def tile(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile; b"" if it has none."""
        return read_tile(self._connection, level, index)

    def item_heads(self, items: Sequence[bytes]) -> Mapping[bytes, ItemHead]:
        """Return the newest entry of each of these items that has one."""
        found: dict[bytes, ItemHead] = {}
        for part in in_parts(items):
            query = select(_ITEM_HEAD).where(is_one_of(self._connection, _ITEM_HEAD.c.item, part))
            for item, n, leaf_hash in self._connection.execute(query):
                found[item] = ItemHead(n=n, leaf_hash=leaf_hash)
        return found

    def holders(self, digests: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return SHA-256 -> item; where several items hold the same bytes, the first of them."""
        found: dict[bytes, bytes] = {}
        for part in in_parts(digests):
            query = (
                select(EXEMPLAR_VIEW.c.sha256, EXEMPLAR_VIEW.c.item)
                .where(is_one_of(self._connection, EXEMPLAR_VIEW.c.sha256, part))
                .order_by(EXEMPLAR_VIEW.c.seq.desc(), EXEMPLAR_VIEW.c.pos.desc())
            )
            # The earliest comes last and stays.
            found.update((sha256, item) for sha256, item in self._connection.execute(query))
        return found

    def accessions(self, year: int) -> int:
        """Return the highest accession number given out in `year`, 0 if none."""
        query = select(func.max(ITEM_VIEW.c.number)).where(ITEM_VIEW.c.year == year)
        return int(self._connection.execute(query).scalar_one() or 0)

    def append(self, entries: Sequence[NewEntry], tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Add entries at the end, with the new contents of every tile they touch."""
        start, connection = self._size, self._connection
        insert_rows(
            connection,
            _ENTRY,
            [
                (seq, e.item, e.n, e.type, e.leaf_hash, e.leaf)
                for seq, e in enumerate(entries, start)
            ],
        )
        insert_rows(
            connection,
            _DISCLOSURE,
            [
                (seq, hidden.digest, hidden.subject, hidden.sealed)
                for seq, entry in enumerate(entries, start)
                for hidden in entry.disclosures
            ],
        )
        insert_rows(connection, _TILE, [(*at, hashes) for at, hashes in tiles.items()], "replace")
        heads = {e.item: (e.item, e.n, e.leaf_hash) for e in entries}  # an item's last one stays
        insert_rows(connection, _ITEM_HEAD, list(heads.values()), "replace")
        insert_views(connection, placed(start, [entry.views for entry in entries]))
        connection.execute(update(_HEAD).values(size=start + len(entries)))
        self._size = start + len(entries)

    def sealed_under(self, subject: str) -> Sequence[tuple[int, bytes]]:
        """Return (entry, digest) of every sealed field stored under this subject, in log order."""
        return read_sealed_under(self._connection, subject)

    def erase(self, subject: str) -> int:
        """Delete a subject's sealed fields and return how many there were."""
        gone = delete(_DISCLOSURE).where(_DISCLOSURE.c.subject == subject)
        return self._connection.execute(gone).rowcount
