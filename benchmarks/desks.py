"""A desk to measure on, and what is put into its log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from provenance.ledger.keys import Signer
from provenance.ledger.merkle import leaf_hash
from provenance.ledger.tiles import append_hashes
from provenance.ports import Ledger, NewEntry
from provenance.records import HiddenField, NewRecord
from provenance_store.key_files import load_signer
from provenance_store.opening import create_desk, read_settings

FIELDS: Final = 5
BATCH: Final = 500  # records appended together
ITEMS: Final = 100  # items that the events of a batch are about
FILLER: Final = 980  # bytes: as long as a signed entry of eight digests
_PAGE: Final = 10_000  # filler entries in one transaction


def make_desk(folder: Path, *, database: str = "sqlite") -> Signer:
    """Make a new desk and return its admin's key."""
    create_desk(folder, admin="ana", passphrase=None, database=database)
    return unlock(folder)


def unlock(folder: Path) -> Signer:
    """Return the only custodian's key of a desk made here."""

    def refuse(name: str) -> bytes:
        raise RuntimeError(f"the key of {name} has a passphrase")

    return load_signer(read_settings(folder).keys, None, passphrase=None, ask=refuse)


def events(start: int, count: int) -> list[NewRecord]:
    """Return records of five hidden fields each, about a hundred items."""
    return [_event(number) for number in range(start, start + count)]


def batches(start: int, count: int) -> Iterator[list[NewRecord]]:
    """Yield `count` events in batches."""
    for first in range(start, start + count, BATCH):
        yield events(first, min(BATCH, start + count - first))


def _event(number: int) -> NewRecord:
    item = (number % ITEMS + 1).to_bytes(16)
    subject = f"item:{item.hex()}"
    values = {
        "purpose": "checked against the registry extract",
        "place": {"room": "archive", "shelf": number % 40},
        "means": "in person",
        "result": {"agrees": True, "compared": ["letterhead", "stamp", "signature"]},
        "note": f"event number {number}, written down by the custodian on duty",
    }
    fields = tuple(
        HiddenField(name=name, value=value, subject=subject)  # type: ignore[arg-type]  # all JSON
        for name, value in values.items()
    )
    return NewRecord(item=item, type="note", fields=fields)


def fill_log(ledger: Ledger, count: int) -> None:
    """Bring a log to `count` entries with leaves of arbitrary bytes: only its length matters.

    The tree over them is a real one. What is appended later goes through the product's own way in.
    """
    start = ledger.size()
    for first in range(start, count, _PAGE):
        with ledger.writing() as writer:
            numbers = range(first, min(first + _PAGE, count))
            entries = [_filler(number) for number in numbers]
            tiles = append_hashes(first, [e.leaf_hash for e in entries], writer.tile)
            writer.append(entries, tiles)


def _filler(number: int) -> NewEntry:
    leaf = number.to_bytes(8) + bytes(FILLER - 8)
    return NewEntry(
        leaf=leaf,
        leaf_hash=leaf_hash(leaf),
        item=(1 << 64 | number).to_bytes(16),
        n=0,
        type="note",
        disclosures=(),
        views=(),
    )
