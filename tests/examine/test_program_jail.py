"""The walls around the second OpenPGP engine, tried from inside, and what its answers become."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance.examine.answers import split_answer
from provenance.examine.gpgv_job import find_gpgv
from provenance.examine.jail import describe_level
from provenance.examine.program_jail import prepare_program_jail
from provenance.examine.runner import jail_level
from provenance.examine.zygote import RawAnswer, Zygote

FULL = jail_level().level == "full"
pytestmark = pytest.mark.skipif(not FULL, reason="this system does not offer every wall")
needs_gpgv = pytest.mark.skipif(find_gpgv() is None, reason="no gpgv on this machine")


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    """One zygote."""
    one = Zygote()
    yield one
    one.close()


def run(zygote: Zygote, job: str, **changed: Any) -> RawAnswer:  # noqa: ANN401 - limits
    """Run a job on nothing."""
    limits = {"seconds": 20.0, "memory": 1 << 29, "answer": 65_536} | changed
    request = {"job": job, "limits": limits, "landlock": True, "require_full_jail": True}
    with Path(os.devnull).open("rb") as nothing:
        return zygote.run(request, nothing.fileno())


def test_a_program_in_the_jail_gets_nothing_out(zygote: Zygote) -> None:
    """No file, network, process, signal, further program or memory file; only its own spools."""
    walls, body = split_answer(run(zygote, "tests.examine.program_probes:ask").body)
    assert describe_level(walls) == "full"
    told = json.loads(body)
    assert told.pop("environment") == ""
    assert told.pop("spool") == "allowed"
    assert told.pop("beyond-spool") == "OSError"
    assert set(told.values()) <= {"PermissionError", "BlockingIOError", "OSError"}, told


def test_nothing_but_the_named_program_may_be_executed(zygote: Zygote) -> None:
    """The child cannot become anything else."""
    walls, body = split_answer(run(zygote, "tests.examine.program_probes:other").body)
    assert describe_level(walls) == "full"
    assert json.loads(body)["fault"] == "PermissionError"


@pytest.mark.parametrize("name", ["sleep", "spin"])
def test_a_program_that_does_not_end_is_ended(zygote: Zygote, name: str) -> None:
    """Time limits hold for the program as for any parser."""
    raw = run(zygote, f"tests.examine.program_probes:{name}", seconds=1.0)
    assert raw.timed_out or os.WIFSIGNALED(raw.status)


def test_a_program_that_says_too_much_is_cut_off(zygote: Zygote) -> None:
    """Its answer is bounded like any other."""
    raw = run(zygote, "tests.examine.program_probes:flood", answer=4096)
    assert raw.too_large
    assert len(raw.body) <= 4097


def test_without_landlock_there_is_no_such_jail() -> None:
    """One wall less, and nothing is prepared: the second engine is "not here"."""
    assert prepare_program_jail("/usr/bin/gpgv", (), landlock=False) is None


@needs_gpgv
def test_gpgv_starts_in_its_jail_and_says_its_version(zygote: Zygote) -> None:
    """The real program, with its libraries, behind every wall."""
    walls, body = split_answer(run(zygote, "provenance.examine.gpgv_job:report_version").body)
    assert describe_level(walls) == "full"
    assert body.startswith(b"gpgv (GnuPG) 2.")
