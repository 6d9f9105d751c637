"""The supervisor's end of one zygote: start it, hand it a document, take back a bounded answer.

Never lets an answer grow beyond its limit, never waits longer than the time limit and a grace,
and never leaves a process behind: closing the channel makes the zygote kill its child and end.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provenance.errors import SurroundingsError
from provenance.examine.frames import receive_frame, send_frame

GRACE: Final = 10.0  # seconds beyond the limit in which the zygote itself must report
START: Final = 60.0  # seconds a zygote may need to start on a loaded machine
_BOOT: Final = (
    "import sys,json;sys.path[:]=json.loads(sys.argv[1]);"
    "from provenance.examine.worker import serve;serve(int(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """What came out of one child, unchecked."""

    body: bytes
    """Everything it wrote, at most the limit and one byte."""
    too_large: bool
    timed_out: bool
    lost: bool
    """The zygote itself went away."""
    status: int = 0
    """Wait status of the child."""
    cpu: float = 0.0
    maxrss: int = 0


class Zygote:
    """One zygote process; use from one thread at a time."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # Not a list of ours alone: a development checkout and extra folders are found by path.
            paths = [str(Path(__file__).resolve().parents[2]), *(one for one in sys.path if one)]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed program text
                [sys.executable, "-I", "-c", _BOOT, json.dumps(paths), str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=_clean_environment(),
                start_new_session=True,
                cwd="/",  # a library that looks for its parts in the current folder finds none
            )
        except OSError as error:
            ours.close()
            raise SurroundingsError(f"the examination worker cannot be started: {error}") from error
        finally:
            theirs.close()
        self._channel = ours
        self._trust_sha256: str | None = None
        self._greet()

    def _greet(self) -> None:
        self._channel.settimeout(START)
        try:
            hello = receive_frame(self._channel)
        except OSError:
            hello = None
        except BaseException:
            self.close()
            raise
        if hello is None:
            reason = self._last_words()
            self.close()
            raise SurroundingsError(f"the examination worker does not start: {reason}")

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
            _, said = self._process.communicate(timeout=2)
            lines = said.decode("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else f"it ended with status {self._process.returncode}"
        return "it did not answer"

    def run(
        self, request: dict[str, Any], *documents: int, trust: dict[str, Any] | None = None
    ) -> RawAnswer:
        """Run one job on open descriptors, the document's first, and wait for its end.

        `trust` is sent along when the zygote does not hold it yet: it may be megabytes.

        Raises:
            SurroundingsError: the job's parsers cannot be loaded on this machine.
        """
        seconds, limit = request["limits"]["seconds"], request["limits"]["answer"]
        reader, writer = os.pipe()
        new = trust is not None and request["trust_sha256"] != self._trust_sha256
        try:
            try:
                self._channel.settimeout(GRACE)
                announced = request | {"trust": trust} if new else request
                send_frame(self._channel, announced, (writer, *documents))
            except OSError:
                return RawAnswer(body=b"", too_large=False, timed_out=False, lost=True)
            finally:
                os.close(writer)
            # The zygote may first have to import its parsers; that time is not the document's.
            body, too_large = _read_capped(reader, limit, seconds + START + GRACE)
        finally:
            os.close(reader)
        if new:
            self._trust_sha256 = request["trust_sha256"]
        return self._report(body, too_large=too_large, seconds=seconds)

    def _report(self, body: bytes, *, too_large: bool, seconds: float) -> RawAnswer:
        try:
            self._channel.settimeout(seconds + GRACE)
            frame = receive_frame(self._channel)
        except OSError:
            frame = None
        if frame is None:
            return RawAnswer(body=b"", too_large=too_large, timed_out=False, lost=True)
        report, _ = frame
        if "cannot_load" in report:
            raise SurroundingsError(
                f"the worker cannot load what it needs to examine this: {report['cannot_load']}"
            )
        return RawAnswer(
            body=body,
            too_large=too_large,
            timed_out=report["timed_out"],
            lost=False,
            status=report["status"],
            cpu=report["cpu"],
            maxrss=report["maxrss"],
        )

    def kill(self) -> None:
        """End the zygote and its child at once; whoever waits for an answer is told it is lost."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the zygote and its child; returns when the process is gone."""
        self._channel.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()


def _clean_environment() -> dict[str, str]:
    """Nothing of the desk's environment but what the interpreter needs to start."""
    # One thread: a library that starts more of them cannot be used after a fork, and the jail
    # forbids them.
    alone = ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    fixed = {"LC_ALL": "C.UTF-8", **dict.fromkeys(alone, "1")}
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
    return {**fixed, **{key: os.environ[key] for key in kept if key in os.environ}}


def _read_capped(reader: int, limit: int, seconds: float) -> tuple[bytes, bool]:
    """Read to the end, the limit or the deadline; returns (bytes, whether it was too much)."""
    deadline = time.monotonic() + seconds
    parts = bytearray()
    watch = select.poll()  # not select(2): a desk may hold more than 1024 files open
    watch.register(reader, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        if not watch.poll(left * 1000 + 1):  # milliseconds
            break
        part = os.read(reader, 1 << 16)
        if not part:
            break
        parts += part
        if len(parts) > limit:
            return bytes(parts[: limit + 1]), True
    return bytes(parts), False
