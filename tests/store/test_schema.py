"""Migrations make the tables that the code expects, and an unknown version is not opened."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import provenance_store
from provenance.errors import DeskCorrupt, Refused, StoreFault, UsageError
from provenance_store.database import Database
from provenance_store.ledger import SqlLedger
from provenance_store.schema import REVISION, create_schema, require_schema
from provenance_store.tables import METADATA
from tests.store.material import append, new_entry, open_database

MIGRATIONS = Path(provenance_store.__file__).with_name("migrations")


def test_migrations_and_tables_agree(database: Database) -> None:
    """Running every migration on an empty database leaves nothing to add, drop or alter."""
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_constraints_have_their_names(database: Database) -> None:
    """Primary keys, unique constraints and indexes are named as the tables say."""
    with database.reading() as connection:
        inspector = inspect(connection)
        for table in METADATA.sorted_tables:
            assert inspector.get_pk_constraint(table.name)["name"] == table.primary_key.name
            named = {c["name"] for c in inspector.get_unique_constraints(table.name)}
            expected = {c.name for c in table.constraints if c is not table.primary_key}
            assert named == expected


def test_the_newest_migration_is_the_one_the_code_knows() -> None:
    """There is one line of migrations and the code names its end."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_making_it_twice_before_use_is_no_error(database: Database) -> None:
    """A killed creation can be repeated."""
    create_schema(database)
    require_schema(database)
    assert SqlLedger(database).size() == 0


def test_a_used_database_is_not_made_anew(database: Database, ledger: SqlLedger) -> None:
    """Creating a desk over entries is refused."""
    with ledger.writing() as writer:
        append(writer, [new_entry("a")])
    with pytest.raises(Refused, match="already holds a desk"):
        create_schema(database)
    assert ledger.size() == 1


def test_foreign_tables_are_left_alone(empty_address: str) -> None:
    """A database of somebody else is neither filled nor opened."""
    database = open_database(empty_address)
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    with pytest.raises(Refused, match="not a desk's"):
        create_schema(database)
    with pytest.raises(DeskCorrupt, match="no desk's database"):
        require_schema(database)
    database.close()


def test_a_newer_version_is_refused(database: Database) -> None:
    """A desk that a newer program wrote is not touched; one line says what to do."""
    with database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreFault, match=r"^a newer version .* install that version") as caught:
        require_schema(database)
    assert "\n" not in str(caught.value)
    with pytest.raises(Refused):
        create_schema(database)


def test_an_unstated_version_is_refused(database: Database) -> None:
    """A database that names no version, or two, is not guessed at."""
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(DeskCorrupt, match="which version"):
        require_schema(database)


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry WHERE seq = new.seq; END",
        "CREATE VIEW v AS SELECT * FROM entry",
    ],
)
def test_a_database_that_works_by_itself_is_refused(database: Database, planted: str) -> None:
    """A trigger would take away what was just acknowledged: such a desk is not opened."""
    if not database.is_sqlite:
        pytest.skip("on PostgreSQL triggers are its owner's; the audit finds what they did")
    with database.transaction() as connection:
        connection.execute(text(planted))
    with pytest.raises(DeskCorrupt, match="trigger or a view"):
        require_schema(database)


def test_an_older_desk_is_migrated_when_opened(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known revision that is not the code's own starts the migration under the write lock."""
    monkeypatch.setattr("provenance_store.schema.REVISION", "0002")
    require_schema(database)  # the newest migration there is has run already: nothing changes
    assert SqlLedger(database).size() == 0


def test_a_failed_creation_leaves_nothing(
    empty_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A creation that fails at its end rolls back every table."""
    database = open_database(empty_address)
    real = MigrationContext.run_migrations

    def run_then_fail(self: MigrationContext) -> None:
        real(self)
        raise StoreFault("pulled the plug")

    with monkeypatch.context() as patch:
        patch.setattr(MigrationContext, "run_migrations", run_then_fail)
        with pytest.raises(StoreFault, match="pulled the plug"):
            create_schema(database)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    create_schema(database)
    assert SqlLedger(database).size() == 0
    database.close()


def test_opening_an_up_to_date_desk_does_not_load_the_migration_tool(tmp_path: Path) -> None:
    """The half second that importing alembic takes is paid only when there is something to do."""
    path = tmp_path / "desk.db"
    database = Database.sqlite(path, create=True)
    create_schema(database)
    database.close()
    code = (
        "import sys; from pathlib import Path\n"
        "from provenance_store.database import Database\n"
        "from provenance_store.schema import require_schema\n"
        "require_schema(Database.sqlite(Path(sys.argv[1])))\n"
        "sys.exit(any(name.split('.')[0] == 'alembic' for name in sys.modules))\n"
    )
    root = Path(provenance_store.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        check=False,
        env={"PYTHONPATH": f"{root}:{root.parent}"},
    )
    assert done.returncode == 0


@pytest.mark.parametrize("address", ["mysql://host/x", "nonsense", "sqlite:///x", "postgresql//x"])
def test_other_addresses_are_refused(address: str) -> None:
    """Only PostgreSQL addresses name a server."""
    with pytest.raises(UsageError):
        Database.postgres(address)
