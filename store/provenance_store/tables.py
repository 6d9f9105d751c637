"""The tables of a desk, the same on SQLite and PostgreSQL. A row never leaves the store.

`entry`, `disclosure`, `tile`, `head`, `item_head` and `checkpoint` are the ledger; the three tables
ending in `_view` can be dropped and derived again. Bytes are bytes, never text: digests, ids and
leaves compare by value on both databases, whatever the collation.

Disclosures are clustered by entry (first column of the key), not by their random digest: an append
then touches the end of one tree instead of five random pages, and stays flat to millions of rows.
No foreign keys: the audit compares the tables with the signed log, which a constraint cannot see.
A change here needs a migration beside it; a test compares the two on both databases.
"""

from typing import Final

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, Table, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_NAMES: Final = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
}

_Number: Final = BigInteger().with_variant(Integer, "sqlite")
"""A position in the log. SQLite makes only a column declared INTEGER the row's own address."""

_CLUSTERED: Final = {"sqlite_with_rowid": False}


class Row(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """Base of all tables, with a registry of its own so that a host's tables cannot clash."""


class Entry(Row, table=True):
    """One leaf of the log and what is indexed about it."""

    __table_args__ = (UniqueConstraint("item", "n"),)

    seq: int = Field(primary_key=True, sa_type=_Number, sa_column_kwargs={"autoincrement": False})
    item: bytes = Field(sa_type=LargeBinary)
    n: int = Field(sa_type=BigInteger)
    type: str = Field(index=True)
    leaf_hash: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)  # last: a scan by item or type does not read it


class Disclosure(Row, table=True):
    """One sealed hidden field."""

    __table_args__ = _CLUSTERED

    seq: int = Field(primary_key=True, sa_type=BigInteger)
    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    subject: str
    sealed: bytes = Field(sa_type=LargeBinary)


class Tile(Row, table=True):
    """Up to 256 hashes of one level of the Merkle tree."""

    __table_args__ = _CLUSTERED

    level: int = Field(primary_key=True)
    idx: int = Field(primary_key=True, sa_type=BigInteger)
    hashes: bytes = Field(sa_type=LargeBinary)


class Head(Row, table=True):
    """The one row that says how long the log is; PostgreSQL writers queue on its lock."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int = Field(sa_type=BigInteger)


class ItemHeadRow(Row, table=True):
    """The newest entry of one item."""

    __tablename__ = "item_head"  # pyright: ignore[reportAssignmentType] - SQLModel takes it
    __table_args__ = _CLUSTERED

    item: bytes = Field(primary_key=True, sa_type=LargeBinary)
    n: int = Field(sa_type=BigInteger)
    leaf_hash: bytes = Field(sa_type=LargeBinary)


class Checkpoint(Row, table=True):
    """One signed tree head, its timestamp token and its cosigned copy."""

    size: int = Field(primary_key=True, sa_type=_Number, sa_column_kwargs={"autoincrement": False})
    note: bytes = Field(sa_type=LargeBinary)
    tsr: bytes | None = Field(default=None, sa_type=LargeBinary)
    cosigned: bytes | None = Field(default=None, sa_type=LargeBinary)


class ItemViewRow(Row, table=True):
    """View: an item's first appearance."""

    __tablename__ = "item_view"  # pyright: ignore[reportAssignmentType] - SQLModel takes it
    __table_args__ = (UniqueConstraint("year", "number"), UniqueConstraint("first_seq"))

    item: bytes = Field(primary_key=True, sa_type=LargeBinary)
    first_seq: int = Field(sa_type=BigInteger)
    year: int
    number: int


class ExemplarViewRow(Row, table=True):
    """View: one byte string that an item holds; `pos` is its place among its entry's views."""

    __tablename__ = "exemplar_view"  # pyright: ignore[reportAssignmentType] - SQLModel takes it
    __table_args__ = _CLUSTERED

    sha256: bytes = Field(primary_key=True, sa_type=LargeBinary)
    item: bytes = Field(primary_key=True, index=True, sa_type=LargeBinary)
    size: int = Field(sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)
    pos: int


class OccurrenceViewRow(Row, table=True):
    """View: one arrival of an exemplar's bytes."""

    __tablename__ = "occurrence_view"  # pyright: ignore[reportAssignmentType] - SQLModel takes it
    __table_args__ = _CLUSTERED

    seq: int = Field(primary_key=True, sa_type=BigInteger)
    pos: int = Field(primary_key=True)
    item: bytes = Field(index=True, sa_type=LargeBinary)
    sha256: bytes = Field(sa_type=LargeBinary)
    mark: bytes | None = Field(default=None, index=True, sa_type=LargeBinary)


METADATA: Final = Row.metadata


def table_of(row: type[Row]) -> Table:
    """Return the Core table of a row type; statements are built on it, without ORM sessions."""
    return METADATA.tables[str(row.__tablename__)]
