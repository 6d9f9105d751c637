"""Contract of the port `Ledger`, on SQLite and on PostgreSQL."""

import pickle
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from provenance.errors import DeskCorrupt, DeskLocked, StoreFault, UsageError
from provenance.ports import ItemHead, ItemPage, Ledger, LedgerWriter
from provenance.views import ItemView
from provenance_store.database import Database
from provenance_store.ledger import PAGE, SqlLedger
from tests.store.material import (
    YEAR,
    append,
    arrival,
    digest,
    item_id,
    new_entry,
    open_database,
    sealed,
)


def test_an_empty_log_is_empty(ledger: SqlLedger) -> None:
    """A new desk has no entry, no tile and no item head."""
    port: Ledger = ledger
    assert port.size() == 0
    assert port.tile(0, 0) == b""
    assert list(port.entries(0, 100)) == []
    assert list(port.entries_of(item_id("item"))) == [ItemPage(rows=[], head=None)]
    with port.writing() as writer:
        opened: LedgerWriter = writer
        assert opened.size() == 0
        assert opened.item_heads([item_id("item")]) == {}
        assert opened.holders([digest("data")]) == {}
        assert opened.accessions(YEAR) == 0


def test_what_is_appended_is_read_back(ledger: SqlLedger) -> None:
    """Entries come back in order with their bytes, numbered from 0 without gaps."""
    with ledger.writing() as writer:
        append(writer, [arrival(0), arrival(1)])
        assert writer.size() == 2
        append(writer, [arrival(2)])
        assert writer.tile(0, 0) == digest("tile 3")
    assert ledger.size() == 3
    assert ledger.tile(0, 0) == digest("tile 3")
    read = list(ledger.entries(0, 10, disclosures=True))
    assert [(e.seq, e.leaf) for e in read] == [(i, arrival(i).leaf) for i in range(3)]
    assert [set(e.disclosures) for e in read] == [set(arrival(i).disclosures) for i in range(3)]
    assert all(e.disclosures == () for e in ledger.entries(0, 10))


def test_leaves_are_read_elsewhere(ledger: SqlLedger) -> None:
    """A reader of leaves survives pickling and yields what `leaves` yields, gaps included."""
    with ledger.writing() as writer:
        append(writer, [new_entry(str(i), n=i) for i in range(6)])
    port: Ledger = ledger
    reader = pickle.loads(pickle.dumps(port.leaf_reader()))  # noqa: S301 made here
    assert [list(page) for page in reader(1, 5)] == [list(page) for page in port.leaves(1, 5)]
    assert [seq for page in reader(0, 99) for seq, _ in page] == list(range(6))


def test_a_range_of_entries_is_half_open(ledger: SqlLedger) -> None:
    """`entries` yields start <= seq < stop, and nothing for an empty or absent range."""
    with ledger.writing() as writer:
        append(writer, [new_entry(str(i), n=i) for i in range(6)])
    assert [e.seq for e in ledger.entries(2, 5)] == [2, 3, 4]
    assert [e.seq for e in ledger.entries(5, 5)] == []
    assert [e.seq for e in ledger.entries(4, 2)] == []
    assert [e.seq for e in ledger.entries(6, 99)] == []


def test_entries_come_in_pages(ledger: SqlLedger) -> None:
    """More entries than a page holds come back complete and in order, also for one item."""
    count = 2 * PAGE + 3
    with ledger.writing() as writer:
        append(writer, [new_entry(str(i), n=i, hidden=1) for i in range(count)])
    assert [e.seq for e in ledger.entries(0, count + 5)] == list(range(count))
    pages = list(ledger.entries_of(item_id("item")))
    read = [row.stored for page in pages for row in page.rows]
    assert len(pages) == -(-count // PAGE)
    assert [e.seq for e in read] == list(range(count))
    assert all(e.disclosures == (sealed(f"{e.seq} 0"),) for e in read)


def test_leaves_come_in_pages(ledger: SqlLedger) -> None:
    """`leaves` yields what `entries` yields, as bytes, half-open, and never an empty page."""
    count = 2 * PAGE + 3
    with ledger.writing() as writer:
        append(writer, [new_entry(str(i), n=i, hidden=1) for i in range(count)])
    for start, stop in ((0, count + 5), (PAGE - 2, PAGE + 2), (7, 7), (9, 4), (count, count + 9)):
        pages = list(ledger.leaves(start, stop))
        read = [(seq, bytes(leaf)) for page in pages for seq, leaf in page]
        assert read == [(e.seq, e.leaf) for e in ledger.entries(start, stop)]
        assert all(0 < len(page) <= PAGE for page in pages)
    assert {type(leaf) for page in ledger.leaves(0, 3) for _, leaf in page} == {bytes}


def test_many_tiles_are_read_in_one_transaction(ledger: SqlLedger) -> None:
    """Within `tiles` committed tiles are read and no writer waits; the next one sees his work."""
    with ledger.writing() as writer:
        append(writer, [arrival(0)])
    with ledger.tiles() as tile:
        assert tile(0, 0) == digest("tile 1")
        with ledger.writing() as writer:
            append(writer, [arrival(1)])
        assert tile(0, 0) in (digest("tile 1"), digest("tile 2"))  # as the isolation has it
        assert tile(3, 9) == b""
        assert ledger.tile(0, 0) == digest("tile 2")
    with ledger.tiles() as tile:
        assert tile(0, 0) == digest("tile 2")


def test_reading_holds_no_lock(ledger: SqlLedger) -> None:
    """A writer gets through while a reader is in the middle of the log."""
    with ledger.writing() as writer:
        append(writer, [new_entry(str(i), n=i) for i in range(PAGE + 5)])
    reader = ledger.entries(0, 10 * PAGE)
    next(reader)
    with ledger.writing() as writer:
        append(writer, [new_entry("late", n=PAGE + 5)])
    assert len(list(reader)) == PAGE + 5


def test_entries_of_an_item_are_ordered_by_n(ledger: SqlLedger) -> None:
    """All of an item's entries come in order of `n`, as the index has them, with its head."""
    with ledger.writing() as writer:
        append(
            writer,
            [
                new_entry("a1", item="a", n=1, kind="accessed", hidden=1),
                new_entry("b0", item="b", n=0),
                new_entry("a0", item="a", n=0, hidden=2),
                new_entry("a2", item="a", n=2, kind="finding", hidden=1),
            ],
        )
    (page,) = ledger.entries_of(item_id("a"))
    assert [(row.stored.leaf, row.n, row.type) for row in page.rows] == [
        (b"leaf a0", 0, "note"),
        (b"leaf a1", 1, "accessed"),
        (b"leaf a2", 2, "finding"),
    ]
    assert [len(row.stored.disclosures) for row in page.rows] == [2, 1, 1]
    assert page.head == ItemHead(n=2, leaf_hash=new_entry("a2").leaf_hash)
    (page,) = ledger.entries_of(item_id("a"), types=["note", "finding"])
    assert [len(row.stored.disclosures) for row in page.rows] == [2, 0, 1]
    (page,) = ledger.entries_of(item_id("a"), types=[])
    assert [row.stored.disclosures for row in page.rows] == [(), (), ()]


def test_a_page_that_is_full_is_the_last_where_nothing_follows(ledger: SqlLedger) -> None:
    """An item with exactly as many entries as a page has comes in one page, with its head."""
    with ledger.writing() as writer:
        append(writer, [new_entry(str(i), n=i) for i in range(PAGE)])
    (page,) = ledger.entries_of(item_id("item"))
    assert page.head == ItemHead(n=PAGE - 1, leaf_hash=new_entry(str(PAGE - 1)).leaf_hash)


def test_heads_and_holders_are_seen_inside_the_transaction(ledger: SqlLedger) -> None:
    """The writer's questions are answered with what this transaction itself has appended."""
    with ledger.writing() as writer:
        append(writer, [arrival(0), arrival(1), new_entry("x", item="item 0", n=1)])
        heads = writer.item_heads([item_id("item 0"), item_id("item 1"), item_id("none")])
        assert heads == {
            item_id("item 0"): ItemHead(n=1, leaf_hash=new_entry("x").leaf_hash),
            item_id("item 1"): ItemHead(n=0, leaf_hash=arrival(1).leaf_hash),
        }
        wanted = [digest("data 0"), digest("data 1"), digest("data 2")]
        assert writer.holders(wanted) == {
            digest("data 0"): item_id("item 0"),
            digest("data 1"): item_id("item 1"),
        }
        assert writer.accessions(YEAR) == 2
        assert writer.accessions(YEAR + 1) == 0


def test_many_questions_at_once(ledger: SqlLedger) -> None:
    """More ids than one IN list takes are answered in full."""
    count = 1201
    with ledger.writing() as writer:
        append(writer, [arrival(i) for i in range(count)])
        assert len(writer.item_heads([item_id(f"item {i}") for i in range(count)])) == count
        assert len(writer.holders([digest(f"data {i}") for i in range(count)])) == count


def test_the_first_holder_of_bytes_is_named(ledger: SqlLedger) -> None:
    """Bytes that two items hold belong to the item that received them first."""
    with ledger.writing() as writer:
        append(writer, [arrival(0, data="same"), arrival(1, data="same")])
        assert writer.holders([digest("same")]) == {digest("same"): item_id("item 0")}


class _Stop(Exception):
    pass


@pytest.mark.parametrize("reason", [_Stop, KeyboardInterrupt])
def test_an_exception_rolls_everything_back(ledger: SqlLedger, reason: type[BaseException]) -> None:
    """Leaving `writing` by an exception leaves no trace, and the next number is not skipped."""
    with ledger.writing() as writer:
        append(writer, [arrival(0)])

    def fail() -> None:
        with ledger.writing() as writer:
            append(writer, [arrival(1)])
            raise reason

    with pytest.raises(reason):
        fail()
    assert ledger.size() == 1
    assert ledger.tile(0, 0) == digest("tile 1")
    assert len(list(ledger.entries(0, 9))) == 1
    with ledger.writing() as writer:
        assert writer.item_heads([item_id("item 1")]) == {}
        append(writer, [arrival(1)])
    assert [e.seq for e in ledger.entries(0, 9)] == [0, 1]


def test_a_refused_row_rolls_back_and_is_not_quoted(ledger: SqlLedger) -> None:
    """Two entries with one `n` of an item are refused in words that quote neither."""
    subject = "source:S-7-secret"

    def fail() -> None:
        with ledger.writing() as writer:
            append(writer, [new_entry("a", n=0), new_entry("b", n=0, hidden=1, subject=subject)])

    with pytest.raises(StoreFault) as caught:
        fail()
    assert caught.value.__suppress_context__
    assert "secret" not in str(caught.value)
    assert item_id("item").hex() not in str(caught.value)
    assert ledger.size() == 0


def test_a_view_of_another_entry_is_refused(ledger: SqlLedger) -> None:
    """A view that names another entry than its own is a mistake of the caller."""
    stray = ItemView(item=item_id("item"), year=YEAR, number=1, first_seq=7)

    def fail() -> None:
        with ledger.writing() as writer:
            append(writer, [new_entry("a", views=(stray,))])

    with pytest.raises(UsageError, match="entry 0 names entry 7"):
        fail()
    assert ledger.size() == 0


def test_a_second_writer_waits_then_gets_locked(ledger: SqlLedger, address: str) -> None:
    """While one writes, another waits for its time-out, gets DeskLocked, and can write later."""
    other = open_database(address, lock_timeout=0.05)
    second = SqlLedger(other)

    def write() -> None:
        with second.writing() as writer:
            append(writer, [new_entry("b", n=1)])

    with ledger.writing() as writer:
        append(writer, [new_entry("a")])
        with pytest.raises(DeskLocked):
            write()
    write()
    assert second.size() == 2
    other.close()


def test_threads_append_one_after_the_other(ledger: SqlLedger) -> None:
    """Four threads that share one ledger leave all their entries, numbered without gaps."""

    def work(name: int) -> None:
        for i in range(10):
            with ledger.writing() as writer:
                append(writer, [new_entry(f"{name} {i}", item=str(name), n=i)])

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.seq for e in ledger.entries(0, 99)] == list(range(40))
    for name in range(4):
        (page,) = ledger.entries_of(item_id(str(name)))
        of_item = [row.stored.leaf for row in page.rows]
        assert of_item == [f"leaf {name} {i}".encode() for i in range(10)]


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM entry WHERE seq = 2",
        "UPDATE head SET size = 2",
        "DELETE FROM head",
    ],
)
def test_a_cut_log_is_not_appended_to(ledger: SqlLedger, database: Database, damage: str) -> None:
    """A log that does not end where its head says refuses new entries."""
    with ledger.writing() as writer:
        append(writer, [new_entry(str(i), n=i) for i in range(3)])
    with database.transaction() as connection:
        connection.execute(text(damage))

    def write() -> None:
        with ledger.writing():
            pass

    with pytest.raises(DeskCorrupt):
        write()


def test_a_deleted_entry_shows_as_a_gap(ledger: SqlLedger, database: Database) -> None:
    """An entry that somebody deleted is absent; those after it are still read."""
    with ledger.writing() as writer:
        append(writer, [new_entry(str(i), n=i) for i in range(2 * PAGE)])
    with database.transaction() as connection:
        connection.execute(
            text("DELETE FROM entry WHERE seq BETWEEN 1 AND :last"), {"last": PAGE + 1}
        )
    assert [e.seq for e in ledger.entries(0, 9 * PAGE)][:2] == [0, PAGE + 2]
    assert len(list(ledger.entries(0, 9 * PAGE))) == PAGE - 1


def test_erased_disclosures_are_gone_and_others_stay(ledger: SqlLedger) -> None:
    """Erasing a subject takes its disclosures and nobody else's; the entry itself stays."""
    with ledger.writing() as writer:
        append(
            writer, [new_entry("a", hidden=2, subject="source:S-7"), new_entry("b", n=1, hidden=1)]
        )
    assert ledger.erase("source:S-7") == 2
    assert ledger.erase("source:S-7") == 0
    read = list(ledger.entries(0, 9, disclosures=True))
    assert [len(e.disclosures) for e in read] == [0, 1]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    leaves=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5),
    tile=st.binary(min_size=32, max_size=64),
)
def test_any_bytes_come_back(ledger: SqlLedger, leaves: list[bytes], tile: bytes) -> None:
    """Whatever bytes leaves and tiles are made of, they come back unchanged."""
    start = ledger.size()
    with ledger.writing() as writer:
        made = [new_entry(str(start + i), item=str(start + i)) for i in range(len(leaves))]
        batch = [
            type(entry)(
                leaf=leaf,
                leaf_hash=entry.leaf_hash,
                item=entry.item,
                n=0,
                type="note",
                disclosures=(),
                views=(),
            )
            for entry, leaf in zip(made, leaves, strict=True)
        ]
        writer.append(batch, {(1, start): tile})
    assert [e.leaf for e in ledger.entries(start, start + 99)] == leaves
    assert ledger.tile(1, start) == tile
