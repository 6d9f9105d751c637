"""Make a desk, and open one: the place where the ports meet their implementations.

Making, in order: folder, keys, database, `desk.toml`, then entry 0 of the log. A kill at any moment
leaves what the same command completes; a desk without entry 0 takes no other record, and keys that
have signed are never used for a second desk. Opening reads the settings, compares the database's
revision, and hands out a `Desk`; it writes nothing.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provenance.acts.person_names import require_name
from provenance.acts.workbench import Parts
from provenance.desk import Desk
from provenance.errors import KeyUnavailable, NotFound
from provenance.journal.keeping import genesis_record
from provenance.ledger.keys import Signer
from provenance_store.blobs import FolderBlobs
from provenance_store.checkpoints import SqlCheckpoints
from provenance_store.database import Database
from provenance_store.derived import SqlDerived
from provenance_store.desk_folder import (
    SQLITE,
    DeskFolder,
    finish_desk_folder,
    prepare_desk_folder,
    read_desk_folder,
)
from provenance_store.key_files import (
    LATCH,
    custodian_path,
    load_log_key,
    load_mark_key,
    load_signer,
    make_custodian_key,
    make_key_folder,
)
from provenance_store.latch_file import LatchFile
from provenance_store.ledger import SqlLedger
from provenance_store.publish import publish_files, published_file
from provenance_store.schema import create_schema, require_schema
from provenance_store.subject_keys import FileSubjectKeys
from provenance_store.views import SqlViews

SUBJECT_KEYS: Final = "subject-keys.db"
LOCK_TIMEOUT: Final = 30.0  # seconds to wait for another writer; a batch takes far less than one


@dataclass(frozen=True, slots=True)
class FolderPublisher:
    """Writes published files into the desk's own folder."""

    folder: Path

    def publish(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write (relative path, bytes) pairs, the checkpoint last."""
        publish_files(self.folder, files)

    def published(self, name: str) -> bytes | None:
        """Return a published file, None if it is not there."""
        return published_file(self.folder, name)


def create_desk(
    folder: Path,
    *,
    admin: str,
    passphrase: bytes | None,
    keys: Path | None = None,
    database: str = SQLITE,
    random: Callable[[int], bytes] = os.urandom,
    clock: Callable[[], datetime] | None = None,
) -> DeskFolder:
    """Make a desk and its keys, and sign entry 0; completes what a killed creation left.

    Args:
        folder: new or empty.
        admin: name of the first admin; also names the key file.
        passphrase: of the admin's key; None writes it without one.
        keys: key folder; beside the desk, named `<folder>-keys`, if None.
        database: `sqlite`, or a PostgreSQL address.
        random: gives that many random bytes.
        clock: returns an aware instant.

    Raises:
        Refused: there is a desk, or there are keys, already.
        UsageError: a name or address that cannot be used.
        SurroundingsError: disk or database failed.
    """
    require_name(admin)
    home = keys or folder.absolute().with_name(f"{folder.absolute().name}-keys")
    # A random name: the origin stands in every checkpoint that outsiders hold.
    origin = f"provenance-desk/{random(8).hex()}"
    desk = _left_without_entries(folder) or prepare_desk_folder(
        folder, origin=origin, keys=home, database=database
    )
    log_key = make_key_folder(desk.keys, random)
    _make_subject_keys(desk.keys)
    signer = _admin_key(desk.keys, _key_name(admin), passphrase, random)
    opened = _open_database(desk, create=True)
    try:
        create_schema(opened)
    finally:
        opened.close()
    finish_desk_folder(desk)
    record = genesis_record(log_key, origin=desk.origin, admin=signer, name=admin)
    with open_desk(folder, signer=signer, clock=clock, random=random) as made:
        made.record(record)
    return desk


def open_desk(
    folder: str | Path,
    *,
    signer: Signer | None = None,
    clock: Callable[[], datetime] | None = None,
    random: Callable[[int], bytes] = os.urandom,
    lock_timeout: float = LOCK_TIMEOUT,
) -> Desk:
    """Open a desk.

    Args:
        folder: the desk's folder.
        signer: the acting custodian's key; None for looking only.
        clock: returns an aware instant; the system's clock if None.
        random: gives that many random bytes.
        lock_timeout: seconds to wait for another writer before DeskLocked.

    Raises:
        NotFound: no desk there.
        DeskCorrupt: the desk cannot be read.
        KeyUnavailable: the key folder, or a key in it, is absent.
    """
    desk = read_desk_folder(Path(folder))
    if not desk.keys.is_dir():
        raise KeyUnavailable(f"the desk's key folder is not there: {desk.keys}")
    log_signer = load_log_key(desk.keys)
    mark_key = load_mark_key(desk.keys)
    database = _open_database(desk, lock_timeout=lock_timeout)
    require_schema(database)
    subject_keys = FileSubjectKeys(desk.keys, lock_timeout=lock_timeout)
    blobs = FolderBlobs(desk.blobs)

    def close() -> None:
        blobs.close()
        subject_keys.close()
        database.close()

    parts = Parts(
        origin=desk.origin,
        ledger=SqlLedger(database),
        checkpoints=SqlCheckpoints(database),
        views=SqlViews(database),
        derived=SqlDerived(database),
        blobs=blobs,
        subject_keys=subject_keys,
        latch=LatchFile(desk.keys / LATCH, lock_timeout=lock_timeout),
        publisher=FolderPublisher(desk.published),
        log_signer=log_signer,
        mark_key=mark_key,
        clock=clock or (lambda: datetime.now(UTC)),
        random=random,
        own_folders=(str(desk.path), str(desk.keys)),
        close=close,
    )
    return Desk(parts, signer=signer)


def read_settings(folder: Path) -> DeskFolder:
    """Read where a desk's parts lie, without opening it."""
    return read_desk_folder(folder)


def _left_without_entries(folder: Path) -> DeskFolder | None:
    """Return the desk that a creation left which was killed before entry 0."""
    try:
        desk = read_desk_folder(folder)
    except NotFound:
        return None
    if (desk.keys / LATCH).exists():
        return None
    database = _open_database(desk)
    try:
        require_schema(database)
        return desk if SqlLedger(database).size() == 0 else None
    finally:
        database.close()


def _make_subject_keys(keys: Path) -> None:
    if not (keys / SUBJECT_KEYS).exists():
        FileSubjectKeys.create(keys).close()


def _admin_key(
    keys: Path, name: str, passphrase: bytes | None, random: Callable[[int], bytes]
) -> Signer:
    path = custodian_path(keys, name)
    if path.exists():  # left by a killed creation, which had the passphrase too
        return load_signer(keys, str(path), passphrase=passphrase or b"", ask=lambda _: b"")
    return make_custodian_key(keys, name, passphrase, random)


def _open_database(
    desk: DeskFolder, *, create: bool = False, lock_timeout: float = LOCK_TIMEOUT
) -> Database:
    if desk.database == SQLITE:
        return Database.sqlite(desk.database_file, create=create, lock_timeout=lock_timeout)
    return Database.postgres(desk.database, lock_timeout=lock_timeout)


def _key_name(person: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in person.lower())
    return kept.strip("-") or "admin"
