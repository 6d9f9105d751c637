"""A test of the tests: rules broken on purpose must be caught by the law that speaks of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from provenance.verdict import liveness, strength, weighing
from provenance.verdict.dossier import Dossier, Record
from provenance.verdict.lines import Line, Resources, Tracer
from provenance.verdict.liveness import Survey
from tests.verdict.laws import LAWS

PATIENT = (HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large)
Patch = Callable[[pytest.MonkeyPatch], None]


def _premises_ignored(patch: pytest.MonkeyPatch) -> None:
    real = Resources.of

    def of(self: Resources, record: Record, *args: Any, **more: Any) -> int:  # noqa: ANN401  # passes on
        return real(self, replace(record, premises=()), *args, **more)

    patch.setattr(Resources, "of", of)


def _speakers_count(patch: pytest.MonkeyPatch) -> None:
    real = Resources.of

    def of(self: Resources, record: Record, _reading: str, **more: Any) -> int:  # noqa: ANN401  # passes on
        return real(self, record, "speakers", **more)

    patch.setattr(Resources, "of", of)


def _overlap_ignored(patch: pytest.MonkeyPatch) -> None:
    def corroborators(found: list[Line]) -> tuple[Line, Line] | None:
        credible = [line for line in found if line.grade >= 2]
        return (credible[0], credible[1]) if len(credible) > 1 else None

    for module in (strength, weighing):
        patch.setattr(module, "corroborators", corroborators)


def _root_forgotten(patch: pytest.MonkeyPatch) -> None:
    real = Tracer._pass_on

    def pass_on(self: Tracer, record: Record, *rest: Any) -> list[Line]:  # noqa: ANN401  # passes on
        own = self._resources.of(record, self._reading)
        return [replace(line, resources=own) for line in real(self, record, *rest)]

    patch.setattr(Tracer, "_pass_on", pass_on)


def _survey_with(patch: pytest.MonkeyPatch, change: Callable[[Survey], Survey]) -> None:
    from provenance.verdict import evaluate  # noqa: PLC0415  # the module, not the function

    real = liveness.survey

    def survey(dossier: Dossier, **more: Any) -> Survey:  # noqa: ANN401  # passes on
        return change(real(dossier, **more))

    patch.setattr(evaluate, "survey", survey)


def _relays_survive(patch: pytest.MonkeyPatch) -> None:
    """Relays of a retracted root keep what they took from it."""

    def change(found: Survey) -> Survey:
        relayed = {s for sources in found.parents.values() for s in sources}
        return replace(found, dead=found.retracted - relayed)

    _survey_with(patch, change)


def _relays_become_inference(patch: pytest.MonkeyPatch) -> None:
    """Relays of a retracted root turn into unattributed claims."""

    def change(found: Survey) -> Survey:
        orphans = found.dead - found.retracted
        kept = {k: v for k, v in found.parents.items() if k not in orphans}
        return replace(found, dead=found.retracted, parents=kept)

    _survey_with(patch, change)


def _retraction_final(patch: pytest.MonkeyPatch) -> None:
    """A retraction that was itself retracted still strikes."""

    def change(found: Survey) -> Survey:
        targets = {t for r in found.records.values() for t in r.retracts}
        return replace(found, dead=found.dead | (targets & found.records.keys()))

    _survey_with(patch, change)


def _undercut_final(patch: pytest.MonkeyPatch) -> None:
    """An undercut cannot be undercut."""

    def change(found: Survey) -> Survey:
        caps = dict(found.caps)
        for record in found.records.values():
            for target in record.undercuts:
                caps[target] = min(caps.get(target, 4), 4 - (record.undercut_grade or 0))
        return replace(found, caps=caps)

    _survey_with(patch, change)


def _self_serving_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Line, "strength", property(lambda line: line.grade))


def _claims_add_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(strength, "CREDIBLE", 1)


def _loops_weigh(patch: pytest.MonkeyPatch) -> None:
    def lines_of(self: Tracer, record: Record, kept: dict[str, list[Line]]) -> list[Line]:
        found = real(self, record, kept)
        looped = record.id in self.grader.survey.relay_loops
        return found or (self._start(record, self.grader.relay(record)) if looped else [])

    real = Tracer._lines_of
    patch.setattr(Tracer, "_lines_of", lines_of)


MUTANTS: dict[str, tuple[Patch, tuple[str, ...]]] = {
    "premises ignored": (_premises_ignored, ("law_05",)),
    "speakers count as voices": (_speakers_count, ("law_04",)),
    "shared resources ignored": (_overlap_ignored, ("law_04", "law_05")),
    "a relay forgets its root": (_root_forgotten, ("law_03", "law_01")),
    "relays of a retracted root survive": (_relays_survive, ("law_09", "law_11")),
    "relays of a retracted root turn into claims": (_relays_become_inference, ("law_11",)),
    "a retraction cannot be retracted": (_retraction_final, ("law_10",)),
    "an undercut cannot be undercut": (_undercut_final, ("law_14",)),
    "self-serving lines count in full": (_self_serving_counts, ("law_18",)),
    "claims add up": (_claims_add_up, ("law_17",)),
    "loops have weight": (_loops_weigh, ("law_06",)),
}


def _killed_by(name: str) -> bool:
    """Whether the law fails in some world under the present patches."""

    @settings(
        max_examples=300,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=PATIENT,
    )
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        LAWS[name](data.draw)

    try:
        holds()
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_mutant_dies(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaking this rule is caught by one of the laws that speak of it."""
    apply, by = MUTANTS[mutant]
    apply(monkeypatch)
    assert any(_killed_by(name) for name in by)
