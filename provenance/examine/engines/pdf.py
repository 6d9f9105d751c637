"""PDF signatures: fields, permissions, hidden byte ranges."""

from provenance.examine.subject import Subject
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pdf.judging import inspect_pdf
from provenance.signatures.pdf.steps import ENGINE_VERSION

MODULES = (
    # what the engine imports late
    "cryptography.hazmat.backends.openssl.backend",
    "lxml.etree",
    "pyhanko.pdf_utils.crypt.pdfmac",
    "pyhanko.pdf_utils.filters",
    "pyhanko.pdf_utils.metadata.xmp_xml",
    "pyhanko_certvalidator.validate",
    "stringprep",
    "encodings.cp1252",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
)


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"pyhanko": ENGINE_VERSION}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Judge every signature of the file."""
    return inspect_pdf(
        subject.data,
        sha256=subject.sha256,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
    )
