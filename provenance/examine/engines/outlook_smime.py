"""S/MIME signatures of a message saved by Outlook (.msg)."""

from provenance.examine.engines.smime import MODULES, tools
from provenance.examine.subject import Subject
from provenance.signatures.detected import Detected
from provenance.signatures.mime.outlook import inspect_outlook
from provenance.signatures.model import SignatureStatus

__all__ = ["MODULES", "detect", "tools"]


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Judge the signature in the attachment of a signed message."""
    return inspect_outlook(
        subject.data,
        sha256=subject.sha256,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
    )
