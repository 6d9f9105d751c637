"""Compare our answers on public Office, OpenDocument and ASiC files with their ground truth.

`python -m tests.signatures.containers.conformance CORPUS` writes Markdown to standard output. A
file that its authors call not intact must never come out VERIFIED or INTACT*; of one they call
intact every signature that we judge should be intact.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance.examine.examination import Examination
from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline, Integrity, Presence
from provenance.trust.model import TrustSet
from tests.signatures.good import PATIENT, is_good

AT = datetime(2026, 11, 1, tzinfo=UTC)
FOLDERS = ("office-poi", "asic-dss")


@dataclass(frozen=True)
class Row:
    """One file: what its authors say, and what we say."""

    folder: str
    name: str
    truth: str
    """`intact`, `not intact`, `unsigned` or `mixed`."""
    headline: Headline
    agreement: str
    """`agrees`, `not determined`, `disagrees` or `no truth`."""
    outcome: str


def agreement(corpus: Path) -> list[Row]:
    """Examine every file of both folders in jailed workers."""
    rows = []
    with Runner(limits=PATIENT) as runner:
        for folder in FOLDERS:
            expected = json.loads((corpus / folder / "expected.json").read_text("utf-8"))
            for name, one in sorted(expected.items()):
                path = corpus / folder / name
                found = runner.examine(path, name=name, at=AT, trust=TrustSet())
                truth = _truth(one)
                word = _compare(truth, found)
                rows.append(Row(folder, name, truth, found.headline, word, found.outcome.code))
    return rows


def _truth(expected: dict[str, object]) -> str:
    if "signed" in expected:
        return "intact" if expected["signed"] else "unsigned"
    return {True: "intact", False: "not intact"}.get(expected["intact"], "mixed")  # type: ignore[call-overload,no-any-return] # a JSON value


def _compare(truth: str, one: Examination) -> str:
    present = [each for each in one.signatures.statuses if each.presence is Presence.PRESENT]
    intact = bool(present) and all(each.integrity is Integrity.INTACT for each in present)
    if truth == "mixed":
        return "no truth"
    if truth == "not intact":
        good = is_good(one.headline)
        return "agrees" if one.headline is Headline.BROKEN else _word(disagrees=good)
    if truth == "unsigned":
        unsigned = one.headline is Headline.UNSIGNED
        return "agrees" if unsigned else _word(disagrees=intact)
    wrong = one.headline in {Headline.BROKEN, Headline.UNSIGNED}
    return "agrees" if intact else _word(disagrees=wrong)


def _word(*, disagrees: bool) -> str:
    return "disagrees" if disagrees else "not determined"


def as_markdown(rows: list[Row]) -> str:
    """Return the table of agreement and its sums."""
    lines = ["| file | truth | headline | agreement |", "|---|---|---|---|"]
    lines += [
        f"| {one.folder}/{one.name} | {one.truth} | {one.headline} | {one.agreement} |"
        for one in rows
    ]
    sums = Counter((one.folder, one.truth, one.agreement) for one in rows)
    lines += ["", "| folder | truth | agreement | files |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(key)} | {count} |" for key, count in sorted(sums.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown(agreement(Path(sys.argv[1]))))
