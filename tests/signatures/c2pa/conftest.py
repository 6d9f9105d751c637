"""Parties that the tests of content credentials share."""

import pytest

from tests.signatures.c2pa.parties import World, make_world


@pytest.fixture(scope="session")
def world() -> World:
    """One set of parties for the session."""
    return make_world()
