"""Measure the product beside its peers: `run.py --peers .venv/bench-peers [--write]`.

Prints one row for each figure the design holds the product to, as soon as it is measured; exit code
1 if a floor is missed. `--only small large --write` replaces these subjects' sections alone.
`--quick` is for trying it out: small sizes, no figure to quote.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from examine_rows import measure_examination
from growth_rows import measure_growth
from intake_rows import measure_large_file, measure_small_files
from ledger_rows import (
    measure_events,
    measure_long_log,
    measure_postgres,
    measure_signatures,
    measure_tree,
)
from results import section, write_results
from setting import Setting
from start_rows import measure_start, measure_verdict
from table import Row, text_table

RESULTS: Final = Path(__file__).resolve().parent / "RESULTS.md"
SUBJECTS: Final = {
    "start": measure_start,
    "verdict": measure_verdict,
    "examine": measure_examination,
    "small": measure_small_files,
    "large": measure_large_file,
    "tree": measure_tree,
    "log": measure_long_log,
    "events": measure_events,
    "growth": measure_growth,
    "signatures": measure_signatures,
    "postgres": measure_postgres,
}


def main() -> int:
    """Measure what was asked for."""
    asked = _arguments().parse_args()
    rows: list[Row] = []
    sections: dict[str, str] = {}
    drawings: dict[str, str] = {}

    def add(row: Row) -> None:
        rows.append(row)
        print("  ".join(cell for cell in row.cells() if cell), file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="bench-", dir=asked.work) as folder:
        setting = Setting(
            work=Path(folder),
            peers=_interpreter(asked.peers),
            rounds=1 if asked.quick else asked.rounds,
            small_files=500 if asked.quick else 5_000,
            large_bytes=(64 if asked.quick else 1024) << 20,
            mixed_files=500 if asked.quick else 10_000,
            log_entries=20_000 if asked.quick else 1_000_000,
            add=add,
            draw=drawings.__setitem__,
        )
        for name in asked.only or SUBJECTS:
            first, drawn = len(rows), set(drawings)
            try:
                SUBJECTS[name](setting)
            except RuntimeError as fault:  # the others' figures are still worth having
                add(Row(what=name, spread=None, unit="", beside=f"failed: {fault}"))
            sections[name] = section(name, rows[first:], drawings.keys() - drawn)
            _clear(setting.work)
    print(text_table(rows))
    if asked.write:
        for name, drawing in drawings.items():
            RESULTS.with_name(name).write_text(drawing, encoding="utf-8")
        write_results(RESULTS, sections, order=tuple(SUBJECTS), rounds=setting.rounds)
    return any(row.missed for row in rows)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="virtual environment made from peers.txt")
    parser.add_argument("--write", action="store_true", help="also write RESULTS.md")
    parser.add_argument("--rounds", type=int, default=5, help="rounds beside the warming one")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round")
    parser.add_argument("--work", type=Path, help="folder on the disk to be measured")
    parser.add_argument("--only", nargs="+", choices=SUBJECTS, help="only these subjects")
    return parser


def _interpreter(peers: Path | None) -> Path | None:
    if peers is None:
        return None
    # Not resolved: the link itself is what makes it that environment's interpreter.
    python = peers.absolute() / "bin" / "python"
    if not python.exists():
        sys.exit(f"no interpreter in {peers}")
    return python


def _clear(work: Path) -> None:
    """Free the disk between subjects; never between rounds, which would slow the next one."""
    for path in work.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    sys.exit(main())
