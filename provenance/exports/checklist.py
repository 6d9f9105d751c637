"""What a check of a package says: a list of what holds, what does not, and what nobody checked.

A forged package is a normal answer. Every line is about one thing; a check that could not run has a
line too, with the reason, so that silence never passes for a clean bill.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How one thing was found."""

    HOLDS = "holds"
    FAILS = "fails"
    UNCHECKED = "unchecked"
    """Not looked at, or it takes something that the package or the caller does not give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing."""

    check: str
    """Stable name of the check, for instance `entry-signature`."""
    state: State
    text: str
    """One sentence for a person; may hold text of a hostile package."""


@dataclass(slots=True)
class Checklist:
    """Collects lines while a check runs."""

    lines: list[Line] = field(default_factory=list)

    def holds(self, check: str, text: str) -> None:
        """Note that something was checked and holds."""
        self.lines.append(Line(check=check, state=State.HOLDS, text=text))

    def fails(self, check: str, text: str) -> None:
        """Note that something was checked and does not hold."""
        self.lines.append(Line(check=check, state=State.FAILS, text=text))

    def unchecked(self, check: str, text: str) -> None:
        """Note that something was not checked, and why."""
        self.lines.append(Line(check=check, state=State.UNCHECKED, text=text))

    def settle(self, check: str, faults: list[str], text: str) -> None:
        """Note every fault, or that there is none."""
        for fault in faults:
            self.fails(check, fault)
        if not faults:
            self.holds(check, text)

    def failed(self) -> Iterator[Line]:
        """Yield what does not hold."""
        return (line for line in self.lines if line.state is State.FAILS)
