"""Compare our answers with the ground truth of a public corpus of CMS signatures; prints a table.

`python -m tests.signatures.cms.conformance CORPUS` writes Markdown. Truth is what the authors' own
tests assert about each file by itself: a detached signature without its document is "not intact"
to some of them. Where the signed text is known from elsewhere in the corpus, it is tried as well.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from provenance.signatures.axes import Headline, Integrity
from provenance.signatures.cms.documents import inspect_cms
from provenance.signatures.detected import Detected, report_of
from provenance.trust.model import TrustSet

AT = datetime(2026, 11, 1, tzinfo=UTC)
DOCUMENTS = {
    "C-E-ERS-detached-invalid.p7s": b"Hello World!",
    "C-E-ERS-detached_renewed_hashtree_invalid.p7s": b"Hello World!",
    "cades-bes-signeddata-detached.p7s": b"Hello World",
    "test.txt.signed_Certipost-2048.detached.old.p7s": b"test",
}
"""Detached signatures whose digest is that of a text that is known."""


@dataclass(frozen=True)
class Row:
    """One file: what its authors say, and what we say."""

    name: str
    truth: str
    """`intact`, `not intact` or `mixed`."""
    headline: Headline
    integrity: tuple[Integrity, ...]
    """Of each signer."""
    codes: tuple[str, ...]
    with_document: Headline | None
    """With the document beside it, where that is known."""

    @property
    def agreement(self) -> str:
        """`agrees`, `not determined`, `disagrees` or `no truth`."""
        intact = all(one is Integrity.INTACT for one in self.integrity)
        broken = any(one is Integrity.BROKEN for one in self.integrity)
        if self.truth == "mixed":
            return "no truth"
        if intact or broken:
            return "agrees" if intact == (self.truth == "intact") else "disagrees"
        return "not determined"


def agreement(corpus: Path) -> list[Row]:
    """Judge every file of the corpus by itself, and with its document where that is known."""
    expected = json.loads((corpus / "expected.json").read_text("utf-8"))
    rows = []
    for name, truth in sorted(expected.items()):
        data = (corpus / name).read_bytes()
        word = {True: "intact", False: "not intact", None: "mixed"}[truth["intact"]]
        document = DOCUMENTS.get(name)
        found = _inspect(data, ())
        report = report_of("", [found])
        rows.append(
            Row(
                name=name,
                truth=word,
                headline=report.headline,
                integrity=tuple(one.integrity for one in found.statuses),
                codes=tuple(dict.fromkeys(c for one in found.statuses for c in one.native_codes)),
                with_document=(
                    None
                    if document is None
                    else report_of("", [_inspect(data, (document,))]).headline
                ),
            )
        )
    return rows


def _inspect(data: bytes, beside: tuple[bytes, ...]) -> Detected:
    return inspect_cms(
        data,
        sha256=sha256(data).hexdigest(),
        trust=TrustSet(),
        at=AT,
        beside=beside,
        by_hand=bool(beside),
    )


def as_markdown(rows: list[Row]) -> str:
    """Return the table of agreement and its sums."""
    lines = [
        "| file | truth | headline | with its document | agreement | codes |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.name} | {row.truth} | {row.headline} | {row.with_document or '-'} |"
        f" {row.agreement} | {', '.join(row.codes)} |"
        for row in rows
    ]
    sums = Counter((row.truth, row.agreement) for row in rows)
    lines += ["", "| truth | agreement | files |", "|---|---|---|"]
    lines += [f"| {truth} | {word} | {count} |" for (truth, word), count in sorted(sums.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown(agreement(Path(sys.argv[1]))))
