"""OpenPGP: detached signatures, signed messages, clearsigned blocks in text."""

from provenance.examine.subject import Subject
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.openpgp.checking import ENGINE, ENGINE_VERSION
from provenance.signatures.openpgp.judging import inspect_openpgp

MODULES = ("pysequoia", "bz2", "zlib")


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {ENGINE: ENGINE_VERSION}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Judge every OpenPGP signature that the file holds."""
    return inspect_openpgp(
        subject.data,
        sha256=subject.sha256,
        media_type=subject.media_type,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
        nearby=subject.beside,
    )
