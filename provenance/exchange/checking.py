"""Check a file from another desk: hostile until every step holds.

In this order; the first that fails refuses the file:
  1. the checkpoint is signed by the log key that the file names, and, where the caller knows the
     other desk's key, it is that one;
  2. every entry is in the log of that checkpoint, at its index, and belongs to that log;
  3. every shown field is one its entry vouches for;
  4. the roster that its records of keys lay down stands, from the genesis on, and names this log
     key;
  5. the last entry is signed by a key that this roster entitles, in a role that may sign it.
What no file can show: that no record of a key was left out. A desk that hides the end of its own
key is found out by whoever holds its log, not by this.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.errors import CheckFailed
from provenance.exchange.file import ExchangeFile, Part
from provenance.journal.roles import may_sign
from provenance.ledger.checkpoint import Checkpoint, read_checkpoint
from provenance.ledger.disclosure import match_disclosures, parse_presentation
from provenance.ledger.entry import Entry
from provenance.ledger.merkle import verify_inclusion
from provenance.ledger.note import NoteKey, parse_vkey
from provenance.ledger.roster import KEY_TYPES, Roster, Standing
from provenance.records import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEvent:
    """An entry of another desk's log, verified."""

    log_key: NoteKey
    """Verified to have signed the checkpoint. Whose key it is, a person has to know."""
    checkpoint: Checkpoint
    note: bytes
    """The checkpoint as it came."""
    index: int
    entry: Entry
    fields: Mapping[str, Json]
    """What the other desk shows of it."""

    def reference(self) -> dict[str, Json]:
        """Return how a record of ours cites it."""
        return {
            "log": self.log_key.name,
            "log_key": self.log_key.vkey(),
            "index": self.index,
            "leaf_hash": self.entry.leaf_hash.hex(),
            "checkpoint": self.note.decode("utf-8"),
        }


def check_exchange(file: ExchangeFile, *, log_key: str | None = None) -> ForeignEvent:
    """Return the event of a file from another desk.

    Args:
        file: as parsed.
        log_key: the other desk's key as known from elsewhere; None if it is not known yet.

    Raises:
        CheckFailed: something in it does not hold.
        Malformed: a key or checkpoint in it is none.
    """
    key = parse_vkey(file.log_key)
    if log_key is not None and key != parse_vkey(log_key):
        raise CheckFailed("the file comes from another log than the key you gave")
    head = read_checkpoint(file.checkpoint, key).checkpoint
    opened = [_open(part, head) for part in file.parts]
    roster = Roster(head.origin)
    for part, entry, fields in opened[:-1]:
        if entry.type not in KEY_TYPES:
            raise CheckFailed("an exchange file shows records of keys and one event, nothing else")
        _feed(roster, part.index, entry, fields)
    if roster.genesis is None or roster.genesis.log_key != key:
        raise CheckFailed("the file does not begin with the first entry of its log")
    part, entry, fields = opened[-1]
    _require_entitled(roster, part.index, entry)
    return ForeignEvent(
        log_key=key,
        checkpoint=head,
        note=file.checkpoint,
        index=part.index,
        entry=entry,
        fields=fields,
    )


def _open(part: Part, head: Checkpoint) -> tuple[Part, Entry, Mapping[str, Json]]:
    entry, disclosures = parse_presentation(part.presentation)
    if entry.log != head.origin:
        raise CheckFailed(f"entry {part.index} belongs to another log")
    if not verify_inclusion(
        index=part.index,
        size=head.size,
        leaf=entry.leaf_hash,
        proof=part.hashes,
        root=head.root,
    ):
        raise CheckFailed(f"the log of {head.size} entries does not hold this as {part.index}")
    return part, entry, match_disclosures(entry, disclosures)


def _feed(roster: Roster, index: int, entry: Entry, fields: Mapping[str, Json]) -> None:
    if index == 0:  # the genesis is judged by the roster that it lays down
        fault = roster.feed(index, entry, fields)
        standing = roster.judge(index, entry)
    else:
        standing = roster.judge(index, entry)
        fault = roster.feed(index, entry, fields) if standing is Standing.VALID else None
    if fault or standing is not Standing.VALID:
        raise CheckFailed(
            f"the record of a key at {index} does not stand: {fault or standing.value}"
        )


def _require_entitled(roster: Roster, index: int, entry: Entry) -> None:
    standing = roster.judge(index, entry)
    if standing is not Standing.VALID:
        raise CheckFailed(f"entry {index} is not signed by a key of its desk: {standing.value}")
    key = roster.find(entry.kid)
    if key is None or not may_sign(key.role, entry.type):
        raise CheckFailed(f"entry {index} is signed in a role that may not sign it")
