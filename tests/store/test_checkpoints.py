"""Contract of the port `Checkpoints`, on SQLite and on PostgreSQL."""

from dataclasses import replace

import pytest
from sqlalchemy import insert

from provenance.errors import StoreFault
from provenance.ports import Checkpoints, HeldCheckpoint, StoredCheckpoint
from provenance_store.checkpoints import SqlCheckpoints
from provenance_store.database import Database
from provenance_store.tables import Checkpoint, table_of
from tests.store.material import open_database


def _at(size: int, note: bytes = b"note") -> StoredCheckpoint:
    return StoredCheckpoint(size=size, note=note)


def test_there_is_none_at_first(database: Database) -> None:
    """A new desk has no checkpoint."""
    kept: Checkpoints = SqlCheckpoints(database)
    assert kept.newest() is None
    assert list(kept.all()) == []


def test_they_come_back_in_order_of_size(database: Database) -> None:
    """Checkpoints come back byte for byte, in order of size, however they were kept."""
    kept = SqlCheckpoints(database)
    for size in (7, 0, 3, 1200):
        kept.keep(_at(size, f"note {size} \u2014 desk".encode()))
    assert [c.size for c in kept.all()] == [0, 3, 7, 1200]
    assert kept.newest() == _at(1200, "note 1200 \u2014 desk".encode())


def test_the_same_twice_is_no_error(database: Database) -> None:
    """A re-run keeps the same checkpoint again."""
    kept = SqlCheckpoints(database)
    kept.keep(_at(5))
    kept.keep(_at(5))
    assert list(kept.all()) == [_at(5)]


def test_another_note_of_one_size_is_refused(database: Database) -> None:
    """Two different heads of one size are a fork: the first one is never overwritten."""
    kept = SqlCheckpoints(database)
    kept.keep(_at(5, b"first"))
    with pytest.raises(StoreFault, match="size 5"):
        kept.keep(_at(5, b"second"))
    assert list(kept.all()) == [_at(5, b"first")]


def test_more_than_a_page(database: Database) -> None:
    """More checkpoints than one page holds all come back."""
    kept = SqlCheckpoints(database)
    with database.transaction() as connection:
        rows = [{"size": size, "note": b"n"} for size in range(1, 2101)]
        connection.execute(insert(table_of(Checkpoint)), rows)
    assert [c.size for c in kept.all()] == list(range(1, 2101))


def test_what_others_attest_stands_beside_the_note(database: Database) -> None:
    """A cosigned copy and timestamps are attached; note and order stay as they were."""
    kept: Checkpoints = SqlCheckpoints(database)
    kept.keep(_at(5))
    kept.keep(_at(9, b"nine"))
    bare = kept.at(5)
    assert bare == HeldCheckpoint(size=5, note=b"note", cosigned=None, timestamps=None)
    assert list(kept.held()) == []
    first = replace(bare, cosigned=b"note, cosigned \x00\xff")
    assert kept.attach(bare, first)
    second = replace(first, timestamps=b"stamps")
    assert kept.attach(first, second)
    assert kept.at(5) == second
    assert list(kept.held()) == [second]
    assert list(kept.all()) == [_at(5), _at(9, b"nine")]
    assert kept.at(6) is None


def test_whoever_attaches_second_is_told(database: Database, address: str) -> None:
    """Two attach to what both have read: one is told to read again, and nothing is lost."""
    other = open_database(address)
    kept, rival = SqlCheckpoints(database), SqlCheckpoints(other)
    kept.keep(_at(5))
    bare = kept.at(5)
    assert bare is not None
    assert rival.attach(bare, replace(bare, cosigned=b"theirs"))
    assert not kept.attach(bare, replace(bare, timestamps=b"ours"))
    now = kept.at(5)
    assert now is not None
    assert now.cosigned == b"theirs"
    assert kept.attach(now, replace(now, timestamps=b"ours"))
    assert rival.at(5) == replace(now, timestamps=b"ours")
    other.close()


def test_nothing_is_attached_to_another_note(database: Database) -> None:
    """A checkpoint that is not kept, or whose note differs, takes nothing on."""
    kept = SqlCheckpoints(database)
    kept.keep(_at(5))
    strange = HeldCheckpoint(size=5, note=b"other", cosigned=None, timestamps=None)
    assert not kept.attach(strange, replace(strange, cosigned=b"x"))
    absent = HeldCheckpoint(size=6, note=b"note", cosigned=None, timestamps=None)
    assert not kept.attach(absent, replace(absent, cosigned=b"x"))
    assert list(kept.held()) == []


def test_more_held_than_a_page(database: Database) -> None:
    """More checkpoints with attachments than one page holds all come back."""
    kept = SqlCheckpoints(database)
    for size in range(1, 252):
        kept.keep(_at(size))
        bare = kept.at(size)
        assert bare is not None
        if size % 2:
            assert kept.attach(bare, replace(bare, timestamps=b"t"))
    assert [each.size for each in kept.held()] == list(range(1, 252, 2))
