"""The chain of custody of one item, told from its records.

Told in the order of the ledger, not of anybody's clock; who holds the item by that order is said
in `provenance.holding`. What a reader must not miss is remarked on: offers not answered, refused,
or made by somebody who does not hold the item; acceptances that found other bytes; fields that are
gone, though nobody erased them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from provenance.acts.erased import NOTHING, Erasures, deleted_fields, erased_by
from provenance.custody import Offer, digests_in, open_offer
from provenance.custody_words import endorsement_in, say_record
from provenance.holding import CLOSED, accepted_abroad, holder_of
from provenance.journal.reading import OpenedEntry
from provenance.ledger.base64text import encode_base64url


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyEvent:
    """One line of the custody log."""

    seq: int
    type: str
    claimed_at: datetime
    """UTC, as the signer's clock had it; the ledger's order is what counts."""
    who: str
    """Name of the key's holder as enrolled, or the key's id."""
    sentence: str
    digests_agree: bool | None
    """For an acceptance: did the re-read bytes match the offer? None where nothing was compared."""
    erased: int | None = None
    """Entry that erased something of this one; None if nothing was. Withheld is another thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The custody of one item."""

    events: tuple[CustodyEvent, ...]
    holder: str
    """Who answers for the item now: the last to receive it."""
    open_offer: Offer | None
    remarks: tuple[str, ...]
    """What a reader must not miss: open and refused offers, acceptances that found a difference."""


def chain_of(
    records: Sequence[OpenedEntry], *, names: Mapping[str, str], erasures: Erasures = NOTHING
) -> Chain:
    """Tell an item's custody from its custody records in ledger order.

    Args:
        records: the item's records of `CUSTODY_TYPES`, in order of `n`.
        names: key id -> enrolled name.
        erasures: what was erased, and by which entry.
    """
    offers = {encode_base64url(r.leaf_hash): r for r in records if r.type == "transfer.offered"}
    told = (_event(record, offers, names) for record in records)
    events = tuple(
        _say_erased(event, erased_by(record.entry, erasures))
        for record, event in zip(records, told, strict=True)
    )
    pending = open_offer(records)
    holder, strange = holder_of(records, names)
    return Chain(
        events=events,
        holder=holder,
        open_offer=pending,
        remarks=(
            *_remarks(records, events, offers, pending, names),
            *strange,
            *_gone(records, erasures),
        ),
    )


def _remarks(
    records: Sequence[OpenedEntry],
    events: Sequence[CustodyEvent],
    offers: Mapping[str, OpenedEntry],
    pending: Offer | None,
    names: Mapping[str, str],
) -> Iterable[str]:
    if pending is not None:
        to = names.get(pending.to, pending.to.replace("desk:", "desk ", 1))
        yield f"entry {pending.record.seq}: offered to {to}, not answered yet"
    for record, event in zip(records, events, strict=True):
        yield from _record_remarks(record, event, offers)
        if event.digests_agree is False:
            yield f"entry {record.seq}: the bytes were not those that were offered or received"


def _gone(records: Sequence[OpenedEntry], erasures: Erasures) -> Iterable[str]:
    for record in records:
        if not record.listed and not record.closed:
            yield f"entry {record.seq}: the list of its fields is gone; run `prov audit`"
        if names := deleted_fields(record, erasures):
            yield f"entry {record.seq}: {', '.join(names)} deleted, though not erased"


def _record_remarks(
    record: OpenedEntry, event: CustodyEvent, offers: Mapping[str, OpenedEntry]
) -> Iterable[str]:
    if record.type == "transfer.refused":
        yield f"entry {record.seq}: {event.who} refused the hand-over"
    if record.type == CLOSED and not accepted_abroad(record):
        yield f"entry {record.seq}: the other desk refused the hand-over"
    if record.type == "transfer.accepted":
        offer = offers.get(str(record.fields.get("offer")))
        if "foreign" in record.fields:
            log = record.text("foreign", "log") or "not stated"
            yield f"entry {record.seq}: accepted by {event.who} from another desk, log {log}"
        elif offer is None:
            yield f"entry {record.seq}: accepted by {event.who} without an offer"
        elif offer.text("transfer", "to") != record.kid:
            yield f"entry {record.seq}: accepted by {event.who}, who was not the receiver"
    if record.type == "endorsed" and (fault := endorsement_in(record)[1]):
        yield f"entry {record.seq}: the endorsement does not hold: {fault}"


def _event(
    record: OpenedEntry, offers: Mapping[str, OpenedEntry], names: Mapping[str, str]
) -> CustodyEvent:
    agree: bool | None = None
    offer = offers.get(str(record.fields.get("offer")))
    if record.type == "transfer.accepted" and offer is not None:
        agree = digests_in(offer.fields.get("digests")) == digests_in(record.fields.get("digests"))
    elif record.type == "transfer.accepted" and "foreign" in record.fields:
        agree = True  # such an acceptance is recorded for exactly the offered bytes, or not at all
    if record.type == "fixity.checked":
        result = record.fields.get("result")
        agree = isinstance(result, dict) and result.get("agree") is True
    return CustodyEvent(
        seq=record.seq,
        type=record.type,
        claimed_at=record.claimed_at,
        who=names.get(record.kid, record.kid),
        sentence=say_record(record, agree=agree, names=names),
        digests_agree=agree,
    )


def _say_erased(event: CustodyEvent, by: int | None) -> CustodyEvent:
    if by is None:
        return event
    said = f"{event.sentence} (source erased, see entry {by})"
    return replace(event, sentence=said, erased=by)
