"""Fixtures of the intake tests."""

import pytest

from provenance.intake.arrivals import arrivals
from tests.intake.world import KEY, MemoryBlobs, Outcome, Take, never_known


@pytest.fixture
def blobs() -> MemoryBlobs:
    """Return an empty store."""
    return MemoryBlobs()


@pytest.fixture
def take(blobs: MemoryBlobs) -> Take:
    """Return a function that runs the whole intake and checks that nothing stays half-written."""

    def run(*roots: object, **settings: object) -> list[Outcome]:
        options: dict[str, object] = {"known": never_known, "mark_key": KEY, **settings}
        found = list(arrivals(roots, blobs=blobs, **options))  # type: ignore[arg-type]  # mixed settings
        assert blobs.half_written == 0
        return found

    return run
