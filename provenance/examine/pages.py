"""Keep a zygote's memory in large pages: what makes its forks cheap.

A fork copies one entry for each page of memory, and the end of the child gives each back. Where the
kernel can put 512 small pages into one large one (Linux 6.1 and later, MADV_COLLAPSE), there is so
much less to copy. Only a saving: where it is refused, nothing else changes.
"""

import ctypes
import sys
from typing import Final

_LARGE: Final = 2 << 20  # bytes of a large page on x86-64, and on Arm with small pages of 4 kB
_MADV_COLLAPSE: Final = 25


def gather_pages() -> int:
    """Ask for large pages wherever memory of this process would fill them; returns how many."""
    if sys.platform != "linux":
        return 0
    madvise = ctypes.CDLL(None, use_errno=True).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    done = 0
    for begin, end in _written_memory():
        for at in range(-(-begin // _LARGE) * _LARGE, end - _LARGE + 1, _LARGE):
            done += madvise(at, _LARGE, _MADV_COLLAPSE) == 0
    return done


def _written_memory() -> list[tuple[int, int]]:
    """Stretches of memory that belong to no file and can be written (proc(5), maps)."""
    try:
        with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:  # noqa: PTH123 - no pathlib in the zygote
            rows = [line.split() for line in maps]
    except OSError:
        return []
    return [
        (int(begin, 16), int(end, 16))
        for row in rows
        if row[1].startswith("rw-p") and row[4] == "0" and row[5:] in ([], ["[heap]"])
        for begin, end in (row[0].split("-"),)
    ]
