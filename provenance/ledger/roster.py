"""Who may sign: the roster of keys, decided by position in the log and by nothing else.

Rules:
  1. Entry 0 is `log.genesis`, signed by the first admin it names. It is judged by the roster it
     lays down itself; this is the only entry for which that holds.
  2. A key is valid for the entry at s iff it was enrolled before s and not revoked before s. An
     entry is always judged by the roster as it stood BEFORE it: so the entry at which a key ends
     may still be signed by that key, and no other entry shares its index. Clocks play no part.
  3. `key.enrolled`: signed by a valid admin; the new key proves possession; a kid comes once.
  4. `key.rotated`: signed by the key that ends; the new key proves possession and takes its role.
  5. `key.revoked`: signed by the key itself, or by two valid admins (the entry's signer and
     `second`); where only one admin is valid, by that one.
A key record that breaks a rule changes nothing and is reported. One whose fields were erased or
withheld cannot be judged, and changes nothing either.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.entry import Entry, verify_entry
from provenance.ledger.keyacts import (
    Fields,
    Genesis,
    read_enrolment,
    read_genesis,
    read_revocation,
    read_rotation,
    revocation_message,
)
from provenance.ledger.keys import PublicKey

KEY_TYPES: Final = frozenset({"log.genesis", "key.enrolled", "key.rotated", "key.revoked"})


class Standing(Enum):
    """Whether an entry's signature counts."""

    VALID = "valid"
    UNKNOWN_KEY = "unknown-key"
    """No key of this kid was enrolled before the entry."""
    REVOKED_KEY = "revoked-key"
    """The key ended before the entry."""
    WRONG_SIGNATURE = "wrong-signature"
    """The key was entitled; it did not sign these bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterKey:
    """A key and the stretch of the log for which it counts."""

    key: PublicKey
    role: str
    """custodian, editor, admin or auditor."""
    enrolled: int
    """Index of the entry that enrolled it; it counts for later ones."""
    ended: int | None = None
    """Index of the entry that revoked or replaced it; it counts up to that one."""
    compromised_since: int | None = None
    """Log size from which on its entries need review; None = not stated, which is not never."""

    def valid_at(self, seq: int) -> bool:
        """Tell whether it may sign the entry at `seq` (rule 2)."""
        return self.enrolled < seq and (self.ended is None or seq <= self.ended)


class Roster:
    """The keys of one log, fed with its key records in order."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._keys: dict[str, RosterKey] = {}
        self.genesis: Genesis | None = None
        """None until entry 0 was fed and stood."""

    def __iter__(self) -> Iterator[RosterKey]:
        return iter(self._keys.values())

    def find(self, kid: str) -> RosterKey | None:
        """Return the key of this kid, whether it still counts or not."""
        return self._keys.get(kid)

    def admins_at(self, seq: int) -> frozenset[str]:
        """Return the kids of the admins that are valid for the entry at `seq`."""
        return frozenset(
            kid for kid, each in self._keys.items() if each.role == "admin" and each.valid_at(seq)
        )

    def judge(self, seq: int, entry: Entry, *, signature: bool | None = None) -> Standing:
        """Tell whether the entry's signature counts at this position.

        Args:
            seq: Position of the entry.
            entry: The entry; a genesis must have been fed before.
            signature: What `verify_entry` said with the key of this very kid; None to verify here.
        """
        found = self._keys.get(entry.kid)
        if found is None or found.enrolled > seq:
            return Standing.UNKNOWN_KEY
        # Rule 1: the genesis is signed by the first admin of the roster that it founds.
        founding = seq == 0 and self.genesis is not None
        if founding and self.genesis and self.genesis.admins[0].kid != entry.kid:
            return Standing.UNKNOWN_KEY
        if not founding and not found.valid_at(seq):
            return Standing.REVOKED_KEY if found.enrolled < seq else Standing.UNKNOWN_KEY
        genuine = verify_entry(entry, found.key) if signature is None else signature
        return Standing.VALID if genuine else Standing.WRONG_SIGNATURE

    def feed(self, seq: int, entry: Entry, fields: Fields) -> str | None:
        """Take a key record in; entries of other types change nothing.

        Args:
            seq: Position of the entry.
            entry: The entry.
            fields: Its hidden fields, already matched against it.

        Returns:
            None if it stands, else one sentence on why it does not; the roster is then unchanged.
        """
        if entry.type not in KEY_TYPES:
            return None
        if (entry.type == "log.genesis") != (seq == 0):
            return "A log begins with its genesis, and has no other."
        if entry.log != self._origin:
            return "This key record belongs to another log."
        try:
            return self._take(seq, entry, fields)
        except Malformed as error:
            return f"This key record cannot be read: {error}."

    def _take(self, seq: int, entry: Entry, fields: Fields) -> str | None:
        if seq == 0:
            return self._found(entry, read_genesis(fields, self._origin))
        if self.judge(seq, entry) is not Standing.VALID:
            return "This key record is not signed by a key that was valid before it."
        if entry.type == "key.enrolled":
            return self._enrol(seq, entry, fields)
        if entry.type == "key.rotated":
            return self._rotate(seq, entry, fields)
        return self._revoke(seq, entry, fields)

    def _found(self, entry: Entry, genesis: Genesis) -> str | None:
        if not verify_entry(entry, genesis.admins[0]):
            return "The genesis is not signed by the first admin it names."
        self.genesis = genesis
        for key in genesis.admins:
            self._keys[key.kid] = RosterKey(key=key, role="admin", enrolled=0)
        return None

    def _enrol(self, seq: int, entry: Entry, fields: Fields) -> str | None:
        if entry.kid not in self.admins_at(seq):
            return "Only an admin may enrol a key."
        key, role = read_enrolment(fields, self._origin)
        return self._add(RosterKey(key=key, role=role, enrolled=seq))

    def _rotate(self, seq: int, entry: Entry, fields: Fields) -> str | None:
        old = self._keys[entry.kid]
        key, replaces = read_rotation(fields, self._origin, old.role)
        if replaces != entry.kid:
            return "A rotation is signed by the key it replaces."
        fault = self._add(RosterKey(key=key, role=old.role, enrolled=seq))
        if fault is None:
            self._keys[entry.kid] = replace(old, ended=seq)
        return fault

    def _add(self, new: RosterKey) -> str | None:
        if new.key.kid in self._keys:
            return "This key was enrolled before; a key comes once."
        log_key = self.genesis.log_key.key if self.genesis else None
        if log_key == new.key:
            return "The log's own key may not sign entries."
        self._keys[new.key.kid] = new
        return None

    def _revoke(self, seq: int, entry: Entry, fields: Fields) -> str | None:
        act = read_revocation(fields)
        target = self._keys.get(act.kid)
        if target is None or target.ended is not None:
            return "The key to be revoked is not on the roster, or has ended before."
        admins = self.admins_at(seq)
        if act.kid != entry.kid and entry.kid not in admins:
            return "Only admins, or the key itself, may revoke a key."
        if act.kid != entry.kid and len(admins) > 1:
            other, signature = act.second or ("", b"")
            message = revocation_message(self._origin, act.kid, act.compromised_since)
            if other not in admins - {entry.kid} or not self._keys[other].key.verify(
                signature, message
            ):
                return "Where there are two admins, two must sign a revocation."
        self._keys[act.kid] = replace(target, ended=seq, compromised_since=act.compromised_since)
        return None
