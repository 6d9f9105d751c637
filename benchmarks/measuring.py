"""Measure a piece of work in a process of its own, several times, beside its peer.

Rules:
  1. one measurement is one child process: its peak memory is its own, nothing is warm by accident;
  2. subject and peer take turns (A B A B ...), so that a noisy minute of the machine hits both;
  3. a round that is thrown away comes first: it fills caches, and byte code is written;
  4. a figure is the median over the rounds, with the smallest and the largest beside it;
  5. CPU time (all threads and child processes) stands beside wall time: on a shared machine only
     the first one repeats.
Nothing here is part of the product, and the parent stays small: the kernel counts a parent's memory
at the fork into its child's peak.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
CHILD: Final = Path(__file__).resolve().parent / "child.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run of one child."""

    wall: float
    """Seconds; of the measured stretch if the child states it, else of the whole process."""
    cpu: float
    """CPU seconds, user and system, likewise."""
    peak: int
    """Bytes: ru_maxrss of the child."""
    answer: dict[str, Any]
    """What the child reports beside its times."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over several rounds."""

    least: float
    middle: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of at least one value."""
        return cls(min(values), median(values), max(values))


Work = Callable[[int], Sample]
"""Takes the round's number, so that every round can have a folder of its own."""


def environment() -> dict[str, str]:
    """Return the children's environment: the checkout, and byte code written as on any machine."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPATH"] = os.pathsep.join(str(ROOT / part) for part in ("", "store", "cli"))
    return env


def run_process(command: Sequence[str | Path], *, codes: Sequence[int] = (0,)) -> Sample:
    """Run a program to its end; its whole life is measured, output is not looked at.

    Raises:
        RuntimeError: it ended with another code than these.
    """
    before = time.perf_counter()
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, cwd=ROOT, env=environment()
    )
    if process.stdout is None:
        raise RuntimeError("no pipe from the child")
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - before
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Sample(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        peak=used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        answer={"output": output.decode("utf-8", "replace")},
    )


def run_job(job: str, *, python: Path | None = None, **arguments: Any) -> Sample:  # noqa: ANN401  # each job has its own
    """Run `module:function` of this folder in a child and return what it measured.

    The function returns a dict that may state `wall` and `cpu` of the stretch that counts.
    """
    whole = run_process([python or sys.executable, CHILD, job, json.dumps(arguments, default=str)])
    answer = json.loads(whole.answer["output"])
    return Sample(
        wall=answer.pop("wall", whole.wall),
        cpu=answer.pop("cpu", whole.cpu),
        peak=whole.peak,
        answer=answer,
    )


def take_turns(rounds: int, *works: Work) -> list[list[Sample]]:
    """Run each piece of work in turn, `rounds` times after one that is thrown away."""
    taken: list[list[Sample]] = [[] for _ in works]
    for number in range(rounds + 1):
        for samples, work in zip(taken, works, strict=True):
            sample = work(number)
            if number:
                samples.append(sample)
    return taken
