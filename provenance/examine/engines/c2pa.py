"""Content credentials (C2PA): signatures, and what they say."""

from provenance.examine.subject import Subject
from provenance.facts.c2pa import read_c2pa_facts
from provenance.facts.model import Facts
from provenance.signatures.c2pa.judging import Examined, inspect_c2pa
from provenance.signatures.c2pa.library import VERSION
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus

MODULES = (
    # what the engine imports late
    "cryptography.hazmat.backends.openssl.backend",
    "encodings.cp437",
    "encodings.idna",
    "pyhanko_certvalidator.validate",
    "stringprep",
)
_HELD: list[tuple[Subject, Examined]] = []  # the newest; a worker examines one document


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"c2pa-python": VERSION}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - looks at other bytes
    """Judge the credentials of the file."""
    return _examined(subject).detected


def read_facts(subject: Subject) -> Facts:
    """Read what the credentials say; the file is not read a second time for it."""
    found = _examined(subject)
    return read_c2pa_facts(found.report, remote=found.remote)


def _examined(subject: Subject) -> Examined:
    if _HELD and _HELD[0][0] is subject:
        return _HELD[0][1]
    found = inspect_c2pa(
        subject.data,
        sha256=subject.sha256,
        media_type=subject.media_type,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
    )
    _HELD[:] = [(subject, found)]
    return found
