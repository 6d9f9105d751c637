"""What an engine gets to look at: one document, what lies beside it, and what to judge by.

Made in the jailed child from the descriptors it was handed; nothing in it can be written to. A
file beside the document is there because a detached signature needs both: it is as hostile as the
document itself.
"""

from dataclasses import dataclass
from datetime import date, datetime

from provenance.signatures.bench import Bench
from provenance.signatures.nearby import Nearby
from provenance.signatures.pairing import Relation
from provenance.signatures.pinning import Reference
from provenance.trust.model import TrustSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One document to examine."""

    data: bytes
    sha256: str
    """Hexadecimal, compared with the bytes before any engine sees them."""
    media_type: str
    """As identified from the bytes by `provenance.examine.identify`."""
    at: datetime
    """Now, UTC, as the caller says."""
    trust: TrustSet
    reference_time: datetime | None = None
    """Overrides the instant for which certificates and keys are judged."""
    beside: tuple[Nearby, ...] = ()
    claimed_date: date | None = None
    """Day that is claimed for the document, as the desk says; None = none is."""
    ocr: str | None = None
    """Language in which pictures are to be read; None = they are not read."""
    claimed_extension: str | None = None
    """Of the name it came with, plain letters; the name itself does not come here."""
    declared_media_type: str | None = None
    """The label it came with: of a mail part, of an HTTP answer."""
    name_tricks: tuple[str, ...] = ()
    """Codes of tricks that the name plays (`provenance.examine.identify.names`)."""

    def bench(self) -> Bench:
        """Return what a judgement depends on besides the bytes."""
        reference = Reference(at=self.at, by_hand=self.reference_time)
        return Bench(sha256=self.sha256, trust=self.trust, reference=reference)

    def itself(self) -> Nearby:
        """Return the document as the signature formats see it, when it is what is signed."""
        return Nearby(number=0, data=self.data, sha256=self.sha256, media_type=self.media_type)

    def signed(self) -> tuple[Nearby, ...]:
        """Return the files that the document, a detached signature, may be of."""
        return tuple(one for one in self.beside if one.relation is Relation.SIGNED)
