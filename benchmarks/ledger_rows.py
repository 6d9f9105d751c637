"""The log: appending, proving and auditing, beside pymerkle where it does the same."""

from collections.abc import Callable
from typing import Final

from measuring import Sample, Spread, run_job, take_turns
from setting import Setting
from table import Row, at_least, at_most

LEAVES: Final = 1_000_000
PEER_LEAVES: Final = 100_000
LEAF: Final = 64  # bytes: short, so that the tree is measured and not the hashing of long leaves
EVENTS: Final = 5_000
SIZES: Final = (1_000, 30_000, 1_000_000)
SINGLE: Final = 200
CHAINED: Final = (1_000, 8_000)  # records in the hash chain, and entries in the log beside it
LINKS: Final = 100  # single appends at each of these lengths


def measure_tree(setting: Setting) -> None:
    """Append leaves to a tree in memory."""
    works: list[Callable[[int], Sample]] = [
        lambda _: run_job("ledger_jobs:append_leaves", count=LEAVES, size=LEAF),
        lambda _: run_job("bare_jobs:hash_leaves", count=LEAVES, size=LEAF),
    ]
    if setting.peers:
        works.append(
            lambda _: run_job(
                "peer_jobs:append_leaves", python=setting.peers, count=PEER_LEAVES, size=LEAF
            )
        )
    ours, bare, *peers = take_turns(setting.rounds, *works)
    beside = "pymerkle not there"
    if peers:
        beside = f"pymerkle, in memory: {_rate(peers[0], 'leaves')}"
    beside += f"; bare SHA-256, two a leaf: {_rate(bare, 'leaves')}"
    setting.add(
        Row(
            what=f"Merkle append, {LEAVES:,} leaves",
            spread=_per_cpu(ours, "leaves"),
            unit="leaves/CPU-s",
            floor=at_least(1_000_000),
            beside=beside,
        )
    )
    setting.add(
        Row(
            what="tiles beside the leaves' own bytes",
            spread=Spread.of([each.answer["bytes_per_leaf"] for each in ours]),
            unit="B/leaf",
            floor=at_most(33),
        )
    )
    for length in CHAINED:
        _measure_beside_chain(setting, length)


def _measure_beside_chain(setting: Setting, length: int) -> None:
    ours, chain = take_turns(
        setting.rounds,
        lambda number: run_job(
            "ledger_jobs:single_events",
            desk=setting.fresh(f"beside-{length}", number),
            log=length,
            count=LINKS,
        ),
        lambda number: run_job(
            "chain_jobs:append_to_chain",
            database=setting.fresh(f"chain-{length}", number),
            log=length,
            count=LINKS,
        ),
    )
    peer = _per_cpu(chain, "events").middle
    setting.add(
        Row(
            what=f"one durable event, head signed, log of {length:,}",
            spread=_per_cpu(ours, "events"),
            unit="events/CPU-s",
            beside=f"hash chain of one table, bare records, hashed wholly each time: {peer:,.0f}",
        )
    )


def measure_long_log(setting: Setting) -> None:
    """Audit by hash, and proofs, in a log of a million entries."""
    desk = setting.work / "long-desk"
    run_job("ledger_jobs:fill", desk=desk, count=setting.log_entries)
    audits, proofs = take_turns(
        setting.rounds,
        lambda _: run_job("ledger_jobs:audit_by_hash", desk=desk),
        lambda _: run_job("ledger_jobs:proofs", desk=desk),
    )
    size = f"{setting.log_entries:,} entries"
    setting.add(
        Row(
            what=f"audit by hash of {size}",
            spread=Spread.of([each.wall for each in audits]),
            unit="s",
            floor=at_most(3 * setting.log_entries / 1_000_000),
            beside=f"{Spread.of([each.cpu for each in audits]).middle:.1f} CPU-s",
        )
    )
    setting.add(
        Row(
            what=f"audit by hash of {size}: peak memory",
            spread=Spread.of([each.peak / 1e6 for each in audits]),
            unit="MB",
            floor=at_most(200),
        )
    )
    for key, most in (("build", 1.0), ("verify", 0.1)):
        setting.add(
            Row(
                what=f"inclusion proof in {size}: {key}",
                spread=Spread.of([each.answer[key] * 1e3 for each in proofs]),
                unit="ms (p50)",
                floor=at_most(most),
                beside="tiles read from SQLite" if key == "build" else "",
            )
        )


def measure_events(setting: Setting) -> None:
    """Append signed events at several lengths of the log, audit them, and append single ones."""
    sizes = [size for size in SIZES if size <= setting.log_entries]

    def at(size: int) -> Callable[[int], Sample]:
        def work(number: int) -> Sample:
            desk = setting.fresh(f"events-{size}", number)
            return run_job("ledger_jobs:signed_events", desk=desk, log=size, count=EVENTS)

        return work

    # The longest logs are made afresh each round: few rounds of them.
    rounds = {size: setting.rounds if size < 1_000_000 else 1 for size in sizes}
    for size in sizes:
        samples, bare = take_turns(rounds[size], at(size), _bare("sign_and_verify"))
        setting.add(
            Row(
                what=f"signed events, 5 hidden fields, batches of 500, log of {size:,}",
                spread=_per_cpu(samples, "events"),
                unit="events/CPU-s",
                floor=at_least(4_000),
                beside=f"{_pace(samples)}; bare sign and verify: {_rate(bare, 'events')}",
            )
        )


def measure_signatures(setting: Setting) -> None:
    """Audit a log with signatures; single durable events on the same desk."""
    desk = setting.work / "signed-desk"
    run_job("ledger_jobs:signed_events", desk=desk, log=0, count=20_000)
    audits, bare, single = take_turns(
        setting.rounds,
        lambda _: run_job("ledger_jobs:audit_signatures", desk=desk),
        _bare("verify"),
        lambda _: run_job("ledger_jobs:single_events", desk=desk, count=SINGLE),
    )
    setting.add(
        Row(
            what="full audit with signatures",
            spread=_per_cpu(audits, "entries"),
            unit="entries/CPU-s",
            floor=at_least(6_000),
            beside=f"peak {Spread.of([each.peak / 1e6 for each in audits]).middle:.0f} MB; "
            f"bare verify: {_rate(bare, 'entries')}",
        )
    )
    setting.add(
        Row(
            what="one durable event, head signed",
            spread=Spread.of([each.answer["p50"] * 1e3 for each in single]),
            unit="ms (p50)",
            floor=at_most(10),
        )
    )


def measure_postgres(setting: Setting) -> None:
    """Signed events on a PostgreSQL server."""
    samples, bare = take_turns(
        setting.rounds,
        lambda number: run_job(
            "postgres_jobs:signed_events_on_server",
            desk=setting.fresh("pg-desk", number),
            count=EVENTS,
        ),
        _bare("sign_and_verify"),
    )
    absent = samples[0].answer.get("absent", "")
    setting.add(
        Row(
            what="signed events on PostgreSQL, batches of 500",
            spread=None if absent else Spread.of([EVENTS / each.wall for each in samples]),
            unit="events/s",
            floor=at_least(6_000),
            beside=absent
            or f"{_rate(samples, 'events')} events/CPU-s of ours; bare sign and verify: "
            f"{_rate(bare, 'events')}",
        )
    )


def _per_cpu(samples: list[Sample], what: str) -> Spread:
    return Spread.of([each.answer[what] / each.cpu for each in samples])


def _rate(samples: list[Sample], what: str) -> str:
    return f"{_per_cpu(samples, what).middle:,.0f}"


def _bare(job: str) -> Callable[[int], Sample]:
    return lambda _: run_job(f"bare_jobs:{job}", count=EVENTS)


def _pace(samples: list[Sample]) -> str:
    wall = Spread.of([each.wall for each in samples]).middle
    rounds = f"{len(samples)} round{'s' if len(samples) > 1 else ''}"
    return f"{EVENTS / wall:,.0f} events/s wall; {rounds}"
