"""One database, opened: a pool of connections and the two kinds of transaction a desk uses.

`reading()`  a snapshot; never waits for a writer.
`writing()`  the one writer. SQLite: BEGIN IMMEDIATE. PostgreSQL: the head row FOR UPDATE. Whoever
             comes second waits up to `lock_timeout`, then gets DeskLocked. Commits when left
             normally, and has the commit on disk before it returns; any exception rolls back.

SQLite runs in WAL mode with synchronous=FULL (a commit is synced before it returns), secure_delete
(a deleted row is overwritten) and temp_store=MEMORY (a sort never spills rows into /tmp).
PostgreSQL runs with synchronous_commit=on whatever the server's default is.
No exception of a database crosses this border, and none carries a statement's parameters.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, Self

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    PoolProxiedConnection,
    QueuePool,
    create_engine,
    event,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from provenance.errors import DeskCorrupt, DeskLocked, StoreFault, SurroundingsError, UsageError
from provenance_store.faults import fault_of_sqlite, fault_of_sqlstate
from provenance_store.tables import Head, table_of

LOCK_TIMEOUT: Final = 30.0  # seconds; a batch of 500 entries takes far less than one
_WRITE: Final = "provenance_write"
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",  # a hostile schema must not run functions on our behalf
    "PRAGMA cell_size_check=ON",
)
_LOCK_HEAD: Final = select(table_of(Head).c.size).with_for_update()
_SET_LOCK_TIMEOUT: Final = text("SELECT set_config('lock_timeout', :ms, true)")


class Database:
    """An open database. Safe to share between threads; each process opens its own."""

    def __init__(
        self, engine: Engine, *, lock_timeout: float, again: "Callable[[], Database]"
    ) -> None:
        self._engine = engine
        self.again: Final = again
        """Opens the same database anew; can travel to another process."""
        self._lock_timeout = lock_timeout
        self.is_sqlite: bool = engine.dialect.name == "sqlite"
        """True for SQLite, False for PostgreSQL."""

    @classmethod
    def sqlite(
        cls, path: Path, *, create: bool = False, lock_timeout: float = LOCK_TIMEOUT
    ) -> Self:
        """Open an SQLite file; nothing is read before the first use.

        Args:
            path: the file; only `create` makes a new one.
            create: make the file where it is absent.
            lock_timeout: seconds to wait for another writer.
        """
        address = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(
                address,
                uri=True,
                timeout=lock_timeout,
                isolation_level=None,  # BEGIN is ours to say; sqlite3 would begin too late
                check_same_thread=False,  # the pool hands a connection to one thread at a time
            )

        engine = create_engine(
            "sqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        again = partial(cls.sqlite, path.absolute(), lock_timeout=lock_timeout)
        return cls(engine, lock_timeout=lock_timeout, again=again)

    @classmethod
    def postgres(cls, url: str, *, lock_timeout: float = LOCK_TIMEOUT) -> Self:
        """Open a PostgreSQL database (needs the `postgres` extra).

        Raises:
            UsageError: not a PostgreSQL address, or psycopg is not installed.
        """
        address = _postgres_address(url)
        try:
            engine = create_engine(address, hide_parameters=True, pool_pre_ping=True)
        except ImportError as error:
            raise UsageError(
                "PostgreSQL needs psycopg: pip install 'provenance-desk[postgres]'"
            ) from error
        event.listen(engine, "connect", _prepare_postgres)
        again = partial(cls.postgres, url, lock_timeout=lock_timeout)
        return cls(engine, lock_timeout=lock_timeout, again=again)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a read transaction."""
        with _database_faults(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open the write transaction; see the rules above."""
        with self.transaction() as connection:
            if not self.is_sqlite and connection.execute(_LOCK_HEAD).first() is None:
                raise DeskCorrupt("the database does not say how long its log is (head row gone)")
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction that writes beside the log: on PostgreSQL it takes no head lock."""
        with _database_faults(), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True})
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(_SET_LOCK_TIMEOUT, {"ms": str(self._lock_timeout_ms)})
                yield connection

    @property
    def _lock_timeout_ms(self) -> int:
        return max(1, int(self._lock_timeout * 1000))  # 0 would mean: wait for ever

    def truncate_journal(self) -> None:
        """Empty SQLite's write-ahead log, so that overwritten rows are gone from there too.

        PostgreSQL: nothing to do here; its log is the server's and keeps the rows for a while.

        Raises:
            DeskLocked: another process is at work; erased rows are still in the log file.
        """
        if not self.is_sqlite:
            return
        with _database_faults(), self._engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            row = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() if raw else None
        if row is None or row[0] != 0:
            raise DeskLocked("erased rows are still in the journal: another process is reading it")

    def close(self) -> None:
        """Close every connection; the last one of an SQLite file folds its journal in."""
        self._engine.dispose()


def _postgres_address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise UsageError("the database address cannot be read") from error
    if address.get_backend_name() != "postgresql":
        raise UsageError("the database address must begin with postgresql://")
    return address.set(drivername="postgresql+psycopg")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITE, False)
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise StoreFault("the database was closed in this very moment")
    # Said to the driver itself: by way of SQLAlchemy it takes longer than many a query does.
    raw.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgres(connection: PoolProxiedConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit = on")
    cursor.close()
    connection.commit()


@contextmanager
def _database_faults() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise _fault(error) from None  # the driver's text may quote the refused row
    except PoolTimeoutError as error:
        raise DeskLocked("too many threads of this process use the database at once") from error
    except DBAPIError as error:
        raise _fault(error) from error
    except sqlite3.Error as error:
        raise fault_of_sqlite(error) from error
    except SQLAlchemyError as error:
        raise StoreFault(f"the database failed ({type(error).__name__})") from None


def _fault(error: DBAPIError) -> SurroundingsError:
    if isinstance(error.orig, sqlite3.Error):
        return fault_of_sqlite(error.orig)
    return fault_of_sqlstate(getattr(error.orig, "sqlstate", None))
