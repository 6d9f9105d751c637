"""OpenTimestamps: proofs are read strictly, followed to block headers, and never believed alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha1, sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.desk import Desk
from provenance.errors import CheckFailed, Malformed, UsageError
from provenance.outside.block_headers import BlockHeaders, parse_block_headers
from provenance.outside.block_stamping import BlockState
from provenance.outside.holds_audit import audit_holds
from provenance.outside.ots_proof import MAX_PROOF, MAX_STEPS, parse_ots
from provenance.outside.timestamp_file import MAX_PROOFS, parse_timestamps
from tests.outside.conftest import Clock
from tests.outside.test_commands import Run, prov

__all__ = ["prov"]  # a fixture

MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
DIGEST = sha256(b"a checkpoint").digest()
CALENDAR = b"https://calendar.example"
MINED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
# The example of an incomplete proof that the reference client ships.
REFERENCE = bytes.fromhex(
    "004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294010805c4f616a8e531"
    "0d19d938cfd769864d7f4ccdc2ca8b479b10af83564b097af9f010e754bf93806a7ebaa680ef7bd0"
    "114bf408f010b573e8850cfd9e63d1f043fbb6fc250e08f10457cfa5c4f0086fb1ac8d4e4eb0e700"
    "83dfe30d2ef90c8e2e2d68747470733a2f2f616c6963652e6274632e63616c656e6461722e6f7065"
    "6e74696d657374616d70732e6f7267"
)


def ots(digest: bytes, *branches: bytes) -> bytes:
    """Write a proof file by hand."""
    return MAGIC + b"\x01\x08" + digest + branch(*branches)


def branch(*branches: bytes) -> bytes:
    """Write the branches of one message."""
    return b"".join(b"\xff" + each for each in branches[:-1]) + branches[-1]


def append(operand: bytes) -> bytes:
    """Write an append."""
    return b"\xf0" + bytes([len(operand)]) + operand


def pending(calendar: bytes = CALENDAR) -> bytes:
    """Write a calendar's promise."""
    payload = bytes([len(calendar)]) + calendar
    return b"\x00" + bytes.fromhex("83dfe30d2ef90c8e") + bytes([len(payload)]) + payload


def bitcoin(height: bytes = b"\xdf\xd5\x37") -> bytes:
    """Write a block's height; 912095 unless told."""
    return b"\x00" + bytes.fromhex("0588960d73d71901") + bytes([len(height)]) + height


def header(root: bytes, at: datetime = MINED) -> bytes:
    """Make the header of a block."""
    time = int(at.timestamp()).to_bytes(4, "little")
    return b"\x00\x00\x00\x20" + bytes(range(32)) + root + time + bytes(4) + b"\x07\x00\x00\x00"


def test_a_chain_of_ops_leads_to_a_block() -> None:
    """Append, prepend and both hashes are followed in order."""
    data = ots(DIGEST, append(b"ab") + b"\x02" + b"\xf1\x01c" + b"\x08" + bitcoin())
    proof = parse_ots(data)
    (end,) = proof.attestations
    assert end.message == sha256(b"c" + sha1(DIGEST + b"ab").digest()).digest()  # noqa: S324 - the format has it
    assert (end.height, end.calendar, proof.digest) == (912095, None, DIGEST)
    assert proof.encode() == data


def test_branches_start_from_the_same_message() -> None:
    """A fork inside a fork: every branch goes on from the message before it."""
    inner = branch(append(b"x") + pending(b"one.example"), append(b"y") + pending(b"two.example"))
    data = ots(DIGEST, append(b"a") + inner, pending(), append(b"b") + b"\x08" + bitcoin())
    ends = {e.calendar or str(e.height): e.message for e in parse_ots(data).attestations}
    assert ends == {
        "one.example": DIGEST + b"ax",
        "two.example": DIGEST + b"ay",
        "https://calendar.example": DIGEST,
        "912095": sha256(DIGEST + b"b").digest(),
    }
    assert parse_ots(data).encode() == data


def test_an_unknown_kind_is_counted_and_not_read() -> None:
    """Whatever it holds, it is neither a promise nor a block."""
    data = ots(DIGEST, b"\x00" + b"unknown!" + b"\x03abc")
    (end,) = parse_ots(data).attestations
    assert (end.calendar, end.height) == (None, None)
    assert parse_ots(data).encode() == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        ots(DIGEST, pending())[:-1],
        ots(DIGEST, pending()) + b"\x00",
        ots(DIGEST, pending()).replace(MAGIC + b"\x01", MAGIC + b"\x02"),
        ots(DIGEST, pending()).replace(b"\x01\x08", b"\x01\x02", 1),
        ots(DIGEST, b"\xff" + pending()),
        ots(DIGEST, b"\xff\xff" + pending()),
        ots(DIGEST, b"\xf0\x00" + pending()),
        ots(DIGEST, b"\xf0\x81\x00a" + pending()),
        ots(DIGEST, b"\xf0\x82\x20" + bytes(4098) + pending()),
        ots(DIGEST, (b"\xf0\x80\x20" + bytes(4096)) + pending()),
        ots(DIGEST, b"\x03" + pending()),
        ots(DIGEST, b"\xf2" + pending()),
        ots(DIGEST, b"\xf3" + pending()),
        ots(DIGEST, b"\x67" + pending()),
        ots(DIGEST, pending(b"")),
        ots(DIGEST, pending(b"https://a b")),
        ots(DIGEST, append(b"x") + bitcoin()),
        ots(DIGEST, bitcoin(b"\xdf\xd5\xb7\x00")),
        ots(DIGEST, bitcoin(b"\xff\xff\xff\xff\xff\x01")),
        ots(DIGEST, bitcoin(b"\x01\x02")),
        ots(DIGEST, b"\x08" * MAX_STEPS + pending()),
        ots(DIGEST, b"\x08" * MAX_PROOF + pending()),
    ],
)
def test_whatever_is_odd_is_refused(data: bytes) -> None:
    """Cut short, padded, too deep, too long, other ops, other versions."""
    with pytest.raises(Malformed):
        parse_ots(data)


_STEPS = st.sampled_from(
    [b"\x02", b"\x08", b"\xff", b"\x00", append(b"ab"), b"\xf1\x02cd", pending(), bitcoin()]
)


@given(st.lists(_STEPS, max_size=30), st.binary(max_size=12))
def test_a_proof_re_encodes_or_is_refused(steps: list[bytes], tail: bytes) -> None:
    """Random sequences of steps: the same bytes again, or Malformed."""
    data = ots(DIGEST, b"".join(steps) + tail)
    try:
        proof = parse_ots(data)
    except Malformed:
        return
    assert proof.encode() == data


@given(st.integers(0, 400), st.binary(max_size=3))
def test_a_changed_proof_re_encodes_or_is_refused(at: int, put: bytes) -> None:
    """The same with bytes of a good proof replaced."""
    good = ots(DIGEST, append(b"a") + b"\x08" + bitcoin(), pending())
    data = good[: at % len(good)] + put + good[at % len(good) + 1 :]
    try:
        proof = parse_ots(data)
    except Malformed:
        return
    assert proof.encode() == data


def test_the_reference_clients_example_is_read() -> None:
    """A proof that we did not write."""
    (end,) = parse_ots(REFERENCE).attestations
    assert end.calendar == "https://alice.btc.calendar.opentimestamps.org"
    assert parse_ots(REFERENCE).encode() == REFERENCE


def test_headers_come_as_lines_or_as_the_whole_chain() -> None:
    """Both forms give the header at a height; a hole and a height beyond the end give none."""
    first = (1).to_bytes(4, "little") + bytes(32) + header(DIGEST)[36:]
    chain = parse_block_headers(first + bytes(80) + header(DIGEST))
    lines = parse_block_headers(f"2 {header(DIGEST).hex()}\n".encode())
    for headers in (chain, lines):
        found = headers.at(2)
        assert found is not None
        assert (found.root, found.time) == (DIGEST, MINED)
        expected = sha256(sha256(header(DIGEST)).digest()).digest()[::-1].hex()
        assert found.block_hash == expected
        assert headers.at(1) is None
        assert headers.at(3) is None
    assert chain.at(0) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"1 00\n",
        b"x",
        header(DIGEST),
        b"1 " + b"0" * 159 + b"g\n",
        f"1 {header(DIGEST).hex()}".encode(),
        f"1 {header(DIGEST).hex()}\n".encode() * 2,
    ],
)
def test_other_header_files_are_refused(data: bytes) -> None:
    """No form of its own, wrong lengths, one height twice."""
    with pytest.raises(Malformed):
        parse_block_headers(data)


@given(st.binary(max_size=300))
def test_no_header_file_breaks_the_reader(data: bytes) -> None:
    """Headers, or Malformed."""
    try:
        assert isinstance(parse_block_headers(data), BlockHeaders)
    except Malformed:
        return


def _request(desk: Desk) -> bytes:
    return sha256(desk.outside.ots_file()[1]).digest()


def test_promise_first_block_later(desk: Desk, clock: Clock) -> None:
    """A promise is kept and proves nothing; the completed proof holds under the right header."""
    digest = _request(desk)
    root = sha256(digest + b"tree").digest()
    assert desk.outside.accept_ots(ots(digest, pending())).pending == (CALENDAR.decode(),)
    done = ots(digest, append(b"tree") + b"\x08" + bitcoin(), pending())
    for _ in range(2):  # twice the same is kept once
        desk.outside.accept_ots(done)
    unchecked = desk.outside.check_proofs()
    assert [len(each.blocks) for each in unchecked] == [0, 1]
    assert unchecked[1].blocks[0].state is BlockState.NOT_CHECKED
    assert (unchecked[1].no_later_than, unchecked[1].failed) == (None, False)

    right = parse_block_headers(f"912095 {header(root).hex()}\n".encode())
    stamp = desk.outside.check_proofs(right)[1]
    assert stamp.blocks[0].state is BlockState.HOLDS
    assert stamp.no_later_than == MINED.replace(hour=11)  # and two hours
    wrong = parse_block_headers(f"912095 {header(DIGEST).hex()}\n".encode())
    stamp = desk.outside.check_proofs(wrong)[1]
    assert (stamp.blocks[0].state, stamp.failed) == (BlockState.FAILED, True)
    assert stamp.no_later_than is None


def test_a_proof_over_something_else_is_refused(desk: Desk) -> None:
    """Another hash: refused, and nothing is kept; a checkpoint never written out is not ours."""
    with pytest.raises(CheckFailed):
        desk.outside.accept_ots(ots(DIGEST, pending()))
    desk.outside.ots_file()
    with pytest.raises(CheckFailed):
        desk.outside.accept_ots(ots(DIGEST, pending()))
    assert not desk.outside.check_proofs()


def test_a_proof_put_into_the_store_is_found_by_the_audit(desk: Desk) -> None:
    """A proof of another checkpoint, written past the checks, is a fault."""
    desk.outside.ots_file()
    (was,) = [each for each in desk.parts.checkpoints.held() if each.timestamps]
    kept = parse_timestamps(was.timestamps or b"").with_proof(ots(DIGEST, pending()))
    assert parse_timestamps(kept.encode()) == kept
    desk.parts.checkpoints.attach(was, replace(was, timestamps=kept.encode()))
    assert any("OpenTimestamps" in fault for fault in audit_holds(desk).faults)


def test_kept_proofs_have_a_limit(desk: Desk) -> None:
    """As many as may be, and no more; none is thrown away for another."""
    digest = _request(desk)
    for number in range(MAX_PROOFS):
        desk.outside.accept_ots(ots(digest, append(bytes([number])) + pending()))
    with pytest.raises(UsageError):
        desk.outside.accept_ots(ots(digest, pending()))
    assert len(desk.outside.check_proofs()) == MAX_PROOFS


def test_the_commands(prov: Run, tmp_path: Path, grow: Callable[[int], None]) -> None:
    """Request, accept, verify without and with headers, export; exit codes and JSON keys."""
    assert prov("timestamp", "ots-verify")[0] == 3
    assert prov("timestamp", "ots-request", "--out", "checkpoint")[0] == 0
    digest = sha256((tmp_path / "checkpoint").read_bytes()).digest()
    proof = ots(digest, append(b"t") + b"\x08" + bitcoin(), pending())
    (tmp_path / "c.ots").write_bytes(proof)
    grow(3)  # an answer belongs to the checkpoint that it was asked for
    code, out, _ = prov("timestamp", "ots-accept", "c.ots", "--json")
    assert (code, json.loads(out)["blocks"][0]["height"]) == (0, 912095)
    assert prov("timestamp", "ots-verify")[0] == 3
    (tmp_path / "headers").write_text(f"912095 {header(sha256(digest + b't').digest()).hex()}\n")
    code, out, _ = prov("timestamp", "ots-verify", "--block-headers", "headers", "--json")
    told = json.loads(out)
    assert (code, set(told)) == (0, {"size", "pending", "blocks", "unread", "error"})
    assert told["blocks"][0]["no_later_than"] == "2026-11-22T11:30:00Z"
    (tmp_path / "headers").write_text(f"912095 {header(DIGEST).hex()}\n")
    assert prov("timestamp", "ots-verify", "--block-headers", "headers")[0] == 1
    (tmp_path / "c.ots").write_bytes(ots(DIGEST, pending()))
    assert prov("timestamp", "ots-accept", "c.ots")[0] == 1
    assert prov("timestamp", "export", "--out", "stamps")[0] == 0
    assert (tmp_path / "stamps" / "checkpoint-1.1.ots").read_bytes() == proof
    assert (tmp_path / "stamps" / "checkpoint-1").is_file()
