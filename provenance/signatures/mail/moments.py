"""Read the times a message states: Date, and the moments its servers wrote into Received.

A time without a readable zone has no instant. Obsolete zone names are read as RFC 5322 section 4.3
says; military letters and unknown names mean "zone not stated", like -0000. Total on any bytes.
Every one of these times can be set to anything by whoever holds the message.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from provenance.signatures.mail.message import Message

MAX_SKEW: Final = timedelta(hours=1)  # by which the clocks of honest servers differ

_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED: Final = {  # RFC 5322 section 4.3, minutes
    "ut": 0,
    "gmt": 0,
    "utc": 0,
    "z": 0,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}
_DATE: Final = re.compile(
    r"(?:([a-z]{3})[a-z]{0,9}[ ,]{1,4})?(\d{1,2})[ -]([a-z]{3})[a-z]{0,9}[ -](\d{2,4})"
    r" (\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,9})? ?([+-]\d{4}|[a-z]{1,5})?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A time as a mail header states it."""

    moment: datetime
    """UTC; when no zone is stated, the clock time read as UTC."""
    zone: int | None
    """Minutes east of UTC; None = not stated, or -0000."""
    wall: datetime
    """What the clock showed, without zone."""
    weekday: str | None
    """As written, three letters, lower case."""

    @property
    def weekday_fits(self) -> bool:
        """Say whether the weekday, if any, is that of the date."""
        return self.weekday is None or self.weekday == DAYS[self.wall.weekday()]


def read_date(value: bytes) -> Stated | None:
    """Read the first date in a value; None when there is none."""
    text = " ".join(value[:1000].decode("latin-1").split())
    match = _DATE.search(text)
    if match is None:
        return None
    weekday, day, month, year, hour, minute, second, zone = match.groups()
    if month.lower() not in _MONTHS or (weekday and weekday.lower() not in DAYS):
        return None
    minutes = _zone(zone)
    try:
        wall = datetime(  # noqa: DTZ001 - what the clock showed; the zone comes next
            _year(year),
            _MONTHS.index(month.lower()) + 1,
            int(day),
            int(hour),
            int(minute),
            min(int(second or 0), 59),  # a leap second is the second before it
        )
        moment = wall.replace(tzinfo=timezone(timedelta(minutes=minutes or 0))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Stated(moment=moment, zone=minutes, wall=wall, weekday=weekday and weekday.lower())


def _year(text: str) -> int:
    year = int(text)  # RFC 5322 section 4.3: two digits below 50 are 20xx, else 19xx; three + 1900
    if len(text) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(text) == 3 else year


def _zone(text: str | None) -> int | None:
    if not text or text == "-0000":  # RFC 5322 3.3: -0000 says nothing of the place
        return None
    if text[0] in "+-":
        minutes = int(text[1:3]) * 60 + int(text[3:5])
        return (-minutes if text[0] == "-" else minutes) if minutes < 24 * 60 else None
    return _NAMED.get(text.lower())


def date_of(message: Message) -> Stated | None:
    """Return the Date of the message; None when there is not exactly one reading of it."""
    stated = {read_date(field.value) for field in message.named("date")}
    return stated.pop() if len(stated) == 1 else None


def hops_of(message: Message) -> tuple[Stated | None, ...]:
    """Return the moments of the Received fields, the first server's first (RFC 5321 4.4)."""
    fields = reversed(message.named("received"))
    # The date stands behind the last semicolon; comments before it may hold others.
    return tuple(read_date(field.value.rpartition(b";")[2]) for field in fields)


def received_at(message: Message) -> datetime | None:
    """Return when the last server says it took the message in; None when none says so."""
    stated = [one for one in hops_of(message) if one is not None]
    return stated[-1].moment if stated else None
