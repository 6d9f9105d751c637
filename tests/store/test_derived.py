"""Contract of the port `Derived` and of sealed rows by subject, on both databases."""

from typing import TYPE_CHECKING

from sqlalchemy import text

from provenance.views import ItemView
from provenance_store.database import Database
from provenance_store.derived import SqlDerived
from provenance_store.ledger import SqlLedger
from tests.store.material import append, arrival, item_id, new_entry

if TYPE_CHECKING:
    from provenance.ports import Derived


def fill(ledger: SqlLedger) -> None:
    with ledger.writing() as writer:
        append(writer, [arrival(0), arrival(1), new_entry("note", item="item 1", n=1)])


def change(database: Database, statement: str) -> None:
    with database.transaction() as connection:
        assert connection.execute(text(statement)).rowcount > 0


def test_rows_come_back_as_they_were_appended(database: Database, ledger: SqlLedger) -> None:
    """Index columns and views are handed out whole; an untouched store has nothing odd."""
    fill(ledger)
    derived: Derived = SqlDerived(database)
    rows = derived.entry_rows(0, 3)
    assert [(row.seq, row.n, row.type) for row in rows] == [
        (0, 0, "item.received"),
        (1, 0, "item.received"),
        (2, 1, "note"),
    ]
    assert rows[2].item == item_id("item 1")
    views = list(derived.views())
    assert len(views) == 6
    assert sum(isinstance(view, ItemView) for _, view in views) == 2
    assert derived.odd_item_heads(9) == []
    assert derived.strays(9) == []


def test_odd_rows_are_told(database: Database, ledger: SqlLedger) -> None:
    """A head that is not the newest, a missing one, a stray field, a wrong length: each is told."""
    fill(ledger)
    derived = SqlDerived(database)
    change(database, "UPDATE item_head SET n = 0 WHERE n = 1")
    assert derived.odd_item_heads(9) == [item_id("item 1")]
    change(database, "DELETE FROM item_head")
    assert set(derived.odd_item_heads(9)) == {item_id("item 0"), item_id("item 1")}
    change(database, "UPDATE disclosure SET seq = 77 WHERE seq = 1")
    assert all("entry 77" in each for each in derived.strays(9))
    assert len(derived.strays(3)) == 3
    change(database, "UPDATE head SET size = 2")
    assert any("head row" in each for each in derived.strays(9))


def test_sealed_rows_are_found_and_erased_by_subject(ledger: SqlLedger) -> None:
    """Under the write lock or not, a subject's rows are listed in log order and deleted alone."""
    with ledger.writing() as writer:
        append(
            writer,
            [
                new_entry("a", hidden=2, subject="source-label:a"),
                new_entry("b", n=1, hidden=1, subject="source-label:b"),
                new_entry("c", n=2, hidden=1, subject="source-label:a"),
            ],
        )
    assert ledger.subjects("source-label:") == ["source-label:a", "source-label:b"]
    assert ledger.subjects("source_label:") == []
    assert [seq for seq, _ in ledger.sealed_under("source-label:a")] == [0, 0, 2]
    with ledger.writing() as writer:
        assert len(writer.sealed_under("source-label:a")) == 3
        assert writer.erase("source-label:a") == 3
    ledger.truncate_journal()
    assert ledger.subjects("") == ["source-label:b"]
