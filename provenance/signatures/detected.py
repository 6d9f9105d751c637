"""What one detector found in one document, before the parts are put together to a report.

A detector is listed under `ran` only when it came to its end: "unsigned" means that every detector
in the list ran and none of them found anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from provenance.signatures.headline import STAMPS
from provenance.signatures.model import DetectorFailure, SignatureReport, SignatureStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """The answer of one detector, or of several that work together."""

    statuses: tuple[SignatureStatus, ...] = ()
    ran: tuple[str, ...] = ()
    """Names of detectors that came to their end."""
    failures: tuple[DetectorFailure, ...] = ()
    undetermined: tuple[SignatureStatus, ...] = ()
    """Places of which it was not determined what is in them; they count for no headline."""
    not_determined: tuple[str, ...] = ()
    """Questions left open, in plain words."""
    warnings: tuple[str, ...] = ()
    """About the document as a whole; what concerns one signature stands in its status."""
    unsupported: str | None = None
    """Media type of a document that the detector does not look into; then it is no "unsigned"."""


def open_about_ink(media_type: str) -> tuple[str, ...]:
    """Return the question that no detector of digital signatures answers about a picture."""
    picture = media_type.startswith("image/")
    return ("ink or a drawn signature on the picture",) if picture else ()


def report_of(sha256: str, parts: Iterable[Detected]) -> SignatureReport:
    """Put the answers of all detectors of one document together, in their order."""
    found = tuple(parts)
    report = SignatureReport(
        document_sha256=sha256,
        statuses=tuple(one for part in found for one in part.statuses),
        detectors_run=tuple(one for part in found for one in part.ran),
        detectors_failed=tuple(one for part in found for one in part.failures),
        undetermined=tuple(one for part in found for one in part.undetermined),
        not_determined=tuple(one for part in found for one in part.not_determined),
        warnings=tuple(one for part in found for one in part.warnings),
    )
    unsupported = next((part.unsupported for part in found if part.unsupported), None)
    return without_detectors(report, unsupported) if unsupported else report


def without_detectors(report: SignatureReport, media_type: str) -> SignatureReport:
    """Say that no detector exists for the format: that nothing was found means nothing then.

    A signature that was found all the same (a detached one, in a file beside it) keeps its word.
    """
    if any(status.kind not in STAMPS for status in report.statuses):
        inside = f"signatures inside this kind of file ({media_type})"
        return replace(report, not_determined=(*report.not_determined, inside))
    return replace(
        report,
        unsupported_media_type=media_type,
        not_determined=(*report.not_determined, *open_about_ink(media_type)),
    )
