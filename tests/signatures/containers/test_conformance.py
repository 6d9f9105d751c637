"""Real Office, OpenDocument and ASiC files with a known truth, where they are present."""

import zipfile
from pathlib import Path

import pytest

from provenance.signatures.axes import Headline
from tests.signatures.containers.conformance import (
    FOLDERS,
    Row,
    agreement,
    as_markdown,
)
from tests.signatures.good import is_good

CORPUS = Path(__file__).resolve().parents[3] / "../shared/corpus"
NEVER_SIGNED = "bug58630.xlsx"
"""Published beside signed files, and holds no signature: its project's test signs it first."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all((CORPUS / folder).is_dir() for folder in FOLDERS),
        reason="the corpus of real signed files is not here",
    ),
]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every file, examined once."""
    return agreement(CORPUS)


def test_no_bad_file_comes_out_good(rows: list[Row]) -> None:
    """Zero files that their authors call not intact are VERIFIED or INTACT*."""
    bad = [row for row in rows if row.truth == "not intact"]
    assert len(bad) == 5
    assert [row.name for row in bad if is_good(row.headline)] == []


def test_no_answer_contradicts_the_truth(rows: list[Row]) -> None:
    """One file disagrees, because nothing in it signs it; most agree outright."""
    assert [row.name for row in rows if row.agreement == "disagrees"] == [NEVER_SIGNED]
    with zipfile.ZipFile(CORPUS / "office-poi" / NEVER_SIGNED) as archive:
        assert not [name for name in archive.namelist() if "sig" in name.lower()]
    assert [row.name for row in rows if row.outcome != "examined"] == []
    judged = [row for row in rows if row.agreement != "no truth"]
    assert sum(row.agreement == "agrees" for row in judged) >= 0.75 * len(judged)
    assert "| office-poi | intact | agrees | 12 |" in as_markdown(rows)


def test_what_stays_open_is_said(rows: list[Row]) -> None:
    """Files without an answer are evidence records, missing files, and an archive read two ways."""
    still_open = {row.headline for row in rows if row.agreement == "not determined"}
    assert still_open <= {Headline.UNSUPPORTED, Headline.NOT_CHECKABLE, Headline.ERROR}
