"""Collect from the sources of all fact readers which observations they can make.

A code is what stands in the place of a parameter named `code`: of `Observation`, or of any function
of `provenance.facts` that has one beside others. Read are: a text; a choice between texts; a
pattern (`f"two-{key}s"`); a name that is assigned texts or loops over a table of them, in which
case every text of the function, or of a table it names, that has the form of a code is a candidate.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.house.documents import ROOT

SOURCES: Final = ROOT / "provenance" / "facts"
_CODE: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_OBSERVATION: Final = ("code", "weight", "text", "where", "evidence")


@dataclass(frozen=True)
class Site:
    """One place in the source at which an observation is made."""

    where: str
    """Module and line."""
    codes: frozenset[str] = frozenset()
    """Written out."""
    candidates: frozenset[str] = frozenset()
    """At least one of them is meant."""
    pattern: str = ""
    """Regular expression of a code that is put together."""
    weights: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()


def sites() -> list[Site]:
    """Return all places, in the order of modules and lines."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SOURCES.rglob("*.py"))}
    shared: dict[str, tuple[str, ...]] = {"Observation": _OBSERVATION}
    for tree in trees.values():
        shared |= {name: rest for name, rest in _makers(tree).items() if not name.startswith("_")}
    found = []
    for path, tree in trees.items():
        found += list(_sites_of(path, tree, shared | _makers(tree)))
    return found


def _makers(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    """Return the functions that take a code and more, with their parameters."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = tuple(one.arg for one in (*node.args.args, *node.args.kwonlyargs))
            names = tuple(name for name in names if name not in {"self", "cls"})
            if "code" in names and len(names) > 1:
                found[node.name] = names
    return found


def _sites_of(path: Path, tree: ast.Module, makers: dict[str, tuple[str, ...]]) -> Iterator[Site]:
    for function in _functions(tree):
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name not in makers:
                continue
            given = dict(zip(makers[name], node.args, strict=False))
            given |= {one.arg: one.value for one in node.keywords if one.arg}
            code = given.get("code")
            if code is None or _is_handed_on(code, function):
                continue
            where = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
            yield _site(where, code, given, function, tree)


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Return the outermost functions and methods."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found += [one for one in node.body if isinstance(one, ast.FunctionDef)]
    return found


def _is_handed_on(code: ast.expr, function: ast.FunctionDef) -> bool:
    """Whether a code is the function's own parameter: its callers say which."""
    names = {
        one.arg
        for node in ast.walk(function)
        if isinstance(node, ast.FunctionDef)
        for one in (*node.args.args, *node.args.kwonlyargs)
    }
    return isinstance(code, ast.Name) and code.id in names


def _site(
    where: str,
    code: ast.expr,
    given: dict[str, ast.expr],
    function: ast.FunctionDef,
    tree: ast.Module,
) -> Site:
    weights = frozenset(
        one.attr.lower()
        for one in ast.walk(given.get("weight", ast.Constant(None)))
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id == "Weight"
    )
    evidence = frozenset(_texts(given.get("evidence", ast.Constant(None))))
    if isinstance(code, ast.JoinedStr):
        parts = [
            re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z0-9-]+"
            for one in code.values
        ]
        return Site(where, pattern="".join(parts), weights=weights, evidence=evidence)
    written = frozenset(_texts(code))
    if written and not isinstance(code, ast.Name):
        return Site(where, codes=written, weights=weights, evidence=evidence)
    candidates = {text for text in _texts(function) if "-" in text}
    used = {one.id for one in ast.walk(function) if isinstance(one, ast.Name)}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        if any(isinstance(one, ast.Name) and one.id in used for one in targets):
            candidates |= {text for text in _texts(node) if "-" in text}
    return Site(where, candidates=frozenset(candidates), weights=weights, evidence=evidence)


def _texts(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if (
            isinstance(one, ast.Constant)
            and isinstance(one.value, str)
            and _CODE.fullmatch(one.value)
        ):
            yield one.value
