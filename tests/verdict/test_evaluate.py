"""Single rules by hand: headline words, flags, links, catalogue, collections, attribute claims."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import DossierInvalid, UsageError
from provenance.verdict.assessment import FlagKind
from provenance.verdict.catalogue import CATALOGUE, COLLECTION_SAMPLE
from provenance.verdict.dossier import Assertion, Collection, Dossier, Kind, Link, Record, Stake
from provenance.verdict.evaluate import evaluate
from provenance.verdict.labels import admiralty_digit, label_of, level_of
from provenance.verdict.rules import HISTORY, LABELS, LEVELS, RULES_VERSION
from tests.verdict import worlds as w

FALSE, DISOWNED = "AUTHENTIC, FALSE CONTENT", "AUTHENTIC, DISOWNED BY ISSUER"
REAL = (w.says("o1", "A", "origin", "integrity"), w.says("o2", "B", "origin", "integrity"))


def finding(key: str, facet: str, sign: int, grade: int, **more: Any) -> Record:  # noqa: ANN401  # any field
    """Return a finding with one assertion."""
    made = (Assertion(facet=facet, sign=sign, grade=grade, **more),)
    return Record(id=key, kind=Kind.FINDING, recorded_at=w.START, voice=key, asserts=made)


def flags(world: Dossier) -> set[tuple[FlagKind, str]]:
    """Return the kind and first record of every flag."""
    return {(flag.kind, flag.records[0]) for flag in evaluate(world).flags}


def test_label_table() -> None:
    """Every pair has a label with a level; ties and near ties are contested; swapping mirrors."""
    for p in range(5):
        for c in range(5):
            assert LABELS[p][c] in LEVELS
            assert level_of(p, c) == -level_of(c, p)
    assert [label_of(4, c) for c in range(5)] == ["ESTABLISHED"] * 4 + ["CONTESTED"]
    assert {label_of(p, c) for p in (2, 3) for c in (2, 3)} == {"CONTESTED"}
    assert label_of(1, 1) == "CLAIM v DENIAL"
    digits = [admiralty_digit(*pair) for pair in ((3, 0), (2, 0), (1, 0), (2, 2), (0, 3), (0, 0))]
    assert digits == [1, 2, 3, 4, 5, 6]
    assert HISTORY[-1][0] == RULES_VERSION


@pytest.mark.parametrize(
    ("records", "header", "lead"),
    [
        ((), {}, "UNVERIFIED"),
        (REAL, {}, "AUTHENTIC"),
        (REAL, {"required_checks": ("materials",)}, "PROBABLY AUTHENTIC"),
        ((*REAL, finding("x", "origin", -1, 4)), {}, "FABRICATED"),
        ((finding("x", "origin", -1, 2),), {}, "PROBABLY FABRICATED"),
        ((*REAL, finding("x", "origin", -1, 2)), {}, "DISPUTED"),
        ((*REAL, finding("x", "integrity", -1, 3)), {}, "DISPUTED"),
        ((*REAL, finding("x", "integrity", -1, 4)), {}, "ALTERED"),
        ((*REAL, finding("x", "execution", -1, 2)), {}, "AUTHENTIC DRAFT"),
        ((*REAL, finding("x", "reading:c", -1, 2)), {}, "AUTHENTIC, MISREAD"),
        ((*REAL, finding("x", "content:c", -1, 3)), {}, FALSE),
        ((*REAL, finding("x", "content:c", -1, 3)), {"central_claim": "d"}, "AUTHENTIC"),
        ((*REAL, finding("x", "content:c", -1, 3)), {"central_claim": "c"}, FALSE),
        ((*REAL, w.says("m", "I", "-mandate", grade=0)), {"issuer": "I"}, DISOWNED),
        ((*REAL, w.says("m", "J", "-mandate")), {"issuer": "I"}, "AUTHENTIC"),
        ((*REAL, w.says("m", "I", "-mandate", held=False)), {"issuer": "I"}, "AUTHENTIC"),
    ],
)  # fmt: skip
def test_headline_lead(records: tuple[Record, ...], header: dict[str, Any], lead: str) -> None:
    """Base and words follow the table, first match wins."""
    assert evaluate(w.dossier(*records, **header)).headline.lead == lead


def test_public_word_for_a_photograph() -> None:
    """False content of a photograph is publicly called STAGED, internally FALSE CONTENT."""
    world = w.dossier(*REAL, finding("x", "content:c", -1, 3), item_class="photo")
    headline = evaluate(world).headline
    assert headline.words == ("FALSE CONTENT",)
    assert headline.public_text == "AUTHENTIC, STAGED - content 'c' false"


def test_modifier_order() -> None:
    """All modifiers at once, in the order of the table."""
    world = w.dossier(
        w.says("o", "A", "origin"),
        finding("e", "execution", -1, 3),
        w.says("m", "I", "-mandate", grade=3),
        finding("d", "delivery", 1, 2),
        finding("t", "dating", -1, 2),
        finding("c", "custody", -1, 3),
        finding("x", "content:x", 1, 2),
        finding("y", "content:y", -1, 2),
        w.says("r", "B", "reading:z"),
        w.relays("p", "press", ["r"], "reading:z"),
        issuer="I",
    )
    headline = evaluate(world).headline
    assert headline.lead == "PROBABLY AUTHENTIC DRAFT, DISOWNED BY ISSUER"
    assert headline.modifiers == (
        "one line of evidence for origin",
        "integrity not established",
        "unsigned/draft",
        "not sanctioned (issuer's word)",
        "probably delivered",
        "probably misdated",
        "chain of custody broken",
        "probably content 'x' supported",
        "probably content 'y' false",
        "wording may be quoted; do not write 'issuer says z'",
    )
    assert headline.advice == headline.modifiers[-1:]
    assert headline.core.endswith("probably content 'y' false")


def test_denial_by_somebody_else_is_not_the_issuers_word() -> None:
    """A bare denial that is not the issuer's is called a claim."""
    text = evaluate(w.dossier(w.says("m", "J", "-mandate", grade=1), issuer="I")).headline.text
    assert text == "UNVERIFIED - not sanctioned (claimed only)"


def test_flags_name_their_records() -> None:
    """Each thing an editor must see is flagged with the record it is about."""
    world = w.dossier(
        w.says("root", "A", "origin"),
        w.relays("over", "B", ["root"], "origin", "content:more"),
        w.relays("bare", "C", [], "origin"),
        w.says("gone", "D", "origin"),
        w.says("by d", "D", retracts=("gone",)),
        w.says("gone2", "D", "origin"),
        w.says("by e", "E", retracts=("gone2",)),
        w.says("old", "F", "origin"),
        w.says("new", "F", "-origin", reverses=("old",)),
        w.says("weak", "G", "origin"),
        w.says("doubt", "H", undercuts=("weak",), undercut_grade=3),
        w.says("silent", "K", asserts=(Assertion(facet="origin", sign=0),)),
        w.says("unheld", "L", "origin", held=False),
        w.says("l1", "M", retracts=("l2",)),
        w.says("l2", "M", retracts=("l1",)),
    )
    assert flags(world) == {
        (FlagKind.OVERREACH, "over"),
        (FlagKind.UNSOURCED, "bare"),
        (FlagKind.RETRACTED, "gone"),
        (FlagKind.RETRACTED, "gone2"),
        (FlagKind.FOREIGN_RETRACTION, "gone2"),
        (FlagKind.REVERSED, "old"),
        (FlagKind.UNDERCUT, "weak"),
        (FlagKind.DECLINED, "silent"),
        (FlagKind.NOT_ON_FILE, "unheld"),
        (FlagKind.CIRCULAR, "l1"),
    }


def test_a_retraction_that_never_reached_us_has_no_effect() -> None:
    """Acts count only when held, or passed on by a record that is held and not retracted."""
    said = w.says("s", "A", "origin")
    act = w.says("no", "A", retracts=("s",), held=False)
    relay = w.relays("r", "B", ["no"])
    assert w.levels(w.dossier(said, act)) == {("origin", 1): 3}
    assert w.levels(w.dossier(said, act, relay)) == {}
    withdrawn = w.says("sorry", "B", retracts=("r",))
    assert w.levels(w.dossier(said, act, relay, withdrawn)) == {("origin", 1): 3}


def test_a_link_is_dated_knowledge() -> None:
    """Two sources stand apart until the day a link shows that one took from the other."""
    one, two = w.says("a", "A", "origin", grade=2), w.says("b", "B", "origin", grade=2)
    link = w.says("l", "C", links=(Link(child="b", parent="a"),), recorded_at=w.day(5))
    world = w.dossier(one, two, link)
    assert w.levels(world, w.day(4)) == {("origin", 1): 3}
    assert w.levels(world) == {("origin", 1): 2}
    back = w.says("no", "C", retracts=("l",), recorded_at=w.day(6))
    assert w.levels(w.plus(world, back)) == {("origin", 1): 3}


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_link_to_a_root_never_raises(data: st.DataObject) -> None:
    """Learning that a root was derived from another record never raises anything."""
    world = data.draw(w.dossiers(acts=False))
    roots = [r.id for r in world.records if r.kind is not Kind.RELAY]
    ids = [r.id for r in world.records]
    if not roots:
        return
    child, parent = data.draw(st.sampled_from(roots)), data.draw(st.sampled_from(ids))
    if child == parent:
        return
    link = w.says("link", "E", links=(Link(child=child, parent=parent),))
    before = w.levels(world)
    assert all(n <= before.get(side, 0) for side, n in w.levels(w.plus(world, link)).items())


def test_own_words_follow_origin() -> None:
    """A forgery is no evidence of what it says; refuting it does not make the content false."""
    own = replace(w.says("doc", "document", "content:c", grade=4), kind=Kind.OWN_WORDS)
    assert ("content:c", 1) not in w.levels(w.dossier(own))
    assert w.levels(w.dossier(own, *REAL))["content:c", 1] == 2
    fake = w.levels(w.dossier(own, *REAL, finding("x", "origin", -1, 4)))
    assert ("content:c", 1) not in fake
    assert ("content:c", -1) not in fake
    vouching = replace(own, asserts=(Assertion(facet="origin", sign=1),))
    assert w.levels(w.dossier(vouching)) == {}


def test_own_words_without_basis_or_with_grade() -> None:
    """The document's word needs no basis, and a coded grade can only lower it."""
    own = replace(w.says("doc", "document", "content:c"), kind=Kind.OWN_WORDS, basis=None)
    assert w.levels(w.dossier(own, *REAL))["content:c", 1] == 2
    weak = replace(own, asserts=(Assertion(facet="content:c", sign=1, grade=1),))
    assert w.levels(w.dossier(weak, *REAL))["content:c", 1] == 1


@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_catalogue_grades_are_looked_up(key: str) -> None:
    """A finding that names an entry has the entry's grade on each of its facets."""
    for facet, grade in CATALOGUE[key].grades.items():
        name = "content:c" if facet == "content" else facet
        sign = 1 if grade > 0 else -1
        made = Assertion(facet=name, sign=sign, catalogue=key)
        record = replace(finding("f", name, sign, 0), asserts=(made,))
        assert w.levels(w.dossier(record)) == {(name, sign): abs(grade)}


def test_a_finding_earns_no_bonus() -> None:
    """Speaking against interest does not widen what a method can show; serving it still costs."""
    assert w.levels(w.dossier(finding("f", "origin", 1, 3, interest=1))) == {("origin", 1): 3}
    assert w.levels(w.dossier(finding("f", "origin", 1, 3, interest=-1))) == {("origin", 1): 1}


@settings(max_examples=60, deadline=None)
@given(st.booleans(), st.booleans(), st.integers(0, 4), st.integers(1, 5))
def test_law_33(altered: bool, broken: bool, grade: int, count: int) -> None:
    """Law 33: a collection's finding never lifts a member above its inheritance cap."""
    made = Assertion(facet="origin", sign=1, catalogue=COLLECTION_SAMPLE, grade=grade)
    records = [
        replace(finding(f"f{n}", "origin", 1, 0), asserts=(made,), premises=("sample",))
        for n in range(count)
    ]
    collection = Collection(
        members=129_000, verified=22_000, member_altered=altered, custody_broken=broken
    )
    world = w.dossier(*records, collection=collection)
    cap = 1 if altered or broken else 2
    assert w.levels(world).get(("origin", 1), 0) <= min(cap, grade)
    coverage = evaluate(world).coverage or ""
    assert coverage.startswith(f"22,000 of 129,000 individually verified; inheritance cap {cap}")
    assert ("custody broken" in coverage) == broken
    assert ("a member is altered" in coverage) == altered


def test_attribute_claims() -> None:
    """Every value is shown: agreed, differing, or unknown once taken back."""
    facets = ("attributes.addressee:x", "attributes.addressee:y", "attributes.date:1")
    world = w.dossier(*(w.says(f"s{n}", f"v{n}", facet) for n, facet in enumerate(facets)))
    claims = {claim.name: claim for claim in evaluate(world).attributes}
    assert claims["addressee"].status == "differing"
    assert claims["addressee"].values == (("x", ("s0",)), ("y", ("s1",)))
    assert claims["date"].status == "agreed"
    gone = w.plus(world, w.says("no", "v2", retracts=("s2",)))
    assert [claim.status for claim in evaluate(gone).attributes] == ["differing", "unknown"]


def test_narrowest_stake_wins() -> None:
    """A stake in one facet beats one in its family, which beats one in everything."""
    stakes = (
        Stake(principal="A", facet="*", wants=-1),
        Stake(principal="A", facet="content:*", wants=1),
        Stake(principal="A", facet="content:c", wants=-1),
    )
    facets = ("origin", "content:b", "content:c")
    world = w.dossier(w.says("s", "A", *facets, grade=3), stakes=stakes)
    expected = {("origin", 1): 4, ("content:b", 1): 1, ("content:c", 1): 4}
    assert w.levels(world) == expected


def test_refused_calls() -> None:
    """A replay to a guessed hour and two records of one id are refused."""
    with pytest.raises(UsageError, match="time zone"):
        evaluate(w.dossier(), as_of=datetime(2000, 1, 1))  # noqa: DTZ001  # the point of the test
    with pytest.raises(DossierInvalid, match="share the id"):
        evaluate(w.dossier(REAL[0], REAL[0]))


def test_dangling_references_weigh_nothing() -> None:
    """A source that is not recorded yet gives no weight and makes no overreach."""
    assert w.levels(w.dossier(w.relays("r", "A", ["later"], "origin"))) == {}
