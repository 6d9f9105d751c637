"""A secret word is found however it was spelled, and nothing else is."""

import unicodedata

import pytest

from provenance.report.secret_words import secret_pattern

FOUND = [
    *("K-77", "k-77", "K 77", "K_77", "K\u201177", "K\u201377", "K\u200b77", "\uff2b-77"),
    *("K-77s", "K-77_scan.pdf", "(K-77)", "from K - 77, again"),
]
OTHERS = ("K-777", "AK-77", "K77", "77-K", "K", "77")


@pytest.mark.parametrize("text", FOUND)
def test_found(text: str) -> None:
    """Case, dashes, blanks, invisible characters, full-width letters and suffixes hide nothing."""
    assert secret_pattern(["K-77"]).search(unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("text", OTHERS)
def test_others(text: str) -> None:
    """Another handle, and half of one, are left alone."""
    assert not secret_pattern(["K-77"]).search(text)
