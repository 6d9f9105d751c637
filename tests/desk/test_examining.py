"""Many documents at once on a real desk: recorded in order, and stopped without anything half."""

import struct
import zlib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from provenance.acts import examining
from provenance.acts.examining import Exhibit, findings_of, unexamined
from provenance.examine.runner import Runner
from provenance.records import NewRecord
from tests.desk.scene import AMAL, LETTER, Scene

FILES = 24


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


PNG = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\0\0")),
        _chunk(b"IEND", b""),
    )
)
"""A picture of one point."""


@pytest.fixture
def stocked(scene: Scene) -> Scene:
    """A desk with documents that nobody has examined."""
    for number in range(FILES):
        data = LETTER.read_bytes() if number % 5 == 0 else b"a plain text\n"
        scene.write(f"{number:02}.txt", data + b"%" * number)
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox])
    return scene


def test_findings_are_recorded_in_order(stocked: Scene) -> None:
    """Three at once, some ten times slower than others: the log has them as they were named."""
    with stocked.open(AMAL) as desk, Runner(workers=3) as runner:
        named = [one.sha256 for one in unexamined(desk)]
        told: list[bytes] = []
        done = desk.examine_all(
            unexamined(desk), runner=runner, notify=lambda exhibit, _: told.append(exhibit.sha256)
        )
        assert done == FILES
        assert told == named
        logged = sorted(
            (finding.seq, finding.sha256)
            for view in desk.items()
            for finding in findings_of(desk.entries(view.item, ("finding",))).values()
        )
        assert [sha256 for _, sha256 in logged] == [one.hex() for one in named]
        assert desk.audit().log_holds


def test_ctrl_c_leaves_whole_batches(stocked: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told before is recorded, nothing else is, and the next run does the rest."""
    monkeypatch.setattr(examining, "BATCH", 5)
    monkeypatch.setattr(examining, "BATCH_SECONDS", 3600.0)  # a slow machine makes smaller batches
    told: list[bytes] = []

    def until_tired(exhibits: Iterator[Exhibit]) -> Iterator[Exhibit]:
        for number, exhibit in enumerate(exhibits):
            if number == 17:
                raise KeyboardInterrupt
            yield exhibit

    with stocked.open(AMAL) as desk:
        with Runner(workers=2) as runner, pytest.raises(KeyboardInterrupt):
            desk.examine_all(
                until_tired(unexamined(desk)),
                runner=runner,
                notify=lambda exhibit, _: told.append(exhibit.sha256),
            )
        assert len(told) % 5 == 0
        left = [one.sha256 for one in unexamined(desk)]
        assert len(left) == FILES - len(told)
        assert not set(left) & set(told)
        with Runner(workers=2) as runner:
            assert desk.examine_all(unexamined(desk), runner=runner) == len(left)
        assert list(unexamined(desk)) == []
        assert desk.audit().evidence_holds


def test_results_are_recorded_before_they_weigh_too_much(
    stocked: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large answers are not kept waiting for a hundred of them."""
    monkeypatch.setattr(examining, "BATCH_BYTES", 3000)
    recorded: list[int] = []
    with stocked.open(AMAL) as desk, Runner() as runner:
        record = desk.record

        def counted(*many: NewRecord) -> list[int]:
            recorded.append(len(many))
            return record(*many)

        monkeypatch.setattr(desk, "record", counted)
        assert desk.examine_all(unexamined(desk), runner=runner) == FILES
    assert sum(recorded) == FILES
    assert max(recorded) < 5


def test_what_a_mail_says_a_part_is_stands_beside_what_it_is(scene: Scene) -> None:
    """The label is kept as the sender's word and compared; a part without one gets none."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "x"
    message.set_content("body\n")
    message.add_attachment(PNG, "application", "pdf", filename="letter.pdf")
    message.add_attachment(LETTER.read_bytes(), "application", "pdf", filename="true.pdf")
    bare = b"--B\r\nContent-Disposition: attachment; filename=bare.txt\r\n\r\nplain\r\n--B--\r\n"
    plain = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: y\r\n"
    plain += b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + bare
    scene.write("one.eml", message.as_bytes())
    scene.write("two.eml", plain)
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox])
        found = {
            exhibit.name: examination
            for view in list(desk.items())
            for exhibit, examination in desk.examine(view.item)
        }
    said = {name: one.identification for name, one in found.items()}
    assert said["letter.pdf"].declared_media_type == "application/pdf"
    assert said["letter.pdf"].declared_mismatch
    facts = found["letter.pdf"].facts
    assert facts is not None
    assert "media-type-mismatch" in {one.code for one in facts.observations}
    assert said["true.pdf"].declared_media_type == "application/pdf"
    assert not said["true.pdf"].declared_mismatch
    assert said["bare.txt"].declared_media_type is None
    assert said["one.eml"].declared_media_type is None
