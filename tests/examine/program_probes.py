"""Jobs that turn into a program which tries to get out: the interpreter, in gpgv's jail.

What a gpgv that was taken over by a hostile signature could do is what any program can do there;
the interpreter says most plainly what it was refused.
"""

import os
import sys
from typing import Any, NoReturn

from provenance.examine.program_jail import make_spools, prepare_program_jail
from provenance.examine.worker import readable_folders

PYTHON = os.path.realpath(sys.executable)
_spools: list[int] = []

ASK = r"""
import ctypes, json, os, signal, socket, sys
def tried(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__
    return "allowed"
def write_spool(at):
    os.lseek(int(sys.argv[1]), at, 0)
    os.write(int(sys.argv[1]), b"x")
told = {
    "read": tried(lambda: open("/etc/passwd").read()),
    "folder": tried(lambda: os.listdir("/tmp")),
    "write": tried(lambda: open("/tmp/escaped", "w")),
    "tcp": tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
    "unix": tried(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)),
    "fork": tried(os.fork),
    "exec": tried(lambda: os.execv("/bin/true", ["true"])),
    "shell": tried(lambda: os.execv("/bin/sh", ["sh", "-c", "true"])),
    "kill": tried(lambda: os.kill(os.getppid(), signal.SIGTERM)),
    "memory-file": tried(lambda: os.memfd_create("more")),
    "document": tried(lambda: os.write(3, b"x")),
    "spool": tried(lambda: write_spool(0)),
    "beyond-spool": tried(lambda: write_spool(1 << 30)),
    "environment": ",".join(sorted(set(os.environ) - {"LC_ALL", "LC_CTYPE"})),
}
os.write(4, json.dumps(told).encode())
"""
SLEEP = "import time; time.sleep(600)"
SPIN = "while True: pass"
FLOOD = "import os\nwhile True: os.write(4, b'x' * 65536)"


def enter(**limits: Any) -> tuple[str, ...]:  # noqa: ANN401 - the arguments of a jail
    """Close the walls around what will be the interpreter."""
    jail = prepare_program_jail(PYTHON, readable_folders())
    assert jail is not None
    _spools[:] = make_spools(1)
    return jail.enter(**limits, ruleset=jail.ruleset)


def _become(program: str) -> NoReturn:
    arguments = ["python", "-I", "-S", "-c", program, str(_spools[0])]
    os.execve(PYTHON, arguments, {"LC_ALL": "C"})  # noqa: S606 - no shell


def ask(_document: int, _request: dict[str, Any]) -> None:
    """Try everything a jailed program must not do."""
    _become(ASK)


def sleep(_document: int, _request: dict[str, Any]) -> None:
    """Never end, using nothing."""
    _become(SLEEP)


def spin(_document: int, _request: dict[str, Any]) -> None:
    """Never end, using the processor."""
    _become(SPIN)


def flood(_document: int, _request: dict[str, Any]) -> None:
    """Say more than anybody reads."""
    _become(FLOOD)


def other(_document: int, _request: dict[str, Any]) -> None:
    """Turn into another program than the one allowed."""
    os.execve("/bin/true", ["true"], {})  # noqa: S606 - must fail
