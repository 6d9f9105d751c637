"""Killed writers, concurrent writers and broken disks: what was acknowledged stays, whole."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from provenance.errors import DeskCorrupt, DiskFull, StoreFault, SurroundingsError
from provenance_store.blobs import FolderBlobs
from provenance_store.checkpoints import SqlCheckpoints
from provenance_store.database import Database
from provenance_store.ledger import SqlLedger
from provenance_store.schema import create_schema, require_schema
from provenance_store.views import SqlViews
from tests.store.material import append, arrival, digest, new_entry, open_database

REPOSITORY = Path(__file__).parents[2]
WRITER = Path(__file__).with_name("ledger_writer_process.py")

needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")


def _start(address: str, name: str, batches: int = 0) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(WRITER), address, name, str(batches)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{REPOSITORY / 'store'}:{REPOSITORY}"},
    )


def _require_whole(ledger: SqlLedger, database: Database) -> int:
    """Compare head, entries, disclosures, tile and views with each other; return the size."""
    size = ledger.size()
    entries = list(ledger.entries(0, size + 100, disclosures=True))
    assert [entry.seq for entry in entries] == list(range(size))
    assert [len(entry.disclosures) for entry in entries] == [5] * size
    assert ledger.tile(0, 0) == (digest(f"tile {size}") if size else b"")
    views = SqlViews(database)
    assert [item.first_seq for item in views.items()] == list(range(size))
    assert sum(1 for _ in views.dump()) == 3 * size
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM item_head")).scalar_one() == size
    return size


def _settle(ledger: SqlLedger) -> None:
    """Take the write lock once: a server may still be carrying out the dead client's COMMIT."""
    with ledger.writing():
        pass


def _kill_loop(address: str, rounds: int) -> None:
    chance = random.Random(rounds)  # noqa: S311 moments, not secrets
    database = open_database(address)
    ledger = SqlLedger(database)
    for turn in range(rounds):
        child = _start(address, f"writer {turn}")
        assert child.stdout is not None
        acknowledged = int(child.stdout.readline())
        time.sleep(chance.uniform(0, 0.03))
        child.kill()
        rest = child.stdout.read().split("\n")
        acknowledged = max([acknowledged, *(int(line) for line in rest[:-1])])
        child.wait()
        child.stdout.close()
        _settle(ledger)
        assert _require_whole(ledger, database) >= acknowledged
    with ledger.writing() as writer:
        append(writer, [arrival(writer.size(), item="after")])
    database.close()


@pytest.mark.slow
@needs_kill
def test_a_killed_writer_loses_nothing_acknowledged(database: Database, address: str) -> None:
    """Killed at a random moment, a writer leaves whole batches only, every acknowledged one too."""
    _kill_loop(address, 3)


@needs_kill
@pytest.mark.slow
def test_forty_kills(database: Database, address: str) -> None:
    """The same, forty times in a row on one desk."""
    _kill_loop(address, 40)


def test_two_processes_append_at_once(database: Database, ledger: SqlLedger, address: str) -> None:
    """Two processes leave all their entries, numbered without gaps or doubles."""
    batches = 21
    each = sum(1 + turn % 7 for turn in range(batches))
    children = [_start(address, name, batches) for name in ("left", "right")]
    sizes: list[int] = []
    for child in children:
        output, _ = child.communicate()
        assert child.returncode == 0
        sizes += [int(line) for line in output.split()]
    assert len(set(sizes)) == 2 * batches
    assert _require_whole(ledger, database) == 2 * each == max(sizes)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB of its own; needs root."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(ledger: SqlLedger) -> int:
    for turn in range(10_000):
        with ledger.writing() as writer:
            append(writer, [new_entry(f"{turn} {i}", n=turn * 50 + i, hidden=5) for i in range(50)])
    return ledger.size()


def test_a_full_disk_leaves_the_log_as_it_was(small_disk: Path) -> None:
    """When space runs out the batch fails with DiskFull; the log before it is whole and goes on."""
    database = Database.sqlite(small_disk / "desk.db", create=True)
    create_schema(database)
    ledger = SqlLedger(database)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(400_000))
    with pytest.raises(DiskFull):
        _fill(ledger)
    size = ledger.size()
    assert size % 50 == 0
    assert len(list(ledger.entries(0, size + 99, disclosures=True))) == size > 0
    ballast.unlink()
    with ledger.writing() as writer:
        append(writer, [new_entry("after", n=size)])
    assert ledger.size() == size + 1
    database.close()


def test_blobs_on_a_full_disk(small_disk: Path) -> None:
    """A blob that does not fit raises DiskFull; discarding it frees the space again."""
    blobs = FolderBlobs(small_disk)
    staged = blobs.stage()
    with pytest.raises(DiskFull):
        staged.write(bytes(4_000_000))
    staged.discard()
    again = blobs.stage()
    again.write(bytes(1_000_000))
    again.keep(bytes(32))
    blobs.settle()
    assert list(blobs.list()) == [bytes(32)]
    blobs.close()


def test_a_file_size_limit_is_a_fault_and_loses_nothing(tmp_path: Path) -> None:
    """A write that the system refuses (here: a file size limit) fails the batch, not the log."""
    path = tmp_path / "desk.db"
    database = Database.sqlite(path, create=True)
    create_schema(database)
    database.close()
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from provenance.errors import SurroundingsError\n"
        "from provenance_store.database import Database\n"
        "from provenance_store.ledger import SqlLedger\n"
        "from tests.store.material import append, arrival\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "ledger = SqlLedger(Database.sqlite(Path(sys.argv[1])))\n"
        "try:\n"
        "    while True:\n"
        "        with ledger.writing() as writer:\n"
        "            start = writer.size()\n"
        "            append(writer, [arrival(start + i) for i in range(20)])\n"
        "except SurroundingsError as error:\n"
        "    print(type(error).__name__, ledger.size())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{REPOSITORY / 'store'}:{REPOSITORY}"},
    )
    kind, size = done.stdout.split()
    assert kind in {"StoreFault", "DiskFull"}
    database = Database.sqlite(path)
    assert _require_whole(SqlLedger(database), database) == int(size) > 0
    database.close()


def test_what_is_no_database_is_corrupt(tmp_path: Path) -> None:
    """A file of other bytes, or an empty one, is a corrupt desk in one line."""
    path = tmp_path / "desk.db"
    for content in (b"this is not a database" * 100, b""):
        path.write_bytes(content)
        database = Database.sqlite(path)
        with pytest.raises(DeskCorrupt):
            require_schema(database)
        with pytest.raises(DeskCorrupt):
            SqlLedger(database).size()
        database.close()


def test_a_damaged_page_is_corrupt(tmp_path: Path) -> None:
    """Overwritten pages of a database raise DeskCorrupt, whatever is asked of it."""
    path = tmp_path / "desk.db"
    database = Database.sqlite(path, create=True)
    create_schema(database)
    ledger = SqlLedger(database)
    with ledger.writing() as writer:
        append(writer, [arrival(i) for i in range(300)])
    database.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    database = Database.sqlite(path)
    with pytest.raises(DeskCorrupt):
        list(SqlLedger(database).entries(0, 300))
    with pytest.raises(DeskCorrupt):
        list(SqlViews(database).items())
    with pytest.raises(DeskCorrupt):
        SqlCheckpoints(database).newest()
    database.close()


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    """Opening a database that is not there makes none."""
    database = Database.sqlite(tmp_path / "desk.db")
    with pytest.raises(StoreFault, match="cannot be opened"):
        require_schema(database)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """No server behind an address is one line, and the password is not in it."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    database = Database.postgres(f"postgresql://u:hunter2@/x?host={tmp_path}")
    with pytest.raises(StoreFault, match="does not answer") as caught:
        require_schema(database)
    assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_read_only_database_can_be_read(database: Database, ledger: SqlLedger) -> None:
    """Where the database refuses writing the act fails in one line; reading goes on."""
    with ledger.writing() as writer:
        append(writer, [arrival(0)])

    def write() -> None:
        with database.transaction() as connection:
            read_only = (
                "PRAGMA query_only=ON" if database.is_sqlite else "SET transaction_read_only=on"
            )
            connection.execute(text(read_only))
            connection.execute(text("UPDATE head SET size = 9"))

    with pytest.raises(StoreFault, match="cannot be written"):
        write()
    assert ledger.size() == 1


def test_erased_rows_leave_no_bytes(tmp_path: Path) -> None:
    """On SQLite an erased disclosure is gone from the database file and from its journal."""
    path = tmp_path / "desk.db"
    database = Database.sqlite(path, create=True)
    create_schema(database)
    ledger = SqlLedger(database)
    with ledger.writing() as writer:
        append(writer, [new_entry("a", hidden=3, subject="source:S-7"), new_entry("b", n=1)])
    sealed = [d.sealed for e in ledger.entries(0, 1, disclosures=True) for d in e.disclosures]

    def everything() -> bytes:
        return b"".join(p.read_bytes() for p in tmp_path.iterdir())

    assert all(data in everything() for data in sealed)
    assert ledger.erase("source:S-7") == 3
    assert not any(data in everything() for data in sealed)
    assert b"source:S-7" not in everything()
    database.close()


def test_every_fault_is_a_fault_of_the_surroundings() -> None:
    """All that the store raises for disk and database ends with exit code 4."""
    assert {fault.exit_code for fault in SurroundingsError.__subclasses__()} == {4}
