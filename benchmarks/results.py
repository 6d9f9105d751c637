"""RESULTS.md: one section for each subject, so that one of them can be measured again alone."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from machine import machine
from table import Row, markdown_table

_SECTION: Final = re.compile(r"^## (\w+)$", re.MULTILINE)


def section(name: str, rows: Iterable[Row], drawings: Iterable[str] = ()) -> str:
    """Return a subject's section: when, under which load, its drawings and its table."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    when = f"{datetime.now(UTC):%Y-%m-%d}; load averages when it ended: {load}."
    shown = "".join(f"![{name}]({each})\n\n" for each in sorted(drawings))
    return f"## {name}\n\n{when}\n\n{shown}{markdown_table(rows)}\n"


def write_results(
    path: Path, sections: Mapping[str, str], *, order: Sequence[str], rounds: int
) -> None:
    """Write the sections into the file; subjects that were not measured keep theirs."""
    kept = _read_sections(path) | dict(sections)
    lines = [
        "# Results",
        "",
        (
            "Written by `benchmarks/run.py --write`. Every figure is the median of "
            f"{rounds} rounds after one that is thrown away, each in a process of its own, "
            "unless its row says how often it was measured; "
            "peers take turns with the product in the same run. CPU time is user and system time "
            "of all threads. Floors are the design's. A load above the number of cores means that "
            "others were at work: wall times are then theirs too."
        ),
        "",
        *(f"- {line}" for line in machine()),
        "",
        "\n".join(kept[name] for name in order if name in kept),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def _read_sections(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    _, *parts = _SECTION.split(path.read_text(encoding="utf-8"))
    return {
        name: f"## {name}{body}".rstrip() + "\n"
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }
