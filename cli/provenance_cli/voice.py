"""How the command line speaks.

Rules of the terminal:
  1. results go to stdout, talk and progress to stderr;
  2. talk carries one prefix, `prov: `; a hint stands on its own line under it;
  3. colour only on a terminal, never when piped, never where NO_COLOR is set;
  4. `--json` prints one JSON value (JSON Lines for lists), stable keys, nothing else on stdout;
  5. text from documents is shown with control and direction-changing characters made visible: a
     file name must not be able to move the cursor or reverse a line;
  6. exit codes: 0 checked, nothing failed; 1 checked, something failed; 2 usage; 3 could not be
     checked, or nothing to check; 4 the surroundings are broken.
"""

import json
import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from provenance.errors import DeskError

PREFIX: Final = "prov: "
WIDEST: Final = 100  # columns: longer lines are hard to read on any screen
_CODES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def visible(text: str) -> str:
    """Return `text` with control, format and lone surrogate characters escaped."""
    return "".join(
        c if c == " " or unicodedata.category(c) not in _HIDDEN else f"\\u{{{ord(c):x}}}"
        for c in text
    )


_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def colours(stream: TextIO) -> bool:
    """Tell whether this stream takes colour."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def paint(text: str, *styles: str) -> str:
    """Return `text` in these styles where stdout is a terminal, plain elsewhere."""
    if not styles or not colours(sys.stdout):
        return text
    return f"\x1b[{';'.join(_CODES[s] for s in styles)}m{text}\x1b[0m"


def columns() -> int:
    """Return the width to write for."""
    return min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)


def result(text: str = "") -> None:
    """Print one line of the answer."""
    sys.stdout.write(text + "\n")


def wrapped(text: str, *, indent: str = "  ", first: str | None = None) -> None:
    """Print a paragraph of the answer, wrapped to the terminal."""
    lines = textwrap.wrap(
        text,
        width=columns(),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines or [indent]:
        result(line)


def result_json(value: object) -> None:
    """Print one JSON value on one line, keys in a fixed order."""
    result(json.dumps(value, sort_keys=True, ensure_ascii=False))


def table(rows: Sequence[Sequence[str]], *, header: Sequence[str]) -> None:
    """Print rows in columns; the last column is cut to the terminal's width."""
    widths = [max(len(r[i]) for r in [header, *rows]) for i in range(len(header))]
    for number, row in enumerate([header, *rows]):
        cells = [c.ljust(w) for c, w in zip(row, widths, strict=True)]
        line = "  ".join(cells).rstrip()
        if sys.stdout.isatty() and len(line) > columns():
            line = line[: columns() - 1] + "…"
        result(paint(line, "dim") if number == 0 else line)


def say(text: str) -> None:
    """Print one line of talk."""
    sys.stdout.flush()  # so that talk stands after the results it speaks of
    sys.stderr.write(f"{PREFIX}{text}\n")
    sys.stderr.flush()


def say_hint(lines: Iterable[str]) -> None:
    """Print hints, each on its own line, under what was said before."""
    for line in lines:
        sys.stderr.write(f"{' ' * len(PREFIX)}{line}\n")


def complain_of(text: str) -> None:
    """Print one line of talk without writing out what stdout still holds: it may be the fault."""
    sys.stderr.write(f"{PREFIX}{text}\n")
    sys.stderr.flush()


def complain(error: DeskError) -> int:
    """Tell the user about an error in one line (and its hint); returns the exit code."""
    say(visible(str(error)) or error.code)
    if error.hint:
        say_hint([error.hint])
    return error.exit_code
