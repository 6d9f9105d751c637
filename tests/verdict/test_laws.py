"""The laws of weighing, each as a property over random worlds."""

from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.verdict.rules import ADMIRALTY
from tests.verdict.laws import LAWS, monotone_table

QUIET = [HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]


def test_table_is_whole() -> None:
    """Laws 1 to 25, 30 and 34 are all in the table."""
    numbers = {int(name.removeprefix("law_")) for name in LAWS}
    assert numbers == {*range(1, 26), 30, 34}


@pytest.mark.parametrize("name", sorted(LAWS))
def test_law(name: str) -> None:
    """The law of that number holds in every world (its text is the docstring in `laws`)."""

    @settings(max_examples=70, deadline=None, suppress_health_check=QUIET)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        LAWS[name](data.draw)

    holds()


def test_law_35() -> None:
    """Law 35: any monotone re-tuning of the grade table keeps the laws."""
    kept = sorted(LAWS.keys() - {"law_03", "law_04", "law_05", "law_11", "law_17"})

    @settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
    @given(st.data(), st.integers(0, 10**6), st.sampled_from(kept))
    def holds(data: st.DataObject, seed: int, name: str) -> None:
        with patch.dict(ADMIRALTY, monotone_table(seed)):
            LAWS[name](data.draw)

    holds()
