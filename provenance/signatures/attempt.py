"""Run one step of a foreign engine so that an exception becomes a value.

Engines raise a dozen unrelated classes on bad files, and an exception proves nothing about the
document: it is neither a broken signature nor the absence of one. Out of memory is let through:
it ends the worker with an outcome of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from provenance.signatures.text import tame

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An exception of an engine, tamed."""

    step: str
    """Which step did not come to an end."""
    kind: str
    """Class name of the exception."""
    message: str

    @property
    def text(self) -> str:
        """One line: step, class and message."""
        return f"{self.step}: {self.kind}: {self.message}"


def attempt(step: str, action: Callable[[], T]) -> T | Fault:
    """Run one step; an exception comes back as a Fault.

    Raises:
        MemoryError: the step needs more memory than there may be.
    """
    try:
        return action()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - engines raise unrelated classes on bad files
        return Fault(step=step, kind=type(error).__name__, message=tame(error, 300))
