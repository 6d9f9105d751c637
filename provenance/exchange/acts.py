"""Hand-over between two desks: offer, accept or refuse, close.

  giver     `offer_to_desk`    re-reads the bytes, records the offer, gives the offer file
  receiver  `accept_offer`     checks the file, reads the documents, takes them in, records the
                               acceptance and gives the answer file; `refuse_offer` likewise
  giver     `close_offer`      checks the answer and records it: both logs now cite one another

Rules: an offer is bound to the digests of every copy as re-read; an acceptance stands only for
exactly those bytes; an offer is answered once; running an act again gives its file again. An answer
must cite the offer by leaf hash, and a checkpoint of the giver's own log. Where the offer names the
receiver's log key, no other log can answer it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provenance import custody
from provenance.acts import handing, ingesting
from provenance.acts.handles import require_no_handle
from provenance.acts.receiving import IngestOptions
from provenance.acts.workbench import Workbench
from provenance.custody import CUSTODY_TYPES
from provenance.errors import CheckFailed, NotFound, Refused, UsageError
from provenance.evidence import BlobState, found_digests, reread, reread_all
from provenance.exchange.checking import ForeignEvent, check_exchange
from provenance.exchange.file import ANSWER, OFFER, parse_exchange
from provenance.exchange.packing import pack_event
from provenance.journal.appending import Batch
from provenance.journal.keeping import log_note_key
from provenance.journal.reading import OpenedEntry
from provenance.ledger.base64text import encode_base64url
from provenance.ledger.checkpoint import read_checkpoint
from provenance.ledger.note import parse_vkey
from provenance.ledger.tiles import root_at
from provenance.records import DESK_ITEM, HiddenField, Json, NewRecord

DESK: Final = "desk:"
"""Beginning of `to` in an offer to another desk."""
CLOSED: Final = "transfer.closed"
_OFFER_FIELDS: Final = ("transfer", "digests")
_ANSWER_FIELDS: Final = ("foreign", "answer", "digests")
_ANSWERS: Final = ("transfer.accepted", "transfer.refused")
MAX_NAME: Final = 200  # characters of the other desk's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What an act recorded, and the file that goes to the other desk."""

    seq: int
    item: bytes
    """16 bytes; DESK_ITEM for a refusal, which takes no item in."""
    file: bytes
    other: str
    """The other log's key; empty for an offer. Compare it with the other desk by another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How an offer to another desk ended."""

    seq: int
    item: bytes
    accepted: bool
    reason: str
    other: str
    """Key of the log that answered."""


def offer_to_desk(
    bench: Workbench, item: bytes, *, to: str, purpose: str, means: str, log_key: str | None = None
) -> Sent:
    """Record an offer to another desk and return its file; the same offer again gives it again.

    Args:
        bench: a desk opened with a key.
        item: 16 bytes.
        to: what the other desk is called here.
        purpose: what for.
        means: how the documents travel.
        log_key: the other desk's log key, where it is known: no other log can then answer.

    Raises:
        UsageError: an empty or overlong name.
        Refused: an offer is open already, or a text names a source of this desk.
        CheckFailed: the bytes are not those that were received.
    """
    if not to.strip() or len(to) > MAX_NAME:
        raise UsageError(f"the other desk needs a name of at most {MAX_NAME} characters")
    require_no_handle(bench, [to, purpose, means])
    fixities = list(reread_all(bench.parts.blobs, bench.holdings(item)))
    if any(fixity.state is not BlobState.SAME for fixity in fixities):
        raise CheckFailed("the bytes are no longer those that were received; run `prov audit`")
    transfer: dict[str, Json] = {"to": DESK + to, "purpose": purpose, "means": means}
    if log_key is not None:
        transfer["log_key"] = parse_vkey(log_key).vkey()
    digests = sorted(found_digests(fixities))
    record = _record(item, "transfer.offered", transfer=transfer, digests=[*digests])

    def compose(batch: Batch) -> int:
        pending = handing.open_offer(bench, item)
        if pending is None:
            return batch.add(record)
        fields = pending.record.fields
        if (fields.get("transfer"), fields.get("digests")) == (transfer, digests):
            return pending.record.seq  # the very same offer: its file is given again
        raise Refused("an offer of this item is open already; it must be answered first")

    seq = bench.append(compose)
    file = pack_event(bench, seq, kind=OFFER, fields=_OFFER_FIELDS)
    return Sent(seq=seq, item=item, file=file, other="")


def accept_offer(
    bench: Workbench, data: bytes, *, documents: Sequence[Path], log_key: str | None = None
) -> Sent:
    """Accept an offer of another desk; running it again gives the same answer again.

    Args:
        bench: a desk opened with a key.
        data: the offer file.
        documents: files that came with it; none if this desk holds the bytes already.
        log_key: the giver's log key, where it is known.

    Raises:
        Malformed: not an offer file.
        CheckFailed: something in it does not hold, or the documents are not those offered.
        Refused: it was refused before, or other items hold these bytes.
    """
    event = _offer_of(bench, data, log_key)
    digests = _digests(event)
    answered = _answered(bench, event)
    if answered is None:
        _take_in(bench, event, digests, documents)
    item = _holder(bench, digests)
    if answered is None:
        again = [reread(bench.parts.blobs, bytes.fromhex(each)) for each in digests]
        if found_digests(again) != digests:
            raise CheckFailed("the bytes on this desk are not those offered; run `prov audit`")
        seq = _answer(bench, event, data, item=item, kind="transfer.accepted", digests=digests)
    else:
        seq = _same_answer(answered, "transfer.accepted")
    return _sent(bench, seq, item, event)


def refuse_offer(bench: Workbench, data: bytes, *, reason: str, log_key: str | None = None) -> Sent:
    """Refuse an offer of another desk; nothing is taken in.

    Raises:
        Malformed: not an offer file.
        CheckFailed: something in it does not hold.
        Refused: it was accepted before, or the reason names a source of this desk.
    """
    require_no_handle(bench, [reason])
    event = _offer_of(bench, data, log_key)
    answered = _answered(bench, event)
    if answered is None:
        seq = _answer(
            bench, event, data, item=DESK_ITEM, kind="transfer.refused", digests=(), reason=reason
        )
    else:
        seq = _same_answer(answered, "transfer.refused")
    return _sent(bench, seq, DESK_ITEM, event)


def close_offer(bench: Workbench, data: bytes, *, log_key: str | None = None) -> Closed:
    """Record another desk's answer to an offer of ours.

    Raises:
        Malformed: not an answer file.
        CheckFailed: it does not hold, or answers no offer of this log.
        Refused: the offer is answered already.
    """
    event = _event(data, ANSWER, _ANSWERS, log_key)
    ours = _own_offer(bench, event)
    item, accepted = ours.entry.item, event.entry.type == "transfer.accepted"
    if accepted and _texts(event.fields.get("digests")) != _texts(ours.fields.get("digests")):
        raise CheckFailed("the answer accepts other bytes than were offered")
    answer = event.fields.get("answer")
    given = answer.get("reason") if isinstance(answer, dict) else None
    reason = given if isinstance(given, str) else ""
    record = _record(
        item,
        CLOSED,
        offer=encode_base64url(ours.leaf_hash),
        foreign=event.reference(),
        answer={"accepted": accepted, "reason": reason},
        evidence=data.decode("utf-8"),
    )

    def compose(batch: Batch) -> int:
        pending = custody.open_offer(bench.entries(item, CUSTODY_TYPES))
        if pending is None or pending.record.leaf_hash != ours.leaf_hash:
            raise Refused("this offer is answered already")
        return batch.add(record)

    seq = bench.append(compose)
    return Closed(seq=seq, item=item, accepted=accepted, reason=reason, other=event.log_key.vkey())


def _offer_of(bench: Workbench, data: bytes, log_key: str | None) -> ForeignEvent:
    event = _event(data, OFFER, ("transfer.offered",), log_key)
    transfer = event.fields.get("transfer")
    to = transfer.get("to") if isinstance(transfer, dict) else None
    if not isinstance(to, str) or not to.startswith(DESK):
        raise CheckFailed("this offer is not made to another desk")
    own = log_note_key(bench.parts.origin, bench.parts.log_signer)
    if event.log_key.name == own.name:
        raise Refused("this offer was made by this very desk")
    meant = transfer.get("log_key") if isinstance(transfer, dict) else None
    if meant is not None and meant != own.vkey():
        raise CheckFailed("this offer names another desk's log key; it is not for this desk")
    return event


def _event(data: bytes, kind: str, types: Sequence[str], log_key: str | None) -> ForeignEvent:
    file = parse_exchange(data)
    if file.kind != kind:
        raise CheckFailed(f"the file is no {kind}, but an {file.kind}")
    event = check_exchange(file, log_key=log_key)
    if event.entry.type not in types:
        raise CheckFailed(f"the file's entry is of type {event.entry.type}, which is no {kind}")
    return event


def _digests(event: ForeignEvent) -> list[str]:
    digests = _texts(event.fields.get("digests"))
    if not digests or any(len(d) != 64 or not set(d) <= set("0123456789abcdef") for d in digests):
        raise CheckFailed("the offer names no digests")
    return list(digests)


def _take_in(
    bench: Workbench, event: ForeignEvent, digests: Sequence[str], documents: Iterable[Path]
) -> None:
    found = {_sha256(path): path for path in documents}
    held = {digest for digest in digests if bench.parts.views.find(digest)}
    missing = [digest for digest in digests if digest not in found and digest not in held]
    if missing:
        raise CheckFailed(f"{len(missing)} of {len(digests)} documents are not those offered")
    item: bytes | None = None
    for digest in digests:
        if digest in found:
            options = IngestOptions(
                channel="hand-over",
                item=item if digest not in held else None,
                unpack=False,
                origin=event.reference(),
            )
            done = ingesting.ingest(bench, [found[digest]], options)
            if done.failed:
                raise CheckFailed("a document could not be taken in")
        item = _holder(bench, [digest])


def _sha256(path: Path) -> str:
    import hashlib  # noqa: PLC0415 only an acceptance reads files

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NotFound(f"a document cannot be read: {error.strerror}") from error


def _holder(bench: Workbench, digests: Sequence[str]) -> bytes:
    items = {view.item for digest in digests for view in bench.parts.views.find(digest)}
    if len(items) != 1:
        raise Refused("the offered documents do not make up one item on this desk")
    return items.pop()


def _answered(bench: Workbench, event: ForeignEvent) -> OpenedEntry | None:
    """Return our record that answers this offer, if there is one."""
    cited = event.entry.leaf_hash.hex()
    items = {DESK_ITEM} | {
        view.item
        for digest in _texts(event.fields.get("digests"))
        for view in bench.parts.views.find(digest)
    }
    for item in sorted(items):
        for entry in bench.entries(item, _ANSWERS):
            if entry.text("foreign", "leaf_hash") == cited:
                return entry
    return None


def _same_answer(entry: OpenedEntry, kind: str) -> int:
    if entry.type != kind:
        raise Refused(f"this offer was answered otherwise already (entry {entry.seq})")
    return entry.seq


def _answer(
    bench: Workbench,
    event: ForeignEvent,
    data: bytes,
    *,
    item: bytes,
    kind: str,
    digests: Sequence[str],
    reason: str = "",
) -> int:
    record = _record(
        item,
        kind,
        foreign=event.reference(),
        answer={"reason": reason},
        digests=[*digests],
        evidence=data.decode("utf-8"),
    )

    def compose(batch: Batch) -> int:
        if _answered(bench, event) is not None:
            raise Refused("this offer was answered by somebody else a moment ago")
        return batch.add(record)

    return bench.append(compose)


def _sent(bench: Workbench, seq: int, item: bytes, event: ForeignEvent) -> Sent:
    file = pack_event(bench, seq, kind=ANSWER, fields=_ANSWER_FIELDS)
    return Sent(seq=seq, item=item, file=file, other=event.log_key.vkey())


def _own_offer(bench: Workbench, event: ForeignEvent) -> OpenedEntry:
    """Return the offer of ours that an answer cites."""
    cited = event.fields.get("foreign")
    own = log_note_key(bench.parts.origin, bench.parts.log_signer)
    match cited:
        case {
            "log_key": str(vkey),
            "index": int(seq),
            "leaf_hash": str(leaf),
            "checkpoint": str(n),
        }:
            pass
        case _:
            raise CheckFailed("the answer cites no offer")
    if vkey != own.vkey() or not 0 <= seq < bench.parts.ledger.size():
        raise CheckFailed("the answer cites an offer of another log")
    head = read_checkpoint(n.encode(), own).checkpoint
    if (
        head.size > bench.parts.ledger.size()
        or root_at(head.size, bench.parts.ledger.tile) != head.root
    ):
        raise CheckFailed(
            "the answer cites a checkpoint that this log never had: was it rolled back?"
        )
    (entry,) = bench.reader.opened(bench.parts.ledger.entries(seq, seq + 1, disclosures=True))
    if entry.type != "transfer.offered" or entry.leaf_hash.hex() != leaf:
        raise CheckFailed("the answer cites no offer of this log")
    _require_receiver(entry.fields, event)
    return entry


def _require_receiver(fields: Mapping[str, Json], event: ForeignEvent) -> None:
    transfer = fields.get("transfer")
    meant = transfer.get("log_key") if isinstance(transfer, dict) else None
    if meant is not None and meant != event.log_key.vkey():
        raise CheckFailed("the answer comes from another log than the offer was made to")


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _record(item: bytes, kind: str, **fields: Json) -> NewRecord:
    subject = "desk" if item == DESK_ITEM else f"item:{item.hex()}"
    return NewRecord(
        item=item,
        type=kind,
        fields=tuple(HiddenField(name=k, value=v, subject=subject) for k, v in fields.items()),
    )
