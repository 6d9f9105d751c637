"""Trust on a desk: every change a record, every version readable, findings judged anew."""

from pathlib import Path

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.errors import BlobMissing, DeskCorrupt, NotFound, Refused
from provenance.signatures.axes import Headline
from provenance.trust.editing import united, without
from provenance.trust.model import TrustSet
from tests.desk.scene import AMAL, KIM, Scene
from tests.desk.test_tamper import execute
from tests.signatures.pdf.world import World
from tests.trust.world import full_set


@pytest.fixture
def item(scene: Scene, signed: bytes) -> bytes:
    """A signed letter on the desk, examined under the empty set."""
    path = scene.write("letter.pdf", signed)
    with scene.open(AMAL) as desk:
        (receipt,) = desk.ingest([path], IngestOptions(), keep_receipts=True).receipts
        desk.examine(receipt.item)
    return receipt.item


def rely(scene: Scene, more: TrustSet, *, by: str = AMAL) -> str:
    """Add to the set in force; returns its digest."""
    with scene.open(by) as desk:
        return desk.change_trust(lambda base: united(base, more), reason="met them").trust.sha256


def test_an_empty_desk_relies_on_nothing(scene: Scene) -> None:
    """Before the first change the set is empty, has no version, and is its own earlier version."""
    with scene.open() as desk:
        assert desk.trust() == TrustSet()
        assert desk.trust_versions() == []
        assert desk.trust_version(TrustSet().sha256[:10]) == TrustSet()
        with pytest.raises(NotFound):
            desk.trust_version("abcdef0123")


def test_every_version_stays_readable(scene: Scene, world: World) -> None:
    """After three changes each set can be read back by its digest, and the audit is content."""
    one = rely(scene, world.trust)
    two = rely(scene, full_set())
    with scene.open(AMAL) as desk:
        member = f"compromised:{full_set().compromised_spki[0]}"
        three = desk.change_trust(lambda base: without(base, member), reason="it was not")
        assert [v.sha256 for v in desk.trust_versions()] == [one, two, three.trust.sha256]
        assert desk.trust_version(one[:12]) == world.trust
        assert desk.trust_version(two) == united(world.trust, full_set())
        assert [m.id for m in three.went] == [member]
        assert desk.trust() == three.trust
        assert desk.audit().evidence_holds


def test_a_change_that_changes_nothing_is_refused(scene: Scene, world: World) -> None:
    """The same set again, or no reason, records nothing."""
    rely(scene, world.trust)
    with pytest.raises(Refused, match="nothing"):
        rely(scene, world.trust)
    with scene.open(AMAL) as desk, pytest.raises(Refused, match="reason"):
        desk.change_trust(lambda _: TrustSet(), reason="")


def test_only_an_admin_changes_trust(scene: Scene, world: World) -> None:
    """A custodian's key does not decide what the newsroom relies on."""
    with pytest.raises(Refused, match="admin"):
        rely(scene, world.trust, by=KIM)


def test_names_do_not_lie_in_the_blobs(scene: Scene) -> None:
    """Whoever steals the documents learns of no person whose key is pinned."""
    rely(scene, full_set())
    stored = [path.read_bytes() for path in Path(scene.desk).rglob("*") if path.is_file()]
    assert stored
    for data in stored:
        assert b"Ada Example" not in data
        assert b"example.org" not in data


def test_a_changed_or_missing_set_is_found(scene: Scene) -> None:
    """One flipped bit in the stored set, or its loss, is named by the audit and never judged by."""
    rely(scene, full_set())
    with scene.open() as desk:
        (blob,) = [one.hex() for one in desk.parts.blobs.list()]
    path = scene.blob(blob)
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(data))
    with scene.open() as desk:
        assert not desk.audit().evidence_holds
        with pytest.raises(DeskCorrupt):
            desk.trust()
    path.unlink()
    with scene.open() as desk, pytest.raises(BlobMissing):
        desk.trust()
    record = "SELECT seq FROM entry WHERE type = 'trust.changed'"
    execute(scene, f"DELETE FROM disclosure WHERE seq IN ({record})")  # noqa: S608 - a constant
    with scene.open() as desk, pytest.raises(DeskCorrupt, match="is gone"):
        desk.trust()


def test_what_was_judged_under_another_set_is_judged_anew(
    scene: Scene, item: bytes, world: World
) -> None:
    """A new anchor makes signed copies stale; judged anew they move, and the old finding stays."""
    with scene.open(AMAL) as desk:
        ((_, old),) = desk.findings(item).items()
        assert old.headline is Headline.INTACT_UNKNOWN_SIGNER
        assert list(desk.judged_otherwise()) == []
    digest = rely(scene, world.trust)
    with scene.open(AMAL) as desk:
        assert [one.item for one in desk.judged_otherwise()] == [item]
        ((_, found),) = desk.examine(item)
        assert found.trust_set_sha256 == digest
        assert found.headline is Headline.VERIFIED
        assert list(desk.judged_otherwise()) == []
        assert len(desk.entries(item, ("finding",))) == 2


def test_an_unsigned_copy_does_not_depend_on_trust(scene: Scene, world: World) -> None:
    """A plain text is not judged anew when an anchor comes."""
    with scene.open(AMAL) as desk:
        path = scene.write("a.txt", b"a plain text\n")
        (receipt,) = desk.ingest([path], IngestOptions(), keep_receipts=True).receipts
        desk.examine(receipt.item)
    rely(scene, world.trust)
    with scene.open() as desk:
        assert list(desk.judged_otherwise()) == []
