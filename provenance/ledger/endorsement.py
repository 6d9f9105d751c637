"""Endorsements: an SSH signature under an entry that is in the log already.

For keys that cannot sign entries themselves: a FIDO2 security key signs an envelope of its own. The
record `endorsed` stands among the entries of the item it speaks of and carries, in one hidden
field, the position and leaf hash of the entry and the SSHSIG over `endorsement_message`. An
endorsement holds iff, in this order:
  1. the log's entry at that position, which is an earlier one, has that leaf hash;
  2. the SSHSIG verifies over the message, in the namespace NAMESPACE;
  3. a security key says that somebody touched it;
  4. a key that is on the roster counts at the position of the ENDORSEMENT.
It says that the holder of that key stood behind the entry. A key that is not on the roster belongs
to whoever the enrolled person who recorded it says; nothing here proves that.
"""

from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64url, encode_base64url
from provenance.ledger.findings import Detector, Findings
from provenance.ledger.keyacts import Fields
from provenance.ledger.merkle import HASH_SIZE
from provenance.ledger.roster import Roster
from provenance.ledger.sshsig import SshSignature, parse_sshsig
from provenance.ledger.tiles import TileReader
from provenance.records import HiddenField, Json, NewRecord

ENDORSED: Final = "endorsed"
NAMESPACE: Final = "provenance-desk/endorsement@v1"
_FIELD: Final = "endorsement"
_TILE: Final = 256  # leaf hashes in a full tile


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """A well-formed endorsement. It is NOT verified yet."""

    seq: int
    """Position of the entry that is endorsed."""
    leaf_hash: bytes
    """32 bytes; must be that entry's."""
    signature: SshSignature

    def fault(self, origin: str) -> str:
        """Say why the signature does not hold for this log's entry; empty if it does."""
        message = endorsement_message(origin, self.seq, self.leaf_hash)
        if not self.signature.verify(message, namespace=NAMESPACE):
            return "Its SSH signature is not one over the entry it names."
        if not self.signature.touched:
            return "Its security key signed without anybody touching it."
        return ""

    def kid(self) -> str | None:
        """Return the key's id as entries name it; None for a key on a security device."""
        return self.signature.key.point.kid if self.signature.key.application is None else None


def endorsement_message(origin: str, seq: int, leaf_hash: bytes) -> bytes:
    """Return the exact bytes that an endorser signs, readable by whoever signs them."""
    return f"{NAMESPACE}\n{origin}\n{seq}\n{leaf_hash.hex()}\n".encode()


def endorsement_record(item: bytes, endorsement: Endorsement) -> NewRecord:
    """Compose the record; `item` is that of the entry which is endorsed."""
    value: Json = {
        "seq": endorsement.seq,
        "leaf": encode_base64url(endorsement.leaf_hash),
        "signature": endorsement.signature.armor(),
    }
    field = HiddenField(name=_FIELD, value=value, subject=f"item:{item.hex()}")
    return NewRecord(item=item, type=ENDORSED, fields=(field,))


def read_endorsement(fields: Fields) -> Endorsement:
    """Return what an `endorsed` record says.

    Raises:
        Malformed: fields are missing or of another shape.
    """
    match fields.get(_FIELD):
        case {"seq": int(seq), "leaf": str(leaf), "signature": str(text), **rest} if (
            not rest and not isinstance(seq, bool) and seq >= 0
        ):
            return Endorsement(
                seq=seq,
                leaf_hash=decode_base64url(leaf, length=HASH_SIZE),
                signature=parse_sshsig(text),
            )
    raise Malformed("an endorsement without position, leaf hash and signature")


class Endorsements:
    """The part of an audit that looks at endorsements."""

    def __init__(self, origin: str, tile: TileReader, findings: Findings) -> None:
        self._origin = origin
        self._tile = tile
        self._findings = findings

    def check(self, seq: int, item: bytes, fields: Fields | None, roster: Roster) -> None:
        """Judge the endorsement at `seq`; `fields` is None if they cannot be opened."""
        self._findings.checked[Detector.ENDORSEMENT] += 1
        affects = f"item {item.hex()}"
        if not fields:
            sentence = "What it endorses cannot be opened any more."
            self._findings.note(Detector.ENDORSEMENT, seq, affects, sentence)
            return
        if fault := self._fault(seq, fields, roster):
            self._findings.flag(Detector.ENDORSEMENT, seq, affects, fault)

    def _fault(self, seq: int, fields: Fields, roster: Roster) -> str:
        try:
            endorsement = read_endorsement(fields)
        except Malformed as error:
            return f"This endorsement cannot be read: {error}."
        # The stored tile is compared with the entries by a check of its own.
        if endorsement.seq >= seq or self._leaf(endorsement.seq) != endorsement.leaf_hash:
            return f"It endorses an entry {endorsement.seq} that this log does not have."
        return endorsement.fault(self._origin) or roster_fault(endorsement, roster, seq)

    def _leaf(self, seq: int) -> bytes:
        start = seq % _TILE * HASH_SIZE
        return self._tile(0, seq // _TILE)[start : start + HASH_SIZE]


def roster_fault(endorsement: Endorsement, roster: Roster, seq: int) -> str:
    """Say why the key may not endorse at `seq`; empty if it may, or is on no roster."""
    kid = endorsement.kid()
    found = roster.find(kid) if kid else None
    if found is not None and not found.valid_at(seq):
        return "It is made with a key of this desk that did not count when it was recorded."
    return ""
