"""Intake on a real desk: what becomes an item, a copy or an occurrence, and what is never lost."""

import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provenance.acts import ingesting
from provenance.acts.examining import findings_of, unexamined
from provenance.acts.receiving import IngestOptions, Receipt
from provenance.errors import Refused, UsageError
from provenance.intake.failures import Failure
from provenance.intake.source import parse_channel, parse_handle
from provenance.views import ExemplarView, OccurrenceView
from tests.desk.scene import AMAL, JOAN, Scene, mbox_bytes, zip_bytes

if TYPE_CHECKING:
    from provenance.acts.ingesting import Event


def test_the_same_bytes_are_one_item_with_occurrences(scene: Scene) -> None:
    """Two files of the same bytes are one item, one copy, two occurrences, each with its path."""
    scene.write("a.txt", b"same")
    scene.write("deep/b.txt", b"same")
    with scene.open(AMAL) as desk:
        done = desk.ingest([scene.inbox], IngestOptions())
        assert (done.received, done.again) == (1, 1)
        (view,) = desk.items()
        kinds = [type(each) for each in desk.holdings(view.item)]
        assert kinds.count(ExemplarView) == 1
        assert kinds.count(OccurrenceView) == 2
        (copy,) = desk.card(view.item).exemplars
        assert [arrival.path for arrival in copy.arrivals] == ["a.txt", "deep/b.txt"]


def test_a_second_run_skips(scene: Scene) -> None:
    """A file that was taken is passed over; one that changed since is taken again."""
    path = scene.write("a.txt", b"one")
    scene.write("b.txt", b"two")
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox], IngestOptions())
        again = desk.ingest([scene.inbox], IngestOptions())
        assert (again.received, again.again, again.skipped) == (0, 0, 2)
        path.write_bytes(b"one, edited")
        changed = desk.ingest([scene.inbox], IngestOptions())
        assert (changed.received, changed.skipped) == (1, 1)


def test_members_name_their_container(scene: Scene) -> None:
    """A member of an archive in an archive names the item it came out of, and its name there."""
    inner = zip_bytes({"deep.txt": b"deep"})
    scene.write("outer.zip", zip_bytes({"inner.zip": inner, "flat.txt": b"flat"}))
    with scene.open(AMAL) as desk:
        done = desk.ingest([scene.inbox], IngestOptions(), keep_receipts=True)
        items = {receipt.name: receipt.item for receipt in done.receipts}
        sha = {receipt.name: receipt.sha256.hex() for receipt in done.receipts}
        parents = {
            name: desk.card(item).exemplars[0].arrivals[0].container for name, item in items.items()
        }
        assert parents == {
            "outer.zip": None,
            "inner.zip": sha["outer.zip"],
            "deep.txt": sha["inner.zip"],
            "flat.txt": sha["outer.zip"],
        }
        assert desk.audit().log_holds


def test_a_further_copy_joins_its_item(scene: Scene) -> None:
    """A file named for an item becomes its second copy; a folder cannot join an item."""
    scan, photo = scene.write("scan.txt", b"scan"), scene.write("photo.txt", b"photo")
    with scene.open(AMAL) as desk:
        item = desk.ingest([scan], IngestOptions(), keep_receipts=True).receipts[0].item
        desk.ingest([photo], IngestOptions(item=item, form="photo"))
        forms = [copy.form for copy in desk.card(item).exemplars]
        assert forms == ["native", "photo"]
        with pytest.raises(Refused, match="folder"):
            desk.ingest([scene.inbox], IngestOptions(item=item))


def test_bytes_belong_to_one_item(scene: Scene) -> None:
    """Bytes that another item holds do not join a second item, and nothing is recorded."""
    first, second = scene.write("a.txt", b"a"), scene.write("b.txt", b"b")
    copy = scene.write("copy of b.txt", b"b")
    with scene.open(AMAL) as desk:
        done = desk.ingest([first, second], IngestOptions(), keep_receipts=True)
        size = desk.parts.ledger.size()
        with pytest.raises(Refused, match="another item"):
            desk.ingest([copy], IngestOptions(item=done.receipts[0].item))
        assert desk.parts.ledger.size() == size
        assert desk.audit().evidence_holds


def test_what_cannot_be_read_is_a_failure_and_the_rest_goes_on(scene: Scene) -> None:
    """A damaged archive is kept as it is, its members fail, and files after it are taken."""
    scene.write("a.zip", zip_bytes({"x.txt": b"x" * 5000})[:-40])
    scene.write("b.txt", b"b")
    events: list[Event] = []
    with scene.open(AMAL) as desk:
        done = desk.ingest([scene.inbox], IngestOptions(), notify=events.append)
    assert done.failed >= 1
    names = {event.name for event in events if isinstance(event, Receipt)}
    assert {"a.zip", "b.txt"} <= names
    assert all(event.place.relative == "a.zip" for event in events if isinstance(event, Failure))


@pytest.mark.parametrize(
    "text", ["John Smith", "S7", "s-7", "S-0", "S-07", "S-1234567", "ABCD-1", "S-7 ", "S-7\n", ""]
)
def test_a_source_is_a_handle(text: str) -> None:
    """Whatever is no handle is refused, and the refusal does not repeat what was typed."""
    with pytest.raises(UsageError) as caught:
        parse_handle(text)
    assert not text.strip() or text.strip() not in str(caught.value).replace("S-7", "")


@pytest.mark.parametrize("text", ["Signal", "a b", "call-5551234", "x" * 25, "-a", "a--b"])
def test_a_channel_is_a_word(text: str) -> None:
    """Whatever is no short word is refused as a channel."""
    with pytest.raises(UsageError):
        parse_channel(text)


def test_the_handle_stays_in_the_ledger(scene: Scene) -> None:
    """A source's handle is in no file name, and in no file of desk and keys but the database."""
    path = scene.write("a.txt", b"a")
    with scene.open(AMAL) as desk:
        desk.ingest([path], IngestOptions(source="QZX-90909", channel="signal"))
        desk.audit()
    for each in (*scene.desk.rglob("*"), *scene.keys.rglob("*")):
        assert "QZX-90909" not in each.name
        if each.is_file() and not each.name.startswith("desk.db"):
            assert b"QZX-90909" not in each.read_bytes(), each


def test_two_runs_over_one_folder_take_each_file_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs that both listed a folder before either recorded it record each file once."""
    names = [f"{n:02}.txt" for n in range(20)]
    for name in names:
        scene.write(name, name.encode())
    scene.write("box.mbox", mbox_bytes(scene.base / "scratch", "one", "two"))
    monkeypatch.setattr(ingesting, "BATCH_FILES", 4)
    together = threading.Barrier(2)
    totals: list[int] = []

    def run(who: str) -> None:
        with scene.open(who) as desk:
            known, first = desk.parts.views.known_marks, [True]

            def listed(marks: list[bytes]) -> frozenset[bytes]:
                found = known(marks)
                if first.pop() if first else False:
                    together.wait(30)  # both have asked, neither has recorded
                return found

            monkeypatch.setattr(desk.parts.views, "known_marks", listed)
            done = desk.ingest([scene.inbox], IngestOptions())
            totals.append(done.received + done.again + done.skipped)

    threads = [threading.Thread(target=run, args=(who,)) for who in (AMAL, JOAN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with scene.open() as desk:
        assert len(list(desk.items())) == len(names) + 3
        for view in desk.items():
            (copy,) = desk.card(view.item).exemplars
            assert len(copy.arrivals) == 1, copy.arrivals
        assert desk.audit().log_holds
    assert len(totals) == 2


def test_what_was_left_unexamined_is_known(scene: Scene) -> None:
    """Copies without a finding are named, in order, also a second copy of an examined item."""
    first, second = scene.write("a.txt", b"a"), scene.write("b.txt", b"b")
    with scene.open(AMAL) as desk:
        done = desk.ingest([first, second], IngestOptions(), keep_receipts=True)
        assert [e.sha256 for e in unexamined(desk)] == [r.sha256 for r in done.receipts]
        for receipt in done.receipts:
            desk.examine(receipt.item)
        assert list(unexamined(desk)) == []
        photo = scene.write("c.txt", b"c")
        desk.ingest([photo], IngestOptions(item=done.receipts[0].item))
        (left,) = unexamined(desk)
        assert left.item == done.receipts[0].item
        assert left.name == "c.txt"
        desk.examine(left.item)
        desk.ingest([scene.write("again.txt", b"a")], IngestOptions())
        assert list(unexamined(desk)) == []
        assert len(findings_of(desk.entries(left.item))) == 2


def test_the_desk_does_not_swallow_itself(scene: Scene) -> None:
    """The desk's own folder and its keys are never taken in, whatever folder is named."""
    scene.write("a.txt", b"a")
    with scene.open(AMAL) as desk:
        done = desk.ingest([scene.base], IngestOptions(), keep_receipts=True)
    assert [receipt.name for receipt in done.receipts] == ["a.txt"]
    assert done.failed == 2


def test_an_item_is_found_by_any_of_its_names(full: Scene) -> None:
    """Accession number, item id and SHA-256 find an item, also by their beginnings."""
    with full.open() as desk:
        view = next(iter(desk.items()))
        sha256 = desk.card(view.item).exemplars[0].sha256
        for text in (view.accession, view.item.hex(), view.item.hex()[:12], sha256, sha256[:12]):
            assert desk.find(text) == view
        with pytest.raises(UsageError):
            desk.find("zzz")
        with pytest.raises(UsageError, match="several"):
            desk.find(view.accession[:4])


def test_nothing_secret_in_clear(scene: Scene, tmp_path: Path) -> None:
    """File names, notes and people are nowhere in clear in the database and its journal."""
    path = scene.write("very-secret-name.txt", b"body")
    with scene.open(AMAL) as desk:
        desk.ingest([path], IngestOptions(note="very secret note"))
        with sqlite3.connect(scene.database) as database:
            leaves = b"".join(row[0] for row in database.execute("SELECT leaf FROM entry"))
        database.close()
        held = b"".join(each.read_bytes() for each in scene.desk.glob("desk.db*"))
    for secret in (b"very-secret-name", b"very secret note", b"Amal Haddad"):
        assert secret not in held
        assert secret not in leaves
