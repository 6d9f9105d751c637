"""The command-line page and the command line say the same, and its examples run."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import typer.main

from provenance import errors
from provenance_cli.main import app
from tests.house.documents import (
    CLI,
    Example,
    documented_keys,
    documented_options,
    examples,
    sections,
)


@dataclass(frozen=True)
class _Option:
    """One option of a command."""

    spellings: tuple[str, ...]
    variable: str | None


def _commands(command: object, path: str = "prov") -> Iterator[tuple[str, list[_Option]]]:
    children = getattr(command, "commands", None)
    if children is None:
        # Typer brings click along under changing names, so the objects are looked at, not typed.
        yield (
            path,
            [
                _Option(spellings=tuple(each.opts), variable=each.envvar)
                for each in getattr(command, "params", [])
                if each.param_type_name == "option"
            ],
        )
        return
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}")


COMMANDS = dict(_commands(typer.main.get_command(app)))


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    """No command without documentation, no documentation of a command that is not there."""
    assert set(sections()) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_lists_exactly_the_options_of_its_command(name: str) -> None:
    """Options are documented where they exist, and nowhere else."""
    there = {text for option in COMMANDS[name] for text in option.spellings}
    assert documented_options(sections()[name]) == there


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example(name: str) -> None:
    """A reader finds each command used once, in its own section."""
    assert re.search(rf"^\$ (\w+=\$\()?{name}\b", sections()[name], re.MULTILINE)


def test_every_environment_variable_is_documented() -> None:
    """What an option reads from the environment stands in the page's table."""
    read = {each.variable for options in COMMANDS.values() for each in options if each.variable}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", CLI.read_text("utf-8"), re.MULTILINE))
    assert documented == read | {"PROV_TRACEBACK", "NO_COLOR"}


def test_every_error_is_documented_with_its_code_and_exit_code() -> None:
    """The table of errors is the tree in `provenance.errors`."""
    classes = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.DeskError)
    ]
    rows = re.findall(
        r"^\| `([a-z-]+)` \| `(\w+)` \| (\d) \|", CLI.read_text("utf-8"), re.MULTILINE
    )
    assert {(code, name, int(status)) for code, name, status in rows} == {
        (each.code, each.__name__, each.exit_code) for each in classes
    }


@pytest.mark.slow
def test_every_example_runs_in_order_and_prints_the_documented_keys(
    run_example: Callable[[Example], str],
) -> None:
    """Each `$ prov` line ends with its documented exit code; each `--json` has its keys."""
    seen = 0
    for example in examples(CLI):
        printed = run_example(example)
        seen += 1
        keys = documented_keys(sections().get(_command_of(example), ""))
        if "--json" in example.words and keys is not None:
            assert set(json.loads(printed.splitlines()[0])) == keys, example.words
    assert seen > len(COMMANDS)


def _command_of(example: Example) -> str:
    found = [
        name for name in COMMANDS if list(example.words)[: name.count(" ") + 1] == name.split()
    ]
    return found[0] if found else ""
