"""Judge bytes as the engine does, outside the sandbox."""

import hashlib
from datetime import datetime

from provenance.signatures.c2pa.judging import Examined, inspect_c2pa
from provenance.signatures.detected import report_of
from provenance.signatures.model import SignatureReport
from provenance.trust.model import TrustSet
from tests.signatures.c2pa.parties import NOW


def examine(
    data: bytes,
    trust: TrustSet,
    *,
    media_type: str = "image/jpeg",
    at: datetime = NOW,
    reference_time: datetime | None = None,
) -> Examined:
    """Return what the engine finds."""
    return inspect_c2pa(
        data,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        trust=trust,
        at=at,
        reference_time=reference_time,
    )


def judge(
    data: bytes,
    trust: TrustSet,
    *,
    media_type: str = "image/jpeg",
    at: datetime = NOW,
    reference_time: datetime | None = None,
) -> SignatureReport:
    """Return the report of one file."""
    found = examine(data, trust, media_type=media_type, at=at, reference_time=reference_time)
    return report_of(hashlib.sha256(data).hexdigest(), [found.detected])
