"""Instants are read strictly, and written so that they read back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import UsageError
from provenance.instants import format_instant, parse_instant

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@given(st.datetimes(datetime(1902, 1, 1), datetime(2200, 1, 1), timezones=ZONES))  # noqa: DTZ001 - bounds are naive by the library's rule
def test_round_trip(value: datetime) -> None:
    """Whatever zone an instant comes in, the same moment is read back, in UTC."""
    again = parse_instant(format_instant(value))
    assert again == value
    assert again.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2020-01-06", "2020-01-06T19:04:00", "2020-13-06T19:04:00Z"],
)
def test_refused(text: str) -> None:
    """A text without a date, a time or an offset is refused in one line."""
    with pytest.raises(UsageError):
        parse_instant(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_edge_of_the_calendar(text: str) -> None:
    """An hour that UTC's calendar does not have is refused, not a fault."""
    with pytest.raises(UsageError):
        parse_instant(text)
