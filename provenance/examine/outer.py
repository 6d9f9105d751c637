"""Walls around a whole zygote, raised once before it serves: what its children inherit.

In order: a user, network and IPC namespace of its own, so that even a call that slipped past the
inner walls finds a network with nobody in it; no core dump and no look into its memory by another
process of the same user. Not every system permits a namespace to everybody; what is not permitted
is left out, the inner walls (`jail`) do not depend on it, and `prov doctor` says it.
"""

import ctypes
import resource
import sys
from typing import Final

EMPTY_NETWORK: Final = "empty-network"

_CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = 0x08000000, 0x10000000, 0x40000000
_PR_SET_DUMPABLE: Final = 4


def shut_off_zygote() -> tuple[str, ...]:
    """Raise the outer walls around this process; returns those that stand. Call before threads."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return ()
    libc = ctypes.CDLL(None, use_errno=True)
    # One call: where the user namespace is made but gives no power (AppArmor), none of it is.
    apart = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return (EMPTY_NETWORK,) if apart else ()
