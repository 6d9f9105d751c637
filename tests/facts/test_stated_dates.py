"""Dates as files state them: every spelling read, every nonsense refused, zones never guessed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.facts.stated_dates import (
    Stated,
    from_dos,
    from_dttm,
    from_filetime,
    is_later,
    read_w3c,
    zone_between,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2020-01-06T19:04:00Z", "2020-01-06T19:04:00Z"),
        ("2020-01-06T19:04:00+02:00", "2020-01-06T17:04:00Z"),
        ("2020-01-06T19:04:00.1234567Z", "2020-01-06T19:04:00Z"),
        ("2020-01-06T19:04Z", "2020-01-06T19:04:00Z"),
        ("2020-01-06T19:04:00.250000000", "2020-01-06T19:04:00 (no zone)"),
        ("2020-01-06", "2020-01-06 (day only)"),
        ("2020", "2020-01-01 (day only)"),
    ],
)
def test_w3c_dates_are_shown_for_what_they_are(text: str, shown: str) -> None:
    """A zone is converted, a missing one is said, a day is not given an hour."""
    stated = read_w3c(text)
    assert stated is not None
    assert stated.shown == shown


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2020-13-01", "2020-01-06 19:04", "0000-00-00T00:00:00Z", "2020-1-6"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Nonsense yields nothing."""
    assert read_w3c(text) is None


@given(st.text(max_size=80))
def test_reading_is_total(text: str) -> None:
    """No text makes it raise."""
    assert read_w3c(text) is None or isinstance(read_w3c(text), Stated)


@given(st.integers(min_value=-(1 << 70), max_value=1 << 70))
def test_numbers_are_total(number: int) -> None:
    """No number makes the binary spellings raise."""
    for stated in (
        from_filetime(number),
        from_dttm(number & 0xFFFFFFFF),
        from_dos(number & 0xFFFFFFFF),
    ):
        assert stated is None or stated.shown


def test_binary_spellings() -> None:
    """FILETIME is UTC; MS-DOS and DTTM are local times of nobody knows where."""
    moment = from_filetime(132_227_378_400_000_000)
    assert moment is not None
    assert moment.shown == "2020-01-05T22:44:00Z"
    dos = from_dos(0x40E24E87)
    assert dos is not None
    assert dos.shown == "2012-07-02T09:52:14 (no zone)"
    dttm = from_dttm(120 << 20 | 1 << 16 | 6 << 11 | 19 << 6 | 4)
    assert dttm is not None
    assert dttm.shown == "2020-01-06T19:04:00 (no zone)"


def test_the_zone_of_a_clock() -> None:
    """Local time beside UTC gives the zone; two unrelated times give none."""

    def at(hour: int, minute: int, second: int = 0) -> Stated:
        moment = datetime(2020, 1, 6, hour, minute, second, tzinfo=UTC)
        return Stated(moment=moment, zoned=True)

    assert zone_between(at(19, 4), at(15, 34)) == "UTC+03:30"
    assert zone_between(at(10, 4), at(15, 4, 31)) == "UTC-05:00"
    assert zone_between(at(10, 4), at(10, 4)) == "UTC+00:00"
    assert zone_between(at(10, 4), at(15, 11)) is None
    assert zone_between(at(23, 0), at(1, 0)) is None


def test_later_needs_more_than_the_slack() -> None:
    """Some seconds between two times of one act are no order."""
    one, other = read_w3c("2020-01-06T19:04:59Z"), read_w3c("2020-01-06T19:04:00Z")
    assert one is not None
    assert other is not None
    assert not is_later(one, other)
    assert is_later(one, Stated(moment=datetime(2020, 1, 6, tzinfo=UTC), zoned=True))
