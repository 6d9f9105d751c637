"""Loops among acts and derivations: which members of a graph can reach themselves.

A retraction that is retracted by what it retracts, or two reports that cite each other, have no
beginning: such an act has no effect and such a report has no weight. Finding them first lets
everything else walk a graph without loops, in any order.
"""

from collections.abc import Collection, Mapping
from graphlib import TopologicalSorter

Edges = Mapping[str, Collection[str]]


def looped(edges: Edges) -> frozenset[str]:
    """Return every node that can reach itself along `edges`."""
    rest = _peel(_peel({node: set(ends) for node, ends in edges.items()}), backwards=True)
    return frozenset(node for node in rest if _reaches(rest, node))


def in_order(edges: Edges, *, without: Collection[str]) -> tuple[str, ...]:
    """Return the nodes with every node after its ends; `without` breaks all loops."""
    cut = {
        node: [end for end in ends if node not in without or end not in without]
        for node, ends in edges.items()
    }
    return tuple(TopologicalSorter(cut).static_order())


def _peel(edges: dict[str, set[str]], *, backwards: bool = False) -> dict[str, set[str]]:
    """Remove nodes without ends (or, backwards, without beginnings) until none is left."""
    graph = _turned(edges) if backwards else {node: set(ends) for node, ends in edges.items()}
    into = _turned(graph)
    spent = [node for node in into if not graph.get(node)]
    while spent:
        node = spent.pop()
        graph.pop(node, None)
        for before in into.get(node, ()):
            ends = graph.get(before)
            if ends is not None and node in ends:
                ends.discard(node)
                if not ends:
                    spent.append(before)
    return _turned(graph) if backwards else graph


def _turned(edges: Edges) -> dict[str, set[str]]:
    turned: dict[str, set[str]] = {node: set() for node in edges}
    for node, ends in edges.items():
        for end in ends:
            turned.setdefault(end, set()).add(node)
    return turned


def _reaches(edges: Edges, start: str) -> bool:
    seen: set[str] = set()
    stack = list(edges.get(start, ()))
    while stack:
        node = stack.pop()
        if node == start:
            return True
        if node not in seen:
            seen.add(node)
            stack.extend(edges.get(node, ()))
    return False
