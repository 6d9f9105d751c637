"""DKIM signatures and the ARC chain of a message."""

from importlib import metadata

from provenance.examine.subject import Subject
from provenance.signatures.detected import Detected
from provenance.signatures.mail.checking import ENGINE_VERSION
from provenance.signatures.mail.judging import inspect_mail
from provenance.signatures.model import SignatureStatus

MODULES = (
    # What is imported late. The engine would go on without nacl and fail on each Ed25519 key.
    "nacl.bindings",
    "nacl.encoding",
    "nacl.signing",
    "encodings.idna",
    "encodings.latin_1",
    "stringprep",
)
_TOOLS = {
    "dkimpy": ENGINE_VERSION,
    "pynacl": metadata.version("pynacl"),
    "publicsuffixlist": metadata.version("publicsuffixlist"),
}


def tools() -> dict[str, str]:
    """Return parser name to version; the public suffix list has the date of its package."""
    return dict(_TOOLS)


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - nothing before it matters
    """Judge every mail signature of the message."""
    return inspect_mail(
        subject.data,
        sha256=subject.sha256,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
    )
