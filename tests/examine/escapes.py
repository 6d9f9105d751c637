"""Everything that a parser which was taken over might try, by raw system calls where there are any.

Each attempt says what it was told: `allowed`, or the name of the error. Attempts are harmless where
they succeed, so that a wall that fell is seen and nothing is broken.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.examine.probes import answer_with

X86: Final = platform.machine() == "x86_64"
DOCUMENT: Final = 3
SIGTERM: Final = 15
# name: (x86-64, 64-bit Arm, arguments); {p} is the parent. None: no such call on that architecture.
CALLS: Final[dict[str, tuple[int | None, int | None, tuple[Any, ...]]]] = {
    # processes
    "fork": (57, None, ()),
    "vfork-by-clone": (56, 220, (0x4000 | 0x100 | SIGTERM, 0, 0, 0, 0)),
    "clone": (56, 220, (17, 0, 0, 0, 0)),
    "clone3": (435, 435, (b"\0" * 64, 64)),
    "execve": (59, 221, (b"/bin/true", 0, 0)),
    "execveat-document": (322, 281, (DOCUMENT, b"", 0, 0, 0x1000)),
    # other processes
    "kill-parent": (62, 129, ("{p}", 0)),
    "tgkill-parent": (234, 131, ("{p}", "{p}", 0)),
    "queue-signal": (129, 138, ("{p}", 0, 0)),
    "pidfd-open": (434, 434, ("{p}", 0)),
    "ptrace-attach": (101, 117, (16, "{p}", 0, 0)),
    "ptrace-traceme": (101, 117, (0, 0, 0, 0)),
    "read-memory-of-parent": (310, 270, ("{p}", 0, 0, 0, 0, 0)),
    "write-memory-of-parent": (311, 271, ("{p}", 0, 0, 0, 0, 0)),
    "kcmp": (312, 272, ("{p}", "{p}", 0, 0, 0)),
    # connections
    "socket-inet": (41, 198, (2, 1, 0)),
    "socket-netlink": (41, 198, (16, 3, 0)),
    "socketpair": (53, 199, (1, 1, 0, b"\0" * 8)),
    "memfd": (319, 279, (b"x", 0)),
    "eventfd": (290, 19, (0, 0)),
    "pipe2": (293, 59, (b"\0" * 8, 0)),
    # rights and limits
    "raise-limit": (160, 164, (7, b"\xff" * 16)),
    "prlimit-parent": (302, 261, ("{p}", 7, 0, b"\0" * 16)),
    "prctl-dumpable": (157, 167, (4, 1, 0, 0, 0)),
    "prctl-pdeathsig": (157, 167, (1, 0, 0, 0, 0)),
    "seccomp": (317, 277, (0, 0, 0)),
    "setuid": (105, 146, (0,)),
    "capset": (126, 91, (0, 0)),
    "personality": (135, 92, (0x0040000,)),
    "unshare-user": (272, 97, (0x10000000,)),
    "setns": (308, 268, (DOCUMENT, 0)),
    "landlock-more": (444, 444, (0, 0, 1)),
    # the kernel's larger doors
    "bpf": (321, 280, (0, 0, 0)),
    "keyctl": (250, 219, (0, -3, 0, 0, 0)),
    "add-key": (248, 217, (b"user", b"x", b"x", 1, -3)),
    "io-uring": (425, 425, (1, b"\0" * 120)),
    "userfaultfd": (323, 282, (0,)),
    "perf-event": (298, 241, (b"\0" * 112, 0, -1, -1, 0)),
    "mount": (165, 40, (b"none", b"/tmp", b"tmpfs", 0, 0)),
    "umount": (166, 39, (b"/proc", 0)),
    "chroot": (161, 51, (b"/tmp",)),
    "pivot-root": (155, 41, (b"/", b"/")),
    "open-by-handle": (304, 265, (0, 0, 0)),
    "fanotify": (300, 262, (0, 0)),
    "inotify": (294, 26, (0,)),
    "module": (313, 273, (DOCUMENT, b"", 0)),
    "ioctl-terminal": (16, 29, (0, 0x5412, b"x")),
    # files, and the document itself
    "truncate-document": (77, 46, (DOCUMENT, 0)),
    "chmod-document": (91, 52, (DOCUMENT, 0o777)),
    "fallocate-document": (285, 47, (DOCUMENT, 0, 0, 1)),
    "pwrite-document": (18, 68, (DOCUMENT, b"x", 1, 0)),
    "lock-document": (73, 32, (DOCUMENT, 2)),
    "symlink": (266, 36, (b"/etc/passwd", -100, b"/tmp/escaped-link")),
    "link": (265, 37, (-100, b"/etc/passwd", -100, b"/tmp/escaped-hard", 0)),
    "mkdir": (258, 34, (-100, b"/tmp/escaped-folder", 0o700)),
    "rename": (276, 276, (-100, b"/tmp/escaped-a", -100, b"/tmp/escaped-b", 0)),
    "unlink": (263, 35, (-100, b"/tmp/escaped-a", 0)),
    "mknod": (259, 33, (-100, b"/tmp/escaped-pipe", 0o010600, 0)),
    "close-range": (436, 436, (200, 210, 0)),
    "x32-getpid": (0x40000000 + 39, None, ()),
}


def _call(name: str) -> str:
    on_x86, on_arm, arguments = CALLS[name]
    number = on_x86 if X86 else on_arm
    if number is None:
        return "EPERM"  # no such call here
    libc = ctypes.CDLL(None, use_errno=True)
    given = [
        one if isinstance(one, bytes) else ctypes.c_long(PARENT[0] if one == "{p}" else one)
        for one in arguments  # 64 bits each: an int would be cut
    ]
    result = libc.syscall(ctypes.c_long(number), *given)
    if result == 0 and name in {"fork", "vfork-by-clone", "clone", "clone3"}:
        os._exit(0)  # a child that should not be
    return "allowed" if result >= 0 else errno.errorcode[ctypes.get_errno()]


PARENT: Final = [1]  # the zygote's number, noted before the walls forbid to ask for it


def _tried(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    except BaseException as error:  # noqa: BLE001 - the class is the result
        return type(error).__name__
    return "allowed"


def _own_folder() -> Path:
    """The folder that the document lies in: on a desk, among all the others."""
    return Path(os.readlink(f"/proc/self/fd/{DOCUMENT}")).parent  # noqa: PTH115 - raw


def _neighbour() -> Path:
    return _own_folder() / "another-source.txt"


PYTHON_WAYS: Final[dict[str, Callable[[], object]]] = {
    "tcp": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "tcp6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "unix-datagram": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
    "netlink": lambda: socket.socket(16, socket.SOCK_RAW),
    "vsock": lambda: socket.socket(40, socket.SOCK_STREAM),
    "packet": lambda: socket.socket(17, socket.SOCK_RAW),
    "look-up-name": lambda: socket.getaddrinfo("localhost", 80),
    "passwd": lambda: Path("/etc/passwd").read_bytes(),
    "desk-folder": lambda: os.listdir(_own_folder()),  # noqa: PTH208 - raw
    "desk-file": lambda: _neighbour().read_bytes(),
    "document-again": lambda: os.open(f"/proc/self/fd/{DOCUMENT}", os.O_RDONLY),
    "document-to-write": lambda: os.open(f"/proc/self/fd/{DOCUMENT}", os.O_RDWR),
    "document-mapped": lambda: mmap.mmap(DOCUMENT, 1, prot=mmap.PROT_WRITE),
    "document-written": lambda: os.write(DOCUMENT, b"x"),
    "own-environment": lambda: Path("/proc/self/environ").read_bytes(),
    "own-memory": lambda: os.open("/proc/self/mem", os.O_RDWR),
    "first-process": lambda: Path("/proc/1/environ").read_bytes(),
    "parents-environment": lambda: Path(f"/proc/{PARENT[0]}/environ").read_bytes(),
    "parents-memory": lambda: os.open(f"/proc/{PARENT[0]}/mem", os.O_RDONLY),
    "parents-channel": lambda: os.open(f"/proc/{PARENT[0]}/fd/64", os.O_RDWR),
    "processes": lambda: os.listdir("/proc"),  # noqa: PTH208 - raw
    "devices": lambda: os.listdir("/dev"),  # noqa: PTH208 - raw
    "up-from-libraries": lambda: Path(f"{os.__file__}/../../../../../../etc/passwd").read_bytes(),
    "up-by-dots": lambda: Path(
        f"{Path(os.__file__).parent}/../../../../../../etc/passwd"
    ).read_bytes(),
    "write-library": lambda: os.open(f"{Path(os.__file__).parent}/escaped.py", os.O_CREAT | 1),
    "write-temporary": lambda: Path("/tmp/escaped").write_bytes(b"x"),  # noqa: S108 - must fail
    "write-shared-memory": lambda: Path("/dev/shm/escaped").write_bytes(b"x"),  # noqa: S108 - same
    "thread": lambda: threading.Thread(target=print).start(),
    "spawn": lambda: subprocess.run(["/bin/true"], check=True),
    "os-fork": os.fork,
    "more-memory": lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
    "more-time": lambda: resource.setrlimit(resource.RLIMIT_CPU, (-1, -1)),
    "bigger-pipe": lambda: fcntl.fcntl(DOCUMENT, 1031, 1 << 20),
}


def preload(_request: dict[str, Any]) -> None:
    """Note the zygote's number, as a parser could by guessing."""
    PARENT[0] = os.getpid()


def ask(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Try everything, and carry out what each attempt was told."""
    told = {name: _tried(action) for name, action in PYTHON_WAYS.items()}
    told |= {f"call-{name}": _call(name) for name in CALLS}
    told["environment"] = ",".join(sorted(set(os.environ) - HARMLESS))
    told["descriptors"] = ",".join(str(number) for number in range(1024) if _is_open(number))
    told["arguments"] = " ".join(sys.argv)
    return answer_with(request, told)


HARMLESS: Final = {
    "LC_ALL",
    "LC_CTYPE",
    "OMP_NUM_THREADS",
    "OMP_THREAD_LIMIT",
    "OPENBLAS_NUM_THREADS",
}


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def old_calls(_document: int, _request: dict[str, Any]) -> None:
    """Make a system call by the 32-bit door, which the list for 64 bits knows nothing of."""
    code = bytes.fromhex("b814000000 cd80 c3")  # mov eax, 20 (getpid); int 0x80; ret
    page = mmap.mmap(-1, len(code), prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    ctypes.CFUNCTYPE(ctypes.c_int)(address)()
