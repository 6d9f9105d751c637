"""The witness's judgement, and a desk and a witness that talk by files and over a wire."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from provenance.desk import Desk
from provenance.errors import (
    CheckFailed,
    DeskCorrupt,
    Malformed,
    Refused,
    RolledBack,
    SurroundingsError,
    UsageError,
)
from provenance.ledger.base64text import encode_base64
from provenance.ledger.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from provenance.ledger.findings import Detector
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.merkle import EMPTY_ROOT, leaf_hash
from provenance.ledger.note import ED25519, NoteKey, note_key
from provenance.ledger.tiles import append_hashes, prove_consistency, root_at
from provenance.outside.cosignatures import encode_lines, merge_cosignatures, parse_lines
from provenance.outside.holders import read_holders
from provenance.outside.transport import HttpAnswer
from provenance.outside.witness_judge import Answer, judge_request
from provenance.outside.witness_request import build_request, parse_request
from provenance.records import DESK_ITEM
from provenance_store.opening import open_desk
from tests.outside.conftest import Clock, Partner, Wire, cosigner, wire_to

Grow = Callable[[int], None]
NOW = 1_795_000_000
ORIGIN = "desk.example/log"


class Log:
    """A log of leaves that differ by a label, so that two labels are a fork."""

    def __init__(self, label: str = "honest", shared: int = 0) -> None:
        """Share the first leaves with every other log."""
        self.signer = Ed25519Signer(sha256(b"log").digest())
        self.key: NoteKey = note_key(ORIGIN, ED25519, self.signer.public_key)
        self._label, self._shared = label, shared
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._size = 0

    def tile(self, level: int, index: int) -> bytes:
        """Read a tile."""
        return self._tiles.get((level, index), b"")

    def note(self, size: int) -> bytes:
        """Return the signed checkpoint of a size."""
        for at in range(self._size, size):
            label = "shared" if at < self._shared else self._label
            self._tiles |= append_hashes(at, [leaf_hash(f"{label} {at}".encode())], self.tile)
            self._size = at + 1
        head = Checkpoint(origin=ORIGIN, size=size, root=root_at(size, self.tile))
        return sign_checkpoint(head, self.signer)

    def request(self, old: int, size: int) -> bytes:
        """Return an honest request."""
        note = self.note(size)
        return build_request(note, old, prove_consistency(old, size, self.tile))


class Memory:
    """A witness's state in memory."""

    def __init__(self, *logs: NoteKey) -> None:
        """Know these logs."""
        self.logs = logs
        self.state: dict[str, bytes] = {}
        self.cosigner = cosigner("partner.example/w1")

    def ask(self, request: bytes, now: int = NOW) -> Answer:
        """Judge and remember."""
        answer = judge_request(
            self.state.get, request, logs=self.logs, cosigner=self.cosigner, now=now
        )
        if answer.record is not None:
            assert answer.origin is not None
            self.state[answer.origin] = answer.record
        return answer


def test_every_honest_growth_is_cosigned() -> None:
    """From every size to every larger one the witness cosigns what verifies over that head."""
    log = Log()
    for old in range(1, 20):
        for size in range(old, 20):
            memory = Memory(log.key)
            assert memory.ask(log.request(0, old)).status == 200
            answer = memory.ask(log.request(old, size))
            assert answer.status == 200
            merged = merge_cosignatures(log.note(size), answer.body, [memory.cosigner.key], now=NOW)
            signed = read_checkpoint(merged.note, log.key, [memory.cosigner.key])
            assert signed.checkpoint.size == size
            assert [each.time for each in signed.cosignatures] == [NOW]


def test_an_unknown_log_is_not_found() -> None:
    """A log that is not on the list gets 404, and nothing is remembered."""
    memory = Memory()
    assert memory.ask(Log().request(0, 3)).status == 404
    assert memory.state == {}


def test_a_wrong_signature_is_forbidden() -> None:
    """A checkpoint that another key signed under the log's name gets 403."""
    log, thief = Log(), Log()
    thief.signer = Ed25519Signer(sha256(b"thief").digest())
    memory = Memory(log.key)
    assert memory.ask(thief.request(0, 3)).status == 403
    assert memory.state == {}


def test_the_wrong_old_size_is_a_conflict() -> None:
    """Another old size than the last cosigned one gets 409 with the right one, as the type says."""
    log, memory = Log(), Memory(Log().key)
    assert memory.ask(log.request(3, 7)).body == b"0\n"
    assert memory.ask(log.request(0, 7)).status == 200
    for old in (0, 3):
        answer = memory.ask(log.request(old, 9))
        found = (answer.status, answer.body, answer.content_type)
        assert found == (409, b"7\n", "text/x.tlog.size")
    assert memory.ask(log.request(7, 9)).status == 200


def test_a_rolled_back_log_is_refused() -> None:
    """An older head is never cosigned again, whatever old size it is sent with."""
    log, memory = Log(), Memory(Log().key)
    assert memory.ask(log.request(0, 9)).status == 200
    assert memory.ask(log.request(0, 5)).status == 409
    note = log.note(5)
    crafted = b"old 9\n\n" + note
    assert memory.ask(crafted).status == 400
    assert memory.state[ORIGIN] == log.note(9)


def test_a_second_root_of_one_size_is_a_fork_and_kept() -> None:
    """Two signed roots of one size: 409, and the second is handed out as evidence."""
    log, fork = Log("honest", shared=3), Log("forged", shared=3)
    memory = Memory(log.key)
    assert memory.ask(log.request(0, 6)).status == 200
    answer = memory.ask(build_request(fork.note(6), 6, ()))
    assert (answer.status, answer.body, answer.record) == (409, b"6\n", None)
    assert answer.fork == fork.note(6)


@pytest.mark.parametrize("size", [6, 7, 8, 11, 16, 17])
def test_a_fork_that_grew_is_unprocessable(size: int) -> None:
    """A longer log that does not contain the cosigned one gets 422 with any proof of its own."""
    log, fork = Log("honest", shared=2), Log("forged", shared=2)
    memory = Memory(log.key)
    assert memory.ask(log.request(0, 5)).status == 200
    assert memory.ask(fork.request(5, size)).status == 422
    assert memory.ask(build_request(fork.note(size), 5, ())).status == 422
    assert memory.state[ORIGIN] == log.note(5)


def test_a_proof_where_none_is_due_is_refused() -> None:
    """From nothing, and at equal sizes, a proof must be empty."""
    log, memory = Log(), Memory(Log().key)
    assert memory.ask(build_request(log.note(4), 0, [bytes(32)])).status == 422
    assert memory.ask(log.request(0, 4)).status == 200
    assert memory.ask(build_request(log.note(4), 4, [bytes(32)])).status == 422
    assert memory.ask(log.request(4, 4)).record is None


def test_the_empty_log() -> None:
    """An empty log has one root only; from there any log may grow."""
    log, memory = Log(), Memory(Log().key)
    empty = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    lie = Checkpoint(origin=ORIGIN, size=0, root=bytes(32))
    assert memory.ask(build_request(sign_checkpoint(lie, log.signer), 0, ())).status == 422
    assert memory.ask(build_request(sign_checkpoint(empty, log.signer), 0, ())).status == 200
    assert memory.ask(log.request(0, 3)).status == 200


def test_a_damaged_memory_never_signs() -> None:
    """A state that the log did not sign stops the witness instead of counting as none."""
    log, memory = Log(), Memory(Log().key)
    memory.state[ORIGIN] = log.note(3)[:-10]
    with pytest.raises(Malformed):
        memory.ask(log.request(0, 5))
    other = Checkpoint(origin=ORIGIN, size=3, root=bytes(32))
    memory.state[ORIGIN] = sign_checkpoint(other, Ed25519Signer(bytes(range(32))))
    with pytest.raises(CheckFailed):
        memory.ask(log.request(3, 5))


def test_a_damaged_memory_on_disk_never_signs(
    desk: Desk, partner: Partner, grow: Grow, tmp_path: Path
) -> None:
    """The folder's answer to damage is a fault, and the file stays as it is."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey())
    partner.answer(desk.outside.witness_request("partner", old=0))
    (last,) = tmp_path.glob("witness/*/last")
    last.write_bytes(b"rubbish")
    grow(1)
    with pytest.raises(DeskCorrupt):
        partner.answer(desk.outside.witness_request("partner", old=0))
    assert last.read_bytes() == b"rubbish"


def test_only_plain_lines_of_known_witnesses_are_merged() -> None:
    """Strangers' lines are passed over; wrong lines and impossible times are refused."""
    log, known, stranger = Log(), Memory(Log().key), Memory(Log().key)
    stranger.cosigner = cosigner("stranger.example/w")
    note = log.note(3)
    ours = known.ask(log.request(0, 3)).body
    theirs = stranger.ask(log.request(0, 3)).body
    keys = [known.cosigner.key]
    merged = merge_cosignatures(note, theirs + ours, keys, now=NOW)
    assert (merged.names, merged.added) == (("partner.example/w1",), 1)
    assert merged.note == note + ours
    again = merge_cosignatures(merged.note, ours, keys, now=NOW)
    assert (again.note, again.added) == (merged.note, 0)
    with pytest.raises(CheckFailed, match="no witness"):
        merge_cosignatures(note, theirs, keys, now=NOW)
    with pytest.raises(CheckFailed, match="wrong"):
        merge_cosignatures(log.note(4), ours, keys, now=NOW)
    with pytest.raises(CheckFailed, match="time"):
        merge_cosignatures(note, ours, keys, now=NOW - 121)


def test_the_first_cosignature_of_a_witness_stays() -> None:
    """A later line of the same witness does not displace the earlier one."""
    log, memory = Log(), Memory(Log().key)
    first = memory.ask(log.request(0, 3)).body
    second = memory.ask(log.request(3, 3), now=NOW + 60).body
    keys = [memory.cosigner.key]
    note = merge_cosignatures(log.note(3), first, keys, now=NOW).note
    merged = merge_cosignatures(note, second, keys, now=NOW + 60)
    assert (merged.note, merged.added) == (note, 0)


def test_lines_read_back_to_the_same_bytes() -> None:
    """An answer's lines parse and re-encode to the same bytes; anything beside them is refused."""
    body = Memory(Log().key).ask(Log().request(0, 3)).body
    assert encode_lines(parse_lines(body)) == body
    for damaged in (b"", b"\n", b"\n" + body, body + b"\n", body[:-1], body + b"x", b"7\n"):
        with pytest.raises(Malformed):
            parse_lines(damaged)


# --- the desk and its witness -------------------------------------------------------------------


def test_by_file_there_and_back(desk: Desk, partner: Partner, grow: Grow) -> None:
    """Request, answer, accept: the copy is kept and published, the audit counts it."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey())
    for count in (0, 1, 5):
        grow(count)
        request = desk.outside.witness_request("partner")
        answer = partner.answer(request)
        assert answer.status == 200
        done = desk.outside.accept_cosignatures(answer.body)
        assert done.size == desk.parts.ledger.size()
        assert desk.outside.last_cosigned("partner") == done.size
    assert parse_request(request).old_size == 3
    held = desk.parts.checkpoints.at(done.size)
    assert held is not None
    assert held.cosigned == held.note + answer.body
    found = desk.audit()
    assert found.log_holds
    assert (found.outside.cosigned, found.outside.newest) == (3, done.size)
    assert found.log.checked[_detector("checkpoint-signature")] > found.outside.cosigned


def _detector(value: str) -> Detector:
    return Detector(value)


def test_an_answer_that_comes_late_finds_its_checkpoint(
    desk: Desk, partner: Partner, grow: Grow
) -> None:
    """An answer by post belongs to the checkpoint it was asked for, however the log grew since."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey())
    answer = partner.answer(desk.outside.witness_request("partner"))
    grow(4)
    desk.checkpoint()
    assert desk.outside.accept_cosignatures(answer.body).size == 2


def test_over_a_wire(desk: Desk, partner: Partner, grow: Grow) -> None:
    """Every witness with an address is asked; the desk learns the old size from a conflict."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey(), url="http://w.example/a/")
    partner.answer(desk.outside.witness_request("partner"))  # cosigned; the answer got lost
    grow(3)
    wire = wire_to(partner)
    (asked,) = desk.outside.ask_witnesses(wire)
    assert (asked.name, asked.size, asked.error) == ("partner", 5, None)
    assert wire.posted == ["http://w.example/a/add-checkpoint"] * 2


def test_a_rolled_back_desk_is_told_so(
    desk: Desk, desk_folder: Path, partner: Partner, grow: Grow, tmp_path: Path, clock: Clock
) -> None:
    """After the desk AND its latch are put back, the witness's larger size gives it away."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey(), url="http://w.example")
    keys = desk_folder.with_name("desk-keys")
    shutil.copytree(desk_folder, tmp_path / "old")
    shutil.copytree(keys, tmp_path / "old-keys")
    grow(3)
    assert desk.outside.ask_witnesses(wire_to(partner))[0].error is None
    desk.parts.close()
    for folder, old in ((desk_folder, "old"), (keys, "old-keys")):
        shutil.rmtree(folder)
        shutil.move(tmp_path / old, folder)
    with open_desk(desk_folder, clock=clock) as restored:
        (asked,) = restored.outside.ask_witnesses(wire_to(partner))
        assert isinstance(asked.error, RolledBack)
        with pytest.raises(RolledBack):
            restored.outside.accept_cosignatures(b"5\n")


def test_one_dead_witness_does_not_stop_the_others(
    desk: Desk, partner: Partner, clock: Clock
) -> None:
    """A witness that cannot be reached is told of, and the next one is asked."""
    other = cosigner("dead.example/w1")
    desk.outside.add_witness("dead", other.key.vkey(), url="http://dead.example")
    desk.outside.add_witness("partner", partner.cosigner.key.vkey(), url="http://w.example")
    alive = wire_to(partner)

    def answer(url: str, body: bytes) -> HttpAnswer:
        if "dead" in url:
            raise SurroundingsError("nobody there")
        return alive.answer(url, body)

    dead, living = desk.outside.ask_witnesses(Wire(answer))
    assert isinstance(dead.error, SurroundingsError)
    assert (living.size, living.error) == (3, None)


@pytest.mark.parametrize("status", [301, 403, 404, 422, 500])
def test_a_refusal_is_told(desk: Desk, partner: Partner, status: int) -> None:
    """Whatever a witness says but 200, nothing is kept."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey(), url="http://w.example")
    wire = Wire(lambda _url, _body: HttpAnswer(status=status, content_type="", body=b"no\n"))
    (asked,) = desk.outside.ask_witnesses(wire)
    assert isinstance(asked.error, CheckFailed)
    assert list(desk.parts.checkpoints.held()) == []


def _conflicts(sizes: list[int]) -> Callable[[str, bytes], HttpAnswer]:
    def answer(_url: str, _body: bytes) -> HttpAnswer:
        return HttpAnswer(status=409, content_type="", body=f"{sizes.pop()}\n".encode())

    return answer


def test_a_conflict_is_called_a_fork_only_where_it_is_one(desk: Desk, partner: Partner) -> None:
    """A second refusal means a fork at the very size alone; else the witness is wrong or ahead."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey(), url="http://w.example")
    odd, ahead, fork = "contradicts itself", "ask again", "FORKED"
    size = desk.parts.ledger.size()
    small = size - 1
    cases = ((small, small, odd), (small, 0, odd), (small, size, ahead), (size, size, fork))
    for first, second, said in cases:
        sizes = [second, first]
        wire = Wire(_conflicts(sizes))
        (asked,) = desk.outside.ask_witnesses(wire)
        assert isinstance(asked.error, CheckFailed)
        assert [word for word in (odd, ahead, fork) if word in str(asked.error)] == [said]


def test_two_witnesses_and_a_policy(
    desk: Desk, partner: Partner, clock: Clock, tmp_path: Path
) -> None:
    """The policy is a record; it holds once enough witnesses have cosigned one checkpoint."""
    second = Partner(
        folder=type(partner.folder)(tmp_path / "second"),
        cosigner=cosigner("lawyer.example/w"),
        clock=clock,
    )
    second.folder.add_log(desk.log_vkey())
    for name, each in (("partner", partner), ("lawyer", second)):
        desk.outside.add_witness(name, each.cosigner.key.vkey())
    text = (
        f"log {desk.log_vkey()}\nwitness p {partner.cosigner.key.vkey()}\n"
        f"witness l {second.cosigner.key.vkey()}\ngroup both all p l\nquorum both\n"
    ).encode()
    desk.outside.set_policy(text)
    assert desk.outside.holders().policy_text == text.decode()
    request = desk.outside.witness_request("partner")
    desk.outside.accept_cosignatures(partner.answer(request).body)
    standing = desk.outside.standing()
    assert standing is not None
    assert (standing[1].fulfilled, standing[1].lacking) == (False, ("l",))
    assert any("does not hold" in remark for remark in desk.audit().outside.remarks)
    desk.outside.accept_cosignatures(second.answer(request).body)
    standing = desk.outside.standing()
    assert standing is not None
    assert (standing[1].fulfilled, standing[1].cosigned) == (True, ("p", "l"))
    assert desk.audit().log_holds


def test_a_forged_cosignature_in_the_store_is_flagged(
    desk: Desk, partner: Partner, grow: Grow
) -> None:
    """Somebody who writes a cosigned copy into the database himself is found out."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey())
    body = partner.answer(desk.outside.witness_request("partner")).body
    grow(1)
    desk.checkpoint()
    kept = desk.parts.checkpoints
    was = kept.at(3)
    assert was is not None
    forged = type(was)(size=3, note=was.note, cosigned=was.note + body, timestamps=None)
    assert kept.attach(was, forged)
    found = desk.audit()
    assert not found.log_holds
    assert _detector("checkpoint-signature") in found.log.flagged


def test_a_witness_gives_upper_bounds_for_time(
    desk: Desk, partner: Partner, clock: Clock, grow: Grow
) -> None:
    """An entry that claims a later time than a cosignature over it is flagged."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey())
    real = clock.now
    clock.now = real.replace(hour=18)  # the desk's clock lies; the witness's does not
    grow(1)
    request = desk.outside.witness_request("partner")
    clock.now = real
    desk.outside.accept_cosignatures(partner.answer(request).body)
    assert _detector("time") in desk.audit().log.flagged


def test_only_an_admin_changes_who_holds_the_log(
    desk: Desk, desk_folder: Path, clock: Clock, partner: Partner
) -> None:
    """A custodian's key may neither add a witness nor set a policy."""
    key = Ed25519Signer(sha256(b"custodian").digest())
    desk.enrol(key, role="custodian", name="cleo")
    with open_desk(desk_folder, signer=key, clock=clock) as opened:
        with pytest.raises(Refused):
            opened.outside.add_witness("partner", partner.cosigner.key.vkey())
        with pytest.raises(Refused):
            opened.outside.set_policy(b"quorum none\n")
        assert opened.outside.holders().witnesses == ()


def test_a_record_by_a_custodian_counts_for_nothing(desk: Desk, partner: Partner) -> None:
    """A `policy.changed` that slipped past the acts, signed by no admin, changes nothing."""
    key = Ed25519Signer(sha256(b"custodian").digest())
    desk.enrol(key, role="custodian", name="cleo")
    seq = desk.outside.add_witness("partner", partner.cosigner.key.vkey())
    entries = desk.entries(DESK_ITEM)
    assert read_holders(entries, desk.keepers()).witness("partner")
    slipped = [
        replace(e, entry=replace(e.entry, kid=key.public_key.kid)) if e.seq == seq else e
        for e in entries
    ]
    assert read_holders(slipped, desk.keepers()).witnesses == ()


def test_a_record_whose_fields_are_gone_is_told(desk: Desk, partner: Partner) -> None:
    """Somebody who deletes the hidden field of a witness's record does not go unnoticed."""
    seq = desk.outside.add_witness("partner", partner.cosigner.key.vkey())
    entries = [replace(e, fields={}) if e.seq == seq else e for e in desk.entries(DESK_ITEM)]
    found = read_holders(entries, desk.keepers())
    assert found.witnesses == ()
    assert len(found.faults) == 1


def test_names_and_keys_are_not_given_twice(desk: Desk, partner: Partner) -> None:
    """One name, one key; a new address for the same witness is taken."""
    vkey, other = partner.cosigner.key.vkey(), cosigner("x.example/w").key.vkey()
    desk.outside.add_witness("partner", vkey)
    desk.outside.add_witness("partner", vkey, url="https://w.example/")
    assert desk.outside.holders().witness("partner").url == "https://w.example/"
    for name, key in (("partner", other), ("second", vkey)):
        with pytest.raises(Refused):
            desk.outside.add_witness(name, key)
    bad: list[tuple[str, str, str | None]] = [
        ("a b", other, None),
        ("x", "rubbish", None),
        ("x", desk.log_vkey(), None),
    ]
    bad += [("x", other, url) for url in ("ftp://x", "http://", "http://u@h/", "http://h/?q", "x")]
    for name, key, url in bad:
        with pytest.raises(UsageError):
            desk.outside.add_witness(name, key, url=url)


def test_the_witness_learns_no_more_than_two_numbers(desk: Desk, partner: Partner) -> None:
    """A request holds sizes, hashes, the origin and the log's signature: nothing else."""
    desk.outside.add_witness("partner", partner.cosigner.key.vkey())
    request = parse_request(desk.outside.witness_request("partner"))
    lines = request.checkpoint.decode().split("\n")
    assert lines[:3] == [desk.parts.origin, "2", encode_base64(request.head.root)]
    assert len(lines) == 6
