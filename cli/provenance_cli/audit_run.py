"""What audits run with: workers, checkpoints held elsewhere, a sample.

Workers are processes of their own, started fresh (`spawn`): nothing of this process is copied into
them. Below PARALLEL_FROM entries (HASHING_FROM, where they are only hashed) starting them costs
more than they save, and none is started. A file that is no checkpoint, or one of another log, says
nothing about this log: it is refused before anything is looked at. One that names this log is held
against it, whoever signed it.
"""

import multiprocessing
import os
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from provenance.acts.auditing import AuditPlan
from provenance.errors import Malformed, NotFound, UsageError
from provenance.ledger.checkpoint import claimed_origin
from provenance.ledger.note import MAX_NOTE

PARALLEL_FROM: Final = 4_000  # entries: about the second that starting two workers takes
HASHING_FROM: Final = 300_000  # the same, where entries are only hashed
HASHING_CORES: Final = 4  # fewer share their memory: one process reads and hashes as fast as two
MAX_JOBS: Final = 256


@contextmanager
def audit_plan(
    *,
    entries: int,
    origin: str,
    jobs: int | None,
    since: Path | None,
    outside: Sequence[Path],
    sample: int | None,
    seed: int | None,
) -> Iterator[AuditPlan]:
    """Provide the plan of an audit with its workers, which end with it.

    Raises:
        UsageError: no such number of jobs or blobs, or a file that is no checkpoint of this log.
        NotFound: a checkpoint file cannot be read.
    """
    if sample is not None and sample < 0:
        raise UsageError("--sample is not negative")
    count = worker_count(jobs)
    with ExitStack() as workers:
        pool = workers.enter_context(processes(count if entries >= PARALLEL_FROM else 1))
        readers = workers.enter_context(ThreadPoolExecutor(count)) if count > 1 else None
        yield AuditPlan(
            entries=pool,
            blobs=readers,
            ahead=2 * count,
            since=read_held(since, origin) if since else None,
            outside=tuple(read_held(path, origin) for path in outside),
            sample=sample,
            seed=secrets.randbelow(1 << 32) if seed is None else seed,
        )


def worker_count(jobs: int | None) -> int:
    """Return how many workers: as asked, or one a core.

    Raises:
        UsageError: no such number of workers.
    """
    count = (os.cpu_count() or 1) if jobs is None else jobs
    if not 1 <= count <= MAX_JOBS:
        raise UsageError(f"--jobs is a number from 1 to {MAX_JOBS}")
    return count


def hashing_workers(jobs: int | None, entries: int) -> int:
    """Return how many workers hash a log of so many entries.

    Raises:
        UsageError: no such number of workers.
    """
    count = worker_count(jobs)
    if entries < HASHING_FROM or (jobs is None and count < HASHING_CORES):
        return 1
    return count


@contextmanager
def processes(count: int) -> Iterator[Executor | None]:
    """Provide so many fresh processes, which end with the block; None for a single one."""
    if count == 1:
        yield None
        return
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=fresh) as pool:
        yield pool


def read_held(path: Path, origin: str) -> bytes:
    """Return the bytes of a checkpoint of this log that somebody else has held.

    Raises:
        NotFound: it cannot be read.
        UsageError: it is no checkpoint, or one of another log: nothing would follow from it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_NOTE + 1)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    try:
        named = claimed_origin(data)
    except Malformed as error:
        raise UsageError(f"{path} is no checkpoint, so nothing was looked at: {error}") from error
    if named != origin:
        raise UsageError(
            f"{path} is a checkpoint of {named}, not of this log ({origin}), so nothing was looked "
            "at"
        )
    return data
