"""Entries, tiles and views made of arbitrary bytes: the store must not care what is in them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from provenance.ports import LedgerWriter, NewEntry, SealedDisclosure
from provenance.views import ExemplarView, ItemView, OccurrenceView, View
from provenance_store.database import Database

YEAR = 2026


def digest(label: str) -> bytes:
    """Return 32 bytes that differ for every label."""
    return hashlib.sha256(label.encode()).digest()


def item_id(label: str) -> bytes:
    """Return 16 bytes that differ for every label."""
    return digest(label)[:16]


def sealed(label: str, subject: str = "desk") -> SealedDisclosure:
    """Return a sealed disclosure of 118 arbitrary bytes."""
    return SealedDisclosure(
        digest=digest(f"digest {label}"),
        subject=subject,
        sealed=(digest(label) * 4)[:118],
    )


def new_entry(
    label: str,
    *,
    item: str = "item",
    n: int = 0,
    kind: str = "note",
    hidden: int = 0,
    subject: str = "desk",
    views: tuple[View, ...] = (),
) -> NewEntry:
    """Return an entry with `hidden` disclosures."""
    leaf = f"leaf {label}".encode()
    return NewEntry(
        leaf=leaf,
        leaf_hash=hashlib.sha256(b"\0" + leaf).digest(),
        item=item_id(item),
        n=n,
        type=kind,
        disclosures=tuple(sealed(f"{label} {i}", subject) for i in range(hidden)),
        views=views,
    )


def arrival(seq: int, *, item: str | None = None, data: str | None = None) -> NewEntry:
    """Return an `item.received` entry for position `seq`, with all three kinds of view."""
    name = item or f"item {seq}"
    sha256 = digest(data or f"data {seq}")
    views: tuple[View, ...] = (
        ItemView(item=item_id(name), year=YEAR, number=seq + 1, first_seq=seq),
        ExemplarView(sha256=sha256, item=item_id(name), size=seq * 10, seq=seq),
        OccurrenceView(seq=seq, item=item_id(name), sha256=sha256, mark=digest(f"mark {seq}")[:16]),
    )
    return new_entry(f"arrival {seq}", item=name, kind="item.received", hidden=5, views=views)


def append(writer: LedgerWriter, entries: Sequence[NewEntry]) -> None:
    """Append entries with one tile that says how many there are then."""
    writer.append(entries, {(0, 0): digest(f"tile {writer.size() + len(entries)}")})


def open_database(address: str, *, lock_timeout: float = 30.0) -> Database:
    """Open the database that a test or its child process was told of."""
    if address.startswith("postgresql"):
        return Database.postgres(address, lock_timeout=lock_timeout)
    return Database.sqlite(Path(address), lock_timeout=lock_timeout)
