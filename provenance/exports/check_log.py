"""Whose log is it, and did it sign the tree head of this package?

The key in the package is only a claim: without a key from elsewhere the rest shows that the package
is consistent, not whose it is, and the list says so.
"""

from dataclasses import dataclass
from typing import Final

from provenance.errors import CheckFailed, Malformed
from provenance.exports.checklist import Checklist
from provenance.exports.layout import CHECKPOINT, VKEY
from provenance.exports.opened import PackageFiles, read_file
from provenance.ledger.checkpoint import Checkpoint, as_first_signed, read_checkpoint
from provenance.ledger.note import MAX_NOTE, NoteKey, parse_vkey
from provenance.outside.policy import Policy

_MAX_VKEY: Final = 1024  # bytes; a key with its name has some 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the caller knows from elsewhere."""

    log_key: NoteKey | None = None
    policy: Policy | None = None
    """Whose cosignatures are needed; None = cosignatures are not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """The package's tree head, verified."""

    log_key: NoteKey
    note: bytes
    """As first signed."""
    checkpoint: Checkpoint


def check_log(files: PackageFiles, trust: Trust, out: Checklist) -> SignedHead | None:
    """Check log key, checkpoint and cosignatures; None if there is no head to go by.

    Raises:
        Malformed: a file is missing or too large.
    """
    text = read_file(files, VKEY, limit=_MAX_VKEY)
    note = read_file(files, CHECKPOINT, limit=MAX_NOTE)
    try:
        key = parse_vkey(text.decode("utf-8").removesuffix("\n"))
        head = read_checkpoint(note, key).checkpoint
        plain = as_first_signed(note, key) == note and text == f"{key.vkey()}\n".encode()
    except (Malformed, CheckFailed, UnicodeDecodeError) as error:
        out.fails("checkpoint", f"The log has not signed this checkpoint: {error}.")
        return None
    if not plain:
        out.fails("checkpoint", "The checkpoint or the log's key is not alone in its file.")
        return None
    out.holds("checkpoint", f"The log {key.name} has signed a head of {head.size} entries.")
    _check_key(key, trust.log_key, out)
    return SignedHead(log_key=key, note=note, checkpoint=head)


def _check_key(key: NoteKey, known: NoteKey | None, out: Checklist) -> None:
    if known is None:
        text = (
            f"Whose log this is: compare its key with one from elsewhere (--log-key). {key.vkey()}"
        )
        out.unchecked("log-key", text)
    elif key == known:
        out.holds("log-key", "It is the log whose key you gave.")
    else:
        out.fails("log-key", "It is not the log whose key you gave.")
