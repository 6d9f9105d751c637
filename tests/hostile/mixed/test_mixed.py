"""A thousand mixed files on a real desk: all examined, nothing falls over, memory stays flat."""

import os
from collections import Counter
from pathlib import Path

import psutil  # type: ignore[import-untyped] # has no stubs of its own
import pytest

from provenance.acts.examining import Exhibit, findings_of, unexamined
from provenance.examine.endings import say_ending
from provenance.examine.examination import Examination
from provenance.examine.outcome import Limits
from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline
from provenance.signatures.text import is_printable_safe
from tests.desk.scene import AMAL, make_scene
from tests.hostile.mixed.folder import make_mixed
from tests.signatures.good import WHOLE

FILES = 1000
GROWTH = 64 << 20  # bytes the supervisor may grow by from the 200th finding to the last
QUICK = Limits(seconds=6, memory=1 << 30)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_files_a_tenth_of_them_hostile(tmp_path: Path) -> None:
    """Each has a finding with a sentence, the desk holds, and no process is left."""
    hostile = make_mixed(tmp_path / "leak", FILES)
    assert len(hostile) == FILES // 10
    scene = make_scene(tmp_path / "scene")
    me, sizes = psutil.Process(), []
    found: list[tuple[str, Headline]] = []

    def told(exhibit: Exhibit, examination: Examination) -> None:
        sizes.append(me.memory_info().rss)
        found.append((examination.outcome.code, examination.headline))
        assert examination.headline not in WHOLE
        assert is_printable_safe(examination.to_json())
        assert Examination.from_json(examination.to_json()) == examination
        assert (exhibit.name or "x") not in examination.to_json() or len(exhibit.name or "") < 12

    with scene.open(AMAL) as desk:
        done = desk.ingest([tmp_path / "leak"])
        assert done.received + done.again >= FILES
        before = len(me.children(recursive=True))
        workers = len(os.sched_getaffinity(0))
        with Runner(workers=workers, limits=QUICK) as runner:
            count = desk.examine_all(unexamined(desk), runner=runner, notify=told)
        assert len(me.children(recursive=True)) == before
        assert list(unexamined(desk)) == []
        stored = [
            finding
            for view in desk.items()
            for finding in findings_of(desk.entries(view.item, ("finding",))).values()
        ]
        assert len(stored) == count == len(found) >= FILES - done.again
        audit = desk.audit()
        assert audit.evidence_holds
        assert audit.log_holds
    endings = Counter(code for code, _ in found)
    assert all("A check broke off" not in say_ending(code) for code in endings)
    assert endings["examined"] >= FILES * 8 // 10
    failed = [headline for code, headline in found if code != "examined"]
    assert all(headline is Headline.ERROR for headline in failed)
    assert max(sizes[200:]) - sizes[200] < GROWTH
