"""The laws as plain functions over worlds; tests draw the worlds, mutants die by the same laws.

Each raises AssertionError where the law does not hold.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from provenance.verdict.dossier import Assertion, Basis, Dossier, Kind, Record, Stake
from provenance.verdict.evaluate import evaluate
from provenance.verdict.rules import ADMIRALTY
from tests.verdict import worlds as w

Draw = Callable[[Any], Any]
LAWS: dict[str, Callable[[Draw], None]] = {}


def law(function: Callable[[Draw], None]) -> Callable[[Draw], None]:
    """Enter a law in the table."""
    LAWS[function.__name__] = function
    return function


def _target(draw: Draw, world: Dossier, **wanted: bool) -> Record:
    """Draw a record of the world that is held (or not)."""
    found = [r for r in world.records if r.held is wanted.get("held", r.held) and r.asserts]
    assume(found)
    record: Record = draw(st.sampled_from(found))
    return record


def _no_more(after: dict[Any, int], before: dict[Any, int]) -> None:
    for key, value in after.items():
        assert value <= before.get(key, 0), (key, before, after)


def _relay_of(draw: Draw, target: Record) -> Record:
    made = w.relays("new", draw(st.sampled_from((*w.VOICES, "E"))), [target.id])
    return replace(made, asserts=target.asserts, basis=draw(w.bases), recorded_at=w.day(9))


@law
def law_01(draw: Draw) -> None:
    """A relay of a held statement changes nothing on any facet, whoever relays it."""
    world = draw(w.dossiers())
    more = w.plus(world, _relay_of(draw, _target(draw, world, held=True)))
    assert w.levels(more) == w.levels(world)
    assert w.lower_lines(more) == w.lower_lines(world)


@law
def law_02(draw: Draw) -> None:
    """A relay of a root we do not hold lifts at most to what the root would give if held."""
    world = draw(w.dossiers())
    target = _target(draw, world, held=False)
    if_held = w.levels(w.swap(world, replace(target, held=True)))
    _no_more(w.levels(w.plus(world, _relay_of(draw, target))), if_held)


@law
def law_03(draw: Draw) -> None:
    """However many outlets relay one root: never more than its grade, never corroboration."""
    grade = draw(st.integers(0, 4))
    records = [w.says("root", "A", "origin", grade=grade, held=False)]
    for n in range(draw(st.integers(1, 5))):
        sources = draw(st.lists(st.sampled_from([r.id for r in records]), min_size=1, max_size=2))
        records.append(w.relays(f"o{n}", f"outlet {n}", dict.fromkeys(sources), "origin"))
    world = w.dossier(*records)
    _no_more(w.levels(world), {("origin", 1): grade})
    assert max(w.lower_lines(world).values(), default=0) <= 1


def _same_side(draw: Draw, **more: Any) -> list[Record]:  # noqa: ANN401  # any field
    strengths = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    return [
        w.says(f"s{n}", f"voice {n}", "origin", grade=g, speaker=f"man {n}", **more)
        for n, g in enumerate(strengths)
    ]


def _worth_the_best(records: list[Record]) -> None:
    world = w.dossier(*records)
    alone = max(w.levels(w.dossier(record)).get(("origin", 1), 0) for record in records)
    assert w.levels(world) == {("origin", 1): alone}
    assert w.lower_lines(world) == {("origin", 1): 1}


@law
def law_04(draw: Draw) -> None:
    """One voice is one source, however many speakers."""
    _worth_the_best([replace(record, voice="A") for record in _same_side(draw)])


@law
def law_05(draw: Draw) -> None:
    """A shared premise is one source."""
    _worth_the_best(_same_side(draw, premises=("one leaked copy",)))


@law
def law_06(draw: Draw) -> None:
    """A derivation loop without a root has no weight and is flagged."""
    count = draw(st.integers(2, 5))
    ring = [
        w.relays(f"o{n}", f"outlet {n}", [f"o{(n + 1) % count}"], "origin") for n in range(count)
    ]
    world = w.dossier(*ring)
    assert w.levels(world) == {}
    assert any(flag.kind.value == "circular" for flag in evaluate(world).flags)


@law
def law_07(draw: Draw) -> None:
    """Declaring two voices dependent never raises anything."""
    world = draw(w.dossiers())
    pair = draw(st.lists(st.sampled_from(w.VOICES), min_size=2, max_size=2, unique=True))
    records = tuple(
        replace(r, premises=(*r.premises, "Z")) if r.voice in pair else r for r in world.records
    )
    tied = replace(world, records=records)
    _no_more(w.levels(tied), w.levels(world))
    _no_more(w.lower_lines(tied), w.lower_lines(world))


@law
def law_08(draw: Draw) -> None:
    """The lower bound of lines is at most the upper bound."""
    for facet in evaluate(draw(w.dossiers())).facets:
        for side in (facet.support, facet.opposition):
            assert side.lines[0] <= side.lines[1]
            assert (side.strength > 0) == (side.lines[0] > 0) or facet.parts


def _simple_world(draw: Draw) -> tuple[Dossier, Record]:
    """A world of roots and relays of roots, and one root of it that is not acted upon."""
    world = draw(w.dossiers(acts=False))
    roots = [r for r in world.records if r.kind is not Kind.RELAY]
    assume(roots)
    return world, draw(st.sampled_from(roots))


def _as_if_never(world: Dossier, gone: Record) -> Dossier:
    """Remove a root and everything that was taken only from it, from relay to relay."""
    records = {r.id: r for r in world.records if r.id != gone.id}
    original = {r.id: r for r in world.records}
    dead = {gone.id}
    while fresh := {
        r.id for r in records.values() if r.relays and r.id not in dead and set(r.relays) <= dead
    }:
        dead |= fresh
    changed = True
    while changed:
        changed = False
        for key, record in records.items():
            kept = tuple(
                a for a in record.asserts if _still_made(a, record, original, records, dead)
            )
            if kept != record.asserts:
                records[key] = replace(record, asserts=kept)
                changed = True
    alive = (
        replace(r, relays=tuple(s for s in r.relays if s not in dead))
        for r in records.values()
        if r.id not in dead
    )
    return replace(world, records=tuple(alive))


def _still_made(
    made: Assertion,
    record: Record,
    original: dict[str, Record],
    records: dict[str, Record],
    dead: set[str],
) -> bool:
    def makes(one: Record) -> bool:
        return any((a.facet, a.sign) == (made.facet, made.sign) for a in one.asserts)

    taken = [source for source in record.relays if makes(original[source])]
    return not taken or any(s not in dead and makes(records[s]) for s in taken)


@law
def law_09(draw: Draw) -> None:
    """A retraction restores the state as if the statement had not been made."""
    world, target = _simple_world(draw)
    retracted = w.plus(world, w.says("no", target.voice, retracts=(target.id,)))
    assert w.levels(retracted) == w.levels(_as_if_never(world, target))


@law
def law_10(draw: Draw) -> None:
    """Retracting the retraction brings the statement back."""
    world = draw(w.dossiers())
    target = _target(draw, world)
    back = w.plus(
        world,
        w.says("no", target.voice, retracts=(target.id,)),
        w.says("yes", target.voice, retracts=("no",)),
    )
    assert w.levels(back) == w.levels(world)


@law
def law_11(draw: Draw) -> None:
    """A retraction takes the target's relays with it, own inferences included."""
    grade = draw(st.integers(1, 4))
    facets = draw(st.sampled_from((("origin",), ("origin", "content:more"), ("content:more",))))
    records = [w.says("root", "A", "origin", grade=grade, held=draw(st.booleans()))]
    for n in range(draw(st.integers(1, 4))):
        source = draw(st.sampled_from([r.id for r in records]))
        records.append(w.relays(f"o{n}", f"outlet {n}", [source], *facets))
    world = w.dossier(*records, w.says("no", "A", retracts=("root",)))
    assert w.levels(w.dossier(*records)) or not records[0].held
    assert w.levels(world) == {}


@law
def law_12(draw: Draw) -> None:
    """Entry order does not matter."""
    world = draw(w.dossiers())
    mixed = replace(world, records=tuple(draw(st.permutations(world.records))))
    assert evaluate(mixed).to_json() == evaluate(world).to_json()


@law
def law_13(draw: Draw) -> None:
    """Entering the same statement twice changes nothing."""
    world = draw(w.dossiers())
    acted = {t for r in world.records for t in (*r.retracts, *r.reverses, *r.undercuts)}
    free = [r for r in world.records if r.id not in acted and not r.retracts]
    assume(free)
    twice = w.plus(world, replace(draw(st.sampled_from(free)), id="again"))
    assert w.levels(twice) == w.levels(world)
    assert w.lower_lines(twice) == w.lower_lines(world)


@law
def law_14(draw: Draw) -> None:
    """An undercut only lowers its target's side, and undercutting the undercut restores it."""
    world = draw(w.dossiers())
    target = _target(draw, world)
    assume(not target.undercuts)
    attack = w.says("u", "E", undercuts=(target.id,), undercut_grade=draw(st.integers(0, 4)))
    answer = w.says("v", "E", undercuts=("u",), undercut_grade=4)
    before, after = w.levels(world), w.levels(w.plus(world, attack))
    _no_more(after, before)
    touched = {(a.facet, a.sign) for a in target.asserts}
    assert {k: v for k, v in after.items() if k not in touched} == {
        k: v for k, v in before.items() if k not in touched
    }
    assert w.levels(w.plus(world, attack, answer)) == before


@law
def law_15(draw: Draw) -> None:
    """Replay at T equals evaluating only the records recorded by T."""
    world = draw(w.dossiers())
    when = w.day(draw(st.integers(0, 4)))
    past = replace(world, records=tuple(r for r in world.records if r.recorded_at <= when))
    assert evaluate(world, as_of=when).to_json() == evaluate(past, as_of=when).to_json()


@law
def law_16(draw: Draw) -> None:
    """Same digest, same suggestion, also across two headers of one dossier."""
    world = draw(w.dossiers())
    header = {
        "issuer": draw(st.sampled_from((None, *w.VOICES))),
        "required_checks": draw(st.sampled_from(((), (w.CHECK,)))),
        "item_class": draw(st.sampled_from((None, "photo"))),
        "central_claim": draw(st.sampled_from((None, "other"))),
    }
    seen: dict[str, str] = {}
    for one in (world, replace(world, **header)):
        for n in range(5):
            made = evaluate(one, as_of=w.day(n))
            text = seen.setdefault(made.input_digest, made.headline.public_text)
            assert text == made.headline.public_text


@law
def law_17(draw: Draw) -> None:
    """Claims never add up."""
    count = draw(st.integers(1, 8))
    claims = [w.says(f"s{n}", f"voice {n}", "origin", grade=1) for n in range(count)]
    assert w.levels(w.dossier(*claims)) == {("origin", 1): 1}
    assert w.lower_lines(w.dossier(*claims)) == {("origin", 1): count}


@law
def law_18(draw: Draw) -> None:
    """Self-serving lines alone give 1, however strong and however many."""
    serving = (Assertion(facet="origin", sign=1, interest=-1),)
    records = [replace(record, asserts=serving) for record in _same_side(draw)]
    assert w.levels(w.dossier(*records)).get(("origin", 1), 0) <= 1


@law
def law_19(draw: Draw) -> None:
    """Interest is monotone: with, none, against."""
    world = draw(w.dossiers())
    target = _target(draw, world)
    assume(not target.undercuts and target.kind is not Kind.RELAY)
    seen = []
    for interest in (-1, 0, 1):
        made = tuple(replace(a, interest=interest) for a in target.asserts)
        seen.append(w.levels(w.swap(world, replace(target, asserts=made))))
    _no_more(seen[0], seen[1])
    _no_more(seen[1], seen[2])


@law
def law_20(draw: Draw) -> None:
    """Raising any component never lowers its side, nor any other."""
    world = draw(w.dossiers())
    target = _target(draw, world)
    old = target.basis or w.STRONG
    better = Basis(
        access=draw(st.integers(old.access, 4)),
        identification=draw(st.integers(old.identification, 4)),
        words=draw(st.integers(old.words, 4)),
        reliability=draw(
            st.sampled_from([x for x in ADMIRALTY if ADMIRALTY[x] >= ADMIRALTY[old.reliability]])
        ),
    )
    raised = tuple(
        a if a.grade is None else replace(a, grade=draw(st.integers(a.grade, 4)))
        for a in target.asserts
    )
    more = w.swap(world, replace(target, basis=better, asserts=raised))
    _no_more(w.levels(world), w.levels(more))


@law
def law_21(draw: Draw) -> None:
    """A plain statement never lowers a column and never touches the other column."""
    world = draw(w.dossiers())
    new = draw(w.plain_records("new"))
    before, after = w.levels(world), w.levels(w.plus(world, new))
    _no_more(before, after)
    touched = {(a.facet, a.sign) for a in new.asserts}
    assert {k for k in after if after[k] != before.get(k, 0)} <= touched


@law
def law_22(draw: Draw) -> None:
    """Declining and querying are inert."""
    world = draw(w.dossiers())
    silent = tuple(Assertion(facet=facet, sign=0) for facet in w.FACETS)
    assert w.levels(w.plus(world, w.says("new", "A", asserts=silent))) == w.levels(world)


@law
def law_23(draw: Draw) -> None:
    """Renaming sources and ids does not matter."""
    world = draw(w.dossiers())
    ids = {r.id: f"n{n}" for n, r in enumerate(draw(st.permutations(world.records)))}

    def renamed(record: Record) -> Record:
        names: dict[str, Any] = {
            field: tuple(ids[key] for key in getattr(record, field))
            for field in ("relays", "retracts", "reverses", "undercuts")
        }
        speaker = record.speaker and f"{record.speaker}!"
        return replace(
            record, id=ids[record.id], voice=f"v-{record.voice}", speaker=speaker, **names
        )

    stakes = tuple(replace(stake, principal=f"v-{stake.principal}") for stake in world.stakes)
    other = replace(
        world,
        records=tuple(renamed(r) for r in world.records),
        stakes=stakes,
        issuer=world.issuer and f"v-{world.issuer}",
    )
    assert w.levels(other) == w.levels(world)
    assert w.lower_lines(other) == w.lower_lines(world)
    assert evaluate(other).headline == evaluate(world).headline


@law
def law_24(draw: Draw) -> None:
    """Flipping all signs swaps support and opposition."""
    world = draw(w.dossiers())
    records = tuple(
        replace(r, asserts=tuple(replace(a, sign=-a.sign) for a in r.asserts))
        for r in world.records
    )
    stakes = tuple(
        Stake(principal=s.principal, facet=s.facet, wants=-s.wants) for s in world.stakes
    )
    flipped = w.levels(replace(world, records=records, stakes=stakes))
    assert {(facet, -sign): n for (facet, sign), n in flipped.items()} == w.levels(world)


@law
def law_25(draw: Draw) -> None:
    """A record that does not assert a facet does not move it."""
    world = draw(w.dossiers())
    new = draw(w.plain_records("new"))
    if draw(st.booleans()):
        sources = draw(st.lists(st.sampled_from([r.id for r in world.records]), max_size=2))
        plain = tuple(replace(a, grade=None) for a in new.asserts)
        new = replace(new, kind=Kind.RELAY, relays=tuple(dict.fromkeys(sources)), asserts=plain)
    assume(
        not any(r.retracts or r.reverses or r.undercuts for r in world.records) or not new.relays
    )
    asserted = {a.facet for a in new.asserts}
    before, after = w.levels(world), w.levels(w.plus(world, new))
    assert {k: v for k, v in before.items() if k[0] not in asserted} == {
        k: v for k, v in after.items() if k[0] not in asserted
    }


@law
def law_30(draw: Draw) -> None:
    """A reversal never raises the earlier side, nor any other."""
    world = draw(w.dossiers())
    target = _target(draw, world)
    reversal = w.says("back", target.voice, reverses=(target.id,))
    once = w.levels(w.plus(world, reversal))
    _no_more(once, w.levels(world))
    assert w.levels(w.plus(world, reversal, replace(reversal, id="back again"))) == once


@law
def law_34(draw: Draw) -> None:
    """Attribution never exceeds any of its five parts, and is opposed by each of them."""
    assessment = evaluate(draw(w.dossiers()))
    whole = assessment.facet("attribution:c")
    for part in whole.parts:
        assert whole.p <= assessment.facet(part).p
        assert whole.c >= assessment.facet(part).c
    assert bool(whole.parts) == any(f.name == "reading:c" for f in assessment.facets)


def monotone_table(seed: int) -> dict[str, int]:
    """Return another reliability table that keeps the order of the letters."""
    dice = random.Random(seed)  # noqa: S311  # repeatable, nothing secret
    marks = sorted(dice.randint(0, 4) for _ in range(5))
    return {**dict(zip("EDCBA", marks, strict=True)), "F": marks[2]}
