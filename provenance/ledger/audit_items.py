"""The part of an audit that follows each item: its numbering, its links, its hand-overs.

`n` counts up from 0 and `prev` is the leaf hash of the item's entry before: a missing entry in the
middle shows, a missing tail does not (that takes a checkpoint held outside). An acceptance or a
refusal cites the leaf hash of an offer of the same item that is still open; an offer is answered
once, by the key that it names; nobody accepts his own. Keeps one small record an item (some 250
bytes) and one an open offer.
"""

from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64url
from provenance.ledger.entry import Entry
from provenance.ledger.findings import Detector, Findings
from provenance.ledger.keyacts import Fields
from provenance.ledger.manifest import MANIFEST, read_manifest

OFFER_FIELD: Final = "offer"
"""Hidden field of an answer: base64url of the leaf hash of the offer it answers."""
OFFERED: Final = "transfer.offered"
ACCEPTED: Final = "transfer.accepted"
REFUSED: Final = "transfer.refused"
CLOSED: Final = "transfer.closed"
FOREIGN_FIELD: Final = "foreign"
"""Hidden field of a record that cites another desk's log: {log, log_key, index, ...}."""
ANSWER_TYPES: Final = frozenset({ACCEPTED, REFUSED, CLOSED})
HANDOVER_TYPES: Final = ANSWER_TYPES | {OFFERED}
_OWN: Final = "The key that offered has accepted: a hand-over has two sides."
_ABROAD: Final = "desk:"  # how an offer names another desk, where it would name a key


@dataclass(slots=True, kw_only=True)
class _Offer:
    item: bytes
    giver: str
    seq: int
    to: str | None = None
    """Whom it names; None where that is withheld, erased or not there."""


class Items:
    """The newest entry of each item, and the offers that nobody has answered."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._heads: dict[bytes, tuple[int, bytes]] = {}
        self._offers: dict[bytes, _Offer] = {}

    def follow(self, seq: int, entry: Entry, leaf_hash: bytes) -> None:
        """Check an entry's link to its predecessor."""
        n, before = self._heads.get(entry.item, (-1, None))
        if entry.n != n + 1 or entry.prev != before:
            self._findings.flag(
                Detector.ITEM_CHAIN,
                seq,
                f"item {entry.item.hex()}",
                f"Entry {entry.n} of the item does not follow its entry {n}."
                if n >= 0
                else f"The item begins with its entry {entry.n}.",
            )
        self._heads[entry.item] = (entry.n, leaf_hash)
        if entry.type == OFFERED:
            self._offers[leaf_hash] = _Offer(item=entry.item, giver=entry.kid, seq=seq)

    def hand_over(self, seq: int, entry: Entry, leaf_hash: bytes, fields: Fields | None) -> None:
        """Take in what an offer or an answer says, once it was followed; see `answer`."""
        if entry.type != OFFERED:
            self.answer(seq, entry, fields)
            return
        transfer = (fields or {}).get("transfer")
        to = transfer.get("to") if isinstance(transfer, dict) else None
        self._offers[leaf_hash].to = to if isinstance(to, str) else None

    def answer(self, seq: int, entry: Entry, fields: Fields | None) -> None:
        """Check that an answer cites an open offer; `fields` is None if they cannot be opened."""
        self._findings.checked[Detector.HANDOVER] += 1
        affects = f"item {entry.item.hex()}"
        if fields is not None and OFFER_FIELD not in fields and FOREIGN_FIELD in fields:
            self._answer_abroad(seq, entry, fields)
            return
        if fields is None or OFFER_FIELD not in fields:
            if _names_none(fields):
                sentence = "It answers no offer, of this log or of another."
                self._findings.flag(Detector.HANDOVER, seq, affects, sentence)
                return
            self._findings.note(
                Detector.HANDOVER, seq, affects, "Which offer it answers cannot be opened any more."
            )
            return
        cited = _leaf_hash(fields)
        offer = self._offers.get(cited)
        if fault := _fault(entry, offer):
            self._findings.flag(Detector.HANDOVER, seq, affects, fault)
        if offer is None or (fault and fault != _OWN):
            return  # the offer stays open: somebody else's answer does not take it away
        del self._offers[cited]
        if entry.type == REFUSED or (entry.type == CLOSED and not _accepted(fields)):
            self._findings.note(Detector.HANDOVER, seq, affects, "A hand-over was refused.")

    def finish(self) -> None:
        """Name the offers that nobody has answered."""
        for offer in self._offers.values():
            sentence = "It offers the item, and nobody has answered."
            affects = f"item {offer.item.hex()}"
            self._findings.note(Detector.HANDOVER, offer.seq, affects, sentence)

    def _answer_abroad(self, seq: int, entry: Entry, fields: Fields) -> None:
        # A stolen key could cite a log that somebody made up: only a person knows whose log it is.
        foreign = fields[FOREIGN_FIELD]
        log = foreign.get("log_key") if isinstance(foreign, dict) else None
        if entry.type == CLOSED or not isinstance(log, str):
            sentence = "It answers no offer, of this log or of another."
            self._findings.flag(Detector.HANDOVER, seq, f"item {entry.item.hex()}", sentence)
            return
        verb = "accepts" if entry.type == ACCEPTED else "refuses"
        sentence = f"It {verb} an offer of another desk, whose log key is said to be {log}."
        self._findings.note(Detector.HANDOVER, seq, f"item {entry.item.hex()}", sentence)


def _fault(entry: Entry, offer: _Offer | None) -> str:
    if offer is None or offer.item != entry.item:
        return "It answers no open offer of this item."
    if offer.to is not None:
        abroad = offer.to.startswith(_ABROAD)
        if entry.type == CLOSED and not abroad:
            return "It closes an offer as if to another desk; that offer names a key."
        if entry.type != CLOSED and offer.to != entry.kid:
            return "The offer that it answers names another receiver."
    return _OWN if entry.type == ACCEPTED and offer.giver == entry.kid else ""


def _names_none(fields: Fields | None) -> bool:
    """Whether the entry's own list says that it was signed without naming any offer."""
    listed = read_manifest((fields or {}).get(MANIFEST))
    return listed is not None and listed.keys().isdisjoint((OFFER_FIELD, FOREIGN_FIELD))


def _accepted(fields: Fields) -> bool:
    answer = fields.get("answer")
    return isinstance(answer, dict) and answer.get("accepted") is True


def _leaf_hash(fields: Fields) -> bytes:
    value = fields[OFFER_FIELD]
    try:
        return decode_base64url(value, length=32) if isinstance(value, str) else b""
    except Malformed:
        return b""  # cites nothing: the caller flags it like any other offer that is not there
