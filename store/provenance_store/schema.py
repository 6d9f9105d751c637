"""Give a database its tables, and let in only what this version knows.

Opening: the revision that the database names is compared with ours before anything heavy loads;
  1. the same: open, without importing the migration tool;
  2. one we know to be older: migrate it, in one transaction, under the write lock;
  3. any other: refuse, because a newer version wrote it;
  4. none: not a desk's database.
An SQLite database with a trigger or a view is let in by none of these: no desk has one.
Creating is one transaction as well: a killed creation leaves an empty database.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, func, inspect, select, text

from provenance.errors import DeskCorrupt, Refused, StoreFault
from provenance_store.database import Database
from provenance_store.tables import Entry, table_of

if TYPE_CHECKING:
    from alembic.config import Config

REVISION: Final = "0001"
"""The newest revision in `migrations/versions`; a test compares the two."""

_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_CREATION_LOCK: Final = 0x70726F76  # "prov": PostgreSQL advisory lock, while no head row exists


def create_schema(database: Database) -> None:
    """Make the tables in an empty database; a complete one without entries is left as it is.

    Raises:
        Refused: the database holds entries, or tables of somebody else.
    """
    with database.transaction() as connection:
        if not database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(_CREATION_LOCK)))
        if inspect(connection).get_table_names():
            _require_unused(connection)
        else:
            _upgrade(connection)


def require_schema(database: Database) -> None:
    """Let in a desk's database, migrated where it is older.

    Raises:
        DeskCorrupt: it is no desk's database, or one that changes by itself what is written.
        StoreFault: a newer version of the program wrote it.
    """
    with database.reading() as connection:
        found = _revision(connection)
        if database.is_sqlite:
            _require_bare(connection)
    if found == REVISION:
        return
    _require_known(found)
    with database.writing() as connection:
        _upgrade(connection)  # reads the revision again, under the lock


def _require_bare(connection: Connection) -> None:
    # A trigger could take an entry away again that was just acknowledged; a view could hide one.
    planted = text("SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view') LIMIT 1")
    if connection.execute(planted).first() is not None:
        raise DeskCorrupt(
            "the database holds a trigger or a view, which no desk has: it may change what is"
            " written, or hide it"
        )


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        raise DeskCorrupt("this is no desk's database: it does not say which version wrote it")
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(found) != 1:
        raise DeskCorrupt("the database does not say which version wrote it")
    return str(found[0])


def _require_unused(connection: Connection) -> None:
    if not inspect(connection).has_table("alembic_version"):
        raise Refused("this database already holds tables that are not a desk's")
    if _revision(connection) != REVISION:
        raise Refused("this database already holds a desk of another version")
    if connection.execute(select(table_of(Entry).c.seq).limit(1)).first() is not None:
        raise Refused("this database already holds a desk")


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 half a second that an up-to-date desk saves

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _require_known(revision: str) -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 same

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision not in known:
        raise StoreFault(
            "a newer version of provenance-desk wrote this desk: install that version to open it"
        )


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 same

    command.upgrade(_config(connection), "head")
