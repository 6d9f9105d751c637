"""Many documents at once: in order, bounded, and nothing left behind when somebody stops."""

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.examine.ahead import AHEAD, InOrder


def run(
    step: object,
    inputs: object,
    *,
    threads: int = 2,
    budget: int = 1000,
    cut_off: object = lambda: None,
) -> InOrder[int, int]:
    """Return a run over numbers in which every result weighs one."""
    return InOrder(
        step,  # type: ignore[arg-type] # test
        inputs,  # type: ignore[arg-type] # test
        threads=threads,
        weight=lambda _: 1,
        budget=budget,
        cut_off=cut_off,  # type: ignore[arg-type] # test
    )


def _threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("examine")]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 3), max_size=40),
    st.integers(1, 4),
    st.integers(0, 5),
)
def test_results_come_in_the_inputs_order(delays: list[int], threads: int, budget: int) -> None:
    """However long each takes, however many threads and however small the budget."""

    def step(number: int) -> int:
        time.sleep(delays[number] / 2000)
        return number * 2

    found = list(run(step, range(len(delays)), threads=threads, budget=budget))
    assert found == [(number, number * 2) for number in range(len(delays))]
    assert _threads() == []


def test_as_many_run_at_once_as_there_are_threads_and_no_more() -> None:
    """Two threads: two steps meet, a third never joins them."""
    both = threading.Barrier(2, timeout=20)
    now: list[int] = []
    most: list[int] = []

    def step(number: int) -> int:
        now.append(number)
        most.append(len(now))
        both.wait()
        now.remove(number)
        return number

    assert len(list(run(step, range(10)))) == 10
    assert max(most) == 2


def test_the_stream_is_not_read_far_ahead_of_a_slow_input() -> None:
    """While the first one is slow, no more than AHEAD inputs are taken."""
    taken: list[int] = []
    go = threading.Event()

    def inputs() -> Iterator[int]:
        for number in range(3 * AHEAD):
            taken.append(number)
            yield number

    def step(number: int) -> int:
        if number == 0:
            while len(taken) < AHEAD:
                time.sleep(0.001)
            time.sleep(0.05)  # time enough to take one too many
            assert len(taken) == AHEAD
            go.set()
        return number

    assert [result for _, result in run(step, inputs(), budget=10**9)] == list(range(3 * AHEAD))
    assert go.is_set()


def test_heavy_results_stop_the_reading_ahead() -> None:
    """While the first one is slow, others are taken only as far as the budget goes."""
    taken: list[int] = []

    def inputs() -> Iterator[int]:
        for number in range(50):
            taken.append(number)
            yield number

    def step(number: int) -> int:
        if number == 0:
            while len(taken) < 6:
                time.sleep(0.001)
            time.sleep(0.05)
            assert len(taken) <= 8  # the budget, one a thread under way, and the slow one
        return number

    assert len(list(run(step, inputs(), budget=5))) == 50


def test_a_fault_is_raised_in_its_turn() -> None:
    """What came before it is handed back; nothing after it is, and no thread is left."""

    def step(number: int) -> int:
        if number == 5:
            raise ValueError("five")
        return number

    found: list[int] = []
    with pytest.raises(ValueError, match="five"):
        found.extend(result for _, result in run(step, range(100)))
    assert found == [0, 1, 2, 3, 4]
    assert _threads() == []


@pytest.mark.parametrize("early", [KeyboardInterrupt, GeneratorExit, RuntimeError])
def test_stopping_early_cuts_off_what_runs(early: type[BaseException]) -> None:
    """Whoever leaves the loop leaves no step running and no thread behind."""
    released = threading.Event()

    def step(number: int) -> int:
        if number:
            assert released.wait(20)
        return number

    stream = iter(run(step, range(100), cut_off=released.set))
    assert next(stream) == (0, 0)
    with pytest.raises(early):
        stream.throw(early)
    assert released.is_set()
    assert _threads() == []


def test_a_fault_of_the_stream_itself_is_raised() -> None:
    """A stream that breaks ends the run."""

    def inputs() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(run(lambda number: number, inputs()))
    assert _threads() == []
