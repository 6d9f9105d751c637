"""The explanation: every sentence names its records, and the public one betrays nobody."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.verdict.dossier import Dossier
from provenance.verdict.evaluate import evaluate
from provenance.verdict.explain import explain
from provenance.verdict.parse_dossier import parse_dossier
from provenance.verdict.sentences import WITHHELD, Audience, Step
from tests.verdict import worlds as w

PATIENT = (HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large)
CASES = Path(__file__).resolve().parents[1] / "golden/cases"
QUIET = settings(max_examples=50, deadline=None, suppress_health_check=PATIENT)


def case(name: str) -> Dossier:
    """Return a published dossier."""
    text = (CASES / f"{name}.dossier.json").read_text(encoding="utf-8")
    return parse_dossier(text, name=name)


def told(world: Dossier, facet: str, step: Step) -> list[str]:
    """Return the internal sentences of one step on one facet."""
    explanation = explain(world, evaluate(world))
    texts = explanation.text(Audience.INTERNAL)
    pairs = zip(explanation.sentences, texts, strict=True)
    return [text for one, text in pairs if one.facet == facet and one.step is step]


@QUIET
@given(w.dossiers())
def test_law_32(world: Dossier) -> None:
    """Law 32: every sentence of an explanation names a record id of the dossier."""
    explanation = explain(world, evaluate(world))
    ids = {record.id for record in world.records}
    for sentence, text in zip(
        explanation.sentences, explanation.text(Audience.PUBLIC), strict=True
    ):
        assert sentence.records
        assert set(sentence.records) <= ids
        assert all(key in text for key in sentence.records)


@QUIET
@given(w.dossiers(), st.data())
def test_law_31(world: Dossier, data: st.DataObject) -> None:
    """Law 31: no source handle and no unnamed speaker in the public text, wherever it is hidden."""
    records = []
    for record in world.records:
        named = record.basis is not None and record.basis.identification == 4
        protected = data.draw(st.booleans())
        records.append(
            replace(
                record,
                speaker=f"Speaker-{record.id}-{'open' if named and not protected else 'hidden'}",
                source=f"S-77-{record.id[1:]}x" if protected else None,
                premises=(f"copy of S-77-{record.id[1:]}x",),
            )
        )
    hidden = replace(world, records=tuple(records))
    explanation = explain(hidden, evaluate(hidden))
    public = "\n".join(explanation.text(Audience.PUBLIC))
    assert "hidden" not in public
    for record in records:
        assert record.source is None or record.source not in public


def test_internal_text_names_the_handle_and_public_withholds_it() -> None:
    """The same tree tells the desk who it was and the public only that it is not told."""
    world = w.dossier(
        w.says("a", "Ministry", "origin", speaker="N. N.", source="S-77", premises=("S-77 copy",)),
        w.says("b", "Other", "origin", speaker="Jane Roe", premises=("S-77 copy",)),
    )
    explanation = explain(world, evaluate(world))
    internal = " ".join(explanation.text(Audience.INTERNAL))
    public = " ".join(explanation.text(Audience.PUBLIC))
    assert "N. N." in internal
    assert "S-77" in internal
    assert "N. N." not in public
    assert "S-77" not in public
    assert f"passes through {WITHHELD} copy" in public


def test_the_letters_origin() -> None:
    """Origin of the letter reads as the design promises, with leave-one-out."""
    letter = case("unsigned-letter")
    assert told(letter, "origin", Step.LABEL) == [
        (
            "origin: ESTABLISHED (4/0); 4 to 7 independent lines support it, strength 4 of 4, "
            "best is s8.milley2 (US DoD, Milley (after calling McKenzie), named, on record); "
            "nothing opposes it."
        )
    ]
    assert told(letter, "origin", Step.RESTS_ON) == [
        "origin rests on s8.milley2: without it, CONFIRMED (3/0)."
    ]
    assert told(letter, "origin", Step.DECLINED) == [
        "origin: declined, queried or qualified by s6.esper."
    ]
    assert told(letter, "execution", Step.CORROBORATION) == [
        "execution: independent lines corroborate each other, e1.image, s7.milley."
    ]
    assert told(letter, "integrity", Step.MOVE) == [
        (
            "integrity: one more independent line of strength 4 beside s7.milley "
            "would make it ESTABLISHED."
        )
    ]


def test_choke_point_is_told() -> None:
    """One article carries everything: the explanation says through what every line passes."""
    article = case("unsigned-letter-article-only")
    assert told(article, "origin", Step.CHOKE) == [
        "origin: every line that supports it passes through seed article, as does a8.milley, a8."
    ]


@pytest.mark.parametrize("name", ["unsigned-letter", "hitler", "killian"])
def test_rests_on_is_true(name: str) -> None:
    """Taking the record out by hand gives exactly the label that the sentence promises."""
    world = case(name)
    explanation = explain(world, evaluate(world))
    resting = [one for one in explanation.sentences if one.step is Step.RESTS_ON]
    assert resting
    for sentence in resting:
        key = sentence.records[0]
        without = evaluate(
            replace(world, records=tuple(r for r in world.records if r.id != key))
        ).facet(sentence.facet or "")
        text = "".join(part for part in sentence.parts if isinstance(part, str))
        assert f"{without.label} ({without.p}/{without.c})" in text


def test_empty_dossier_has_nothing_to_say() -> None:
    """No records, no sentences, no fault."""
    assert explain(w.dossier(), evaluate(w.dossier())).sentences == ()
