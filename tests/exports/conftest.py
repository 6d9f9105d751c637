"""Fixtures: one newsroom and its three packages, made once; tests copy what they change."""

from pathlib import Path

import pytest

from tests.exports.world import AUDIENCES, Newsroom, make_newsroom


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """A desk that nobody changes (packages come from copies)."""
    return make_newsroom(tmp_path_factory.mktemp("newsroom") / "room")


@pytest.fixture(scope="session")
def packages(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Audience -> package as a folder; not to be changed."""
    base = tmp_path_factory.mktemp("packages")
    found = {}
    for audience in AUDIENCES:
        newsroom.copy(base / f"{audience}-room").package(base / audience, audience)
        found[audience] = base / audience
    return found
