"""Collect what a reader finds in one file, within bounds, one failing step at a time.

Rules: every text is tamed; a property is kept once, the first time it is stated; of one code at
most MAX_SAME observations are kept, and how many more there were is noted; a step that raises
becomes a note and the others go on; what was too much to be looked at whole is noted. So a
hostile file can neither fill the answer nor silence a reader, nor hide something behind a limit.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, TypeVar

from provenance.facts.model import Facts, Observation, Weight
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.text import tame

MAX_OBSERVATIONS: Final = 400  # of one file; with MAX_SENTENCE about a tenth of a worker's answer
MAX_SAME: Final = 25  # observations of one code that are kept one by one
MAX_COUNTED: Final = 2_000  # observations of one code that are looked for
MAX_PROPERTIES: Final = 400  # of one file; real ones state some thirty
MAX_NOTES: Final = 60  # of one file
MAX_SENTENCE: Final = 900  # characters of one observation
MAX_VALUE: Final = 500  # characters of one property; names and titles are far shorter
MAX_QUOTE: Final = 200  # characters quoted from inside a document
MAX_LISTED: Final = 12  # names in one sentence
T = TypeVar("T")
# What is read first; within a weight, in the order found.
_ORDER: Final = (Weight.CONTRADICTION, Weight.RISK, Weight.HIDDEN, Weight.NOTE)


def _rank(one: Observation) -> int:
    return _ORDER.index(one.weight)


class Gathered:
    """What has been found so far in one file; `facts` gives it back.

    Args:
        at: now, UTC; what lies after it lies in the future.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._properties: dict[str, str] = {}
        self._observations: list[Observation] = []
        self._seen = set[tuple[str, str, str]]()
        self._counts: Counter[str] = Counter()
        self._notes: list[str] = []
        self._unstated = 0
        self._unnoted = 0

    def state(self, name: str, value: object, limit: int = MAX_VALUE) -> None:
        """Keep a property as the file states it; an empty one is none."""
        key, text = tame(name, 80), tame(str(value).strip(), limit)
        if not text or key in self._properties:
            return
        if len(self._properties) < MAX_PROPERTIES:
            self._properties[key] = text
        else:
            self._unstated += 1

    def observe(
        self,
        code: str,
        weight: Weight,
        text: str,
        *,
        where: str | None = None,
        evidence: str | None = None,
    ) -> None:
        """Keep one observation; the same one twice is one."""
        found = Observation(
            code=code,
            weight=weight,
            text=tame(text, MAX_SENTENCE),
            where=tame(where, 200) if where else None,
            evidence=evidence,
        )
        key = (found.code, found.text, found.where or "")
        if key in self._seen:
            return
        self._counts[code] += 1
        if self._counts[code] <= MAX_SAME and len(self._observations) < MAX_OBSERVATIONS:
            self._seen.add(key)
            self._observations.append(found)

    def note(self, text: str, *, because: str = "") -> None:
        """Keep one sentence on what could not be read, and why; `because` is tamed already."""
        tamed = tame(text, MAX_VALUE) + because
        if tamed in self._notes:
            return
        if len(self._notes) < MAX_NOTES:
            self._notes.append(tamed)
        else:
            self._unnoted += 1

    def upto(self, items: Iterable[T], most: int, what: str) -> Iterator[T]:
        """Yield at most so many; that there are more is noted.

        Args:
            items: in their order.
            most: how many are looked at.
            what: they are, in the plural.
        """
        for number, one in enumerate(items):
            if number >= most:
                self.note(f"only the first {most} {what} were looked at")
                return
            yield one

    def step(self, what: str, action: Callable[[], None]) -> None:
        """Run one step of a reader; what it raises is noted and the reader goes on.

        Raises:
            MemoryError: the step needs more memory than there may be.
        """
        done = attempt(what, action)
        if isinstance(done, Fault):
            self.note(f"{what} could not be read to the end", because=done.because)

    def count(self, code: str) -> int:
        """Return how many observations of a code there were, kept or not."""
        return self._counts[code]

    def full(self, code: str) -> bool:
        """Whether so many observations of a code were made that looking for more tells nothing."""
        return self._counts[code] >= MAX_COUNTED

    def facts(self, *, pages: int | None = None, revisions: int | None = None) -> Facts:
        """Return all of it, and what was left out for being too much."""
        kept = Counter(one.code for one in self._observations)
        left = tuple(
            f"{'at least ' if count >= MAX_COUNTED else ''}{count - kept[code]} more observations"
            f" of the kind {code} are left out"
            for code, count in sorted(self._counts.items())
            if count > kept[code]
        )
        return Facts(
            pages=pages,
            revisions=revisions,
            properties=dict(sorted(self._properties.items())),
            observations=tuple(sorted(self._observations, key=_rank)),
            notes=(*self._notes, *left, *self._uncounted()),
        )

    def _uncounted(self) -> Iterator[str]:
        if self._unstated:
            yield f"{self._unstated} more properties are left out"
        if self._unnoted:
            yield f"{self._unnoted} more notes are left out"


def quoted(text: str, limit: int = MAX_QUOTE) -> str:
    """Return text of a document in quotation marks, on one line, tamed and cut."""
    line = " ".join(text[: limit * 4].split())
    return f'"{tame(line, limit)}"'


def listed(names: Iterable[str], most: int = MAX_LISTED) -> str:
    """Return names as one phrase, each once, in order, quoted; says how many are left out."""
    once = list(dict.fromkeys(name for name in names if name.strip()))
    shown = ", ".join(quoted(name, 80) for name in once[:most])
    return f"{shown} and {len(once) - most} more" if len(once) > most else shown


def joined(names: Iterable[str], most: int = MAX_LISTED) -> str:
    """Return names as one phrase, each once, in order, unquoted; says how many are left out."""
    once = list(dict.fromkeys(names))
    shown = ", ".join(once[:most])
    return f"{shown} and {len(once) - most} more" if len(once) > most else shown


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 row`, `2 rows`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
