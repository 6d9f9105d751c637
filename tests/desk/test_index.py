"""Whoever edits what the desk looks things up by is noticed by whoever reads, before any audit."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from provenance.desk import Desk
from provenance.errors import DeskCorrupt
from provenance.records import DESK_ITEM
from tests.desk.scene import Scene

Read = Callable[[Desk, bytes], object]

LETTER = "(SELECT item FROM entry WHERE type = 'verdict.signed')"
OTHER = "(SELECT item FROM item_view WHERE item != {letter} LIMIT 1)".format(letter=LETTER)


def change(scene: Scene, *statements: str) -> None:
    """Change the database behind the desk's back; something must have changed."""
    with closing(sqlite3.connect(scene.database)) as database:
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
        database.commit()


def letter(scene: Scene) -> bytes:
    """The item that has a verdict."""
    with closing(sqlite3.connect(scene.database)) as database:
        return bytes(database.execute(f"SELECT {LETTER}").fetchone()[0])  # noqa: S608 our own text


def listing(desk: Desk, _item: bytes) -> object:
    """Read as `prov list` does."""
    return list(desk.overview())


def verdict(desk: Desk, item: bytes) -> object:
    """Read as `prov verdict show` does."""
    return desk.verdict(desk.find(item.hex()).item)


def card(desk: Desk, item: bytes) -> object:
    """Read as `prov show` does."""
    return desk.card(item)


def keepers(desk: Desk, _item: bytes) -> object:
    """Read who may sign."""
    return desk.keepers()


HIDING = {
    "another type": "UPDATE entry SET type = 'note' WHERE type = 'verdict.countersigned'",
    "another item": f"UPDATE entry SET item = x'{'aa' * 16}' WHERE type = 'verdict.countersigned'",
    "another number": "UPDATE entry SET n = n + 500 WHERE type = 'verdict.countersigned'",
    "the first gone": f"DELETE FROM entry WHERE item = {LETTER} AND n = 0",
    "one in the middle gone": "DELETE FROM entry WHERE type = 'verdict.signed'",
    "the last gone": "DELETE FROM entry WHERE type = 'verdict.countersigned'",
    "another's entry": f"UPDATE entry SET item = {LETTER}, n = 900"
    f" WHERE item = {OTHER} AND n = 0",
    "an older head": f"UPDATE item_head SET n = n - 1 WHERE item = {LETTER}",
    "no head": f"DELETE FROM item_head WHERE item = {LETTER}",
    "an edited leaf": "UPDATE entry SET leaf = substr(leaf, 1, 200) WHERE type = 'verdict.signed'",
}


@pytest.mark.parametrize("read", [listing, verdict])
@pytest.mark.parametrize("how", HIDING)
def test_a_hidden_entry_is_noticed(full: Scene, how: str, read: Read) -> None:
    """An entry that an edited index hides, moves or adds ends the reading with its place."""
    item = letter(full)
    change(full, HIDING[how])
    with full.open() as desk, pytest.raises(DeskCorrupt) as caught:
        read(desk, item)
    assert "entry " in str(caught.value) or item.hex() in str(caught.value)


VIEWS = {
    "an item off the list": (f"DELETE FROM item_view WHERE item = {LETTER}", listing),
    "another number on the list": (
        f"UPDATE item_view SET number = number + 70 WHERE item = {LETTER}",
        listing,
    ),
    "found by a number that is another's": (
        f"UPDATE item_view SET number = number + 70 WHERE item = {LETTER}",
        verdict,
    ),
    "a copy less": (f"DELETE FROM exemplar_view WHERE item = {LETTER} AND pos < 9", card),
    "another copy": (f"UPDATE exemplar_view SET size = 1 WHERE item = {LETTER}", card),
    "an arrival less": (f"DELETE FROM occurrence_view WHERE item = {LETTER}", card),
}


@pytest.mark.parametrize("how", VIEWS)
def test_an_edited_view_is_noticed(full: Scene, how: str) -> None:
    """A view that says another thing than the item's arrivals ends the reading with its item."""
    item = letter(full)
    statement, read = VIEWS[how]
    change(full, statement)
    with full.open() as desk, pytest.raises(DeskCorrupt, match=item.hex()):
        read(desk, item)


def test_a_digest_that_finds_another_item_is_noticed(full: Scene) -> None:
    """An index of digests that leads to the wrong item is not followed."""
    change(full, f"UPDATE exemplar_view SET sha256 = x'{'ab' * 32}' WHERE item = {LETTER} AND pos = 1")
    with full.open() as desk, pytest.raises(DeskCorrupt, match="no copy of this digest"):
        desk.find("ab" * 32)


def test_a_hidden_revocation_is_noticed(full: Scene) -> None:
    """Who may sign is never read past an entry that the index hides."""
    change(full, "UPDATE entry SET type = 'note' WHERE type = 'key.enrolled' AND seq = 1")
    with full.open() as desk, pytest.raises(DeskCorrupt, match="entry 1"):
        desk.keepers()
    assert DESK_ITEM == bytes(16)


def test_an_untouched_desk_reads(full: Scene) -> None:
    """Every way of reading holds on a desk that nobody touched."""
    item = letter(full)
    with full.open() as desk:
        for read in (listing, verdict, card, keepers):
            read(desk, item)
        for view in desk.items():
            assert desk.find(view.accession) == view
            desk.card(view.item)
