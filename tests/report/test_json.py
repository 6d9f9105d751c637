"""The JSON form: stable, ASCII, strict when read back, and documented."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from provenance.errors import Malformed
from provenance.report.audience import PUBLIC, for_audience
from provenance.report.json_form import parse_report_json, report_json
from provenance.report.model import Audience
from tests.report import worlds as w

DOCS = Path(__file__).resolve().parents[2] / "docs" / "report.md"


@pytest.mark.parametrize("audience", Audience)
def test_round_trip(audience: Audience) -> None:
    """What was written reads back as the same model, and writes the same bytes again."""
    model = for_audience(w.sample_model(), audience)
    text = report_json(model)
    assert parse_report_json(text) == model
    assert report_json(parse_report_json(text)) == text


def test_bare_and_hostile_round_trip() -> None:
    """Absent values and hostile texts survive; the file itself is plain ASCII."""
    hostile = w.hostile_model('\u202e"\\\x00\ud800</script>\n')
    for model in (w.bare_model(), hostile):
        text = report_json(model)
        assert text.isascii()
        assert parse_report_json(text) == model


def test_format_number() -> None:
    """The form names its own version."""
    assert json.loads(report_json(w.bare_model()))["report"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"report": 2},
        {"report": None},
        {"extra": 1},
        {"number": 5},
        {"one_person_desk": 1},
        {"made_at": "yesterday"},
        {"made_at": 5},
        {"audience": "everybody"},
        {"verdicts": {}},
        {"exemplars": [{}]},
        {"custody": None},
    ],
    ids=str,
)
def test_departures_are_refused(change: dict[str, object]) -> None:
    """Another version, unknown or missing members and wrong types raise Malformed."""
    value = json.loads(report_json(w.bare_model())) | change
    with pytest.raises(Malformed):
        parse_report_json(json.dumps(value))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_not_a_report(text: str) -> None:
    """What is no JSON object at all raises Malformed."""
    with pytest.raises(Malformed):
        parse_report_json(text)


def test_every_field_is_documented() -> None:
    """The documentation has a row for each field of each part, and for nothing else."""
    rows: dict[str, set[str]] = {}
    part = ""
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            part = line.removeprefix("### ").partition(" ")[0].strip("`")
        found = re.match(r"\| `(\w+)` \|", line)
        if found and part:
            rows.setdefault(part, set()).add(found[1])
    expected = {kind.__name__: {slot.name for slot in fields(kind)} for kind in PUBLIC}
    expected["ReportModel"].add("report")
    assert rows == expected
