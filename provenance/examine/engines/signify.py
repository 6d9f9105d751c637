"""Signify signatures, of a message in the same file or of a document beside them."""

import cryptography

from provenance.examine.subject import Subject
from provenance.signatures.axes import Kind
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.plain import inspect_plain
from provenance.signatures.signify import read_signify

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"cryptography": cryptography.__version__}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Judge the one signature."""
    return inspect_plain(
        read_signify, subject.data, subject.signed(), subject.bench(), kind=Kind.SIGNIFY
    )
