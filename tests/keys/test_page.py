"""The page on keys says what the program does: its examples run, its tables are the code's."""

import contextlib
import getpass
import io
import os
import re
import sys
from pathlib import Path

import pytest

from provenance.ledger.keyacts import ROLES
from provenance_cli import main
from tests.house.documents import ROOT, examples

PAGE = ROOT / "docs" / "keys.md"


class _Terminal(io.StringIO):
    """Standard input that claims to be a terminal, so that passphrases are asked for."""

    def isatty(self) -> bool:
        return True


def test_the_examples_run_in_order(
    tmp_path: Path, quick_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who types the page as it stands gets to its end."""
    for name in [name for name in os.environ if name.startswith("PROV_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda _prompt="": "correct horse battery staple")
    for example in examples(PAGE):
        if example.words[0] == "export":
            name, _, value = example.words[1].partition("=")
            monkeypatch.setenv(name, value)
            continue
        monkeypatch.setattr(sys, "argv", list(example.words))
        err, code = io.StringIO(), 0
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
            try:
                main.run()
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else 1
        assert code == example.code, f"{example.words}: {err.getvalue()}"
    assert (tmp_path / "allowed_signers").read_text().count("\n") == 4


def test_the_table_of_roles_is_whole() -> None:
    """Every role has its row, in the page and in the module's own table."""
    rows = re.findall(r"^\| (\w+) \| .* \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert set(rows) >= ROLES
