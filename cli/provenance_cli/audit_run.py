"""What `prov audit` runs with: workers, checkpoints held elsewhere, a sample; and how it answers.

Workers are processes of their own, started fresh (`spawn`): nothing of this process is copied into
them. Below PARALLEL_FROM entries starting them costs more than they save, and none is started.
"""

import multiprocessing
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provenance.acts.auditing import AuditPlan
from provenance.errors import NotFound, UsageError
from provenance.ledger.note import MAX_NOTE
from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.acts.auditing import DeskAudit
    from provenance.ledger.findings import Finding

PARALLEL_FROM: Final = 4_000  # entries: about the second that starting two workers takes
SHOWN: Final = 20  # findings on the terminal; --json has them all
MAX_JOBS: Final = 256
_NUMBER: Final = re.compile("[0-9]+")


@contextmanager
def audit_plan(
    *,
    entries: int,
    jobs: int | None,
    since: Path | None,
    outside: Sequence[Path],
    sample: int | None,
    seed: int | None,
) -> Iterator[AuditPlan]:
    """Provide the plan of an audit with its workers, which end with it.

    Raises:
        UsageError: no such number of jobs or blobs.
        NotFound: a checkpoint file cannot be read.
    """
    count = (os.cpu_count() or 1) if jobs is None else jobs
    if not 1 <= count <= MAX_JOBS or (sample is not None and sample < 0):
        raise UsageError(f"--jobs is a number from 1 to {MAX_JOBS}, --sample is not negative")
    with ExitStack() as workers:
        pool: Executor | None = None
        if count > 1 and entries >= PARALLEL_FROM:
            fresh = multiprocessing.get_context("spawn")
            pool = workers.enter_context(ProcessPoolExecutor(count, mp_context=fresh))
        readers = workers.enter_context(ThreadPoolExecutor(count)) if count > 1 else None
        yield AuditPlan(
            entries=pool,
            blobs=readers,
            ahead=2 * count,
            since=_note(since) if since else None,
            outside=tuple(_note(path) for path in outside),
            sample=sample,
            seed=secrets.randbelow(1 << 32) if seed is None else seed,
        )


def print_audit(found: "DeskAudit", plan: AuditPlan) -> None:
    """Print the three answers and everything that does not hold."""
    _print_evidence(found, plan)
    _print_log(found)
    agree = "index, item heads and views" if found.views_compared else "index and item heads"
    _answer("Do its own tables differ from it?", holds=found.derived_holds, detail=agree)
    _sentences(found.derived[:SHOWN])
    _print_more(len(found.derived))
    bad = found.first_bad
    if bad is not None:
        text = f"First bad entry: {bad.seq} ({bad.affects}), found by {bad.detector.value}."
        voice.wrapped(voice.visible(text), first="", indent="  ")
    if not (found.vouched or plan.outside):
        voice.result(
            voice.paint(
                "Nothing inside a desk shows that the whole desk was rolled back: compare with a "
                "checkpoint held elsewhere (--outside FILE).",
                "dim",
            )
        )


def _print_evidence(found: "DeskAudit", plan: AuditPlan) -> None:
    detail = f"{found.blobs} blobs, {found.blob_bytes} bytes re-read"
    if found.sampled:
        detail += f" (a sample, --seed {plan.seed})"
    _answer("Did the evidence change?", holds=found.evidence_holds, detail=detail)
    for damaged in found.damaged:
        state = f"{damaged.fixity.state.value}: {damaged.belongs_to}"
        voice.result(f"  ! {damaged.fixity.sha256.hex()} {state}")
    _sentences(found.unreadable)


def _print_log(found: "DeskAudit") -> None:
    detail = f"{found.log.size} entries, root {found.log.root.hex()[:16]}…"
    if found.vouched:
        detail += f"; signatures from entry {found.vouched} on"
    _answer("Did the log change?", holds=found.log_holds, detail=detail)
    _sentences(found.beside_the_key)
    _sentences(found.outside.faults)
    _sentences(found.outside.remarks, mark="-")
    _sentences(found.remarks[:SHOWN], mark="-")
    _print_more(len(found.remarks))
    alike = list(_alike(found.log.findings))
    for finding, more in alike[:SHOWN]:
        mark = "!" if finding.level.value == "flag" else "-"
        _sentences([_told(finding) + more], mark=mark)
    _print_more(len(alike))


def _alike(findings: "Sequence[Finding]") -> "Iterator[tuple[Finding, str]]":
    """Yield the first of findings that say the same of several places, and how many more say it."""
    groups: dict[object, list[Finding]] = {}
    for one in findings:
        said = _NUMBER.sub("#", one.sentence)
        groups.setdefault((one.level, one.detector, said), []).append(one)
    for first, *rest in groups.values():
        last = f", the last at entry {rest[-1].seq}" if rest and rest[-1].seq is not None else ""
        yield first, f" And {len(rest)} more like it{last} (--json)." if rest else ""


def _told(finding: "Finding") -> str:
    where = f"entry {finding.seq}, " if finding.seq is not None else ""
    return f"{finding.detector.value}: {where}{finding.affects}: {finding.sentence}"


def _sentences(sentences: Sequence[str], *, mark: str = "!") -> None:
    for sentence in sentences:
        voice.wrapped(voice.visible(sentence), first=f"  {mark} ", indent="    ")


def _print_more(count: int) -> None:
    if count > SHOWN:
        voice.result(f"  … and {count - SHOWN} more (--json)")


def _answer(question: str, *, holds: bool, detail: str) -> None:
    word = voice.paint("No.", "green", "bold") if holds else voice.paint("YES.", "red", "bold")
    voice.result(f"{question} {word} {detail}")


def _note(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_NOTE + 1)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
