"""Acts of custody: offer, accept, refuse, note; between two desks; and what a source is kept by."""

from collections.abc import Sequence
from pathlib import Path

from provenance.acts import (
    erasing,
    handing,
    sources,
)
from provenance.acts.erasing import Outcome as Erasure
from provenance.acts.sources import SourceCard
from provenance.acts.workbench import Workbench
from provenance.custody_chain import Chain
from provenance.exchange import acts as exchange
from provenance.exchange.acts import Closed, Sent


class Custody(Workbench):
    """A desk's acts of custody."""

    # Custody

    def custody(self, item: bytes) -> Chain:
        """Tell an item's custody in ledger order."""
        return handing.chain(self, item)

    def offer(self, item: bytes, *, to: str, purpose: str, means: str = "in person") -> int:
        """Offer an item to an enrolled person; returns the entry's position."""
        return handing.offer(self, item, to=to, purpose=purpose, means=means)

    def accept(self, item: bytes) -> tuple[int, bool]:
        """Accept the open offer; returns position and whether the re-read bytes agreed."""
        return handing.accept(self, item)

    def refuse(self, item: bytes, *, reason: str) -> int:
        """Refuse the open offer; returns the entry's position."""
        return handing.refuse(self, item, reason=reason)

    def offer_to_desk(
        self,
        item: bytes,
        *,
        to: str,
        purpose: str,
        means: str = "encrypted drive",
        log_key: str | None = None,
    ) -> Sent:
        """Offer an item to another desk; the outcome holds the file for it."""
        return exchange.offer_to_desk(
            self, item, to=to, purpose=purpose, means=means, log_key=log_key
        )

    def accept_offer(
        self, data: bytes, *, documents: Sequence[Path] = (), log_key: str | None = None
    ) -> Sent:
        """Accept another desk's offer file; the outcome holds the answer file."""
        return exchange.accept_offer(self, data, documents=documents, log_key=log_key)

    def refuse_offer(self, data: bytes, *, reason: str, log_key: str | None = None) -> Sent:
        """Refuse another desk's offer file; the outcome holds the answer file."""
        return exchange.refuse_offer(self, data, reason=reason, log_key=log_key)

    def close_offer(self, data: bytes, *, log_key: str | None = None) -> Closed:
        """Record another desk's answer file."""
        return exchange.close_offer(self, data, log_key=log_key)

    def access(self, item: bytes, *, purpose: str) -> int:
        """Record that the acting custodian looked at an item."""
        return handing.access(self, item, purpose=purpose)

    def note(self, item: bytes, *, text: str) -> int:
        """Write a note into an item's custody."""
        return handing.note(self, item, text=text)

    # Sources

    def add_source(self, handle: str, *, note: str = "") -> int:
        """Record sealed particulars under a source's handle; returns the entry's position."""
        return sources.add_source(self, handle, note=note)

    def source(self, handle: str) -> SourceCard:
        """Return what stands under a source's handle."""
        return sources.show_source(self, handle)

    def erase_source(self, handle: str, *, reason: str) -> Erasure:
        """Ask for, approve and perform, or complete, the erasure of a source (see `erasing`)."""
        return erasing.erase_source(self, handle, reason=reason)
