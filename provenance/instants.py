"""One way to read and write an instant: aware, UTC, RFC 3339, whole seconds or finer.

A time without an offset is refused: in evidence, a guessed time zone is a wrong time.
"""

from datetime import UTC, date, datetime

from provenance.errors import UsageError


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant such as `2020-01-06T19:04:00Z`; returns UTC.

    Raises:
        UsageError: not RFC 3339, or no offset.
    """
    try:
        value = datetime.fromisoformat(text)
        return _in_utc(value, text)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"not an instant (want 2020-01-06T19:04:00Z): {text!r}") from error


def parse_day(text: str) -> date:
    """Read a day such as `2020-01-06`, without a time and so without a zone.

    Raises:
        UsageError: not a day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"not a day (want 2020-01-06): {text!r}") from error


def _in_utc(value: datetime, text: str) -> datetime:
    if value.tzinfo is None:
        raise UsageError(f"an instant needs its offset (add Z for UTC): {text!r}")
    # In the first and last hours of the calendar, UTC lies outside it.
    return value.astimezone(UTC)


def format_instant(value: datetime) -> str:
    """Write an instant in UTC with a trailing Z, without fractions when there are none."""
    text = value.astimezone(UTC).isoformat(timespec="auto")
    return text.replace("+00:00", "Z")
