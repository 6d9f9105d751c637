"""Inside the walls a file descriptor sends no signal: of fcntl only harmless commands are left."""

import io
from datetime import UTC, datetime
from typing import Final

import pytest

from provenance.examine.outcome import Limits
from provenance.examine.runner import Runner, jail_level
from provenance.trust.model import TrustSet
from tests.signatures.pdf.letters import bare_page

NOW: Final = datetime(2040, 1, 1, tzinfo=UTC)
LEAVES: Final = ("F_GETFD", "F_SETFD", "F_GETFL", "F_DUPFD", "F_DUPFD_CLOEXEC")
REFUSED: Final = (
    "F_SETFL O_ASYNC", "F_SETOWN", "F_GETOWN", "F_SETSIG", "F_SETOWN_EX", "F_SETLEASE", "F_NOTIFY",
    "F_SETLK", "F_SETPIPE_SZ", "F_ADD_SEALS", "high half",
)  # fmt: skip


@pytest.mark.skipif("seccomp" not in jail_level().walls, reason="this system has no seccomp")
@pytest.mark.parametrize("landlock", [True, False])
def test_no_signal_by_a_descriptor(*, landlock: bool) -> None:
    """Whoever reads a hostile file may copy a descriptor, and may not have it signal anybody."""
    limits = Limits(seconds=20)
    with Runner(job="tests.examine.probes:tell_fcntl", limits=limits, landlock=landlock) as runner:
        found = runner.examine(io.BytesIO(bare_page()), name=None, at=NOW, trust=TrustSet())
    assert found.facts is not None
    told = found.facts.properties
    assert {what: told[what] for what in LEAVES} == dict.fromkeys(LEAVES, "allowed")
    assert {what: told[what] for what in REFUSED} == dict.fromkeys(REFUSED, "PermissionError")
