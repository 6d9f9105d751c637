"""Sigstore bundles, offline, with the root of trust that ships with the library (an extra)."""

from provenance.examine.subject import Subject
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.sigstore.bundle import ENGINE, ENGINE_VERSION
from provenance.signatures.sigstore.judging import judge_sigstore

MODULES = ("sigstore._store", "sigstore.verify.verifier", "encodings.idna")


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {ENGINE: ENGINE_VERSION}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Judge the one signature of the bundle."""
    name = "the signature in this file"
    statuses = judge_sigstore(subject.data, subject.signed(), subject.bench(), name=name)
    return Detected(statuses=statuses, ran=(ENGINE,))
