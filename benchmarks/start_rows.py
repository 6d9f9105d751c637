"""What a person waits for: a command that starts cold, and a verdict."""

import sys
from typing import Final

from measuring import ROOT, Sample, Spread, run_job, run_process, take_turns
from setting import Setting
from table import Row, at_most

PROV: Final = (sys.executable, "-m", "provenance_cli.main")
LETTER: Final = ROOT / "cli" / "provenance_cli" / "demo" / "letter.pdf"
SIGNED: Final = ROOT / "tests" / "hostile" / "assets" / "untouched.pdf"
RECORDS: Final = 400
DOSSIERS: Final = 15


def measure_start(setting: Setting) -> None:
    """Start `prov` and look at one file."""
    rounds = setting.rounds * 3  # short runs: more of them
    helped, unsigned, signed = take_turns(
        rounds,
        lambda _: run_process([*PROV, "--help"]),
        # 3: unsigned; 1 and 3 for the signed one, whose certificate nobody here trusts.
        lambda _: run_process([*PROV, "inspect", LETTER], codes=(0, 1, 3)),
        lambda _: run_process([*PROV, "inspect", SIGNED], codes=(0, 1, 3)),
    )
    setting.add(
        Row(
            what="prov --help",
            spread=Spread.of([each.cpu for each in helped]),
            unit="CPU-s",
            floor=at_most(0.15),
            beside=f"{Spread.of([each.wall for each in helped]).middle:.2f} s wall",
        )
    )
    for name, samples in (("unsigned", unsigned), ("signed", signed)):
        setting.add(
            Row(
                what=f"prov inspect of one {name} PDF, cold",
                spread=Spread.of([each.wall for each in samples]),
                unit="s",
                floor=at_most(1.5),
                beside=f"{Spread.of([each.cpu for each in samples]).middle:.2f} CPU-s",
            )
        )


def _waited(samples: list[Sample]) -> str:
    return f"{Spread.of([each.answer['wall_p50'] * 1e3 for each in samples]).middle:.0f} ms wall"


def measure_verdict(setting: Setting) -> None:
    """Weigh an item with hundreds of records."""
    (samples,) = take_turns(
        setting.rounds, lambda _: run_job("verdict_jobs:weigh", records=RECORDS, seeds=DOSSIERS)
    )
    absent = samples[0].answer.get("absent", "")
    setting.add(
        Row(
            what=f"verdict of an item with {RECORDS} records",
            spread=None if absent else Spread.of([each.answer["p50"] * 1e3 for each in samples]),
            unit="CPU-ms (p50)",
            floor=at_most(50),
            beside=absent or _waited(samples),
        )
    )
