"""S/MIME signatures of a mail, with what each covers and whether the sender is the signer."""

from provenance.examine.engines import cms
from provenance.examine.subject import Subject
from provenance.signatures.cms.judging import ENGINE_VERSION
from provenance.signatures.detected import Detected
from provenance.signatures.mime.judging import inspect_mail
from provenance.signatures.model import SignatureStatus

MODULES = (*cms.MODULES, "email._parseaddr", "encodings.ascii", "encodings.iso8859_15")


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"pyhanko": ENGINE_VERSION}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - judges by itself
    """Judge every S/MIME signature of the mail."""
    return inspect_mail(
        subject.data,
        sha256=subject.sha256,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
    )
