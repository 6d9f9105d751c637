"""How audits answer on the terminal: a question, Yes or No, and everything that does not hold."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from provenance.ledger.findings import Detector
from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.acts.auditing import AuditPlan, DeskAudit
    from provenance.acts.recounting import Recounted
    from provenance.ledger.findings import AuditReport, Finding

SHOWN: Final = 20  # findings on the terminal; --json has them all
_NUMBER: Final = re.compile("[0-9]+")


def print_audit(found: "DeskAudit", plan: "AuditPlan") -> None:
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
        _print_rollback()


def print_recount(found: "Recounted", *, outside: bool) -> None:
    """Print the one answer, everything that contradicts it, and what was not looked at."""
    heads = found.log.checked[Detector.CHECKPOINT] + found.log.checked[Detector.OUTSIDE]
    detail = f"{found.log.size} entries, root {found.log.root.hex()[:16]}…, {heads} checkpoints"
    _answer("Did the log change?", holds=found.holds, detail=detail)
    _sentences(found.beside_the_key)
    _print_findings(found.remarks, found.log)
    voice.result(
        voice.paint(
            "Counted by hash: signatures, hidden fields and evidence were not looked at (`prov "
            "audit`).",
            "dim",
        )
    )
    if not outside:
        _print_rollback()


def _print_rollback() -> None:
    voice.result(
        voice.paint(
            "Nothing inside a desk shows that the whole desk was rolled back: compare with a "
            "checkpoint held elsewhere (--outside FILE).",
            "dim",
        )
    )


def _print_evidence(found: "DeskAudit", plan: "AuditPlan") -> None:
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
    _print_findings(found.remarks, found.log)


def _print_findings(remarks: Sequence[str], log: "AuditReport") -> None:
    _sentences(remarks[:SHOWN], mark="-")
    _print_more(len(remarks))
    alike = list(_alike(log.findings))
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
