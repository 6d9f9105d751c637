"""A record of a right type and a wrong shape is a remark; its item stays readable in every form."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

import pytest

from provenance.acts.auditing import DeskAudit
from provenance.desk import Desk
from provenance.errors import BlobMissing
from provenance.ledger.findings import Detector
from provenance.records import DESK_ITEM, HiddenField, Json, NewRecord
from provenance.verdict.lifecycle import State
from provenance.verdict.verdict_json import verdict_to_json
from provenance_store.package_target import package_target
from tests.desk.scene import AMAL, JOAN, KIM, PEOPLE, Scene

WRONG: Final[Mapping[str, Mapping[str, Json]]] = {
    "statement": {"record": {"id": 7}},
    "relay": {"record": "text"},
    "link": {},
    "dossier": {"dossier": {"dossier": 9}},
    "retract": {"other": {}},
    "verdict.signed": {"verdict": {"act": "signed"}},
    "verdict.withdrawn": {"verdict": None},
    "finding": {"finding": {"input": "zz", "result": "not hex"}},
    "transfer.offered": {"transfer": [], "digests": {}},
    "transfer.accepted": {"offer": 7, "digests": "x"},
    "fixity.checked": {"result": "yes"},
    "accessed": {"access": []},
    "note": {"note": 7},
    "endorsed": {"endorsement": "x"},
    "item.received": {"document": {"sha256": "zz"}, "label": {}, "name": {}, "arrival": {}},
    "item.split": {"document": {}, "label": {"accession": "x"}, "name": [], "arrival": 3},
    "report.exported": {"export": "x"},
}


def item_of(scene: Scene) -> bytes:
    """The item that has a verdict."""
    with scene.open() as desk:
        return next(v.item for v in desk.items() if desk.verdict(v.item).history)


def write(scene: Scene, item: bytes, kind: str, fields: Mapping[str, Json], who: str = AMAL) -> int:
    """Write a record past every act of the desk; returns its position."""
    subject = "desk" if item == DESK_ITEM else f"item:{item.hex()}"
    hidden = tuple(HiddenField(name=k, value=v, subject=subject) for k, v in fields.items())
    with scene.open(who) as desk:
        return desk.record(NewRecord(item=item, type=kind, fields=hidden))[0]


def read_everything(desk: Desk, item: bytes, target: Path) -> str:
    """Read an item in every form; returns all that was said of it."""
    said = [*desk.custody(item).remarks, *desk.card(item).remarks]
    said += [str(remark) for remark in desk.verdict(item).remarks]
    said += [desk.report(item, form="json"), desk.report(item, audience="public")]
    with package_target(target, top="x") as package:
        desk.package(item, package)
    assert list(desk.overview())
    return "\n".join(said)


def audit(scene: Scene) -> DeskAudit:
    """Audit the desk."""
    with scene.open() as desk:
        return desk.audit()


@pytest.mark.parametrize("kind", WRONG)
def test_the_rest_stays_readable(full: Scene, tmp_path: Path, kind: str) -> None:
    """One misshapen record takes nothing else of its item with it, and the audit remarks on it."""
    item = item_of(full)
    with full.open() as desk:
        before = desk.verdict(item)
    seq = write(full, item, kind, WRONG[kind])
    with full.open(AMAL) as desk:
        read_everything(desk, item, tmp_path / "package")
        after = desk.verdict(item)
    assert after.assessment.input_digest == before.assessment.input_digest
    assert after.standing.state is before.standing.state
    found = audit(full)
    said = (*found.remarks, *found.unreadable, *(f.sentence for f in found.log.findings))
    if kind != "report.exported":
        assert any(f"entry {seq} " in line for line in said) or any(
            f.seq == seq for f in found.log.findings
        ), said


SHORT: Final[Mapping[str, Mapping[str, Json]]] = {
    "item.received": {
        "document": {"sha256": "aabb", "size": 2}, "label": {"exemplar": True},
        "name": {}, "arrival": {},
    },
    "item.split": {
        "document": {"sha256": "", "size": 0}, "label": {"exemplar": True}, "name": {},
        "arrival": {},
    },
    "finding": {"finding": {"input": "", "result": "", "headline": "VERIFIED"}},
}  # fmt: skip


@pytest.mark.parametrize("kind", SHORT)
def test_a_digest_of_another_length_stands_in_nobodys_way(full: Scene, kind: str) -> None:
    """What names no digest of 32 bytes is no copy and no finding: acts go on, the audit tells."""
    item = item_of(full)
    with full.open() as desk:
        before = [each.sha256 for each in desk.card(item).exemplars]
    seq = write(full, item, kind, SHORT[kind])
    with full.open(JOAN) as desk:
        assert [each.sha256 for each in desk.card(item).exemplars] == before
        desk.examine(item)
        desk.offer(item, to=PEOPLE[KIM], purpose="second reading")
    assert any(f"entry {seq} " in line for line in audit(full).remarks)


@pytest.mark.parametrize("kind", ["statement", "verdict.signed"])
def test_card_and_report_name_it(full: Scene, tmp_path: Path, kind: str) -> None:
    """Whoever reads is told which entry was left out."""
    item = item_of(full)
    seq = write(full, item, kind, WRONG[kind])
    with full.open(AMAL) as desk:
        said = read_everything(desk, item, tmp_path / "package")
    assert f"entry {seq}" in said
    assert f"Entry {seq} cannot be read, or does not count" in said


def test_a_repeated_id_is_left_out(full: Scene) -> None:
    """A second record under an id that is taken is not weighed, and is named."""
    item = item_of(full)
    with full.open() as desk:
        statement = next(e for e in desk.entries(item) if e.type == "statement")
        before = desk.verdict(item).assessment.input_digest
    record = cast("dict[str, Json]", statement.fields["record"])
    seq = write(full, item, "statement", {"record": {**record, "note": "other words"}})
    with full.open() as desk:
        card = desk.verdict(item)
    assert card.assessment.input_digest == before
    assert [remark.seq for remark in card.remarks] == [seq]


def test_references_to_nothing_are_weighed(full: Scene) -> None:
    """A record that builds on, relays or retracts what is not there leaves the item readable."""
    item = item_of(full)
    with full.open() as desk:
        statement = next(e for e in desk.entries(item) if e.type == "statement")
    record = cast("dict[str, Json]", statement.fields["record"])
    for n, key in enumerate(("relays", "premises", "retracts", "undercuts", "reverses")):
        write(full, item, "statement", {"record": {**record, "id": f"new-{n}", key: ["nobody"]}})
    with full.open() as desk:
        assert desk.verdict(item).assessment.headline


def test_a_misshapen_erasure_blinds_nobody(full: Scene, tmp_path: Path) -> None:
    """A record of an erasure that names nothing erases nothing, and every item stays readable."""
    seq = write(full, DESK_ITEM, "disclosure.erased", {"erasure": 1, "fields": [["x"]]})
    item = item_of(full)
    with full.open(AMAL) as desk:
        read_everything(desk, item, tmp_path / "package")
    found = audit(full)
    assert any(f"entry {seq} " in line for line in found.remarks)


def test_a_misshapen_trust_set_is_remarked_on(full: Scene) -> None:
    """The audit names a record of what the desk relies on that says nothing of it."""
    seq = write(full, DESK_ITEM, "trust.changed", {"trust": "everybody"})
    assert any(f"entry {seq} " in line for line in audit(full).remarks)


NO_SET: Final[tuple[Json, ...]] = (
    "everybody",
    {},
    {"sha256": "zz", "before": "", "reason": "x", "blob": "00", "key": "00"},
    {"sha256": "0" * 64, "blob": 7, "key": "0" * 64},
)


@pytest.mark.parametrize("value", NO_SET, ids=["no-object", "empty", "no-hex", "no-text"])
def test_a_trust_record_that_names_no_set_changes_nothing(full: Scene, value: Json) -> None:
    """The set before it stays in force, can be changed, and the audit remarks on the record."""
    with full.open() as desk:
        before, known = desk.trust().sha256, len(desk.trust_versions())
    seq = write(full, DESK_ITEM, "trust.changed", {"trust": value})
    with full.open() as desk:
        assert desk.trust().sha256 == before
        assert len(desk.trust_versions()) == known
    assert any(f"entry {seq} " in line for line in audit(full).remarks)


def test_a_trust_record_whose_set_is_gone_is_not_passed_over(full: Scene) -> None:
    """It names a set, and that cannot be read: no other set is taken for the one in force."""
    named: Json = {"sha256": "0" * 64, "before": "", "blob": "1" * 64, "key": "2" * 64}
    write(full, DESK_ITEM, "trust.changed", {"trust": named})
    with full.open() as desk, pytest.raises(BlobMissing):
        desk.trust()


def test_a_misshapen_record_fails_no_audit(full: Scene) -> None:
    """What somebody signed in a wrong shape has changed nothing: a remark, and no alarm."""
    write(full, item_of(full), "statement", WRONG["statement"])
    assert audit(full).holds


def act(scene: Scene, place: bytes, who: str, kind: str, **changes: Json) -> int:
    """Write an act on a verdict past the desk, made from one that is there."""
    with scene.open() as desk:
        first = desk.verdict(place).history[0]
        kid = scene.signer(who).public_key.kid
    value = cast("dict[str, Json]", {**verdict_to_json(first), "signer": kid, **changes})
    return write(scene, place, kind, {"verdict": value}, who)


BROKEN: Final[Mapping[str, tuple[str, str, dict[str, Json]]]] = {
    "signed twice": (JOAN, "verdict.signed", {}),
    "another's name": (JOAN, "verdict.signed", {"signer": "x" * 43}),
    "a version ahead": (JOAN, "verdict.countersigned", {"act": "countersigned", "version": 9,
                                                        "decision": None}),
    "his own countersignature": (JOAN, "verdict.countersigned", {"act": "countersigned",
                                                                 "decision": None}),
    "of another item": (AMAL, "verdict.withdrawn", {"act": "withdrawn", "item": "00" * 16,
                                                    "reason": "x", "decision": None}),
    "without a reason": (AMAL, "verdict.corrected", {"act": "corrected", "version": 2,
                                                     "supersedes": 1}),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_the_audit_judges_verdict_histories(full: Scene, tmp_path: Path, how: str) -> None:
    """An act that breaks a rule counts nowhere, and the audit flags its entry by itself."""
    item = item_of(full)
    who, kind, changes = BROKEN[how]
    seq = act(full, item, who, kind, **changes)
    found = audit(full)
    flags = [
        (f.detector, f.seq, f.affects) for f in found.log.findings if f.detector.value == "verdict"
    ]
    assert flags == [(Detector.VERDICT, seq, f"item {item.hex()}")]
    assert not found.log_holds
    with full.open(AMAL) as desk:
        assert desk.verdict(item).standing.state is State.PUBLISHED
        assert f"entry {seq}" in read_everything(desk, item, tmp_path / "package")


def test_the_audit_counts_sound_histories(full: Scene) -> None:
    """A sound history is looked at and not flagged."""
    found = audit(full)
    assert found.log.checked[Detector.VERDICT] == 2
    assert Detector.VERDICT not in found.log.flagged
    assert KIM not in json.dumps([f.sentence for f in found.log.findings])
