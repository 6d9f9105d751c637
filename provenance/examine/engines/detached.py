"""Signatures that lie beside a document: detached ones, and signed lists that name its digest."""

import cryptography

from provenance.examine.engines import cms
from provenance.examine.subject import Subject
from provenance.signatures.detached import judge_beside
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.openpgp.checking import ENGINE, ENGINE_VERSION

MODULES = (*cms.MODULES, "pysequoia", "bz2", "zlib")


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {ENGINE: ENGINE_VERSION, "cryptography": cryptography.__version__}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - it looks at other files than those before it
    """Judge what lies beside the document."""
    return judge_beside(subject.itself(), subject.beside, subject.bench())
