"""Signatures of Office, OpenDocument and ASiC packages, and empty signature lines."""

from provenance.examine.subject import Subject
from provenance.signatures.cms.judging import ENGINE_VERSION as CMS_VERSION
from provenance.signatures.containers.judging import inspect_container
from provenance.signatures.containers.steps import ENGINE_VERSION
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus

MODULES = (
    "lxml.etree",
    # what the engine imports late
    "cryptography.hazmat.backends.openssl.backend",
    "pyhanko_certvalidator.validate",
    "stringprep",
    "encodings.cp437",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
)


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"lxml": ENGINE_VERSION.removeprefix("lxml "), "pyhanko": CMS_VERSION}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Judge every signature of the package."""
    return inspect_container(
        subject.data,
        sha256=subject.sha256,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
    )
