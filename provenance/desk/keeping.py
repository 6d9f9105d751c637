"""Acts on the log and its keepers: keys, endorsements, audit, checkpoints, views."""

from collections.abc import Iterator
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from provenance.acts import (
    auditing,
    endorsing,
    enrolling,
    recounting,
)
from provenance.acts.auditing import EVERYTHING, AuditPlan, DeskAudit, Tick
from provenance.acts.endorsing import EndorsingKey
from provenance.acts.recounting import Recounted
from provenance.acts.workbench import Workbench
from provenance.journal.keeping import log_note_key
from provenance.journal.projecting import views_in
from provenance.ledger.keys import Signer
from provenance.ledger.roster import RosterKey
from provenance.ports import StoredCheckpoint
from provenance.views import View

if TYPE_CHECKING:
    from provenance.outside.desk_acts import Outside


class Keeping(Workbench):
    """A desk's acts on its log."""

    # The log and its keepers

    def enrol(self, new: Signer, *, role: str, name: str) -> int:
        """Enrol a further key; the acting custodian must be an admin.

        Raises:
            Refused: not an admin, or the key is on the roster already.
        """
        return enrolling.enrol(self, new, role=role, name=name)

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

    def recount(
        self,
        *,
        outside: tuple[bytes, ...] = (),
        pool: Executor | None = None,
        ahead: int = 4,
        tick: Tick = lambda _kind, _count: None,
    ) -> Recounted:
        """Hash the whole log again, and look no further (see `provenance.acts.recounting`)."""
        return recounting.recount(self, outside=outside, pool=pool, ahead=ahead, tick=tick)

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
                for view in views_in(entry):
                    count += 1
                    yield entry.seq, view

        self.parts.views.rebuild(rows())
        return count
