"""Do a step for many inputs on several threads, and hand the results back in the inputs' order.

Rules, in order: no input is taken from the stream before a thread is free for it; never more than
AHEAD inputs are under way or waiting their turn, and none is taken while results that wait for
their turn weigh more than the budget, so that one slow input does not let memory grow; a fault of
the step is raised when its input's turn comes; whoever stops early, by a fault, by Ctrl-C or by
closing the iterator, leaves no thread behind: what is under way is cut off and waited for.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

AHEAD: Final = 512  # inputs; one that runs into a time limit does not hold up the others too soon
_PATIENCE: Final = 0.05  # seconds between attempts to cut off what is still under way


class InOrder(Generic[T, R]):
    """One run over a stream of inputs; iterate over it once.

    Args:
        step: what to do with each input; called on other threads.
        inputs: taken from one at a time, on the iterating thread.
        threads: how many steps run at once.
        weight: what a result weighs while it waits.
        budget: weight of waiting results above which no further input is taken.
        cut_off: ends steps under way early, if it can; called until none is left.
    """

    def __init__(
        self,
        step: Callable[[T], R],
        inputs: Iterable[T],
        *,
        threads: int,
        weight: Callable[[R], int],
        budget: int,
        cut_off: Callable[[], None],
    ) -> None:
        self._step = step
        self._inputs = iter(inputs)
        self._threads = threads
        self._weight = weight
        self._budget = budget
        self._cut_off = cut_off
        self._changed = threading.Condition()
        self._queue: deque[tuple[T, Future[R]]] = deque()
        self._running = 0
        self._held = 0
        self._exhausted = False

    def __iter__(self) -> Generator[tuple[T, R], None, None]:
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="examine")
        try:
            while self._fill(pool):
                given, future = self._queue.popleft()
                result = future.result()
                with self._changed:
                    self._held -= self._weight(result)
                yield given, result
        finally:
            self._stop(pool)

    def _fill(self, pool: ThreadPoolExecutor) -> bool:
        """Keep the threads busy until the first in line is done; False when nothing is left."""
        while True:
            self._submit(pool)
            if not self._queue:
                return False
            with self._changed:
                if self._queue[0][1].done():
                    return True
                if not self._may_take():
                    self._changed.wait()

    def _submit(self, pool: ThreadPoolExecutor) -> None:
        while True:
            with self._changed:
                if not self._may_take():
                    return
                self._running += 1
            try:
                given = next(self._inputs)
            except StopIteration:
                with self._changed:
                    self._exhausted, self._running = True, self._running - 1
                return
            future = pool.submit(self._work, given)
            self._queue.append((given, future))
            future.add_done_callback(self._tell)

    def _may_take(self) -> bool:
        return (
            not self._exhausted
            and self._running < self._threads
            and len(self._queue) < AHEAD
            and (self._held <= self._budget or not self._queue)
        )

    def _work(self, given: T) -> R:
        weight = 0
        try:
            result = self._step(given)
            weight = self._weight(result)
            return result
        finally:
            with self._changed:
                self._held += weight
                self._running -= 1

    def _tell(self, _done: Future[R]) -> None:
        with self._changed:
            self._changed.notify()

    def _stop(self, pool: ThreadPoolExecutor) -> None:
        waiting = [future for _, future in self._queue if not future.cancel()]
        while not all(future.done() for future in waiting):
            self._cut_off()
            with self._changed:
                self._changed.wait(_PATIENCE)
        pool.shutdown()
