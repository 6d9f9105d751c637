"""The two figures of a report, as inline SVG: the timeline, and a facet's two columns.

Both say in words what they show (title and description); a table with the same content follows on
the page. The timeline has one column for each day on which something happened, in order and of
equal width: a longer silence is marked as a break, not drawn to scale.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from provenance.report.markup import Markup, element
from provenance.report.model import ReportModel
from provenance.report.saying import MONTHS, say_day
from provenance.report.verdict_parts import FacetPart, Statement

WIDTH: Final = 960  # user units; the page scales the figure
GUTTER: Final = 104  # for the names of the lanes
MAX_COLUMNS: Final = 11  # narrower columns could not hold their date
STEP: Final = 19  # between marks
ROWS: Final = 4  # of marks in one cell; the rest is counted
TOP: Final = 46
LANES: Final = ("Custody", "Statements", "Verdict")
_STRENGTH: Final = 4
LEGEND: Final = (
    "One column per day with an event, not to scale. Custody: the number of the ledger entry; a"
    " diamond marks bytes that did not match. Statements, on the day the desk learned them: ▲"
    " supports, ▼ opposes, ◆ does both, ○ declines or is not graded. Verdict: the version signed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that happened on a day."""

    lane: int
    at: datetime
    shape: str
    """circle, bad, up, down, mixed, open or verdict."""
    text: str = ""
    """At most three characters inside the mark."""
    title: str = ""


def timeline(model: ReportModel) -> Markup | None:
    """Return the figure of what happened when; None when nothing did."""
    marks = sorted(_marks(model), key=lambda mark: (mark.at, mark.lane, mark.title))
    if not marks:
        return None
    columns = _columns(sorted({_day(mark.at) for mark in marks}))
    width = min(180, (WIDTH - GUTTER) // len(columns))
    cells = {
        (row, place): [m for m in marks if m.lane == row and days[0] <= _day(m.at) <= days[-1]]
        for row in range(len(LANES))
        for place, days in enumerate(columns)
    }
    tops = _tops(cells, width)
    parts = [element("title", "Timeline of the item", id="tl-title"), _described(marks, columns)]
    parts += [_lane(row, tops[row]) for row in range(len(LANES))]
    for place, days in enumerate(columns):
        left = GUTTER + place * width
        before = columns[place - 1][-1] if place else None
        parts += _head(days, left, before, bottom=tops[-1])
        for row in range(len(LANES)):
            parts += _cell(cells[row, place], left, tops[row], width)
    return element(
        "svg",
        *parts,
        role="img",
        aria_labelledby="tl-title tl-desc",
        viewBox=f"0 0 {WIDTH} {tops[-1]}",
        width=WIDTH,
        height=tops[-1],
    )


def facet_bars(facet: FacetPart, key: str) -> Markup:
    """Return the two columns of a facet: opposition to the left, support to the right.

    Args:
        facet: what to draw; strengths beyond 4 are drawn as 4.
        key: unique on the page, for the figure's own title.
    """
    words = f"Opposition {facet.opposition.strength} of 4, support {facet.support.strength} of 4"
    parts: list[Markup] = [element("title", words, id=key)]
    for place in range(_STRENGTH):
        off = "against" if place < facet.opposition.strength else "off"
        on = "for" if place < facet.support.strength else "off"
        parts.append(_box(134 - 8 - (place + 1) * 29 + 3, off))
        parts.append(_box(134 + 8 + place * 29, on))
    parts.append(element("line", x1=134, x2=134, y1=0, y2=20, class_="axis"))
    return element(
        "svg", *parts, role="img", aria_labelledby=key, viewBox="12 0 244 20", width=244, height=20
    )


def _box(left: int, style: str) -> Markup:
    return element("rect", x=left, y=4, width=26, height=12, rx=2, class_=style)


def _marks(model: ReportModel) -> Iterable[Mark]:
    for line in model.custody.lines:
        shape = "bad" if line.agree is False else "circle"
        title = f"entry {line.entry}: {line.sentence}"
        yield Mark(lane=0, at=line.at, shape=shape, text=f"{line.entry}"[-3:], title=title)
    for one in model.statements:
        yield Mark(lane=1, at=one.recorded_at, shape=_stance(one), title=one.id)
    for verdict in model.verdicts:
        text, title = f"v{verdict.version}"[:3], f"version {verdict.version}: {verdict.headline}"
        yield Mark(lane=2, at=verdict.signed_at, shape="verdict", text=text, title=title)


def _stance(one: Statement) -> str:
    signs = {stance.sign for stance in one.stances} - {0}
    return {frozenset({1}): "up", frozenset({-1}): "down", frozenset({1, -1}): "mixed"}.get(
        frozenset(signs), "open"
    )


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _columns(days: Sequence[date]) -> list[list[date]]:
    per = -(-len(days) // MAX_COLUMNS)
    return [list(days[start : start + per]) for start in range(0, len(days), per)]


def _described(marks: Sequence[Mark], columns: Sequence[Sequence[date]]) -> Markup:
    numbers = [f"{sum(m.lane == row for m in marks)} in {LANES[row]}" for row in range(len(LANES))]
    first, last = say_day(columns[0][0]), say_day(columns[-1][-1])
    return element("desc", f"From {first} to {last}: {', '.join(numbers)}.", id="tl-desc")


def _tops(cells: Mapping[tuple[int, int], Sequence[Mark]], width: int) -> list[int]:
    """Return where each lane begins, and where the last ends; a lane is as high as it needs."""
    tops = [TOP]
    for row in range(len(LANES)):
        most = max(len(marks) for (lane, _), marks in cells.items() if lane == row)
        rows = min(ROWS, max(1, -(-most // _per_row(width))))
        tops.append(tops[-1] + rows * STEP + 18)
    return tops


def _per_row(width: int) -> int:
    return max(1, (width - 12) // STEP)


def _lane(row: int, top: int) -> Markup:
    return element(
        "g",
        element("line", x1=0, x2=WIDTH, y1=top, y2=top, class_="hair"),
        element("text", LANES[row], x=0, y=top + 23, class_="lane"),
    )


def _head(days: Sequence[date], left: int, before: date | None, *, bottom: int) -> list[Markup]:
    first, last = days[0], days[-1]
    shown = f"{first.day} {MONTHS[first.month - 1]}"
    parts = [element("text", shown, x=left + 8, y=16, class_="lane")]
    second = ""
    if last != first:
        second = f"to {last.day} {MONTHS[last.month - 1]}"
    elif before is None or before.year != first.year:
        second = str(first.year)
    if before is not None and (first - before).days > 1:
        second = f"{second}, " if second else ""
        second += f"{(first - before).days} d later"
        parts.append(element("line", x1=left, x2=left, y1=4, y2=bottom, class_="break"))
    parts.append(element("text", second, x=left + 8, y=33, class_="dim"))
    return parts


def _cell(marks: Sequence[Mark], left: int, top: int, width: int) -> list[Markup]:
    per_row = _per_row(width)
    room = per_row * ROWS
    shown = marks if len(marks) <= room else marks[: max(0, room - 2)]
    parts = [
        _drawn(mark, left + 17 + (n % per_row) * STEP, top + 18 + (n // per_row) * STEP)
        for n, mark in enumerate(shown)
    ]
    if len(shown) < len(marks):
        x, y = left + 10 + (len(shown) % per_row) * STEP, top + 22 + (len(shown) // per_row) * STEP
        parts.append(element("text", f"+{len(marks) - len(shown)}", x=x, y=y, class_="dim"))
    return parts


_PATHS: Final = {
    "up": ("M{x} {t}l7.5 13h-15z", "for", -8),
    "down": ("M{x} {t}l7.5 -13h-15z", "against", 8),
    "mixed": ("M{x} {t}l8 8l-8 8l-8 -8z", "mixed", -8),
    "open": ("M{x} {t}a6 6 0 1 1 0 12a6 6 0 1 1 0 -12z", "open", -6),
    "circle": ("M{x} {t}a8.5 8.5 0 1 1 0 17a8.5 8.5 0 1 1 0 -17z", "ink", -8.5),
    "bad": ("M{x} {t}l9 9l-9 9l-9 -9z", "bad", -9),
    "verdict": ("M{x} {t}m-9 0h18v17h-18z", "ink", -8.5),
}
"""Shape: path, style, and how far above the middle it begins."""


def _drawn(mark: Mark, x: int, y: int) -> Markup:
    path, style, lift = _PATHS[mark.shape]
    inside = element("text", mark.text, x=x, y=f"{y + 3.5}", class_="in", text_anchor="middle")
    return element(
        "g",
        element("title", mark.title) if mark.title else None,
        element("path", d=path.format(x=x, t=y + lift), class_=style),
        inside if mark.text else None,
    )
