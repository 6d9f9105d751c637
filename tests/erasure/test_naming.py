"""Handles of sources in texts that people type: refused at the door, and never handed out."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from provenance import custody
from provenance.acts.erasing import Stage
from provenance.acts.handles import live_handles
from provenance.acts.receiving import IngestOptions
from provenance.desk import Desk
from provenance.errors import Refused
from provenance.evidence import exemplars
from provenance.verdict.dossier import Dossier
from provenance.verdict.parse_dossier import parse_dossier
from provenance.verdict.signing import Ruling
from provenance.verdict.verdict_record import ReasonClass
from provenance_store.package_target import package_target
from tests.desk.scene import AMAL, JOAN, PEOPLE, Scene
from tests.erasure.traces import DOSSIER, HANDLE, places_of

TYPED = f"as {HANDLE} told us at the lighthouse"

ACTS: dict[str, Callable[[Desk, bytes], object]] = {
    "note": lambda d, i: d.note(i, text=TYPED),
    "access": lambda d, i: d.access(i, purpose=TYPED),
    "offer": lambda d, i: d.offer(i, to=PEOPLE[JOAN], purpose=TYPED),
    "offer by": lambda d, i: d.offer(i, to=PEOPLE[JOAN], purpose="x", means=TYPED),
    "refuse": lambda d, i: d.refuse(i, reason=TYPED),
    "offer abroad": lambda d, i: d.offer_to_desk(i, to="The Lookout", purpose=TYPED),
    "refuse abroad": lambda d, _: d.refuse_offer(b"", reason=TYPED),
    "source": lambda d, _: d.add_source("K-99", note=TYPED),
    "revoke": lambda d, _: d.revoke(PEOPLE[JOAN], reason=TYPED),
    "sign": lambda d, i: d.sign_verdict(i, ruling=Ruling(public_wording=TYPED)),
    "withdraw": lambda d, i: d.withdraw_verdict(i, reason=TYPED),
    "statement": lambda d, i: d.import_dossier(i, told("new-1", TYPED)),
}


def told(name: str, note: str) -> Dossier:
    """A dossier of one record."""
    value = json.loads(DOSSIER)
    value["records"][0] |= {"id": name, "note": note}
    del value["records"][0]["source"]
    return parse_dossier(json.dumps(value), name="d.json")


def first(scene: Scene) -> bytes:
    """The item that a source's words are about, and that came from nobody."""
    with scene.open() as desk:
        return next(iter(desk.items())).item


@pytest.mark.parametrize("act", [*ACTS])
def test_a_text_that_names_a_source_is_refused(sources: Scene, act: str) -> None:
    """No act records a live handle in a text, and the refusal does not repeat it."""
    item = first(sources)
    with sources.open(AMAL) as desk:
        if act == "withdraw":
            desk.sign_verdict(item)
        size = desk.parts.ledger.size()
        with pytest.raises(Refused, match="source") as caught:
            ACTS[act](desk, item)
        assert HANDLE not in str(caught.value)
        assert desk.parts.ledger.size() == size


def test_a_correction_names_no_source(sources: Scene) -> None:
    """Nor does the reason of a correction."""
    item = first(sources)
    with sources.open(AMAL) as desk:
        desk.sign_verdict(item)
        with pytest.raises(Refused, match="outlive"):
            desk.correct_verdict(item, reason_class=ReasonClass.OUR_ERROR, reason=TYPED)


def test_a_handle_of_this_very_intake_is_refused(sources: Scene) -> None:
    """A note at intake may not name the handle that comes with it, although it is new."""
    path = sources.write("new.txt", b"new\n")
    with sources.open(AMAL) as desk:
        for handle in ("S-414", HANDLE):
            with pytest.raises(Refused, match="outlive"):
                desk.ingest([path], IngestOptions(source=handle, note=f"{handle} gave it to us"))


@pytest.mark.parametrize(
    "text",
    ["S-414", "from s-414.", "S 414 said", "S_414", "(S\u2013414)", "S-414's", "an S-414_scan.pdf",
     "S-414 and S-9", "\uff33-414"],
)  # fmt: skip
def test_a_handle_is_found_however_it_is_spelled(sources: Scene, text: str) -> None:
    """Case, dashes, blanks and what stands around it do not hide a handle."""
    with sources.open(AMAL) as desk:
        desk.add_source("S-414")
        assert live_handles(desk, [text]) == {"S-414"}


@pytest.mark.parametrize("text", ["S-4142", "S-41", "USS-414", "414", "", "S", "AS-414x9"])
def test_other_words_are_no_handle(sources: Scene, text: str) -> None:
    """A longer number, a longer word and a part of it are other words."""
    with sources.open(AMAL) as desk:
        desk.add_source("S-414")
        assert live_handles(desk, [text]) == frozenset()


def write_past(scene: Scene, item: bytes) -> int:
    """Write a note that names the source past the desk's own acts; returns its position."""
    with scene.open(AMAL) as desk:
        return desk.record(custody.note_record(item, text=TYPED))[0]


def handed_out(scene: Scene, item: bytes, place: Path) -> Path:
    """Everything that leaves the desk of an item, in one folder."""
    with scene.open(AMAL) as desk:
        for audience in ("auditor", "public"):
            for form in ("html", "json"):
                text = desk.report(item, audience=audience, form=form)
                target = place / f"{audience}.{form}"
                target.parent.mkdir(exist_ok=True)
                target.write_text(text, encoding="utf-8")
            with package_target(place / audience, top="x") as package:
                desk.package(item, package, audience=audience)
    return place


def test_another_items_handle_does_not_leave(sources: Scene, tmp_path: Path) -> None:
    """A handle in a note on an item that came from somebody else is withheld all the same."""
    item = first(sources)
    write_past(sources, item)
    out = handed_out(sources, item, tmp_path / "out")
    assert places_of(HANDLE, out) == []


def test_nor_to_another_desk(sources: Scene) -> None:
    """An offer that was put in words past the desk's acts gives no file."""
    item = first(sources)
    with sources.open(AMAL) as desk:
        digests = sorted(view.sha256.hex() for view in exemplars(desk.holdings(item)))
        record = custody.offer_record(
            item, to="desk:The Lookout", purpose=TYPED, means="x", digests=digests
        )
        desk.record(record)
        from provenance.exchange.packing import pack_event  # noqa: PLC0415 the act refuses earlier

        with pytest.raises(Refused, match="handle"):
            pack_event(
                desk, desk.parts.ledger.size() - 1, kind="offer", fields=("transfer", "digests")
            )


def test_an_erasure_names_the_texts_that_stay(sources: Scene, tmp_path: Path) -> None:
    """What names an erased source is known by its place, and withheld, though the word is gone."""
    item = first(sources)
    seq = write_past(sources, item)
    path = sources.write(f"{HANDLE}_scan.txt", b"named by its file\n")
    with sources.open(AMAL) as desk:
        desk.ingest([path], IngestOptions())
        filed = desk.parts.ledger.size() - 1
    with sources.open(JOAN) as desk:
        desk.erase_source(HANDLE, reason="source-asked")
    with sources.open(AMAL) as desk:
        done = desk.erase_source(HANDLE, reason="source-asked")
        assert done.stage is Stage.ERASED
        assert done.naming == (seq, filed)
        assert live_handles(desk, [TYPED]) == frozenset()
        assert desk.audit().holds
        assert {place[:2] for place in desk.named_erased()} == {(seq, "note"), (filed, "name")}
        view = next(v for v in desk.items() if v.first_seq == filed)
        assert TYPED in desk.report(item, form="json")  # the desk itself still reads it
    for place, each in (("a", item), ("b", view.item)):
        out = handed_out(sources, each, tmp_path / place)
        assert places_of(HANDLE, out) == []
        assert places_of("lighthouse", out) == []


def test_damage_elsewhere_keeps_nobody_from_being_forgotten(sources: Scene) -> None:
    """An entry that cannot be read is passed over: the erasure is performed all the same."""
    item = first(sources)
    seq = write_past(sources, item)
    with closing(sqlite3.connect(sources.database)) as database:
        database.execute("UPDATE disclosure SET sealed = zeroblob(80) WHERE seq = ?", (seq,))
        database.commit()
    for who in (JOAN, AMAL):
        with sources.open(who) as desk:
            done = desk.erase_source(HANDLE, reason="safety")
    assert (done.stage, done.naming) == (Stage.ERASED, ())


def test_a_text_of_after_the_request_is_found_too(sources: Scene) -> None:
    """What is written between the two approvals is looked at before the key is destroyed."""
    item = first(sources)
    with sources.open(JOAN) as desk:
        desk.erase_source(HANDLE, reason="safety")
    seq = write_past(sources, item)
    with sources.open(AMAL) as desk:
        assert desk.erase_source(HANDLE, reason="safety").naming == (seq,)
