"""How the figures change while the log grows from a thousand to a million entries, as a drawing.

One desk is brought from length to length by the fast filling, so every length is measured once;
what repeats there is the batch, the audit, or the single append of the hash chain beside it.
"""

from typing import Final

from chart import Curve, draw
from measuring import Spread, run_job
from setting import Setting
from table import Row

LENGTHS: Final = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
AUDITS: Final = 3  # of a log up to SHORT entries; longer ones are audited once
SHORT: Final = 100_000
CHAINED: Final = ((1_000, 100), (8_000, 50), (100_000, 10), (1_000_000, 3))  # length, appends
_Points = list[tuple[float, float]]


def measure_growth(setting: Setting) -> None:
    """Measure each length, and draw the curves."""
    events, audits = _ours(setting)
    chain = _chained(setting)
    setting.draw(
        "growth.svg",
        draw(
            "What a CPU-second does while the log grows",
            across="entries in the log",
            up="per CPU-second",
            curves=[
                Curve(name="entries audited by hash", points=audits),
                Curve(name="signed events, batches of 500", points=events),
                Curve(name="PEER, hash chain: single appends", points=chain),
            ],
        ),
    )


def _ours(setting: Setting) -> tuple[_Points, _Points]:
    desk = setting.work / "growing-desk"
    events: _Points = []
    audits: _Points = []
    for length in (each for each in LENGTHS if each <= setting.log_entries):
        grown = run_job("ledger_jobs:grow", desk=desk, log=length).answer
        rates = Spread.of(grown["rates"])
        _add(setting, "signed events, batches of 500", grown["middle"], rates, len(grown["rates"]))
        events.append((grown["middle"], rates.middle))
        times = AUDITS if length <= SHORT else 1
        done = [run_job("ledger_jobs:audit_by_hash", desk=desk) for _ in range(times)]
        size = done[0].answer["entries"]
        rates = Spread.of([size / each.cpu for each in done])
        _add(setting, "audit by hash", size, rates, times)
        audits.append((size, rates.middle))
    return events, audits


def _chained(setting: Setting) -> _Points:
    points: _Points = []
    for length, count in (each for each in CHAINED if each[0] <= setting.log_entries):
        sample = run_job(
            "chain_jobs:append_to_chain",
            database=setting.work / f"chain-{length}.db",
            log=length,
            count=count,
        )
        rate = count / sample.cpu
        _add(setting, "PEER, a hash chain: single append", length, Spread.of([rate]), count)
        points.append((length, rate))
    return points


def _add(setting: Setting, what: str, length: int, rates: Spread, times: int) -> None:
    unit = "entries/CPU-s" if what.startswith("audit") else "events/CPU-s"
    setting.add(
        Row(what=f"{what}, log of {length:,}", spread=rates, unit=unit, beside=f"{times} measured")
    )
