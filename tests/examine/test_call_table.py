"""The numbers of permitted system calls, against the kernel's own headers where they are."""

import re
from pathlib import Path

import pytest

from provenance.examine import jail

GENERIC = Path("/usr/include/asm-generic/unistd.h")  # what 64-bit Arm uses
X86 = next(iter(sorted(Path("/usr/include").glob("**/asm/unistd_64.h"))), Path("/nowhere"))
NEVER = (
    *("socket", "connect", "bind", "sendto", "sendmsg", "recvmsg", "socketpair", "accept"),
    *("clone", "clone3", "fork", "vfork", "execve", "execveat", "kill", "tkill", "tgkill"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd"),
    *("mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "bpf", "keyctl", "add_key"),
    *("request_key", "io_uring_setup", "io_uring_enter", "userfaultfd", "perf_event_open"),
    *("personality", "setrlimit", "prlimit64", "prctl", "seccomp", "memfd_create", "ioctl"),
    *("init_module", "finit_module", "kexec_load", "open_by_handle_at", "pipe2", "rt_sigqueueinfo"),
)


def _numbers(header: Path) -> dict[str, int]:
    text = header.read_text(encoding="utf-8")
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text))
    found.setdefault("newfstatat", found.get("fstatat", ""))  # its name where `stat` came later
    return {name: int(number) for name, number in found.items() if number}


@pytest.mark.parametrize(("header", "column"), [(X86, 1), (GENERIC, 2)], ids=["x86-64", "aarch64"])
def test_each_number_is_the_kernels(header: Path, column: int) -> None:
    """Every row names the call that its number is on that architecture."""
    if not header.is_file():
        pytest.skip(f"no kernel header {header}")
    real = _numbers(header)
    for row in (*jail._COMMON, *jail._FILES):
        assert real.get(str(row[0])) == row[column], row[0]
    if column == 1:
        for name, number in (*jail._X86_ONLY, *jail._FILES_X86_ONLY):
            assert real.get(name) == number, name


@pytest.mark.parametrize(("header", "column"), [(X86, 1), (GENERIC, 2)], ids=["x86-64", "aarch64"])
def test_no_dangerous_call_is_in_the_table(header: Path, column: int) -> None:
    """Nothing that makes a process, a connection, a mapping of another's memory, or a new right."""
    if not header.is_file():
        pytest.skip(f"no kernel header {header}")
    real = _numbers(header)
    rows = (*jail._COMMON, *jail._FILES)
    permitted = {int(row[column]) for row in rows}
    if column == 1:
        permitted |= {number for _, number in (*jail._X86_ONLY, *jail._FILES_X86_ONLY)}
    assert not permitted & {real[name] for name in NEVER if name in real}
