"""Weigh one facet: trace the lines of both sides, count them, and say what the best one rests on.

One `Scales` holds a dossier at one instant. A facet is weighed independently of all others, except
that a document's own words follow the level of `origin`, which is therefore weighed first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provenance.verdict.assessment import Facet, Side
from provenance.verdict.dossier import Assertion, Dossier, Record
from provenance.verdict.facets import ATTRIBUTED_PARTS, claim_of, family_of
from provenance.verdict.grading import Grade, Grader
from provenance.verdict.labels import level_of
from provenance.verdict.lines import Line, Resources, Tracer
from provenance.verdict.liveness import Survey
from provenance.verdict.packing import at_least, at_most, groups_of, is_exact
from provenance.verdict.rules import MAX_GRADE
from provenance.verdict.strength import corroborators, strength_of

SIGNS = (1, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """A dossier at one instant, ready to be weighed facet by facet."""

    grader: Grader
    assertions: Mapping[tuple[str, int], dict[str, Assertion]]
    """(facet, sign) to record id to the assertion; dead records are included."""
    resources: Resources

    @property
    def survey(self) -> Survey:
        """The standing of the records."""
        return self.grader.survey

    def names(self) -> list[str]:
        """Return every facet that any record asserts, sorted."""
        return sorted({facet for facet, _ in self.assertions})

    def tracer(self, facet: str, sign: int) -> Tracer:
        """Return what finds the lines of one side."""
        return Tracer(self.grader, self.assertions.get((facet, sign), {}), self.resources)

    def levels(self, facet: str) -> tuple[int, int]:
        """Return (support, opposition) and nothing else; the cheap question."""
        sides = [strength_of(self.tracer(facet, sign).trace("voices").lines) for sign in SIGNS]
        return sides[0], sides[1]

    def weigh(self, facet: str) -> Facet:
        """Return everything about one asserted facet."""
        support, opposition = (self._side(facet, sign) for sign in SIGNS)
        dead = self.survey.dead
        asserting = {key for sign in (*SIGNS, 0) for key in self.assertions.get((facet, sign), ())}
        return Facet(
            name=facet,
            support=support,
            opposition=opposition,
            records=tuple(sorted(asserting - dead)),
        )

    def _side(self, facet: str, sign: int) -> Side:
        tracer = self.tracer(facet, sign)
        voices = tracer.trace("voices")
        if not voices.lines:
            return Side()
        speakers = tracer.trace("speakers")
        lower_sets = groups_of(line.resources for line in voices.lines)
        upper_sets = groups_of(line.resources for line in speakers.lines)
        truncated = voices.truncated or speakers.truncated
        lower = at_least(lower_sets)
        best = voices.lines[0]
        pair = corroborators(voices.lines)
        lifted = pair is not None and strength_of(voices.lines) > best.strength
        return Side(
            strength=strength_of(voices.lines),
            lines=(lower, max(lower, at_most(upper_sets))),
            choke=() if truncated else self._choke(voices.lines),
            best=pair[0].path if lifted and pair else best.path,
            corroborator=pair[1].path if lifted and pair else (),
            limited_by=self._limits(facet, sign, pair[0] if lifted and pair else best),
            exact=not truncated and is_exact(lower_sets) and is_exact(upper_sets),
        )

    def _choke(self, lines: Sequence[Line]) -> tuple[str, ...]:
        if len(lines) < 2:
            return ()
        shared = lines[0].resources
        for line in lines[1:]:
            shared &= line.resources
        return self.resources.named(shared)

    def _limits(self, facet: str, sign: int, line: Line) -> tuple[str, ...]:
        grades = self.grades(facet, sign, line)
        return tuple(
            f"{key}: {name}"
            for key, grade in grades
            if grade.value == line.grade
            for name in _limiting(grade)
        )

    def grades(self, facet: str, sign: int, line: Line) -> list[tuple[str, Grade]]:
        """Return each record of the line's path with what it contributes, root first."""
        return self.grades_on(facet, sign, line.path)

    def grades_on(self, facet: str, sign: int, path: tuple[str, ...]) -> list[tuple[str, Grade]]:
        """Return each record of a path with what it contributes, root first."""
        asserts = self.assertions[facet, sign]
        records = self.survey.records
        root, rest = path[0], path[1:]
        first = (root, self._first(records[root], asserts[root]))
        return [first, *((key, self.grader.passing(records[key], asserts[key])) for key in rest)]

    def _first(self, record: Record, assertion: Assertion) -> Grade:
        if self.survey.sources(record) is None:
            return self.grader.root(record, assertion)
        return self.grader.inference(record, assertion)


def _limiting(grade: Grade) -> tuple[str, ...]:
    if grade.cap == grade.value < MAX_GRADE:
        return ("undercut",)
    return grade.limited_by


def scales_for(dossier: Dossier, survey: Survey) -> Scales:
    """Return the scales for a dossier whose records have been surveyed."""
    assertions: dict[tuple[str, int], dict[str, Assertion]] = {}
    for record in survey.records.values():
        for assertion in record.asserts:
            side = assertions.setdefault((assertion.facet, assertion.sign), {})
            side[record.id] = assertion
    resources = Resources()
    first = Scales(
        grader=Grader(dossier=dossier, survey=survey), assertions=assertions, resources=resources
    )
    origin = max(0, level_of(*first.levels("origin")))
    grader = Grader(dossier=dossier, survey=survey, origin_level=origin)
    return Scales(grader=grader, assertions=assertions, resources=resources)


def attribute_to_issuer(reading: Facet, facets: Mapping[str, Facet]) -> Facet:
    """Return `attribution:<claim>`: the least of its parts' support, the most of their opposition.

    We may write "the issuer says C" only if it is theirs, unaltered, complete, sanctioned, and says
    C; one missing part is enough to leave it open.
    """
    empty = Facet(name="", support=Side(), opposition=Side())
    parts = [*(facets.get(name, empty) for name in ATTRIBUTED_PARTS), reading]
    return Facet(
        name=f"attribution:{claim_of(reading.name)}",
        support=Side(strength=min(part.p for part in parts)),
        opposition=Side(strength=max(part.c for part in parts)),
        records=tuple(sorted({key for part in parts for key in part.records})),
        parts=(*ATTRIBUTED_PARTS, reading.name),
    )


def is_reading(facet: str) -> bool:
    """Return whether the facet says what the document means."""
    return family_of(facet) == "reading"
