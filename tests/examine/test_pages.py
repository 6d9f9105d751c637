"""Large pages for cheaper forks: nothing that is held changes, and nothing depends on them."""

import os
import sys

import pytest

from provenance.examine.pages import gather_pages

PATTERN = bytes(range(251)) * 40_000  # 10 MB: some large pages' worth


def test_memory_is_as_it_was() -> None:
    """What is held before is held after, here and in a child that writes to it."""
    held = bytearray(PATTERN)
    assert gather_pages() >= 0
    assert held == PATTERN
    pid = os.fork()
    if pid == 0:
        held[5_000_000] ^= 1
        os._exit(0 if held != PATTERN else 1)
    _, status = os.waitpid(pid, 0)
    assert status == 0
    assert held == PATTERN


def test_elsewhere_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other systems have no such call."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert gather_pages() == 0
