"""The append-only log in a database (port `Ledger`).

Reading goes in pages, each in its own short transaction: an entry never changes once committed, so
pages fit together, a slow reader holds no lock, and memory stays bounded whatever is read. An entry
that somebody deleted is simply not there: `seq` shows the gap, and judging it is the audit's work.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from sqlalchemy import Connection, bindparam, delete, func, select

from provenance.ports import (
    IndexedEntry,
    ItemHead,
    ItemPage,
    LeafReader,
    SealedDisclosure,
    StoredEntry,
)
from provenance_store.database import Database
from provenance_store.ledger_writer import (
    SqlLedgerWriter,
    read_sealed_under,
    read_size,
    read_tile,
)
from provenance_store.statements import read_rows
from provenance_store.tables import Disclosure, Entry, ItemHeadRow, table_of

GAP: Final = 4  # entries of others read along rather than asked around: some 20 rows
PAGE: Final = 1000  # entries in memory at a time: about 1 MB of leaves, 2.5 MB with disclosures

_ENTRY: Final = table_of(Entry)
_DISCLOSURE: Final = table_of(Disclosure)
_ITEM_HEAD: Final = table_of(ItemHeadRow)

_PAGE_OF_LOG: Final = (
    select(_ENTRY.c.seq, _ENTRY.c.leaf)
    .where(_ENTRY.c.seq >= bindparam("start"), _ENTRY.c.seq < bindparam("stop"))
    .order_by(_ENTRY.c.seq)
)
_NEXT: Final = select(func.min(_ENTRY.c.seq)).where(_ENTRY.c.seq >= bindparam("start"))
_PAGE_OF_ITEM: Final = (
    # One statement, and so of one moment on PostgreSQL as well: the head belongs to these rows.
    select(
        _ENTRY.c.seq,
        _ENTRY.c.leaf,
        _ENTRY.c.n,
        _ENTRY.c.type,
        _ITEM_HEAD.c.n,
        _ITEM_HEAD.c.leaf_hash,
    )
    .outerjoin_from(_ENTRY, _ITEM_HEAD, _ITEM_HEAD.c.item == _ENTRY.c.item)
    .where(_ENTRY.c.item == bindparam("item"), _ENTRY.c.n > bindparam("after"))
    .order_by(_ENTRY.c.n)
    .limit(PAGE)
)
_HEAD_OF_ITEM: Final = select(_ITEM_HEAD.c.n, _ITEM_HEAD.c.leaf_hash).where(
    _ITEM_HEAD.c.item == bindparam("item")
)
_HIDDEN: Final = select(
    _DISCLOSURE.c.seq, _DISCLOSURE.c.digest, _DISCLOSURE.c.subject, _DISCLOSURE.c.sealed
)
_HIDDEN_BETWEEN: Final = _HIDDEN.where(
    _DISCLOSURE.c.seq >= bindparam("first"), _DISCLOSURE.c.seq <= bindparam("last")
)

_BySeq = Mapping[int, Sequence[SealedDisclosure]]
_NONE: Final[_BySeq] = {}


@dataclass(frozen=True, slots=True)
class _LeafReader:
    """Opens the database for each stretch, and closes it after: nothing stays open elsewhere."""

    again: Callable[[], Database]

    def __call__(self, start: int, stop: int) -> Iterator[Sequence[tuple[int, bytes]]]:
        database = self.again()
        try:
            yield from SqlLedger(database).leaves(start, stop)
        finally:
            database.close()


class SqlLedger:
    """The log of one desk. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def writing(self) -> Iterator[SqlLedgerWriter]:
        """Open the write transaction: it commits when left normally, else rolls back."""
        with self._database.writing() as connection:
            yield SqlLedgerWriter(connection)

    def size(self) -> int:
        """Return the number of committed entries."""
        with self._database.reading() as connection:
            return read_size(connection)

    def tile(self, level: int, index: int) -> bytes:
        """Return the committed hashes of a tile; b"" if it has none."""
        with self._database.reading() as connection:
            return read_tile(connection, level, index)

    @contextmanager
    def tiles(self) -> Iterator[Callable[[int, int], bytes]]:
        """Open the tiles for several reads in one transaction: (level, index) -> hashes."""
        with self._database.reading() as connection:
            yield partial(read_tile, connection)

    def leaves(self, start: int, stop: int) -> Iterator[Sequence[tuple[int, bytes]]]:
        """Yield (seq, leaf) of entries start <= seq < stop in order, one page in memory at a time.

        The rows go out as the driver gave them: an object for each would cost more than its hash.
        """
        while start < stop:
            with self._database.reading() as connection:
                rows = read_rows(connection, _PAGE_OF_LOG, start, min(stop, start + PAGE))
                after = start + PAGE if rows else _first_from(connection, start)
            if rows:
                yield cast("Sequence[tuple[int, bytes]]", rows)
            if after is None:
                return
            start = after

    def leaf_reader(self) -> LeafReader:
        """Return what reads `leaves` and can travel to another process."""
        return _LeafReader(self._database.again)

    def entries(self, start: int, stop: int, *, disclosures: bool = False) -> Iterator[StoredEntry]:
        """Yield entries start <= seq < stop in order, one page in memory at a time."""
        while start < stop:
            with self._database.reading() as connection:
                rows = read_rows(connection, _PAGE_OF_LOG, start, min(stop, start + PAGE))
                after = start + PAGE if rows else _first_from(connection, start)
                hidden = _hidden_between(connection, rows) if disclosures and rows else _NONE
            for seq, leaf in rows:
                yield StoredEntry(
                    seq=seq, leaf=as_bytes(leaf), disclosures=tuple(hidden.get(seq, ()))
                )
            if after is None:
                return
            start = after

    def entries_of(self, item: bytes, *, types: Sequence[str] | None = None) -> Iterator[ItemPage]:
        """Yield all of an item's entries in order of `n`; disclosures of these types alone."""
        after = -1
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_PAGE_OF_ITEM, {"item": item, "after": after}).all()
                if not rows and after >= 0:
                    return  # the page before was full, and the last: its head is its last row
                wanted = [row[0] for row in rows if types is None or row[3] in types]
                hidden = _hidden_of(connection, wanted)
                head = rows[-1][4:] if rows else _lone_head(connection, item)
            yield ItemPage(rows=[_indexed(row, hidden) for row in rows], head=_head(head))
            if len(rows) < PAGE:
                return
            after = rows[-1][2]

    def sealed_under(self, subject: str) -> Sequence[tuple[int, bytes]]:
        """Return (entry, digest) of every sealed field stored under this subject, in log order.

        Reads the whole table: subjects have no index, because only an erasure asks for one.
        """
        with self._database.reading() as connection:
            return read_sealed_under(connection, subject)

    def subjects(self, beginning: str) -> Sequence[str]:
        """Return the subjects with this beginning, sorted; reads the whole table."""
        query = (
            select(_DISCLOSURE.c.subject)
            .where(_DISCLOSURE.c.subject.startswith(beginning, autoescape=True))
            .distinct()
        )
        with self._database.reading() as connection:
            return sorted(connection.execute(query).scalars())

    def truncate_journal(self) -> None:
        """Empty SQLite's journal; PostgreSQL's belongs to the server and is left alone.

        Raises:
            DeskLocked: another process is at work; call again to finish.
        """
        self._database.truncate_journal()

    def erase(self, subject: str) -> int:
        """Delete a data subject's sealed disclosures and return how many there were.

        Destroying the subject's key is what erases; this takes the ciphertext away as well. SQLite
        overwrites the rows and empties its journal. PostgreSQL keeps them in its own journal until
        that is recycled.

        Raises:
            DeskLocked: another process is at work; call again to finish.
        """
        with self._database.writing() as connection:
            done = connection.execute(delete(_DISCLOSURE).where(_DISCLOSURE.c.subject == subject))
        self._database.truncate_journal()
        return done.rowcount


def _indexed(row: Sequence[Any], hidden: _BySeq) -> IndexedEntry:
    seq, leaf, n, kind = row[:4]
    stored = StoredEntry(seq=seq, leaf=as_bytes(leaf), disclosures=tuple(hidden.get(seq, ())))
    return IndexedEntry(stored=stored, n=n, type=kind)


def _head(row: Sequence[Any]) -> ItemHead | None:
    return None if row[0] is None else ItemHead(n=row[0], leaf_hash=as_bytes(row[1]))


def _lone_head(connection: Connection, item: bytes) -> Sequence[Any]:
    """Return the head of an item of which no entry was found."""
    rows = read_rows(connection, _HEAD_OF_ITEM, item)
    # On PostgreSQL its first entry may have been committed since: that is no head without entries.
    newer = rows and connection.execute(_PAGE_OF_ITEM, {"item": item, "after": -1}).first()
    return rows[0] if rows and not newer else (None, None)


def _first_from(connection: Connection, start: int) -> int | None:
    seq: int | None = read_rows(connection, _NEXT, start)[0][0]
    return seq


def _hidden_between(connection: Connection, rows: Sequence[Any]) -> _BySeq:
    return _by_seq(read_rows(connection, _HIDDEN_BETWEEN, rows[0][0], rows[-1][0]))


def _hidden_of(connection: Connection, seqs: Sequence[int]) -> _BySeq:
    found: list[Sequence[Any]] = []
    for part in _runs(sorted(seqs)):
        # An item's entries mostly lie side by side; what lies between is another item's few.
        found += read_rows(connection, _HIDDEN_BETWEEN, part[0], part[-1])
    return _by_seq(found)


def _runs(seqs: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut positions where a gap is wider than reading across it is worth."""
    start = 0
    for at in range(1, len(seqs) + 1):
        if at == len(seqs) or seqs[at] - seqs[at - 1] > GAP:
            yield seqs[start:at]
            start = at


def as_bytes(value: object) -> bytes:
    """Return a stored value as bytes: SQLite keeps a text that somebody put in a column of bytes.

    What is made of it is then judged like any other altered bytes.
    """
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def _by_seq(rows: Iterable[Sequence[Any]]) -> _BySeq:
    found: dict[int, list[SealedDisclosure]] = {}
    for seq, digest, subject, sealed in rows:
        if type(digest) is not bytes or type(sealed) is not bytes:
            digest, sealed = as_bytes(digest), as_bytes(sealed)  # noqa: PLW2901 what stands for it
        disclosure = SealedDisclosure(digest=digest, subject=str(subject), sealed=sealed)
        found.setdefault(seq, []).append(disclosure)
    return found
