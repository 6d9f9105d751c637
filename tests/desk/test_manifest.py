"""Every entry lists its hidden fields: a deleted row is named, an erased one is told apart."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from provenance.acts.auditing import DeskAudit
from provenance.acts.erased import erasure_records
from provenance.acts.receiving import IngestOptions
from provenance.desk import Desk
from provenance.errors import Refused
from provenance.ledger.manifest import MANIFEST
from provenance.ledger.sealing import open_disclosure
from provenance.records import HiddenField, Json, NewRecord
from tests.desk.scene import AMAL, JOAN, Scene

OPTIONAL = ("source", "note", "claim", "parent")


@pytest.fixture
def arrived(scene: Scene) -> Scene:
    """A desk with an arrival that has a source, a note and a claim, and a member with a parent."""
    with scene.open(AMAL) as desk:
        item = bytes([7]) * 16
        fields: dict[str, Json] = {
            "document": {"sha256": "00" * 32, "sha512": "", "blake3": "", "size": 1},
            "label": {"exemplar": False, "form": "native", "media_type": "text/plain"},
            "name": {"name": "a.txt", "path": "a.txt", "members": []},
            "arrival": {},
            "parent": {"member": "x", "sha256": "00" * 32},
            "claim": "match",
            "note": "typed at the door",
        }
        hidden = [
            HiddenField(name=k, value=v, subject=f"item:{item.hex()}") for k, v in fields.items()
        ]
        source = HiddenField(name="source", value={"handle": "S-7"}, subject="source:S-7")
        desk.record(NewRecord(item=item, type="item.received", fields=(*hidden, source)))
    return scene


def delete_field(scene: Scene, seq: int, names: Sequence[str]) -> None:
    """Delete the rows of these fields behind the desk's back."""
    with scene.open() as desk:
        gone = [digest for name, digest in digests(desk, seq).items() if name in names]
    assert len(gone) == len(names)
    with closing(sqlite3.connect(scene.database)) as database:
        for digest in gone:
            database.execute("DELETE FROM disclosure WHERE seq = ? AND digest = ?", (seq, digest))
        database.commit()


def digests(desk: Desk, seq: int) -> dict[str, bytes]:
    """Name -> digest of the stored fields of an entry."""
    (stored,) = desk.parts.ledger.entries(seq, seq + 1, disclosures=True)
    keys = desk.parts.subject_keys.get([each.subject for each in stored.disclosures])
    opened = [open_disclosure(each, keys[each.subject]) for each in stored.disclosures]
    return {each.name: each.digest for each in opened}


def audit(scene: Scene) -> DeskAudit:
    """Audit the desk."""
    with scene.open() as desk:
        return desk.audit()


def arrival_of(scene: Scene) -> int:
    """Position of the arrival."""
    with scene.open() as desk:
        return desk.parts.ledger.size() - 1


@pytest.mark.parametrize("name", [*OPTIONAL, MANIFEST])
def test_a_deleted_optional_field_is_named(arrived: Scene, name: str) -> None:
    """Deleting the row of a field that not every record has is told with entry and field."""
    seq = arrival_of(arrived)
    delete_field(arrived, seq, [name])
    said = audit(arrived).unreadable
    word = "list of its fields" if name == MANIFEST else name
    assert [line for line in said if f"entry {seq} " in line and word in line], said


def test_a_field_and_its_list_deleted_together_are_seen(arrived: Scene) -> None:
    """Whoever deletes the list as well has the list missed."""
    seq = arrival_of(arrived)
    delete_field(arrived, seq, ["note", MANIFEST])
    assert any("list of its fields" in line for line in audit(arrived).unreadable)


def test_reading_tells_which_field_is_gone(arrived: Scene) -> None:
    """Whoever reads an entry learns what it lists and no longer has."""
    seq = arrival_of(arrived)
    delete_field(arrived, seq, ["note"])
    with arrived.open() as desk:
        (entry,) = desk.reader.opened(desk.parts.ledger.entries(seq, seq + 1, disclosures=True))
    assert set(entry.missing) == {"note"}
    assert MANIFEST not in entry.fields


def test_an_erased_field_is_not_a_deleted_one(full: Scene) -> None:
    """After an erasure the audit holds, and a further deletion is still named."""
    for who in (JOAN, AMAL):
        with full.open(who) as desk:
            desk.erase_source("S-7", reason="source-asked")
    assert audit(full).holds, audit(full)
    with full.open() as desk:
        sourced = next(
            entry for view in desk.items() for entry in desk.entries(view.item) if entry.missing
        )
    assert set(sourced.missing) == {"source"}
    delete_field(full, sourced.seq, ["arrival"])
    assert any(f"entry {sourced.seq} " in line for line in audit(full).unreadable)


def test_a_false_erasure_covers_no_deletion(arrived: Scene) -> None:
    """A record that calls another field than a source's erased does not explain its absence."""
    seq = arrival_of(arrived)
    with arrived.open(AMAL) as desk:
        note = digests(desk, seq)["note"]
        desk.record(*erasure_records([(seq, note)], reason="mistake", approvers=["x"]))
    delete_field(arrived, seq, ["note"])
    assert any("note gone, though not erased" in line for line in audit(arrived).unreadable)


def test_every_entry_has_its_list(full: Scene) -> None:
    """No kind of record goes without: the list names exactly the fields that are stored."""
    with full.open() as desk:
        for stored in desk.parts.ledger.entries(0, desk.parts.ledger.size(), disclosures=True):
            (entry,) = desk.reader.opened([stored])
            assert entry.listed
            assert not entry.missing


def test_nobody_composes_the_list(full: Scene) -> None:
    """A record that brings a field of this name is refused."""
    with full.open(AMAL) as desk:
        item = next(iter(desk.items())).item
        forged = HiddenField(name=MANIFEST, value={}, subject=f"item:{item.hex()}")
        with pytest.raises(Refused):
            desk.record(NewRecord(item=item, type="note", fields=(forged,)))


def test_the_card_says_what_was_deleted(full: Scene) -> None:
    """A deleted source shows in the custody of its item, as something that no record erased."""
    with full.open(AMAL) as desk:
        done = desk.ingest(
            [full.write("s.txt", b"sourced\n")], IngestOptions(source="S-7"), keep_receipts=True
        )
        item = done.receipts[0].item
        seq = desk.entries(item)[0].seq
    delete_field(full, seq, ["source"])
    with full.open() as desk:
        remarks = desk.custody(item).remarks
    assert any(f"entry {seq}" in line and "source" in line for line in remarks), remarks
