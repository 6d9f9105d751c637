"""The audit's machinery: ranges checked apart, the quick audit, limits, recounting, time bounds."""

import copy
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.ledger.audit import (
    AuditTerms,
    CheckedEntry,
    audit_log,
    check_entries,
)
from provenance.ledger.audit_heads import TimeBounds
from provenance.ledger.entry import parse_entry
from provenance.ledger.findings import MAX_FINDINGS, Detector, Findings, Level
from provenance.ledger.keys import PublicKey
from provenance.ledger.merkle import leaf_hash, root_of
from provenance.ledger.recount import Recount
from provenance.ledger.sealing import open_fields
from provenance.ledger.tiles import append_hashes
from provenance.ports import StoredEntry
from tests.ledger.worlds import START, World, signer

D = Detector


@pytest.fixture(scope="module")
def honest() -> World:
    """An honest log, built once."""
    return World.build(rounds=3)


@pytest.fixture
def world(honest: World) -> World:
    """A copy of it."""
    return copy.deepcopy(honest)


def _terms(world: World) -> AuditTerms:
    return AuditTerms(
        log_key=world.log_key,
        checkpoints=world.checkpoints,
        outside=world.held,
        witnesses=[world.witness_key],
    )


def _check(job: tuple[list[StoredEntry], list[PublicKey]]) -> list[CheckedEntry]:
    rows, ring = job
    return list(check_entries(rows, ring))


def test_ranges_in_other_processes(world: World) -> None:
    """A log cut into ranges and checked in worker processes gives the same report."""
    world.edit_iat(30, START)
    ring = [each.public_key for each in (*world.admins, *world.custodians)]
    jobs = [(world.rows[at : at + 25], ring) for at in range(0, len(world.rows), 25)]
    with ProcessPoolExecutor(max_workers=2) as pool:
        checked = [each for part in pool.map(_check, jobs) for each in part]
    report = audit_log(
        checked,
        _terms(world),
        tile=world.tile,
        open_fields=lambda entry, sealed: open_fields(entry, sealed, world.subject_keys),
    )
    assert report == world.audit()
    assert D.SIGNATURE in report.flagged


def test_ring_cannot_change_the_answer(world: World) -> None:
    """Without a ring, or with foreign keys in it, the report is the same."""
    world.edit_iat(30, START)
    expected = world.audit()
    for ring in ([], [signer("stranger").public_key]):
        report = audit_log(
            check_entries(world.rows, ring),
            _terms(world),
            tile=world.tile,
            open_fields=lambda entry, sealed: open_fields(entry, sealed, world.subject_keys),
        )
        assert report == expected


def test_empty_log() -> None:
    """An empty log has the empty root; every detector that needs entries says it saw none."""
    world = World()
    world.found()
    world.rows, world.tiles, world.checkpoints = [], {}, []
    report = world.audit()
    assert report.root == root_of(b"")
    assert report.findings == ()
    assert report.checked[D.SIGNATURE] == 0


def test_wrong_log_and_width(world: World) -> None:
    """An entry of an unknown type, or with another number of digests than its kind, is found."""
    row = world.rows[10]
    entry = parse_entry(row.leaf)
    checked = list(check_entries(world.rows))
    checked[10] = replace(checked[10], entry=replace(entry, type="unheard.of", log="other.example"))
    report = audit_log(
        checked,
        _terms(world),
        tile=world.tile,
        open_fields=lambda entry, sealed: open_fields(entry, sealed, world.subject_keys),
    )
    assert [each.detector for each in report.findings][:2] == [D.FORM, D.FORM]


def test_malformed_and_future_outside_notes(world: World) -> None:
    """A held note that is none is a finding, and a head beyond the log's end is one."""
    world.held = [b"scrap of paper"]
    assert world.audit().flagged == {D.CHECKPOINT_SIGNATURE}
    last = world.checkpoints[-1]
    world.held = []
    world.rows = world.rows[: last.size - 1]
    world.tiles = append_hashes(0, [leaf_hash(row.leaf) for row in world.rows], world.tile)
    report = world.audit()
    assert report.flagged == {D.CHECKPOINT}
    assert "the end of it is gone" in report.findings[0].sentence


def test_clock_ahead_of_a_witness(world: World) -> None:
    """An entry that claims a time after others already saw it logged is flagged."""
    witnessed = len(world.rows)
    ahead = world.now + 10_000
    world.append("note", b"\x07" * 16, world.custodians[0], (), iat=ahead)
    world.checkpoint()
    report = world.audit()
    assert {(each.detector, each.seq) for each in report.findings} == {(D.TIME, witnessed)}


def test_findings_are_bounded() -> None:
    """A detector keeps so many findings, counts the rest, and always keeps the first flag."""
    findings = Findings()
    for seq in range(MAX_FINDINGS + 5):
        findings.note(D.TIME, seq, "entry", "late")
    findings.flag(D.TIME, 9, "entry", "wrong")
    findings.flag(D.TIME, 10, "entry", "wrong too")
    report = findings.report(0, b"")
    assert report.found[D.TIME] == MAX_FINDINGS + 7
    assert len(report.findings) == MAX_FINDINGS + 1
    assert report.flagged == {D.TIME}
    assert report.findings[-1].level is Level.FLAG


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 1200),
    st.lists(st.integers(1, 700), max_size=5),
    st.sets(st.integers(0, 1199), max_size=3),
)
def test_recount_at_any_size(count: int, steps: list[int], edited: set[int]) -> None:
    """Roots at any size are those of the leaves fed, even where the stored tree tells otherwise."""
    fed = [leaf_hash(str(at).encode()) for at in range(count)]
    stored = [bytes(32) if at in edited else each for at, each in enumerate(fed)]
    tiles = append_hashes(0, stored, lambda _level, _index: b"")
    findings = Findings()
    recount = Recount(lambda level, index: tiles.get((level, index), b""), findings)
    at = 0
    for step in [*steps, count]:
        recount.feed(fed[at : at + step])
        at = min(count, at + step)
        size = at // 2
        assert recount.root_at(size) == root_of(b"".join(fed[:size]))
    assert recount.finish() == root_of(b"".join(fed))
    flagged = findings.report(0, b"").flagged
    assert (flagged == {D.TILES}) is bool(edited & set(range(count)))


def test_recount_forgets_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many heads are asked for, few are remembered, and all are right."""
    monkeypatch.setattr("provenance.ledger.recount.MAX_ROOTS", 2)
    fed = [leaf_hash(str(at).encode()) for at in range(9)]
    tiles = append_hashes(0, fed, lambda _level, _index: b"")
    recount = Recount(lambda level, index: tiles.get((level, index), b""), Findings())
    recount.feed(fed)
    roots = [recount.root_at(size) for size in range(10)]
    assert roots == [root_of(b"".join(fed[:size])) for size in range(10)]


def test_recount_across_levels() -> None:
    """Where level 1 fills up (65,536 leaves), roots and comparison go on."""
    fed = [leaf_hash(str(at).encode()) for at in range(65_536 + 300)]
    tiles = append_hashes(0, fed, lambda _level, _index: b"")
    findings = Findings()
    recount = Recount(lambda level, index: tiles.get((level, index), b""), findings)
    for at in range(0, len(fed), 512):
        recount.feed(fed[at : at + 512])
    assert recount.finish() == root_of(b"".join(fed))
    assert recount.root_at(65_536) == root_of(b"".join(fed[:65_536]))
    assert findings.report(0, b"").findings == ()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=6), st.integers(0, 9))
def test_time_bounds(times: list[tuple[int, int]], seq: int) -> None:
    """The bounds around an entry are the latest time before it and the earliest that holds it."""
    before = max((time for size, time in times if size <= seq), default=None)
    after = min((time for size, time in times if size > seq), default=None)
    assert TimeBounds(times).around(seq) == (before, after)
