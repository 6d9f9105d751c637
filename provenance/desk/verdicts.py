"""Acts of judgement: statements in, the suggestion, signing, and what is told about an item."""

from datetime import datetime

from provenance.acts import (
    judging,
)
from provenance.acts.judging import VerdictCard
from provenance.acts.workbench import Workbench
from provenance.compiling.exporting import make_report
from provenance.exports.packing import Made, make_package
from provenance.exports.target import Target
from provenance.exports.verdict_export import export_verdict
from provenance.statements import Import
from provenance.verdict.dossier import Dossier
from provenance.verdict.signing import AS_SUGGESTED, Ruling
from provenance.verdict.staleness import Freshness
from provenance.verdict.verdict_record import ReasonClass, VerdictRecord

_AT_EASE = frozenset({Freshness.CURRENT, Freshness.NEW_MATERIAL})


class Verdicts(Workbench):
    """A desk's acts of judgement."""

    # Statements and verdicts

    def propose(self, item: bytes) -> Dossier:
        """Return the item's header with only those records that its newest findings add to it."""
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

    def countersign_verdict(self, item: bytes, *, version: int) -> VerdictRecord:
        """Put the second person's signature under the version that they were shown."""
        return judging.countersign(self, item, version=version)

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
