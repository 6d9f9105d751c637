"""Times in a picture that do not go together.

A time with an offset is an instant, one without is some wall clock; two are compared as instants
only when both are. Where one has an offset and the other has not, a difference of whole quarters of
an hour, up to a day, is taken for a time zone and not told. An hour between camera and satellites
is let pass: a receiver indoors repeats its last fix. Anything here can be edited in a minute; the
absence of a contradiction proves nothing.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from provenance.facts.model import Observation, Weight
from provenance.facts.pictures.exif import Exif
from provenance.facts.pictures.xmp import Xmp, parse_xmp_date
from provenance.facts.stated_dates import SAME, ZONES

STALE_FIX: Final = timedelta(hours=1)  # a receiver may repeat its last position and time
ZONE_STEP: Final = timedelta(minutes=15)  # offsets from UTC are whole quarters of an hour
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)
_DAY: Final = timedelta(days=1)
_PAIRS: Final = (
    ("DateTimeOriginal", "exif:DateTimeOriginal"),
    ("DateTimeOriginal", "photoshop:DateCreated"),
    ("DateTimeDigitized", "xmp:CreateDate"),
    ("DateTime", "xmp:ModifyDate"),
)


def date_contradictions(
    exif: Exif, xmp: Xmp, *, profile_made: datetime | None, at: datetime
) -> Iterator[Observation]:
    """Yield a sentence for each pair of times that do not go together.

    Args:
        exif: of the picture; empty where it has none.
        xmp: of the picture; empty where it has none.
        profile_made: when its colour profile says it was made.
        at: now, as the caller says.
    """
    taken, saved = exif.times.get("DateTimeOriginal"), exif.times.get("DateTime")
    if taken and saved and apart(saved, taken) < -SAME:
        text = f"It says it was last saved ({said(saved)}) before it was taken ({said(taken)})."
        yield _contradiction("saved-before-taken", text)
    for name, other in _PAIRS:
        first, written = exif.times.get(name), xmp.properties.get(other, "")
        second = parse_xmp_date(written)
        if first and second and _differs(first, second, day_only="T" not in written):
            text = f"EXIF {name} and XMP {other} differ: {said(first)} and {said(second)}."
            yield _contradiction("exif-and-xmp-dates", text)
    yield from _satellites(exif, taken)
    for name, moment in exif.times.items():
        if _instant(moment) > at + _DAY:
            text = f"EXIF {name} lies in the future: {said(moment)}."
            yield _contradiction("date-in-the-future", text)
    if profile_made and saved and apart(profile_made, saved) > _DAY:
        text = (
            f"Its colour profile was made ({said(profile_made)}) after the picture says it was last"
            f" saved ({said(saved)})."
        )
        yield _contradiction("profile-younger-than-picture", text)


def _satellites(exif: Exif, taken: datetime | None) -> Iterator[Observation]:
    if taken is None or exif.satellites is None:
        return
    ahead = apart(taken, exif.satellites)
    beyond = not _WEST - STALE_FIX <= ahead <= _EAST + STALE_FIX
    if abs(ahead) > STALE_FIX if taken.tzinfo else beyond:
        text = (
            f"The camera's clock ({said(taken)}) and the satellites' ({said(exif.satellites)}) do"
            " not go together in any time zone."
        )
        yield _contradiction("camera-and-satellite-clocks", text)


def _differs(first: datetime, second: datetime, *, day_only: bool) -> bool:
    if day_only:
        return abs(first.date() - second.date()) > _DAY
    gap = abs(apart(first, second))
    if gap <= SAME:
        return False
    if (first.tzinfo is None) == (second.tzinfo is None):
        return True
    rest = gap % ZONE_STEP
    zone = min(rest, ZONE_STEP - rest) <= SAME and gap <= ZONES
    return not zone


def apart(first: datetime, second: datetime) -> timedelta:
    """Return how much later the first is; by wall clock unless both are instants."""
    if first.tzinfo and second.tzinfo:
        return first - second
    return first.replace(tzinfo=None) - second.replace(tzinfo=None)


def _instant(moment: datetime) -> datetime:
    """A wall clock is read as UTC, only to tell the far future from today."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def said(moment: datetime) -> str:
    """Return a time as the picture states it: with its offset, or without one."""
    return moment.isoformat(sep=" ", timespec="seconds")


def _contradiction(code: str, text: str) -> Observation:
    return Observation(code=code, weight=Weight.CONTRADICTION, text=text)
