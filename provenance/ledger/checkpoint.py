"""Tree heads: c2sp.org/tlog-checkpoint, three lines in a signed note.

Origin, size in decimal, root in base64; no extension lines, no time (time comes from cosigners and
timestamp authorities, never from the desk). Reading one requires, in order: the note's grammar, the
log key's own signature and no wrong one by a known witness, the three lines, and the origin that is
the log key's name. The bytes that a timestamp authority signs are those of the note as first
signed: text, empty line, the log's own line (`as_first_signed`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from provenance.errors import CheckFailed, Malformed
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.entry import is_origin
from provenance.ledger.keys import Signer
from provenance.ledger.merkle import HASH_SIZE
from provenance.ledger.note import (
    Note,
    NoteKey,
    Verified,
    cosign_text,
    open_note,
    parse_note,
    sign_text,
)

MAX_SIZE: Final = (1 << 53) - 1  # entries: what an entry's `seen` can hold
_TEXT: Final = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself at one moment."""

    origin: str
    size: int
    """Entries in the tree."""
    root: bytes
    """32 bytes."""

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint whose log signature is verified."""

    checkpoint: Checkpoint
    cosignatures: tuple[Verified, ...]
    """Of known witnesses; each says it saw this head, at the time it states."""


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Return the tree head of a note's text.

    Raises:
        Malformed: not exactly origin, size and root.
    """
    match = _TEXT.fullmatch(text)
    if match is None or not is_origin(match[1]) or int(match[2]) > MAX_SIZE:
        raise Malformed("a checkpoint is three lines: origin, size and root")
    root = decode_base64(match[3], length=HASH_SIZE)
    return Checkpoint(origin=match[1], size=int(match[2]), root=root)


def claimed_origin(data: bytes) -> str:
    """Return the log that a checkpoint says it is of; nothing about its signatures is looked at.

    Raises:
        Malformed: not a signed note, or not a checkpoint.
    """
    return parse_checkpoint_text(parse_note(data).text).origin


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the signed note; the key's name is the origin.

    Raises:
        Malformed: the checkpoint's own fields do not make a checkpoint.
    """
    text = checkpoint.text()
    parse_checkpoint_text(text)
    return Note(text=text, signatures=(sign_text(text, checkpoint.origin, signer),)).encode()


def cosign_checkpoint(data: bytes, name: str, signer: Signer, *, time: int) -> bytes:
    """Return the note with one more line: a witness's cosignature.

    The witness MUST have verified the log's signature and the consistency with what it saw before.
    """
    note = parse_note(data)
    parse_checkpoint_text(note.text)
    line = cosign_text(note.text, name, signer, time)
    return Note(text=note.text, signatures=(*note.signatures, line)).encode()


def read_checkpoint(
    data: bytes, log_key: NoteKey, witnesses: Iterable[NoteKey] = ()
) -> SignedCheckpoint:
    """Return the tree head that a log has signed.

    Raises:
        Malformed: not a signed note, or not a checkpoint.
        CheckFailed: not signed by the log, of another log, or a known witness's line is wrong.
    """
    note, verified = open_note(data, (log_key, *witnesses))
    if not any(each.key == log_key for each in verified):
        raise CheckFailed(f"the log {log_key.name} has not signed this checkpoint")
    checkpoint = parse_checkpoint_text(note.text)
    if checkpoint.origin != log_key.name:
        raise CheckFailed(f"a checkpoint of {checkpoint.origin}, not of {log_key.name}")
    others = tuple(each for each in verified if each.key != log_key)
    return SignedCheckpoint(checkpoint=checkpoint, cosignatures=others)


def as_first_signed(data: bytes, log_key: NoteKey) -> bytes:
    """Return the note with the log's own line alone: what timestamps are taken over.

    Raises:
        Malformed: not a signed note.
        CheckFailed: the log has not signed it, or wrongly.
    """
    note, _ = open_note(data, (log_key,))
    own = [
        each
        for each in note.signatures
        if (each.name, each.key_id) == (log_key.name, log_key.key_id)
    ]
    return Note(text=note.text, signatures=(own[0],)).encode()
