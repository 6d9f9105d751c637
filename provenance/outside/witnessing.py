"""Asking witnesses to cosign the newest checkpoint, by file or by HTTP, and keeping what they say.

A request names the size that this witness cosigned last, as far as the desk knows; a witness that
knows better answers 409 with its size and is asked once more, from there. Only a second 409 with
the size of the very head that it was asked for means a fork. An answer of 409 with a size LARGER
than the log is what a rolled-back desk gets to hear: RolledBack, loudly. A witness that cannot be
reached does not keep the others from being asked.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from provenance.acts.workbench import Workbench
from provenance.errors import CheckFailed, DeskError, RolledBack, UsageError
from provenance.journal.keeping import log_note_key
from provenance.ledger.tiles import prove_consistency
from provenance.outside.attaching import attach, newest_checkpoint, publish_newest
from provenance.outside.choosing import holders
from provenance.outside.cosignatures import (
    MAX_ANSWER,
    has_cosigned,
    merge_cosignatures,
    parse_lines,
    parse_size,
)
from provenance.outside.holders import Holders, Witness
from provenance.outside.policy import PolicyFinding, judge_policy
from provenance.outside.transport import HttpAnswer, Transport, require_url
from provenance.outside.witness_request import build_request
from provenance.ports import HeldCheckpoint

LOOK_BACK: Final = 10_000  # checkpoints an answer file is tried against, the newest first
_REQUEST_TYPE: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """An answer that was taken in."""

    size: int
    """Of the checkpoint that it cosigns."""
    names: tuple[str, ...]
    """Key names of the witnesses."""
    added: int
    """Cosignatures that the desk did not have yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How it went with one of many who were asked."""

    name: str
    size: int | None
    """Of the checkpoint that is held now; None if this went wrong."""
    error: DeskError | None


def witness_request(bench: Workbench, witness: Witness, *, old: int | None = None) -> bytes:
    """Return the request for the newest checkpoint.

    Args:
        bench: The desk.
        witness: Whom it is for.
        old: Size that this witness cosigned last; what the desk knows of it if None.

    Raises:
        UsageError: `old` is larger than the log.
        NothingToCheck: the log is empty.
    """
    head = newest_checkpoint(bench)
    return _request(bench, head, last_cosigned(bench, witness) if old is None else old)


def accept_answer(bench: Workbench, answer: bytes) -> Cosigned:
    """Take in an answer that came as a file.

    Raises:
        Malformed: neither signature lines nor a size.
        RolledBack: it names a size that this log does not have (any more).
        CheckFailed: a witness refused, is unknown, or signed something else.
    """
    if answer[:1].isdigit():
        size = parse_size(answer)
        _require_reached(bench, "the witness", size)
        raise CheckFailed(f"the witness holds {size} entries; ask again with --old {size}")
    names = {each.name for each in parse_lines(answer)}
    there = holders(bench)
    if not any(key.name in names for key in there.keys):
        raise CheckFailed("no witness that this desk knows has signed this answer")
    fault: CheckFailed | None = None
    for stored in reversed(deque(bench.parts.checkpoints.all(), maxlen=LOOK_BACK)):
        try:
            return _keep(bench, stored.size, answer, there)
        except CheckFailed as error:
            fault = fault or error
    raise CheckFailed(f"this cosigns no checkpoint of this desk: {fault}") from fault


def ask_witnesses(bench: Workbench, transport: Transport) -> list[Asked]:
    """Ask every witness that has an address; returns how it went with each."""
    there = holders(bench)
    return [_asked(bench, each, transport, there) for each in there.witnesses if each.url]


def standing(bench: Workbench, there: Holders) -> tuple[int, PolicyFinding] | None:
    """Return the newest cosigned checkpoint's size and whether it fulfils the policy.

    None where no policy is set, or nothing is cosigned.
    """
    last: HeldCheckpoint | None = None
    for each in bench.parts.checkpoints.held():
        last = each if each.cosigned is not None else last
    if there.policy is None or last is None or last.cosigned is None:
        return None
    log_key = log_note_key(bench.parts.origin, bench.parts.log_signer)
    return last.size, judge_policy(there.policy, last.cosigned, log_key)


def last_cosigned(bench: Workbench, witness: Witness) -> int:
    """Return the size of the newest checkpoint with this witness's line, 0 if there is none."""
    sizes = [
        each.size
        for each in bench.parts.checkpoints.held()
        if each.cosigned is not None and has_cosigned(each.cosigned, witness.key)
    ]
    return sizes[-1] if sizes else 0


def _asked(bench: Workbench, witness: Witness, transport: Transport, there: Holders) -> Asked:
    try:
        done = _ask(bench, witness, transport, there)
    except DeskError as error:
        return Asked(name=witness.name, size=None, error=error)
    return Asked(name=witness.name, size=done.size, error=None)


def _ask(bench: Workbench, witness: Witness, transport: Transport, there: Holders) -> Cosigned:
    head = newest_checkpoint(bench)
    answer = _post(transport, witness, _request(bench, head, last_cosigned(bench, witness)))
    if answer.status == 409:
        size = parse_size(answer.body)
        _require_reached(bench, witness.name, size)
        head = newest_checkpoint(bench)
        answer = _post(transport, witness, _request(bench, head, size))
        if answer.status == 409:
            again = parse_size(answer.body)
            _require_reached(bench, witness.name, again)
            why = _why_again(head.size, size, again)
            raise CheckFailed(f"the witness {witness.name} did not cosign: {why} (409)")
    if answer.status != 200:
        raise CheckFailed(f"the witness {witness.name} did not cosign: {_why(answer)}")
    return _keep(bench, head.size, answer.body, replace(there, witnesses=(witness,), policy=None))


def _post(transport: Transport, witness: Witness, request: bytes) -> HttpAnswer:
    url = require_url(witness.url or "").rstrip("/") + "/add-checkpoint"
    return transport.post(url, request, content_type=_REQUEST_TYPE, limit=MAX_ANSWER)


_REASONS: Final = {
    403: "it holds another key for this log (403)",
    404: "it does not know this log; give it `prov ledger checkpoint`'s verifier key (404)",
    422: "this log does not continue what it cosigned before: REWRITTEN or forked (422)",
}


def _why_again(size: int, first: int, again: int) -> str:
    """Say what a second conflict means, for a head of `size` entries."""
    if first == again == size:
        return "it has cosigned another head of this very size: the log has FORKED"
    if again > first:
        return f"it went from {first} to {again} entries while it was asked; ask again"
    then = f", then {again}" if again != first else ""
    said = f"it says it holds {first} entries{then}, and does not go on from there"
    return f"{said}: it contradicts itself"


def _why(answer: HttpAnswer) -> str:
    return _REASONS.get(answer.status, f"HTTP status {answer.status}")


def _require_reached(bench: Workbench, who: str, size: int) -> None:
    have = bench.parts.ledger.size()
    if size > have:
        raise RolledBack(f"{who} says it has cosigned {size} entries of this log; it has {have}")


def _request(bench: Workbench, head: HeldCheckpoint, old: int) -> bytes:
    if not 0 <= old <= head.size:
        raise UsageError(f"the log has {head.size} entries, not {old}")
    proof = prove_consistency(old, head.size, bench.parts.ledger.tile)
    return build_request(head.note, old, proof)


def _keep(bench: Workbench, size: int, answer: bytes, there: Holders) -> Cosigned:
    now = int(bench.parts.clock().timestamp())
    keys = there.keys
    names: tuple[str, ...] = ()
    added = 0

    def change(was: HeldCheckpoint) -> HeldCheckpoint:
        nonlocal names, added
        merged = merge_cosignatures(was.cosigned or was.note, answer, keys, now=now)
        names, added = merged.names, merged.added
        return replace(was, cosigned=merged.note)

    attach(bench, size, change)
    publish_newest(bench)
    return Cosigned(size=size, names=names, added=added)
