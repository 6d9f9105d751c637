"""The life of a verdict: who may sign what, what the public reads, and when it goes stale."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import Malformed, Refused
from provenance.instants import parse_instant
from provenance.verdict.assessment import Assessment
from provenance.verdict.dossier import Dossier
from provenance.verdict.evaluate import evaluate
from provenance.verdict.lifecycle import State, state_of
from provenance.verdict.parse_dossier import parse_dossier
from provenance.verdict.rules import LEVELS
from provenance.verdict.signing import (
    Ruling,
    choke_points,
    correct_verdict,
    countersign,
    propose_verdict,
    withdraw,
)
from provenance.verdict.staleness import Freshness, staleness
from provenance.verdict.verdict_json import verdict_from_json, verdict_to_json
from provenance.verdict.verdict_record import Decision, ReasonClass, VerdictRecord
from tests.verdict import worlds as w

CASES = Path(__file__).resolve().parents[1] / "golden/cases"
CLASS = ReasonClass.NEW_EVIDENCE


def at(number: int) -> datetime:
    """Return the instant of the n-th moment of a case."""
    return parse_instant(f"2000-01-0{number}T12:00:00Z")


def case(name: str) -> Dossier:
    """Return a published dossier."""
    text = (CASES / f"{name}.dossier.json").read_text(encoding="utf-8")
    return parse_dossier(text, name=name)


def sign(assessment: Assessment, number: int = 6, **ruling: Any) -> VerdictRecord:  # noqa: ANN401  # any field
    """Sign version 1 as Anna."""
    return propose_verdict(
        assessment,
        item="letter",
        author="anna",
        signed_at=at(number),
        as_of=at(number),
        ruling=Ruling(**ruling),
    )


def published(assessment: Assessment, number: int = 6, **ruling: Any) -> list[VerdictRecord]:  # noqa: ANN401  # any field
    """Sign as Anna, countersign as Ben."""
    first = sign(assessment, number, **ruling)
    return [first, countersign([first], signer="ben", signed_at=at(number))]


LETTER = case("unsigned-letter")
SIXTH = evaluate(LETTER, as_of=at(6))


def test_states_of_a_life() -> None:
    """Open, provisional, published, corrected, withdrawn, each by its signatures."""
    assert state_of([]).state is State.OPEN
    history = published(SIXTH)
    assert state_of(history[:1]).state is State.PROVISIONAL
    assert state_of(history[:1]).published is None
    assert state_of(history).state is State.PUBLISHED
    now = evaluate(LETTER)
    history.append(
        correct_verdict(
            now, history, author="ben", signed_at=at(9), as_of=at(9), reason_class=CLASS, reason="x"
        )
    )
    waiting = state_of(history)
    assert (waiting.state, waiting.version) == (State.PROVISIONAL, 2)
    assert waiting.published is not None
    assert waiting.published.as_of == at(6)
    history.append(countersign(history, signer="anna", signed_at=at(9)))
    assert state_of(history).state is State.CORRECTED
    history.append(withdraw(history, signer="anna", signed_at=at(9), reason="not ours to say"))
    assert state_of(history).state is State.CORRECTED
    history.append(withdraw(history, signer="ben", signed_at=at(9), reason="not ours to say"))
    assert state_of(history).state is State.WITHDRAWN
    assert state_of(history).published is None


def test_law_27() -> None:
    """Law 27: no published state without a second signature by another person."""
    first = sign(SIXTH)
    with pytest.raises(Refused, match="another person"):
        countersign([first], signer="anna", signed_at=at(6))
    history = published(SIXTH)
    with pytest.raises(Refused, match="no version waits"):
        countersign(history, signer="carl", signed_at=at(6))
    with pytest.raises(Refused, match="no version waits"):
        countersign([], signer="carl", signed_at=at(6))
    half = [*history, withdraw(history, signer="anna", signed_at=at(6), reason="r")]
    with pytest.raises(Refused, match="already"):
        withdraw(half, signer="anna", signed_at=at(6), reason="r")


def test_forged_history_is_refused() -> None:
    """A history in which the author countersigned himself is refused, whoever built it."""
    history = published(SIXTH)
    with pytest.raises(Refused, match="verdict entry 2"):
        state_of([history[0], replace(history[1], signer="anna")])
    with pytest.raises(Refused, match="another item"):
        state_of([history[0], replace(history[1], item="other")])
    with pytest.raises(Refused, match="newest version"):
        state_of([history[0], replace(history[1], version=2)])
    with pytest.raises(Refused, match="follow each other"):
        state_of([history[0], history[0]])
    with pytest.raises(Refused, match="without saying"):
        state_of([replace(history[0], decision=None)])


def test_overruling_needs_a_reason_and_sometimes_a_third() -> None:
    """An overrule needs its reason; two levels or across zero, a third signature."""
    with pytest.raises(Refused, match="overruling mandate needs a reason"):
        sign(SIXTH, labels={"mandate": "PROBABLY NOT"})
    with pytest.raises(Refused, match="overruling headline"):
        sign(SIXTH, headline="GENUINE")
    with pytest.raises(Refused, match="is no label"):
        sign(SIXTH, labels={"mandate": "NO"}, override_reasons={"mandate": "r"})
    with pytest.raises(Refused, match="nothing to overrule"):
        sign(SIXTH, labels={"dating": "CLAIMED"}, override_reasons={"dating": "r"})
    one = published(SIXTH, labels={"mandate": "PROBABLY NOT"}, override_reasons={"mandate": "r"})
    assert state_of(one).state is State.PUBLISHED
    for label in ("REFUTED", "CLAIMED"):
        far = published(SIXTH, labels={"mandate": label}, override_reasons={"mandate": "r"})
        assert state_of(far).state is State.PROVISIONAL
        assert state_of(far).signatures_missing == 1
        far.append(countersign(far, signer="carla", signed_at=at(6)))
        assert state_of(far).state is State.PUBLISHED


def test_law_26() -> None:
    """Law 26: an overrule never changes a suggestion; it stands beside it for good."""
    reasons = {"mandate": "r", "headline": "r"}
    ruled = sign(
        SIXTH, labels={"mandate": "PROBABLY NOT"}, headline="OURS", override_reasons=reasons
    )
    assert ruled.decision is not None
    assert ruled.decision.suggestion["mandate"].label == "DENIED ONLY"
    assert ruled.decision.suggested_headline == SIXTH.headline.text
    assert ruled.decision.public_wording == "OURS"
    assert evaluate(LETTER, as_of=at(6)).to_json() == SIXTH.to_json()


def test_checks_and_choke_points_gate_publication() -> None:
    """Nothing is published with an open check or an unseen choke point."""
    diaries = evaluate(case("hitler"), as_of=at(2))
    with pytest.raises(Refused, match=r"not yet examined.*materials, custody to source"):
        published(diaries)
    cannot = {"materials": "owner refuses", "custody to source": "source unknown"}
    assert state_of(published(diaries, impossible_checks=cannot)).state is State.PUBLISHED
    article = evaluate(case("unsigned-letter-article-only"))
    with pytest.raises(Refused, match="choke point not acknowledged: origin: seed article"):
        published(article)
    seen = choke_points(article)
    assert state_of(published(article, acknowledged=seen)).state is State.PUBLISHED


def test_refusals_of_corrections_and_withdrawals() -> None:
    """Neither happens without something signed, nor without its reason."""
    more: dict[str, Any] = {"author": "anna", "signed_at": at(6), "as_of": at(6)}
    with pytest.raises(Refused, match="nothing is signed"):
        correct_verdict(SIXTH, [], **more, reason_class=CLASS, reason="r")
    with pytest.raises(Refused, match="nothing is signed"):
        withdraw([], signer="anna", signed_at=at(6), reason="r")
    history = published(SIXTH)
    with pytest.raises(Refused, match="reason"):
        correct_verdict(SIXTH, history, **more, reason_class=CLASS, reason=" ")
    with pytest.raises(Refused, match="reason"):
        withdraw(history, signer="anna", signed_at=at(6), reason="")
    with pytest.raises(Refused, match="correct it instead"):
        propose_verdict(SIXTH, item="letter", **more, history=history)


def corrected(history: list[VerdictRecord], now: Assessment, **more: Any) -> Decision:  # noqa: ANN401  # any argument
    """Return what a correction of this history decides."""
    terms: dict[str, Any] = {"author": "ben", "signed_at": at(9), "as_of": at(9), "reason": "r"}
    decision = correct_verdict(now, history, **terms, **more).decision
    assert decision is not None
    return decision


def test_a_wording_that_people_wrote_is_never_dropped() -> None:
    """It stays while the headline does; a new headline needs a new wording, or is refused."""
    history = published(SIXTH, public_wording="A draft; the ministry confirms it.")
    ours = ReasonClass.OUR_ERROR
    kept = corrected(history, SIXTH, reason_class=ours)
    assert kept.public_wording == "A draft; the ministry confirms it."
    moved = Ruling(headline="FORGED", override_reasons={"headline": "x"})
    with pytest.raises(Refused, match="--wording"):
        corrected(history, SIXTH, reason_class=ours, ruling=moved)
    told = replace(moved, public_wording="It is forged.")
    assert corrected(history, SIXTH, reason_class=ours, ruling=told).public_wording == (
        "It is forged."
    )
    plain = published(SIXTH)
    assert corrected(plain, SIXTH, reason_class=ours, ruling=moved).public_wording == "FORGED"


def test_a_correction_of_wording_changes_the_wording_alone() -> None:
    """It needs one, keeps every overrule with its reason, and is refused once the records moved."""
    facet, suggested = next(
        (f.name, f.label) for f in SIXTH.facets if f.label in LEVELS and LEVELS[f.label] != 0
    )
    other = next(
        label for label, level in LEVELS.items()
        if label != suggested and abs(level - LEVELS[suggested]) <= 1
    )  # fmt: skip
    reasons = {facet: "seen by hand", "headline": "ours is clearer"}
    history = published(
        SIXTH, labels={facet: other}, headline="OUR WORDS", override_reasons=reasons,
        public_wording="Tpyo.",
    )  # fmt: skip
    first = history[0].decision
    assert first is not None
    words = ReasonClass.WORDING
    with pytest.raises(Refused, match="--wording"):
        corrected(history, SIXTH, reason_class=words)
    ruling = Ruling(public_wording="Typo.")
    again = corrected(history, SIXTH, reason_class=words, ruling=ruling)
    assert again == replace(first, public_wording="Typo.", as_of=at(9))
    bare = replace(ruling, headline="OTHER WORDS")
    with pytest.raises(Refused, match="headline needs a reason"):
        corrected(history, SIXTH, reason_class=words, ruling=bare)
    with pytest.raises(Refused, match="has changed since"):
        corrected(history, evaluate(LETTER), reason_class=words, ruling=ruling)


def test_law_28() -> None:
    """Law 28: every past public wording is retrievable by date; history only grows."""
    history = published(SIXTH, 6, public_wording="first")
    before = tuple(history)
    later = correct_verdict(
        evaluate(LETTER),
        history,
        author="anna",
        signed_at=at(8),
        as_of=at(8),
        reason_class=ReasonClass.NEW_EVIDENCE,
        reason="clearer",
        ruling=Ruling(public_wording="second"),
    )
    history += [later, countersign([*history, later], signer="ben", signed_at=at(9))]
    assert tuple(history[:2]) == before
    pasts = [[entry for entry in history if entry.signed_at <= at(n)] for n in (5, 6, 8, 9)]
    stood = [state_of(past).published for past in pasts]
    assert [one and one.public_wording for one in stood] == [None, "first", "first", "second"]


def test_the_letter_goes_stale_on_the_eighth() -> None:
    """The verdict of the 6th needs review on the 8th, for the recipient's copy, and says why."""
    history = published(SIXTH)
    assert staleness([], SIXTH) is None
    current = staleness(history, SIXTH)
    assert current is not None
    assert current.freshness is Freshness.CURRENT
    assert not current.reasons
    eighth = staleness(history, evaluate(LETTER, as_of=at(8)))
    assert eighth is not None
    assert eighth.freshness is Freshness.REVIEW_FACET
    assert eighth.facets == ("execution@recipient",)
    assert eighth.reasons == ("execution@recipient moved from OPEN 0/0 to CLAIMED 1/0: s12.pm",)
    ninth = staleness(history, evaluate(LETTER, as_of=at(9)))
    assert ninth is not None
    assert ninth.reasons[0].endswith("to CLAIM v DENIAL 1/1: s12.pm, s13.esper")


def test_headline_rules_and_overrule_move() -> None:
    """A moved headline, changed rules and a moved suggestion behind an overrule are told apart."""
    fifth = evaluate(LETTER, as_of=at(5))
    moved = staleness(published(evaluate(LETTER, as_of=at(4)), 4), fifth)
    assert moved is not None
    assert moved.freshness is Freshness.REVIEW_HEADLINE
    assert "the suggested headline moved from" in moved.reasons[0]
    rules = staleness(published(SIXTH), replace(SIXTH, rules_version="2", input_digest="x"))
    assert rules is not None
    assert rules.freshness is Freshness.RULES_CHANGED
    claim = w.dossier(w.says("a", "A", "dating", grade=1), issuer="A")
    ruled = published(
        evaluate(claim), labels={"dating": "PROBABLE"}, override_reasons={"dating": "r"}
    )
    more = w.plus(claim, w.says("b", "B", "dating", grade=2))
    reopened = staleness(ruled, evaluate(more))
    assert reopened is not None
    assert reopened.freshness is Freshness.REVIEW_FACET
    quiet = staleness(published(evaluate(claim)), evaluate(w.plus(claim, w.says("c", "C"))))
    assert quiet is not None
    assert quiet.freshness is Freshness.NEW_MATERIAL
    assert quiet.reasons == ("no label moved: c",)


def test_records_that_no_longer_count_are_named() -> None:
    """A retraction after signing is named with what it took away."""
    world = w.dossier(w.says("a", "A", "dating"))
    later = w.plus(world, w.says("no", "A", retracts=("a",)))
    stale = staleness(published(evaluate(world)), evaluate(later))
    assert stale is not None
    assert stale.reasons == (
        "dating moved from CONFIRMED 3/0 to OPEN 0/0: no; no longer counted: a",
    )


QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)


@QUIET
@given(st.data())
def test_law_29(data: st.DataObject) -> None:
    """Law 29: a changed label always flags; a pure relay never asks for a review."""
    world = data.draw(w.dossiers())
    before = evaluate(world)
    history = published(before, acknowledged=choke_points(before))
    new = data.draw(w.plain_records("new"))
    after = evaluate(w.plus(world, new))
    stale = staleness(history, after)
    assert stale is not None
    changed = {f.name for f in after.facets if f.label != before.facet(f.name).label}
    assert changed <= set(stale.facets)
    if changed:
        assert stale.freshness in {Freshness.REVIEW_FACET, Freshness.REVIEW_HEADLINE}
        assert all(name in " ".join(stale.reasons) for name in changed)
    held = [r for r in world.records if r.held]
    if held:
        target = data.draw(st.sampled_from(held))
        relay = replace(w.relays("echo", "E", [target.id]), asserts=target.asserts)
        echoed = staleness(history, evaluate(w.plus(world, relay)))
        assert echoed is not None
        assert echoed.freshness in {Freshness.CURRENT, Freshness.NEW_MATERIAL}


@QUIET
@given(st.data())
def test_round_trip(data: st.DataObject) -> None:
    """A verdict entry reads back equal from JSON."""
    assessment = evaluate(data.draw(w.dossiers()))
    label = data.draw(st.sampled_from(sorted(LEVELS)))
    names = [facet.name for facet in assessment.facets]
    picked = data.draw(st.sampled_from(names))
    entry = sign(assessment, labels={picked: label}, override_reasons={picked: "because"})
    for one in (entry, replace(entry, reason="r", reason_class=CLASS, supersedes=3)):
        assert verdict_from_json(json.loads(json.dumps(verdict_to_json(one)))) == one


SPOILED: list[Callable[[dict[str, Any]], object]] = [
    lambda tree: tree.pop("act"),
    lambda tree: tree.update(act="approved"),
    lambda tree: tree.update(version=0),
    lambda tree: tree.update(extra=1),
    lambda tree: tree.update(signed_at="2000-01-01T12:00:00"),
    lambda tree: tree.update(reason_class="mood"),
    lambda tree: tree["decision"].update(labels=[]),
    lambda tree: tree["decision"].update(suggestion={"origin": [5, 0, "OPEN"]}),
    lambda tree: tree["decision"].update(suggestion={"origin": [1, 0, "MAYBE"]}),
    lambda tree: tree["decision"].pop("input_digest"),
]


@pytest.mark.parametrize("spoil", SPOILED)
def test_spoiled_entry_is_malformed(spoil: Callable[[dict[str, Any]], object]) -> None:
    """Anything but the exact form is refused."""
    tree: Any = json.loads(json.dumps(verdict_to_json(sign(SIXTH))))
    spoil(tree)
    with pytest.raises(Malformed, match="verdict entry"):
        verdict_from_json(tree)
