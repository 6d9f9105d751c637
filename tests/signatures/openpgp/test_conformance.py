"""Against a public corpus of OpenPGP files: what its makers call bad never comes out good."""

from collections import Counter

import pytest

from tests.house.documents import ROOT
from tests.signatures.good import is_good
from tests.signatures.openpgp.conformance import BAD, GOOD, WEAK, agreement
from tests.signatures.openpgp.test_judging import SECOND

CORPUS = ROOT.parent / "shared" / "corpus" / "openpgp-rnp"
LEAST: dict[tuple[str, str], int] = {
    # Most of the corpus' keys are not in it: their signatures can only be NOT_CHECKABLE.
    (GOOD, "agrees"): 8,
    (WEAK, "agrees"): 13,
    (BAD, "agrees"): 4,
}


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not beside this checkout")
@pytest.mark.skipif(not SECOND, reason="no gpgv on this machine, or no jail for it")
def test_nothing_bad_is_good_and_agreement_does_not_fall() -> None:
    """No disagreement at all, no bad file VERIFIED or INTACT*, and as much agreement as before."""
    rows = agreement(CORPUS)
    assert [row for row in rows if row.truth == BAD and is_good(row.headline)] == []
    assert [row for row in rows if row.agreement == "disagrees"] == []
    sums = Counter((row.truth, row.agreement) for row in rows)
    for pair, least in LEAST.items():
        assert sums[pair] >= least, pair
