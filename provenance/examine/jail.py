"""Shut the current process off from everything but its open files, for good.

In order: a new session that dies with its parent; resource limits; no capabilities; no_new_privs;
Landlock (no file but the interpreter's own libraries, read-only; no TCP; no signal to the outside);
seccomp (a list of permitted system calls; everything else, among it sockets, exec, kill and ptrace,
gets EPERM; fork and threads get ENOSYS). What the system does not offer is left out, and the level
reached is returned: it is stored with every examination. Without Landlock no file at all can be
opened once seccomp is on. Needs no privilege. Imports only the standard library.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from typing import Final

OPEN_FILES: Final = 24  # descriptors; the document, the answer, and lazy imports one at a time

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # same on all architectures
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FS_RIGHTS_BY_ABI: Final = (0, 13, 14, 15, 15, 16)  # bits known to Landlock ABI 0..5 and later

_COMMON: Final = (
    # name, x86-64, aarch64. Reading and writing what is already open:
    ("read", 0, 63),
    ("write", 1, 64),
    ("close", 3, 57),
    ("fstat", 5, 80),
    ("lseek", 8, 62),
    ("pread64", 17, 67),
    ("readv", 19, 65),
    ("writev", 20, 66),
    ("fcntl", 72, 25),
    ("dup", 32, 23),
    # memory
    ("mmap", 9, 222),
    ("mprotect", 10, 226),
    ("munmap", 11, 215),
    ("brk", 12, 214),
    ("mremap", 25, 216),
    ("madvise", 28, 233),
    # signals within the process, time, identity
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("sigaltstack", 131, 132),
    ("sched_yield", 24, 124),
    ("nanosleep", 35, 101),
    ("clock_gettime", 228, 113),
    ("clock_getres", 229, 114),
    ("clock_nanosleep", 230, 115),
    ("gettimeofday", 96, 169),
    ("getrusage", 98, 165),
    ("sysinfo", 99, 179),
    ("uname", 63, 160),
    ("getpid", 39, 172),
    ("getuid", 102, 174),
    ("geteuid", 107, 175),
    ("getgid", 104, 176),
    ("getegid", 108, 177),
    ("gettid", 186, 178),
    ("getcwd", 79, 17),
    ("futex", 202, 98),
    ("set_robust_list", 273, 99),
    ("rseq", 334, 293),
    ("sched_getaffinity", 204, 123),
    ("getrandom", 318, 278),
    ("exit", 60, 93),
    ("exit_group", 231, 94),
)
_THREADS: Final = (
    # Refused as well, but as "not there" (ENOSYS): a library that can do without threads then does
    # (rayon, in the reader of C2PA in PDF files), and after EPERM aborts the worker.
    ("clone", 56, 220),
    ("clone3", 435, 435),
)
_X86_ONLY: Final = (("time", 201), ("arch_prctl", 158))
_FILES: Final = (
    # only with Landlock, which limits them to the interpreter's libraries
    ("openat", 257, 56),
    ("newfstatat", 262, 79),
    ("getdents64", 217, 61),
    ("readlinkat", 267, 78),
    ("faccessat", 269, 48),
    ("statx", 332, 291),
)
_FILES_X86_ONLY: Final = (("open", 2), ("stat", 4), ("lstat", 6), ("access", 21), ("readlink", 89))


def enter_jail(
    *, seconds: float, memory: int, readable: tuple[str, ...], landlock: bool = True
) -> tuple[str, ...]:
    """Close the walls around this process; returns the walls that stand.

    Args:
        seconds: CPU seconds, rounded up.
        memory: bytes of address space on top of the present use.
        readable: folders that stay readable.
        landlock: try Landlock; tests switch it off to see that the rest holds.
    """
    walls = []
    if hasattr(os, "setsid") and os.getpid() != os.getsid(0):
        os.setsid()
    if _set_limits(seconds=seconds, memory=memory):
        walls.append("rlimits")
    if sys.platform != "linux":
        return tuple(walls)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return tuple(walls)  # neither Landlock nor seccomp without it
    walls.append("no-new-privs")
    if _drop_capabilities(libc):
        walls.append("no-capabilities")
    abi = _restrict_files(libc, readable) if landlock else 0
    if abi:
        walls.append(f"landlock-{abi}")
    if _filter_calls(libc, files=bool(abi)):
        walls.append("seccomp")
    return tuple(walls)


def landlock_abi() -> int:
    """Return the kernel's Landlock ABI, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return max(_ask_landlock(libc), 0)


def _ask_landlock(libc: ctypes.CDLL) -> int:
    # LANDLOCK_CREATE_RULESET_VERSION asks for the ABI and changes nothing.
    return int(libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))


def describe_level(walls: tuple[str, ...]) -> str:
    """Return the level as one word for records: `full`, `partial (...)` or `process only`."""
    full = {"rlimits", "no-new-privs", "no-capabilities", "seccomp"}
    if full <= set(walls) and any(wall.startswith("landlock-") for wall in walls):
        return "full"
    return f"partial ({'+'.join(walls)})" if walls else "process only"


def _set_limits(*, seconds: float, memory: int) -> bool:
    cpu = int(seconds) + 1
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, _address_space() + memory),
    ]
    if hasattr(resource, "RLIMIT_NPROC") and os.getuid() != 0:
        limits.append((resource.RLIMIT_NPROC, 0))
    done = True
    for which, value in limits:
        try:
            resource.setrlimit(which, (value, value))
        except (ValueError, OSError):  # a stricter limit is in force already, or none is offered
            done = done and resource.getrlimit(which)[0] <= value
    return done


def _address_space() -> int:
    """Bytes of address space in use; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - before any import
            return int(statm.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return 0


def _drop_capabilities(libc: ctypes.CDLL) -> bool:
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    return int(libc.capset(header, b"\0" * 24)) == 0


def _restrict_files(libc: ctypes.CDLL, readable: tuple[str, ...]) -> int:
    """Landlock; returns the kernel's ABI number, 0 when it is not there or refused."""
    abi = _ask_landlock(libc)
    if abi < 1:
        return 0
    rights = (1 << _FS_RIGHTS_BY_ABI[min(abi, 5)]) - 1
    fields = [rights]
    if abi >= 4:
        fields.append(0b11)  # bind and connect of TCP: none allowed
    if abi >= 6:
        fields.append(0b11)  # abstract UNIX sockets and signals: only within this domain
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = libc.syscall(
        _LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)
    )
    if ruleset < 0:
        return 0
    try:
        for folder in readable:
            _allow_reading(libc, ruleset, folder)
        restricted = libc.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return abi if restricted == 0 else 0


def _allow_reading(libc: ctypes.CDLL, ruleset: int, folder: str) -> None:
    try:
        handle = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # a folder that is not there needs no permission
        return
    try:
        rule = struct.pack("=Qi", _READ_FILE | _READ_DIR, handle)
        libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, ctypes.c_uint32(0))
    finally:
        os.close(handle)


def _filter_calls(libc: ctypes.CDLL, *, files: bool) -> bool:
    """seccomp-BPF; returns whether the filter is in force."""
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        return False
    column = 1 if machine == "x86_64" else 2
    numbers = [int(row[column]) for row in (*_COMMON, *(_FILES if files else ()))]
    if machine == "x86_64":
        numbers += [row[1] for row in (*_X86_ONLY, *(_FILES_X86_ONLY if files else ()))]
    absent = [int(row[column]) for row in _THREADS]
    program = _assemble(_AUDIT_ARCH[machine], sorted(numbers), absent)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    return int(libc.prctl(_PR_SET_SECCOMP, 2, header, 0, 0)) == 0


def _assemble(arch: int, numbers: list[int], absent: list[int]) -> bytes:
    """Classic BPF: right architecture or die; a permitted number, ENOSYS for threads, or EPERM."""

    def step(code: int, true: int, false: int, value: int) -> bytes:
        return struct.pack("=HBBI", code, true, false, value)

    load, equal, give = 0x20, 0x15, 0x06
    kill, refuse, allow = 0x80000000, 0x00050000 | errno.EPERM, 0x7FFF0000
    missing = 0x00050000 | errno.ENOSYS
    program = [step(load, 0, 0, 4), step(equal, 1, 0, arch), step(give, 0, 0, kill)]
    program.append(step(load, 0, 0, 0))
    for number in numbers:
        program += [step(equal, 0, 1, number), step(give, 0, 0, allow)]
    for number in absent:
        program += [step(equal, 0, 1, number), step(give, 0, 0, missing)]
    program.append(step(give, 0, 0, refuse))
    return b"".join(program)
