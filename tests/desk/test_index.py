"""Whoever edits what the desk looks things up by is noticed by whoever reads, before any audit."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from provenance.desk import Desk
from provenance.errors import DeskCorrupt
from tests.desk.scene import Scene

Read = Callable[[Desk, bytes], object]

NAMES = {
    ":letter": "(SELECT item FROM entry WHERE type = 'verdict.signed')",
    ":other": "(SELECT item FROM item_view WHERE item != :letter LIMIT 1)",
    ":stray": f"x'{'aa' * 16}'",
    ":digest": f"x'{'ab' * 32}'",
}
"""What the texts below say for short."""


def spelled(text: str) -> str:
    """A text with its short names spelled out."""
    for name in (":other", ":letter", ":stray", ":digest"):
        text = text.replace(name, NAMES[name])
    return text


def change(scene: Scene, *statements: str) -> None:
    """Change the database behind the desk's back; something must have changed."""
    with closing(sqlite3.connect(scene.database)) as database:
        for statement in map(spelled, statements):
            assert database.execute(statement).rowcount > 0, statement
        database.commit()


def letter(scene: Scene) -> bytes:
    """The item that has a verdict."""
    with closing(sqlite3.connect(scene.database)) as database:
        return bytes(database.execute(spelled("SELECT :letter")).fetchone()[0])


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
    "another item": "UPDATE entry SET item = :stray WHERE type = 'verdict.countersigned'",
    "another number": "UPDATE entry SET n = n + 500 WHERE type = 'verdict.countersigned'",
    "the first gone": "DELETE FROM entry WHERE item = :letter AND n = 0",
    "one in the middle gone": "DELETE FROM entry WHERE type = 'verdict.signed'",
    "the last gone": "DELETE FROM entry WHERE type = 'verdict.countersigned'",
    "another's entry": "UPDATE entry SET item = :letter, n = 900 WHERE item = :other AND n = 0",
    "an older head": "UPDATE item_head SET n = n - 1 WHERE item = :letter",
    "no head": "DELETE FROM item_head WHERE item = :letter",
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
    "an item off the list": ("DELETE FROM item_view WHERE item = :letter", listing),
    "another number on the list": (
        "UPDATE item_view SET number = number + 70 WHERE item = :letter",
        listing,
    ),
    "found by a number that is another's": (
        "UPDATE item_view SET number = number + 70 WHERE item = :letter",
        verdict,
    ),
    "a copy less": ("DELETE FROM exemplar_view WHERE item = :letter AND pos < 9", card),
    "another copy": ("UPDATE exemplar_view SET size = 1 WHERE item = :letter", card),
    "an arrival less": ("DELETE FROM occurrence_view WHERE item = :letter", card),
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
    change(full, "UPDATE exemplar_view SET sha256 = :digest WHERE item = :letter AND pos = 1")
    with full.open() as desk, pytest.raises(DeskCorrupt, match="no copy of this digest"):
        desk.find("ab" * 32)


def test_a_hidden_revocation_is_noticed(full: Scene) -> None:
    """Who may sign is never read past an entry that the index hides."""
    change(full, "UPDATE entry SET type = 'note' WHERE type = 'key.enrolled' AND seq = 1")
    with full.open() as desk, pytest.raises(DeskCorrupt, match="entry 1"):
        desk.keepers()


def test_an_untouched_desk_reads(full: Scene) -> None:
    """Every way of reading holds on a desk that nobody touched."""
    item = letter(full)
    with full.open() as desk:
        for read in (listing, verdict, card, keepers):
            read(desk, item)
        for view in desk.items():
            assert desk.find(view.accession) == view
            desk.card(view.item)
