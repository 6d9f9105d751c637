"""CMS containers: .p7m, .p7s, time-stamp tokens; over their content or the document beside them."""

from provenance.examine.subject import Subject
from provenance.facts.signed_digests import unwrapped
from provenance.signatures.cms.documents import inspect_cms
from provenance.signatures.cms.judging import ENGINE_VERSION
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pairing import Relation

MODULES = (
    # what the engine imports late
    "cryptography.hazmat.backends.openssl.backend",
    "pyhanko_certvalidator.validate",
    "stringprep",
    "encodings.cp1252",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_16_be",
    "encodings.utf_32_be",
)


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"pyhanko": ENGINE_VERSION}


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - the first in its row
    """Judge every signer of the container."""
    signed = [one for one in subject.beside if one.relation is Relation.SIGNED]
    return inspect_cms(
        unwrapped(subject.data) or subject.data,  # `.tsr`: a response with the token in it
        sha256=subject.sha256,
        trust=subject.trust,
        at=subject.at,
        reference_time=subject.reference_time,
        beside=tuple(one.data for one in signed),
        by_hand=any(one.by_hand for one in signed),
    )
