"""Fixtures: one desk of three people and one full desk, each made once and copied per test."""

from pathlib import Path

import pytest

from tests.desk.scene import Scene, fill, make_scene


@pytest.fixture(scope="session")
def made_scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A desk of three people without items; not to be changed."""
    return make_scene(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def filled_scene(made_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A desk that holds one of everything; not to be changed."""
    scene = made_scene.copy(tmp_path_factory.mktemp("filled"))
    fill(scene)
    return scene


@pytest.fixture
def scene(made_scene: Scene, tmp_path: Path) -> Scene:
    """A desk of three people, this test's own."""
    return made_scene.copy(tmp_path / "scene")


@pytest.fixture
def full(filled_scene: Scene, tmp_path: Path) -> Scene:
    """A desk that holds one of everything, this test's own."""
    return filled_scene.copy(tmp_path / "full")
