"""Rows of figures, as a table for a terminal and as Markdown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from measuring import Spread

_HEAD: Final = ("what", "median", "least - most", "unit", "floor", "", "beside")


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a figure must reach."""

    text: str
    holds: Callable[[float], bool]


def at_least(value: float) -> Floor:
    """Return a floor below which a figure misses."""
    return Floor(text=f">= {figure(value)}", holds=lambda found: found >= value)


def at_most(value: float) -> Floor:
    """Return a ceiling above which a figure misses."""
    return Floor(text=f"<= {figure(value)}", holds=lambda found: found <= value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure over several rounds."""

    what: str
    spread: Spread | None
    """None: it could not be measured here; `beside` says why."""
    unit: str
    floor: Floor | None = None
    beside: str = ""
    """The peer's figure in the same run, or what else to know."""

    @property
    def missed(self) -> bool:
        """Whether the median misses the floor."""
        return bool(self.spread and self.floor and not self.floor.holds(self.spread.middle))

    def cells(self) -> tuple[str, ...]:
        """Return the row as texts."""
        floor = self.floor.text if self.floor else ""
        if self.spread is None:
            return (self.what, "-", "", self.unit, floor, "not measured", self.beside)
        verdict = ("MISSED" if self.missed else "holds") if self.floor else ""
        between = f"{figure(self.spread.least)} - {figure(self.spread.most)}"
        return (
            self.what,
            figure(self.spread.middle),
            between,
            self.unit,
            floor,
            verdict,
            self.beside,
        )


def figure(value: float) -> str:
    """Return a figure with three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def text_table(rows: Iterable[Row]) -> str:
    """Return the rows for a terminal."""
    lines = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def markdown_table(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [_HEAD, tuple("---" for _ in _HEAD), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
