"""Who keeps the desk: genesis, enrolment, and the names behind the keys.

Rules: leaf 0 of every log is `log.genesis`, signed by the first admin it names. A further key comes
in by `key.enrolled`, signed by an admin, with the new key's own signature over its enrolment. A key
that replaces another belongs to the same person. The roster is always read from the ledger, never
from a table that somebody could edit. A name that was erased is shown as the key's id; the key goes
on to verify.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from provenance.errors import Ambiguous, DeskCorrupt, NotFound, Refused
from provenance.journal.reading import OpenedEntry
from provenance.ledger.keyacts import genesis_fields
from provenance.ledger.keys import Signer
from provenance.ledger.note import ED25519, NoteKey, note_key
from provenance.ledger.roster import KEY_TYPES, Roster, RosterKey
from provenance.ports import LedgerWriter
from provenance.records import DESK_ITEM, NewRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepers:
    """The keys of a desk and the names of their holders."""

    roster: Roster
    names: Mapping[str, str]
    """Key id -> name as enrolled; a key whose name was erased is absent."""
    size: int
    """Entries in the log when this was read."""

    def valid(self) -> tuple[RosterKey, ...]:
        """Return the keys that may sign the next entry, in order of enrolment."""
        return tuple(key for key in self.roster if key.valid_at(self.size))

    def by_name(self, text: str) -> RosterKey:
        """Return the valid key whose holder has this name, or whose id starts so.

        Raises:
            NotFound: nobody.
            Ambiguous: several.
        """
        found = [key for key in self.called(text) if key.valid_at(self.size)]
        if not found:
            raise NotFound(f"no key of {text!r} is enrolled (`prov key list` shows who is)")
        if len(found) > 1:
            raise Ambiguous(f"{text!r} names {len(found)} keys")
        return found[0]

    def called(self, text: str) -> tuple[RosterKey, ...]:
        """Return the keys, ended ones too, whose holder has this name or whose id starts so."""
        return tuple(
            key
            for key in self.roster
            if self.names.get(key.key.kid) == text or (text and key.key.kid.startswith(text))
        )

    @property
    def one_person(self) -> bool:
        """Whether nobody but one person can vouch for anything here."""
        return len(self.valid()) < 2


class RosterCache:
    """The roster as it stands under the write lock, read again only when the desk's item grew."""

    def __init__(self, read: Callable[[], Roster]) -> None:
        self._read = read
        self._known: tuple[bytes, Roster] | None = None

    def under(self, writer: LedgerWriter) -> Roster | None:
        """Return the roster for the next entry; None while the log is empty."""
        if not writer.size():
            return None
        # Every key record is an entry of the desk's own item, so the roster is that of its head.
        head = writer.item_heads([DESK_ITEM]).get(DESK_ITEM)
        if head is None:
            raise DeskCorrupt("this log has entries and no genesis")
        known = self._known
        if known is None or known[0] != head.leaf_hash:
            known = self._known = (head.leaf_hash, self._read())
        return known[1]


def require_counting(roster: Roster, kid: str, seq: int) -> RosterKey:
    """Return the key of this id if it may sign the entry at `seq`.

    Raises:
        Refused: it is not enrolled, or it has ended.
    """
    key = roster.find(kid)
    if key is None or key.enrolled >= seq:
        raise Refused("this key may not sign here: an admin enrols it first (`prov key enrol`)")
    if not key.valid_at(seq):
        raise Refused(f"this key ended at entry {key.ended} and signs no more")
    return key


def read_keepers(origin: str, entries: Sequence[OpenedEntry], *, size: int) -> Keepers:
    """Read roster and names from the desk's own entries, in order.

    Raises:
        DeskCorrupt: the log does not begin with a genesis that stands.
    """
    roster = Roster(origin)
    names: dict[str, str] = {}
    for opened in entries:
        if opened.type not in KEY_TYPES:
            continue
        before = {key.key.kid for key in roster}
        fault = roster.feed(opened.seq, opened.entry, opened.fields)
        if fault and opened.seq == 0:
            raise DeskCorrupt(f"the first entry of this desk does not stand: {fault}")
        added = [key.key.kid for key in roster if key.key.kid not in before]
        names.update(_names(opened, added, names))
    return Keepers(roster=roster, names=names, size=size)


def genesis_record(log_signer: Signer, *, origin: str, admin: Signer, name: str) -> NewRecord:
    """Compose entry 0: the origin, the log key and the first admin."""
    fields = genesis_fields(log_note_key(origin, log_signer), None, [(admin, name)])
    return NewRecord(item=DESK_ITEM, type="log.genesis", fields=fields)


def log_note_key(origin: str, log_signer: Signer) -> NoteKey:
    """Return the key under which the log's checkpoints verify."""
    return note_key(origin, ED25519, log_signer.public_key)


def _names(
    opened: OpenedEntry, added: Sequence[str], known: Mapping[str, str]
) -> Mapping[str, str]:
    fields = ["person"] if opened.type != "log.genesis" else ["person_1", "person_2"]
    values = [opened.fields.get(field) for field in fields]
    if opened.type == "key.rotated":
        # Else whoever rotates could countersign what the old key signed, as a second person.
        values = [known.get(opened.kid)]
    return {kid: value for kid, value in zip(added, values, strict=False) if isinstance(value, str)}
