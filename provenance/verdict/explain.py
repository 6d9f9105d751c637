"""Say why, in sentences an editor can print: one per step, each naming the records it rests on.

Per facet: the label with both columns; what limits the best line; what corroborates it; the choke
point; what it rests on (leave-one-out, by weighing again without that record); who declined; what
would move it. Then the flags and the headline. Made from the same scales as the assessment; never
changes it. Leave-one-out weighs again, so this costs more than `evaluate` and is a call of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from provenance.verdict.assessment import Assessment, Facet, Side
from provenance.verdict.dossier import Dossier, Record
from provenance.verdict.facets import ATTRIBUTED_PARTS
from provenance.verdict.flag_words import flag_sentence
from provenance.verdict.grading import Grade
from provenance.verdict.labels import label_of
from provenance.verdict.lines import Line
from provenance.verdict.liveness import survey
from provenance.verdict.rules import COMPONENT_WORDS, CREDIBLE, MAX_GRADE
from provenance.verdict.sentences import Audience, Ref, Sentence, Step, render
from provenance.verdict.strength import strength_of
from provenance.verdict.weighing import SIGNS, Scales, scales_for

_VERBS = {1: "support", -1: "oppose"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The reasoning behind an assessment, as sentences."""

    sentences: tuple[Sentence, ...]
    records: dict[str, Record]

    def text(self, audience: Audience) -> tuple[str, ...]:
        """Return every sentence for an audience, in order."""
        return tuple(render(one, self.records, audience) for one in self.sentences)

    def of(self, facet: str) -> tuple[Sentence, ...]:
        """Return the sentences about one facet."""
        return tuple(one for one in self.sentences if one.facet == facet)


def explain(dossier: Dossier, assessment: Assessment) -> Explanation:
    """Return the reasoning behind `assessment`, which was made from `dossier`."""
    teller = _Teller(dossier, assessment)
    sentences = [sentence for facet in assessment.facets for sentence in teller.facet(facet)]
    sentences.extend(flag_sentence(flag) for flag in assessment.flags)
    sentences.extend(_headline(assessment))
    return Explanation(
        sentences=tuple(sentences), records={record.id: record for record in dossier.records}
    )


class _Teller:
    """Tells the facets of one assessment; keeps the worlds without one record for reuse."""

    __slots__ = ("_as_of", "_dossier", "_scales", "_without")

    def __init__(self, dossier: Dossier, assessment: Assessment) -> None:
        self._dossier = dossier
        self._as_of = assessment.as_of
        self._scales = scales_for(dossier, survey(dossier, as_of=assessment.as_of))
        self._without: dict[str, Scales] = {}

    def facet(self, facet: Facet) -> Iterator[Sentence]:
        """Give the sentences of one facet; none when no record asserts it any more."""
        if facet.parts:
            yield from _derived(facet)
            return
        if facet.records:
            yield Sentence(step=Step.LABEL, facet=facet.name, parts=self._label(facet))
        for sign, side in zip(SIGNS, (facet.support, facet.opposition), strict=True):
            if side.best:
                yield from self._side(facet, sign, side)
        yield from self._declined(facet)
        yield from self._move(facet)

    def _label(self, facet: Facet) -> tuple[str | Ref, ...]:
        said = f"{facet.name}: {facet.label}{', disputed' if facet.disputed else ''}"
        parts: list[str | Ref] = [f"{said} ({facet.p}/{facet.c})"]
        for sign, side in zip(SIGNS, (facet.support, facet.opposition), strict=True):
            verb = _VERBS[sign]
            if not side.best:
                parts.append(f"; nothing {verb}s it")
                continue
            parts.append(
                f"; {_interval(side, verb)} it, strength {side.strength} of {MAX_GRADE}, best is "
            )
            parts.append(Ref(record=side.best[0], described=True))
            if len(side.best) > 1:
                parts.append(" by way of ")
                parts.extend(_listed(side.best[1:]))
        if not facet.support.best and not facet.opposition.best:
            parts.append("; asserted without weight by ")
            parts.extend(_listed(facet.records))
        return (*parts, ".")

    def _side(self, facet: Facet, sign: int, side: Side) -> Iterator[Sentence]:
        yield from self._limits(facet, sign, side)
        if side.corroborator:
            head = f"{facet.name}: independent lines corroborate each other, "
            parts = (head, *_listed((side.best[0], side.corroborator[0])), ".")
            yield Sentence(step=Step.CORROBORATION, facet=facet.name, parts=parts)
        if side.choke:
            names = ", ".join(side.choke)
            head = (
                f"{facet.name}: every line that {_VERBS[sign]}s it passes through {names}, as does "
            )
            yield Sentence(
                step=Step.CHOKE, facet=facet.name, parts=(head, *_listed(side.best), ".")
            )
        yield from self._rests_on(facet, side)

    def _limits(self, facet: Facet, sign: int, side: Side) -> Iterator[Sentence]:
        graded = self._scales.grades_on(facet.name, sign, side.best)
        least = min(grade.value for _, grade in graded)
        for key, grade in graded:
            if grade.value == least:
                why = _why(grade)
                head = f"{facet.name}: the best line that {_VERBS[sign]}s it is worth {least}, as "
                parts = (head, Ref(record=key), f" is: {why}.")
                yield Sentence(step=Step.LIMIT, facet=facet.name, parts=parts)
                return

    def _rests_on(self, facet: Facet, side: Side) -> Iterator[Sentence]:
        """Weigh again without each record of the best line; say which of them decide the label."""
        for key in side.best:
            p, c = self._world_without(key).levels(facet.name)
            if label_of(p, c) != facet.label:
                head = f"{facet.name} rests on "
                tail = f": without it, {label_of(p, c)} ({p}/{c})."
                parts = (head, Ref(record=key), tail)
                yield Sentence(step=Step.RESTS_ON, facet=facet.name, parts=parts)

    def _world_without(self, key: str) -> Scales:
        if key not in self._without:
            standing = survey(self._dossier, as_of=self._as_of, without=frozenset({key}))
            self._without[key] = scales_for(self._dossier, standing)
        return self._without[key]

    def _declined(self, facet: Facet) -> Iterator[Sentence]:
        silent = self._scales.assertions.get((facet.name, 0), {}).keys() - self._scales.survey.dead
        if silent:
            parts = (
                f"{facet.name}: declined, queried or qualified by ",
                *_listed(sorted(silent)),
                ".",
            )
            yield Sentence(step=Step.DECLINED, facet=facet.name, parts=parts)

    def _move(self, facet: Facet) -> Iterator[Sentence]:
        """Try one more independent line of each strength on the leading side."""
        sign = 1 if facet.lean >= 0 else -1
        side = facet.support if sign > 0 else facet.opposition
        if not side.best:
            return
        lines = self._scales.tracer(facet.name, sign).trace("voices").lines
        for grade in range(CREDIBLE, MAX_GRADE + 1):
            # A bit that no resource of this dossier has: independent of everything known.
            fresh = 1 << len(self._scales.resources.names)
            more = Line(grade=grade, self_serving=False, resources=fresh, path=())
            strength = strength_of([more, *lines])
            pair = (strength, facet.c) if sign > 0 else (facet.p, strength)
            if label_of(*pair) != facet.label:
                what = "one more independent line" if side.lines[0] else "one line"
                head = f"{facet.name}: {what} of strength {grade} beside "
                tail = f" would make it {label_of(*pair)}."
                parts = (head, Ref(record=side.best[0]), tail)
                yield Sentence(step=Step.MOVE, facet=facet.name, parts=parts)
                return


def _interval(side: Side, verb: str) -> str:
    low, high = side.lines
    if low == high == 1:
        return f"one line {verb}s"
    count = str(low) if low == high else f"{low} to {high}"
    return f"{count} independent lines {verb}"


def _why(grade: Grade) -> str:
    """Say which component is the least, and what was added or taken away."""
    words: list[str] = []
    for name in grade.limited_by:
        value = dict(grade.components)[name]
        meaning = COMPONENT_WORDS.get(name)
        words.append(f"{name} {value}{f' ({meaning[value]})' if meaning else ''}")
    said = "limited by " + " and ".join(words)
    changes = (
        (grade.interest > 0, "one more for speaking against interest"),
        (grade.interest < 0, "one less for a self-serving word, which alone is a claim"),
        (grade.implied, "one less because it is only implied"),
        (grade.reversed_, "one less because the speaker later said otherwise"),
        (grade.cap < MAX_GRADE, f"an undercut leaves {grade.cap} at most"),
    )
    return "; ".join([said, *(text for holds, text in changes if holds)])


def _derived(facet: Facet) -> Iterator[Sentence]:
    if facet.records:
        parts = ", ".join((*ATTRIBUTED_PARTS, facet.parts[-1]))
        head = f"{facet.name}: {facet.label} ({facet.p}/{facet.c}), the least support and the most "
        tail = f"opposition of {parts}; asserted by "
        said = (head + tail, *_listed(facet.records), ".")
        yield Sentence(step=Step.DERIVED, facet=facet.name, parts=said)


def _headline(assessment: Assessment) -> Iterator[Sentence]:
    """Say which facets made the base; nothing to say when no record stands behind any of them."""
    origin, integrity = assessment.facet("origin"), assessment.facet("integrity")
    keys = sorted({*origin.records, *integrity.records}) or list(assessment.live_records)
    if keys:
        head = f"The headline {assessment.headline.base} follows from origin {origin.label} and "
        parts = (f"{head}integrity {integrity.label}: ", *_listed(keys), ".")
        yield Sentence(step=Step.HEADLINE, facet=None, parts=parts)


def _listed(keys: tuple[str, ...] | list[str]) -> list[str | Ref]:
    parts: list[str | Ref] = []
    for place, key in enumerate(keys):
        if place:
            parts.append(", ")
        parts.append(Ref(record=key))
    return parts
