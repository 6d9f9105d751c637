"""Tables are views: dropped and derived again from the ledger, they are the same rows."""

import sqlite3

from tests.desk.scene import Scene


def test_rebuilding_changes_nothing(full: Scene) -> None:
    """On a desk that holds one of everything, the views after a rebuild are those before it."""
    with full.open() as desk:
        before = list(desk.parts.views.dump())
        rows = desk.rebuild()
        after = list(desk.parts.views.dump())
    assert before == after
    assert {line.split()[0] for line in before} == {
        "item_view", "exemplar_view", "occurrence_view",
    }  # fmt: skip
    assert rows == len(before)


def test_a_rebuild_repairs_the_views(full: Scene) -> None:
    """Rows that were edited, deleted or added to the views are right again after a rebuild."""
    with full.open() as desk:
        before = list(desk.parts.views.dump())
    with sqlite3.connect(full.database) as database:
        database.execute("UPDATE item_view SET number = number + 100")
        database.execute("DELETE FROM exemplar_view WHERE seq > 4")
        database.execute("UPDATE occurrence_view SET mark = NULL")
    database.close()
    with full.open() as desk:
        assert list(desk.parts.views.dump()) != before
        desk.rebuild()
        assert list(desk.parts.views.dump()) == before
