"""From a record to the rows that the desk looks up: the one place where views come from.

Used when an entry is appended and again by `prov rebuild`; a test holds the two equal. Only records
of arrival make views. A record whose `document` was erased, or cannot be read as one, makes none.
"""

from collections.abc import Iterable, Mapping

from provenance.errors import DeskCorrupt
from provenance.journal.reading import OpenedEntry
from provenance.records import Json
from provenance.views import ExemplarView, ItemView, OccurrenceView, View

ARRIVALS = frozenset({"item.received", "item.split"})


def views_of(seq: int, item: bytes, kind: str, fields: Mapping[str, Json]) -> tuple[View, ...]:
    """Return the views that the entry at `seq` gives rise to; none if it is a misshapen arrival."""
    try:
        return _views_of(seq, item, kind, fields)
    except (ValueError, KeyError):
        return ()  # signed, and no arrival that can be read: the audit remarks on it


def misshapen(seq: int, item: bytes, kind: str, fields: Mapping[str, Json]) -> bool:
    """Tell whether a record of arrival has its fields, and cannot be read as one."""
    try:
        _views_of(seq, item, kind, fields)
    except (ValueError, KeyError):
        return True
    return False


def _views_of(seq: int, item: bytes, kind: str, fields: Mapping[str, Json]) -> tuple[View, ...]:
    document, label = fields.get("document"), fields.get("label")
    if kind not in ARRIVALS or not isinstance(document, dict) or not isinstance(label, dict):
        return ()
    sha256 = _digest(str(document["sha256"]))
    views: list[View] = []
    accession = label.get("accession")
    if isinstance(accession, str):
        year, number = accession.split("-")
        views.append(ItemView(item=item, year=int(year), number=int(number), first_seq=seq))
    if label.get("exemplar") is True:
        size = document["size"]
        if not isinstance(size, int):
            return ()
        if size < 0:
            raise ValueError("a document of less than nothing")
        views.append(ExemplarView(sha256=sha256, item=item, size=size, seq=seq))
    views.append(OccurrenceView(seq=seq, item=item, sha256=sha256, mark=_mark(fields)))
    return tuple(views)


def views_in(entry: OpenedEntry) -> tuple[View, ...]:
    """Return the views that an entry as read gives rise to."""
    return views_of(entry.seq, entry.entry.item, entry.type, entry.fields)


def holdings_of(arrivals: Iterable[OpenedEntry]) -> list[View]:
    """Return the exemplars and occurrences that an item's arrivals give rise to, in order."""
    found: list[View] = []
    held: set[bytes] = set()
    for view in (view for entry in arrivals for view in views_in(entry)):
        if isinstance(view, ExemplarView):
            if view.sha256 in held:
                continue  # of bytes that an item holds already, the first exemplar stays
            held.add(view.sha256)
        if not isinstance(view, ItemView):
            found.append(view)
    return found


def require_listed(view: ItemView, first: OpenedEntry | None) -> None:
    """Return if an item's row in the list is what its first arrival says.

    A label whose key was destroyed says nothing, and contradicts nothing.

    Raises:
        DeskCorrupt: it is another number, another place, or an item that never arrived.
    """
    if first is not None and (first.seq, first.entry.item) == (view.first_seq, view.item):
        label = first.fields.get("label")
        if not isinstance(label, dict) or label.get("accession") == view.accession:
            return
    raise DeskCorrupt(
        f"the list of items calls item {view.item.hex()} {view.accession}, and no entry does; "
        "run `prov audit`, then `prov rebuild`"
    )


def _digest(text: str) -> bytes:
    """Return a SHA-256. One of another length would stand for an exemplar that can never be."""
    found = bytes.fromhex(text)
    if len(found) != 32:
        raise ValueError("a digest of another length")
    return found


def _mark(fields: Mapping[str, Json]) -> bytes | None:
    arrival = fields.get("arrival")
    mark = arrival.get("mark") if isinstance(arrival, dict) else None
    return bytes.fromhex(mark) if isinstance(mark, str) else None
