"""From a record to the rows that the desk looks up: the one place where views come from.

Used when an entry is appended and again by `prov rebuild`; a test holds the two equal. Only records
of arrival make views. A record whose `document` was erased makes none.
"""

from collections.abc import Mapping

from provenance.records import Json
from provenance.views import ExemplarView, ItemView, OccurrenceView, View

ARRIVALS = frozenset({"item.received", "item.split"})


def views_of(seq: int, item: bytes, kind: str, fields: Mapping[str, Json]) -> tuple[View, ...]:
    """Return the views that the entry at `seq` gives rise to."""
    document, label = fields.get("document"), fields.get("label")
    if kind not in ARRIVALS or not isinstance(document, dict) or not isinstance(label, dict):
        return ()
    sha256 = bytes.fromhex(str(document["sha256"]))
    views: list[View] = []
    accession = label.get("accession")
    if isinstance(accession, str):
        year, number = accession.split("-")
        views.append(ItemView(item=item, year=int(year), number=int(number), first_seq=seq))
    if label.get("exemplar") is True:
        size = document["size"]
        if not isinstance(size, int):
            return ()
        views.append(ExemplarView(sha256=sha256, item=item, size=size, seq=seq))
    views.append(OccurrenceView(seq=seq, item=item, sha256=sha256, mark=_mark(fields)))
    return tuple(views)


def _mark(fields: Mapping[str, Json]) -> bytes | None:
    arrival = fields.get("arrival")
    mark = arrival.get("mark") if isinstance(arrival, dict) else None
    return bytes.fromhex(mark) if isinstance(mark, str) else None
