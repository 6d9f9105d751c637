"""Instants as files state them, in every spelling that office files use, with what they leave out.

A time without a zone is kept as such: it is read as if it were UTC, flagged, and compared with a
slack of ZONES, because a guessed zone is a wrong time. What is no date at all is None, never an
error. Spellings: W3C date and time (dcterms, ODF), FILETIME (MS-DTYP 2.3.3), MS-DOS date and time
(APPNOTE 4.4.6), DTTM (MS-DOC 2.9.73), and fields one by one (RTF).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from provenance.instants import format_instant

ZONES: Final = timedelta(hours=26)  # from UTC-12 to UTC+14: the most that two clocks can differ
SAME: Final = timedelta(seconds=90)  # programs write two times of one act some seconds apart

_W3C: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,12})?)?"
    r"(Z|[+-]\d\d:?\d\d)?)?)?)?"
)
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)  # of FILETIME
_LONGEST: Final = 60  # characters of a date; longer text is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """An instant that a file states. Any program can write any instant there."""

    moment: datetime
    """UTC; where no zone was stated, the digits as they stand."""
    zoned: bool
    """False: the file does not say in which zone the clock stood."""
    exact: bool = True
    """False: only the day, the month or the year was stated."""

    @property
    def shown(self) -> str:
        """The instant in RFC 3339 UTC, or as a local time that is said to be one."""
        if not self.exact:
            return f"{self.moment:%Y-%m-%d} (day only)"
        if self.zoned:
            return format_instant(self.moment)
        return f"{self.moment:%Y-%m-%dT%H:%M:%S} (no zone)"


def read_w3c(text: str | None) -> Stated | None:
    """Read a W3C date such as `2020-01-06T19:04:00Z`."""
    match = _W3C.fullmatch(text.strip()) if text and len(text) <= _LONGEST else None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    found = from_fields(year, month or 1, day or 1, hour, minute, second)
    if found is None or match[4] is None:
        return None if found is None else Stated(moment=found.moment, zoned=False, exact=False)
    if match[7] is None:
        return found
    zone = match[7].replace(":", "")
    away = timedelta()
    if zone != "Z":
        away = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
        away = -away if zone[0] == "-" else away
    try:
        return Stated(moment=found.moment - away, zoned=True)
    except OverflowError:
        return None


def from_fields(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> Stated | None:
    """Return a time without a zone, or None if there is no such time."""
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return Stated(moment=moment, zoned=False)


def from_filetime(ticks: int) -> Stated | None:
    """Read a FILETIME: tenths of a microsecond since 1601, UTC; 0 means none."""
    if ticks <= 0:
        return None
    try:
        moment = _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
    return Stated(moment=moment.replace(microsecond=0), zoned=True)


def from_dos(stamp: int) -> Stated | None:
    """Read an MS-DOS date and time, date in the upper half."""
    date, time = stamp >> 16, stamp & 0xFFFF
    return from_fields(
        1980 + (date >> 9),
        date >> 5 & 15,
        date & 31,
        time >> 11,
        time >> 5 & 63,
        min((time & 31) * 2, 59),
    )


def from_dttm(value: int) -> Stated | None:
    """Read a DTTM: minutes, local time; 0 means none."""
    if value == 0:
        return None
    return from_fields(
        1900 + (value >> 20 & 0x1FF),
        value >> 16 & 15,
        value >> 11 & 31,
        value >> 6 & 31,
        value & 63,
    )


def is_later(one: Stated, other: Stated, slack: timedelta = SAME) -> bool:
    """Tell whether `one` is later than `other` whatever the zones may have been."""
    if not (one.zoned and other.zoned):
        slack = max(slack, ZONES)
    return one.moment - other.moment > slack


def zone_between(local: Stated, true: Stated) -> str | None:
    """Return the zone, as `UTC+02:00`, of a clock that showed `local` at the instant `true`.

    None if the two do not differ by a zone there is (whole quarters of an hour, -12:00 to +14:00).
    """
    minutes, rest = divmod(round((local.moment - true.moment).total_seconds()), 60)
    # DTTM and Word's change marks are cut to the minute; the true instant often is not.
    if rest > 1:
        minutes += 1
    if minutes % 15 or not -720 <= minutes <= 840:
        return None
    sign, size = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"UTC{sign}{size // 60:02d}:{size % 60:02d}"
