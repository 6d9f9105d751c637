"""The acts of a desk that write, each with what must have happened before it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provenance.acts.receiving import IngestOptions
from provenance.desk import Desk
from provenance.ledger.keys import Ed25519Signer
from provenance_store.key_files import make_custodian_key
from provenance_store.package_target import package_target
from tests.desk.scene import AMAL, JOAN, PEOPLE, Scene, dossier, zip_bytes

NEWCOMER: Final = Ed25519Signer(bytes(range(32)))
SOURCE: Final = "S-7"


def item_of(desk: Desk) -> bytes:
    """The letter: the first item that arrived."""
    return next(iter(desk.items())).item


def held(scene: Scene) -> None:
    """Take one document in, from a source."""
    path = scene.write("letter.txt", b"a letter\n")
    with scene.open(AMAL) as desk:
        desk.ingest([path], IngestOptions(source=SOURCE, channel="signal"))


def offered(scene: Scene) -> None:
    """Offer it to another person."""
    held(scene)
    with scene.open(AMAL) as desk:
        desk.offer(item_of(desk), to=PEOPLE[JOAN], purpose="second reading")


def weighed(scene: Scene) -> None:
    """Record statements under it."""
    held(scene)
    with scene.open(AMAL) as desk:
        desk.import_dossier(item_of(desk), dossier("soleimani-letter"))


def signed(scene: Scene) -> None:
    """Sign a verdict on it."""
    weighed(scene)
    with scene.open(JOAN) as desk:
        desk.sign_verdict(item_of(desk))


def asked(scene: Scene) -> None:
    """Ask for the erasure of its source, as the first of two people."""
    held(scene)
    with scene.open(JOAN) as desk:
        desk.erase_source(SOURCE, reason="law")


def unsigned_head(scene: Scene) -> None:
    """Leave the head as a process does that is killed between commit and signature."""
    held(scene)
    latch, shown = scene.keys / "latch", scene.desk / "published" / "checkpoint"
    before = {path: path.read_bytes() for path in (latch, shown)}
    with scene.open(AMAL) as desk:
        desk.note(item_of(desk), text="x")
    for path, data in before.items():
        path.write_bytes(data)
    database = sqlite3.connect(scene.database)
    database.execute("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)")
    database.commit()
    database.close()


def arrived(scene: Scene) -> None:
    """Put three files into the inbox: two with the same bytes, one with members."""
    scene.write("1.txt", b"one\n")
    scene.write("2.txt", b"one\n")
    scene.write("3.zip", zip_bytes({"a.txt": b"a\n", "b.txt": b"b\n"}))


def ingest(desk: Desk, scene: Scene) -> None:
    """Take in what is in the inbox."""
    desk.ingest([scene.inbox], IngestOptions(source="S-9"))


def package(suffix: str) -> Callable[[Desk, Scene], None]:
    """Write a package of the item to a folder or a zip."""

    def act(desk: Desk, scene: Scene) -> None:
        with package_target(scene.base / f"package{suffix}", top="p") as target:
            desk.package(item_of(desk), target)

    return act


def make_key(_desk: Desk, scene: Scene) -> None:
    """Make a key file for a newcomer."""
    make_custodian_key(scene.keys, "newcomer", None, lambda size: bytes(range(size)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act."""

    run: Callable[[Desk, Scene], object]
    before: Callable[[Scene], None] = held
    who: str = AMAL
    once: bool = False
    """Whether a second time is refused, once it is on record."""
    signs_only: bool = False
    """Whether it records nothing: until it succeeds, the published head is an old one."""
    another_way: str = ""
    """A step that has a second way: where it alone fails, the act succeeds."""
    leaves: Callable[[Scene], list[Path]] = lambda _scene: []
    """Files beside the desk that a failed act must not leave."""


ACTS: Final[dict[str, Act]] = {
    "ingest": Act(run=ingest, before=arrived),
    "examine": Act(run=lambda d, _: d.examine(item_of(d))),
    "offer": Act(run=lambda d, _: d.offer(item_of(d), to=PEOPLE[JOAN], purpose="x"), once=True),
    "accept": Act(run=lambda d, _: d.accept(item_of(d)), before=offered, who=JOAN, once=True),
    "import": Act(run=lambda d, _: d.import_dossier(item_of(d), dossier("soleimani-letter"))),
    "sign": Act(run=lambda d, _: d.sign_verdict(item_of(d)), before=weighed, once=True),
    "countersign": Act(
        run=lambda d, _: d.countersign_verdict(item_of(d), version=1), before=signed, once=True
    ),
    "enrol": Act(run=lambda d, _: d.enrol(NEWCOMER, role="custodian", name="New Comer"), once=True),
    "new key": Act(
        run=make_key,
        another_way="link",
        leaves=lambda scene: [scene.keys / "custodians" / "newcomer.key"],
    ),
    "erase": Act(run=lambda d, _: d.erase_source(SOURCE, reason="law"), before=asked),
    "checkpoint": Act(run=lambda d, _: d.checkpoint(), before=unsigned_head, signs_only=True),
    "note": Act(run=lambda d, _: d.note(item_of(d), text="x")),
    "report": Act(run=lambda d, _: d.report(item_of(d))),
    "package folder": Act(run=package(""), leaves=lambda scene: [scene.base / "package"]),
    "package zip": Act(run=package(".zip"), leaves=lambda scene: [scene.base / "package.zip"]),
}
