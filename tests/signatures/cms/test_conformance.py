"""Real CMS signatures with a known truth, where they are present."""

from pathlib import Path

import pytest

from provenance.signatures.axes import Headline
from tests.signatures.cms.conformance import Row, agreement, as_markdown
from tests.signatures.good import is_good

CORPUS = Path(__file__).resolve().parents[3] / "../shared/corpus/cms-dss"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real signed files is not here"),
]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every file, judged once."""
    return agreement(CORPUS)


def test_no_bad_file_comes_out_good(rows: list[Row]) -> None:
    """Zero files that their authors call not intact are VERIFIED or INTACT*."""
    bad = [row for row in rows if row.truth == "not intact"]
    assert len(bad) >= 5
    good = [row.name for row in bad if is_good(row.headline)]
    assert good == []


def test_no_answer_contradicts_the_truth(rows: list[Row]) -> None:
    """No file disagrees; every attached signature that is intact is found so."""
    assert [row.name for row in rows if row.agreement == "disagrees"] == []
    left = [row for row in rows if row.truth == "intact" and row.agreement == "not determined"]
    assert {row.codes for row in left} == {("signed-data-not-found",)}
    assert sum(row.agreement == "agrees" for row in rows) >= 27
    assert "| intact | agrees |" in as_markdown(rows)


def test_detached_signatures_hold_over_their_documents(rows: list[Row]) -> None:
    """Where the signed text is known, it is what was signed."""
    known = {row.name: row.with_document for row in rows if row.with_document is not None}
    assert len(known) == 4
    assert set(known.values()) == {Headline.INTACT_UNKNOWN_SIGNER}
