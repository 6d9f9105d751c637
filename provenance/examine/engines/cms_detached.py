"""Detached CMS signatures (.p7s) that lie beside a document of any format."""

from provenance.examine.engines.cms import MODULES, tools
from provenance.examine.subject import Subject
from provenance.facts.signed_digests import unwrapped
from provenance.signatures.cms.documents import inspect_detached
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pairing import Relation
from provenance.signatures.vouching import TrustContext

__all__ = ["MODULES", "detect", "tools"]

DETECTOR = "cms-detached"


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - looks at other files
    """Judge every container beside the document, over the document."""
    context = TrustContext(
        trust=subject.trust, at=subject.at, reference_time=subject.reference_time
    )
    statuses = tuple(
        status
        for number, one in enumerate(subject.beside)
        if one.relation is Relation.SIGNATURE and one.media_type == "application/pkcs7-mime"
        # A time stamp's response is judged by the engine for all other detached signatures.
        if unwrapped(one.data) is None
        for status in inspect_detached(
            subject.data,
            one.data,
            sha256=subject.sha256,
            context=context,
            number=number,
            by_hand=one.by_hand,
        )
    )
    return Detected(statuses=statuses, ran=(DETECTOR,))
