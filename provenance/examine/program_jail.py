"""A jail whose process may turn into one program: the walls around the second OpenPGP engine.

The walls of `jail`, built of the same tables, with three holes, each as small as it can be: the
program and its loader may be executed, and nothing else on this machine; the system's libraries
may be read, as the interpreter's may; a few memory files without a name, made before the walls
close, may be written up to SPOOL bytes, and are how the program gets its input. No network, no
other file, no other process, no signal: as before, and all of it stays in force in the program.
Where Landlock or seccomp is missing there is no such jail, and the caller does without the
program.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from typing import Final

# Two jails, one set of stones: what is permitted in both is listed once.
from provenance.examine.jail import (
    _AUDIT_ARCH,
    _COMMON,
    _FILES,
    _FILES_X86_ONLY,
    _FS_RIGHTS_BY_ABI,
    _LANDLOCK_ADD,
    _LANDLOCK_CREATE,
    _LANDLOCK_RESTRICT,
    _PR_SET_DUMPABLE,
    _PR_SET_NO_NEW_PRIVS,
    _PR_SET_PDEATHSIG,
    _PR_SET_SECCOMP,
    _X86_ONLY,
    OPEN_FILES,
    _ask_landlock,
    _assemble,
    _drop_capabilities,
)

SPOOL: Final = 128 << 20  # bytes of one memory file; a signed text inside a file is far shorter
LIBRARIES: Final = ("/lib", "/usr/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache")
LOADERS: Final = (
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
)

_MORE_CALLS: Final = (
    # name, x86-64, aarch64: what it takes to become a program
    ("execve", 59, 221),
    ("set_tid_address", 218, 96),
    ("dup3", 292, 24),
)
_MORE_X86_ONLY: Final = (("dup2", 33),)
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3


def enter_program_jail(
    *,
    program: str,
    seconds: float,
    memory: int,
    readable: tuple[str, ...],
    landlock: bool = True,
) -> tuple[str, ...]:
    """Close the walls around this process; returns the walls that stand.

    Args:
        program: path of the one program that may be executed.
        seconds: CPU seconds, rounded up.
        memory: bytes of address space on top of the present use.
        readable: folders that stay readable.
        landlock: try Landlock; without it nothing may be executed either.
    """
    if sys.platform != "linux":
        return ()
    if os.getpid() != os.getsid(0):
        os.setsid()
    walls = ["rlimits"] if _set_limits(seconds=seconds, memory=memory) else []
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return tuple(walls)
    walls.append("no-new-privs")
    if _drop_capabilities(libc):
        walls.append("no-capabilities")
    abi = _restrict_files(libc, readable, program) if landlock else 0
    if abi:
        walls.append(f"landlock-{abi}")
    if abi and _filter_calls(libc):
        walls.append("seccomp")
    return tuple(walls)


def make_spools(count: int) -> list[int]:
    """Return descriptors of empty memory files that a program inherits; call before the walls."""
    return [os.memfd_create("spool", 0) for _ in range(count)]


def _set_limits(*, seconds: float, memory: int) -> bool:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - before the walls
        used = int(statm.read().split()[0]) * resource.getpagesize()
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, SPOOL),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_AS, used + memory),
    ]
    if os.getuid() != 0:
        limits.append((resource.RLIMIT_NPROC, 0))
    try:
        for which, value in limits:
            resource.setrlimit(which, (value, value))
    except (ValueError, OSError):  # a stricter limit is in force: then it is not this jail
        return False
    return True


def _restrict_files(libc: ctypes.CDLL, readable: tuple[str, ...], program: str) -> int:
    """Landlock; returns the kernel's ABI number, 0 when it is not there or refused."""
    abi = _ask_landlock(libc)
    if abi < 1:
        return 0
    fields = [(1 << _FS_RIGHTS_BY_ABI[min(abi, 5)]) - 1]
    fields += [0b11] if abi >= 4 else []  # TCP
    fields += [0b11] if abi >= 6 else []  # abstract UNIX sockets, signals
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = libc.syscall(
        _LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)
    )
    if ruleset < 0:
        return 0
    try:
        for path in (*readable, *LIBRARIES):
            _allow(libc, ruleset, path, _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0))  # noqa: PTH112 - no pathlib in the zygote
        for path in (program, *LOADERS):
            _allow(libc, ruleset, path, _READ_FILE | _EXECUTE)
        restricted = libc.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return abi if restricted == 0 else 0


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there needs no permission
        return
    try:
        rule = struct.pack("=Qi", rights, handle)
        libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, ctypes.c_uint32(0))
    finally:
        os.close(handle)


def _filter_calls(libc: ctypes.CDLL) -> bool:
    """seccomp-BPF; returns whether the filter is in force."""
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        return False
    column = 1 if machine == "x86_64" else 2
    numbers = [int(row[column]) for row in (*_COMMON, *_FILES, *_MORE_CALLS)]
    if machine == "x86_64":
        more = (*_X86_ONLY, *_FILES_X86_ONLY, *_MORE_X86_ONLY)
        numbers += [row[1] for row in more]
    program = _assemble(_AUDIT_ARCH[machine], sorted(numbers))
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    return int(libc.prctl(_PR_SET_SECCOMP, 2, header, 0, 0)) == 0
