"""Fixtures: a desk of three people on which a source has left traces everywhere it can."""

from pathlib import Path

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.verdict.parse_dossier import parse_dossier
from tests.desk.scene import AMAL, Scene, make_scene
from tests.erasure.traces import DOSSIER, HANDLE, NOTE, OTHER


@pytest.fixture(scope="session")
def made_sources(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A desk with two sources; not to be changed."""
    scene = make_scene(tmp_path_factory.mktemp("sources"))
    with scene.open(AMAL) as desk:
        desk.add_source(HANDLE, note=NOTE)
        for number in range(60):  # enough rows that SQLite splits pages and leaves copies about
            path = scene.write(f"{number}.txt", f"page {number}\n".encode())
            source = OTHER if number % 3 == 0 else HANDLE
            desk.ingest([path], IngestOptions(source=source, channel=f"by-{source}"))
        item = next(iter(desk.items())).item
        desk.import_dossier(item, parse_dossier(DOSSIER, name="d.json"))
    return scene


@pytest.fixture
def sources(made_sources: Scene, tmp_path: Path) -> Scene:
    """A desk with two sources, this test's own."""
    return made_sources.copy(tmp_path / "scene")
