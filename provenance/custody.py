"""The chain of custody of one item, as its records tell it.

Rules for a hand-over, in order; the first that fails refuses the act:
  1. an offer names an enrolled receiver other than the giver, a purpose, a means and the digests of
     every exemplar as re-read at that moment;
  2. one open offer per item at a time;
  3. only the named receiver accepts or refuses, and cites the offer's leaf hash;
  4. an acceptance carries the digests that the receiver's side re-read; if they differ from the
     offer's, the acceptance is recorded as one that found a difference, never silently.
An offer by somebody who does not hold the item is taken, because a holder may be gone or have lost
the key, and remarked on wherever the chain is told.
The chain is told in the order of the ledger, not of anybody's clock. A hand-over says who answered
for the bytes; it does not say that nobody else saw them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from provenance.acts.erased import NOTHING, Erasures, deleted_fields, erased_by
from provenance.errors import Malformed, Refused
from provenance.journal.reading import OpenedEntry
from provenance.ledger.base64text import encode_base64url
from provenance.ledger.endorsement import Endorsement, read_endorsement
from provenance.records import HiddenField, Json, NewRecord

CUSTODY_TYPES: Final = (
    "item.received",
    "item.split",
    "transfer.offered",
    "transfer.accepted",
    "transfer.refused",
    "transfer.closed",
    "accessed",
    "copied",
    "redacted",
    "fixity.checked",
    "exported",
    "disposed",
    "note",
    "endorsed",
)
CLOSED: Final = "transfer.closed"
"""The giver's record of what another desk answered."""
ANSWERS: Final = frozenset({"transfer.accepted", "transfer.refused", CLOSED})


RECOVERED: Final = "recovered from a later state"
"""How the sentence on an earlier state begins that was inside a later one."""


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
class Offer:
    """An offer that waits for an answer."""

    record: OpenedEntry
    to: str
    """Key id of the named receiver."""
    digests: tuple[str, ...]
    """SHA-256 hex of each exemplar when it was offered, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The custody of one item."""

    events: tuple[CustodyEvent, ...]
    holder: str
    """Who answers for the item now: the last to receive it."""
    open_offer: Offer | None
    remarks: tuple[str, ...]
    """What a reader must not miss: open and refused offers, acceptances that found a difference."""


def offer_record(
    item: bytes, *, to: str, purpose: str, means: str, digests: Sequence[str]
) -> NewRecord:
    """Compose the record of an offer; `digests` are SHA-256 hex of the exemplars as re-read now."""
    transfer: dict[str, Json] = {"to": to, "purpose": purpose, "means": means}
    return _record(item, "transfer.offered", transfer=transfer, digests=_hex_list(digests))


def answer_record(
    item: bytes, offer: Offer, *, accept: bool, digests: Sequence[str], reason: str = ""
) -> NewRecord:
    """Compose the receiver's answer; it cites the offer's leaf hash."""
    kind = "transfer.accepted" if accept else "transfer.refused"
    cited = encode_base64url(offer.record.leaf_hash)
    answer: dict[str, Json] = {"reason": reason}
    return _record(item, kind, offer=cited, answer=answer, digests=_hex_list(digests))


def access_record(item: bytes, *, purpose: str) -> NewRecord:
    """Compose the record that somebody looked at the item."""
    return _record(item, "accessed", access={"purpose": purpose})


def note_record(item: bytes, *, text: str) -> NewRecord:
    """Compose a free note on the item's custody."""
    return _record(item, "note", note={"text": text})


def fixity_record(item: bytes, *, digests: Sequence[str], agree: bool) -> NewRecord:
    """Compose the record of a re-reading of the item's bytes."""
    return _record(item, "fixity.checked", digests=_hex_list(digests), result={"agree": agree})


def open_offer(records: Iterable[OpenedEntry]) -> Offer | None:
    """Return the item's offer that nobody answered yet, if any."""
    pending: Offer | None = None
    for record in records:
        if record.type == "transfer.offered":
            pending = Offer(
                record=record,
                to=record.text("transfer", "to") or "",
                digests=_texts(record.fields.get("digests")),
            )
        elif pending is not None and record.type in ANSWERS and _answers(record, pending):
            pending = None
    return pending


def _answers(record: OpenedEntry, offer: Offer) -> bool:
    return record.fields.get("offer") == encode_base64url(offer.record.leaf_hash)


def require_answerable(offer: Offer | None, *, kid: str) -> Offer:
    """Return the offer if this key may answer it.

    Raises:
        Refused: there is no open offer, or it names somebody else.
    """
    if offer is None:
        raise Refused("no open offer: the holder offers first (`prov custody offer`)")
    if offer.to != kid:
        raise Refused("the open offer names another receiver; only they can accept or refuse it")
    return offer


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
    holder = ""
    strange: list[str] = []
    for record in records:
        by = names.get(record.kid, record.kid)
        if record.type == "transfer.offered" and by != holder:
            strange.append(f"entry {record.seq}: offered by {by}, while {holder} held it")
        if record.type in {"item.received", "item.split"} and not holder:
            holder = names.get(record.kid, record.kid)
        cited = offers.get(str(record.fields.get("offer")))
        meant = (cited.text("transfer", "to") or "") if cited else ""
        if record.type == "transfer.accepted" and cited and meant == record.kid:
            if by == names.get(cited.kid, cited.kid):
                strange.append(f"entry {record.seq}: {by} handed it to a key of the same person")
            holder = by
        if record.type == "transfer.accepted" and cited is None and "foreign" in record.fields:
            holder = by
        if record.type == CLOSED and cited and _accepted_abroad(record):
            if meant.startswith("desk:"):
                holder = _desk_named(cited)
            else:
                strange.append(f"entry {record.seq}: closed as if offered to a desk; it was not")
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
    if record.type == CLOSED and not _accepted_abroad(record):
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
    if record.type == "endorsed" and (fault := _endorsement(record)[1]):
        yield f"entry {record.seq}: the endorsement does not hold: {fault}"


def _event(
    record: OpenedEntry, offers: Mapping[str, OpenedEntry], names: Mapping[str, str]
) -> CustodyEvent:
    agree: bool | None = None
    offer = offers.get(str(record.fields.get("offer")))
    if record.type == "transfer.accepted" and offer is not None:
        agree = _texts(offer.fields.get("digests")) == _texts(record.fields.get("digests"))
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
        sentence=_sentence(record, agree=agree, names=names),
        digests_agree=agree,
    )


def _say_erased(event: CustodyEvent, by: int | None) -> CustodyEvent:
    if by is None:
        return event
    said = f"{event.sentence} (source erased, see entry {by})"
    return replace(event, sentence=said, erased=by)


def _sentence(record: OpenedEntry, *, agree: bool | None, names: Mapping[str, str]) -> str:
    """Say one custody record in plain words; an unreadable part is said to be unreadable."""
    if record.closed and not record.fields:
        return f"{record.type}: its particulars were erased or are sealed"
    words = {
        "item.received": _received,
        "item.split": _received,
        "transfer.offered": _offered,
        CLOSED: _closed,
        "endorsed": _endorsed,
    }
    said = {
        "transfer.refused": ("refused", record.text("answer", "reason")),
        "accessed": ("looked at, for", record.text("access", "purpose")),
        "note": ("note", record.text("note", "text")),
    }
    if record.type in words:
        return words[record.type](record, names)
    if record.type in said:
        verb, text = said[record.type]
        return f"{verb}: {text or 'not stated'}"
    verdict = {True: "same bytes", False: "DIFFERENT BYTES", None: "nothing compared"}[agree]
    word = {"transfer.accepted": "accepted; bytes re-read", "fixity.checked": "bytes re-read"}
    return f"{word.get(record.type, record.type)}: {verdict}"


def _accepted_abroad(record: OpenedEntry) -> bool:
    answer = record.fields.get("answer")
    return isinstance(answer, dict) and answer.get("accepted") is True


def _desk_named(offer: OpenedEntry) -> str:
    return (offer.text("transfer", "to") or "another desk").replace("desk:", "desk ", 1)


def _closed(record: OpenedEntry, _names: Mapping[str, str]) -> str:
    log = record.text("foreign", "log") or "not stated"
    if _accepted_abroad(record):
        return f"the other desk accepted, same bytes; its log {log}"
    reason = record.text("answer", "reason") or "not stated"
    return f"the other desk refused: {reason}; its log {log}"


def _received(record: OpenedEntry, _names: Mapping[str, str]) -> str:
    name = record.text("name", "name") or "(name withheld)"
    label = record.fields.get("label")
    again = isinstance(label, dict) and label.get("exemplar") is False
    source = record.text("source", "handle")
    channel = record.text("source", "channel")
    parts = ["received again" if again else "received", f"“{name}”"]
    if record.type == "item.split":
        parent = record.fields.get("parent")
        derived = isinstance(parent, dict) and parent.get("derived") is True
        parts[0] = RECOVERED if derived else "taken out of its container"
    if source:
        parts.append(f"from {source}")
    if channel:
        parts.append(f"by {channel}")
    return " ".join(parts)


def _offered(record: OpenedEntry, names: Mapping[str, str]) -> str:
    to = record.text("transfer", "to") or ""
    purpose, means = record.text("transfer", "purpose"), record.text("transfer", "means")
    to = _desk_named(record) if to.startswith("desk:") else names.get(to, to)
    return f"offered to {to} ({means or 'in person'}), for: {purpose or 'not stated'}"


def _endorsed(record: OpenedEntry, names: Mapping[str, str]) -> str:
    made, fault = _endorsement(record)
    if made is None:
        return f"an endorsement that cannot be read: {fault}"
    signature, key = made.signature, made.signature.key
    kid = made.kid()
    if kid and kid in names:
        by = f"the key of {names[kid]}"
    else:
        device = "security key, touched" if signature.flags is not None else "not enrolled"
        by = f"SSH key {key.fingerprint} ({device})"
    verdict = "DOES NOT HOLD" if fault else "the signature verifies"
    return f"entry {made.seq} endorsed with {by}: {verdict}"


def _endorsement(record: OpenedEntry) -> tuple[Endorsement | None, str]:
    try:
        made = read_endorsement(record.fields)
    except Malformed as error:
        return None, str(error)
    return made, made.fault(record.entry.log)


def _record(item: bytes, kind: str, **fields: Json) -> NewRecord:
    subject = f"item:{item.hex()}"
    return NewRecord(
        item=item,
        type=kind,
        fields=tuple(HiddenField(name=k, value=v, subject=subject) for k, v in fields.items()),
    )


def _hex_list(digests: Sequence[str]) -> list[Json]:
    return [*sorted(digests)]


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()
