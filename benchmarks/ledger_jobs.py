"""What the product does with its log, as jobs for a child process."""

import random
import time
from pathlib import Path
from statistics import median
from typing import Any

from desks import BATCH, batches, events, fill_log, make_desk, unlock
from timing import cpu_seconds, timed

from provenance.desk import Desk
from provenance.journal.keeping import log_note_key
from provenance.ledger.audit import AuditTerms, audit_log, check_entries
from provenance.ledger.merkle import leaf_hash, leaf_hashes, verify_inclusion
from provenance.ledger.sealing import open_fields
from provenance.ledger.tiles import append_hashes, prove_inclusion, root_at
from provenance_cli.audit_run import hashing_workers, processes
from provenance_store.opening import open_desk

PROOFS = 300
GROWN = 4  # batches at each length of a growing log


def terms_of(desk: Desk) -> AuditTerms:
    """Return what an audit of this desk goes by."""
    parts = desk.parts
    return AuditTerms(
        log_key=log_note_key(parts.origin, parts.log_signer), checkpoints=parts.checkpoints.all()
    )


def append_leaves(count: int, size: int) -> dict[str, Any]:
    """Append leaves, in batches, to tiles in memory; also weigh the tiles."""
    dice = random.Random(1)  # noqa: S311  # repeatable
    leaves = [dice.randbytes(size) for _ in range(count)]
    tiles: dict[tuple[int, int], bytes] = {}
    with timed() as taken:
        for first in range(0, count, BATCH):
            hashes = leaf_hashes(leaves[first : first + BATCH])
            tiles.update(append_hashes(first, hashes, lambda *at: tiles.get(at, b"")))
    weight = sum(len(row) for row in tiles.values())
    return {**taken, "leaves": count, "bytes_per_leaf": weight / count}


def fill(desk: str, count: int) -> dict[str, Any]:
    """Make a desk whose log has `count` entries."""
    signer = make_desk(Path(desk))
    with open_desk(desk, signer=signer) as opened:
        fill_log(opened.parts.ledger, count)
        opened.checkpoint()
    return {}


def audit_by_hash(desk: str) -> dict[str, Any]:
    """Count the tree again over every entry, as `prov ledger recount` does."""
    with open_desk(desk) as opened, timed() as taken:
        count = hashing_workers(None, opened.parts.ledger.size())
        with processes(count) as pool:
            found = opened.recount(pool=pool, ahead=2 * count)
    if not found.holds:
        raise RuntimeError("the log does not hold")
    return {**taken, "entries": found.log.size}


def proofs(desk: str) -> dict[str, Any]:
    """Build inclusion proofs from the stored tiles, each from scratch, and verify them."""
    building, verifying = [], []
    dice = random.Random(2)  # noqa: S311  # repeatable
    with open_desk(desk) as opened:
        ledger = opened.parts.ledger
        size = ledger.size()
        root = root_at(size, ledger.tile)
        for _ in range(PROOFS):
            index = dice.randrange(size)
            entry = next(iter(ledger.entries(index, index + 1)))
            leaf = leaf_hash(entry.leaf)
            before = time.perf_counter()
            with ledger.tiles() as tile:
                proof = prove_inclusion(index, size, tile)
            middle = time.perf_counter()
            good = verify_inclusion(index=index, size=size, leaf=leaf, proof=proof, root=root)
            verifying.append(time.perf_counter() - middle)
            building.append(middle - before)
            if not good:
                raise RuntimeError("a proof does not verify")
    return {"size": size, "build": median(building), "verify": median(verifying)}


def signed_events(desk: str, log: int, count: int, database: str = "sqlite") -> dict[str, Any]:
    """Append signed events in batches to a log that has `log` entries already."""
    signer = make_desk(Path(desk), database=database)
    with open_desk(desk, signer=signer) as opened:
        fill_log(opened.parts.ledger, log)
        opened.record(*events(0, BATCH))  # the items' own keys are made once, not at every event
        work = list(batches(BATCH, count))
        with timed() as taken:
            for batch in work:
                opened.record(*batch)
    return {**taken, "events": count}


def grow(desk: str, log: int) -> dict[str, Any]:
    """Bring a desk, made here if absent, near `log` entries; append batches around that length."""
    signer = unlock(Path(desk)) if Path(desk).exists() else make_desk(Path(desk))
    rates = []
    with open_desk(desk, signer=signer) as opened:
        ledger = opened.parts.ledger
        fill_log(ledger, log - GROWN * BATCH // 2 - BATCH)
        opened.record(*events(0, BATCH))  # the items' own keys are made once, not at every event
        start = ledger.size()
        for batch in batches(BATCH, GROWN * BATCH):
            before = cpu_seconds()
            opened.record(*batch)
            rates.append(len(batch) / (cpu_seconds() - before))
    return {"rates": rates, "middle": start + GROWN * BATCH // 2}


def audit_signatures(desk: str) -> dict[str, Any]:
    """Audit a log in full: grammar, signatures, roster, chains, times, tree and checkpoints."""
    with open_desk(desk) as opened, timed() as taken:
        parts = opened.parts
        ring = [each.key for each in opened.keepers().roster]
        rows = parts.ledger.entries(0, parts.ledger.size(), disclosures=True)
        report = audit_log(
            check_entries(rows, ring),
            terms_of(opened),
            tile=parts.ledger.tile,
            open_fields=lambda entry, sealed: open_fields(
                entry, sealed, parts.subject_keys.get([each.subject for each in sealed])
            ),
        )
    if report.flagged:
        raise RuntimeError("the log does not hold")
    return {**taken, "entries": report.size}


def single_events(desk: str, count: int, log: int = 0) -> dict[str, Any]:
    """Append events one at a time, each durable and its head signed before the next.

    With `log`, on a desk made here whose log has that many entries.
    """
    waits = []
    signer = make_desk(Path(desk)) if log else unlock(Path(desk))
    with open_desk(desk, signer=signer) as opened:
        fill_log(opened.parts.ledger, log)
        opened.record(*events(0, 1))
        with timed() as taken:
            for record in events(1, count):
                before = time.perf_counter()
                opened.record(record)
                waits.append(time.perf_counter() - before)
    return {**taken, "events": count, "p50": median(waits), "most": max(waits)}
