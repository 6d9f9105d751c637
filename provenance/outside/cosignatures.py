"""Cosignature lines as a witness answers them, and the copy of a checkpoint that collects them.

Rules for taking an answer in, in order:
  1. it is signature lines and nothing else (tlog-witness, add-checkpoint, 200);
  2. lines of keys that are not our witnesses' are passed over, as the protocol asks; a line of the
     log's own key is passed over too: nobody but the log hands us that one;
  3. EVERY line of a witness we know verifies over this very checkpoint;
  4. at least one is there, and none states a time of 0 or ahead of ours by more than the skew.
The first cosignature of each witness stays: the earliest time bounds the log most sharply, and an
answer that comes twice changes nothing. What a line proves: this witness saw this head, and none
that contradicts it, at the time it states by its own clock.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provenance.errors import CheckFailed, Malformed
from provenance.ledger.audit import MAX_CLOCK_SKEW
from provenance.ledger.checkpoint import MAX_SIZE
from provenance.ledger.note import (
    COSIGNATURE,
    MAX_SIGNATURES,
    Note,
    NoteKey,
    NoteSignature,
    open_note,
    parse_note,
)

MAX_ANSWER: Final = 65_536  # bytes; a line has some 150
_ANY_TEXT: Final = "-\n"
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,15})\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A cosigned copy, and what an answer added to it."""

    note: bytes
    """The checkpoint with the log's line and all cosignatures."""
    names: tuple[str, ...]
    """Key names of the witnesses whose lines the answer holds and that verified."""
    added: int
    """How many of those lines the copy did not have yet."""


def encode_lines(lines: Sequence[NoteSignature]) -> bytes:
    """Return signature lines as an answer's body."""
    whole = Note(text=_ANY_TEXT, signatures=tuple(lines)).encode()
    return whole[len(_ANY_TEXT.encode()) + 1 :]


def parse_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Return the signature lines of an answer, unverified.

    Raises:
        Malformed: not signature lines, each ended by a newline.
    """
    if len(data) > MAX_ANSWER:
        raise Malformed(f"an answer of more than {MAX_ANSWER} bytes")
    note = parse_note(f"{_ANY_TEXT}\n".encode() + data)
    if note.text != _ANY_TEXT:
        raise Malformed("an answer is signature lines, without empty lines between them")
    return note.signatures


def parse_size(data: bytes) -> int:
    """Return the size that a witness names in a conflict (409).

    Raises:
        Malformed: not one decimal number and a newline.
    """
    match = _SIZE.fullmatch(data)
    if match is None or int(match[1]) > MAX_SIZE:
        raise Malformed("a conflict names one size in decimal, and ends in a newline")
    return int(match[1])


def merge_cosignatures(
    note: bytes, answer: bytes, witnesses: Sequence[NoteKey], *, now: int
) -> Merged:
    """Return the checkpoint's copy with the cosignatures of an answer.

    Args:
        note: The checkpoint: as first signed, or the copy so far.
        answer: Signature lines.
        witnesses: Keys of the witnesses that we know.
        now: Seconds since 1970 UTC.

    Raises:
        Malformed: the answer is not signature lines, or the copy is full.
        CheckFailed: no witness we know has cosigned, one has wrongly, or at an impossible time.
    """
    base, lines = parse_note(note), parse_lines(answer)
    known = {_mark(key.name, key.key_id): key for key in witnesses if key.kind == COSIGNATURE}
    ours = tuple(each for each in lines if _mark(each.name, each.key_id) in known)
    if not ours:
        raise CheckFailed("no witness that this desk knows has signed this answer")
    asked = Note(text=base.text, signatures=ours).encode()
    for verified in open_note(asked, known.values())[1]:
        _require_possible(verified.key.name, verified.time or 0, now)
    there = {_mark(each.name, each.key_id) for each in base.signatures}
    new = {_mark(each.name, each.key_id): each for each in reversed(ours)}
    fresh = tuple(each for mark, each in sorted(new.items()) if mark not in there)
    if len(base.signatures) + len(fresh) > MAX_SIGNATURES:
        raise Malformed(f"a checkpoint with more than {MAX_SIGNATURES} signatures")
    merged = Note(text=base.text, signatures=(*base.signatures, *fresh)).encode()
    names = tuple(dict.fromkeys(each.name for each in ours))
    return Merged(note=merged, names=names, added=len(fresh))


def has_cosigned(note: bytes, witness: NoteKey) -> bool:
    """Tell whether a checkpoint's copy carries a line of this witness; the line is NOT verified.

    Raises:
        Malformed: not a note.
    """
    mark = _mark(witness.name, witness.key_id)
    return any(_mark(each.name, each.key_id) == mark for each in parse_note(note).signatures)


def _mark(name: str, key_id: bytes) -> tuple[str, bytes]:
    return name, key_id


def _require_possible(name: str, time: int, now: int) -> None:
    if not 0 < time <= now + MAX_CLOCK_SKEW:
        raise CheckFailed(f"the cosignature of {name} states a time that cannot be")
