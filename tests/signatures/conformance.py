"""Compare our answers with the ground truth of two public corpora; prints a table.

`python -m tests.signatures.conformance CORPUS` writes Markdown to standard output. Agreement is
counted per file: a file that its authors call not intact must never come out VERIFIED or INTACT*;
one they call intact should have every signature intact, whatever was added later.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance.examine.examination import Examination
from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline, Integrity, Kind, Presence
from provenance.trust.model import TrustSet
from tests.signatures.good import PATIENT, is_good

AT = datetime(2026, 11, 1, tzinfo=UTC)
# pyHanko's own tests expect these of its files to be refused, each for what its name says.
BAD_NAMES = (
    "sneaky",
    "tail-uncovered",
    "weird-byterange",
    "one-byterange",
    "signature-gap-too-big",
    "pdf-sig-with-econtent",
    "not-all-paths",
)


@dataclass(frozen=True)
class Row:
    """One file: what its authors say, and what we say."""

    name: str
    truth: str
    """`intact`, `not intact`, `unsigned`, `mixed`, or `changed later` (intact, and modified)."""
    headline: Headline
    agreement: str
    """`agrees`, `not determined`, `flagged`, `disagrees`, `no truth`."""
    outcome: str


def agreement(corpus: Path) -> list[Row]:
    """Examine every PDF of the corpus in jailed workers."""
    with Runner(limits=PATIENT, workers=2) as runner:
        rows = []
        for path, truth in sorted(_truths(corpus).items()):
            one = runner.examine(path, name=path.name, at=AT, trust=TrustSet())
            rows.append(Row(path.name, truth, one.headline, _compare(truth, one), one.outcome.code))
        return rows


def _truths(corpus: Path) -> dict[Path, str]:
    truths = {}
    expected = json.loads((corpus / "pdf-dss" / "expected.json").read_text("utf-8"))
    for name, truth in expected.items():
        word = {True: "intact", False: "not intact", None: "mixed"}[truth.get("intact")]
        if truth.get("signatures") == 0:
            word = "unsigned"
        elif truth.get("modifications"):
            word = "changed later"
        truths[corpus / "pdf-dss" / name] = word
    for path in (corpus / "pdf-pyhanko").glob("*.pdf"):
        bad = any(part in path.name for part in BAD_NAMES)
        truths[path] = "not intact" if bad else "mixed"
    return truths


def _compare(truth: str, one: Examination) -> str:  # noqa: PLR0911 - one return a row
    real = [
        status
        for status in one.signatures.statuses
        if status.kind in {Kind.PDF_SIG, Kind.PDF_TIMESTAMP}
        and status.presence is not Presence.EMPTY_SLOT
    ]
    intact = bool(real) and all(status.integrity is Integrity.INTACT for status in real)
    broken = any(status.integrity is Integrity.BROKEN for status in real)
    if truth == "mixed":
        return "no truth"
    if truth == "unsigned":
        if not real:
            return "agrees"
        return "disagrees" if intact else "not determined"
    if truth == "not intact":
        if one.headline in {Headline.BROKEN, Headline.CHANGED_AFTER_SIGNING}:
            return "agrees"
        return "disagrees" if is_good(one.headline) else "not determined"
    if truth == "changed later" and intact:
        later = any(status.changes for status in real)
        return "agrees" if later else "disagrees"
    if broken:
        return "disagrees"
    return "agrees" if intact else "not determined"


def as_markdown(rows: list[Row]) -> str:
    """Return the table of agreement and its sums."""
    lines = ["| file | truth | headline | agreement |", "|---|---|---|---|"]
    lines += [f"| {row.name} | {row.truth} | {row.headline} | {row.agreement} |" for row in rows]
    sums = Counter((row.truth, row.agreement) for row in rows)
    lines += ["", "| truth | agreement | files |", "|---|---|---|"]
    lines += [f"| {truth} | {word} | {count} |" for (truth, word), count in sorted(sums.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown(agreement(Path(sys.argv[1]))))
