"""What the database derives from its entries, read back for an audit (port `Derived`).

Nothing here is judged: rows are handed out as they are. The two questions that a join answers
(`odd_item_heads`, `strays`) rest on index columns that the audit compares with the leaves itself.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Table, bindparam, func, or_, select

from provenance.ports import EntryRow
from provenance.views import View
from provenance_store.database import Database
from provenance_store.ledger_writer import read_size
from provenance_store.tables import Disclosure, Entry, ItemHeadRow, table_of
from provenance_store.view_rows import (
    EXEMPLAR_VIEW,
    ITEM_VIEW,
    OCCURRENCE_VIEW,
    exemplar_view,
    item_view,
    occurrence_view,
)

_PAGE: Final = 1000  # rows in memory at a time
_ENTRY: Final = table_of(Entry)
_HEAD: Final = table_of(ItemHeadRow)
_DISCLOSURE: Final = table_of(Disclosure)
_INDEX: Final = (
    select(_ENTRY.c.seq, _ENTRY.c.item, _ENTRY.c.n, _ENTRY.c.type, _ENTRY.c.leaf_hash)
    .where(_ENTRY.c.seq >= bindparam("start"), _ENTRY.c.seq < bindparam("stop"))
    .order_by(_ENTRY.c.seq)
)


class SqlDerived:
    """The derived rows of one desk. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entry_rows(self, start: int, stop: int) -> Sequence[EntryRow]:
        """Return the index columns of entries start <= seq < stop, in order."""
        with self._database.reading() as connection:
            found = connection.execute(_INDEX, {"start": start, "stop": stop})
            return [
                EntryRow(seq=seq, item=item, n=n, type=kind, leaf_hash=leaf_hash)
                for seq, item, n, kind, leaf_hash in found
            ]

    def odd_item_heads(self, limit: int) -> Sequence[bytes]:
        """Return items whose head is not their newest entry, or that have no head."""
        own, later = _ENTRY.alias("own"), _ENTRY.alias("later")
        wrong = (
            select(_HEAD.c.item)
            .select_from(
                _HEAD.outerjoin(
                    own, (own.c.item == _HEAD.c.item) & (own.c.n == _HEAD.c.n)
                ).outerjoin(later, (later.c.item == _HEAD.c.item) & (later.c.n == _HEAD.c.n + 1))
            )
            .where(
                or_(
                    own.c.seq.is_(None),
                    own.c.leaf_hash != _HEAD.c.leaf_hash,
                    later.c.seq.is_not(None),
                )
            )
            .limit(limit)
        )
        headless = (
            select(_ENTRY.c.item)
            .select_from(_ENTRY.outerjoin(_HEAD, _HEAD.c.item == _ENTRY.c.item))
            .where(_ENTRY.c.n == 0, _HEAD.c.item.is_(None))
            .limit(limit)
        )
        with self._database.reading() as connection:
            found = [*connection.execute(wrong).scalars(), *connection.execute(headless).scalars()]
        return [bytes(item) for item in dict.fromkeys(found)][:limit]

    def strays(self, limit: int) -> Sequence[str]:
        """Return a sentence for each row outside the log that the head row states."""
        found: list[str] = []
        with self._database.reading() as connection:
            size = read_size(connection)
            first, last = connection.execute(
                select(func.min(_ENTRY.c.seq), func.max(_ENTRY.c.seq))
            ).one()
            if size != (0 if last is None else last + 1) or (first or 0) != 0:
                found.append(f"the head row states {size} entries, and they do not end there")
            outside = or_(_DISCLOSURE.c.seq < 0, _DISCLOSURE.c.seq >= size)
            lost = select(_DISCLOSURE.c.seq, _DISCLOSURE.c.digest).where(outside).limit(limit)
            found += [
                f"a hidden field ({bytes(digest).hex()[:16]}…) lies under entry {seq}, not there"
                for seq, digest in connection.execute(lost)
            ]
        return found

    def views(self) -> Iterator[tuple[int, View]]:
        """Yield every stored view with its place among its entry's views, in no stated order."""
        for row in self._rows(ITEM_VIEW):
            yield 0, item_view(row)
        for row in self._rows(EXEMPLAR_VIEW):
            yield row.pos, exemplar_view(row)
        for row in self._rows(OCCURRENCE_VIEW):
            yield row.pos, occurrence_view(row)

    def _rows(self, table: Table) -> Iterator[Any]:
        with self._database.reading() as connection:
            yield from connection.execution_options(yield_per=_PAGE).execute(select(table))
