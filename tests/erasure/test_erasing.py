"""A forgotten source is gone from every byte; the log, its proofs and all the rest still hold."""

import sqlite3
from pathlib import Path

import pytest

from provenance.acts.erased import MAX_NAMED, erasure_records
from provenance.acts.erasing import Stage
from provenance.acts.receiving import IngestOptions
from provenance.errors import NotFound, Refused, UsageError
from provenance.ledger.keyfile import read_key_file
from provenance.statements import SOURCE_ERASED
from provenance.verdict.parse_dossier import parse_dossier
from provenance_store.opening import create_desk, open_desk
from tests.desk.scene import AMAL, JOAN, PEOPLE, Scene
from tests.erasure.traces import DOSSIER, HANDLE, NOTE, OTHER, everywhere


def erase(scene: Scene, who: str, handle: str = HANDLE) -> Stage:
    with scene.open(who) as desk:
        return desk.erase_source(handle, reason="source-asked").stage


def forget(scene: Scene, handle: str = HANDLE) -> None:
    assert erase(scene, JOAN, handle) is Stage.REQUESTED
    assert erase(scene, AMAL, handle) is Stage.ERASED


def keys_of(scene: Scene, handle: str) -> bytes | None:
    with scene.open() as desk:
        subject = f"source:{handle}"
        return desk.parts.subject_keys.get([subject]).get(subject)


def test_a_handle_stands_in_no_file_even_before_it_is_erased(sources: Scene) -> None:
    """The handle and the particulars lie sealed: no file of desk or keys shows them."""
    assert everywhere(sources, HANDLE) == []
    assert everywhere(sources, NOTE) == []
    with sources.open() as desk:  # and they are there, for whoever holds the keys
        assert desk.source(HANDLE).notes == (NOTE,)


def test_the_card_of_a_source_lists_what_came_from_it(sources: Scene) -> None:
    """Items, arrivals and entries under a handle are counted, of this source alone."""
    with sources.open() as desk:
        card = desk.source(HANDLE)
        assert card.arrivals == 40
        assert {each.type for each in card.entries} == {
            "source.noted",
            "item.received",
            "statement",
        }
        assert len(card.items) == 41  # forty that came from it, and the one it speaks about
        assert desk.source(OTHER).arrivals == 20
        with pytest.raises(NotFound):
            desk.source("never-heard-of")


def test_two_people_approve(sources: Scene) -> None:
    """The first call destroys nothing, nor does a second by the same person or by no admin."""
    key = keys_of(sources, HANDLE)
    assert erase(sources, AMAL) is Stage.REQUESTED
    with pytest.raises(Refused, match="second person"):
        erase(sources, AMAL)
    assert erase(sources, JOAN) is Stage.REQUESTED
    with pytest.raises(Refused, match="second person"):
        erase(sources, JOAN)
    assert keys_of(sources, HANDLE) == key
    assert erase(sources, AMAL) is Stage.ERASED
    assert keys_of(sources, HANDLE) is None
    with sources.open() as desk:
        assert desk.source(OTHER).arrivals == 20


def test_nothing_is_left_and_everything_holds(sources: Scene) -> None:
    """After the erasure key, rows and journal are empty of it; audit, roots and proofs hold."""
    with sources.open() as desk:
        before = desk.parts.checkpoints.newest()
        label = next(s for s in desk.parts.ledger.subjects("source-label:"))
        rows = {s: len(desk.parts.ledger.sealed_under(s)) for s in [label]}
    key = keys_of(sources, HANDLE)
    assert key is not None
    forget(sources)
    for text in (HANDLE, NOTE):
        assert everywhere(sources, text) == []
    with sources.open() as desk:
        labels = desk.parts.ledger.subjects("source-label:")
        assert len(labels) == 1
        assert rows
        found = desk.audit()
        assert found.evidence_holds, found.unreadable
        assert found.log_holds, found.log.findings
        assert before is not None
        assert found.log.size > before.size
    database = sqlite3.connect(sources.database)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_the_sealed_bytes_do_not_open_from_an_old_copy(sources: Scene) -> None:
    """Rows of an old backup of the desk folder stay closed: their key is nowhere any more."""
    with sources.open() as desk:
        entry = desk.source(HANDLE).entries[0]
        (old,) = desk.parts.ledger.entries(entry.seq, entry.seq + 1, disclosures=True)
    forget(sources)
    with sources.open() as desk:
        (opened,) = desk.reader.opened([old])
    assert "source" not in opened.fields
    assert opened.closed == 1


def test_the_desk_says_erased_and_where(sources: Scene) -> None:
    """Card, custody and report name the erasing entry; other sources still show."""
    forget(sources)
    with sources.open(AMAL) as desk:
        views = list(desk.items())
        gone, kept = views[1], views[0]
        erasures = set(desk.erasures().values())
        (seq,) = erasures
        arrival = desk.card(gone.item).exemplars[0].arrivals[0]
        assert (arrival.source, arrival.erased) == (None, seq)
        assert desk.card(kept.item).exemplars[0].arrivals[0].source == OTHER
        event = desk.custody(gone.item).events[0]
        assert event.erased == seq
        assert f"erased, see entry {seq}" in event.sentence
        report = desk.report(gone.item, form="json")
        assert f"erased as entry {seq} records" in report
        assert '"erased"' in report


def test_a_statement_keeps_its_words_and_that_it_had_a_source(sources: Scene) -> None:
    """The handle goes, the record stays, never reads as unsourced, and imports as known again."""
    with sources.open() as desk:
        item = next(iter(desk.items())).item
        before = desk.verdict(item)
        assert before.dossier.records[0].source == HANDLE
    forget(sources)
    with sources.open(AMAL) as desk:
        after = desk.verdict(item)
        (record,) = after.dossier.records
        assert record.source == SOURCE_ERASED
        assert record.note == "the rest of the statement stays"
        assert after.assessment.headline == before.assessment.headline
        again = desk.import_dossier(item, parse_dossier(DOSSIER, name="d.json"))
        assert (again.added, again.known) == ((), 1)
        assert '"on_record": true' not in desk.report(item, form="json")


def test_a_later_arrival_gets_a_new_key(sources: Scene) -> None:
    """The handle may come back; its new key opens nothing of before, and the old stays erased."""
    old = keys_of(sources, HANDLE)
    forget(sources)
    path = sources.write("later.txt", b"came later\n")
    with sources.open(AMAL) as desk:
        desk.ingest([path], IngestOptions(source=HANDLE))
        assert desk.source(HANDLE).arrivals == 1
        assert desk.audit().evidence_holds
    new = keys_of(sources, HANDLE)
    assert new is not None
    assert new != old
    forget(sources)
    with sources.open() as desk:
        assert len(set(desk.erasures().values())) == 2


def test_one_person_erases_alone_and_it_says_so(tmp_path: Path) -> None:
    """On a desk of one person one call is enough; the outcome and the record name one approver."""
    folder = tmp_path / "solo"
    create_desk(folder, admin=PEOPLE[AMAL], passphrase=None)
    scene = Scene(base=tmp_path)
    keyfile = tmp_path / "solo-keys" / "custodians" / "amal-haddad.key"
    path = scene.write("a.txt", b"a\n")
    with open_desk(folder, signer=read_key_file(keyfile.read_bytes(), None)) as desk:
        desk.ingest([path], IngestOptions(source=HANDLE))
        done = desk.erase_source(HANDLE, reason="safety")
        assert (done.stage, done.one_person, done.fields) == (Stage.ERASED, True, 1)
        assert desk.audit().log_holds


def test_what_cannot_be_erased_is_refused(sources: Scene) -> None:
    """An unknown reason, an unknown handle and a second erasure are refused without a trace."""
    with sources.open(AMAL) as desk:
        size = desk.parts.ledger.size()
        with pytest.raises(UsageError):
            desk.erase_source(HANDLE, reason="because he asked me at the lighthouse")
        with pytest.raises(NotFound) as unknown:
            desk.erase_source("never-heard-of", reason="law")
        assert "never-heard-of" not in str(unknown.value)
        with pytest.raises(UsageError) as name:
            desk.add_source("Jane Doe")
        assert "Jane" not in str(name.value)
        assert desk.parts.ledger.size() == size
    forget(sources)
    with sources.open(AMAL) as desk, pytest.raises(NotFound):
        desk.erase_source(HANDLE, reason="law")


def test_many_fields_are_named_in_several_records() -> None:
    """Each record stays below the largest field; none is left out."""
    fields = [(n, n.to_bytes(32)) for n in range(2 * MAX_NAMED + 1)]
    records = erasure_records(fields, reason="law", approvers=["a", "b"])
    named = [pair for r in records for f in r.fields if f.name == "fields" for pair in f.value]  # type: ignore[union-attr]  # a list by construction
    assert len(records) == 3
    assert len(named) == len(fields)
