"""Real signed files with a known truth, where they are present."""

import hashlib
from pathlib import Path

import pytest

from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline
from provenance.signatures.pdf.judging import inspect_pdf
from provenance.trust.model import TrustSet
from tests.signatures.conformance import AT, Row, agreement, as_markdown
from tests.signatures.good import PATIENT, is_good

CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus"
SAMPLE = ("DSS-2199.pdf", "pdf-eof.pdf", "Signature-P-SK-1 (HASH_FAILURE).pdf", "sample.pdf")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "pdf-dss").is_dir(), reason="the corpus of real signed files is not here"
    ),
]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every file, examined once."""
    return agreement(CORPUS)


def test_no_bad_file_comes_out_good(rows: list[Row]) -> None:
    """Zero files that their authors call not intact are VERIFIED or INTACT*."""
    bad = [row for row in rows if row.truth == "not intact"]
    assert len(bad) >= 8
    assert [row.name for row in bad if is_good(row.headline)] == []


def test_no_answer_contradicts_the_truth(rows: list[Row]) -> None:
    """No file disagrees, every examination ends well, and most answers agree outright."""
    assert [row.name for row in rows if row.agreement == "disagrees"] == []
    assert [row.name for row in rows if row.outcome != "examined"] == []
    judged = [row for row in rows if row.agreement != "no truth"]
    assert sum(row.agreement == "agrees" for row in judged) >= 0.9 * len(judged)
    assert "| intact | agrees |" in as_markdown(rows)


def test_the_jail_changes_no_answer() -> None:
    """The same file gets the same statuses inside and outside the jail."""
    with Runner(limits=PATIENT) as runner:
        for name in SAMPLE:
            path = CORPUS / "pdf-dss" / name
            data = path.read_bytes()
            sha256 = hashlib.sha256(data).hexdigest()
            bare = inspect_pdf(data, sha256=sha256, trust=TrustSet(), at=AT)
            jailed = runner.examine(path, name=None, at=AT, trust=TrustSet())
            assert jailed.signatures.statuses[: len(bare.statuses)] == bare.statuses, name


def test_attributes_out_of_order_are_not_called_broken() -> None:
    """A value that holds over the attributes as they are stored is not broken, whoever signed."""
    data = (CORPUS / "pdf-dss" / "Signature-P-DE_CRY-2 (HASH_FAILURE).pdf").read_bytes()
    found = inspect_pdf(data, sha256="0" * 64, trust=TrustSet(), at=AT)
    assert [one.headline for one in found.statuses] == [Headline.INTACT_UNKNOWN_SIGNER]
    assert "attributes-not-in-order" in found.statuses[0].native_codes
