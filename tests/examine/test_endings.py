"""Every code that an examination can end with has a sentence, and the page of them lists it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.examine.endings import ENDINGS, say_ending
from provenance.signatures.text import is_printable_safe

ROOT = Path(__file__).resolve().parents[2]


def _codes() -> Iterator[str]:
    """Texts given as `code` wherever the product makes an outcome or tells of a failed detector."""
    for path in sorted((ROOT / "provenance").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id not in {"Outcome", "DetectorFailure"}:
                    continue
                for given in node.keywords:
                    if given.arg == "code":
                        yield from _texts(given.value)


def _texts(node: ast.expr) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.JoinedStr):
            (first, *_) = each.values
            assert isinstance(first, ast.Constant)
            yield f"{first.value!s}7"
            return
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def test_every_code_in_the_source_has_a_sentence() -> None:
    """A code that only a programmer understands is not told to anybody."""
    codes = set(_codes())
    assert {"timeout", "out-of-memory", "crashed-signal-7", "password-required"} <= codes
    assert [code for code in sorted(codes) if "A check broke off" in say_ending(code)] == []


def test_the_page_lists_every_code() -> None:
    """`docs/sandbox.md` has a row for each."""
    page = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert [code for code in ENDINGS if f"`{code}" not in page] == []


@pytest.mark.parametrize("code", [*ENDINGS, "crashed-signal-6", "exit-3", "something-new"])
def test_a_sentence_is_a_sentence(code: str) -> None:
    """Plain, whole, safe to print, and silent on whether the document is genuine."""
    said = say_ending(code)
    assert said[0].isupper()
    assert said.endswith(".")
    assert is_printable_safe(said)
    assert not {"fake", "forged", "genuine", "authentic", "tampered"} & set(said.lower().split())


def test_a_number_at_the_end_is_not_part_of_the_family() -> None:
    """Signals and exit codes share their family's sentence, save the one that means memory."""
    assert say_ending("crashed-signal-11") == ENDINGS["crashed-signal"]
    assert say_ending("crashed-signal-9") != ENDINGS["crashed-signal"]
    assert say_ending("exit-70") == ENDINGS["exit"]
