"""Fixtures: two desks that know nothing of one another, and an item on the first."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.acts.receiving import IngestOptions
from tests.desk.scene import AMAL, Scene, make_scene

DOCUMENT = b"the first page\n"
PHOTO = b"stands for a photograph of it\n"


@dataclass(frozen=True, kw_only=True)
class Two:
    """A giver and a receiver."""

    giver: Scene
    receiver: Scene
    item: bytes

    def offer(self, **more: str) -> bytes:
        """Offer the item and return the file."""
        with self.giver.open(AMAL) as desk:
            return desk.offer_to_desk(
                self.item, to="The Lookout", purpose="second opinion", **more
            ).file

    def documents(self) -> list[Path]:
        """What travels beside the file."""
        return [
            self.receiver.write("in/page.txt", DOCUMENT),
            self.receiver.write("in/photo.txt", PHOTO),
        ]


@pytest.fixture(scope="session")
def made_two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    """Two desks; not to be changed."""
    base = tmp_path_factory.mktemp("two")
    giver, receiver = make_scene(base / "giver"), make_scene(base / "receiver")
    page, photo = giver.write("page.txt", DOCUMENT), giver.write("photo.txt", PHOTO)
    with giver.open(AMAL) as desk:
        done = desk.ingest([page], IngestOptions(source="S-7"), keep_receipts=True)
        item = done.receipts[0].item
        desk.ingest([photo], IngestOptions(item=item, form="photo"))
    return Two(giver=giver, receiver=receiver, item=item)


@pytest.fixture
def two(made_two: Two, tmp_path: Path) -> Two:
    """Two desks, this test's own."""
    return Two(
        giver=made_two.giver.copy(tmp_path / "giver"),
        receiver=made_two.receiver.copy(tmp_path / "receiver"),
        item=made_two.item,
    )
