"""Signed tree heads in the database (port `Checkpoints`), and what others attested of them.

The note as first signed is never updated; the cosigned copy and the timestamps stand in columns
beside it and are replaced by compare-and-set, in one transaction.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import bindparam, or_, select, update

from provenance.errors import StoreFault
from provenance.ports import HeldCheckpoint, StoredCheckpoint
from provenance_store.database import Database
from provenance_store.statements import insert_rows
from provenance_store.tables import Checkpoint, table_of

_PAGE: Final = 1000  # checkpoints in memory at a time, some 300 bytes each
_HELD_PAGE: Final = 100  # with their timestamps: some 8,000 bytes each
_CHECKPOINT: Final = table_of(Checkpoint)
_READ: Final = select(_CHECKPOINT.c.size, _CHECKPOINT.c.note)
_NEWEST: Final = _READ.order_by(_CHECKPOINT.c.size.desc()).limit(1)
_AT: Final = select(_CHECKPOINT.c.note).where(_CHECKPOINT.c.size == bindparam("at"))
_AFTER: Final = (
    _READ.where(_CHECKPOINT.c.size > bindparam("after")).order_by(_CHECKPOINT.c.size).limit(_PAGE)
)
_HELD: Final = select(
    _CHECKPOINT.c.size, _CHECKPOINT.c.note, _CHECKPOINT.c.cosigned, _CHECKPOINT.c.tsr
)
_HELD_AT: Final = _HELD.where(_CHECKPOINT.c.size == bindparam("at"))
_HELD_AFTER: Final = (
    _HELD.where(
        _CHECKPOINT.c.size > bindparam("after"),
        or_(_CHECKPOINT.c.cosigned.is_not(None), _CHECKPOINT.c.tsr.is_not(None)),
    )
    .order_by(_CHECKPOINT.c.size)
    .limit(_HELD_PAGE)
)
_ATTACH: Final = (
    update(_CHECKPOINT)
    .where(
        _CHECKPOINT.c.size == bindparam("at"),
        _CHECKPOINT.c.note == bindparam("first"),
        _CHECKPOINT.c.cosigned.is_not_distinct_from(bindparam("old_cosigned")),
        _CHECKPOINT.c.tsr.is_not_distinct_from(bindparam("old_tsr")),
    )
    .values(cosigned=bindparam("new_cosigned"), tsr=bindparam("new_tsr"))
)


class SqlCheckpoints:
    """The checkpoints of one desk. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, checkpoint: StoredCheckpoint) -> None:
        """Store a checkpoint, durably; the same one twice is no error.

        Raises:
            StoreFault: a second, different note for one size.
        """
        row = (checkpoint.size, checkpoint.note, None, None)
        with self._database.transaction() as connection:
            insert_rows(connection, _CHECKPOINT, [row], "keep")
            kept = connection.execute(_AT, {"at": checkpoint.size}).scalar_one()
            if bytes(kept) != checkpoint.note:
                # Two signed heads of one size are how a rewritten log shows: never overwrite one.
                raise StoreFault(f"another checkpoint of size {checkpoint.size} is already kept")

    def newest(self) -> StoredCheckpoint | None:
        """Return the checkpoint of the largest size."""
        with self._database.reading() as connection:
            row = connection.execute(_NEWEST).first()
        return None if row is None else StoredCheckpoint(size=row.size, note=row.note)

    def all(self) -> Iterator[StoredCheckpoint]:
        """Yield every checkpoint in order of size."""
        after = -1
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_AFTER, {"after": after}).all()
            for size, note in rows:
                yield StoredCheckpoint(size=size, note=note)
            if len(rows) < _PAGE:
                return
            after = rows[-1].size

    def at(self, size: int) -> HeldCheckpoint | None:
        """Return the checkpoint of this size with what is attached to it, None if none is kept."""
        with self._database.reading() as connection:
            row = connection.execute(_HELD_AT, {"at": size}).first()
        return None if row is None else _held(*row)

    def held(self) -> Iterator[HeldCheckpoint]:
        """Yield the checkpoints that have anything attached, in order of size."""
        after = -1
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(_HELD_AFTER, {"after": after}).all()
            yield from (_held(*row) for row in rows)
            if len(rows) < _HELD_PAGE:
                return
            after = rows[-1].size

    def attach(self, was: HeldCheckpoint, new: HeldCheckpoint) -> bool:
        """Replace what is attached to a checkpoint, durably; False if it is no longer as `was`."""
        values = {
            "at": was.size,
            "first": was.note,
            "old_cosigned": was.cosigned,
            "old_tsr": was.timestamps,
            "new_cosigned": new.cosigned,
            "new_tsr": new.timestamps,
        }
        with self._database.transaction() as connection:
            return bool(connection.execute(_ATTACH, values).rowcount)


def _held(size: int, note: bytes, cosigned: bytes | None, tsr: bytes | None) -> HeldCheckpoint:
    return HeldCheckpoint(size=size, note=note, cosigned=cosigned, timestamps=tsr)
