"""From arrivals to custody records: what a batch of received bytes becomes in the ledger.

Rules, for each arrival:
  1. bytes that some item already holds are a further occurrence of that item, never a second item;
  2. new bytes make a new item with the next accession number, or, where the caller named an item,
     a further exemplar of that item; bytes that ANOTHER item holds are then refused;
  3. a member of a container is `item.split` and names the item it was taken out of; every file is
     `item.received`;
  4. what a mail says a part is, is kept beside it as its sender's word;
  5. source handle and channel are sealed under the source's own key, everything else under the
     item's, so that a source can be forgotten without forgetting the document.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from provenance.errors import Refused
from provenance.examine.identify import identify_bytes
from provenance.instants import format_instant
from provenance.intake.arrivals import Arrival
from provenance.journal.appending import Batch
from provenance.records import HiddenField, Json, NewRecord
from provenance.signatures.text import tame

MAX_DECLARED: Final = 255  # characters; RFC 6838 section 4.2: 127 on either side of the slash


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """What the person at intake says about everything that arrives in one run."""

    source: str | None = None
    """Opaque handle such as S-7; never a name."""
    channel: str | None = None
    form: str = "native"
    """native, scan, photo or print: what kind of copy this is."""
    item: bytes | None = None
    """Add what arrives to this item instead of making new ones."""
    note: str | None = None
    occurred_at: datetime | None = None
    """UTC instant of the arrival itself, where it was not now; None = when the entry was signed."""
    examine: bool = True
    unpack: bool = True
    origin: Json = None
    """Where another desk's log records that it gave this; None = it came from no other desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What one arrival became."""

    item: bytes
    accession: str | None
    """None where the item existed before."""
    sha256: bytes
    size: int
    """Bytes."""
    seq: int
    new_bytes: bool
    """False: a further occurrence of bytes the desk already held."""
    name: str


class Registrar:
    """Turns arrivals into records; remembers the items of containers that are still open."""

    def __init__(self, options: IngestOptions, random: Callable[[int], bytes]) -> None:
        self._options = options
        self._random = random
        self._parents: dict[int, tuple[bytes, bytes]] = {}

    def enter(self, batch: Batch, arrivals: Sequence[Arrival], now: datetime) -> list[Receipt]:
        """Add the records of these arrivals to a batch.

        Raises:
            Refused: bytes were to join an item while another holds them.
        """
        digests = [arrival.received.digests.sha256 for arrival in arrivals]
        holders = dict(batch.writer.holders(list(dict.fromkeys(digests))))
        number = batch.writer.accessions(now.year)
        receipts: list[Receipt] = []
        for arrival in arrivals:
            sha256 = arrival.received.digests.sha256
            held = holders.get(sha256)
            accession = None
            if held is None and self._options.item is None:
                number += 1
                accession = f"{now.year}-{number:04d}"
            item = self._item(held, accession)
            holders[sha256] = item
            record = self._record(arrival, item, accession=accession, new=held is None)
            seq = batch.add(record)
            self._remember(arrival, item)
            receipts.append(
                Receipt(
                    item=item,
                    accession=accession,
                    sha256=sha256,
                    size=arrival.received.size,
                    seq=seq,
                    new_bytes=held is None,
                    name=_name(arrival),
                )
            )
        return receipts

    def _item(self, held: bytes | None, accession: str | None) -> bytes:
        wanted = self._options.item
        if held is not None and wanted is not None and held != wanted:
            raise Refused("another item holds these very bytes; an exemplar belongs to one item")
        if accession is not None:
            return self._random(16)
        return held or wanted or self._random(16)

    def _remember(self, arrival: Arrival, item: bytes) -> None:
        if arrival.parent is None:
            # A new top-level file: no member of an earlier container can follow it.
            self._parents.clear()
        self._parents[arrival.index] = (item, arrival.received.digests.sha256)

    def _record(
        self, arrival: Arrival, item: bytes, *, accession: str | None, new: bool
    ) -> NewRecord:
        own = f"item:{item.hex()}"
        fields = [
            HiddenField(name="document", value=_document(arrival), subject=own),
            HiddenField(name="label", value=self._label(arrival, accession, new), subject=own),
            HiddenField(name="name", value=_names(arrival), subject=own),
            HiddenField(name="arrival", value=self._arrival(arrival), subject=own),
        ]
        source = self._source()
        if source:
            subject = f"source:{self._options.source}" if self._options.source else own
            fields.append(HiddenField(name="source", value=source, subject=subject))
        if arrival.parent is not None:
            fields.append(HiddenField(name="parent", value=self._parent(arrival), subject=own))
        if arrival.claim is not None:
            fields.append(HiddenField(name="claim", value=str(arrival.claim), subject=own))
        if self._options.origin is not None:
            fields.append(HiddenField(name="origin", value=self._options.origin, subject=own))
        if self._options.note:
            fields.append(HiddenField(name="note", value=self._options.note, subject=own))
        kind = "item.received" if arrival.parent is None else "item.split"
        return NewRecord(item=item, type=kind, fields=tuple(fields))

    def _label(self, arrival: Arrival, accession: str | None, new: bool) -> Json:  # private
        found = identify_bytes(arrival.received.head, name=_name(arrival))
        label: dict[str, Json] = {
            "exemplar": new,
            "form": self._options.form,
            "media_type": found.media_type,
        }
        if accession is not None:
            label["accession"] = accession
        return label

    def _arrival(self, arrival: Arrival) -> Json:
        value: dict[str, Json] = {}
        if arrival.mark is not None:
            value["mark"] = arrival.mark.hex()
        if self._options.occurred_at is not None:
            value["occurred_at"] = format_instant(self._options.occurred_at)
        if arrival.received.candidate is not None:
            value["modified_ns"] = str(arrival.received.candidate.mtime_ns)
        return value

    def _source(self) -> dict[str, Json]:
        given = {"handle": self._options.source, "channel": self._options.channel}
        return {key: value for key, value in given.items() if value is not None}

    def _parent(self, arrival: Arrival) -> Json:
        if arrival.parent is None:
            return None
        item, sha256 = self._parents[arrival.parent.arrival]
        value: dict[str, Json] = {
            "item": item.hex(),
            "sha256": sha256.hex(),
            "member": arrival.parent.member,
            "position": arrival.parent.position,
        }
        if arrival.parent.declared is not None:
            value["declared"] = tame(arrival.parent.declared, MAX_DECLARED)
        return value


def _document(arrival: Arrival) -> Json:
    digests = arrival.received.digests
    return {
        "sha256": digests.sha256.hex(),
        "sha512": digests.sha512.hex(),
        "blake3": digests.blake3.hex(),
        "size": digests.size,
    }


def _names(arrival: Arrival) -> Json:
    return {
        "name": _name(arrival),
        "path": arrival.place.relative,
        "members": list(arrival.place.members),
    }


def _name(arrival: Arrival) -> str:
    path = arrival.place.members[-1] if arrival.place.members else arrival.place.relative
    return path.rpartition("/")[2] or path
