"""A witness's memory on disk: which logs it knows, and the last checkpoint it cosigned of each.

    logs                     verifier keys of the logs, one a line
    <hash of origin>/last    the last cosigned checkpoint, as the log signed it
    <hash of origin>/fork    the first checkpoint that contradicted it: evidence, never replaced
    <hash of origin>/lock    held from judging a request until its outcome is on the disk

Every file is written whole or not at all and is on the disk before the call returns. It belongs to
the witness: a desk never reads it. Losing it makes a witness sign again from nothing, so it must
not be restored from an old copy; keep it beside the key.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from provenance.errors import DeskCorrupt, Malformed, NotFound, StoreFault
from provenance.ledger.note import ED25519, MAX_NOTE, NoteKey, parse_vkey
from provenance_store.durable import sync_path, write_atomically
from provenance_store.faults import fault_of_os, os_faults
from provenance_store.file_lock import file_lock

LOGS: Final = "logs"
_LAST: Final = "last"
_FORK: Final = "fork"


class WitnessFolder:
    """One witness's state. Safe to share between threads and processes."""

    def __init__(self, path: Path, *, lock_timeout: float = 10.0) -> None:
        self._path = path
        self._lock_timeout = lock_timeout

    def logs(self) -> tuple[NoteKey, ...]:
        """Return the keys of the logs that this witness knows.

        Raises:
            DeskCorrupt: the list cannot be read.
        """
        data = self._read(self._path / LOGS) or b""
        try:
            return tuple(parse_vkey(line) for line in data.decode("utf-8").splitlines())
        except (Malformed, UnicodeDecodeError) as error:
            raise DeskCorrupt(f"the witness's list of logs cannot be read: {error}") from error

    def add_log(self, vkey: str) -> NoteKey:
        """Put a log on the list, durably; one that is on it stays as it is.

        Raises:
            Malformed: not the verifier key of a log.
        """
        key = parse_vkey(vkey)
        if key.kind != ED25519:
            raise Malformed("this is a witness's key, not a log's")
        with os_faults("the witness's folder could not be made"):
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(self._path / "lock", timeout=self._lock_timeout):
            known = self.logs()
            if key not in known:
                text = "".join(f"{each.vkey()}\n" for each in (*known, key))
                write_atomically(self._path / LOGS, text.encode(), mode=0o600)
        return key

    def require_logs(self) -> None:
        """Return if this witness knows any log.

        Raises:
            NotFound: it does not.
        """
        if not self.logs():
            raise NotFound("this witness knows no log: name one with --log VKEY")

    @contextmanager
    def holding(self, origin: str) -> Iterator[None]:
        """Keep everyone else from judging requests about this log meanwhile.

        Raises:
            DeskLocked: somebody else does and did not end in time.
        """
        folder = self._folder(origin)
        with os_faults("the witness's folder for a log could not be made"):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync_path(self._path)
        with file_lock(folder / "lock", timeout=self._lock_timeout):
            yield

    def last(self, origin: str) -> bytes | None:
        """Return the last checkpoint cosigned for this log, None if there is none."""
        return self._read(self._folder(origin) / _LAST)

    def replace(self, origin: str, note: bytes) -> None:
        """Put a checkpoint in the last one's place, durably. Only while `holding`."""
        write_atomically(self._folder(origin) / _LAST, note, mode=0o600)

    def keep_fork(self, origin: str, note: bytes) -> None:
        """Keep the first checkpoint that contradicts the last one. Only while `holding`."""
        path = self._folder(origin) / _FORK
        if self._read(path) is None:
            write_atomically(path, note, mode=0o600)

    def _folder(self, origin: str) -> Path:
        # The origin is a stranger's text: hashed, it cannot name a place outside the folder.
        return self._path / sha256(origin.encode()).hexdigest()

    def _read(self, path: Path) -> bytes | None:
        try:
            with path.open("rb") as file:
                data = file.read(MAX_NOTE + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise fault_of_os(error, "the witness's memory could not be read") from error
        if len(data) > MAX_NOTE:
            raise StoreFault("a file in the witness's memory is longer than any checkpoint")
        return data
