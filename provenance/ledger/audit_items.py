"""The part of an audit that follows each item: its numbering, its links, its hand-overs.

`n` counts up from 0 and `prev` is the leaf hash of the item's entry before: a missing entry in the
middle shows, a missing tail does not (that takes a checkpoint held outside). An acceptance or a
refusal cites the leaf hash of an offer of the same item that is still open; an offer is answered
once; nobody accepts his own. Keeps one small record an item (some 250 bytes) and one an open offer.
"""

from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64url
from provenance.ledger.entry import Entry
from provenance.ledger.findings import Detector, Findings
from provenance.ledger.keyacts import Fields

OFFER_FIELD: Final = "offer"
"""Hidden field of an answer: base64url of the leaf hash of the offer it answers."""
OFFERED: Final = "transfer.offered"
ACCEPTED: Final = "transfer.accepted"
REFUSED: Final = "transfer.refused"
CLOSED: Final = "transfer.closed"
FOREIGN_FIELD: Final = "foreign"
"""Hidden field of a record that cites another desk's log: {log, log_key, index, ...}."""
ANSWER_TYPES: Final = frozenset({ACCEPTED, REFUSED, CLOSED})


class Items:
    """The newest entry of each item, and the offers that nobody has answered."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._heads: dict[bytes, tuple[int, bytes]] = {}
        self._offers: dict[bytes, tuple[bytes, str, int]] = {}

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
            self._offers[leaf_hash] = (entry.item, entry.kid, seq)

    def answer(self, seq: int, entry: Entry, fields: Fields | None) -> None:
        """Check that an answer cites an open offer; `fields` is None if they cannot be opened."""
        self._findings.checked[Detector.HANDOVER] += 1
        affects = f"item {entry.item.hex()}"
        if fields is not None and OFFER_FIELD not in fields and FOREIGN_FIELD in fields:
            self._answer_abroad(seq, entry, fields)
            return
        if fields is None or OFFER_FIELD not in fields:
            self._findings.note(
                Detector.HANDOVER, seq, affects, "Which offer it answers cannot be opened any more."
            )
            return
        cited = _leaf_hash(fields)
        item, giver, _ = self._offers.get(cited, (b"", "", 0))
        if item != entry.item:
            sentence = "It answers no open offer of this item."
            self._findings.flag(Detector.HANDOVER, seq, affects, sentence)
            return
        del self._offers[cited]
        if entry.type == ACCEPTED and giver == entry.kid:
            sentence = "The key that offered has accepted: a hand-over has two sides."
            self._findings.flag(Detector.HANDOVER, seq, affects, sentence)
        if entry.type == REFUSED or (entry.type == CLOSED and not _accepted(fields)):
            self._findings.note(Detector.HANDOVER, seq, affects, "A hand-over was refused.")

    def finish(self) -> None:
        """Name the offers that nobody has answered."""
        for item, _, seq in self._offers.values():
            sentence = "It offers the item, and nobody has answered."
            self._findings.note(Detector.HANDOVER, seq, f"item {item.hex()}", sentence)

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


def _accepted(fields: Fields) -> bool:
    answer = fields.get("answer")
    return isinstance(answer, dict) and answer.get("accepted") is True


def _leaf_hash(fields: Fields) -> bytes:
    value = fields[OFFER_FIELD]
    try:
        return decode_base64url(value, length=32) if isinstance(value, str) else b""
    except Malformed:
        return b""  # cites nothing: the caller flags it like any other offer that is not there
