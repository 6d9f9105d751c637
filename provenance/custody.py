"""What passes an item from hand to hand: the records of custody, and the rules of a hand-over.

Rules for a hand-over, in order; the first that fails refuses the act:
  1. an offer names an enrolled receiver other than the giver, a purpose, a means and the digests of
     every exemplar as re-read at that moment;
  2. one open offer per item at a time;
  3. only the named receiver accepts or refuses, and cites the offer's leaf hash;
  4. an acceptance carries the digests that the receiver's side re-read; if they differ from the
     offer's, the acceptance is recorded as one that found a difference, never silently.
An offer by somebody who does not hold the item is taken, because a holder may be gone or have lost
the key, and remarked on wherever the chain is told (`provenance.custody_chain`). A hand-over says
who answered for the bytes; it does not say that nobody else saw them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from provenance.errors import Refused
from provenance.holding import answers
from provenance.journal.reading import OpenedEntry
from provenance.ledger.base64text import encode_base64url
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer that waits for an answer."""

    record: OpenedEntry
    to: str
    """Key id of the named receiver."""
    digests: tuple[str, ...]
    """SHA-256 hex of each exemplar when it was offered, sorted."""


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


def open_offer(records: Iterable[OpenedEntry]) -> Offer | None:
    """Return the item's offer that nobody answered yet, if any."""
    pending: Offer | None = None
    for record in records:
        if record.type == "transfer.offered":
            pending = Offer(
                record=record,
                to=record.text("transfer", "to") or "",
                digests=digests_in(record.fields.get("digests")),
            )
        elif pending is not None and answers(record, pending.record):
            pending = None
    return pending


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


def _record(item: bytes, kind: str, **fields: Json) -> NewRecord:
    subject = f"item:{item.hex()}"
    return NewRecord(
        item=item,
        type=kind,
        fields=tuple(HiddenField(name=k, value=v, subject=subject) for k, v in fields.items()),
    )


def _hex_list(digests: Sequence[str]) -> list[Json]:
    return [*sorted(digests)]


def digests_in(value: Json) -> tuple[str, ...]:
    """Return the digests of a record's field; none where they cannot be read."""
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()
