"""What a PDF says about itself, and its contradictions."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.facts.pdf.properties import parse_pdf_date, read_properties
from provenance.facts.pdf.reading import read_pdf_facts
from tests.facts.reading import contradictions
from tests.hostile.forge import junk_after_end, saved_incrementally
from tests.signatures.pdf.letters import Letter, bare_page

NOW = datetime(2040, 1, 1, tzinfo=UTC)


def test_plain_facts() -> None:
    """Pages, revisions and producer of a plain file; no contradiction."""
    facts = read_pdf_facts(bare_page(), at=NOW)
    assert (facts.pages, facts.revisions) == (1, 1)
    assert facts.properties == {"fonts": "Helvetica", "info.Producer": "Letter Writer 1.0"}
    assert contradictions(facts) == []
    assert facts.notes == ()


def test_an_update_is_a_revision() -> None:
    """An incremental update adds a revision; junk behind the end makes no state of its own."""
    assert read_pdf_facts(saved_incrementally(bare_page(), b"BT ET"), at=NOW).revisions == 2
    assert read_pdf_facts(junk_after_end(bare_page()), at=NOW).earlier == ()


def test_modified_before_created() -> None:
    """A modification date before the creation date is said in a sentence."""
    letter = Letter(
        info={"CreationDate": "D:20200106190400Z", "ModDate": "D:20200105190400+01'00'"}
    )
    (sentence,) = contradictions(read_pdf_facts(letter.body().render(), at=NOW))
    assert "2020-01-05T18:04:00Z" in sentence
    assert "before it was created" in sentence


def test_two_places_that_differ() -> None:
    """XMP and information dictionary that name other producers and times contradict each other."""
    letter = Letter(info={"CreationDate": "D:20200106190400Z"})
    letter.xmp = (
        '<x:xmpmeta><pdf:Producer>Other 2.0</pdf:Producer> xmp:CreateDate="2019-01-06T19:04:00Z"'
        "</x:xmpmeta>"
    )
    found = contradictions(read_pdf_facts(letter.body().render(), at=NOW))
    assert len(found) == 2
    assert "Other 2.0" in found[0]
    assert "2019-01-06" in found[1]


@pytest.mark.parametrize(
    ("tail", "named"),
    [
        (b"<x:xmpmeta><pdf:Producer>Second</pdf:Producer></x:xmpmeta>", "Second"),
        (b"<x:xmpmeta><pdf:Producer>Cut off</pdf:Producer>", "First"),
        (b"</x:xmpmeta>", "First"),
    ],
)
def test_the_last_packet_that_ends_is_read(tail: bytes, named: str) -> None:
    """Of several packets the last counts; one that is cut off does not hide the one before."""
    first = b"<x:xmpmeta><pdf:Producer>First</pdf:Producer></x:xmpmeta>"
    assert read_properties(first + tail, None).xmp == {"Producer": named}


def test_packets_that_never_end_cost_one_pass() -> None:
    """Each of 200,000 beginnings without an end is looked behind once; twice would take hours."""
    assert read_properties(b"<x:xmpmeta " * 200_000, None).xmp == {}


def test_a_time_to_come() -> None:
    """A creation date after now is said."""
    letter = Letter(info={"CreationDate": "D:20990106190400Z"})
    (sentence,) = contradictions(read_pdf_facts(letter.body().render(), at=NOW))
    assert "future" in sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D:20200106", datetime(2020, 1, 6, tzinfo=UTC)),
        ("D:20200106190400+05'30'", datetime(2020, 1, 6, 13, 34, tzinfo=UTC)),
        ("20200106190400-08'00", datetime(2020, 1, 7, 3, 4, tzinfo=UTC)),
        ("D:20201306", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_pdf_dates(text: str, expected: datetime | None) -> None:
    """Dates with and without zone are read; nonsense is None."""
    assert parse_pdf_date(text) == expected


@given(st.text(max_size=60), st.binary(max_size=300))
def test_total(text: str, data: bytes) -> None:
    """No date and no file makes the reader raise."""
    parse_pdf_date("D:" + text)
    assert read_pdf_facts(b"%PDF-1.4\n" + data, at=NOW).pages is None
