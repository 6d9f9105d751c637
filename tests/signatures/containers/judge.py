"""Judge bytes as the examiner does, and say what came out."""

import hashlib
from datetime import UTC, datetime

from provenance.signatures.containers.judging import inspect_container
from provenance.signatures.detected import report_of
from provenance.signatures.model import SignatureReport, SignatureStatus
from provenance.trust.model import TrustSet

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def judge(
    data: bytes,
    trust: TrustSet | None = None,
    *,
    at: datetime = NOW,
    reference_time: datetime | None = None,
) -> SignatureReport:
    """Judge one package."""
    digest = hashlib.sha256(data).hexdigest()
    found = inspect_container(
        data, sha256=digest, trust=trust or TrustSet(), at=at, reference_time=reference_time
    )
    return report_of(digest, [found])


def only(report: SignatureReport) -> SignatureStatus:
    """Return the one status of a report."""
    (status,) = report.statuses
    return status
