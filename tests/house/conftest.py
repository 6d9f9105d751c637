"""Runs documented commands in this process, in a folder of their own."""

import contextlib
import getpass
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.ledger import keyfile
from provenance_cli import main
from tests.house.documents import ROOT, Example
from tests.trust.world import pem, pgp_key

SAMPLES = ("letter.pdf", "letter-photo.jpg", "letter.dossier.yaml")
Runner = Callable[[Example], str]


class _Terminal(io.StringIO):
    """Standard input that claims to be a terminal, so that passphrases are asked for."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def desk_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the demonstration's files, things to rely on, and `leak`."""
    for name in SAMPLES:
        shutil.copyfile(ROOT / "cli/provenance_cli/demo" / name, tmp_path / name)
    (tmp_path / "authority.pem").write_bytes(pem())
    (tmp_path / "ada.asc").write_bytes(pgp_key())
    (tmp_path / "s1.txt").write_text('"v=DKIM1; k=rsa; " "p=AAAA"\n', encoding="utf-8")
    (tmp_path / "leak").mkdir()
    (tmp_path / "leak" / "note.txt").write_text("Read the letter first.\n", encoding="utf-8")
    (tmp_path / "leak" / "letter.pdf").symlink_to(tmp_path / "letter.pdf")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PROV_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    # One bcrypt round instead of 64: half a second for each command is for attackers, not tests.
    monkeypatch.setattr(keyfile, "KDF_ROUNDS", 1)
    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda _prompt="": "correct horse battery staple")
    return tmp_path


@pytest.fixture
def run_example(desk_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """Return a function that runs one documented command and gives back its standard output."""
    variables: dict[str, str] = {}

    def run(example: Example) -> str:
        words = [variables.get(word.removeprefix("$"), word) for word in example.words]
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            monkeypatch.setenv(name, value)
            return ""
        assert words[0] == "prov", f"neither a prov command nor an export: {example}"
        target = Path(words.pop()) if words[-2] == ">" else None
        words = words[:-1] if target else words
        # Documents say 2026-0001; the desk numbers by the year it is.
        year = f"{datetime.now(UTC).year}-0"
        monkeypatch.setattr(sys, "argv", [word.replace("2026-0", year) for word in words])
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = _code_of(main.run)
        assert code == example.code, f"{example.words} ended with {code}: {err.getvalue()}"
        if target:
            target.write_text(out.getvalue(), encoding="utf-8")
        if example.into:
            said = out.getvalue().strip()
            variables[example.into] = json.loads(said)[example.key] if example.key else said
        return out.getvalue()

    yield run
    assert not list(desk_folder.glob("*.tmp"))


def _code_of(run: Callable[[], None]) -> int:
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0
