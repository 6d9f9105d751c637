"""The witness's side: may this checkpoint be cosigned? c2sp.org/tlog-witness, `add-checkpoint`.

A witness keeps, for each log it knows, the last checkpoint it cosigned, as the log signed it.
Rules, in order; the first that fails is the answer:
  1. 400  the request follows the grammar;
  2. 404  its origin is a log that this witness knows;
  3. 403  the log's own key has signed the checkpoint;
  4. 400  the old size is not larger than the checkpoint's;
  5. 409  the old size is that of the last cosigned checkpoint (0 if there is none): the body says
          what that is, so that an honest desk asks again and a rolled-back one is found out;
  6. 409  at equal sizes the roots are equal: two signed roots of one size are a fork, and `fork`
          then holds the second one as evidence against the log key;
  7. 422  the consistency proof holds (it is empty for old size 0).
Only then 200 with one cosignature line. The caller MUST hold a lock on the log's state from reading
it until `record` is durable, and MUST NOT let the answer out before: a witness that answers first
and dies could cosign a fork after its restart.
Never raises on a hostile request; reads no clock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from provenance.errors import CheckFailed, Malformed
from provenance.ledger.checkpoint import (
    Checkpoint,
    as_first_signed,
    read_checkpoint,
)
from provenance.ledger.keys import Signer
from provenance.ledger.merkle import EMPTY_ROOT, verify_consistency
from provenance.ledger.note import COSIGNATURE, NoteKey, cosign_text, note_key
from provenance.outside.cosignatures import encode_lines
from provenance.outside.witness_request import WitnessRequest, parse_request

SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
StateOf = Callable[[str], bytes | None]
"""Origin -> the last checkpoint cosigned for it, as the log signed it; None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigner:
    """Who cosigns."""

    name: str
    """A URL without its scheme, such as `witness.example/w1`."""
    signer: Signer

    @property
    def key(self) -> NoteKey:
        """The key under which the cosignatures verify."""
        return note_key(self.name, COSIGNATURE, self.signer.public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a witness says to a request."""

    status: int
    """HTTP status code; 200 = cosigned."""
    body: bytes
    content_type: str
    origin: str | None = None
    """The log, where it is one the witness knows."""
    size: int | None = None
    """The size asked about, where the log's signature holds."""
    record: bytes | None = None
    """To be made durable as the log's state BEFORE the answer leaves; None = state unchanged."""
    fork: bytes | None = None
    """A checkpoint signed by the log that contradicts the state: evidence, worth keeping."""


def judge_request(
    state_of: StateOf, data: bytes, *, logs: Sequence[NoteKey], cosigner: Cosigner, now: int
) -> Answer:
    """Return the answer to a request.

    Args:
        state_of: Reads the state of one log; see the module's rule on locking.
        data: The request as it came.
        logs: Keys of the logs that this witness knows; each one's name is its origin.
        cosigner: Who signs.
        now: Seconds since 1970 UTC, stated in the cosignature.

    Raises:
        Malformed: the witness's OWN state is no checkpoint of that log.
        CheckFailed: the witness's OWN state is not signed by that log.
    """
    try:
        request = parse_request(data)
        head = request.head
    except Malformed as error:
        return _refuse(400, f"{error}")
    keys = [key for key in logs if key.name == head.origin]
    if not keys:
        return _refuse(404, "this witness does not know this log")
    found = _signed_by_one(request.checkpoint, keys)
    if found is None:
        return _refuse(403, "the log has not signed this checkpoint", origin=head.origin)
    state = state_of(head.origin)
    last = None if state is None else _read_state(state, keys)
    return _judge_growth(
        request, head, last, as_first_signed(request.checkpoint, found), cosigner, now
    )


def _judge_growth(
    request: WitnessRequest,
    head: Checkpoint,
    last: Checkpoint | None,
    note: bytes,
    cosigner: Cosigner,
    now: int,
) -> Answer:
    old_size = 0 if last is None else last.size
    if request.old_size > head.size:
        return _refuse(400, "the old size is larger than the checkpoint's", head=head)
    if request.old_size != old_size:
        return _conflict(old_size, head)
    if last is not None and head.size == last.size and head.root != last.root:
        return _conflict(old_size, head, fork=note)
    if not _is_consistent(request, head, last):
        return _refuse(422, "the consistency proof does not hold", head=head)
    line = cosign_text(head.text(), cosigner.name, cosigner.signer, now)
    return Answer(
        status=200,
        body=encode_lines((line,)),
        content_type=TEXT_TYPE,
        origin=head.origin,
        size=head.size,
        record=note if last != head else None,
    )


def _is_consistent(request: WitnessRequest, head: Checkpoint, last: Checkpoint | None) -> bool:
    if head.size == 0 and head.root != EMPTY_ROOT:
        return False
    if last is None or (last.size == 0 and head.size > 0):
        return not request.proof  # the empty tree is a prefix of every log, and needs no proof
    return verify_consistency(
        size1=last.size, size2=head.size, root1=last.root, root2=head.root, proof=request.proof
    )


def _signed_by_one(checkpoint: bytes, keys: Sequence[NoteKey]) -> NoteKey | None:
    for key in keys:
        try:
            read_checkpoint(checkpoint, key)
        except (Malformed, CheckFailed):
            continue
        return key
    return None


def _read_state(state: bytes, keys: Sequence[NoteKey]) -> Checkpoint:
    """Read our own state as strictly as a stranger's bytes: a damaged one must not cosign."""
    key = _signed_by_one(state, keys)
    return read_checkpoint(state, key or keys[0]).checkpoint


def _conflict(old_size: int, head: Checkpoint, fork: bytes | None = None) -> Answer:
    return Answer(
        status=409,
        body=f"{old_size}\n".encode("ascii"),
        content_type=SIZE_TYPE,
        origin=head.origin,
        size=head.size,
        fork=fork,
    )


def _refuse(
    status: int, why: str, *, origin: str | None = None, head: Checkpoint | None = None
) -> Answer:
    return Answer(
        status=status,
        body=f"{why}\n".encode(),
        content_type=TEXT_TYPE,
        origin=head.origin if head else origin,
        size=head.size if head else None,
    )
