"""Sigstore bundles that lie beside a document of any format (an extra)."""

from provenance.examine.engines.sigstore import MODULES, tools
from provenance.examine.subject import Subject
from provenance.facts.signed_digests import states
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.nearby import doubted
from provenance.signatures.pairing import Relation
from provenance.signatures.sigstore.judging import judge_sigstore

__all__ = ["MODULES", "detect", "tools"]

BUNDLE = "application/vnd.dev.sigstore.bundle+json"


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - it looks at other files than those before it
    """Judge every bundle beside the document, over the document."""
    statuses = tuple(
        status if one.by_hand or states(one.data, BUNDLE, subject.data) else doubted(status)
        for one in subject.beside
        if one.relation is Relation.SIGNATURE and one.media_type == BUNDLE
        for status in judge_sigstore(
            one.data,
            (subject.itself(),),
            subject.bench(),
            name="detached signature (sigstore)",
            detached=True,
        )
    )
    return Detected(statuses=statuses, ran=("sigstore-detached",))
