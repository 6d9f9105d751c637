"""A desk's folder: what lies where, making one, and reading back what it says.

    desk/desk.toml     format, origin, database, path of the key folder
    desk/desk.db       the database, where `database = "sqlite"`
    desk/blobs/        content-addressed bytes
    desk/published/    the log as static files

`desk.toml` is written last: a folder without it is no desk yet, and making it again completes it.
It may hold a database password, so its mode is 0600 and no message quotes the address.
The key folder lies elsewhere: whoever copies or restores the desk must not get the keys with it.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provenance.errors import DeskCorrupt, NotFound, Refused, StoreFault, UsageError
from provenance_store.durable import sync_path, write_atomically
from provenance_store.faults import fault_of_os, os_faults

FORMAT: Final = 1
"""Layout of the folder; the database has its own revision."""
SQLITE: Final = "sqlite"

_TOML: Final = "desk.toml"
_FOLDERS: Final = ("blobs", "published")
_OWN_NAMES: Final = frozenset({*_FOLDERS, "desk.db", "desk.db-wal", "desk.db-shm"})
_POSTGRES: Final = ("postgresql://", "postgresql+psycopg://")
_MAX_TOML: Final = 64 * 1024  # bytes; four lines need far less


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFolder:
    """Where everything of one desk lies."""

    path: Path
    origin: str
    """Name of the log, as in its checkpoints."""
    database: str
    """`sqlite`, or a PostgreSQL address that may hold a password: never to be shown."""
    keys: Path
    """The key folder: subject keys, latch, signing keys. Outside `path`."""

    @property
    def database_file(self) -> Path:
        """The SQLite file; meaningless with PostgreSQL."""
        return self.path / "desk.db"

    @property
    def blobs(self) -> Path:
        """The blob folder."""
        return self.path / "blobs"

    @property
    def published(self) -> Path:
        """The folder that any web server may show to the world."""
        return self.path / "published"


def prepare_desk_folder(
    path: Path, *, origin: str, keys: Path, database: str = SQLITE
) -> DeskFolder:
    """Make the folder and its subfolders, not yet a desk; `finish_desk_folder` makes it one.

    An empty or absent folder will do, or one that a killed creation left.

    Raises:
        UsageError: the key folder lies in the desk, or a value that desk.toml cannot hold.
        Refused: there is a desk already, or files that are not a desk's.
    """
    desk = DeskFolder(path=path.absolute(), origin=origin, database=database, keys=keys.absolute())
    _require_sound(desk)
    with os_faults("the desk's folder could not be made"):
        desk.path.mkdir(parents=True, exist_ok=True)
        there = {entry.name for entry in desk.path.iterdir()}
        if _TOML in there:
            raise Refused(f"there is a desk in {desk.path} already")
        if not there <= _OWN_NAMES:
            raise Refused(f"{desk.path} holds other files: take an empty folder")
        for name in _FOLDERS:
            (desk.path / name).mkdir(exist_ok=True)
        sync_path(desk.path)
    return desk


def finish_desk_folder(desk: DeskFolder) -> None:
    """Write desk.toml, durably: from now on this is a desk."""
    lines = [
        "# Made by provenance-desk. The key folder is not part of this folder: back it up apart.",
        f"format = {FORMAT}",
        f"origin = {_quoted(desk.origin)}",
        f"database = {_quoted(desk.database)}",
        f"keys = {_quoted(str(desk.keys))}",
    ]
    write_atomically(desk.path / _TOML, ("\n".join(lines) + "\n").encode(), mode=0o600)


def read_desk_folder(path: Path) -> DeskFolder:
    """Read what a desk's folder says about itself.

    Raises:
        NotFound: no desk there.
        StoreFault: a newer format, or desk.toml cannot be read.
        DeskCorrupt: desk.toml is damaged, or the database or blob folder is missing.
    """
    stated = _stated(path)
    _require_format(stated.get("format"))
    origin, database, keys = (stated.get(name) for name in ("origin", "database", "keys"))
    if not (isinstance(origin, str) and isinstance(database, str) and isinstance(keys, str)):
        raise DeskCorrupt("desk.toml is damaged: it must state origin, database and keys")
    root = path.absolute()
    desk = DeskFolder(path=root, origin=origin, database=database, keys=root / keys)
    if database == SQLITE and not desk.database_file.is_file():
        raise DeskCorrupt("the desk's database is missing: no desk.db beside desk.toml")
    if not desk.blobs.is_dir():
        raise DeskCorrupt("the desk's blob folder is missing")
    return desk


def _require_sound(desk: DeskFolder) -> None:
    if desk.keys.resolve().is_relative_to(desk.path.resolve()):
        raise UsageError("the key folder must not lie in the desk's folder: choose another place")
    if desk.database != SQLITE and not desk.database.startswith(_POSTGRES):
        raise UsageError("the database is either sqlite or an address postgresql://...")
    for value in (desk.origin, desk.database, str(desk.keys)):
        if not value.isprintable():  # also a path that is not UTF-8: its surrogates do not print
            raise UsageError("origin, database and key folder must be printable text")


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)  # TOML 1.0 basic string, for printable text


def _stated(path: Path) -> dict[str, Any]:
    try:
        with (path / _TOML).open("rb") as file:
            return tomllib.loads(file.read(_MAX_TOML).decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"no desk in {path}: no {_TOML} there") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Without the parser's error: it may quote the database address.
        raise DeskCorrupt(f"{_TOML} is damaged: it is not TOML") from None
    except OSError as error:
        raise fault_of_os(error, f"{_TOML} could not be read") from error


def _require_format(stated: object) -> None:
    if not isinstance(stated, int) or isinstance(stated, bool) or stated < 1:
        raise DeskCorrupt("desk.toml is damaged: it states no format")
    if stated > FORMAT:
        raise StoreFault(
            f"this desk has format {stated}, this version knows {FORMAT}: install a newer version"
        )
