"""Every act that a person or a CMS can do, in one place.

A `Desk` is made by `provenance_store.open_desk` (or, in tests, from any parts that keep the ports'
contracts). Each method is one act; its rules stand in the module it calls. Looking needs no key;
acts that are signed raise KeyUnavailable without one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provenance import custody
from provenance.acts import (
    auditing,
    endorsing,
    enrolling,
    erasing,
    examining,
    handing,
    ingesting,
    judging,
    recovering,
    showing,
    sources,
    trusting,
)
from provenance.acts.auditing import EVERYTHING, AuditPlan, DeskAudit, Tick
from provenance.acts.endorsing import EndorsingKey
from provenance.acts.erasing import Outcome as Erasure
from provenance.acts.examining import Exhibit
from provenance.acts.ingesting import Event, IngestSummary, Source
from provenance.acts.judging import VerdictCard
from provenance.acts.receiving import IngestOptions
from provenance.acts.recovering import Recovered
from provenance.acts.showing import ItemCard, ItemLine
from provenance.acts.sources import SourceCard
from provenance.acts.trusting import TrustChange, TrustVersion
from provenance.acts.workbench import Workbench
from provenance.compiling.compile import make_report
from provenance.custody import Chain
from provenance.examine.examination import Examination
from provenance.examine.runner import Runner
from provenance.exchange import acts as exchange
from provenance.exchange.acts import Closed, Sent
from provenance.exports.packing import Made, make_package
from provenance.exports.target import Target
from provenance.exports.verdict_export import export_verdict
from provenance.intake.claims import Claims
from provenance.journal.keeping import log_note_key
from provenance.journal.projecting import views_of
from provenance.ledger.keys import Signer
from provenance.ledger.roster import RosterKey
from provenance.ports import StoredCheckpoint
from provenance.statements import Import
from provenance.trust.model import TrustSet
from provenance.verdict.dossier import Dossier
from provenance.verdict.signing import AS_SUGGESTED, Ruling
from provenance.verdict.staleness import Freshness
from provenance.verdict.verdict_record import ReasonClass, VerdictRecord
from provenance.views import View

if TYPE_CHECKING:
    from provenance.outside.desk_acts import Outside

_AT_EASE = frozenset({Freshness.CURRENT, Freshness.NEW_MATERIAL})


class Desk(Workbench):
    """One newsroom's desk, open."""

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
        ocr: str | None = None,
        workers: int = 1,
    ) -> list[tuple[Exhibit, Examination]]:
        """Examine every copy of an item in the sandbox and record what was found.

        Args:
            item: whose copies.
            trust: what to judge by; the desk's own set in force if None.
            reference_time: judge certificates for this instant, UTC; recorded with the finding.
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
        notify: Callable[[Exhibit, Examination], None] = lambda _exhibit, _examination: None,
    ) -> int:
        """Examine many copies with a runner that stays warm (see `provenance.acts.examining`)."""
        return examining.examine(
            self,
            exhibits,
            runner=runner,
            trust=self.trust() if trust is None else trust,
            reference_time=reference_time,
            notify=notify,
        )

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
        return self.record(custody.access_record(item, purpose=purpose))[0]

    def note(self, item: bytes, *, text: str) -> int:
        """Write a note into an item's custody."""
        return self.record(custody.note_record(item, text=text))[0]

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

    # Statements and verdicts

    def propose(self, item: bytes) -> Dossier:
        """Return the item's dossier with the records that its findings license and it lacks."""
        return judging.proposed(self, item)

    def import_dossier(
        self, item: bytes, dossier: Dossier, *, until: datetime | None = None
    ) -> Import:
        """Record a dossier's statements under an item; what is there already stays as it is."""
        return judging.import_dossier(self, item, dossier, until=until)

    def verdict(self, item: bytes, *, as_of: datetime | None = None) -> VerdictCard:
        """Weigh an item's records and compare with what was signed."""
        return judging.card(self, item, as_of=as_of)

    def needs_review(self, card: VerdictCard) -> bool:
        """Tell whether a signed verdict no longer answers the evidence."""
        return card.staleness is not None and card.staleness.freshness not in _AT_EASE

    def choke_points(self, item: bytes, *, as_of: datetime | None = None) -> tuple[str, ...]:
        """Return what whoever publishes must acknowledge: resources all support passes through."""
        return judging.accepting_all(self, item, as_of=as_of).acknowledged

    def sign_verdict(
        self, item: bytes, *, as_of: datetime | None = None, ruling: Ruling = AS_SUGGESTED
    ) -> VerdictRecord:
        """Sign the suggestion, or overrule it with reasons, as version 1."""
        return judging.sign(self, item, as_of=as_of, ruling=ruling)

    def countersign_verdict(self, item: bytes) -> VerdictRecord:
        """Put the second person's signature under the newest version."""
        return judging.countersign(self, item)

    def correct_verdict(
        self,
        item: bytes,
        *,
        reason_class: ReasonClass,
        reason: str,
        as_of: datetime | None = None,
        ruling: Ruling = AS_SUGGESTED,
    ) -> VerdictRecord:
        """Sign the next version; the old one stays readable."""
        return judging.correct(
            self, item, reason_class=reason_class, reason=reason, as_of=as_of, ruling=ruling
        )

    def withdraw_verdict(self, item: bytes, *, reason: str) -> VerdictRecord:
        """Sign a withdrawal; it takes effect with a second person's signature."""
        return judging.take_back(self, item, reason=reason)

    def export_verdict(self, item: bytes, *, audience: str = "public") -> bytes:
        """Return a published verdict as a signed DSSE envelope; that it was made is recorded."""
        return export_verdict(self, self.find(item.hex()), audience=audience)

    def report(self, item: bytes, *, audience: str = "internal", form: str = "html") -> str:
        """Return an item's custody report (html or json); that it was made is recorded."""
        return make_report(self, self.find(item.hex()), audience=audience, form=form)

    def package(self, item: bytes, target: Target, *, audience: str = "auditor") -> Made:
        """Write an item's package to `target`; that it was made is recorded first.

        `provenance_store.package_target` opens a folder or a zip as a target.
        """
        return make_package(self, self.find(item.hex()), audience=audience, target=target)

    # The log and its keepers

    def enrol(self, new: Signer, *, role: str, name: str) -> int:
        """Enrol a further key; the acting custodian must be an admin.

        Raises:
            Refused: not an admin, or the key is on the roster already.
        """
        return enrolling.enrol(self, new, role=role, name=name)

    def key_request(self, new: Signer, *, role: str) -> bytes:
        """Return the file by which a key asks to be enrolled; records nothing."""
        return enrolling.request(self, new, role=role)

    def enrol_requested(self, file: bytes, *, name: str, role: str | None = None) -> RosterKey:
        """Enrol the key of a request (see `provenance.acts.enrolling`)."""
        return enrolling.enrol_requested(self, file, role=role, name=name)

    def rotate(self, new: Signer) -> int:
        """Put a new key in the place of the acting one; returns the entry's position."""
        return enrolling.rotate(self, new)

    def consent_to_revocation(self, key: str, *, compromised_since: int | None = None) -> bytes:
        """Return the second admin's part of a revocation; records nothing."""
        return enrolling.consent(self, key, compromised_since=compromised_since)

    def revoke(
        self,
        key: str,
        *,
        reason: str,
        compromised_since: int | None = None,
        consented: bytes | None = None,
    ) -> int:
        """Revoke a key by its holder's name or its id; returns the entry's position."""
        return enrolling.revoke(
            self, key, reason=reason, compromised_since=compromised_since, consented=consented
        )

    def endorsement_request(self, seq: int) -> bytes:
        """Return the exact bytes that an endorser of an entry signs."""
        return endorsing.request(self, seq)

    def endorsing_keys(self) -> Iterator[EndorsingKey]:
        """Yield the SSH keys off the roster that have endorsed anything."""
        return endorsing.endorsing_keys(self)

    def endorse(self, seq: int, armored: str) -> int:
        """Record an SSH signature under an entry; returns the record's position."""
        return endorsing.endorse(self, seq, armored)

    def audit(
        self, plan: AuditPlan = EVERYTHING, *, tick: Tick = lambda _kind, _count: None
    ) -> DeskAudit:
        """Read all evidence and the whole log again (see `provenance.acts.auditing`)."""
        return auditing.audit(self, plan, tick=tick)

    def checkpoint(self) -> StoredCheckpoint | None:
        """Sign, latch, keep and publish the head; None while the log is empty."""
        return self.heads.checkpoint()

    def log_vkey(self) -> str:
        """Return the key that verifies this log's checkpoints (c2sp.org/signed-note)."""
        return log_note_key(self.parts.origin, self.parts.log_signer).vkey()

    @property
    def outside(self) -> "Outside":
        """Witnesses and timestamp authorities: what is held outside this desk."""
        from provenance.outside.desk_acts import Outside  # noqa: PLC0415 ASN.1 is slow to load

        return Outside(self)

    def rebuild(self) -> int:
        """Drop every view and derive it again from the ledger; returns how many rows."""
        count = 0

        def rows() -> Iterator[tuple[int, View]]:
            nonlocal count
            stored = self.parts.ledger.entries(0, self.parts.ledger.size(), disclosures=True)
            for entry in self.reader.opened(stored):
                for view in views_of(entry.seq, entry.entry.item, entry.type, entry.fields):
                    count += 1
                    yield entry.seq, view

        self.parts.views.rebuild(rows())
        return count
