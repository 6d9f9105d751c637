"""Contract of the port `SubjectKeys`; destroyed keys are gone from every byte of the folder."""

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import DeskCorrupt, DeskLocked, KeyUnavailable, Refused, UsageError
from provenance.ports import SubjectKeys  # noqa: TC001 beside its implementation
from provenance_store.subject_keys import WRAPPED_LENGTH, FileSubjectKeys
from tests.store.material import digest

KEK = "subject-keys.kek"
DATABASE = "subject-keys.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A key folder with subject keys."""
    FileSubjectKeys.create(tmp_path / "keys").close()
    return tmp_path / "keys"


def _everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def _wrapped(folder: Path) -> list[bytes]:
    with sqlite3.connect(folder / DATABASE) as connection:
        rows = connection.execute("SELECT wrapped FROM subject_key ORDER BY id").fetchall()
    connection.close()
    return [row[0] for row in rows]


def test_keys_come_back(folder: Path) -> None:
    """Keys survive reopening; a subject without one is absent."""
    keys: SubjectKeys = FileSubjectKeys(folder)
    assert keys.get(["source:S-7"]) == {}
    keys.put({"source:S-7": digest("a"), "item:1": digest("b")})
    keys.put({})
    again = FileSubjectKeys(folder)
    expected = {"source:S-7": digest("a"), "item:1": digest("b")}
    assert again.get(["source:S-7", "item:1", "desk"]) == expected


def test_an_old_key_stays(folder: Path) -> None:
    """Putting a second key for a subject keeps the first, in this call's other subjects too."""
    keys = FileSubjectKeys(folder)
    keys.put({"a": digest("a")})
    keys.put({"a": digest("other"), "b": digest("b")})
    assert keys.get(["a", "b"]) == {"a": digest("a"), "b": digest("b")}


def test_a_key_of_wrong_length_is_refused(folder: Path) -> None:
    """Only 32-byte keys are stored, and a batch with another one not at all."""
    keys = FileSubjectKeys(folder)
    with pytest.raises(UsageError):
        keys.put({"a": digest("a"), "b": b"short"})
    assert keys.get(["a", "b"]) == {}


def test_the_files_name_no_source_and_show_no_key(folder: Path) -> None:
    """Neither a subject's name nor its key stands anywhere in the folder in clear."""
    FileSubjectKeys(folder).put({"source:the-minister": digest("a")})
    content = _everything(folder)
    assert b"minister" not in content
    assert digest("a") not in content
    assert [len(wrapped) for wrapped in _wrapped(folder)] == [WRAPPED_LENGTH]


def test_a_destroyed_key_is_gone_from_every_byte(folder: Path) -> None:
    """After `destroy` the wrapped key is in no file of the folder, journal included."""
    keys = FileSubjectKeys(folder)
    keys.put({f"source:{i}": digest(str(i)) for i in range(50)})
    wrapped = _wrapped(folder)
    assert all(row in _everything(folder) for row in wrapped)
    keys.destroy("source:7")
    content = _everything(folder)
    assert wrapped[7] not in content
    assert wrapped[7][12:28] not in content
    assert digest("7") not in content
    assert all(row in content for i, row in enumerate(wrapped) if i != 7)
    assert keys.get(["source:7", "source:8"]) == {"source:8": digest("8")}
    keys.destroy("source:7")
    keys.destroy("never there")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_destroying_in_any_order_leaves_no_trace(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever the order of putting and destroying, destroyed keys are in no byte of the files."""
    folder = tmp_path_factory.mktemp("keys") / "keys"
    keys = FileSubjectKeys.create(folder)
    living: list[int] = []
    gone: dict[int, bytes] = {}
    count = 0
    for _ in range(data.draw(st.integers(1, 4))):
        batch = range(count, count + data.draw(st.integers(1, 150)))
        count = batch.stop
        keys.put({str(i): digest(str(i)) for i in batch})
        living += batch
        wrapped = _wrapped(folder)
        for victim in data.draw(st.lists(st.sampled_from(living), unique=True, max_size=12)):
            living.remove(victim)
            gone[victim] = wrapped[victim]
            keys.destroy(str(victim))
    content = _everything(folder)
    assert not [i for i, row in gone.items() if row in content or row[12:28] in content]
    names = [str(i) for i in range(count)]
    assert keys.get(names) == {str(i): digest(str(i)) for i in living}
    keys.close()


def test_a_destroyed_subject_may_get_a_new_key(folder: Path) -> None:
    """A subject whose key was destroyed gets a new one, which does not open the old secrets."""
    keys = FileSubjectKeys(folder)
    keys.put({"a": digest("old")})
    keys.destroy("a")
    keys.put({"a": digest("new")})
    assert keys.get(["a"]) == {"a": digest("new")}


def test_a_busy_journal_is_reported(folder: Path) -> None:
    """If another process reads the journal, `destroy` says that traces are left, and why."""
    keys = FileSubjectKeys(folder, lock_timeout=0.05)
    keys.put({"a": digest("a")})
    reader = sqlite3.connect(folder / DATABASE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM subject_key").fetchone()
    with pytest.raises(DeskLocked, match="journal"):
        keys.destroy("a")
    assert keys.get(["a"]) == {}
    reader.close()
    keys.destroy("a")
    assert (folder / f"{DATABASE}-wal").stat().st_size == 0


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_files_are_the_owners_alone(folder: Path) -> None:
    """Folder and files are closed to others, and a key others may read is refused."""
    assert folder.stat().st_mode & 0o077 == 0
    assert [p.name for p in folder.iterdir() if p.stat().st_mode & 0o077] == []
    (folder / KEK).chmod(0o640)
    with pytest.raises(KeyUnavailable, match="chmod 600"):
        FileSubjectKeys(folder)


@pytest.mark.parametrize("fault", ["absent", "short", "long", "another", "no database"])
def test_a_wrong_key_file_is_refused(folder: Path, fault: str) -> None:
    """Without its own key-encryption key the file is not opened: keys would look destroyed."""
    if fault == "no database":
        (folder / DATABASE).unlink()
    elif fault == "absent":
        (folder / KEK).unlink()
    else:
        (folder / KEK).write_bytes(bytes({"short": 31, "long": 33, "another": 32}[fault]))
    with pytest.raises(KeyUnavailable):
        FileSubjectKeys(folder)


def test_a_damaged_file_is_refused(folder: Path) -> None:
    """A file that is no database raises DeskCorrupt; a changed row opens no key."""
    keys = FileSubjectKeys(folder)
    keys.put({"a": digest("a")})
    keys.close()
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute("UPDATE subject_key SET wrapped = zeroblob(60)")
    connection.close()
    with pytest.raises(KeyUnavailable, match="changed"):
        FileSubjectKeys(folder).get(["a"])
    (folder / DATABASE).write_bytes(b"no database at all" * 100)
    with pytest.raises(DeskCorrupt):
        FileSubjectKeys(folder)


def test_making_them_twice_is_refused(folder: Path) -> None:
    """Existing keys are never made anew; a killed creation can be repeated."""
    before = (folder / KEK).read_bytes()
    with pytest.raises(Refused):
        FileSubjectKeys.create(folder)
    (folder / DATABASE).unlink()
    FileSubjectKeys.create(folder).close()
    assert (folder / KEK).read_bytes() == before


def test_threads_share_one_object(folder: Path) -> None:
    """Threads put and get through one object without losing a key."""
    keys = FileSubjectKeys(folder)

    def work(name: int) -> None:
        for i in range(20):
            keys.put({f"{name} {i}": digest(f"{name} {i}")})

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [f"{name} {i}" for name in range(4) for i in range(20)]
    assert keys.get(names) == {name: digest(name) for name in names}
