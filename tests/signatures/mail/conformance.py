"""Compare our answers with the ground truth of two public corpora of mail; prints a table.

`python -m tests.signatures.mail.conformance CORPUS` writes Markdown to standard output. The truth
of a DKIM file is what its authors' own tests assert (SUCCESS, also with a warning, or PERMFAIL);
that of an ARC test is its `cv`. A file that is not intact must never come out VERIFIED or INTACT*.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from provenance.signatures.axes import Headline, Integrity, Kind
from provenance.trust.model import DkimKey, DkimSource, TrustSet
from tests.signatures.good import is_good
from tests.signatures.mail.world import judge

AT = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
BAD = frozenset(  # PERMFAIL in the authors' tests
    {
        "rfc6376-A.2-body_modified",
        "rfc6376-A.2-header_subject_modified",
        "rfc6376-A.2-ill_formed-missing_v",
        "rfc8463-A.3-key_algo_mismatch",
        "added_header-date",
        "added_header-from",
        "added_header-subject",
        "added_header-to",
        "flags_s-auid_is_subdomain_of_sdid",
    }
)


@dataclass(frozen=True)
class Row:
    """One message: what its authors say, and what we say."""

    family: str
    name: str
    truth: str
    """`intact`, `not intact` or `unsigned`."""
    headline: Headline
    """Of the signature, or the chain, that the truth is about."""
    intact: bool

    @property
    def agreement(self) -> str:
        """`agrees`, `not determined` or `disagrees`."""
        if self.truth == "unsigned":
            return "agrees" if self.headline is Headline.UNSIGNED else "disagrees"
        if self.truth == "intact":
            return "agrees" if self.intact else "disagrees"
        if is_good(self.headline):
            return "disagrees"
        refused = {Headline.NOT_CHECKABLE, Headline.UNSUPPORTED, Headline.ERROR}
        return "not determined" if self.headline in refused else "agrees"


def dkim_trust(corpus: Path) -> TrustSet:
    """Return the corpus's archive of keys."""
    records = json.loads((corpus / "mail-dkim" / "keys.json").read_text("utf-8"))
    named = ((name.partition("._domainkey."), record) for name, record in records.items())
    return TrustSet(
        dkim_keys=tuple(
            _key(selector, domain, text) for (selector, at, domain), text in named if at
        )
    )


def _key(selector: str, domain: str, record: str) -> DkimKey:
    return DkimKey(
        domain=domain,
        selector=selector,
        record=record,
        source=DkimSource.ARCHIVE,
        first_seen=FIRST,
        last_seen=AT,
    )


def dkim_rows(corpus: Path) -> Iterator[Row]:
    """Judge every message of the DKIM corpus; signatures without an archived key are left out."""
    trust = dkim_trust(corpus)
    for path in sorted((corpus / "mail-dkim").rglob("*.eml")):
        data = path.read_bytes()
        report = judge(data, trust, at=AT)
        known = [
            one
            for one in report.statuses
            if one.kind is Kind.DKIM and "no-key" not in one.native_codes
        ]
        truth = "not intact" if path.stem in BAD else "intact"
        if b"dkim-signature:" not in data.lower():
            truth = "unsigned"
        worst = known[0].headline if known else report.headline
        intact = bool(known) and all(one.integrity is Integrity.INTACT for one in known)
        yield Row("DKIM", path.relative_to(corpus / "mail-dkim").as_posix(), truth, worst, intact)


def arc_rows(corpus: Path) -> Iterator[Row]:
    """Judge every test of the ARC suite; names that stand twice are two tests."""
    path = corpus / "mail-arc" / "arc-draft-validation-tests.yml"
    reader = YAML(typ="safe", pure=True)
    with path.open(encoding="utf-8") as file:
        for document in reader.compose_all(file):
            group = {key.value: value for key, value in document.value}
            keys = []
            for key, value in group["txt-records"].value:
                selector, _, domain = key.value.partition("._domainkey.")
                keys.append(_key(selector, domain, value.value))
            trust = TrustSet(dkim_keys=tuple(keys))
            for name, test in group["tests"].value:
                said = {key.value: value.value for key, value in test.value}
                yield _arc_row(name.value, said, trust)


def _arc_row(name: str, said: dict[str, Any], trust: TrustSet) -> Row:
    report = judge(said["message"].encode(), trust, at=AT)
    chains = [one for one in report.statuses if one.kind is Kind.ARC]
    # The suite leaves `cv` out where a seal itself says "fail": such a chain does not hold either.
    truth = {"Pass": "intact", "None": "unsigned"}.get(said["cv"], "not intact")
    headline = chains[0].headline if chains else Headline.UNSIGNED
    intact = bool(chains) and chains[0].integrity is Integrity.INTACT
    return Row("ARC", name, truth, headline, intact)


def as_markdown(rows: list[Row]) -> str:
    """Return one line for each family, truth and headline."""
    sums = Counter((row.family, row.truth, row.headline.value, row.agreement) for row in rows)
    lines = ["| family | truth | our headline | agreement | messages |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(key)} | {count} |" for key, count in sorted(sums.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    found = [*dkim_rows(Path(sys.argv[1])), *arc_rows(Path(sys.argv[1]))]
    sys.stdout.write(as_markdown(found))
