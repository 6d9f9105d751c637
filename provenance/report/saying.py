"""Instants, sizes, stretches of time and counts as a reader wants them; never locale-dependent."""

from datetime import UTC, date, datetime
from typing import Final

from provenance.instants import format_instant
from provenance.report.markup import Markup, element, join

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOT_SAID: Final = "not stated"
_KIB: Final = 1024  # 2 to the power 10
_UNITS: Final = ("KiB", "MiB", "GiB", "TiB")
_DAY: Final = 86_400  # seconds


def say_day(day: date) -> str:
    """Return a day, for instance 6 Jan 2020."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_instant(at: datetime) -> str:
    """Return an instant in UTC, for instance `6 Jan 2020, 19:04 UTC`; seconds where not 0."""
    utc = at.astimezone(UTC)
    seconds = f":{utc.second:02d}" if utc.second else ""
    return f"{say_day(utc.date())}, {utc.hour:02d}:{utc.minute:02d}{seconds} UTC"


def instant(at: datetime | None, absent: str = NOT_SAID) -> Markup:
    """Return an instant as a time element, or the words for its absence."""
    if at is None:
        return element("span", absent, class_="absent")
    return element("time", say_instant(at), datetime=format_instant(at))


def say_size(size: int | None) -> str:
    """Return a size in bytes, with a rounded larger unit where that helps."""
    if size is None:
        return "withheld"
    text = "1 byte" if size == 1 else f"{size:,} bytes"
    steps = min(len(_UNITS), (size.bit_length() - 1) // 10) if size else 0
    return f"{text} ({size / _KIB**steps:.1f} {_UNITS[steps - 1]})" if steps else text


def say_stretch(seconds: int) -> str:
    """Return a stretch of time in its two largest units."""
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute"), (left, "second")]
    found = [count(number, unit) for number, unit in parts if number]
    return " ".join(found[:2]) or "0 seconds"


def count(number: int, thing: str) -> str:
    """Return `1 entry`, `2 entries`."""
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {thing[:-1]}ies" if thing.endswith("try") else f"{number:,} {thing}s"


def entry_link(entry: int | None) -> Markup:
    """Return a link to an entry of the ledger appendix."""
    if entry is None:
        return element("span", "-", class_="absent")
    return element("a", f"#{entry}", href=f"#entry-{entry}", class_="num")


def entry_links(entries: tuple[int, ...]) -> Markup:
    """Return links to several entries."""
    return join([entry_link(entry) for entry in entries], ", ") if entries else join(["-"])
