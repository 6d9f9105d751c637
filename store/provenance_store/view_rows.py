"""Turn views into rows and back: the one place that knows how each kind lies in its table.

`pos` is a view's place among its own entry's views: with it, order of arrival is a total order
that a rebuild reproduces. The first exemplar of the same bytes in the same item stays; later ones
add nothing (what arrives again is an occurrence).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row

from provenance.errors import UsageError
from provenance.views import ExemplarView, ItemView, OccurrenceView, View
from provenance_store.statements import insert_rows
from provenance_store.tables import ExemplarViewRow, ItemViewRow, OccurrenceViewRow, table_of

ITEM_VIEW: Final = table_of(ItemViewRow)
EXEMPLAR_VIEW: Final = table_of(ExemplarViewRow)
OCCURRENCE_VIEW: Final = table_of(OccurrenceViewRow)

_Place = tuple[int, int, View]
"""An entry's seq, a view's place among the views of that entry, the view."""


def insert_views(connection: Connection, views: Iterable[_Place]) -> None:
    """Insert views, each with its entry's seq and its place among that entry's views.

    Raises:
        UsageError: a view names another entry than its own.
    """
    items: list[tuple[Any, ...]] = []
    exemplars: list[tuple[Any, ...]] = []
    occurrences: list[tuple[Any, ...]] = []
    for seq, pos, view in views:
        named = view.first_seq if isinstance(view, ItemView) else view.seq
        if named != seq:
            raise UsageError(f"a view of entry {seq} names entry {named}")
        if isinstance(view, ItemView):
            items.append((view.item, seq, view.year, view.number))
        elif isinstance(view, ExemplarView):
            exemplars.append((view.sha256, view.item, view.size, seq, pos))
        else:
            occurrences.append((seq, pos, view.item, view.sha256, view.mark))
    insert_rows(connection, ITEM_VIEW, items)
    insert_rows(connection, EXEMPLAR_VIEW, exemplars, "keep")
    insert_rows(connection, OCCURRENCE_VIEW, occurrences)


def item_view(row: Row[Any]) -> ItemView:
    """Return the view that a row of `item_view` holds."""
    return ItemView(item=row.item, year=row.year, number=row.number, first_seq=row.first_seq)


def exemplar_view(row: Row[Any]) -> ExemplarView:
    """Return the view that a row of `exemplar_view` holds."""
    return ExemplarView(sha256=row.sha256, item=row.item, size=row.size, seq=row.seq)


def occurrence_view(row: Row[Any]) -> OccurrenceView:
    """Return the view that a row of `occurrence_view` holds."""
    return OccurrenceView(seq=row.seq, item=row.item, sha256=row.sha256, mark=row.mark)


def placed(first_seq: int, views: Sequence[Sequence[View]]) -> Iterable[_Place]:
    """Yield (seq, pos, view) for the views of consecutive entries from `first_seq` on."""
    for seq, of_entry in enumerate(views, first_seq):
        for pos, view in enumerate(of_entry):
            yield seq, pos, view
