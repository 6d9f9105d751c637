"""Who answers for an item now, and which answers to offers changed nothing.

Rules, in the order of the ledger:
  1. whoever took the item in holds it first;
  2. an offer is answered by the key that it names, or closed by the giver's desk where it names
     another desk; an answer by anybody else answers nothing;
  3. an offer is answered once: an acceptance that cites it again (a replay of an old offer, or one
     after a refusal) moves nothing, and is remarked on;
  4. the acceptance of an offer from abroad moves the item; that it is from abroad is told with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from provenance.journal.reading import OpenedEntry
from provenance.ledger.base64text import encode_base64url

OFFERED: Final = "transfer.offered"
ACCEPTED: Final = "transfer.accepted"
REFUSED: Final = "transfer.refused"
CLOSED: Final = "transfer.closed"
"""The giver's record of what another desk answered."""
ANSWERS: Final = frozenset({ACCEPTED, REFUSED, CLOSED})
ABROAD: Final = "desk:"
"""How an offer names another desk, where it would name a key."""


def answers(record: OpenedEntry, offer: OpenedEntry) -> bool:
    """Tell whether a record is an answer to this offer, by somebody who may give one (rule 2)."""
    if record.type not in ANSWERS:
        return False
    if record.fields.get("offer") != encode_base64url(offer.leaf_hash):
        return False
    to = receiver(offer)
    return to.startswith(ABROAD) if record.type == CLOSED else to == record.kid


def receiver(offer: OpenedEntry) -> str:
    """Return whom an offer names: a key id, or `desk:NAME`; empty where that cannot be read."""
    return offer.text("transfer", "to") or ""


def desk_named(offer: OpenedEntry) -> str:
    """Return the name of the desk that an offer is to."""
    return (receiver(offer) or "another desk").replace(ABROAD, "desk ", 1)


def accepted_abroad(record: OpenedEntry) -> bool:
    """Tell whether a closing says that the other desk accepted."""
    answer = record.fields.get("answer")
    return isinstance(answer, dict) and answer.get("accepted") is True


def answered_again(records: Iterable[OpenedEntry]) -> Iterator[OpenedEntry]:
    """Yield the answers to offers that were answered before (rule 3)."""
    offers: dict[str, OpenedEntry] = {}
    done: set[str] = set()
    for record in records:
        if record.type == OFFERED:
            offers[encode_base64url(record.leaf_hash)] = record
        cited = str(record.fields.get("offer"))
        if record.type in ANSWERS and cited in done:
            yield record
        elif cited in offers and answers(record, offers[cited]):
            done.add(cited)


def holder_of(records: Sequence[OpenedEntry], names: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return who holds an item, and what was strange on the way.

    Args:
        records: the item's custody records in ledger order.
        names: key id -> enrolled name.
    """
    holder, strange = "", []
    again = {record.seq for record in answered_again(records)}
    offers: dict[str, OpenedEntry] = {}
    for record in records:
        by = names.get(record.kid, record.kid)
        if record.type == OFFERED:
            offers[encode_base64url(record.leaf_hash)] = record
            if by != holder:
                strange.append(f"entry {record.seq}: offered by {by}, while {holder} held it")
        if record.type in {"item.received", "item.split"} and not holder:
            holder = by
        offer = offers.get(str(record.fields.get("offer")))
        if record.seq in again:
            strange.append(f"entry {record.seq}: {by} answered an offer that was answered before")
        elif record.type in ANSWERS and offer is not None:
            holder, said = _moved(record, offer, holder, names)
            strange += said
        elif record.type == ACCEPTED and offer is None and "foreign" in record.fields:
            holder = by
    return holder, strange


def _moved(
    record: OpenedEntry, offer: OpenedEntry, holder: str, names: Mapping[str, str]
) -> tuple[str, list[str]]:
    by, here = names.get(record.kid, record.kid), f"entry {record.seq}"
    if record.type == CLOSED and not receiver(offer).startswith(ABROAD):
        return holder, [f"{here}: closed as if offered to a desk; it was not"]
    if record.type == REFUSED and not answers(record, offer):
        return holder, [f"{here}: refused by {by}, who was not the receiver"]
    if not answers(record, offer) or record.type == REFUSED:
        return holder, []
    if record.type == CLOSED:
        return (desk_named(offer) if accepted_abroad(record) else holder), []
    if by == names.get(offer.kid, offer.kid):
        return by, [f"{here}: {by} handed it to a key of the same person"]
    return by, []
