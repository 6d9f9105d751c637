"""Judge every signature of a PDF, every empty signature field, and every sign of a hidden one.

Order, each step guarded on its own:
  1. survey the bytes (`raw`), open the file (`read`), list fields of all kinds;
  2. per field: is there a signature, of a kind that can be checked, by exactly one signer;
  3. integrity, by digest and signature value, without looking at later changes;
  4. scope: our own check of the byte range AND the engine's; the smaller answer counts;
  5. strength of the algorithms (`trust`), who and when (`trust`);
  6. what came after (`changes`);
  7. byte ranges in the file that belong to no listed signature: an alarm on the document, and a
     status of their own where no signature is listed at all.
An exception is ERROR or NOT_CHECKABLE with a code; it is never BROKEN and never UNSIGNED. No
network. Imports the PDF engine: only a worker imports this module.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import ChangedAfter, Integrity, Kind, Presence, Scope
from provenance.signatures.detected import Detected
from provenance.signatures.model import DetectorFailure, Locator, SignatureStatus
from provenance.signatures.pdf.changes import judge_changes
from provenance.signatures.pdf.raw import RawSurvey, survey_pdf
from provenance.signatures.pdf.read import PERMISSIONS, open_pdf
from provenance.signatures.pdf.render import Comparer, Mask
from provenance.signatures.pdf.steps import (
    Case,
    Work,
    judge_case,
    lax_signature,
    note_fault,
    start_case,
)
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import TrustSet

DETECTORS: Final = ("pdf-signature-fields", "pdf-permissions", "pdf-byte-ranges")


def inspect_pdf(
    data: bytes,
    *,
    sha256: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
) -> Detected:
    """Judge all signatures of a PDF; total on any bytes.

    Args:
        data: the whole file.
        sha256: hexadecimal digest of the file, for the records.
        trust: the desk's anchors.
        at: now, UTC.
        reference_time: overrides the instant for which certificates are judged.
    """
    survey = survey_pdf(data)
    opened = open_pdf(data)
    if isinstance(opened, Fault):
        return _unreadable(survey, opened, sha256)
    work = Work(
        data=data,
        sha256=sha256,
        survey=survey,
        opened=opened,
        context=TrustContext(trust=trust, at=at, reference_time=reference_time),
    )
    cases = [start_case(work, number, one) for number, one in enumerate(opened.fields)]
    for case in sorted(cases, key=lambda one: not one.stamp):  # time stamps first: they are proof
        judge_case(work, case)
    for case in cases:
        if case.status.integrity is Integrity.INTACT:
            _after(work, case, cases)
    return _conclude(work, cases)


def _after(work: Work, case: Case, cases: list[Case]) -> None:
    """Step 6: what follows the signed bytes."""
    if case.check is None:
        return
    if case.status.scope is not Scope.WHOLE and work.comparer is None:
        work.comparer = attempt("render", lambda: Comparer(work.data))
    end = case.check.end
    masks = tuple(
        Mask(page=other.field.page, box=other.field.box)
        for other in cases
        if other.field.page is not None
        and other.field.box is not None
        and other.check is not None
        and other.check.regular
        and other.check.end > end
        and other.status.integrity is Integrity.INTACT
    )
    signatures: list[Any] = [case.signature]
    if case.status.mode == "strict" and case.status.scope is not Scope.WHOLE:
        lax = lax_signature(work, case)
        if lax is not None:
            attempt("lax-coverage", lambda: lax.compute_integrity_info(skip_diff=True))
            signatures.append(lax)
    comparer = work.comparer or Fault(step="render", kind="none", message="not needed")
    changed = attempt(
        "changes",
        lambda: judge_changes(case.status, tuple(signatures), work.survey, end, comparer, masks),
    )
    if isinstance(changed, Fault):
        note_fault(case, changed)
        case.status = replace(case.status, changed_after=ChangedAfter.UNEXPLAINED)
        return
    case.status = changed


def _conclude(work: Work, cases: list[Case]) -> Detected:
    statuses = [case.status for case in cases]
    warnings = []
    listed = {case.numbers for case in cases if case.numbers}
    stray = [numbers for numbers in work.survey.byte_ranges if numbers not in listed]
    if stray:
        warnings.append(
            f"{_counted(stray)} in the file, of no signature that was read: either a leftover of an"
            " earlier state or a hidden signature"
        )
    present = [one for one in statuses if one.presence is not Presence.EMPTY_SLOT]
    if stray and not present:
        statuses.append(_stray_status(work.sha256, stray))
    if work.survey.trailing:
        warnings.append(f"{work.survey.trailing} bytes stand behind the last end mark")
    if present and all(one.kind is Kind.PDF_USAGE_RIGHTS for one in present):
        warnings.append("only a usage-rights mark of a program; no author's signature")
    failures = tuple(
        DetectorFailure(
            detector=DETECTORS[1] if fault.step == PERMISSIONS else DETECTORS[0],
            code=fault.step,
            message=f"not every signature field could be read{fault.because}",
        )
        for fault in work.opened.faults
    )
    ran = tuple(one for one in DETECTORS if one not in {failure.detector for failure in failures})
    return Detected(statuses=tuple(statuses), ran=ran, failures=failures, warnings=tuple(warnings))


def _counted(stray: list[tuple[int, ...]]) -> str:
    return "1 signed range of bytes" if len(stray) == 1 else f"{len(stray)} signed ranges of bytes"


def _stray_status(sha256: str, stray: list[tuple[int, ...]]) -> SignatureStatus:
    digest = hashlib.sha256(repr(stray).encode()).hexdigest()[:8]
    return SignatureStatus(
        id=f"pdf-stray-{digest}",
        document_sha256=sha256,
        kind=Kind.PDF_SIG,
        locator=Locator(name=f"{_counted(stray)} outside any signature field"),
        presence=Presence.PRESENT,
        integrity=Integrity.NOT_CHECKABLE,
        engine="provenance",
        error="signature-not-listed: the bytes show a signature that the form does not list",
        native_codes=("signature-not-listed",),
    )


def _unreadable(survey: RawSurvey, fault: Fault, sha256: str) -> Detected:
    statuses = [_stray_status(sha256, list(survey.byte_ranges))] if survey.byte_ranges else []
    locked = "password" in fault.message.lower() or "authenticate" in fault.message.lower()
    failure = DetectorFailure(
        detector=DETECTORS[0],
        code="password-required" if locked else "pdf-unreadable",
        message=f"the file cannot be read as a PDF{fault.because}",
    )
    return Detected(
        statuses=tuple(statuses),
        ran=(DETECTORS[2],),
        failures=(failure,),
        warnings=(),
    )
