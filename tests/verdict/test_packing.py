"""Counting independent lines: exact against brute force, and true beyond the exact limit."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.verdict import lines as lines_module
from provenance.verdict.assessment import FlagKind
from provenance.verdict.evaluate import evaluate
from provenance.verdict.loops import looped
from provenance.verdict.packing import (
    EXACT_LINES,
    at_least,
    at_most,
    groups_of,
    is_exact,
    minimal_sets,
)
from tests.verdict import worlds as w

sets = st.lists(st.integers(1, 255), max_size=9)


def brute(found: list[int]) -> int:
    """Try every family."""
    for size in range(len(found), 0, -1):
        for family in itertools.combinations(found, size):
            if all(not a & b for a, b in itertools.combinations(family, 2)):
                return size
    return 0


@settings(max_examples=150, deadline=None)
@given(sets)
def test_exact(found: list[int]) -> None:
    """Both bounds are the exact number for small groups."""
    assert is_exact(groups_of(found))
    assert at_least(groups_of(found)) == at_most(groups_of(found)) == brute(found)


@given(sets)
def test_minimal_sets(found: list[int]) -> None:
    """What is kept contains nothing else kept, and everything contains something kept."""
    kept = minimal_sets(found)
    assert all(a == b or a & b != a for a in kept for b in kept)
    assert all(any(a & one == a for a in kept) for one in found)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(st.integers(0, 11), min_size=2, max_size=2), min_size=25, max_size=40))
def test_bounds_are_true_beyond_the_limit(pairs: list[set[int]]) -> None:
    """With too many lines the bounds still hold: pairs are edges, so the truth is a matching."""
    found = [sum(1 << place for place in pair) for pair in pairs]
    matching = _matching({frozenset(pair) for pair in pairs})
    assert at_least(groups_of(found)) <= matching <= at_most(groups_of(found))


def _matching(edges: set[frozenset[int]]) -> int:
    """Return the size of the largest matching by dynamic programming over vertex sets."""
    best = {0: 0}
    for edge in edges:
        bits = sum(1 << place for place in edge)
        for used, size in list(best.items()):
            if not used & bits:
                best[used | bits] = max(best.get(used | bits, 0), size + 1)
    return max(best.values())


def test_too_many_lines_are_flagged_not_guessed() -> None:
    """A group beyond the limit shows a true interval and says that it is a bound."""
    count = EXACT_LINES + 4
    records = [
        w.says(f"s{n}", f"v{n}", "origin", premises=(f"p{n}", f"p{(n + 1) % count}"))
        for n in range(count)
    ]
    assessment = evaluate(w.dossier(*records))
    low, high = assessment.facet("origin").support.lines
    assert low <= count // 2 <= high
    assert not assessment.facet("origin").support.exact
    assert FlagKind.BOUNDED in {flag.kind for flag in assessment.flags}


def test_web_of_relays_stays_bounded() -> None:
    """A ladder of relays with 2^20 paths is weighed at once, flagged, and never overstated."""
    records = [w.says("r0a", "A", "origin", held=False), w.says("r0b", "B", "origin", held=False)]
    for n in range(1, 21):
        records.extend(
            w.relays(f"r{n}{x}", f"v{n}{x}", [f"r{n - 1}a", f"r{n - 1}b"], "origin", held=n == 20)
            for x in "ab"
        )
    assessment = evaluate(w.dossier(*records))
    facet = assessment.facet("origin")
    assert facet.p == 3
    assert facet.support.lines[0] <= 2 <= max(2, facet.support.lines[1])
    assert facet.support.choke == ()
    assert FlagKind.BOUNDED in {flag.kind for flag in assessment.flags}
    assert lines_module.MAX_LINES < 2**20


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")), max_size=6))
def test_looped(edges: dict[str, set[str]]) -> None:
    """A node is looped exactly if a walk along the edges comes back to it."""

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        stack = [*edges.get(start, ())]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack.extend(edges.get(node, ()))
        return seen

    assert looped(edges) == {node for node in edges if node in reach(node)}
