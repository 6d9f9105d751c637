"""A package doctored where nothing looked once: roles, attestations nobody proves, the page."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from provenance.custody import access_record
from provenance.exports.checking import check_package
from provenance.exports.checklist import State
from provenance.journal import appending
from provenance.journal.roles import SIGNS
from provenance.outside.timestamp_request import TimestampRequest
from provenance.records import RECORD_TYPES
from provenance_store.key_files import make_custodian_key
from tests.exports.world import SCRIPT, Chance, Newsroom, reseal, run_script, tampered
from tests.outside.authority import Tsa


def _failing(folder: Path) -> set[str]:
    return {line.check for line in check_package(folder).lines if line.state is State.FAILS}


def test_an_entry_beyond_its_key_s_role(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a role does not allow, put past the door of the desk, is refused by both checks."""
    room = newsroom.copy(tmp_path / "room")
    watcher = make_custodian_key(room.base / "keys", "wim", None, Chance("wim"))
    with room.open("amal-haddad") as desk:
        desk.enrol(watcher, role="auditor", name="Wim Watcher")
    room.package(tmp_path / "before", "auditor")
    assert not _failing(tmp_path / "before")
    with monkeypatch.context() as patch, room.open("wim") as desk:
        patch.setattr(appending, "may_sign", lambda *_: True)
        desk.record(access_record(room.letter(), purpose="looked where he may not"))
    room.package(tmp_path / "after", "auditor")
    assert _failing(tmp_path / "after") == {"roles"}
    done = run_script(tmp_path / "after")
    assert (done.returncode, done.stdout.splitlines()[-1][:7]) == (1, "FAILED:")
    assert "role auditor" in done.stdout


def test_the_script_knows_every_role() -> None:
    """VERIFY.sh has the desk's own table of who signs what."""
    lines = SCRIPT.read_text().splitlines()
    start = lines.index("may_sign() { # role, type")
    body = "\n".join(lines[start : lines.index("}", start) + 1])
    asked = [(role, kind) for role in (*SIGNS, "nobody") for kind in (*RECORD_TYPES, "x.y")]
    calls = "".join(f"may_sign {role} {kind} && echo {role} {kind}\n" for role, kind in asked)
    shell = shutil.which("dash") or "/bin/sh"
    done = subprocess.run(
        [shell], input=f"{body}\n{calls}:\n", capture_output=True, text=True, check=True
    )
    told = {tuple(line.split()) for line in done.stdout.splitlines()}
    assert told == {(role, kind) for role, kinds in SIGNS.items() for kind in kinds}


def _stray(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / "data/log" / name).write_bytes(b"whatever it says\n")
        reseal(folder)

    return change


@pytest.mark.parametrize("name", ["7.0.tsr", "7.cosigned", "0.12.tsr"])
def test_an_attestation_without_its_head(
    packages: dict[str, Path], tmp_path: Path, name: str
) -> None:
    """What attests a head that is not there attests nothing, and is not passed over."""
    assert "held" in _failing(tampered(packages["public"], tmp_path / "stray", _stray(name)))


def test_a_time_stamp_over_something_else(newsroom: Newsroom, tmp_path: Path) -> None:
    """A time-stamp in a package is one over the checkpoint beside it, or the check fails."""
    room = newsroom.copy(tmp_path / "room")
    with room.open("amal-haddad") as desk:
        newest = desk.checkpoint()
    assert newest is not None
    room.package(tmp_path / "package", "public")
    size = newest.size
    tsa = Tsa()
    cases = ((newest.note, False), (b"other", True), (None, True))
    for number, (imprint, fails) in enumerate(cases):
        folder = tampered(tmp_path / "package", tmp_path / str(number), lambda _: None)
        (folder / f"data/log/{size}.checkpoint").write_bytes(newest.note)
        asked = TimestampRequest(imprint=hashlib.sha256(imprint or b"").digest(), nonce=1).encode()
        stamp = b"no stamp" if imprint is None else tsa.answer(asked)
        (folder / f"data/log/{size}.0.tsr").write_bytes(stamp)
        reseal(folder)
        found = _failing(folder)
        assert ("timestamps" in found) == fails, found


def test_the_script_says_that_it_did_not_read_the_report(
    packages: dict[str, Path], tmp_path: Path
) -> None:
    """VERIFY.sh holds no page against the entries: whoever reads OK is told so just above it."""

    def change(folder: Path) -> None:
        (folder / "data/report.html").write_text("<!DOCTYPE html>He signed it.")
        reseal(folder)

    folder = tampered(packages["auditor"], tmp_path / "doctored", change)
    done = run_script(folder)
    assert done.returncode == 0
    *_, note, last = done.stdout.splitlines()
    assert re.fullmatch("note: .*report.html.* not compared .*prov check.*", note)
    assert last.startswith("OK: ")
    assert "page" in _failing(folder)
