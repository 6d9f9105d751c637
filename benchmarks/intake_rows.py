"""Files: ingest, re-run and audit, beside sha256sum, openssl and bagit over the same bytes."""

import shutil
from pathlib import Path
from typing import Final

from corpora import link_copy, make_large_file, make_small_files
from measuring import Sample, Spread, run_job, run_process, take_turns
from setting import Setting
from table import Row, at_least, at_most

MB: Final = 1e6
PEAK: Final = at_most(200)  # MB
OPENSSL: Final = "openssl"


def measure_small_files(setting: Setting) -> None:
    """Many small files: a custody record each."""
    source = make_small_files(setting.work / "small", setting.small_files)

    def ours(number: int) -> Sample:
        return run_job(
            "intake_jobs:ingest", desk=setting.fresh("small-desk", number), source=source
        )

    def again(number: int) -> Sample:
        return run_job(
            "intake_jobs:ingest_again", desk=setting.fresh("small-desk", number), source=source
        )

    def fixity(number: int) -> Sample:
        return run_job("intake_jobs:fixity", desk=setting.fresh("small-desk", number))

    def audit(number: int) -> Sample:
        return run_job("intake_jobs:audit", desk=setting.fresh("small-desk", number))

    def plain(_: int) -> Sample:
        return run_process(["sha256sum", *sorted(source.rglob("*.pdf"))])

    def bagit(number: int) -> Sample:
        copy = link_copy(source, setting.fresh("small-bag", number))
        return run_job("peer_jobs:bag", python=setting.peers, folder=copy)

    works = [ours, again, fixity, audit, plain, *([bagit] if setting.peers else [])]
    taken, known, reread, audited, summed, *bagged = take_turns(setting.rounds, *works)
    files = [each.answer["files"] / each.cpu for each in taken]
    beside = "bagit not there"
    if bagged:
        peer = Spread.of([each.answer["files"] / each.cpu for each in bagged[0]]).middle
        beside = f"bagit (hash only, no copy): {peer:,.0f}"
    size = taken[0].answer["bytes"]
    what = (
        f"ingest of {setting.small_files:,} files, {size / setting.small_files / 1e3:.0f} kB mean"
    )
    setting.add(
        Row(
            what=what,
            spread=Spread.of(files),
            unit="files/CPU-s",
            floor=at_least(1000),
            beside=beside,
        )
    )
    _peak(setting, what, taken)
    setting.add(
        Row(
            what="re-run over the same folder",
            spread=Spread.of([each.answer["files"] / each.wall for each in known]),
            unit="files/s",
            floor=at_least(20_000),
        )
    )
    _peak(setting, "re-run", known)
    _fixity_rows(setting, f"fixity of these {setting.small_files:,} files", reread, summed)
    setting.add(
        Row(
            what="audit of this desk: evidence, hidden fields and log",
            spread=Spread.of([each.answer["files"] / each.cpu for each in audited]),
            unit="files/CPU-s",
            beside=_rate(size, audited),
        )
    )
    _peak(setting, "audit", audited)
    for number in range(setting.rounds + 1):
        shutil.rmtree(setting.fresh("small-bag", number), ignore_errors=True)


def measure_large_file(setting: Setting) -> None:
    """One large file."""
    source = make_large_file(setting.work / "large", setting.large_bytes)
    openssl = shutil.which(OPENSSL)

    def ours(number: int) -> Sample:
        return run_job(
            "intake_jobs:ingest", desk=setting.fresh("large-desk", number), source=source
        )

    def fixity(number: int) -> Sample:
        return run_job("intake_jobs:fixity", desk=setting.fresh("large-desk", number))

    def plain(_: int) -> Sample:
        return run_process(["sha256sum", source])

    def fast(_: int) -> Sample:
        return run_process([Path(openssl or OPENSSL), "dgst", "-sha256", source])

    works = [ours, fixity, plain, *([fast] if openssl else [])]
    taken, reread, summed, *other = take_turns(setting.rounds, *works)
    size = taken[0].answer["bytes"]
    what = f"ingest of one file of {size / 2**20:,.0f} MiB"
    setting.add(
        Row(
            what=what,
            spread=Spread.of([size / each.wall / MB for each in taken]),
            unit="MB/s",
            floor=at_least(400),
            beside=f"{_rate(size, taken)}, all to the disk; sha256sum: {_rate(size, summed)}",
        )
    )
    pairs = zip(taken, summed, strict=True)
    setting.add(
        Row(
            what=f"{what}: time beside sha256sum",
            spread=Spread.of([each.wall / peer.wall for each, peer in pairs]),
            unit="x",
            floor=at_most(1.3),
            beside=f"openssl dgst -sha256: {_rate(size, other[0])}" if other else "",
        )
    )
    _peak(setting, what, taken)
    _fixity_rows(setting, "fixity of this file", reread, summed)


def _fixity_rows(setting: Setting, what: str, reread: list[Sample], summed: list[Sample]) -> None:
    size = reread[0].answer["bytes"]
    setting.add(
        Row(
            what=f"{what}: CPU beside sha256sum",
            spread=Spread.of([ours.cpu / s.cpu for ours, s in zip(reread, summed, strict=True)]),
            unit="x",
            floor=at_most(1.2),
            beside=f"{_rate(size, reread)}; sha256sum: {_rate(size, summed)}",
        )
    )
    _peak(setting, what, reread)


def _peak(setting: Setting, what: str, samples: list[Sample]) -> None:
    spread = Spread.of([each.peak / MB for each in samples])
    setting.add(Row(what=f"{what}: peak memory", spread=spread, unit="MB", floor=PEAK))


def _rate(size: int, samples: list[Sample]) -> str:
    wall = Spread.of([size / each.wall / MB for each in samples]).middle
    cpu = Spread.of([size / each.cpu / MB for each in samples]).middle
    return f"{wall:,.0f} MB/s, {cpu:,.0f} MB/CPU-s"
