"""The stream of arrivals: order, resumption, manifests, nesting, and leaving it half-way."""

import io
import os
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest

from provenance.digests import digest_bytes
from provenance.errors import BlobMissing, DiskFull, UsageError
from provenance.intake.arrivals import BATCH, Arrival, Skipped, arrivals
from provenance.intake.claims import ClaimOutcome
from provenance.intake.failures import Failure
from provenance.intake.limits import Limits
from provenance.intake.manifest import parse_manifest
from tests.intake.world import KEY, MemoryBlobs, Outcome, Take, never_known


def _zip(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def _letter(**attachments: bytes) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "a@example.org", "x"
    letter.set_content("body")
    for name, data in attachments.items():
        letter.add_attachment(data, "application", "x", filename=name)
    return letter.as_bytes()


def _arrived(found: Sequence[Outcome]) -> list[Arrival]:
    return [each for each in found if isinstance(each, Arrival)]


def _arrived_of(stream: Iterator[Outcome]) -> Iterator[Arrival]:
    return (each for each in stream if isinstance(each, Arrival))


def _failed(found: Sequence[Outcome]) -> list[tuple[str, tuple[str, ...], str]]:
    return [
        (each.place.relative, each.place.members, each.code.value)
        for each in found
        if isinstance(each, Failure)
    ]


def test_parents_come_first(tmp_path: Path, take: Take, blobs: MemoryBlobs) -> None:
    """A mailbox in an archive: each member follows its parent and points at it, to any depth."""
    letter = _letter(inner=_zip(deep=b"evidence"), plain=b"note")
    box = b"From a@x Mon Jan  6 12:00:00 2020\n" + letter + b"\n"
    (tmp_path / "a.zip").write_bytes(_zip(box=box, first=b"1"))
    (tmp_path / "b.txt").write_bytes(b"last")
    found = _arrived(take(tmp_path))
    assert [each.index for each in found] == list(range(8))
    assert [each.place.members for each in found] == [
        (),
        ("box",),
        ("box", "message-000001.eml"),
        ("box", "message-000001.eml", "inner"),
        ("box", "message-000001.eml", "inner", "deep"),
        ("box", "message-000001.eml", "plain"),
        ("first",),
        (),
    ]
    parents = [each.parent and each.parent.arrival for each in found]
    assert parents == [None, 0, 1, 2, 3, 2, 0, None]
    assert found[2].received.digests == digest_bytes(letter)
    assert found[4].received.digests == digest_bytes(b"evidence")
    assert blobs.content[found[4].received.digests.sha256] == b"evidence"
    assert [each.mark is not None for each in found] == [False] * 6 + [True] * 2
    for each in found:
        assert each.parent is None or each.parent.member == each.place.members[-1]


def test_duplicates_are_arrivals(tmp_path: Path, take: Take, blobs: MemoryBlobs) -> None:
    """The same bytes under two names and in an archive arrive three times and are kept once."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"same")
    (tmp_path / "c.zip").write_bytes(_zip(d=b"same"))
    found = _arrived(take(tmp_path))
    same = [each for each in found if each.received.digests == digest_bytes(b"same")]
    assert [each.place.relative for each in same] == ["a", "b", "c.zip"]
    assert len({each.mark for each in same} - {None}) == 3
    assert len(blobs.content) == 2


def test_second_run_skips(tmp_path: Path, take: Take) -> None:
    """Known marks are skipped without opening; a file that changed, and a new one, are taken."""
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"x")
    marks = frozenset(each.mark for each in _arrived(take(tmp_path)))
    assert len(marks) == 3
    (tmp_path / "b").write_bytes(b"changed")
    (tmp_path / "d").write_bytes(b"x")
    found = take(tmp_path, known=marks.intersection)
    kinds = {
        each.candidate.relative if isinstance(each, Skipped) else each.place.relative: type(each)
        for each in found
    }
    assert kinds == {b"a": Skipped, "b": Arrival, b"c": Skipped, "d": Arrival}


def test_skipping_opens_nothing(
    tmp_path: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is skipped is not even opened."""
    (tmp_path / "a").write_bytes(b"x")
    marks = frozenset(each.mark for each in _arrived(take(tmp_path)))
    monkeypatch.setattr("provenance.intake.receive.os.open", lambda *_: pytest.fail("opened"))
    (found,) = take(tmp_path, known=marks.intersection)
    assert isinstance(found, Skipped)
    assert found.mark in marks


def test_marks_are_asked_in_batches(tmp_path: Path, take: Take) -> None:
    """Marks are asked for together, never more than the batch, and failures are not asked about."""
    for number in range(BATCH + 10):
        (tmp_path / f"{number:05}").touch()
    (tmp_path / "00000").unlink()
    (tmp_path / "00000").symlink_to("nowhere")
    asked: list[int] = []

    def known(marks: Sequence[bytes]) -> frozenset[bytes]:
        asked.append(len(marks))
        return frozenset(marks)

    found = take(tmp_path, known=known)
    assert asked == [BATCH - 1, 10]
    assert _failed(found) == [("00000", (), "link-dangling")]


def test_failures_in_place(tmp_path: Path, take: Take) -> None:
    """A failure stands where the file would have stood; the rest goes on."""
    (tmp_path / "a").write_bytes(b"x")
    os.mkfifo(tmp_path / "b")
    (tmp_path / "c.zip").write_bytes(_zip(d=b"y")[:-5])
    (tmp_path / "e").write_bytes(b"z")
    found = take(tmp_path, tmp_path / "gone")
    assert [type(each) for each in found] == [Arrival, Failure, Failure, Arrival, Arrival]
    assert _failed(found) == [("b", (), "fifo"), ("c.zip", (), "zip-truncated")]


def test_vanishing_between_listing_and_reading(tmp_path: Path, take: Take) -> None:
    """A file that is gone after its mark was asked for is a failure; the rest goes on."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x")

    def known(_marks: Sequence[bytes]) -> frozenset[bytes]:
        (tmp_path / "a").unlink()
        return frozenset()

    found = take(tmp_path, known=known)
    assert _failed(found) == [("a", (), "vanished")]
    assert len(_arrived(found)) == 1


def test_mark_of_what_was_read(tmp_path: Path, take: Take) -> None:
    """A file that changed between listing and reading gets the mark of what was read."""
    (tmp_path / "a").write_bytes(b"old")

    def known(_marks: Sequence[bytes]) -> frozenset[bytes]:
        (tmp_path / "a").write_bytes(b"newer")
        return frozenset()

    (found,) = _arrived(take(tmp_path, known=known))
    assert found.mark is not None
    assert [type(each) for each in take(tmp_path, known=lambda _: frozenset([found.mark]))] == [
        Skipped
    ]


def test_manifest(tmp_path: Path, take: Take) -> None:
    """Claims are checked where files are read; a mismatch is taken all the same."""
    for name in ("right", "wrong", "extra"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "z.zip").write_bytes(_zip(right=b"right"))
    lines = [f"{digest_bytes(b'right').sha256.hex()}  {name}" for name in ("right", "wrong", "no")]
    claims = parse_manifest("\n".join(lines).encode(), name="SUMS")
    found = _arrived(take(tmp_path, claims=claims))
    assert [(each.place.relative, each.claim) for each in found] == [
        ("extra", ClaimOutcome.UNCLAIMED),
        ("right", ClaimOutcome.MATCH),
        ("wrong", ClaimOutcome.MISMATCH),
        ("z.zip", ClaimOutcome.UNCLAIMED),
        ("z.zip", None),
    ]
    assert claims.unmet() == ("no",)
    again = take(tmp_path, claims=claims, known=frozenset)
    assert [each.claim for each in again if isinstance(each, Skipped)] == [
        ClaimOutcome.UNCLAIMED,
        ClaimOutcome.UNREAD,
        ClaimOutcome.UNREAD,
        ClaimOutcome.UNCLAIMED,
    ]


def test_closed_containers(tmp_path: Path, take: Take) -> None:
    """Without unpacking, a container is one arrival."""
    (tmp_path / "a.zip").write_bytes(_zip(b=b"x"))
    assert len(take(tmp_path, unpack=False)) == 1


def test_nested_bomb(tmp_path: Path, take: Take, blobs: MemoryBlobs) -> None:
    """Ratios that multiply over nested archives are measured against the outermost file."""
    bomb = _zip(a=bytes(4 << 20), b=bytes(4 << 20), c=bytes(4 << 20))
    for _ in range(3):
        bomb = _zip(x=bomb, y=bomb, z=bomb)
    (tmp_path / "bomb.zip").write_bytes(bomb)
    found = take(tmp_path, limits=Limits(free_bytes=20 << 20))
    codes = [code for _, _, code in _failed(found)]
    assert codes == ["too-large-in-all"]
    assert blobs.written < (22 << 20) + len(bomb)


def test_nesting_depth(tmp_path: Path, take: Take) -> None:
    """An archive deeper than the limit is received and left closed, with a failure."""
    data = b"core"
    for _ in range(6):
        data = _zip(a=data)
    (tmp_path / "a.zip").write_bytes(data)
    found = take(tmp_path, limits=Limits(depth=3))
    assert [len(each.place.members) for each in _arrived(found)] == [0, 1, 2, 3]
    assert _failed(found) == [("a.zip", ("a", "a", "a"), "too-deep")]


def test_too_many_in_all_ends_the_tree(tmp_path: Path, take: Take) -> None:
    """A breach of the whole tree's limit is one failure, and the next file is unpacked afresh."""
    many = _zip(**{f"m{number}": b"x" for number in range(9)})
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(_zip(x=many, y=many))
    found = take(tmp_path, limits=Limits(all_members=4))
    assert [code for _, _, code in _failed(found)] == ["too-many-in-all"] * 2
    assert len(_arrived(found)) == 2 * 5


def test_self_containing_archive(tmp_path: Path, take: Take) -> None:
    """Archives that hold archives of one name, as a self-containing one does, end at the depth."""
    inner = _zip(a=b"x")
    quine = _zip(r=_zip(r=_zip(r=inner)))
    (tmp_path / "r.zip").write_bytes(quine)
    assert len(_arrived(take(tmp_path, limits=Limits(depth=2)))) == 3


def test_broken_member_keeps_the_others(tmp_path: Path, take: Take, blobs: MemoryBlobs) -> None:
    """A member whose checksum is wrong is a failure, leaves nothing, and its neighbours arrive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("bad", b"original")
        archive.writestr("good", b"x")
    (tmp_path / "a.zip").write_bytes(made.getvalue().replace(b"original", b"tampered", 1))
    found = take(tmp_path)
    assert _failed(found) == [("a.zip", ("bad",), "zip-crc")]
    assert [each.place.members for each in _arrived(found)] == [(), ("good",)]
    assert digest_bytes(b"tampered").sha256 not in blobs.content


def test_killed_inside_a_container(tmp_path: Path, blobs: MemoryBlobs, take: Take) -> None:
    """Whatever was appended before a kill, an unfinished container is taken again, whole."""
    (tmp_path / "a.zip").write_bytes(_zip(b=_zip(c=b"x"), d=b"y"))
    whole = len(take(tmp_path))
    for steps in range(1, whole):
        stream = arrivals([tmp_path], blobs=blobs, known=never_known, mark_key=KEY)
        appended = [each.mark for _, each in zip(range(steps), _arrived_of(stream), strict=False)]
        stream.close()
        assert len(take(tmp_path, known=frozenset(appended).intersection)) == whole
    marks = frozenset(each.mark for each in _arrived(take(tmp_path)))
    assert [type(each) for each in take(tmp_path, known=marks.intersection)] == [Skipped]


def test_mark_after_a_failing_last_member(tmp_path: Path, take: Take) -> None:
    """A container whose last member fails is known all the same: its failure is on the list."""
    data = _zip(a=b"1", b=b"2")
    at = data.rindex(b"PK\x01\x02") + 16
    (tmp_path / "a.zip").write_bytes(data[:at] + bytes(4) + data[at + 4 :])
    found = take(tmp_path)
    assert _failed(found) == [("a.zip", ("b",), "zip-crc")]
    assert [each.mark is not None for each in _arrived(found)] == [False, True]


def test_closing_half_way(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """Closing the stream after any number of steps leaves nothing half-written."""
    (tmp_path / "a.zip").write_bytes(_zip(b=_zip(c=b"x"), d=b"y"))
    for steps in range(5):
        stream = arrivals([tmp_path], blobs=blobs, known=never_known, mark_key=KEY)
        for _ in range(steps):
            next(stream)
        stream.close()
        assert blobs.half_written == 0
        assert list(stream) == []


@pytest.mark.parametrize("fault", [KeyboardInterrupt, DiskFull])
def test_interrupted_store(
    tmp_path: Path, blobs: MemoryBlobs, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    """Ctrl-C and a full disk in the middle of a member end the stream and leave nothing staged."""
    (tmp_path / "a.zip").write_bytes(_zip(b=b"stop here"))
    stage = blobs.stage

    class Stopping:
        def __init__(self) -> None:
            self._staged = stage()

        def write(self, block: bytes) -> None:
            if block == b"stop here":
                raise fault
            self._staged.write(block)

        def keep(self, sha256: bytes) -> None:
            self._staged.keep(sha256)

        def discard(self) -> None:
            self._staged.discard()

    monkeypatch.setattr(blobs, "stage", Stopping)
    with pytest.raises(fault):
        list(arrivals([tmp_path], blobs=blobs, known=never_known, mark_key=KEY))
    assert (blobs.half_written, len(blobs.content)) == (0, 1)


def test_lost_blob_is_no_failure(
    tmp_path: Path, blobs: MemoryBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that loses a container it has just kept ends the run."""
    (tmp_path / "a.zip").write_bytes(_zip(b=b"x"))
    stream = arrivals([tmp_path], blobs=blobs, known=never_known, mark_key=KEY)
    monkeypatch.setattr(blobs, "keep_nothing", True)
    with pytest.raises(BlobMissing):
        list(stream)


def test_key_is_checked_at_once(tmp_path: Path, blobs: MemoryBlobs) -> None:
    """A key of the wrong length is refused before anything is walked."""
    with pytest.raises(UsageError):
        arrivals([tmp_path], blobs=blobs, known=never_known, mark_key=b"short")


def test_nothing_accumulates(tmp_path: Path) -> None:
    """Memory does not grow with the number of files."""
    for number in range(3 * BATCH):
        (tmp_path / f"{number:05}").touch()

    def peak(roots: list[Path]) -> int:
        tracemalloc.start()
        for _ in arrivals(roots, blobs=MemoryBlobs(), known=never_known, mark_key=KEY):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few = peak(sorted(tmp_path.iterdir())[:BATCH])
    many = peak([tmp_path])
    assert many < few + 3 * BATCH * 120  # the folder's names, and nothing else
