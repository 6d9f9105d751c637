"""Contradictions in what a document says about its own making: each rule, and its silence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from provenance.facts.gathering import Gathered
from provenance.facts.model import Weight
from provenance.facts.releases import find_release, find_system
from provenance.facts.stated_dates import Stated, from_fields, read_w3c
from provenance.facts.timeline import Story, judge_story
from tests.facts.reading import AT


def _at(text: str) -> Stated:
    stated = read_w3c(text)
    assert stated is not None
    return stated


HONEST = Story(
    program="Microsoft Office Word",
    version="16.0000",
    author="Joan",
    last_author="Joan",
    created=_at("2019-03-04T09:15:00Z"),
    modified=_at("2019-03-04T11:20:00Z"),
    revision=4,
    minutes=90,
    template="Normal.dotm",
)


def _judged(story: Story) -> set[str]:
    gathered = Gathered(AT)
    judge_story(gathered, story)
    return {one.code for one in gathered.facts().observations}


def test_an_honest_story_says_nothing() -> None:
    """A document whose dates, program and effort fit together raises no question."""
    assert _judged(HONEST) == set()
    assert _judged(Story()) == set()


CASES: list[tuple[str, dict[str, Any]]] = [
    ("modified-before-created", {"modified": _at("2019-03-04T09:00:00Z"), "minutes": 0}),
    ("date-in-the-future", {"modified": _at("2026-01-05T00:00:00Z")}),
    ("date-before-computers", {"created": _at("1899-12-30T00:00:00Z")}),
    ("printed-before-created", {"printed": _at("2018-01-01T00:00:00Z")}),
    ("packed-before-modified", {"packed": _at("2019-03-02T00:00:00Z")}),
    ("packed-after-modified", {"packed": _at("2019-03-07T00:00:00Z")}),
    ("program-newer-than-modified", {"created": None, "modified": _at("2014-12-31T00:00:00Z")}),
    ("program-newer-than-created", {"created": _at("2014-03-04T09:15:00Z")}),
    ("edit-time-exceeds-span", {"minutes": 200}),
    ("long-edit-at-first-revision", {"revision": 1, "minutes": 300}),
    ("template-newer-than-document", {"template_date": _at("2020-01-01T00:00:00Z")}),
    ("last-modified-by-other", {"last_author": "Max"}),
    ("date-without-zone", {"created": _at("2019-03-04T09:15:00")}),
]


@pytest.mark.parametrize(("code", "change"), CASES, ids=[code for code, _ in CASES])
def test_each_rule_speaks(code: str, change: dict[str, Any]) -> None:
    """One change to an honest story brings out the rule that it breaks."""
    assert code in _judged(replace(HONEST, **change))


def test_a_missing_zone_is_given_room() -> None:
    """Two clocks can differ by 26 hours: only what exceeds that is a contradiction."""
    created, modified = _at("2019-03-04T09:15:00"), _at("2019-03-03T09:15:00Z")
    story = replace(HONEST, created=created, modified=modified, minutes=0)
    assert "modified-before-created" not in _judged(story)
    later = replace(story, created=replace(created, moment=created.moment + timedelta(hours=3)))
    assert "modified-before-created" in _judged(later)


def test_a_blank_file_of_the_program_says_nothing() -> None:
    """Excel gives every new workbook the date of its own blank file: no rule may use it."""
    story = Story(
        program="Microsoft Excel",
        version="16.0300",
        created=_at("2006-09-16T00:00:00Z"),
        modified=_at("2020-01-01T00:00:00Z"),
    )
    assert _judged(story) == {"created-date-of-blank-file"}
    assert "program-newer-than-created" in _judged(
        replace(story, created=_at("2006-09-17T00:00:00Z"))
    )


def test_zero_of_a_windows_clock_is_no_date() -> None:
    """1601-01-01 is how Windows programs write "never"; it contradicts nothing."""
    story = replace(HONEST, printed=_at("1601-01-01T00:00:00Z"), created=None, minutes=0)
    assert _judged(story) == set()


def test_a_counter_that_was_never_set_is_no_effort() -> None:
    """Some programs count editing from 1970; so many minutes are no contradiction."""
    assert _judged(replace(HONEST, minutes=22_787_611)) == set()


def test_a_template_of_a_kind_that_did_not_exist() -> None:
    """A .dotm cannot have been the template of a document last saved in 2004."""
    story = Story(template="Normal.dotm", modified=_at("2004-05-05T00:00:00Z"))
    assert _judged(story) == {"template-newer-than-document"}


def test_weights_say_what_it_is_worth() -> None:
    """Another person's saving is a note, a date in the future is a contradiction."""
    gathered = Gathered(AT)
    judge_story(gathered, replace(HONEST, last_author="Max", modified=_at("2027-01-01T00:00:00Z")))
    weights = {one.code: one.weight for one in gathered.facts().observations}
    assert weights["last-modified-by-other"] is Weight.NOTE
    assert weights["date-in-the-future"] is Weight.CONTRADICTION


@pytest.mark.parametrize(
    ("program", "version", "name", "year"),
    [
        ("Microsoft Office Word", "12.0000", "Office 2007", 2005),
        ("Microsoft Excel", "14.0300", "Office 2010", 2009),
        ("Microsoft Macintosh Word", "15.0000", "Office 2013", 2012),
        ("Microsoft Word 9.0", "", "Office 2000", 1998),
        ("Microsoft Word 11.0.5604", "", "Office 2003", 2002),
        ("LibreOffice/7.3.7.2$Linux_X86_64 LibreOffice_project/30", "", "LibreOffice 7.3", 2021),
        ("OpenOffice.org/3.2$Win32 OpenOffice.org_project/", "", "OpenOffice.org 3.2", 2009),
    ],
)
def test_programs_are_known_by_what_files_say(
    program: str, version: str, name: str, year: int
) -> None:
    """The spellings that real programs use lead to their release."""
    release = find_release(program, version)
    assert release is not None
    assert (release.name, release.year) == (name, year)


def test_an_unknown_program_yields_nothing() -> None:
    """What is not in the table is no evidence."""
    for program, version in (
        ("", ""),
        ("Pages", "12.0"),
        ("Microsoft Word", ""),
        ("x" * 9999, "1"),
    ):
        assert find_release(program, version) is None
    assert find_release("Microsoft Excel", "13.0") is None
    assert find_system(9, 9) is None
    windows = find_system(6, 1)
    assert windows is not None
    assert windows.name == "Windows 7"


def test_fields_that_are_no_date_are_none() -> None:
    """A 30th of February is nothing, and no error."""
    assert from_fields(2020, 2, 30) is None
