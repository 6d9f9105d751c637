"""What is in a package, for whom; that it is accepted; that it is the same bytes each time."""

import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from provenance.errors import BlobCorrupt, BlobMissing, Refused, UsageError
from provenance.evidence import exemplars
from provenance.exports.checking import check_package
from provenance.exports.checklist import State
from provenance.exports.layout import is_package_name, seq_of
from provenance.journal.reading import OpenedEntry
from provenance.ledger.disclosure import parse_presentation
from provenance.ledger.manifest import MANIFEST
from provenance_store.package_target import package_target
from tests.exports.world import (
    AUDIENCES,
    FILE_NAMES,
    HANDLES,
    SOURCED_WORDS,
    UNNAMED,
    Newsroom,
    change_keys,
    files_in,
    run_script,
)

SHELLS = [
    pytest.param((name, *more), id=name, marks=pytest.mark.skipif(
        shutil.which(name) is None, reason=f"needs {name}"))
    for name, *more in (("dash",), ("bash",), ("busybox", "sh"))
]  # fmt: skip


def _shown(folder: Path) -> dict[int, tuple[str, set[str]]]:
    found = {}
    for path in files_in(folder):
        seq = seq_of(path.relative_to(folder).as_posix())
        if seq is not None:
            entry, fields = parse_presentation(path.read_bytes())
            found[seq] = (entry.type, {field.name for field in fields})
    return dict(sorted(found.items()))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_check_accepts(packages: dict[str, Path], audience: str) -> None:
    """`prov check` finds nothing wrong with an honest package, and says what it did not check."""
    found = check_package(packages[audience])
    assert [line.text for line in found.lines if line.state is State.FAILS] == []
    assert {line.check for line in found.lines if line.state is State.HOLDS} >= {
        "bag", "checkpoint", "entries", "signatures", "complete", "hand-overs", "seen",
        "allowed-signers", "report", "page", "script",
    }  # fmt: skip
    assert {line.check for line in found.lines if line.state is State.UNCHECKED} >= {
        "log-key", "witnesses", "timestamps",
    }  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_script_accepts(packages: dict[str, Path], audience: str, shell: tuple[str, ...]) -> None:
    """VERIFY.sh accepts an honest package in every shell that is here."""
    done = run_script(packages[audience], by=shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("OK: ")


def test_keys_of_all_kinds(newsroom: Newsroom, tmp_path: Path) -> None:
    """A card's P-256 key, a replaced and a revoked one: both checks go by position in the log."""
    room = newsroom.copy(tmp_path / "room")
    change_keys(room)
    room.package(tmp_path / "package", "public", who="amal-haddad")
    assert check_package(tmp_path / "package").holds
    assert run_script(tmp_path / "package").returncode == 0


def test_what_leaves_is_read_once(newsroom: Newsroom, tmp_path: Path) -> None:
    """A report reads the entries of its item once; a package once more, for what it hands out."""
    room = newsroom.copy(tmp_path / "room")
    item = room.letter()
    with room.open("joan") as desk, package_target(tmp_path / "x", top="x") as target:
        ledger = Mock(wraps=desk.parts.ledger)
        desk.parts = replace(desk.parts, ledger=ledger)
        desk.report(item, audience="public")
        assert [call.args for call in ledger.entries_of.mock_calls].count((item,)) == 1
        desk.package(item, target, audience="public")
    assert [call.args for call in ledger.entries_of.mock_calls].count((item,)) == 3


def test_zip_and_folder_are_one(newsroom: Newsroom, tmp_path: Path) -> None:
    """The same desk, instant and chance give the same files, and the same bytes of an archive."""
    for name in ("a.zip", "b.zip", "c"):
        newsroom.copy(tmp_path / f"room-{name}").package(tmp_path / name, "auditor", chance="one")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archived = {
            info.filename.removeprefix("x/"): archive.read(info) for info in archive.infolist()
        }
    folder = tmp_path / "c"
    assert archived == {p.relative_to(folder).as_posix(): p.read_bytes() for p in files_in(folder)}
    assert check_package(tmp_path / "a.zip").holds


@pytest.mark.parametrize("audience", AUDIENCES)
def test_all_names_are_of_the_layout(packages: dict[str, Path], audience: str) -> None:
    """No file has a name that is not in the closed list, so none tells of a source."""
    folder = packages[audience]
    assert all(is_package_name(path.relative_to(folder).as_posix()) for path in files_in(folder))


def _everything(folder: Path) -> str:
    """All bytes of a package, with every disclosure decoded, as one text without case."""
    parts = []
    for path in files_in(folder):
        if path.parent.name == "documents":
            continue
        parts.append(path.name + path.read_bytes().decode("utf-8", "replace"))
        if path.suffix == ".sdjwt":
            _, fields = parse_presentation(path.read_bytes())
            parts += [json.dumps([each.name, each.value], ensure_ascii=False) for each in fields]
    return "\n".join(parts).casefold()


@pytest.mark.parametrize("audience", ["auditor", "public"])
@pytest.mark.parametrize("secret", [*HANDLES, "heron-5"])
def test_no_source_leaves(packages: dict[str, Path], audience: str, secret: str) -> None:
    """No source handle leaves the desk, wherever somebody typed it."""
    assert secret.casefold() not in _everything(packages[audience])


@pytest.mark.parametrize("audience", ["auditor", "public"])
def test_a_field_that_names_a_source_is_withheld_whole(
    packages: dict[str, Path], audience: str
) -> None:
    """A disclosure cannot be blotted: one in which somebody typed a handle stays inside."""
    entries = _everything(packages[audience] / "data" / "entries")
    assert SOURCED_WORDS not in entries
    assert SOURCED_WORDS in _everything(packages["internal"] / "data" / "entries")


@pytest.mark.parametrize("audience", ["auditor", "public"])
def test_the_list_of_fields_stays_inside(packages: dict[str, Path], audience: str) -> None:
    """Whoever gets a package cannot tell an entry's withheld fields from decoys."""
    assert not any(MANIFEST in names for _, names in _shown(packages[audience]).values())
    item = [names for kind, names in _shown(packages["internal"]).values() if kind != "log.genesis"]
    assert all(MANIFEST in names for names in item)


def test_the_desks_own_package_counts_what_is_gone(newsroom: Newsroom, tmp_path: Path) -> None:
    """A field that was deleted from the desk is missed in its own package."""
    room = newsroom.copy(tmp_path / "room")
    room.package(tmp_path / "whole", "internal")
    (whole,) = [
        each.text for each in check_package(tmp_path / "whole").lines if "vouch" in each.text
    ]
    assert "not here" not in whole
    seq = next(row.seq for row in _arrivals(room))
    with closing(sqlite3.connect(room.base / "desk" / "desk.db")) as database:
        done = database.execute(
            "DELETE FROM disclosure WHERE seq = ? AND subject LIKE 'source-label:%'", (seq,)
        )
        assert done.rowcount == 1
        database.commit()
    room.package(tmp_path / "less", "internal")
    found = check_package(tmp_path / "less")
    assert found.holds
    assert any("1 fields that the desk's own lists name" in each.text for each in found.lines)


def _arrivals(room: Newsroom) -> list[OpenedEntry]:
    with room.open(None) as desk:
        return desk.entries(room.letter(), ("item.received",))


@pytest.mark.parametrize("secret", [*FILE_NAMES, UNNAMED, "said in passing", "signal", "Okafor"])
def test_public_learns_no_more(packages: dict[str, Path], secret: str) -> None:
    """File names, unnamed speakers, channels and people who signed no verdict are not public."""
    if secret == "Okafor":  # she signed the verdict, so the report names her, and no entry does
        entries = _shown(packages["public"])
        assert not any("person" in names for _, names in entries.values())
    else:
        assert secret.casefold() not in _everything(packages["public"])


def test_secrets_were_planted(packages: dict[str, Path]) -> None:
    """The secrets that others must not get are in the desk's own package: the search finds them."""
    text = _everything(packages["internal"])
    for secret in (*HANDLES, SOURCED_WORDS, *FILE_NAMES, UNNAMED, "said in passing", "signal"):
        assert secret.casefold() in text


def test_public_documents(packages: dict[str, Path]) -> None:
    """The copies go to desk and auditor; the public gets neither bytes nor digests of them."""
    digests = {path.name for path in (packages["auditor"] / "data/documents").iterdir()}
    assert len(digests) == 2
    assert not (packages["public"] / "data/documents").exists()
    text = _everything(packages["public"])
    assert not any(digest in text for digest in digests)


def test_what_is_shown(packages: dict[str, Path]) -> None:
    """Each audience gets the fields of the table, and every entry at least as a bare leaf."""
    shown = {audience: _shown(packages[audience]) for audience in AUDIENCES}
    assert shown["internal"].keys() == shown["auditor"].keys() == shown["public"].keys()
    for seq, (kind, names) in shown["public"].items():
        assert names <= shown["auditor"][seq][1] <= shown["internal"][seq][1]
        assert kind == shown["internal"][seq][0]
    arrivals = [seq for seq, (kind, _) in shown["public"].items() if kind == "item.received"]
    assert shown["internal"][arrivals[0]][1] >= {"source", "arrival", "note", "document"}
    assert shown["auditor"][arrivals[0]][1] == {"document", "label", "name"}
    assert shown["public"][arrivals[0]][1] == {"label"}
    assert shown["public"][0] == ("log.genesis", {"charter", "admins"})
    notes = [names for kind, names in shown["auditor"].values() if kind == "note"]
    assert notes == [set(), {"note"}]  # the first names a source


def test_export_is_recorded_first(newsroom: Newsroom, tmp_path: Path) -> None:
    """A package ends with the record of its making; one that fails leaves that record, no file."""
    room = newsroom.copy(tmp_path / "room")
    made = room.package(tmp_path / "one.zip", "auditor")
    with room.open(None) as desk:
        last = desk.entries(room.letter())[-1]
        document = exemplars(desk.holdings(room.letter()))[0].sha256.hex()
    assert last.type == "report.exported"
    assert last.text("export", "as") == "package"
    assert made.log_size == last.seq + 1
    blob = next((room.base / "desk" / "blobs").rglob(document[2:]))
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes() + b"x")
    with pytest.raises(BlobCorrupt):
        room.package(tmp_path / "two.zip", "auditor")
    blob.unlink()
    with pytest.raises(BlobMissing):
        room.package(tmp_path / "three", "internal")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.zip", "room"]
    with room.open(None) as desk:
        assert len(desk.entries(room.letter())) == last.entry.n + 3


def test_never_over_something(newsroom: Newsroom, tmp_path: Path) -> None:
    """A package is never written over what is there, and an unknown audience gets none."""
    (tmp_path / "there").mkdir()
    with pytest.raises(Refused), package_target(tmp_path / "there", top="x"):
        pass
    with pytest.raises(UsageError):
        newsroom.copy(tmp_path / "room").package(tmp_path / "new", "friends")
    assert not (tmp_path / "new").exists()


def test_checking_is_light(packages: dict[str, Path]) -> None:
    """Checking loads neither database nor PDF software."""
    program = (
        "import sys; from pathlib import Path\n"
        "from provenance.exports.checking import check_package\n"
        f"assert check_package(Path({str(packages['auditor'])!r})).holds\n"
        "print([m for m in ('sqlmodel', 'sqlalchemy', 'pyhanko', 'PIL') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
