"""How an examination ended: seven ways, all of them answers.

A document that crashes or hangs a parser is a normal document in a leak; none of this is an
exception. Limits are recorded with the outcome, because under other limits it may be another. What
each code means in plain words stands in `endings`.
"""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class OutcomeKind(StrEnum):
    """The ways an examination can end."""

    EXAMINED = "examined"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out-of-memory"
    ANSWER_TOO_LARGE = "answer-too-large"
    ANSWER_MALFORMED = "answer-malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One ending."""

    kind: OutcomeKind
    code: str
    """Stable: `examined`, `timeout`, `crashed-signal-11`, `exit-3`, `answer-too-large` ..."""
    message: str = ""
    """One plain line; never text from the document unescaped."""

    @property
    def examined(self) -> bool:
        """Whether the examination came to its end; says nothing about what it found."""
        return self.kind is OutcomeKind.EXAMINED


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one examination may use."""

    seconds: float = 30.0
    """Wall-clock seconds; CPU seconds are limited to the next whole number above."""
    memory: int = 2 << 30
    """Bytes of address space ON TOP of what the worker holds before it opens the document."""
    answer: int = 4 << 20
    """Bytes of JSON that the worker may answer."""
    file: int = 512 << 20
    """Bytes of the document; a larger one is refused before a worker sees it."""
