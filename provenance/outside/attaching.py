"""The newest checkpoint, and putting beside one what others have attested of it.

What is attached is read, merged and put back only if nobody else did so meanwhile; who comes second
reads again, so that two who accept answers at once lose neither. The published checkpoint is the
cosigned copy of the newest one, replaced while the latch is held, so that a slow process never puts
an older checkpoint over a newer one.
"""

from collections.abc import Callable
from typing import Final

from provenance.acts.workbench import Workbench
from provenance.errors import DeskLocked, NotFound, NothingToCheck
from provenance.ports import HeldCheckpoint

_TRIES: Final = 20  # each lost try means that somebody else's answer was kept


def newest_checkpoint(bench: Workbench) -> HeldCheckpoint:
    """Return the checkpoint of the whole log, signing it if that is still to be done.

    Raises:
        NothingToCheck: the log is empty.
        RolledBack: the store is older than what the log key has signed.
    """
    kept = bench.heads.checkpoint()
    if kept is None:
        raise NothingToCheck("the log is empty, so there is no checkpoint")
    return checkpoint_at(bench, kept.size)


def checkpoint_at(bench: Workbench, size: int) -> HeldCheckpoint:
    """Return the checkpoint of this size.

    Raises:
        NotFound: none is kept.
    """
    found = bench.parts.checkpoints.at(size)
    if found is None:
        raise NotFound(f"this desk keeps no checkpoint of {size} entries")
    return found


def attach(
    bench: Workbench, size: int, change: Callable[[HeldCheckpoint], HeldCheckpoint]
) -> HeldCheckpoint:
    """Change what is attached to a checkpoint and return it; `change` may run more than once.

    Raises:
        NotFound: no checkpoint of this size.
        DeskLocked: others keep attaching to it.
    """
    for _ in range(_TRIES):
        was = checkpoint_at(bench, size)
        new = change(was)
        if new == was or bench.parts.checkpoints.attach(was, new):
            return new
    raise DeskLocked(f"others keep attaching to the checkpoint of {size} entries")


def publish_newest(bench: Workbench) -> None:
    """Publish the newest checkpoint with its cosignatures."""
    with bench.parts.latch.holding():
        newest = bench.parts.checkpoints.newest()
        held = None if newest is None else bench.parts.checkpoints.at(newest.size)
        if held is not None and held.cosigned is not None:
            bench.parts.publisher.publish([("checkpoint", held.cosigned)])
