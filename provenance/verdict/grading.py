"""How much one assertion of one record weighs, 0 to 4.

Rules, in order:
  1. a statement: the least of access, identification, words and reliability;
     a finding or reading: its catalogue grade; a document's own words: also capped at 2 and at the
     level of the document's origin, because a forgery is no evidence of what it says;
  2. plus 1 against the speaker's interest (named speakers only, and never on a finding: honesty
     does not widen what a method can show), minus 1 with it;
  3. minus 1 if only implied, minus 1 if the speaker later said otherwise (reversed);
  4. between 0 and 4, then the cap of any undercut.
What a relay contributes is the lesser of reliability and words; what it adds is worth at most 1.
"""

from dataclasses import dataclass, field

from provenance.verdict.catalogue import (
    COLLECTION_SAMPLE,
    INHERITED,
    INHERITED_BROKEN,
    catalogue_grade,
)
from provenance.verdict.dossier import Assertion, Collection, Dossier, Kind, Record, Stake
from provenance.verdict.facets import ATTRIBUTES, family_of
from provenance.verdict.liveness import Survey
from provenance.verdict.rules import ADMIRALTY, MAX_GRADE, NAMED, OWN_INFERENCE, OWN_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A grade and how it came about."""

    value: int
    """0-4, after everything."""
    components: tuple[tuple[str, int], ...]
    """Named parts; the least of them is where the grade starts."""
    interest: int = 0
    """-1 self-serving, 1 against interest and named, else 0."""
    implied: bool = False
    reversed_: bool = False
    cap: int = MAX_GRADE
    """Highest grade that undercuts leave."""

    @property
    def limited_by(self) -> tuple[str, ...]:
        """Names of the components that are the least."""
        least = min(value for _, value in self.components)
        return tuple(name for name, value in self.components if value == least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grader:
    """Grades assertions of one dossier at one instant."""

    dossier: Dossier
    survey: Survey
    origin_level: int = 0
    """0-4: the level of the document's origin, for its own words."""
    _relays: dict[str, Grade] = field(default_factory=dict, compare=False, repr=False)
    """What each relay contributes, once asked: it is the same on every facet."""

    def root(self, record: Record, assertion: Assertion) -> Grade:
        """Return the grade of an assertion that rests on the record itself."""
        components = self._components(record, assertion)
        interest = self._interest(record, assertion)
        return self._finish(record, components, interest, implied=assertion.implied)

    def relay(self, record: Record) -> Grade:
        """Return what the record contributes by passing something on."""
        if record.id not in self._relays:
            self._relays[record.id] = self._finish(record, _kept(record), 0, implied=False)
        return self._relays[record.id]

    def passing(self, record: Record, assertion: Assertion) -> Grade:
        """Return what a record with sources contributes to a line that it passes on.

        A root later found to be derived keeps its own limits too, so a link never raises it.
        """
        if record.kind is Kind.RELAY:
            return self.relay(record)
        return self.root(record, assertion)

    def inference(self, record: Record, assertion: Assertion) -> Grade:
        """Return the grade of what a relay adds itself, or passes on without a source."""
        if record.kind is Kind.RELAY:
            components = (*_kept(record), ("own inference", OWN_INFERENCE))
            return self._finish(record, components, 0, implied=assertion.implied)
        components = (*self._components(record, assertion), ("own inference", OWN_INFERENCE))
        # Learning that a statement was derived must never raise it, so no bonus survives.
        interest = min(0, self._interest(record, assertion))
        return self._finish(record, components, interest, implied=assertion.implied)

    def _finish(
        self,
        record: Record,
        components: tuple[tuple[str, int], ...],
        interest: int,
        *,
        implied: bool,
    ) -> Grade:
        reversed_ = record.id in self.survey.reversed_
        cap = self.survey.caps.get(record.id, MAX_GRADE)
        raw = min(value for _, value in components) + interest - implied - reversed_
        return Grade(
            value=min(max(raw, 0), MAX_GRADE, cap),
            components=components,
            interest=interest,
            implied=implied,
            reversed_=reversed_,
            cap=cap,
        )

    def _components(self, record: Record, assertion: Assertion) -> tuple[tuple[str, int], ...]:
        if record.kind in {Kind.FINDING, Kind.READING}:
            return (("catalogue", self._catalogue(assertion)),)
        if record.kind is not Kind.OWN_WORDS:
            return _basis(record, assertion)
        own = _basis(record, assertion) if record.basis else ()
        if assertion.grade is not None:
            own = (("catalogue", assertion.grade),)
        return (*own, ("own words", OWN_WORDS), ("origin", self._own_origin(assertion)))

    def _own_origin(self, assertion: Assertion) -> int:
        """Return the level that the document's word may use; it cannot vouch for itself."""
        return 0 if family_of(assertion.facet) in {"origin", "integrity"} else self.origin_level

    def _catalogue(self, assertion: Assertion) -> int:
        looked_up = MAX_GRADE
        if assertion.catalogue is not None:
            looked_up = abs(catalogue_grade(assertion.catalogue, assertion.facet) or 0)
        if assertion.catalogue == COLLECTION_SAMPLE:
            looked_up = min(looked_up, inheritance_cap(self.dossier.collection))
        if assertion.grade is None:
            return looked_up if assertion.catalogue is not None else 0
        return min(looked_up, assertion.grade)

    def _interest(self, record: Record, assertion: Assertion) -> int:
        wanted = assertion.interest
        if wanted is None:
            wanted = -assertion.sign * stake_of(self.dossier.stakes, record.voice, assertion.facet)
        if wanted > 0 and not _may_earn(record):
            return 0
        return wanted


def stake_of(stakes: tuple[Stake, ...], voice: str, facet: str) -> int:
    """Return what the voice wants the facet to be: 1, -1, or 0 for no stake; the narrowest wins."""
    own = {stake.facet: stake.wants for stake in stakes if stake.principal == voice}
    for pattern in (facet, f"{family_of(facet)}:*", "*"):
        if pattern in own and not (pattern == "*" and facet.startswith(ATTRIBUTES)):
            return own[pattern]
    return 0


def inheritance_cap(collection: Collection | None) -> int:
    """Return the highest grade a member inherits from a verified sample of its collection."""
    if collection is not None and (collection.member_altered or collection.custody_broken):
        return INHERITED_BROKEN
    return INHERITED


def _may_earn(record: Record) -> bool:
    """Only a named speaker's words can be against interest: an anonymous one risks nothing."""
    named = record.basis is not None and record.basis.identification == NAMED
    return record.kind is Kind.STATEMENT and named


def _basis(record: Record, assertion: Assertion) -> tuple[tuple[str, int], ...]:
    basis = record.basis
    if basis is None:
        return (("access", 0),)
    return (
        ("access", basis.access if assertion.access is None else assertion.access),
        ("identification", basis.identification),
        ("words", basis.words),
        ("reliability", ADMIRALTY[basis.reliability]),
    )


def _kept(record: Record) -> tuple[tuple[str, int], ...]:
    basis = record.basis
    if basis is None:
        return (("words", MAX_GRADE),)
    return (("reliability", ADMIRALTY[basis.reliability]), ("words", basis.words))
