"""Contract of the port `Views`, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, delete, insert, select

from provenance.errors import StoreFault
from provenance.ports import NewEntry, Views
from provenance.records import DESK_ITEM
from provenance.views import ExemplarView, ItemView, OccurrenceView, View
from provenance_store.database import Database
from provenance_store.find import accession_begins, accession_parts, hex_begins
from provenance_store.ledger import SqlLedger
from provenance_store.tables import METADATA
from provenance_store.view_rows import ITEM_VIEW
from provenance_store.views import FIND_LIMIT, SqlViews
from tests.store.material import YEAR, append, arrival, digest, item_id, new_entry


@pytest.fixture
def views(database: Database) -> SqlViews:
    """The views in `database`."""
    return SqlViews(database)


def _again(seq: int, item: str, data: str) -> NewEntry:
    sha256 = digest(data)
    mark = digest(f"mark {seq}")[:16]
    both: tuple[View, ...] = (
        OccurrenceView(seq=seq, item=item_id(item), sha256=sha256, mark=mark),
        ExemplarView(sha256=sha256, item=item_id(item), size=1, seq=seq),
        OccurrenceView(seq=seq, item=item_id(item), sha256=sha256, mark=None),
    )
    return new_entry(f"again {seq}", item=item, n=seq, kind="item.received", views=both)


def _fill(ledger: SqlLedger) -> list[NewEntry]:
    entries = [
        arrival(0),
        arrival(1),
        _again(2, "item 0", "data 0"),
        new_entry("f", item="item 1", n=1, kind="finding"),
        _again(4, "item 0", "other"),
    ]
    with ledger.writing() as writer:
        append(writer, entries[:3])
        append(writer, entries[3:])
    return entries


def _derived(entries: list[NewEntry]) -> Iterator[tuple[int, View]]:
    return ((seq, view) for seq, entry in enumerate(entries) for view in entry.views)


def test_items_come_in_order_of_arrival(ledger: SqlLedger, views: SqlViews) -> None:
    """All items come back, in order of arrival, also when they fill more than a page."""
    port: Views = views
    assert list(port.items()) == []
    with ledger.writing() as writer:
        append(writer, [arrival(i) for i in range(1001)])
    found = list(port.items())
    assert [v.first_seq for v in found] == list(range(1001))
    assert found[0].accession == f"{YEAR}-0001"
    assert found[0].item == item_id("item 0")


def test_holdings_come_in_order_of_arrival(ledger: SqlLedger, views: SqlViews) -> None:
    """Exemplars and occurrences keep their order; bytes that arrive again are no new exemplar."""
    entries = _fill(ledger)
    expected = [*entries[0].views[1:], entries[2].views[0], entries[2].views[2], *entries[4].views]
    assert views.holdings(item_id("item 0")) == expected
    assert views.holdings(item_id("unknown")) == []


def test_known_marks(ledger: SqlLedger, views: SqlViews) -> None:
    """Only marks that an occurrence carries are known; more than one IN list takes works too."""
    with ledger.writing() as writer:
        append(writer, [arrival(i) for i in range(700)])
    known = [digest(f"mark {i}")[:16] for i in range(700)]
    unknown = [digest(f"other {i}")[:16] for i in range(700)]
    assert views.known_marks(known + unknown) == frozenset(known)
    assert views.known_marks([]) == frozenset()


def test_items_that_are_not_listed(ledger: SqlLedger, views: SqlViews, database: Database) -> None:
    """An item with entries and without an item row is named; the desk's own item never is."""
    _fill(ledger)
    with ledger.writing() as writer:
        append(writer, [replace(new_entry("desk"), item=DESK_ITEM)])
    assert views.unlisted() == []
    with database.writing() as connection:
        connection.execute(delete(ITEM_VIEW))
    assert views.unlisted() == sorted([item_id("item 0"), item_id("item 1")])


def test_latest_of_a_type(ledger: SqlLedger, views: SqlViews) -> None:
    """`latest` names each item's newest entry of these types."""
    _fill(ledger)
    assert views.latest(["item.received"]) == {item_id("item 0"): 4, item_id("item 1"): 1}
    assert views.latest(["finding", "item.received"]) == {
        item_id("item 0"): 4,
        item_id("item 1"): 3,
    }
    assert views.latest(["verdict.signed"]) == {}
    assert views.latest([]) == {}


def test_an_accession_number_is_given_once(ledger: SqlLedger) -> None:
    """A second item with the same accession number is refused with its whole batch."""
    twice = arrival(0).views[0]
    assert isinstance(twice, ItemView)
    clash = replace(twice, item=item_id("other"), first_seq=1)

    def write() -> None:
        with ledger.writing() as writer:
            append(writer, [arrival(0), new_entry("x", item="other", views=(clash,))])

    with pytest.raises(StoreFault):
        write()
    assert ledger.size() == 0


def test_find_by_every_handle(ledger: SqlLedger, views: SqlViews) -> None:
    """An item is found by accession number, id or digest, in full or by its beginning."""
    _fill(ledger)
    wanted = [item_id("item 0")]
    sha256, item = digest("other").hex(), item_id("item 0").hex()
    for text in ("2026-0001", item, item[:9], item.upper(), sha256, sha256[:11], f" {sha256} "):
        assert [v.item for v in views.find(text)] == wanted, text
    assert len(views.find("2026")) == 2
    assert len(views.find("2026-")) == 2
    assert len(views.find("2026-000")) == 2


@pytest.mark.parametrize(
    "text", ["2026-0009", "2027", "no such", "%", "'; --", "2026-1", "0" * 65, "2026-00001", "é"]
)
def test_find_nothing(ledger: SqlLedger, views: SqlViews, text: str) -> None:
    """What names nothing finds nothing, whatever characters it is made of."""
    _fill(ledger)
    assert list(views.find(text)) == []


def test_a_full_accession_number_is_the_only_answer(ledger: SqlLedger, views: SqlViews) -> None:
    """2026-1000 means that item, although 2026-10000 begins so too."""
    entries = []
    for seq, number in enumerate((1000, 10000)):
        view = ItemView(item=item_id(str(number)), year=YEAR, number=number, first_seq=seq)
        entries.append(new_entry(str(seq), item=str(number), views=(view,)))
    with ledger.writing() as writer:
        append(writer, entries)
    assert [v.number for v in views.find("2026-1000")] == [1000]
    assert [v.number for v in views.find("2026-100")] == [1000, 10000]


def test_find_stops_at_its_limit(ledger: SqlLedger, views: SqlViews) -> None:
    """A beginning that many items share yields the first of them only."""
    with ledger.writing() as writer:
        append(writer, [arrival(i) for i in range(FIND_LIMIT + 5)])
    assert [v.first_seq for v in views.find("2026")] == list(range(FIND_LIMIT))


def test_a_rebuild_yields_the_same_rows(ledger: SqlLedger, views: SqlViews) -> None:
    """Views derived again from the entries equal those that grew with them, row by row."""
    entries = _fill(ledger)
    before = list(views.dump())
    assert len(before) == 2 + 3 + 6
    views.rebuild(_derived(entries))
    assert list(views.dump()) == before


def test_a_rebuild_replaces_what_was_there(ledger: SqlLedger, views: SqlViews) -> None:
    """A damaged view is healed by a rebuild, and a rebuild from nothing leaves nothing."""
    entries = _fill(ledger)
    before = list(views.dump())
    views.rebuild(_derived(entries[:1]))
    assert list(views.dump()) != before
    views.rebuild(iter(()))
    assert list(views.dump()) == []
    views.rebuild(_derived(entries))
    assert list(views.dump()) == before


def test_a_failed_rebuild_leaves_the_views(ledger: SqlLedger, views: SqlViews) -> None:
    """A rebuild that fails half-way changes nothing."""
    entries = _fill(ledger)
    before = list(views.dump())

    def broken() -> Iterator[tuple[int, View]]:
        yield from _derived(entries[:2])
        raise StoreFault("the ledger could not be read")

    with pytest.raises(StoreFault, match="the ledger could not be read"):
        views.rebuild(broken())
    assert list(views.dump()) == before


def test_a_rebuild_reads_the_log_meanwhile(ledger: SqlLedger, views: SqlViews) -> None:
    """The views may be derived from the log while they are replaced, page by page."""
    count = 2500
    with ledger.writing() as writer:
        append(writer, [arrival(i) for i in range(count)])
    before = list(views.dump())
    views.rebuild(
        (entry.seq, view) for entry in ledger.entries(0, count) for view in arrival(entry.seq).views
    )
    assert list(views.dump()) == before


@pytest.fixture(scope="module")
def numbered() -> Iterator[Engine]:
    """A table of items with awkward accession numbers, in memory."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    numbers = [0, 1, 9, 10, 99, 100, 999, 1000, 1001, 1999, 2000, 9999, 10000, 10009, 123456]
    rows = [
        {"item": digest(f"{y} {n}")[:16], "year": y, "number": n, "first_seq": i * 10 + j}
        for i, n in enumerate(numbers)
        for j, y in enumerate((1999, 2000, 2026))
    ]
    with engine.begin() as connection:
        connection.execute(insert(ITEM_VIEW), rows)
    yield engine
    engine.dispose()


@given(text=st.from_regex(r"(19|20)?(2)?[0-9]{0,2}(-[0-9]{0,6})?", fullmatch=True))
def test_a_beginning_means_what_a_person_sees(numbered: Engine, text: str) -> None:
    """The ranges that `find` asks for select exactly the numbers whose text begins so."""
    condition = accession_begins(text)
    with numbered.connect() as connection:
        every = connection.execute(select(ITEM_VIEW)).all()
        found = (
            set()
            if condition is None
            else {row.item for row in connection.execute(select(ITEM_VIEW).where(condition))}
        )
    shown = {row.item for row in every if f"{row.year}-{row.number:04d}".startswith(text)}
    assert found == (shown if text else set())


@given(number=st.integers(0, 10**9 - 1), year=st.integers(1000, 9999))
def test_a_full_accession_number_is_read_back(number: int, year: int) -> None:
    """What `accession` shows is what `find` understands."""
    view = ItemView(item=bytes(16), year=year, number=number, first_seq=0)
    assert accession_parts(view.accession) == (year, number)


@given(value=st.binary(min_size=16, max_size=16), length=st.integers(1, 32))
def test_a_hex_beginning_includes_its_value(value: bytes, length: int) -> None:
    """The range of a hex beginning includes the value it was cut from."""
    condition = hex_begins(ITEM_VIEW.c.item, value.hex()[:length], length=16)
    assert condition is not None
    low, high = (bound.value for bound in condition.right.clauses)
    assert low <= value <= high
    assert {low.hex()[:length], high.hex()[:length]} == {value.hex()[:length]}
