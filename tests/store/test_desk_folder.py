"""A desk's folder says what it is; every fault of it gets one clear line."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import DeskCorrupt, DeskError, NotFound, Refused, StoreFault, UsageError
from provenance_store.desk_folder import (
    DeskFolder,
    finish_desk_folder,
    prepare_desk_folder,
    read_desk_folder,
)

ORIGIN = "desk.example/custody/2026"
URL = "postgresql://desk:hunter2@db.example/desk"


def _make(tmp_path: Path, **changes: str) -> DeskFolder:
    desk = prepare_desk_folder(
        tmp_path / "desk", keys=tmp_path / "keys", **({"origin": ORIGIN} | changes)
    )
    desk.database_file.touch()
    finish_desk_folder(desk)
    return desk


def test_what_is_made_is_read_back(tmp_path: Path) -> None:
    """Origin, database and key folder come back; the subfolders are there; the file is private."""
    desk = _make(tmp_path)
    assert read_desk_folder(tmp_path / "desk") == desk
    assert (desk.origin, desk.database, desk.keys) == (ORIGIN, "sqlite", tmp_path / "keys")
    assert desk.blobs.is_dir()
    assert desk.published.is_dir()
    assert (desk.path / "desk.toml").stat().st_mode & 0o077 == 0


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(origin=st.text().filter(str.isprintable))
def test_any_printable_origin_comes_back(
    tmp_path_factory: pytest.TempPathFactory, origin: str
) -> None:
    """Quotes, backslashes and any script survive desk.toml."""
    root = tmp_path_factory.mktemp("root")
    assert read_desk_folder(_make(root, origin=origin).path).origin == origin


def test_it_is_no_desk_until_finished(tmp_path: Path) -> None:
    """A killed creation is no desk, and can be repeated over what it left."""
    prepare_desk_folder(tmp_path / "desk", origin=ORIGIN, keys=tmp_path / "keys")
    (tmp_path / "desk" / "desk.db").touch()
    with pytest.raises(NotFound, match="no desk in"):
        read_desk_folder(tmp_path / "desk")
    assert read_desk_folder(_make(tmp_path).path).origin == ORIGIN


def test_a_desk_is_never_made_over_anything(tmp_path: Path) -> None:
    """An existing desk, or a folder of other files, is refused."""
    _make(tmp_path)
    with pytest.raises(Refused, match="already"):
        _make(tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    with pytest.raises(Refused, match="other files"):
        prepare_desk_folder(tmp_path / "photos", origin=ORIGIN, keys=tmp_path / "keys")


@pytest.mark.parametrize(
    ("keys", "origin", "database"),
    [
        ("desk/keys", ORIGIN, "sqlite"),
        ("desk", ORIGIN, "sqlite"),
        ("other/../desk/keys", ORIGIN, "sqlite"),
        ("keys", "two\nlines", "sqlite"),
        ("keys", ORIGIN, "mysql://db"),
        ("ke\nys", ORIGIN, "sqlite"),
        ("\udcff", ORIGIN, "sqlite"),
    ],
)
def test_unsound_values_are_refused(tmp_path: Path, keys: str, origin: str, database: str) -> None:
    """Keys inside the desk, other databases and unprintable text make no desk."""
    with pytest.raises(UsageError):
        prepare_desk_folder(
            tmp_path / "desk", origin=origin, keys=tmp_path / keys, database=database
        )
    assert not (tmp_path / "desk").exists()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("format = 1", "format = 2", StoreFault),
        ("format = 1", 'format = "1"', DeskCorrupt),
        ("format = 1", "format = true", DeskCorrupt),
        ("format = 1", "", DeskCorrupt),
        ("origin =", "oregano =", DeskCorrupt),
        ("keys =", "keys = 1 #", DeskCorrupt),
        ('database = "', 'database = "\x00', DeskCorrupt),
        ("database =", "database", DeskCorrupt),
    ],
)
def test_each_damage_gets_one_line(
    tmp_path: Path, old: str, new: str, fault: type[DeskError]
) -> None:
    """A changed desk.toml is told apart from a newer one, without quoting the password in it."""
    toml = _make(tmp_path, database=URL).path / "desk.toml"
    toml.write_text(toml.read_text().replace(old, new, 1))
    with pytest.raises(fault) as caught:
        read_desk_folder(tmp_path / "desk")
    assert "\n" not in str(caught.value)
    assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_missing_parts_are_named(tmp_path: Path) -> None:
    """A desk without its database or blobs is damaged, not empty."""
    desk = _make(tmp_path)
    desk.database_file.unlink()
    with pytest.raises(DeskCorrupt, match=r"no desk\.db"):
        read_desk_folder(desk.path)
    desk.database_file.touch()
    desk.blobs.rmdir()
    with pytest.raises(DeskCorrupt, match="blob folder"):
        read_desk_folder(desk.path)
    (desk.path / "desk.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(DeskCorrupt, match="not TOML"):
        read_desk_folder(desk.path)


def test_a_server_desk_needs_no_database_file(tmp_path: Path) -> None:
    """With PostgreSQL there is no desk.db to look for."""
    desk = _make(tmp_path, database=URL)
    desk.database_file.unlink()
    assert read_desk_folder(desk.path).database == URL


def test_a_file_is_no_desk(tmp_path: Path) -> None:
    """Naming a file or nothing at all says that there is no desk."""
    (tmp_path / "letter.pdf").touch()
    for path in ("letter.pdf", "absent"):
        with pytest.raises(NotFound):
            read_desk_folder(tmp_path / path)
