"""Content credentials in a file of their own (`.c2pa`), examined themselves."""

from provenance.examine.engines.c2pa import MODULES, tools
from provenance.examine.subject import Subject
from provenance.facts.c2pa import read_c2pa_facts
from provenance.facts.model import Facts
from provenance.signatures.c2pa.sidecar import Sided, judge_sidecar
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.vouching import TrustContext

__all__ = ["MODULES", "detect", "read_facts", "tools"]

_HELD: list[tuple[Subject, Sided]] = []  # the newest; a worker examines one document


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Judge the credentials, over the documents beside the file where there are any."""
    return Detected(statuses=_examined(subject).statuses, ran=("c2pa-manifest",))


def read_facts(subject: Subject) -> Facts:
    """Read what the credentials say; the file is not read a second time for it."""
    return read_c2pa_facts(_examined(subject).report)


def _examined(subject: Subject) -> Sided:
    if _HELD and _HELD[0][0] is subject:
        return _HELD[0][1]
    context = TrustContext(
        trust=subject.trust, at=subject.at, reference_time=subject.reference_time
    )
    found = judge_sidecar(subject.data, subject.signed(), sha256=subject.sha256, context=context)
    _HELD[:] = [(subject, found)]
    return found
