"""Acts on documents: take in, examine, recover, list, and what signatures are judged by."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from provenance.acts import (
    examining,
    ingesting,
    recovering,
    reexamining,
    showing,
    trusting,
)
from provenance.acts.examining import Exhibit
from provenance.acts.ingesting import Event, IngestSummary, Source
from provenance.acts.receiving import IngestOptions
from provenance.acts.recovering import Recovered
from provenance.acts.showing import ItemCard, ItemLine
from provenance.acts.trusting import TrustChange, TrustVersion
from provenance.acts.workbench import Workbench
from provenance.examine.examination import Examination
from provenance.examine.runner import Runner
from provenance.intake.claims import Claims
from provenance.trust.model import TrustSet


class Documents(Workbench):
    """A desk's acts on its documents."""

    # Intake and examination

    def ingest(
        self,
        sources: Iterable[Source],
        options: IngestOptions | None = None,
        *,
        claims: Claims | None = None,
        notify: Callable[[Event], None] = lambda _: None,
        keep_receipts: bool = False,
    ) -> IngestSummary:
        """Take files and folders in; examination is a step of its own (`examine_all`)."""
        return ingesting.ingest(
            self,
            sources,
            options or IngestOptions(),
            claims=claims,
            notify=notify,
            keep_receipts=keep_receipts,
        )

    def examine(
        self,
        item: bytes,
        *,
        trust: TrustSet | None = None,
        reference_time: datetime | None = None,
        claimed_date: date | None = None,
        ocr: str | None = None,
        workers: int = 1,
    ) -> list[tuple[Exhibit, Examination]]:
        """Examine every copy of an item in the sandbox and record what was found.

        Args:
            item: whose copies.
            trust: what to judge by; the desk's own set in force if None.
            reference_time: judge certificates for this instant, UTC; recorded with the finding.
            claimed_date: day that is claimed for the item; what does not go with it is told.
            ocr: read pictures in this language (`eng`); a page takes a second.
            workers: how many copies are examined at once.
        """
        found: list[tuple[Exhibit, Examination]] = []
        with Runner(ocr=ocr, workers=workers) as runner:
            self.examine_all(
                examining.exhibits_of(self, item),
                runner=runner,
                trust=trust,
                reference_time=reference_time,
                claimed_date=claimed_date,
                notify=lambda exhibit, examination: found.append((exhibit, examination)),
            )
        return found

    def examine_all(
        self,
        exhibits: Iterable[Exhibit],
        *,
        runner: Runner,
        trust: TrustSet | None = None,
        reference_time: datetime | None = None,
        claimed_date: date | None = None,
        notify: Callable[[Exhibit, Examination], None] = lambda _exhibit, _examination: None,
    ) -> int:
        """Examine many copies with a runner that stays warm (see `provenance.acts.examining`)."""
        return examining.examine(
            self,
            exhibits,
            runner=runner,
            trust=self.trust() if trust is None else trust,
            reference_time=reference_time,
            claimed_date=claimed_date,
            notify=notify,
        )

    def outdated_by(self, pairs: Iterable[tuple[bytes, bytes]]) -> Iterator[Exhibit]:
        """Yield the copies that are to be examined again, for one that belongs to them came."""
        return reexamining.outdated_by(self, pairs)

    def recover(self, item: bytes) -> list[Recovered]:
        """Make the earlier states that findings list exemplars of the item."""
        return recovering.recover(self, item)

    def findings(self, item: bytes) -> dict[str, Examination]:
        """Return the newest examination of each copy of an item, by its SHA-256 (hex)."""
        return examining.newest(self, item)

    # What signatures are judged by

    def trust(self) -> TrustSet:
        """Return the trust set in force; empty until something was added."""
        return trusting.current(self)

    def trust_version(self, prefix: str) -> TrustSet:
        """Return an earlier trust set by its digest, or the beginning of it."""
        return trusting.version(self, prefix)

    def trust_versions(self) -> list[TrustVersion]:
        """Return every version of the trust set, oldest first."""
        return trusting.versions(self)

    def change_trust(self, compose: Callable[[TrustSet], TrustSet], *, reason: str) -> TrustChange:
        """Put another trust set in force, composed from the one in force at that moment."""
        return trusting.change(self, compose, reason=reason)

    def judged_otherwise(self) -> Iterator[Exhibit]:
        """Yield each signed copy whose newest finding was made under another trust set."""
        return trusting.judged_otherwise(self, self.trust())

    # Looking

    def overview(self) -> Iterator[ItemLine]:
        """Yield a line for each item, in order of arrival."""
        return showing.overview(self)

    def card(self, item: bytes) -> ItemCard:
        """Return everything about one item."""
        return showing.item_card(self, self.find(item.hex()))
