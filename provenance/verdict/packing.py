"""How many lines of evidence are independent: a set packing, exact where that is affordable.

A line is a bit set of resources (voices and premises). Two lines are independent only if their
sets do not meet; the number of independent lines is the largest family of pairwise disjoint sets.
Sets that contain another set are dropped first (they can be swapped for the smaller one), then
each connected group is counted alone: exactly by branch and bound up to EXACT_LINES, beyond that
by a bound that is still true. The lower bound is a family actually found, so it is never
overstated; the upper bound is a cover by shared resources, so it is never understated.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

Groups: TypeAlias = list[list[int]]
EXACT_LINES: Final = 18  # lines of one connected group: 2**18 branches at the very worst


def minimal_sets(sets: Iterable[int]) -> list[int]:
    """Return the sets that contain no other, smallest first."""
    kept: list[int] = []
    for candidate in sorted(set(sets), key=lambda bits: (bits.bit_count(), bits)):
        if not any(smaller & candidate == smaller for smaller in kept):
            kept.append(candidate)
    return kept


def at_least(groups: Groups) -> int:
    """Return a number of pairwise disjoint sets that certainly exists (exact for small groups)."""
    return sum(_exact(g) if len(g) <= EXACT_LINES else _greedy(g) for g in groups)


def at_most(groups: Groups) -> int:
    """Return a number that no family of pairwise disjoint sets exceeds (exact for small groups)."""
    return sum(_exact(g) if len(g) <= EXACT_LINES else _cover(g) for g in groups)


def is_exact(groups: Groups) -> bool:
    """Return whether both bounds are the exact number."""
    return all(len(group) <= EXACT_LINES for group in groups)


def groups_of(sets: Iterable[int]) -> Groups:
    """Split the minimal sets into groups that share no resource with each other."""
    groups: list[tuple[int, list[int]]] = []
    for one in minimal_sets(sets):
        union, members = one, [one]
        apart: list[tuple[int, list[int]]] = []
        for bits, group in groups:
            if bits & one:
                union |= bits
                members.extend(group)
            else:
                apart.append((bits, group))
        groups = [*apart, (union, members)]
    return [sorted(members, key=lambda bits: (bits.bit_count(), bits)) for _, members in groups]


def _exact(group: list[int]) -> int:
    best = _greedy(group)

    def search(rest: list[int], taken: int) -> None:
        nonlocal best
        best = max(best, taken)
        if taken + len(rest) <= best:
            return
        head, tail = rest[0], rest[1:]
        search([one for one in tail if not one & head], taken + 1)
        search(tail, taken)

    search(group, 0)
    return best


def _greedy(group: list[int]) -> int:
    used, taken = 0, 0
    for one in group:
        if not one & used:
            used |= one
            taken += 1
    return taken


def _cover(group: list[int]) -> int:
    """Sets that share a resource are at most one of a disjoint family: count such bundles."""
    rest, bundles = list(group), 0
    while rest:
        shared = _commonest(rest)
        rest = [one for one in rest if not one >> shared & 1]
        bundles += 1
    return bundles


def _commonest(sets: list[int]) -> int:
    counts: dict[int, int] = {}
    for one in sets:
        bits = one
        while bits:
            low = (bits & -bits).bit_length() - 1
            counts[low] = counts.get(low, 0) + 1
            bits &= bits - 1
    return max(counts, key=lambda bit: (counts[bit], -bit))
