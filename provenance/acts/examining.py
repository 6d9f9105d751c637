"""Examination on an open desk: each exemplar goes through the sandbox, the outcome is a finding.

The full result is kept as a blob, its digest in the entry: findings can be long, and what was found
with which tool and version must be readable years later. A file that crashes or stalls its worker
has a finding that says so. A copy is examined together with the copies that belong to it
(`companions`). Nothing here decides what a signature proves: `provenance.signatures`.

As many are examined at once as the runner has workers; they are recorded in the order in which they
were named, in batches. A run that is stopped has recorded whole batches or nothing of them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from provenance.acts.companions import Companions
from provenance.acts.workbench import Workbench
from provenance.evidence import exemplars
from provenance.examine.ahead import InOrder
from provenance.examine.answers import left_out
from provenance.examine.examination import Examination
from provenance.examine.runner import Companion, Runner
from provenance.intake.receive import receive_blocks
from provenance.journal.projecting import ARRIVALS
from provenance.journal.reading import OpenedEntry
from provenance.records import HiddenField, Json, NewRecord
from provenance.signatures.axes import Presence
from provenance.signatures.pairing import MAX_COMPANIONS, stated_in
from provenance.trust.model import TrustSet

BATCH: Final = 100  # findings acknowledged together
BATCH_SECONDS: Final = 2.0  # and no finding waits longer: a run that is stopped has got somewhere
BATCH_BYTES: Final = 16 << 20  # of results that wait, in either queue; they are a few kB each
_SHA256: Final = re.compile("[0-9a-f]{64}")
TOOL: Final = "provenance.examine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One exemplar to examine."""

    item: bytes
    sha256: bytes
    name: str | None
    declared: str | None = None
    """Media type that the mail it came in says it has; only for comparison with its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the newest examination of one exemplar said."""

    seq: int
    sha256: str
    """The exemplar, hex."""
    result: str
    """SHA-256 hex of the blob that holds the full result."""
    headline: str
    outcome: str
    """`examined`, or why the worker gave no answer."""
    trust: str = ""
    """Digest of the trust set it was judged under, hex."""
    signatures: int = 0
    """How many signatures are in it, or may be: where the answer depends on trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """An examination, spelled as it will be stored."""

    found: Examination
    text: bytes


def examine(
    bench: Workbench,
    exhibits: Iterable[Exhibit],
    *,
    runner: Runner,
    trust: TrustSet,
    reference_time: datetime | None = None,
    claimed_date: date | None = None,
    notify: Callable[[Exhibit, Examination], None] = lambda _exhibit, _examination: None,
) -> int:
    """Examine exemplars and record what was found; returns how many.

    Args:
        bench: the open desk, with a signer.
        exhibits: what to examine.
        runner: the sandbox.
        trust: what a signer may be vouched for by.
        reference_time: judge certificates for this instant, UTC.
        claimed_date: day that is claimed for the documents.
        notify: told of each finding once it is acknowledged.

    Raises:
        SurroundingsError: disk, database or key failed, or a blob is gone.
    """
    done = 0
    judged = partial(
        runner.examine, trust=trust, reference_time=reference_time, claimed_date=claimed_date
    )
    companions = Companions(bench, stated=partial(_stated, bench))
    pending: list[tuple[Exhibit, _Result]] = []
    since = bench.parts.clock()

    def step(exhibit: Exhibit) -> _Result:
        found = _look(bench, exhibit, companions, judged)
        return _Result(found=found, text=found.to_json().encode())

    run = InOrder(
        step,
        exhibits,
        threads=runner.workers,
        weight=lambda result: len(result.text),
        budget=BATCH_BYTES,
        cut_off=runner.interrupt,
    )
    with closing(iter(run)) as results:
        for exhibit, result in results:
            pending.append((exhibit, result))
            waited = (bench.parts.clock() - since).total_seconds()
            if _full(pending) or waited >= BATCH_SECONDS:
                done += _acknowledge(bench, pending, notify)
                pending, since = [], bench.parts.clock()
    return done + _acknowledge(bench, pending, notify)


def _full(pending: Sequence[tuple[Exhibit, _Result]]) -> bool:
    return len(pending) >= BATCH or sum(len(one.text) for _, one in pending) >= BATCH_BYTES


def _look(
    bench: Workbench,
    exhibit: Exhibit,
    companions: Companions,
    judged: Callable[..., Examination],
) -> Examination:
    """Examine one copy together with the copies that belong to it."""
    blobs = bench.parts.blobs
    near = companions.of(exhibit.item, exhibit.sha256)
    with ExitStack() as stack:
        stream = stack.enter_context(blobs.open(exhibit.sha256))
        beside = [
            Companion(
                document=stack.enter_context(blobs.open(held.sha256)),
                role=held.role,
                name=held.name,
                how=held.how,
            )
            for held in near[:MAX_COMPANIONS]
        ]
        found = judged(
            stream,
            name=exhibit.name,
            media_type=exhibit.declared,
            at=bench.parts.clock(),
            beside=beside,
        )
    return left_out(found, len(near) - MAX_COMPANIONS)


def _stated(bench: Workbench, item: bytes, sha256: bytes) -> frozenset[str] | None:
    """Return the digests that a copy states, as its newest examination has them; None = none."""
    finding = findings_of(bench.entries(item, ("finding",))).get(sha256.hex())
    facts = read_result(bench, finding).facts if finding else None
    return stated_in(facts.properties) if facts else None


def findings_of(entries: Sequence[OpenedEntry]) -> dict[str, Finding]:
    """Return the newest finding for each exemplar (SHA-256 hex) among an item's entries.

    A record that names no copy or no result is none: the audit remarks on it.
    """
    newest: dict[str, Finding] = {}
    for entry in entries:
        if entry.type != "finding":
            continue
        keys = ("input", "result", "headline", "outcome", "trust")
        texts = {key: entry.text("finding", key) or "" for key in keys}
        if not all(_SHA256.fullmatch(texts[key]) for key in ("input", "result")):
            continue  # signed in a wrong shape: it hides no finding that can be read
        counted = entry.whole("finding", "signatures")
        newest[texts["input"]] = Finding(
            seq=entry.seq,
            sha256=texts["input"],
            result=texts["result"],
            headline=texts["headline"],
            outcome=texts["outcome"],
            trust=texts["trust"],
            signatures=counted or 0,
        )
    return newest


def read_result(bench: Workbench, finding: Finding) -> Examination:
    """Read the full result of a finding back.

    Raises:
        BlobMissing: the blob is gone.
        Malformed: it is not a result.
    """
    with bench.parts.blobs.open(bytes.fromhex(finding.result)) as stream:
        return Examination.from_json(stream.read().decode("utf-8", "replace"))


def newest(bench: Workbench, item: bytes) -> dict[str, Examination]:
    """Return the newest full result for each exemplar of an item, by SHA-256 hex.

    Raises:
        BlobMissing: a result is gone.
        Malformed: one is not a result.
    """
    found = findings_of(bench.entries(item, ("finding",)))
    return {sha256: read_result(bench, finding) for sha256, finding in found.items()}


def exhibits_of(bench: Workbench, item: bytes) -> list[Exhibit]:
    """Return every exemplar of an item, to be examined."""
    received = bench.entries(item, tuple(ARRIVALS))
    names = {e.text("document", "sha256"): e.text("name", "name") for e in received}
    labels = {
        e.text("document", "sha256"): label
        for e in received
        if (label := e.text("parent", "declared")) is not None
    }
    return [
        Exhibit(
            item=item,
            sha256=view.sha256,
            name=names.get(view.sha256.hex()),
            declared=labels.get(view.sha256.hex()),
        )
        for view in exemplars(bench.held(item, received))
    ]


def unexamined(bench: Workbench) -> Iterator[Exhibit]:
    """Yield every exemplar without a finding: what a run that was stopped left to be done."""
    views = bench.parts.views
    found, arrived = views.latest(("finding",)), views.latest(tuple(ARRIVALS))
    for view in bench.items():
        # An item whose newest arrival lies before its newest finding has nothing left to examine.
        if found.get(view.item, -1) < arrived.get(view.item, -1):
            done = findings_of(bench.entries(view.item, ("finding",)))
            exhibits = exhibits_of(bench, view.item)
            yield from (each for each in exhibits if each.sha256.hex() not in done)


def _acknowledge(
    bench: Workbench,
    pending: Sequence[tuple[Exhibit, _Result]],
    notify: Callable[[Exhibit, Examination], None],
) -> int:
    if not pending:
        return 0
    records = [_record(bench, exhibit, result) for exhibit, result in pending]
    bench.parts.blobs.settle()
    bench.record(*records)
    for exhibit, result in pending:
        notify(exhibit, result.found)
    return len(pending)


def _record(bench: Workbench, exhibit: Exhibit, result: _Result) -> NewRecord:
    kept = receive_blocks([result.text], bench.parts.blobs)
    value: dict[str, Json] = {
        "tool": TOOL,
        "input": exhibit.sha256.hex(),
        "result": kept.digests.sha256.hex(),
        "headline": str(result.found.headline),
        "outcome": result.found.outcome.code,
        "trust": result.found.trust_set_sha256,
        "signatures": sum(
            one.presence is Presence.PRESENT for one in result.found.signatures.statuses
        ),
    }
    subject = f"item:{exhibit.item.hex()}"
    field = HiddenField(name="finding", value=value, subject=subject)
    return NewRecord(item=exhibit.item, type="finding", fields=(field,))
