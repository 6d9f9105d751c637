"""Reads what the documents promise: commands, options, examples, tables."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / "docs" / "cli.md"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TAKEN = re.compile(r"(?P<name>\w+)=\$\((?P<command>.*?)( \| jq -r \.(?P<key>\w+))?\)")
_CODE = re.compile(r"#\s*exit code (\d+)\s*$")


@dataclass(frozen=True)
class Example:
    """One `$` line of a console block."""

    words: tuple[str, ...]
    code: int
    into: str | None = None
    """Shell variable that takes what it prints."""
    key: str | None = None
    """JSON key that `jq -r .key` picks out of it."""


def fences(path: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language, in order."""
    found = _FENCE.findall(path.read_text(encoding="utf-8"))
    return [text for name, text in found if name == language]


def examples(path: Path) -> Iterator[Example]:
    """Yield the `$` lines of a page's console blocks, in order."""
    for block in fences(path, "console"):
        text = block.replace("\\\n", " ")
        for line in text.splitlines():
            if line.startswith("$ "):
                yield _example(line[2:])


def _example(line: str) -> Example:
    code = _CODE.search(line)
    taken = _TAKEN.fullmatch(line)
    return Example(
        words=tuple(shlex.split(taken["command"] if taken else line, comments=True)),
        code=int(code[1]) if code else 0,
        into=taken["name"] if taken else None,
        key=taken["key"] if taken else None,
    )


def sections() -> dict[str, str]:
    """Return the command sections of the command-line page: `prov key new` -> its text."""
    found = {}
    for part in re.split(r"^### ", CLI.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        words = [w for w in heading.strip("`").split() if re.fullmatch(r"[a-z][a-z-]*", w)]
        found[" ".join(words)] = re.split(r"^## ", text, flags=re.MULTILINE)[0]
    return found


def documented_options(text: str) -> set[str]:
    """Return the options in the first column of a section's table."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `-")]
    return {option for row in rows for option in re.findall(r"`(--?[a-z-]+)", row)}


def documented_keys(text: str) -> set[str] | None:
    """Return the JSON keys that a section names; None if it names none."""
    line = re.search(r"^JSON keys: (.*)$", text, re.MULTILINE)
    return set(re.findall(r"`([a-z_0-9]+)`", line[1])) if line else None
