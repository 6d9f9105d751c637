"""Many documents at once on a real desk: recorded in order, and stopped without anything half."""

from collections.abc import Iterator

import pytest

from provenance.acts import examining
from provenance.acts.examining import Exhibit, findings_of, unexamined
from provenance.examine.runner import Runner
from provenance.records import NewRecord
from tests.desk.scene import AMAL, LETTER, Scene

FILES = 24


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
