"""XML signatures in loose XML files: named, not judged."""

from provenance.examine.subject import Subject
from provenance.signatures.containers.loose import inspect_xml
from provenance.signatures.containers.steps import ENGINE_VERSION
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus

MODULES = ("lxml.etree", "encodings.latin_1", "encodings.utf_16")


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"lxml": ENGINE_VERSION.removeprefix("lxml ")}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Name every XML signature of the file."""
    return inspect_xml(
        subject.data,
        sha256=subject.sha256,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
    )
