"""The zygote and its children: one fork per document, jailed before the document is touched.

The zygote imports parsers, never opens a document, and serves one request at a time: import what
this kind of document needs, fork, wait, kill at the time limit, report how the child ended. The
child closes every descriptor but the document and the answer, enters the jail, writes down which
walls stand, and only then reads. A child is never used twice: a parser taken over by one document
must not write another's answer. Holds no key, no trust decision of its own, no desk.

A child costs what it writes to: each page that it touches is copied for it. So whatever is the same
for all children is made ready before the fork.
"""

import fcntl
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
from dataclasses import replace
from types import ModuleType
from typing import Any, Final

from provenance.examine.frames import receive_frame, send_frame
from provenance.examine.jail import Jail, address_space, describe_level, prepare_jail
from provenance.examine.outer import shut_off_zygote
from provenance.examine.pages import gather_pages

EXIT_MEMORY: Final = 81  # the job ran out of memory and said so
EXIT_JAIL: Final = 82  # the walls asked for did not stand, so nothing was read
EXIT_FAULT: Final = 83  # the job itself raised; the answer names the class

MAX_BESIDE: Final = 8  # files beside one document; a signed letter has one signature, or a few
MAX_DESCRIPTORS: Final = 2 + MAX_BESIDE

DOCUMENT, ANSWER, FIRST_BESIDE = 3, 4, 5  # descriptors of the child; files beside it from 5 on
_TRUST: dict[str, Any] = {}  # the newest set as it was sent, by digest; written in the zygote only
_POLL: Final = 0.005  # seconds between looks where the system has no process descriptors
_HIGH: Final = 64  # the zygote's own descriptors stand from here on, out of the children's way
_settled = [0]  # modules loaded when memory was last put in order
_jails: dict[bool, Jail] = {}  # with and without Landlock; written in the zygote only


def serve(channel_number: int) -> None:
    """Serve requests on an inherited socket until the supervisor closes it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor hears Ctrl-C and hangs up
    # A child has one thread and none of its parent's: modules need not repair their locks in it.
    os.register_at_fork = lambda **_hooks: None
    outer = shut_off_zygote()
    channel = socket.socket(fileno=_move_up(channel_number))
    os.close(channel_number)
    _remove_http_client()
    send_frame(channel, {"ready": True})
    while (frame := receive_frame(channel, descriptors=MAX_DESCRIPTORS)) is not None:
        request, descriptors = frame
        _serve_one(channel, request, descriptors, outer)
    os._exit(0)  # taking a thousand modules apart in order would only make the desk wait


def _serve_one(
    channel: socket.socket, request: dict[str, Any], descriptors: list[int], outer: tuple[str, ...]
) -> None:
    if "trust" in request:
        _TRUST.clear()
        _TRUST[request["trust_sha256"]] = request["trust"]
    try:
        module, name = request["job"].split(":")
        try:
            job = importlib.import_module(module)
            run = getattr(job, name)
            getattr(job, "preload", lambda _request: None)(request)
        except Exception as error:  # noqa: BLE001 - no document was opened: the installation is at fault
            fault = f"{type(error).__name__}: {error}"[:300]
            send_frame(channel, {"cannot_load": fault})
            return
        jail = _jail(landlock=request["landlock"])
        base, zygote = address_space(), os.getpid()
        _settle()
        pid = os.fork()
        if pid == 0:
            # A job that turns into a program brings the walls for it.
            enter = getattr(job, "enter", None)
            _child(zygote, jail, base, outer, run, enter, request, descriptors)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    send_frame(channel, _wait(channel, pid, request["limits"]["seconds"]))


def _settle() -> None:
    """Make what was loaded cheap to share between the zygote and its children."""
    gc.freeze()
    if len(sys.modules) != _settled[0]:
        _settled[0] = len(sys.modules)
        gather_pages()


def _jail(*, landlock: bool) -> Jail:
    if landlock not in _jails:
        jail = prepare_jail(readable_folders(), landlock=landlock)
        if jail.ruleset >= 0:
            low, jail = jail.ruleset, replace(jail, ruleset=_move_up(jail.ruleset))
            os.close(low)
        _jails[landlock] = jail
    return _jails[landlock]


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
    watch = select.poll()
    watch.register(channel, select.POLLIN)
    if handle is not None:
        watch.register(handle, select.POLLIN)
    try:
        while (left := deadline - time.monotonic()) > 0:
            pause = left if handle is not None else min(left, _POLL)
            ready = {number for number, _ in watch.poll(pause * 1000 + 1)}  # milliseconds
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
    zygote: int,
    jail: Jail,
    base: int,
    outer: tuple[str, ...],
    job: Any,  # noqa: ANN401 - any function of that shape
    enter: Any,  # noqa: ANN401 - same; None = the usual walls
    request: dict[str, Any],
    descriptors: list[int],
) -> None:
    """Run one job; never returns."""
    code = EXIT_FAULT
    try:
        jail.die_with(zygote)
        rules = _keep_only(descriptors, jail.ruleset)
        limits = request["limits"]
        limited = {"seconds": limits["seconds"], "memory": limits["memory"], "base": base}
        walls = outer + (enter(**limited) if enter else jail.enter(**limited, ruleset=rules))
        if rules >= 0:
            os.close(rules)
        # Spelled by hand: a JSON encoder that is not needed would cost more than the walls.
        _write(b'{"walls": ["' + '", "'.join(walls).encode() + b'"]}\n')
        if request["require_full_jail"] and describe_level(walls) != "full":
            code = EXIT_JAIL
        else:
            code = _run(job, request)
    except MemoryError:
        code = EXIT_MEMORY
    except BaseException:  # noqa: BLE001 - a child must never run on into the zygote's loop
        code = EXIT_FAULT
    finally:
        os._exit(code)


def _run(job: Any, request: dict[str, Any]) -> int:  # noqa: ANN401 - any function of that shape
    try:
        answer = job(DOCUMENT, request)
    except MemoryError:
        return EXIT_MEMORY
    except Exception as error:  # noqa: BLE001 - whatever it is becomes an outcome
        _write(json.dumps({"fault": type(error).__name__, "message": str(error)[:300]}).encode())
        return EXIT_FAULT
    _write(json.dumps(answer).encode())
    return 0


def _keep_only(descriptors: list[int], rules: int) -> int:
    """Null device on 0 to 2, document on 3, answer on 4, files beside it from 5, nothing else.

    The rules of the jail stand behind them until it is entered; returns where.
    """
    answer, document, *beside = (_move_up(one) for one in descriptors)
    wanted = [0, 0, 0, document, answer, *beside]  # a zygote's standard input is the null device
    if rules >= 0:
        wanted.append(rules)
    for target, source in enumerate(wanted):
        if target != source:
            os.dup2(source, target)
    os.closerange(len(wanted), max(*wanted, 256) + _HIGH)
    return len(wanted) - 1 if rules >= 0 else -1


def _move_up(descriptor: int) -> int:
    """Return a copy above those that are about to be overwritten; it is not inherited by exec."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(ANSWER, view) :]


def readable_folders() -> tuple[str, ...]:
    """Return the interpreter's libraries and this package; where lazy imports come from."""
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
