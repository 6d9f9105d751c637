"""Real files with content credentials and a known truth, where they are present."""

from pathlib import Path

import pytest

from tests.signatures.c2pa.extra import require_c2pa

require_c2pa()

from tests.signatures.c2pa.conformance import (  # noqa: E402 - only where the extra is there
    Row,
    agreement,
    as_markdown,
)
from tests.signatures.good import is_good  # noqa: E402

CORPUS = Path(__file__).resolve().parents[3] / "../shared/corpus"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "c2pa-public").is_dir(), reason="the corpus of real signed files is not here"
    ),
]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every file with a truth, examined once."""
    return agreement(CORPUS)


def test_no_bad_file_comes_out_good(rows: list[Row]) -> None:
    """Zero files that their makers call bad are VERIFIED or INTACT*."""
    bad = [row for row in rows if row.truth.startswith("bad")]
    assert len(bad) >= 13
    assert [row.name for row in bad if is_good(row.headline)] == []


def test_no_answer_contradicts_the_truth(rows: list[Row]) -> None:
    """No file disagrees, no worker is lost, and every good file is intact."""
    assert [row.name for row in rows if row.agreement == "disagrees"] == []
    assert [row.name for row in rows if row.outcome != "examined"] == []
    good = [row for row in rows if row.truth == "intact"]
    assert len(good) >= 14
    assert {row.agreement for row in good} == {"agrees"}
    assert "| intact | agrees |" in as_markdown(rows)
