"""The clock inside a child: wall time and CPU time of the stretch that counts.

CPU time covers all threads of the process and the child processes it has waited for.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Yield a dict that holds `wall` and `cpu` in seconds once the block is left."""
    taken: dict[str, float] = {}
    cpu, wall = cpu_seconds(), time.perf_counter()
    yield taken
    taken["wall"] = time.perf_counter() - wall
    taken["cpu"] = cpu_seconds() - cpu


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its children so far."""
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system
