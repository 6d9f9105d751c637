"""Run an engine's coroutine that has nothing to wait for: everything it needs is at hand."""

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that must never wait: offline checking has nothing to wait for.

    No event loop is made, so the jail needs to allow neither sockets nor polling.

    Raises:
        RuntimeError: it did wait, so it wanted the network.
    """
    try:
        work.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    work.close()
    raise RuntimeError("the check wanted to wait for something outside; refused")
