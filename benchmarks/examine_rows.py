"""What a desk pays to have documents examined behind walls."""

from typing import Final

from measuring import Spread, run_job, take_turns
from setting import Setting
from start_rows import LETTER, SIGNED
from table import Row, at_least, at_most

JOBS: Final = ("examine_jobs:nothing", "loaded_jobs:nothing")
JUDGED: Final = 40  # judgements in one child; the median counts


def measure_examination(setting: Setting) -> None:
    """Walls alone, one signature beside the bare library, and a desk of mixed files."""
    _measure_walls(setting)
    _measure_signature(setting)
    _measure_desk(setting)


def _measure_walls(setting: Setting) -> None:
    own, every = take_turns(
        setting.rounds,
        *(
            lambda _, work=work: run_job("examine_jobs:overhead", file=LETTER, work=work)
            for work in JOBS
        ),
    )
    for what, samples, floor in (
        ("sandbox for one small PDF, warm", own, at_most(5)),
        ("the same in a zygote that has loaded every engine", every, None),
    ):
        wall = Spread.of([each.wall * 1e3 for each in samples]).middle
        setting.add(
            Row(
                what=what,
                spread=Spread.of([each.cpu * 1e3 for each in samples]),
                unit="CPU-ms",
                floor=floor,
                beside=f"{wall:.1f} ms wall; supervisor, zygote and child together",
            )
        )


def _measure_signature(setting: Setting) -> None:
    (samples,) = take_turns(
        setting.rounds, lambda _: run_job("examine_jobs:pdf_status", file=SIGNED, rounds=JUDGED)
    )
    bare = Spread.of([each.answer["bare"] * 1e3 for each in samples]).middle
    setting.add(
        Row(
            what="status of a PDF signature with nothing after it, beside bare pyHanko",
            spread=Spread.of([each.answer["ours"] / each.answer["bare"] for each in samples]),
            unit="x",
            floor=at_most(1.5),
            beside=f"pyHanko: {bare:.1f} CPU-ms",
        )
    )


def _measure_desk(setting: Setting) -> None:
    sample = run_job(
        "examine_jobs:examine_desk", desk=setting.fresh("examined", 1), files=setting.mixed_files
    )
    files = sample.answer["files"]
    setting.add(
        Row(
            what=f"examination of {files:,} mixed small files on a desk",
            spread=Spread.of([files / sample.wall]),
            unit="files/s",
            floor=at_least(40),
            beside=(
                f"measured once; {sample.answer['workers']} workers,"
                f" {sample.cpu / files * 1e3:.0f} CPU-ms a file"
            ),
        )
    )
    setting.add(
        Row(
            what="the same: peak memory of the desk's process",
            spread=Spread.of([sample.peak / (1 << 20)]),
            unit="MB",
            floor=at_most(300),
        )
    )
