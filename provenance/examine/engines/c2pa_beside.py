"""Content credentials in a file beside the document (`.c2pa`), whatever the document's format."""

from provenance.examine.engines.c2pa import MODULES, tools
from provenance.examine.subject import Subject
from provenance.facts.c2pa import read_c2pa_facts
from provenance.facts.model import Facts, merge_facts
from provenance.signatures.c2pa.sidecar import SIDECAR, Sided, judge_sidecar_beside
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pairing import Relation
from provenance.signatures.vouching import TrustContext

__all__ = ["MODULES", "detect", "read_facts", "tools"]

WHERE = "Content Credentials beside the file"
_HELD: list[tuple[Subject, tuple[Sided, ...]]] = []  # the newest; a worker examines one document


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - it looks at other files than those before it
    """Judge every file of credentials beside the document, over the document."""
    statuses = tuple(status for one in _examined(subject) for status in one.statuses)
    return Detected(statuses=statuses, ran=("c2pa-sidecar",))


def read_facts(subject: Subject) -> Facts:
    """Read what the credentials say that are of this document for certain."""
    return merge_facts(
        tuple(
            read_c2pa_facts(one.report, where=WHERE, key=f"c2pa-beside-{number}")
            for number, one in enumerate(_examined(subject), 1)
        )
    )


def _examined(subject: Subject) -> tuple[Sided, ...]:
    if _HELD and _HELD[0][0] is subject:
        return _HELD[0][1]
    context = TrustContext(
        trust=subject.trust, at=subject.at, reference_time=subject.reference_time
    )
    document = subject.itself()
    found = tuple(
        judge_sidecar_beside(document, one, sha256=subject.sha256, context=context)
        for one in subject.beside
        if one.relation is Relation.SIGNATURE and one.media_type == SIDECAR
    )
    _HELD[:] = [(subject, found)]
    return found
