"""Fixtures: one desk of three people, made once and copied for each try."""

from pathlib import Path

import pytest

from tests.desk.scene import Scene, make_scene


@pytest.fixture(scope="session")
def made_scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A desk of three people without items; not to be changed."""
    return make_scene(tmp_path_factory.mktemp("made"))


@pytest.fixture
def scene(made_scene: Scene, tmp_path: Path) -> Scene:
    """A desk of three people, this test's own."""
    return made_scene.copy(tmp_path / "scene")
