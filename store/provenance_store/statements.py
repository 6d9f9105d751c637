"""Many rows at a time, at the speed of the driver.

SQLAlchemy Core converts every parameter of every row, which costs more than SQLite takes to store
it; bytes, integers and text need no conversion. So rows go to the driver as they are, in a text
made once from the table: SQLite takes one statement executed with many rows, PostgreSQL one
statement with an array for each column (one round trip, planned once).
`ON CONFLICT` reads the same on both. Only names of our own tables become part of a text.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, Literal, TypeVar

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    SelectBase,
    Table,
    any_,
    literal,
)
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

IN_LIMIT: Final = 500  # values in one IN list; SQLite refuses 32,767, and one text is reused

OnConflict = Literal["refuse", "keep", "replace"]
"""What becomes of a new row whose key is taken: an error, nothing, or it replaces the old row."""

_T = TypeVar("_T")
_DIALECTS: Final[dict[str, Dialect]] = {
    "sqlite": SQLiteDialect(paramstyle="qmark"),
    "postgresql": PGDialect(paramstyle="format"),  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
}


def insert_rows(
    connection: Connection,
    table: Table,
    rows: Sequence[tuple[Any, ...]],
    on_conflict: OnConflict = "refuse",
) -> None:
    """Insert rows, each with a value for every column of the table, in the table's order."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_insert_row(table, on_conflict), list(rows))
    else:
        arrays = tuple(map(list, zip(*rows, strict=True)))
        connection.exec_driver_sql(_insert_arrays(table, on_conflict), arrays)


def read_rows(
    connection: Connection, query: SelectBase, *parameters: object
) -> Sequence[tuple[Any, ...]]:
    """Return all rows of a query whose parameters stand in this order in its text."""
    result = connection.exec_driver_sql(_select(connection.dialect.name, query), parameters)
    cursor = result.cursor
    return () if cursor is None else cursor.fetchall()


def in_parts(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield the values in slices short enough for one IN list."""
    for start in range(0, len(values), IN_LIMIT):
        yield values[start : start + IN_LIMIT]


def is_one_of(
    connection: Connection, column: Column[Any], values: Sequence[object]
) -> ColumnElement[bool]:
    """Return the condition that the column holds one of these values (a slice of `in_parts`)."""
    if connection.dialect.name == "sqlite":
        return column.in_(values)
    return column == any_(literal(list(values), ARRAY(column.type)))


@cache
def _select(dialect: str, query: SelectBase) -> str:
    return str(query.compile(dialect=_DIALECTS[dialect]))


@cache
def _insert_row(table: Table, on_conflict: OnConflict) -> str:
    marks = ", ".join("?" for _ in table.columns)
    return f"{_into(table)} VALUES ({marks}){_conflict(table, on_conflict)}"


@cache
def _insert_arrays(table: Table, on_conflict: OnConflict) -> str:
    dialect = _DIALECTS["postgresql"]
    # %b: psycopg sends arrays in binary, without escaping every byte.
    arrays = ", ".join(f"CAST(%b AS {c.type.compile(dialect)}[])" for c in table.columns)
    rows = f" SELECT * FROM unnest({arrays})"  # noqa: S608 types of our own columns
    return _into(table) + rows + _conflict(table, on_conflict)


def _into(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns)
    return f"INSERT INTO {table.name} ({names})"


def _conflict(table: Table, on_conflict: OnConflict) -> str:
    if on_conflict == "refuse":
        return ""
    keys = ", ".join(column.name for column in table.primary_key)
    if on_conflict == "keep":
        return f" ON CONFLICT ({keys}) DO NOTHING"
    others = [column.name for column in table.columns if not column.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in others)
    return f" ON CONFLICT ({keys}) DO UPDATE SET {changes}"
