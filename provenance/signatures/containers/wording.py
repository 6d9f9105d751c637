"""What a reader is told about signatures in packages, where the common words would say too much.

"Nothing was added" holds for what a signature covers; a package can hold more, and has no pages.
Imports no parser.
"""

from typing import Final

from provenance.signatures.axes import ChangedAfter, Kind
from provenance.signatures.model import SignatureStatus

PACKAGES: Final = frozenset(
    {
        Kind.XMLDSIG_OOXML,
        Kind.XMLDSIG_ODF,
        Kind.XMLDSIG_EPUB,
        Kind.ASIC,
        Kind.ASIC_TIMESTAMP,
    }
)
WHAT: Final = {Kind.ASIC_TIMESTAMP: "The time stamp"}


def say_after(status: SignatureStatus) -> str | None:
    """Return the sentence about changes, or None where the common one is right."""
    if status.kind not in PACKAGES:
        return None
    if status.changed_after is ChangedAfter.NOT_ANALYSED:
        return "Whether anything was changed after signing was not determined."
    if not status.uncovered:
        return None
    return (
        "What it covers was not changed; what it does not cover may have been changed or added"
        " since."
    )
