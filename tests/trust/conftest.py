"""Fixtures: the desks of `tests/desk`, `prov` in this process, and a PDF signed by Ann."""

import pytest

from tests.cli.conftest import prov, quiet_surroundings
from tests.desk.conftest import filled_scene, full, made_scene, scene
from tests.signatures.pdf.letters import bare_page
from tests.signatures.pdf.world import World, make_world, sign

__all__ = ["filled_scene", "full", "made_scene", "prov", "quiet_surroundings", "scene"]


@pytest.fixture(scope="session")
def world() -> World:
    """One set of parties for the session: making keys costs time."""
    return make_world()


@pytest.fixture(scope="session")
def signed(world: World) -> bytes:
    """A page signed once by Ann, whose certificate the authority issued."""
    return sign(bare_page(), world.signer, authority=world.authority)
