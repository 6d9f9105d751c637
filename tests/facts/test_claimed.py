"""A claimed date held against what the file says, and the evidence that makes."""

from datetime import date

import pytest

from provenance.facts.claimed import CODES, judge_claimed_date
from provenance.facts.model import Facts, Weight
from provenance.verdict.catalogue import CATALOGUE, catalogue_grade

CLAIMED = date(2014, 5, 6)


@pytest.mark.parametrize(
    ("properties", "code", "evidence"),
    [
        (
            {"core.created": "2019-03-04T09:15:00Z"},
            "created-after-claimed-date",
            "metadata-date-contradicts",
        ),
        (
            {"meta.creation-date": "2014-05-07T09:15:00 (no zone)"},
            "created-near-claimed-date",
            "metadata-date-agrees",
        ),
        (
            {"app.Application": "Microsoft Office Word", "app.AppVersion": "16.0000"},
            "program-newer-than-claimed-date",
            "metadata-date-contradicts",
        ),
        (
            {"summary.windows": "10.0", "info.creatim": "2012-01-01 (day only)"},
            None,
            None,
        ),
    ],
)
def test_what_a_file_says_for_or_against_a_date(
    properties: dict[str, str], code: str | None, evidence: str | None
) -> None:
    """Each observation names the entry of the catalogue that it may be coded under."""
    found = judge_claimed_date(Facts(properties=properties), CLAIMED)
    assert [(one.code, one.evidence) for one in found] == ([(code, evidence)] if code else [])
    for one in found:
        assert one.code in CODES
        assert one.text.startswith("It is claimed to be of 2014-05-06")
        assert one.evidence is not None
        assert one.evidence in CATALOGUE
        sign = catalogue_grade(one.evidence, "dating")
        assert sign is not None
        assert (sign < 0) == (one.weight is Weight.CONTRADICTION)


def test_a_day_or_two_is_no_contradiction() -> None:
    """A zone that is not known, and a letter that is dated ahead, are given room."""
    facts = Facts(properties={"core.created": "2014-05-08T11:00:00Z"})
    assert [one.code for one in judge_claimed_date(facts, CLAIMED)] == ["created-near-claimed-date"]
    assert judge_claimed_date(Facts(), CLAIMED) == ()
    older = Facts(properties={"core.created": "2013-05-08T11:00:00Z"})
    assert judge_claimed_date(older, CLAIMED) == ()


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"info.CreationDate": "D:20240101120000Z"}, "created-after-claimed-date"),
        ({"info.CreationDate": "D:20200107090000+01'00'"}, "created-near-claimed-date"),
        ({"exif.DateTimeOriginal": "2024-01-01 12:00:00"}, "created-after-claimed-date"),
        ({"exif.DateTimeOriginal": "2020-01-06 12:00:00+03:00"}, "created-near-claimed-date"),
        ({"mail.received.01": "2024-01-01T12:00:00Z by mx.example"}, "created-after-claimed-date"),
        ({"fonts": "Helvetica; Aptos"}, "font-younger-than-claimed-date"),
        ({"fonts": "Helvetica; Calibri"}, None),
    ],
)
def test_every_kind_of_file_is_held_against_the_claim(
    properties: dict[str, str], expected: str | None
) -> None:
    """PDF, picture, mail and typefaces say for or against the day that is claimed."""
    found = judge_claimed_date(Facts(properties=properties), date(2020, 1, 6))
    assert [one.code for one in found] == ([expected] if expected else [])
    assert all(one.evidence in CATALOGUE for one in found)
