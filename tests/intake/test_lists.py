"""Failure lists and source handles: strict forms that a person meets."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import UsageError
from provenance.intake.arrivals import Arrival
from provenance.intake.failure_list import failure_line, read_failures, retry_roots
from provenance.intake.failures import Failure, FailureCode, Place
from provenance.intake.names import name_text
from provenance.intake.source import CHANNELS, parse_channel, parse_handle
from tests.intake.world import Take

_NAMES = st.binary(max_size=12).map(name_text)
_FAILURES = st.builds(
    Failure,
    code=st.sampled_from(FailureCode),
    place=st.builds(
        Place, path=_NAMES, relative=_NAMES, members=st.lists(_NAMES, max_size=3).map(tuple)
    ),
)


@given(st.lists(_FAILURES, max_size=5))
def test_round_trip(failures: list[Failure]) -> None:
    """A list of failures comes back as it was written, one line each, whatever the names hold."""
    lines = [failure_line(each) for each in failures]
    assert all(line.count(b"\n") == 1 for line in lines)
    assert list(read_failures(b"".join(lines).splitlines(keepends=True))) == failures


@given(st.binary(max_size=60))
def test_total(noise: bytes) -> None:
    """Noise is refused with its line, after the good lines before it."""
    good = failure_line(Failure(code=FailureCode.FIFO, place=Place(path="/a", relative="a")))
    found = read_failures([good, noise])
    assert next(found).code is FailureCode.FIFO
    with pytest.raises(UsageError, match="line 2"):
        next(found)


@pytest.mark.parametrize(
    "change",
    [
        {"code": "no-such-code"},
        {"code": 1},
        {"path": None},
        {"path": "\\"},
        {"members": "x"},
        {"members": [1]},
        {"more": 1},
        {"path": "x" * (1 << 20)},
    ],
    ids=str,
)
def test_other_forms_are_refused(change: dict[str, object]) -> None:
    """A line with any other field, code or form is refused."""
    place = Place(path="/a", relative="a")
    line = json.loads(failure_line(Failure(code=FailureCode.FIFO, place=place)))
    with pytest.raises(UsageError, match="line 1"):
        list(read_failures([json.dumps({**line, **change}).encode()]))


def test_only_failures_are_repeated(tmp_path: Path, take: Take) -> None:
    """A second run over the list takes what failed, under its old name, and nothing else."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d/ok").write_bytes(b"x")
    (tmp_path / "d/late").symlink_to("nowhere")
    found = take(tmp_path)
    failures = [each for each in found if isinstance(each, Failure)]
    lines = [failure_line(each) for each in failures]
    (tmp_path / "d/late").unlink()
    (tmp_path / "d/late").write_bytes(b"there now")
    roots = retry_roots(read_failures(lines * 2))
    (again,) = take(*roots)
    assert isinstance(again, Arrival)
    assert (again.place.relative, again.received.head) == ("d/late", b"there now")


def test_folders_are_repeated() -> None:
    """A folder that failed as a whole is walked again under its old name."""
    place = Place(path="/x", relative=".")
    (root,) = retry_roots([Failure(code=FailureCode.UNREADABLE, place=place)])
    assert (root.path, root.relative) == (b"/x", b"")


@pytest.mark.parametrize("text", ["S-7", "SRC-999999", "AB-10"])
def test_handles(text: str) -> None:
    """An opaque handle is taken as it is."""
    assert parse_handle(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "S", "S-", "S-0", "S-07", "s-7", "S7", "S-7 ", " S-7", "S-7\n", "Miller", "Jane Doe",
        "jane@example.org", "+49-170", "SOURCE-1", "S-1234567", "S-\u0667", "\u0405-7",
    ],
)  # fmt: skip
def test_names_are_no_handles(text: str) -> None:
    """Names, addresses, numbers and look-alikes are refused, and not repeated in the message."""
    with pytest.raises(UsageError) as caught:
        parse_handle(text)
    assert "S-7" in text or len(text) < 4 or text not in str(caught.value)


@pytest.mark.parametrize("text", [*CHANNELS, "dead-drop", "s3"])
def test_channels(text: str) -> None:
    """The offered words and other short ones are channels."""
    assert parse_channel(text) == text


@pytest.mark.parametrize(
    "text", ["", "Signal", "by hand", "a@b", "x" * 25, "-a", "a--b", "call-0170123", "met\n"]
)
def test_no_channels(text: str) -> None:
    """A channel has no room for a story, an address or a number."""
    with pytest.raises(UsageError):
        parse_channel(text)
