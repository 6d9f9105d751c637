"""Jobs that try to get out of the jail, or to harm whoever reads their answer.

Each is run by a worker in place of an examiner. Those that only ask report what they were told.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def _tried(action: Any) -> str:  # noqa: ANN401 - any callable
    try:
        action()
    except BaseException as error:  # noqa: BLE001 - the class is the result
        return type(error).__name__
    return "allowed"


def ask(_document: int, _request: dict[str, Any]) -> dict[str, str]:
    """Try everything a jailed process must not do."""
    return {
        "tcp": _tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        "unix": _tried(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)),
        "read": _tried(lambda: Path("/etc/passwd").read_bytes()),
        "write": _tried(lambda: Path("/tmp/escaped").write_bytes(b"x")),  # noqa: S108 - must fail
        "fork": _tried(os.fork),
        "exec": _tried(lambda: os.execv("/bin/true", ["true"])),  # noqa: S606 - must fail
        "spawn": _tried(lambda: subprocess.run(["/bin/true"], check=True)),
        "kill": _tried(lambda: os.kill(os.getppid(), signal.SIGTERM)),
        "write-document": _tried(lambda: os.write(3, b"x")),
        "environment": ",".join(
            sorted(set(os.environ) - {"LC_ALL", "LC_CTYPE", "OMP_THREAD_LIMIT"})
        ),
        "descriptors": ",".join(str(n) for n in range(64) if _is_open(n)),
    }


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def spin(_document: int, _request: dict[str, Any]) -> None:
    """Never end, using the processor."""
    while True:
        pass


def sleep(_document: int, _request: dict[str, Any]) -> None:
    """Never end, using nothing."""
    while True:
        time.sleep(1)


def hog(_document: int, _request: dict[str, Any]) -> int:
    """Ask for more memory than there may be."""
    return len(bytearray(50 << 30))


def crash(_document: int, _request: dict[str, Any]) -> str:
    """Read address zero."""
    return str(ctypes.string_at(0))


def raise_error(_document: int, _request: dict[str, Any]) -> None:
    """Raise with text that would reorder a terminal."""
    raise ValueError("bad \x1b[2J\u202etxt.exe")


def leave(_document: int, _request: dict[str, Any]) -> None:
    """End without an answer."""
    os._exit(0)


def flood(_document: int, _request: dict[str, Any]) -> dict[str, str]:
    """Answer 100 MB."""
    return {"a": "x" * 100_000_000}


def garble(_document: int, _request: dict[str, Any]) -> None:
    """Answer what is not JSON."""
    os.write(4, b"\xff\xfe{not json")
    os._exit(0)


def nest(_document: int, _request: dict[str, Any]) -> None:
    """Answer JSON so deep that a parser runs out of stack."""
    os.write(4, b"[" * 200_000)
    os._exit(0)


def lie(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Answer about another document."""
    return _answer("0" * 64, "x") if request else {}


def decorate(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Answer well, with hidden characters in the texts."""
    return _answer(request["sha256"], "gpj.\u202eexe\x07")


def surplus(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Answer well, with one member too many."""
    return {**_answer(request["sha256"], "x"), "extra": 1}


def _answer(sha256: str, text: str) -> dict[str, Any]:
    return {
        "signatures": {
            "document_sha256": sha256,
            "statuses": [],
            "detectors_run": [text],
            "detectors_failed": [],
            "unsupported_media_type": None,
            "undetermined": [],
            "not_determined": [],
            "warnings": [],
            "headline": "UNSIGNED",
        },
        "facts": {
            "pages": None,
            "revisions": None,
            "properties": {},
            "observations": [],
            "earlier": [],
            "notes": [],
        },
        "tools": {"python": sys.version.split()[0]},
    }


def tell(document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Carry the results of `ask` out in an answer of the right form."""
    answer = _answer(request["sha256"], "x")
    answer["facts"]["properties"] = ask(document, request)
    return answer


def tell_fcntl(document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Try every kind of fcntl command, and carry the results out."""
    import ctypes  # noqa: PLC0415 - only this probe needs them
    import fcntl  # noqa: PLC0415

    commands = {
        "F_GETFD": (fcntl.F_GETFD, 0),
        "F_SETFD": (fcntl.F_SETFD, fcntl.FD_CLOEXEC),
        "F_GETFL": (fcntl.F_GETFL, 0),
        "F_DUPFD": (fcntl.F_DUPFD, 8),
        "F_DUPFD_CLOEXEC": (fcntl.F_DUPFD_CLOEXEC, 8),
        "F_SETFL O_ASYNC": (fcntl.F_SETFL, os.O_ASYNC),
        "F_SETOWN": (fcntl.F_SETOWN, os.getpid()),
        "F_GETOWN": (fcntl.F_GETOWN, 0),
        "F_SETSIG": (10, 9),
        "F_SETOWN_EX": (15, 0),
        "F_SETLEASE": (fcntl.F_SETLEASE, fcntl.F_UNLCK),
        "F_NOTIFY": (fcntl.F_NOTIFY, 0),
        "F_SETLK": (fcntl.F_SETLK, 0),
        "F_SETPIPE_SZ": (1031, 4096),
        "F_ADD_SEALS": (1033, 1),
    }
    told = {}
    for name, (command, argument) in commands.items():
        try:
            fcntl.fcntl(document, command, argument)
            told[name] = "allowed"
        except OSError as error:
            told[name] = type(error).__name__
    # The kernel looks at 32 bits of the command; the filter must not be told another half.
    libc = ctypes.CDLL(None, use_errno=True)
    number = {"x86_64": 72, "aarch64": 25}[os.uname().machine]
    done = libc.syscall(number, document, ctypes.c_uint64((1 << 40) | fcntl.F_GETFD), 0)
    told["high half"] = "allowed" if done >= 0 else type(OSError(ctypes.get_errno(), "")).__name__
    answer = _answer(request["sha256"], "x")
    answer["facts"]["properties"] = told
    return answer
