"""Turn what databases and operating systems raise into the desk's own errors.

  1. waiting for a lock took too long               DeskLocked
  2. no space, quota used up                        DiskFull
  3. not a database, malformed, tables missing      DeskCorrupt
  4. anything else: read-only, permission, I/O      StoreFault, in one line with the code to look up

The message is always ours. A driver's text may quote the row it refused, and a row may name a
source: so a refused row (constraint, data) loses its cause as well, every other fault keeps it.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from provenance.errors import (
    DeskCorrupt,
    DeskLocked,
    DiskFull,
    StoreFault,
    SurroundingsError,
)

NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
"""EFBIG is not among them: a file size limit does not go away by freeing space."""

_LOCKED = "another process holds the desk and did not let go in time"
_FULL = "no space left on the disk that holds the desk"
_CORRUPT = "the database cannot be read"
_READ_ONLY = "the database cannot be written: read-only, or no permission"

_SQLITE: Final[dict[int, tuple[type[SurroundingsError], str]]] = {
    sqlite3.SQLITE_BUSY: (DeskLocked, _LOCKED),
    sqlite3.SQLITE_LOCKED: (DeskLocked, _LOCKED),
    sqlite3.SQLITE_FULL: (DiskFull, _FULL),
    sqlite3.SQLITE_CORRUPT: (DeskCorrupt, _CORRUPT),
    sqlite3.SQLITE_NOTADB: (DeskCorrupt, _CORRUPT),
    sqlite3.SQLITE_FORMAT: (DeskCorrupt, _CORRUPT),
    sqlite3.SQLITE_READONLY: (StoreFault, _READ_ONLY),
    sqlite3.SQLITE_PERM: (StoreFault, _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: (StoreFault, "the database file cannot be opened"),
    sqlite3.SQLITE_CONSTRAINT: (StoreFault, "the database refused rows that contradict its own"),
    sqlite3.SQLITE_IOERR: (StoreFault, "the disk failed while the database was at work"),
}

# By SQLSTATE, the longest match first (PostgreSQL documentation, appendix A).
_POSTGRES: Final[tuple[tuple[str, type[SurroundingsError], str], ...]] = (
    ("55P03", DeskLocked, _LOCKED),
    ("57014", DeskLocked, _LOCKED),
    ("40", DeskLocked, _LOCKED),
    ("53100", DiskFull, _FULL),
    ("53", StoreFault, "the database server has no room for this connection"),
    ("XX", DeskCorrupt, _CORRUPT),
    ("42P01", DeskCorrupt, "the database lacks a table of this desk"),
    ("25006", StoreFault, _READ_ONLY),
    ("42501", StoreFault, _READ_ONLY),
    ("23", StoreFault, "the database refused rows that contradict its own"),
    ("08", StoreFault, "the database server does not answer"),
    ("57", StoreFault, "the database server is shutting down or ended this connection"),
    ("28", StoreFault, "the database server refused this login"),
    ("3D", StoreFault, "the database server has no database of this name"),
)


def fault_of_sqlite(error: sqlite3.Error) -> SurroundingsError:
    """Return the desk's error for one of sqlite3's."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # raised by Python's module, not by the library
        return StoreFault(f"the database failed ({type(error).__name__})")
    if code == sqlite3.SQLITE_ERROR and str(error).startswith("no such"):
        return DeskCorrupt("the database lacks a table or column of this desk")
    kind, text = _SQLITE.get(code & 0xFF, (StoreFault, "the database failed"))
    return kind(f"{text} ({getattr(error, 'sqlite_errorname', code)})")


def fault_of_sqlstate(state: str | None) -> SurroundingsError:
    """Return the desk's error for a PostgreSQL error code; None where no server answered."""
    if state is None:
        return StoreFault("the database server does not answer")
    for prefix, kind, text in _POSTGRES:
        if state.startswith(prefix):
            return kind(f"{text} (SQLSTATE {state})")
    return StoreFault(f"the database failed (SQLSTATE {state})")


def fault_of_os(error: OSError, what: str) -> SurroundingsError:
    """Return the desk's error for a failed system call; `what` says what it was to do."""
    name = errno.errorcode.get(error.errno or 0, "unknown error")
    if error.errno in NO_SPACE:
        return DiskFull(f"no space left: {what} ({name})")
    return StoreFault(f"{what}: {error.strerror or 'failed'} ({name})")


@contextmanager
def os_faults(what: str) -> Iterator[None]:
    """Raise the desk's errors for any failed system call inside; `what` says what was tried."""
    try:
        yield
    except OSError as error:
        raise fault_of_os(error, what) from error


@contextmanager
def sqlite_faults() -> Iterator[None]:
    """Raise the desk's errors for anything that sqlite3 raises inside."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.DataError) as error:
        raise fault_of_sqlite(error) from None  # its text may quote the row
    except sqlite3.Error as error:
        raise fault_of_sqlite(error) from error
