"""Run one step of a foreign engine so that an exception becomes a value.

Engines raise a dozen unrelated classes on bad files, and an exception proves nothing about the
document: it is neither a broken signature nor the absence of one. Out of memory is let through:
it ends the worker with an outcome of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from provenance.errors import CheckFailed, Malformed
from provenance.signatures.text import tame, with_detail

T = TypeVar("T")
_OWN: Final = frozenset({Malformed.__name__, CheckFailed.__name__})
"""Exceptions of ours that are raised with plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An exception of an engine, tamed."""

    step: str
    """Which step did not come to an end."""
    kind: str
    """Class name of the exception."""
    message: str

    @property
    def because(self) -> str:
        """To be put behind plain words: our own reason, or an engine's words as mere detail."""
        own = self.kind in _OWN and self.message
        return f" ({self.message})" if own else with_detail("", self.text)

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
