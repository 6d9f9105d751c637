"""What a judgement of signatures depends on besides the bytes: document, trust, time."""

from dataclasses import dataclass

from provenance.signatures.pinning import Reference
from provenance.trust.model import TrustSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One document on the bench."""

    sha256: str
    """Of the document examined, hexadecimal."""
    trust: TrustSet
    reference: Reference
