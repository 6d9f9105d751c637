"""Shut the current process off from everything but its open files, for good.

In order: a new session that dies with its parent; resource limits; no capabilities; no_new_privs;
Landlock (no file but the interpreter's own libraries, read-only; no TCP; no signal to the outside);
seccomp (a list of permitted system calls, of fcntl a list of commands; everything else, among it
sockets, exec, kill and ptrace, gets EPERM; fork and threads get ENOSYS). What the system does not
offer is left out, and the level reached is returned: it is stored with every examination. Without
Landlock no file at all can be opened once seccomp is on. Needs no privilege. Imports only the
standard library.

Built once in the zygote (`prepare_jail`), entered by each child in a dozen system calls: every page
of memory that a child writes to is copied for it, and that is most of what a child costs.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from dataclasses import dataclass
from typing import Final

OPEN_FILES: Final = 24  # descriptors; the document, the answer, and lazy imports one at a time

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # same on all architectures
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
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
_FCNTL: Final = {"x86_64": 72, "aarch64": 25}
_FCNTL_COMMANDS: Final = (0, 1, 2, 3, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC. Not F_SETOWN, F_SETSIG, F_SETFL (O_ASYNC)
or F_NOTIFY: a descriptor that signals its owner reaches processes outside although kill is refused,
where the kernel is older than 6.12 and Landlock has no signal scope. Nor locks and leases."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Jail:
    """Walls that are ready to be closed, in this process or in a child of it."""

    libc: ctypes.CDLL | None
    """None on a system without such calls."""
    ruleset: int
    """Descriptor of the Landlock rules; -1 without Landlock."""
    abi: int
    """Landlock ABI of the kernel; 0 = no Landlock."""
    program: bytes
    """seccomp-BPF that lets files be opened, for use behind Landlock; empty = no table for this
    architecture."""
    closed_program: bytes
    """The same, and no file can be opened: for use without Landlock."""
    spool: int = 0
    """Bytes that one file may grow to. No file can be opened for writing behind Landlock: this is
    for memory files that were made before (`program_jail`)."""

    def die_with(self, parent: int) -> None:
        """End this process when its parent ends; at once, if that is gone already."""
        if self.libc is not None:
            self.libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    def enter(self, *, seconds: float, memory: int, base: int, ruleset: int) -> tuple[str, ...]:
        """Close the walls around this process; returns the walls that stand.

        Args:
            seconds: CPU seconds, rounded up.
            memory: bytes of address space on top of `base`.
            base: bytes of address space in use (`address_space`).
            ruleset: descriptor of the Landlock rules in this process; it can be closed afterwards.
        """
        walls = []
        if hasattr(os, "setsid") and os.getpid() != os.getsid(0):
            os.setsid()
        if _set_limits(seconds=seconds, memory=base + memory, file_size=self.spool):
            walls.append("rlimits")
        libc = self.libc
        if libc is None:
            return tuple(walls)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return tuple(walls)  # neither Landlock nor seccomp without it
        walls.append("no-new-privs")
        if _drop_capabilities(libc):
            walls.append("no-capabilities")
        program = self.closed_program
        if self.abi and libc.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0)) == 0:
            walls.append(f"landlock-{self.abi}")
            program = self.program
        if program and _filter_calls(libc, program):
            walls.append("seccomp")
        return tuple(walls)


def prepare_jail(readable: tuple[str, ...], *, landlock: bool = True) -> Jail:
    """Make ready what all children's walls have in common.

    Args:
        readable: folders that stay readable.
        landlock: try Landlock; tests switch it off to see that the rest holds.
    """
    if sys.platform != "linux":
        return Jail(libc=None, ruleset=-1, abi=0, program=b"", closed_program=b"")
    libc = ctypes.CDLL(None, use_errno=True)
    ruleset, abi = make_rules(libc, readable) if landlock else (-1, 0)
    return Jail(
        libc=libc,
        ruleset=ruleset,
        abi=abi,
        program=permitted_calls(files=True),
        closed_program=permitted_calls(files=False),
    )


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


def _set_limits(*, seconds: float, memory: int, file_size: int) -> bool:
    """Limit this process; `memory` is the whole of its address space."""
    cpu = int(seconds) + 1
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, memory),
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


def address_space() -> int:
    """Return the bytes of address space in use; 0 where the system does not say."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        return int(os.read(statm, 100).split()[0]) * resource.getpagesize()
    finally:
        os.close(statm)


def _drop_capabilities(libc: ctypes.CDLL) -> bool:
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    return int(libc.capset(header, b"\0" * 24)) == 0


def make_rules(
    libc: ctypes.CDLL, readable: tuple[str, ...], runnable: tuple[str, ...] = ()
) -> tuple[int, int]:
    """Make Landlock rules; returns (descriptor, the kernel's ABI), (-1, 0) when it is not there.

    Args:
        libc: for the calls.
        readable: folders and files that may be read.
        runnable: programs that may be executed.
    """
    abi = _ask_landlock(libc)
    if abi < 1:
        return -1, 0
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
        return -1, 0
    for path in readable:
        folder = _READ_DIR if os.path.isdir(path) else 0  # noqa: PTH112 - no pathlib in the zygote
        _allow(libc, ruleset, path, _READ_FILE | folder)
    for path in runnable:
        _allow(libc, ruleset, path, _READ_FILE | _EXECUTE)
    return int(ruleset), abi


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


def permitted_calls(*, files: bool, more: tuple[tuple[str, int, int], ...] = ()) -> bytes:
    """Return the seccomp program of this architecture; empty where there is no table for it.

    Args:
        files: let files be opened; only with Landlock.
        more: further calls, as rows of the tables above.
    """
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        return b""
    column = 1 if machine == "x86_64" else 2
    numbers = [int(row[column]) for row in (*_COMMON, *(_FILES if files else ()), *more)]
    if machine == "x86_64":
        numbers += [row[1] for row in (*_X86_ONLY, *(_FILES_X86_ONLY if files else ()))]
    absent = [int(row[column]) for row in _THREADS]
    return _assemble(_AUDIT_ARCH[machine], sorted(numbers), absent, _FCNTL[machine])


def _filter_calls(libc: ctypes.CDLL, program: bytes) -> bool:
    """seccomp-BPF; returns whether the filter is in force."""
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    return int(libc.prctl(_PR_SET_SECCOMP, 2, header, 0, 0)) == 0


def _assemble(arch: int, numbers: list[int], absent: list[int], fcntl: int) -> bytes:
    """Classic BPF: right architecture or die; permitted, ENOSYS for threads, or EPERM."""

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
    program += [step(equal, 1, 0, fcntl), step(give, 0, 0, refuse)]
    # struct seccomp_data: args[1], the command, lies at 24, its high half at 28 (little endian).
    program += [step(load, 0, 0, 28), step(equal, 1, 0, 0), step(give, 0, 0, refuse)]
    program.append(step(load, 0, 0, 24))
    for command in _FCNTL_COMMANDS:
        program += [step(equal, 0, 1, command), step(give, 0, 0, allow)]
    program.append(step(give, 0, 0, refuse))
    return b"".join(program)
