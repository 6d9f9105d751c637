"""Run `prov` and kill it at a step of its writing; then look whether anything was lost.

Moments are steps of the write order, not seconds (see `killed_child`): a few kills reach every
kind of step, on a fast machine and on a slow one. One server process forks each command: starting
Python for each of some hundred commands would take most of the time.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from provenance.desk import Desk
from provenance.views import OccurrenceView
from tests.desk.scene import Scene, environment, json_lines

CHILD: Final = Path(__file__).with_name("killed_child.py")
TO_THE_END: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one command ended."""

    code: int
    """Exit code, negative for a signal."""
    out: str
    err: str

    @property
    def killed(self) -> bool:
        """Whether the kill ended it."""
        return self.code == -signal.SIGKILL

    @property
    def steps(self) -> int:
        """How many steps a run that was let through had."""
        return int(json.loads(self.err.splitlines()[-1])["steps"])


class Killer:
    """Runs commands in forked processes, and kills them where it is told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._server = subprocess.Popen(
            [sys.executable, str(CHILD)],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.communicate(timeout=60)  # closes its input, which ends it

    def run(self, *words: object, at: int = TO_THE_END) -> Ended:
        """Run `prov` and kill it at step `at`."""
        self._number += 1
        out, err = (self._folder / f"{self._number}.{name}" for name in ("out", "err"))
        asked = {"words": [str(w) for w in words], "at": at, "out": str(out), "err": str(err)}
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        code = int(self._server.stdout.readline())
        return Ended(code=code, out=out.read_text("utf-8"), err=err.read_text("utf-8"))


def assert_sound(scene: Scene, acknowledged: Sequence[str]) -> None:
    """The desk opens, its audit holds, and every acknowledged digest is there, whole."""
    with scene.open() as desk:
        found = desk.audit()
        assert found.evidence_holds, (found.damaged, found.unreadable)
        assert found.log_holds, (found.beside_the_key, found.log.findings)
        before = list(desk.parts.views.dump())
        desk.rebuild()
        assert before == list(desk.parts.views.dump())
        # The audit re-read every blob that the ledger names; here it is named.
        assert set(acknowledged) <= occurrences(desk).keys()


def occurrences(desk: Desk) -> Counter[str]:
    """SHA-256 -> how often it arrived."""
    return Counter(
        held.sha256.hex()
        for view in desk.items()
        for held in desk.holdings(view.item)
        if isinstance(held, OccurrenceView)
    )


def receipts(text: str) -> list[str]:
    """The digests that `--json` lines acknowledge."""
    return [str(line["sha256"]) for line in json_lines(text)]


def arrivals(scene: Scene) -> Counter[str]:
    """SHA-256 -> how often it arrived at this desk."""
    with scene.open() as desk:
        return occurrences(desk)


def inbox_of(folder: Path, count: int) -> Path:
    """A folder of small files, each of other bytes."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:03}.txt").write_bytes(os.urandom(60))
    return folder
