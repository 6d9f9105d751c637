"""`prov --help` is light and every command says what it does."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer

from provenance_cli.main import app
from tests.cli.conftest import Prov
from tests.desk.scene import environment

HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "PIL", "pyhanko", "pypdfium2", "cryptography",
         "alembic", "ruamel", "asn1crypto")  # fmt: skip


def commands(group: object, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command and group, as the words that call it."""
    for name, command in getattr(group, "commands", {}).items():
        yield (*before, name)
        yield from commands(command, *before, name)


ALL = sorted(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("words", [(), ("custody",), ("verdict", "sign")], ids=" ".join)
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    """Help, also a command's own, is shown without a database, an image or a PDF library."""
    code = (
        "import sys\nfrom provenance_cli.main import app\n"
        f"try:\n    app({[*words, '--help']!r})\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', [m for m in {HEAVY!r} if m in sys.modules])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "LOADED []"
    assert "Usage" in ran.stdout


def test_the_commands_are_there() -> None:
    """Every verb of the daily path is a command."""
    assert {words[0] for words in ALL} >= {
        "audit", "custody", "demo", "doctor", "examine", "ingest", "init", "inspect", "key",
        "ledger", "list", "rebuild", "report", "show", "statement", "verdict",
    }  # fmt: skip


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_has_help(prov: Prov, words: tuple[str, ...]) -> None:
    """Help is one or more sentences, every option is explained, and it is no failure."""
    ran = prov(*words, "--help")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.strip() for line in ran.out.splitlines()]
    said = lines[2] if len(lines) > 2 else ""
    assert len(said) > 10, ran.out
    explained = [line for line in lines if line.startswith("-")]
    assert explained


@pytest.mark.parametrize("words", [(), ("key",), ("verdict",)], ids=["prov", "key", "verdict"])
def test_lists_of_commands_are_not_cut(prov: Prov, words: tuple[str, ...]) -> None:
    """The first sentence of a command stands whole in the list: its point is often at its end."""
    listed = prov(*words, "--help").out.partition("Commands:")[2]
    assert len(listed) > 200
    assert "..." not in listed
