"""A disk that fails at a told write: every call by which the store makes something stay.

A step is one of: writing to a regular file, making a file or a folder, a link, a rename, a sync of
a file, a folder or a file system, and in SQLite the beginning of a write, each statement that
writes, and the commit. Calls that only read or remove never fail: a full disk still lets go of what
it has.

  FULL     the told step and all after it fail with ENOSPC (SQLite: SQLITE_FULL): a full disk
  BROKEN   the told step alone fails with EIO (SQLite: SQLITE_IOERR): a bad sector

Everything happens in this process, so an act can be tried at each of its steps in turn.
"""

import errno
import io
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.engine.default import DefaultDialect

from provenance_store import blobs

NEVER: Final = 1 << 30
_WRITING: Final = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE", "COMMIT")


class Fault(Enum):
    """How the disk fails."""

    FULL = errno.ENOSPC
    BROKEN = errno.EIO


@dataclass
class FailingDisk:
    """Counts steps, and fails at the told one."""

    fault: Fault
    at: int = NEVER
    count: int = 0
    failed: list[str] = field(default_factory=list)
    """What failed, in order."""

    def _fails(self, what: str) -> bool:
        number, self.count = self.count, self.count + 1
        fails = number == self.at or (self.fault is Fault.FULL and number > self.at)
        if fails:
            self.failed.append(what)
        return fails

    def step(self, what: str) -> None:
        """Pass one step of the operating system. Raises OSError."""
        if self._fails(what):
            raise OSError(self.fault.value, os.strerror(self.fault.value))

    def database_step(self, what: str) -> None:
        """Pass one step of SQLite. Raises sqlite3.OperationalError."""
        if not self._fails(what):
            return
        full = self.fault is Fault.FULL
        error = sqlite3.OperationalError("database or disk is full" if full else "disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL if full else sqlite3.SQLITE_IOERR_WRITE
        error.sqlite_errorname = "SQLITE_FULL" if full else "SQLITE_IOERR_WRITE"
        raise error

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Be the disk of this process meanwhile; connections to databases must be new ones."""
        with pytest.MonkeyPatch.context() as patch:
            self._replace_calls(patch)
            self._replace_streams(patch)
            self._replace_databases(patch)
            yield

    def _before(self, real: Callable[..., Any], what: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 whatever the real one takes
            self.step(what)
            return real(*args, **kwargs)

        return call

    def _replace_calls(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("fsync", "link", "rename", "replace"):
            patch.setattr(os, name, self._before(getattr(os, name), name))
        synced = blobs.__dict__["sync_filesystem"]
        patch.setitem(blobs.__dict__, "sync_filesystem", self._before(synced, "syncfs"))
        real_open, real_write = os.open, os.write

        def opened(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:  # noqa: ANN401 same
            if flags & os.O_CREAT and not os.path.exists(path):  # noqa: PTH110 may be bytes
                self.step("create")
            return real_open(path, flags, *args, **kwargs)

        def written(descriptor: int, data: bytes) -> int:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                self.step("write")
            return real_write(descriptor, data)

        real_mkdir = os.mkdir

        def made(path: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 same
            if not os.path.exists(path):  # noqa: PTH110 same
                self.step("mkdir")
            real_mkdir(path, *args, **kwargs)

        patch.setattr(os, "mkdir", made)
        patch.setattr(os, "open", opened)
        patch.setattr(os, "write", written)

    def _replace_streams(self, patch: pytest.MonkeyPatch) -> None:
        """Python's own file objects write without `os.write`: packages are written by them."""
        disk, real = self, Path.open

        class File(io.FileIO):
            def write(self, data: Any) -> int:  # noqa: ANN401 any buffer
                disk.step("write")
                return super().write(data)

        def opened(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            if mode not in {"xb", "wb"}:
                return real(path, mode, *args, **kwargs)
            disk.step("create")
            return io.BufferedWriter(File(path, mode))

        patch.setattr(Path, "open", opened)

    def _replace_databases(self, patch: pytest.MonkeyPatch) -> None:
        disk, real = self, sqlite3.connect

        def step_of(sql: str) -> None:
            for verb in _WRITING:
                if sql.lstrip().upper().startswith(verb):
                    disk.database_step(verb.lower())

        class Cursor(sqlite3.Cursor):
            def execute(self, sql: str, *args: Any) -> "Cursor":  # noqa: ANN401 as the real one
                step_of(sql)
                return super().execute(sql, *args)

            def executemany(self, sql: str, *args: Any) -> "Cursor":  # noqa: ANN401 same
                step_of(sql)
                return super().executemany(sql, *args)

        class Connection(sqlite3.Connection):
            committed = 0
            """Changed rows at the last commit."""

            def cursor(self, factory: Any = Cursor) -> Any:  # noqa: ANN401 same
                return super().cursor(factory)

            def execute(self, sql: str, *args: Any) -> Any:  # noqa: ANN401 same
                return self.cursor().execute(sql, *args)

            def executemany(self, sql: str, *args: Any) -> Any:  # noqa: ANN401 same
                return self.cursor().executemany(sql, *args)

        def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:  # noqa: ANN401 same
            connection: sqlite3.Connection = real(*args, factory=Connection, **kwargs)
            return connection

        real_commit: Callable[..., Any] = DefaultDialect.do_commit

        def commit(dialect: Any, connection: Any) -> None:  # noqa: ANN401 same
            raw = getattr(connection, "dbapi_connection", connection)
            if raw.total_changes != raw.committed:  # a reading transaction has nothing to write
                disk.database_step("commit")
            real_commit(dialect, connection)
            raw.committed = raw.total_changes

        patch.setattr(sqlite3, "connect", connect)
        patch.setattr(DefaultDialect, "do_commit", commit)
