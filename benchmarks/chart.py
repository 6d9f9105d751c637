"""Curves over two logarithmic axes, as one SVG file that stands alone: no script, no font, no CSS.

Every decade has a line and a number. A curve is told by its colour, by the shape of its points and
by its name, written at its last point, so that it reads without colours too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 860, 480  # units of the drawing; viewers scale it
_LEFT, _TOP, _RIGHT, _BOTTOM = 90, 50, 240, 60  # margins; names of curves stand on the right
_COLOURS: Final = ("#0b5394", "#38761d", "#b45f06", "#741b47")
_TEXT: Final = 'font-family="sans-serif" font-size="13" fill="#222222"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A row of measured points."""

    name: str
    points: Sequence[tuple[float, float]]
    """(x, y), both above 0, x rising; at least one."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """Maps the decades that hold some values onto a stretch of the drawing."""

    first: int
    last: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> "_Axis":
        first = floor(log10(min(values)))
        last = ceil(log10(max(values)) - 0.01)  # a little beyond a decade needs no further one
        return cls(first, max(first + 1, last), start, end)

    def at(self, value: float) -> float:
        share = (log10(value) - self.first) / (self.last - self.first)
        return round(self.start + share * (self.end - self.start), 1)

    def decades(self) -> Iterator[float]:
        return (10.0**power for power in range(self.first, self.last + 1))


def draw(title: str, *, across: str, up: str, curves: Sequence[Curve]) -> str:
    """Return the drawing; `across` and `up` say what the axes count."""
    right, low = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    x = _Axis.over([point[0] for each in curves for point in each.points], _LEFT, right)
    y = _Axis.over([point[1] for each in curves for point in each.points], low, _TOP)
    middle = (_TOP + low) / 2
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 28, title, "start"),
        *_grid(x, y),
        _text((_LEFT + right) / 2, HEIGHT - 14, across, "middle"),
        f'<g transform="rotate(-90 20 {middle})">{_text(20, middle, up, "middle")}</g>',
        *(line for at, curve in enumerate(curves) for line in _curve(at, curve, x, y)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _grid(x: _Axis, y: _Axis) -> Iterator[str]:
    for value in x.decades():
        yield _line(x.at(value), y.start, x.at(value), y.end)
        yield _text(x.at(value), y.start + 20, f"{value:,.10g}", "middle")
    for value in y.decades():
        yield _line(x.start, y.at(value), x.end, y.at(value))
        yield _text(x.start - 8, y.at(value) + 4, f"{value:,.10g}", "end")


def _curve(number: int, curve: Curve, x: _Axis, y: _Axis) -> Iterator[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    points = [(x.at(across), y.at(up)) for across, up in curve.points]
    path = " ".join(f"{left},{top}" for left, top in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for left, top in points:
        yield _mark(number, left, top, colour)
    left, top = points[-1]
    yield _text(left + 12, top + 4, curve.name, "start")


def _mark(number: int, left: float, top: float, colour: str) -> str:
    if number % 3 == 0:
        return f'<circle cx="{left}" cy="{top}" r="4" fill="{colour}"/>'
    if number % 3 == 1:
        return f'<rect x="{left - 4:.1f}" y="{top - 4:.1f}" width="8" height="8" fill="{colour}"/>'
    corners = f"{left},{top - 5:.1f} {left - 5:.1f},{top + 4:.1f} {left + 5:.1f},{top + 4:.1f}"
    return f'<polygon points="{corners}" fill="{colour}"/>'


def _line(left: float, top: float, right: float, bottom: float) -> str:
    return f'<line x1="{left}" y1="{top}" x2="{right}" y2="{bottom}" stroke="#dddddd"/>'


def _text(left: float, top: float, text: str, anchor: str) -> str:
    return f'<text x="{left}" y="{top}" text-anchor="{anchor}" {_TEXT}>{escape(text)}</text>'
