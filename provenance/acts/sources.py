"""What a desk keeps about a source: an opaque handle, sealed particulars, what came from there.

Handles are letters, digits, dots, hyphens and underscores; never a name. Particulars are sealed
under the source's own key. The handle stands in no index, file name or message of this program:
what belongs to a source is found by a label derived from its key (`provenance.acts.source_labels`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provenance.acts.handles import live_handles
from provenance.acts.source_labels import HANDLE, stored_subject
from provenance.acts.workbench import Workbench
from provenance.errors import NotFound, Refused, UsageError
from provenance.journal.projecting import ARRIVALS
from provenance.journal.reading import OpenedEntry
from provenance.records import DESK_ITEM, HiddenField, Json, NewRecord
from provenance.views import ItemView

NOTED: Final = "source.noted"
MAX_NOTE: Final = 20_000  # characters: several printed pages
_HANDLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")  # as dossiers have it


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderSource:
    """One entry that holds a field of the source."""

    seq: int
    type: str
    item: bytes
    """16 bytes; zeros for entries of the desk itself."""
    accession: str | None
    """None where the entry belongs to no item that was accessioned."""
    what: str
    """In a few words; for an arrival the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCard:
    """What stands under a handle."""

    notes: tuple[str, ...]
    """Sealed particulars, oldest first."""
    entries: tuple[UnderSource, ...]
    """Every entry with a field of this source, in log order."""

    @property
    def items(self) -> tuple[str, ...]:
        """Accession numbers of the items it concerns, in order."""
        return tuple(dict.fromkeys(e.accession for e in self.entries if e.accession))

    @property
    def arrivals(self) -> int:
        """How many arrivals came from it."""
        return sum(each.type in ARRIVALS for each in self.entries)


def add_source(bench: Workbench, handle: str, *, note: str = "") -> int:
    """Record sealed particulars under a handle; returns the entry's position.

    Raises:
        UsageError: not a handle, or the note is too long.
        Refused: the note names another source.
    """
    if _HANDLE.fullmatch(handle) is None:
        # Without quoting it: what was typed here may be a name.
        raise UsageError("a handle is 3 to 64 letters, digits, dots, hyphens or underscores")
    if len(note) > MAX_NOTE:
        raise UsageError(f"a note on a source has at most {MAX_NOTE} characters")
    if live_handles(bench, [note]) - {handle}:
        raise Refused("the note names another source, and would outlive that source's erasure")
    value: dict[str, Json] = {"handle": handle, "note": note}
    field = HiddenField(name="source", value=value, subject=HANDLE + handle)
    return bench.record(NewRecord(item=DESK_ITEM, type=NOTED, fields=(field,)))[0]


def source_key(bench: Workbench, handle: str) -> tuple[str, bytes] | None:
    """Return the label of a source's rows and its key; None if the handle has no key."""
    subject = HANDLE + handle
    key = bench.parts.subject_keys.get([subject]).get(subject)
    return (stored_subject(subject, key), key) if key else None


def show_source(bench: Workbench, handle: str) -> SourceCard:
    """Return what stands under a handle.

    Raises:
        NotFound: nothing does, or it was erased.
    """
    found = source_key(bench, handle)
    rows = bench.parts.ledger.sealed_under(found[0]) if found else ()
    if not rows:
        raise NotFound("nothing stands under this handle; if something did, it was erased")
    entries = list(_entries(bench, sorted({seq for seq, _ in rows})))
    names = {view.item: view.accession for view in _views(bench, entries)}
    return SourceCard(
        notes=tuple(e.text("source", "note") or "" for e in entries if e.type == NOTED),
        entries=tuple(
            UnderSource(
                seq=entry.seq,
                type=entry.type,
                item=entry.entry.item,
                accession=names.get(entry.entry.item),
                what=_what(entry),
            )
            for entry in entries
        ),
    )


def _entries(bench: Workbench, seqs: list[int]) -> Iterator[OpenedEntry]:
    ledger = bench.parts.ledger
    for seq in seqs:
        yield from bench.reader.opened(ledger.entries(seq, seq + 1, disclosures=True))


def _views(bench: Workbench, entries: list[OpenedEntry]) -> Iterator[ItemView]:
    for item in dict.fromkeys(entry.entry.item for entry in entries):
        if item != DESK_ITEM:
            yield from bench.parts.views.find(item.hex())


def _what(entry: OpenedEntry) -> str:
    if entry.type in ARRIVALS:
        return entry.text("name", "name") or "(name sealed)"
    if entry.type == NOTED:
        return "particulars"
    return entry.text("record", "id") or entry.type
