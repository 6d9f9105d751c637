"""The derived views in the database (port `Views`): fast answers, never the truth."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Table, bindparam, delete, func, or_, select

from provenance.records import DESK_ITEM
from provenance.views import ItemView, View
from provenance_store.database import Database
from provenance_store.find import accession_begins, accession_parts, hex_begins
from provenance_store.statements import in_parts, is_one_of
from provenance_store.tables import Entry, ItemHeadRow, table_of
from provenance_store.view_rows import (
    EXEMPLAR_VIEW,
    ITEM_VIEW,
    OCCURRENCE_VIEW,
    exemplar_view,
    insert_views,
    item_view,
    occurrence_view,
)

FIND_LIMIT: Final = 20  # rows; whoever needs more has to give more of the id

_PAGE: Final = 1000  # rows in memory at a time
_ENTRY: Final = table_of(Entry)
_ITEM_HEAD: Final = table_of(ItemHeadRow)
_VIEWS: Final[tuple[Table, ...]] = (EXEMPLAR_VIEW, ITEM_VIEW, OCCURRENCE_VIEW)
_ITEMS_AFTER: Final = (
    select(ITEM_VIEW)
    .where(ITEM_VIEW.c.first_seq > bindparam("after"))
    .order_by(ITEM_VIEW.c.first_seq)
    .limit(_PAGE)
)


class SqlViews:
    """The views of one desk. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def items(self) -> Iterator[ItemView]:
        """Yield all items in order of arrival."""
        after = -1
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_ITEMS_AFTER, {"after": after}).all()
            yield from map(item_view, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1].first_seq

    def unlisted(self) -> Sequence[bytes]:
        """Return items that have entries and that `items` does not yield; never `DESK_ITEM`."""
        listed = select(ITEM_VIEW.c.item).where(ITEM_VIEW.c.item == _ITEM_HEAD.c.item)
        query = (
            select(_ITEM_HEAD.c.item)
            .where(_ITEM_HEAD.c.item != DESK_ITEM, ~listed.exists())
            .order_by(_ITEM_HEAD.c.item)
        )
        with self._database.reading() as connection:
            return [bytes(item) for item in connection.execute(query).scalars()]

    def find(self, text: str) -> Sequence[ItemView]:
        """Return items whose accession number, hex id or an exemplar's SHA-256 hex starts so."""
        exact = accession_parts(text)
        if exact is not None:
            found = self._items_where(
                (ITEM_VIEW.c.year == exact[0]) & (ITEM_VIEW.c.number == exact[1])
            )
            if found:
                return found
        conditions = [c for c in _beginnings(text.strip().lower()) if c is not None]
        return self._items_where(or_(*conditions)) if conditions else ()

    def holdings(self, item: bytes) -> Sequence[View]:
        """Return exemplars and occurrences of an item, in order of arrival."""
        with self._database.reading() as connection:
            exemplars = connection.execute(
                select(EXEMPLAR_VIEW).where(EXEMPLAR_VIEW.c.item == item)
            ).all()
            occurrences = connection.execute(
                select(OCCURRENCE_VIEW).where(OCCURRENCE_VIEW.c.item == item)
            ).all()
        placed: list[tuple[int, int, View]] = [
            *((row.seq, row.pos, exemplar_view(row)) for row in exemplars),
            *((row.seq, row.pos, occurrence_view(row)) for row in occurrences),
        ]
        return [view for _, _, view in sorted(placed, key=lambda place: place[:2])]

    def known_marks(self, marks: Sequence[bytes]) -> frozenset[bytes]:
        """Return those of these arrival marks that some occurrence already carries."""
        found: set[bytes] = set()
        with self._database.reading() as connection:
            for part in in_parts(marks):
                known = is_one_of(connection, OCCURRENCE_VIEW.c.mark, part)
                query = select(OCCURRENCE_VIEW.c.mark).where(known)
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def latest(self, types: Sequence[str]) -> Mapping[bytes, int]:
        """Return item -> seq of its newest entry of one of these types."""
        query = (
            select(_ENTRY.c.item, func.max(_ENTRY.c.seq))
            .where(_ENTRY.c.type.in_(types))
            .group_by(_ENTRY.c.item)
        )
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def rebuild(self, views: Iterator[tuple[int, View]]) -> None:
        """Replace all views by these (each with its entry's seq), in one transaction.

        Views of one entry come together, in the order in which the entry was appended with them.
        """
        with self._database.writing() as connection:
            for table in _VIEWS:
                connection.execute(delete(table))
            for page in _pages(_place(views)):
                insert_views(connection, page)

    def dump(self) -> Iterator[str]:
        """Yield every row of every view as one line of text, in a fixed order: for comparison."""
        for table in _VIEWS:
            query = select(table).order_by(*table.primary_key.columns)
            with self._database.reading() as connection:
                stream = connection.execution_options(yield_per=_PAGE).execute(query)
                for row in stream:
                    yield _line(table, row)

    def _items_where(self, condition: ColumnElement[bool]) -> Sequence[ItemView]:
        query = select(ITEM_VIEW).where(condition).order_by(ITEM_VIEW.c.first_seq)
        with self._database.reading() as connection:
            return [item_view(row) for row in connection.execute(query.limit(FIND_LIMIT))]


def _beginnings(text: str) -> Iterator[ColumnElement[bool] | None]:
    yield accession_begins(text)
    yield hex_begins(ITEM_VIEW.c.item, text, length=16)
    digest = hex_begins(EXEMPLAR_VIEW.c.sha256, text, length=32)
    if digest is not None:
        yield ITEM_VIEW.c.item.in_(select(EXEMPLAR_VIEW.c.item).where(digest))


def _place(views: Iterator[tuple[int, View]]) -> Iterator[tuple[int, int, View]]:
    for seq, of_entry in groupby(views, key=lambda pair: pair[0]):
        for pos, (_, view) in enumerate(of_entry):
            yield seq, pos, view


def _pages(placed: Iterator[tuple[int, int, View]]) -> Iterator[list[tuple[int, int, View]]]:
    page: list[tuple[int, int, View]] = []
    for place in placed:
        page.append(place)
        if len(page) == _PAGE:
            yield page
            page = []
    yield page


def _line(table: Table, row: Row[Any]) -> str:
    shown = (
        f"{column.name}={value.hex() if isinstance(value, bytes) else value}"
        for column, value in zip(table.columns, row, strict=True)
    )
    return f"{table.name} {' '.join(shown)}"
