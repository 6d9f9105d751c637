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
import sys
from typing import Final

from provenance.examine.jail import Jail, make_rules, permitted_calls

SPOOL: Final = 128 << 20  # bytes of one memory file; a signed text inside a file is far shorter
LIBRARIES: Final = ("/lib", "/usr/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache")
LOADERS: Final = (
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
)

_CALLS: Final = (
    # name, x86-64, aarch64: what it takes to become a program
    ("execve", 59, 221),
    ("set_tid_address", 218, 96),
    ("dup3", 292, 24),
    ("dup2", 33, 24),  # on aarch64 there is dup3 alone
)


def prepare_program_jail(
    program: str, readable: tuple[str, ...], *, landlock: bool = True
) -> Jail | None:
    """Make the walls ready; None where there can be no such jail.

    Args:
        program: path of the one program that may be executed.
        readable: folders that stay readable for the interpreter.
        landlock: try Landlock; tests switch it off.
    """
    if sys.platform != "linux" or not landlock:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    ruleset, abi = make_rules(libc, (*readable, *LIBRARIES), (program, *LOADERS))
    calls = permitted_calls(files=True, more=_CALLS)
    if not abi or not calls:
        return None
    # Without Landlock the second program is in force, and it permits nothing.
    return Jail(libc=libc, ruleset=ruleset, abi=abi, program=calls, closed_program=b"", spool=SPOOL)


def make_spools(count: int) -> list[int]:
    """Return descriptors of empty memory files that a program inherits; call before the walls."""
    return [os.memfd_create("spool", 0) for _ in range(count)]
