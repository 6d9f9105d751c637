"""The zygote and its children: one fork per document, jailed before the document is touched.

The zygote imports parsers, never opens a document, and serves one request at a time: import what
this kind of document needs, fork, wait, kill at the time limit, report how the child ended. The
child closes every descriptor but the document and the answer, enters the jail, writes down which
walls stand, and only then reads. A child is never used twice: a parser taken over by one document
must not write another's answer. Holds no key, no trust decision of its own, no desk.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import sysconfig
import time
from types import ModuleType
from typing import Any, Final

from provenance.examine.frames import receive_frame, send_frame
from provenance.examine.jail import describe_level, enter_jail

EXIT_MEMORY: Final = 81  # the job ran out of memory and said so
EXIT_JAIL: Final = 82  # the walls asked for did not stand, so nothing was read
EXIT_FAULT: Final = 83  # the job itself raised; the answer names the class

MAX_BESIDE: Final = 8  # files beside one document; a signed letter has one signature, or a few
MAX_DESCRIPTORS: Final = 2 + MAX_BESIDE

_DOCUMENT, _ANSWER, _BESIDE = 3, 4, 5  # descriptors of the child; files beside it from 5 on
_TRUST: dict[str, Any] = {}  # the newest set as it was sent, by digest; written in the zygote only
_POLL: Final = 0.005  # seconds between looks where the system has no process descriptors


def serve(channel_number: int) -> None:
    """Serve requests on an inherited socket until the supervisor closes it."""
    channel = socket.socket(fileno=channel_number)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor hears Ctrl-C and hangs up
    _remove_http_client()
    send_frame(channel, {"ready": True})
    while (frame := receive_frame(channel, descriptors=MAX_DESCRIPTORS)) is not None:
        request, descriptors = frame
        _serve_one(channel, request, descriptors)
    os._exit(0)  # taking a thousand modules apart in order would only make the desk wait


def _serve_one(channel: socket.socket, request: dict[str, Any], descriptors: list[int]) -> None:
    if "trust" in request:
        _TRUST.clear()
        _TRUST[request["trust_sha256"]] = request["trust"]
    try:
        module, name = request["job"].split(":")
        try:
            job = importlib.import_module(module)
            getattr(job, "preload", lambda _request: None)(request)
        except Exception as error:  # noqa: BLE001 - no document was opened: the installation is at fault
            fault = f"{type(error).__name__}: {error}"[:300]
            send_frame(channel, {"cannot_load": fault})
            return
        gc.freeze()  # what was imported so far stays shared between parent and child
        pid = os.fork()
        if pid == 0:
            _child(channel, job, name, request, descriptors)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    send_frame(channel, _wait(channel, pid, request["limits"]["seconds"]))


def _wait(channel: socket.socket, pid: int, seconds: float) -> dict[str, Any]:
    """Wait for the child, kill it at its limit or when the supervisor is gone."""
    deadline = time.monotonic() + seconds
    timed_out = not _ended_before(channel, pid, deadline)
    if timed_out:
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    scale = 1 if sys.platform == "darwin" else 1024  # getrusage(2): kilobytes, on macOS bytes
    return {
        "timed_out": timed_out,
        "status": status,
        "cpu": usage.ru_utime + usage.ru_stime,
        "maxrss": usage.ru_maxrss * scale,
    }


def _ended_before(channel: socket.socket, pid: int, deadline: float) -> bool:
    opened = getattr(os, "pidfd_open", None)
    handle = None
    if opened is not None:
        try:
            handle = opened(pid)
        except OSError:  # kernel before 5.3, or a container that forbids it
            handle = None
    try:
        while (left := deadline - time.monotonic()) > 0:
            watched = [channel.fileno()] + ([handle] if handle is not None else [])
            pause = left if handle is not None else min(left, _POLL)
            ready, _, _ = select.select(watched, [], [], pause)
            if handle in ready:
                return True
            if channel.fileno() in ready:  # nothing is sent while a job runs: it hung up
                return False
            if handle is None and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return True
        return False
    finally:
        if handle is not None:
            os.close(handle)


def _child(
    channel: socket.socket,
    job: ModuleType,
    name: str,
    request: dict[str, Any],
    descriptors: list[int],
) -> None:
    """Run one job; never returns."""
    code = EXIT_FAULT
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        channel.detach()
        _keep_only(descriptors)
        limits = request["limits"]
        enter = getattr(job, "enter", enter_jail)  # a job that turns into a program has its own
        walls = enter(
            seconds=limits["seconds"],
            memory=limits["memory"],
            readable=_readable_folders(),
            landlock=request["landlock"],
        )
        _write(json.dumps({"walls": walls}).encode() + b"\n")
        if request["require_full_jail"] and describe_level(walls) != "full":
            code = EXIT_JAIL
        else:
            code = _run(getattr(job, name), request)
    except MemoryError:
        code = EXIT_MEMORY
    except BaseException:  # noqa: BLE001 - a child must never run on into the zygote's loop
        code = EXIT_FAULT
    finally:
        os._exit(code)


def _run(job: Any, request: dict[str, Any]) -> int:  # noqa: ANN401 - any function of that shape
    try:
        answer = job(_DOCUMENT, request)
    except MemoryError:
        return EXIT_MEMORY
    except Exception as error:  # noqa: BLE001 - whatever it is becomes an outcome
        _write(json.dumps({"fault": type(error).__name__, "message": str(error)[:300]}).encode())
        return EXIT_FAULT
    _write(json.dumps(answer).encode())
    return 0


def _keep_only(descriptors: list[int]) -> None:
    """Null device on 0 to 2, document on 3, answer on 4, files beside it from 5, nothing else."""
    answer, document, *beside = (_move_up(one) for one in descriptors)
    null = _move_up(os.open(os.devnull, os.O_RDWR))
    wanted = [null, null, null, document, answer, *beside]
    for target, source in enumerate(wanted):
        os.dup2(source, target)
    os.closerange(len(wanted), max(*wanted, 256) + 64)


def _move_up(descriptor: int) -> int:
    """Return a copy above those that are about to be overwritten."""
    import fcntl  # noqa: PLC0415 - not on every system that can import this module

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 32)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(_ANSWER, view) :]


def _readable_folders() -> tuple[str, ...]:
    """The interpreter's libraries and this package; where lazy imports come from."""
    paths = sysconfig.get_paths()
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - no pathlib in the zygote
    found = [paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"], own]
    found.append(os.path.join(sys.base_prefix, "lib", "python" + sysconfig.get_python_version()))  # noqa: PTH118 - same
    return tuple(dict.fromkeys(found))


def _remove_http_client() -> None:
    """Put an empty module in the place of the HTTP client that the PDF engine imports.

    Nothing here may reach the network; without the client it cannot even try, and starting is a
    third of a second quicker.
    """

    class Refused:
        def __init__(self, *_: object, **__: object) -> None:
            raise OSError("no network in a worker")

    stand_in = ModuleType("aiohttp")
    stand_in.__getattr__ = lambda _name: Refused  # type: ignore[method-assign] # PEP 562 on a made module
    sys.modules["aiohttp"] = stand_in


def held_trust(sha256: str) -> Any:  # noqa: ANN401 - JSON values
    """Return the trust set that was sent, for a job to read.

    Raises:
        KeyError: none of this digest was sent.
    """
    return _TRUST[sha256]


def report_walls(_document: int, _request: dict[str, Any]) -> dict[str, Any]:
    """A job that does nothing: the walls it stood behind are the answer."""
    return {}
