"""Lines of evidence for one side of one facet.

A line is everything that would all have to be right: the voice of the root, the voice of every
relay on the path, and shared premises. AND within a line, OR between the parents of a relay. Each
record keeps only its undominated lines (no other line is at least as strong with a subset of its
resources and no more self-serving), so paths are never enumerated. Rules:
  1. a root asserts by itself; a record with sources inherits an assertion only from sources that
     make it; what no source makes is its own inference;
  2. a relay that names no source shares the one bucket of unattributed sources;
  3. only records that are held bring their lines to the facet; dead records bring none;
  4. a derivation loop without a root never starts a line, so it has no weight.
Only the lower reading counts (one voice, however many speakers); the upper one is shown.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from provenance.verdict.dossier import Assertion, Record
from provenance.verdict.grading import Grade, Grader
from provenance.verdict.rules import UNATTRIBUTED

MAX_LINES: Final = 64  # undominated lines kept per record and facet; bounds a hostile web of relays
MAX_VISITS: Final = 64  # times a record is looked at again because its sources changed

Reading = Literal["voices", "speakers"]
"""`voices`: one principal is one source. `speakers`: everyone distinct who may be distinct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of evidence."""

    grade: int
    """1-4: the least along the path."""
    self_serving: bool
    resources: int
    """Bit set; the bits are named by `Resources.names`."""
    path: tuple[str, ...]
    """Record ids from the root to the record that is held."""

    @property
    def strength(self) -> int:
        """What the line is worth standing alone: a party's own word is only a claim."""
        return 1 if self.self_serving else self.grade

    def dominates(self, other: "Line") -> bool:
        """Return whether the other line adds nothing beside this one."""
        return (
            self.grade >= other.grade
            and self.self_serving <= other.self_serving
            and self.resources & other.resources == self.resources
        )

    @property
    def rank(self) -> tuple[int, int, bool, int, int, tuple[str, ...]]:
        """Sort key: strongest alone first, then fewest resources, then by id.

        A line never dominates one that sorts before it, except an equal one.
        """
        count = self.resources.bit_count()
        path = self.path
        return (-self.strength, -self.grade, self.self_serving, count, len(path), path)


class Resources:
    """Names of the bits of one dossier's resource sets."""

    __slots__ = ("_bits", "_needed", "names")

    def __init__(self) -> None:
        self._bits: dict[tuple[str, ...], int] = {}
        self._needed: dict[tuple[str, str, bool], int] = {}
        self.names: list[str] = []

    def bit(self, key: tuple[str, ...], name: str) -> int:
        """Return the bit of a resource, giving it the next one if it is new."""
        if key not in self._bits:
            self._bits[key] = 1 << len(self.names)
            self.names.append(name)
        return self._bits[key]

    def of(self, record: Record, reading: Reading, *, unattributed: bool = False) -> int:
        """Return the resources that any line through the record needs."""
        key = (record.id, reading, unattributed)
        if key not in self._needed:
            self._needed[key] = self._find(record, reading, unattributed=unattributed)
        return self._needed[key]

    def _find(self, record: Record, reading: Reading, *, unattributed: bool) -> int:
        bits = 0
        for premise in record.premises:
            bits |= self.bit((premise,), premise)
        if reading == "voices":
            bits |= self.bit((record.voice,), record.voice)
            return bits | self.bit((UNATTRIBUTED,), UNATTRIBUTED) if unattributed else bits
        own = ("speaker", record.speaker) if record.speaker else ("record", record.id)
        bits |= self.bit((record.voice, *own), record.voice)
        if unattributed:
            bits |= self.bit((UNATTRIBUTED, "record", record.id), UNATTRIBUTED)
        return bits

    def named(self, bits: int) -> tuple[str, ...]:
        """Return the names of the bits, sorted."""
        found = {name for place, name in enumerate(self.names) if bits >> place & 1}
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All undominated lines of one side, best first."""

    lines: tuple[Line, ...]
    truncated: bool
    """True: some record had more than MAX_LINES lines and the weakest were left out."""


class Tracer:
    """Finds the lines of one facet and sign, under one reading of independence at a time."""

    __slots__ = (
        "_asserts",
        "_children",
        "_grades",
        "_reading",
        "_resources",
        "_waiting",
        "grader",
        "truncated",
    )

    def __init__(self, grader: Grader, asserts: dict[str, Assertion], resources: Resources) -> None:
        self.grader = grader
        self.truncated = False
        self._asserts = asserts
        self._resources = resources
        self._reading: Reading = "voices"
        self._grades: dict[str, Grade] = {}
        survey = grader.survey
        alive = [key for key in asserts if key not in survey.dead]
        # Sources come mostly before what is taken from them, so most are looked at once.
        alive.sort(key=lambda key: (key in survey.parents, survey.records[key].recorded_at, key))
        self._waiting = alive
        self._children: dict[str, list[str]] = {}
        for key in alive:
            for parent in survey.parents.get(key, ()):
                self._children.setdefault(parent, []).append(key)

    def trace(self, reading: Reading) -> Found:
        """Return the lines that reach the facet."""
        self._reading, self.truncated = reading, False
        survey = self.grader.survey
        kept: dict[str, list[Line]] = {}
        queue, queued, visits = deque(self._waiting), set(self._waiting), Counter[str]()
        while queue:
            here = queue.popleft()
            queued.discard(here)
            visits[here] += 1
            if visits[here] > MAX_VISITS:
                self.truncated = True
                continue
            fresh = self._lines_of(survey.records[here], kept)
            if fresh != kept.get(here, []):
                kept[here] = fresh
                more = [c for c in self._children.get(here, ()) if c not in queued]
                queue.extend(more)
                queued.update(more)
        held = [line for key, lines in kept.items() if survey.records[key].held for line in lines]
        return Found(lines=tuple(undominated(held)), truncated=self.truncated)

    def _lines_of(self, record: Record, kept: dict[str, list[Line]]) -> list[Line]:
        sources = self.grader.survey.sources(record)
        if sources is None:
            return self._start(record, self._graded(record, self.grader.root))
        if not sources:
            own = self._graded(record, self.grader.inference)
            return self._start(record, own, unattributed=True)
        records = self.grader.survey.records
        if any(source in self._asserts for source in sources):
            return self._pass_on(record, sources, kept)
        if any(source not in records for source in sources):
            return []  # a source still to be recorded may be the one that says it
        return self._start(record, self._graded(record, self.grader.inference))

    def _graded(self, record: Record, how: Callable[[Record, Assertion], Grade]) -> Grade:
        """Grade once: how a record is graded depends on its standing, never on the reading."""
        if record.id not in self._grades:
            self._grades[record.id] = how(record, self._asserts[record.id])
        return self._grades[record.id]

    def _start(self, record: Record, grade: Grade, *, unattributed: bool = False) -> list[Line]:
        if grade.value == 0:
            return []
        bits = self._resources.of(record, self._reading, unattributed=unattributed)
        serves = grade.interest < 0
        return [Line(grade=grade.value, self_serving=serves, resources=bits, path=(record.id,))]

    def _pass_on(
        self, record: Record, sources: tuple[str, ...], kept: dict[str, list[Line]]
    ) -> list[Line]:
        bits = self._resources.of(record, self._reading)
        grade = self._graded(record, self.grader.passing)
        extended = [
            Line(
                grade=min(line.grade, grade.value),
                self_serving=line.self_serving or grade.interest < 0,
                resources=line.resources | bits,
                path=(*line.path, record.id),
            )
            for source in sources
            for line in kept.get(source, ())
            if grade.value > 0 and record.id not in line.path
        ]
        best = undominated(extended)
        self.truncated = self.truncated or len(best) > MAX_LINES
        return best[:MAX_LINES]


def undominated(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that no other makes superfluous, best first."""
    kept: list[Line] = []
    waiting = list(lines)
    if len(waiting) < 2:
        return waiting
    for line in sorted(waiting, key=lambda one: one.rank):
        if not any(other.dominates(line) for other in kept):
            kept.append(line)
    return kept
