"""The page of observations says what the readers say: every code, its weight, its evidence."""

import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from provenance.facts.model import Facts, Weight
from provenance.verdict.catalogue import CATALOGUE
from tests.facts.observed_codes import Site, sites
from tests.house.documents import ROOT, fences

PAGE = ROOT / "docs" / "facts.md"
_ROW = re.compile(r"^\| (`[^|]*`) \| ([a-z, ]+) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """What the page says of one code."""

    weights: frozenset[str]
    evidence: str


def _rows() -> dict[str, Row]:
    found: dict[str, Row] = {}
    for codes, weights, _, evidence in _ROW.findall(PAGE.read_text("utf-8")):
        for code in re.findall(r"`([a-z0-9-]+)`", codes):
            assert code not in found, f"{code} stands on the page twice"
            found[code] = Row(frozenset(weights.split(", ")), evidence.strip().strip("`"))
    return found


ROWS, SITES = _rows(), sites()


def _missing(site: Site) -> list[str]:
    """Return the rows, ready to be put on the page, that a place in the source asks for."""
    weights = ", ".join(sorted(site.weights)) or "?"
    evidence = f"`{min(site.evidence)}` " if site.evidence else ""
    wanted = [code for code in sorted(site.codes) if code not in ROWS]
    if site.candidates and not site.candidates & ROWS.keys():
        wanted.append(" or ".join(sorted(site.candidates)))
    if site.pattern and not any(re.fullmatch(site.pattern, code) for code in ROWS):
        wanted.append(site.pattern)
    return [f"| `{code}` | {weights} | ({site.where}) | {evidence}|" for code in wanted]


def test_every_code_in_the_source_is_on_the_page() -> None:
    """Whoever reads a code somewhere can look it up; the message lists the missing rows."""
    missing = [row for site in SITES for row in _missing(site)]
    assert missing == [], "rows missing in docs/facts.md:\n" + "\n".join(dict.fromkeys(missing))


def test_every_code_on_the_page_is_in_the_source() -> None:
    """The page promises nothing that no reader says."""
    written = {code for site in SITES for code in site.codes | site.candidates}
    patterns = [site.pattern for site in SITES if site.pattern]
    stray = {
        code
        for code in ROWS.keys() - written
        if not any(re.fullmatch(pattern, code) for pattern in patterns)
    }
    assert stray == set()


def test_weights_on_the_page_are_those_of_the_source() -> None:
    """A code is as serious on the page as in a report."""
    wrong = {
        f"{code} at {site.where}": sorted(site.weights)
        for site in SITES
        for code in site.codes & ROWS.keys()
        if site.weights and not site.weights <= ROWS[code].weights
    }
    assert wrong == {}
    known = {weight.value for weight in Weight}
    assert all(row.weights <= known for row in ROWS.values())


def test_evidence_on_the_page_is_that_of_the_source_and_in_the_catalogue() -> None:
    """No observation licenses more than its entry."""
    named = {row.evidence for row in ROWS.values() if row.evidence}
    assert named <= CATALOGUE.keys()
    wrong = {
        f"{code} at {site.where}": sorted(site.evidence)
        for site in SITES
        for code in site.codes & ROWS.keys()
        if site.evidence and site.evidence != {ROWS[code].evidence}
    }
    assert wrong == {}


def test_the_example_runs() -> None:
    """What the page shows can be pasted, with an examination at hand."""
    (block,) = fences(PAGE, "python")
    facts = Facts(properties={"core.created": "2019-03-04T09:15:00Z"})
    names: dict[str, Any] = {"examination": SimpleNamespace(facts=facts)}
    exec(compile(block, "page", "exec"), names)  # noqa: S102 - our own page
    assert [one.code for one in names["against"]] == ["created-after-claimed-date"]


def test_the_search_of_the_source_finds_what_is_there() -> None:
    """The test above would be empty if the search were: known places are found in each spelling."""
    written = {code for site in SITES for code in site.codes}
    assert {"modified-before-created", "remote-content", "hidden-text", "dde-field"} <= written
    assert any(site.candidates for site in SITES)
    assert len(written) > 80
