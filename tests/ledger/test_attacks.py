"""The attacks of the threat model, each with exactly the detectors that must fire.

A world of some 230 entries; an outsider holds the checkpoint in the middle. What no detector sees
is asserted as well: a promise that is not made is part of the design.
"""

import copy
from dataclasses import replace

import pytest

from provenance.ledger.checkpoint import Checkpoint, sign_checkpoint
from provenance.ledger.entry import parse_entry
from provenance.ledger.findings import Detector, Level
from provenance.ledger.keyacts import (
    cosign_revocation,
    revocation_fields,
    rotation_fields,
)
from provenance.ledger.sealing import open_fields
from provenance.ports import SealedDisclosure, StoredCheckpoint
from provenance.records import DESK_ITEM
from tests.ledger.enrolling import enrolment_fields
from tests.ledger.worlds import CHECKPOINT_EVERY, ORIGIN, START, World, signer

D = Detector
EDITED = 60  # an offer, covered by the checkpoint held outside


@pytest.fixture(scope="module")
def honest() -> World:
    """An honest log, built once."""
    return World.build()


@pytest.fixture
def world(honest: World) -> World:
    """A copy of the honest log for one attacker."""
    return copy.deepcopy(honest)


def test_honest_log_has_no_finding(world: World) -> None:
    """An honest log gives no finding, and every detector has looked."""
    report = world.audit()
    assert report.findings == ()
    assert report.size == len(world.rows)
    assert report.root == world.root()
    # The world holds no endorsement and no verdict: tests/keys and tests/desk have those.
    elsewhere = {Detector.ENDORSEMENT, Detector.VERDICT}
    assert all(report.checked[each] for each in Detector if each not in elsewhere)


def test_edit_row_without_key(world: World) -> None:
    """An edited row contradicts its signature, the tree, the chain, later `seen`, and the times."""
    world.edit_iat(EDITED, START)
    assert world.audit().flagged == {
        D.SIGNATURE, D.TILES, D.CHECKPOINT, D.ITEM_CHAIN, D.SEEN, D.OUTSIDE, D.TIME, D.HANDOVER
    }  # fmt: skip


def test_edit_row_that_is_no_offer(world: World) -> None:
    """Where the edited row is no offer, the hand-over stands; all else is the same."""
    seq = _first_of(world, "transfer.accepted")
    world.edit_iat(seq, START)
    assert world.audit().flagged == {
        D.SIGNATURE, D.TILES, D.CHECKPOINT, D.ITEM_CHAIN, D.SEEN, D.OUTSIDE, D.TIME
    }  # fmt: skip


def test_edit_row_with_log_key(world: World) -> None:
    """Whoever re-signs all heads still has no custodian's key, no old `seen`, no outside copy."""
    seq = _first_of(world, "transfer.accepted")
    world.edit_iat(seq, START)
    world.rewrite_heads()
    assert world.audit().flagged == {D.SIGNATURE, D.ITEM_CHAIN, D.SEEN, D.OUTSIDE, D.TIME}


def test_delete_row_without_key(world: World) -> None:
    """A deleted row leaves a gap in numbers, tree, chain, `seen` and checkpoints.

    Time comes with it: what was logged after a cosigned head moves to before it.
    """
    del world.rows[_first_of(world, "transfer.accepted")]
    assert world.audit().flagged == {
        D.NUMBERING, D.TILES, D.CHECKPOINT, D.ITEM_CHAIN, D.SEEN, D.OUTSIDE, D.TIME
    }  # fmt: skip


def test_delete_row_with_log_key(world: World) -> None:
    """With numbers, tree and heads redone, chain, `seen` and the outside copy still show it."""
    del world.rows[_first_of(world, "transfer.accepted")]
    world.rewrite_heads()
    assert world.audit().flagged == {D.ITEM_CHAIN, D.SEEN, D.OUTSIDE}


def test_delete_tail_of_item(world: World) -> None:
    """An item's last entries, deleted with the log key: the chain is blind, the log is not."""
    item = parse_entry(world.rows[EDITED].leaf).item
    world.rows = [
        row for row in world.rows if row.seq < EDITED or parse_entry(row.leaf).item != item
    ]
    world.rewrite_heads()
    assert world.audit().flagged == {D.SEEN, D.OUTSIDE}


def test_roll_back_past_held(world: World) -> None:
    """Only a checkpoint held outside shows that the whole store is an old one."""
    world.roll_back(3 * CHECKPOINT_EVERY)
    assert world.audit().flagged == {D.OUTSIDE}


def test_roll_back_to_just_after_held(world: World) -> None:
    """Nothing shows the loss of what came after the last checkpoint held outside."""
    world.roll_back(world.checkpoints[len(world.checkpoints) // 2].size + 1)
    assert world.audit().flagged == frozenset()


def test_insert_backdated(world: World) -> None:
    """An entry slipped in at an old index, with the log's and a custodian's key, breaks `seen`."""
    forger = copy.deepcopy(world)
    at = 5 * CHECKPOINT_EVERY + 3
    neighbour = parse_entry(world.rows[at].leaf)
    forger.seen = neighbour.seen
    row = forger.seal("item.received", b"\x07" * 16, world.custodians[0], (), iat=neighbour.iat)
    world.rows.insert(at, row)
    world.rewrite_heads()
    assert world.audit().flagged == {D.SEEN, D.OUTSIDE}


def test_append_backdated(world: World) -> None:
    """An entry appended with an old time contradicts its neighbour, and was logged late."""
    world.append("item.received", b"\x07" * 16, world.custodians[0], (), iat=START + 5)
    report = world.audit()
    assert report.flagged == {D.TIME}
    assert [each.level for each in report.findings] == [Level.FLAG, Level.NOTE]
    assert {each.seq for each in report.findings} == {len(world.rows) - 1}


def test_accept_without_offer(world: World) -> None:
    """A stolen custodian key can accept, but there is no offer to cite."""
    item = parse_entry(world.rows[EDITED].leaf).item
    world.add("transfer.accepted", item, world.custodians[3], offer="A" * 43)
    assert world.audit().flagged == {D.HANDOVER}


def test_accept_with_scribble(world: World) -> None:
    """An acceptance that cites something which is no leaf hash cites no offer."""
    item = parse_entry(world.rows[EDITED].leaf).item
    world.add("transfer.accepted", item, world.custodians[3], offer="see Ada")
    assert world.audit().flagged == {D.HANDOVER}


def test_accept_own_offer(world: World) -> None:
    """One key cannot play both sides of a hand-over."""
    item = parse_entry(world.rows[EDITED].leaf).item
    world.hand_over(item, world.custodians[3], world.custodians[3])
    assert world.audit().flagged == {D.HANDOVER}


def test_accept_twice(world: World) -> None:
    """An offer is answered once."""
    item = parse_entry(world.rows[EDITED].leaf).item
    world.hand_over(item, world.custodians[3], world.custodians[4])
    sealed = world.rows[-1]
    offer = open_offer(world, sealed.leaf, sealed.disclosures)
    world.add("transfer.accepted", item, world.custodians[2], offer=offer)
    assert world.audit().flagged == {D.HANDOVER}


def test_rewrite_all_and_drop_item(world: World) -> None:
    """All keys, one item left out: the `seen` values nobody redid, and the outside copy."""
    item = parse_entry(world.rows[EDITED].leaf).item
    world.rows = [row for row in world.rows if parse_entry(row.leaf).item != item]
    world.rewrite_heads()
    assert world.audit().flagged == {D.SEEN, D.OUTSIDE}


def test_foreign_leaf(world: World) -> None:
    """Bytes that are no entry are a finding, and do not end the audit."""
    world.rows[EDITED] = replace(world.rows[EDITED], leaf=b"no entry")
    report = world.audit()
    assert D.FORM in report.flagged
    assert report.size == len(world.rows)


def test_foreign_disclosure(world: World) -> None:
    """A hidden field moved to another entry is found."""
    stranger = world.rows[EDITED + 1].disclosures
    world.rows[EDITED] = replace(world.rows[EDITED], disclosures=stranger)
    assert world.audit().flagged == {D.DISCLOSURE}


def test_damaged_sealed_field(world: World) -> None:
    """A sealed field that an acceptance needs, damaged in the store, is found."""
    seq = _first_of(world, "transfer.accepted")
    (field,) = world.rows[seq].disclosures
    broken = SealedDisclosure(
        digest=field.digest, subject=field.subject, sealed=field.sealed[:-1] + b"\0"
    )
    world.rows[seq] = replace(world.rows[seq], disclosures=(broken,))
    assert world.audit().flagged == {D.DISCLOSURE}


def test_erased_field_is_a_note(world: World) -> None:
    """Where the subject's key is destroyed, hand-overs cannot be checked: said, not flagged."""
    seq = _first_of(world, "transfer.accepted")
    item = parse_entry(world.rows[seq].leaf).item
    del world.subject_keys[f"item:{item.hex()}"]
    report = world.audit()
    assert report.flagged == frozenset()
    assert {each.detector for each in report.findings} == {D.HANDOVER}


def test_damaged_tile(world: World) -> None:
    """A changed tile is found, though all rows are sound."""
    world.tiles[0, 0] = world.tiles[0, 0][:-1] + b"\0"
    assert world.audit().flagged == {D.TILES}


def test_checkpoint_by_another_key(world: World) -> None:
    """A checkpoint that another key signed under the log's name is refused."""
    head = Checkpoint(origin=ORIGIN, size=20, root=bytes(32))
    note = sign_checkpoint(head, signer("thief"))
    world.checkpoints[0] = StoredCheckpoint(size=20, note=note)
    assert world.audit().flagged == {D.CHECKPOINT_SIGNATURE}


def test_checkpoint_under_wrong_size(world: World) -> None:
    """A checkpoint kept under another size than it was signed for is found."""
    world.checkpoints[0] = StoredCheckpoint(size=40, note=world.checkpoints[0].note)
    assert world.audit().flagged == {D.CHECKPOINT_SIGNATURE}


def test_unenrolled_signer(world: World) -> None:
    """An entry of a key that nobody enrolled is found."""
    world.add("note", b"\x07" * 16, signer("stranger"))
    assert world.audit().flagged == {D.SIGNATURE}


def test_signer_after_revocation(world: World) -> None:
    """After its revocation a key's entries do not count; the review range is told."""
    thief = world.custodians[2]
    kid = thief.public_key.kid
    second = cosign_revocation(world.admins[1], kid, origin=ORIGIN, compromised_since=100)
    fields = revocation_fields(kid, reason="laptop stolen", compromised_since=100, second=second)
    world.append("key.revoked", DESK_ITEM, world.admins[0], fields)
    assert world.audit().flagged == frozenset()
    world.add("note", b"\x07" * 16, thief)
    report = world.audit()
    assert report.flagged == {D.SIGNATURE}
    assert [each.detector for each in report.findings if each.level is Level.NOTE] == [D.ROSTER]


def test_rotation_hands_on(world: World) -> None:
    """After a rotation the new key counts and the old one does not."""
    old, new = world.custodians[1], signer("custodian 1, new")
    kid = old.public_key.kid
    fields = rotation_fields(new, origin=ORIGIN, role="custodian", replaces=kid)
    world.append("key.rotated", DESK_ITEM, old, fields)
    world.add("note", b"\x07" * 16, new)
    assert world.audit().flagged == frozenset()
    world.add("note", b"\x07" * 16, old)
    assert world.audit().flagged == {D.SIGNATURE}


def test_custodian_cannot_enrol(world: World) -> None:
    """An enrolment signed by a custodian changes nothing and is found."""
    new = signer("friend")
    fields = enrolment_fields(new, origin=ORIGIN, role="admin", person="Eve")
    world.append("key.enrolled", DESK_ITEM, world.custodians[0], fields)
    world.add("note", b"\x07" * 16, new)
    assert world.audit().flagged == {D.ROLE, D.ROSTER, D.SIGNATURE}


def test_swapped_log_key(world: World) -> None:
    """An audit that goes by another log key than the genesis names says so."""
    other = World.build(rounds=1)
    other.log_key = replace(world.log_key, key=signer("other log").public_key)
    other.checkpoints, other.held = [], []
    assert other.audit().flagged == {D.ROSTER}


def test_log_without_genesis(world: World) -> None:
    """A log whose first entry is no genesis vouches for nobody."""
    world.rows = world.rows[1:]
    world.rewrite_heads()
    assert {D.ROSTER, D.SIGNATURE} <= world.audit().flagged


def open_offer(world: World, leaf: bytes, sealed: tuple[SealedDisclosure, ...]) -> str:
    """Return the offer that an acceptance cites."""
    return str(open_fields(parse_entry(leaf), sealed, world.subject_keys)["offer"])


def _first_of(world: World, kind: str) -> int:
    return next(
        row.seq
        for row in world.rows[EDITED:]
        if parse_entry(row.leaf).type == kind and row.seq % CHECKPOINT_EVERY
    )
