"""One key per data subject, in a file of its own beside the log key (port `SubjectKeys`).

    keys/subject-keys.db     handle (16 bytes) and wrapped key (60 bytes) of each subject
    keys/subject-keys.kek    the key-encryption key: 32 random bytes, mode 0600

  handle   = first 16 bytes of HMAC-SHA256(handle key, subject): the file lists no source by name
  wrapped  = nonce || AES-256-GCM(wrapping key, subject's key, aad = subject)
  the handle key and the wrapping key are HMAC-SHA256(key-encryption key, purpose)

Destroying overwrites handle and wrapped key in place, with random bytes and zeros of the same
length, and then empties the journal. Rows are never deleted and only ever appended: SQLite then
never moves a row to another page, so no stale copy of a wrapped key stays behind elsewhere.
What it cannot reach: backups of this folder (keep them short-lived), copies that a file system with
snapshots or a flash drive's wear levelling keeps, and keys that a running process has in memory.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from provenance.errors import DeskLocked, KeyUnavailable, Refused, UsageError
from provenance_store.durable import sync_path, write_atomically
from provenance_store.faults import os_faults, sqlite_faults

KEY_LENGTH: Final = 32  # bytes: AES-256
HANDLE_LENGTH: Final = 16  # bytes; a million subjects collide with probability 2^-89
WRAPPED_LENGTH: Final = 12 + KEY_LENGTH + 16  # bytes: nonce, key, tag

_DATABASE: Final = "subject-keys.db"
_KEK: Final = "subject-keys.kek"
_NONCE: Final = 12  # bytes; random ones stay unique far beyond any desk's number of subjects
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)
_TABLES: Final = (
    "CREATE TABLE subject_key (id INTEGER PRIMARY KEY, handle BLOB NOT NULL, wrapped BLOB)",
    "CREATE UNIQUE INDEX ix_subject_key_handle ON subject_key (handle)",
    "CREATE TABLE kek_check (id INTEGER PRIMARY KEY, value BLOB NOT NULL)",
)


class FileSubjectKeys:
    """The subject keys of one desk. Safe to share between threads and processes."""

    def __init__(self, folder: Path, *, lock_timeout: float = 30.0) -> None:
        """Open the keys in a folder made by `create`.

        Args:
            folder: the key folder; never the desk's own folder.
            lock_timeout: seconds to wait for another process.

        Raises:
            KeyUnavailable: the key-encryption key is absent, readable by others, or another one.
        """
        kek = _read_kek(folder / _KEK)
        self._handle_key = _derive(kek, b"subject handle")
        self._wrapping = AESGCM(_derive(kek, b"subject key wrapping"))
        self._guard = threading.Lock()
        if not (folder / _DATABASE).is_file():
            raise KeyUnavailable(f"the key folder has no {_DATABASE}")
        with sqlite_faults():
            self._connection = _connect(folder / _DATABASE, "rw", lock_timeout)
            found = self._connection.execute("SELECT value FROM kek_check").fetchone()
        if found is None or not hmac.compare_digest(found[0], _derive(kek, b"check")):
            self.close()
            raise KeyUnavailable(f"{_KEK} is not the key that {_DATABASE} was written with")

    @classmethod
    def create(cls, folder: Path, *, lock_timeout: float = 30.0) -> Self:
        """Make the two files in a key folder (made too, mode 0700, where absent) and open them.

        Raises:
            Refused: the folder already has subject keys.
        """
        with os_faults("the subject keys could not be made"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if (folder / _DATABASE).exists():
                raise Refused(f"the key folder already has a {_DATABASE}")
            if not (folder / _KEK).exists():  # a killed creation may have left it; it is unused
                write_atomically(folder / _KEK, secrets.token_bytes(KEY_LENGTH), mode=0o600)
            # Under a passing name until complete: a killed creation leaves no half key file.
            making = folder / f".{_DATABASE}.{secrets.token_hex(8)}"
            _write_tables(making, _read_kek(folder / _KEK))
            making.chmod(0o600)
            making.rename(folder / _DATABASE)
            sync_path(folder)
        return cls(folder, lock_timeout=lock_timeout)

    def get(self, subjects: Sequence[str]) -> Mapping[str, bytes]:
        """Return the keys of those of these subjects that have one."""
        found: dict[str, bytes] = {}
        with self._guard, sqlite_faults():
            for subject in subjects:
                row = self._connection.execute(
                    "SELECT wrapped FROM subject_key WHERE handle = ?", (self._handle(subject),)
                ).fetchone()
                if row is not None:
                    found[subject] = self._unwrap(subject, row[0])
        return found

    def put(self, keys: Mapping[str, bytes]) -> None:
        """Store new keys, durably. A subject that has a key keeps the old one.

        Raises:
            UsageError: a key that is not 32 bytes long.
        """
        if any(len(key) != KEY_LENGTH for key in keys.values()):
            raise UsageError(f"a subject's key is {KEY_LENGTH} bytes long")
        rows = [(self._handle(s), self._wrap(s, key)) for s, key in keys.items()]
        with self._writing():
            self._connection.executemany(
                "INSERT INTO subject_key (handle, wrapped) VALUES (?, ?)"
                " ON CONFLICT (handle) DO NOTHING",
                rows,
            )

    def destroy(self, *subjects: str) -> None:
        """Destroy keys for good, all in one step; a subject without a key is no error.

        Raises:
            DeskLocked: the key is destroyed, but another process kept the journal from being
                emptied within the time; call again, which empties it.
        """
        with self._writing():
            self._connection.executemany(
                "UPDATE subject_key SET handle = ?, wrapped = zeroblob(?) WHERE handle = ?",
                [
                    (secrets.token_bytes(HANDLE_LENGTH), WRAPPED_LENGTH, self._handle(subject))
                    for subject in subjects
                ],
            )
        with self._guard, sqlite_faults():
            busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise DeskLocked("the journal of the subject keys could not be emptied: in use")

    def close(self) -> None:
        """Close the file."""
        with self._guard, sqlite_faults():
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._guard, sqlite_faults():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _handle(self, subject: str) -> bytes:
        return hmac.digest(self._handle_key, subject.encode("utf-8"), "sha256")[:HANDLE_LENGTH]

    def _wrap(self, subject: str, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, key, subject.encode("utf-8"))

    def _unwrap(self, subject: str, wrapped: bytes) -> bytes:
        try:
            return self._wrapping.decrypt(
                wrapped[:_NONCE], wrapped[_NONCE:], subject.encode("utf-8")
            )
        except (InvalidTag, ValueError) as error:
            raise KeyUnavailable("a stored subject key was changed: it does not open") from error


def _derive(kek: bytes, purpose: bytes) -> bytes:
    return hmac.digest(kek, b"provenance-desk " + purpose, hashlib.sha256)


def _read_kek(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            kek = file.read(KEY_LENGTH + 1)
    except OSError as error:
        raise KeyUnavailable(f"{path.name} cannot be read: {error.strerror}") from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyUnavailable(f"others may read {path.name}: chmod 600 it")
    if len(kek) != KEY_LENGTH:
        raise KeyUnavailable(f"{path.name} is not {KEY_LENGTH} bytes long")
    return kek


def _connect(path: Path, mode: str, lock_timeout: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=lock_timeout,
        isolation_level=None,
        check_same_thread=False,  # one lock of ours serialises the threads
    )
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def _write_tables(path: Path, kek: bytes) -> None:
    with sqlite_faults():
        connection = _connect(path, "rwc", 0.0)
        try:
            for statement in _TABLES:
                connection.execute(statement)
            check = (_derive(kek, b"check"),)
            connection.execute("INSERT INTO kek_check (value) VALUES (?)", check)
        finally:
            connection.close()  # folds the journal in: one file remains
