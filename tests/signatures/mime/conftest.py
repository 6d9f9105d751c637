"""Shared parties."""

import pytest

from tests.signatures.cms.world import World


@pytest.fixture(scope="session")
def world() -> World:
    """One set of parties for the session: making keys costs time."""
    return World()
