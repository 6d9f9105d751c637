"""Fixtures: a desk that holds one of everything, an erased source and an offer abroad included."""

from pathlib import Path

import pytest

from provenance.acts.receiving import IngestOptions
from tests.desk.scene import AMAL, JOAN, Scene, fill, make_scene


@pytest.fixture(scope="session")
def made_everything(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A desk that holds one of everything; not to be changed."""
    scene = make_scene(tmp_path_factory.mktemp("everything"))
    fill(scene)
    path = scene.write("from-a-source.txt", b"to be forgotten\n")
    with scene.open(JOAN) as desk:
        desk.add_source("S-77", note="sealed")
        desk.ingest([path], IngestOptions(source="S-77", note="a note at intake"))
        desk.erase_source("S-77", reason="law")
    with scene.open(AMAL) as desk:
        desk.erase_source("S-77", reason="law")
        desk.add_source("S-88", note="sealed")
        item = next(iter(desk.items())).item
        desk.offer_to_desk(item, to="The Lookout", purpose="second opinion")
    return scene


@pytest.fixture
def everything(made_everything: Scene, tmp_path: Path) -> Scene:
    """A desk that holds one of everything, this test's own."""
    return made_everything.copy(tmp_path / "scene")


@pytest.fixture(scope="module")
def bench_scene(made_everything: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A desk on which tests flip a bit and flip it back."""
    return made_everything.copy(tmp_path_factory.mktemp("flips") / "scene")
