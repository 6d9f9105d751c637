"""The quick audit: by hashes alone it finds what contradicts tree and checkpoints."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.ledger.audit import AuditTerms
from provenance.ledger.findings import Detector
from provenance.ledger.hash_audit import HashedPage, audit_hashes, hash_page
from provenance.ledger.merkle import leaf_hash
from tests.ledger.worlds import START, World

D = Detector


@pytest.fixture
def world() -> World:
    """An honest log."""
    return World.build(rounds=3)


def _terms(world: World) -> AuditTerms:
    return AuditTerms(log_key=world.log_key, checkpoints=world.checkpoints, outside=world.held)


def _pages(world: World) -> list[HashedPage]:
    """The log in pages of 7, one empty: they fit no tile, and the audit must not care."""
    rows = [(row.seq, row.leaf) for row in world.rows]
    return [hash_page(page) for page in ([], *(rows[a : a + 7] for a in range(0, len(rows), 7)))]


def test_quick_audit(world: World) -> None:
    """The quick audit finds what contradicts tree and checkpoints, and says what it left alone."""
    report = audit_hashes(_pages(world), _terms(world), tile=world.tile)
    assert report.findings == ()
    assert report.root == world.root()
    assert report.checked[D.SIGNATURE] == 0
    world.edit_iat(10, START)
    report = audit_hashes(_pages(world), _terms(world), tile=world.tile)
    assert report.flagged == {D.TILES, D.CHECKPOINT, D.OUTSIDE}
    del world.rows[11]
    report = audit_hashes(_pages(world), _terms(world), tile=world.tile)
    assert D.NUMBERING in report.flagged


@given(st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=9)), max_size=9))
def test_a_page_keeps_its_numbers(rows: list[tuple[int, bytes]]) -> None:
    """A hashed page says of each row number and leaf hash, in order, also after travelling."""
    page = pickle.loads(pickle.dumps(hash_page(rows)))  # noqa: S301 made here
    assert list(page.seqs) == [seq for seq, _ in rows]
    assert page.hashes == [leaf_hash(leaf) for _, leaf in rows]
