"""A server that forks `prov` commands and ends each with SIGKILL at the step it is told.

A step is one of: a sync of a file, a folder or a file system, a link, a rename, a database commit,
an acknowledgement on stdout; each counts before and after. A command with no step to die at runs to
its end and prints their number as the last line on stderr. Batches are small, so that a short run
has many commits. Requests come as JSON Lines on stdin; each answer is a line with the exit code.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

import provenance.desk as _desk  # so that the forked commands find it loaded
import provenance_cli.ingest_run as _ingest_run  # same
import provenance_store.key_files as _key_files  # same
from provenance.acts import ingesting
from provenance_cli import voice
from provenance_cli.main import run
from provenance_store import blobs

LOADED = (_desk, _ingest_run, _key_files)
LIMIT = [-1]
COUNT = [0]


def step() -> None:
    """Count one step; the told one is the last."""
    if COUNT[0] == LIMIT[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    COUNT[0] += 1


def stepping(real: Callable[..., Any]) -> Callable[..., Any]:
    """Put a step before and after a call."""

    def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 whatever the real one takes
        step()
        answer = real(*args, **kwargs)
        step()
        return answer

    return call


def put_steps_in() -> None:
    """Replace every call that makes something durable or tells somebody of it."""
    ingesting.BATCH_FILES = 3  # type: ignore[misc] # smaller than any real batch, on purpose
    os.fsync = stepping(os.fsync)
    os.link = stepping(os.link)
    Path.replace = stepping(Path.replace)  # type: ignore[method-assign] # a seam, in this process
    blobs.__dict__["sync_filesystem"] = stepping(blobs.__dict__["sync_filesystem"])
    Connection._commit_impl = stepping(Connection._commit_impl)  # type: ignore[method-assign] # same
    voice.result_json = stepping(voice.result_json)


def command(asked: dict[str, Any]) -> None:
    """Be the command: never returns."""
    for target, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), target)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    LIMIT[0], COUNT[0] = asked["at"], 0
    sys.argv = ["prov", *asked["words"]]
    code = 99
    try:
        run()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    finally:
        sys.stdout.flush()
        sys.stderr.write(json.dumps({"steps": COUNT[0]}) + "\n")
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Serve until stdin ends."""
    put_steps_in()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            command(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
