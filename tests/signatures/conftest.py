"""Shared parties and signed letters."""

import pytest

from tests.signatures.pdf.letters import bare_page
from tests.signatures.pdf.world import World, make_world, sign


@pytest.fixture(scope="session")
def world() -> World:
    """One set of parties for the session: making keys costs time."""
    return make_world()


@pytest.fixture(scope="session")
def signed(world: World) -> bytes:
    """A page without a signature block, signed once."""
    return sign(bare_page(), world.signer, authority=world.authority)
