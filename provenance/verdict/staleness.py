"""Whether a signed verdict still answers the evidence. Computed every time, never stored.

The worst that holds: RULES CHANGED; NEEDS REVIEW (headline): the suggested headline moved; NEEDS
REVIEW (facet): a label (or whether it is disputed) moved, or the suggestion behind an overrule
moved at all; NEW MATERIAL, NO CHANGE; CURRENT. Sound: a changed label always shows. Quiet: a pure
relay never asks for a review, so advice that depends on who has published a framing is left out of
the comparison. Every reason names the facet, both states and the records behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from provenance.verdict.assessment import Assessment, Facet
from provenance.verdict.labels import is_disputed
from provenance.verdict.lifecycle import state_of
from provenance.verdict.verdict_record import Decision, Suggested, VerdictRecord


class Freshness(StrEnum):
    """How a signed verdict stands to the evidence."""

    CURRENT = "CURRENT"
    NEW_MATERIAL = "NEW MATERIAL, NO CHANGE"
    REVIEW_FACET = "NEEDS REVIEW (facet)"
    REVIEW_HEADLINE = "NEEDS REVIEW (headline)"
    RULES_CHANGED = "RULES CHANGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """The answer for one verdict."""

    freshness: Freshness
    version: int
    """The signed version it is about."""
    reasons: tuple[str, ...] = ()
    """Plain sentences; empty when current."""
    facets: tuple[str, ...] = ()
    """Facets to look at again."""


def staleness(history: Sequence[VerdictRecord], now: Assessment) -> Staleness | None:
    """Return how the newest signed version stands to the evidence; None when nothing is signed.

    Raises:
        Refused: the history breaks a rule of the lifecycle.
    """
    standing = state_of(history)
    if standing.decision is None or standing.version is None:
        return None
    signed = standing.decision
    moved = _moved(signed, now)
    reasons = [_reason(name, signed, now) for name in moved]
    freshness = Freshness.REVIEW_FACET if moved else _quiet(signed, now)
    if signed.suggested_core != now.headline.core:
        freshness = Freshness.REVIEW_HEADLINE
        said = f"the suggested headline moved from '{signed.suggested_headline}'"
        reasons.insert(0, f"{said} to '{now.headline.text}'")
    if signed.rules_version != now.rules_version:
        freshness = Freshness.RULES_CHANGED
        reasons.insert(0, f"signed under rules {signed.rules_version}, now {now.rules_version}")
    if freshness is Freshness.NEW_MATERIAL:
        reasons.append(f"no label moved: {_changed_records(signed, now.live_records, now)}")
    return Staleness(
        freshness=freshness,
        version=standing.version,
        reasons=tuple(reasons),
        facets=tuple(moved),
    )


def _quiet(signed: Decision, now: Assessment) -> Freshness:
    same = signed.input_digest == now.input_digest
    return Freshness.CURRENT if same else Freshness.NEW_MATERIAL


def _moved(signed: Decision, now: Assessment) -> list[str]:
    """Return the facets whose label, dispute or overruled suggestion is no longer the same."""
    names = sorted(signed.suggestion.keys() | {facet.name for facet in now.facets})
    return [name for name in names if _has_moved(name, signed, now.facet(name))]


def _has_moved(name: str, signed: Decision, facet: Facet) -> bool:
    was = _was(name, signed)
    overruled = signed.labels.get(name, was.label) != was.label
    if overruled and (was.support, was.opposition) != (facet.p, facet.c):
        return True
    disputed = is_disputed(was.support, was.opposition)
    return (was.label, disputed) != (facet.label, facet.disputed)


def _was(name: str, signed: Decision) -> Suggested:
    return signed.suggestion.get(name) or Suggested(support=0, opposition=0, label="OPEN")


def _reason(name: str, signed: Decision, now: Assessment) -> str:
    was, facet = _was(name, signed), now.facet(name)
    before = f"{was.label} {was.support}/{was.opposition}"
    after = f"{facet.label} {facet.p}/{facet.c}"
    records = _changed_records(signed, facet.records, now)
    return f"{name} moved from {before} to {after}: {records}"


def _changed_records(signed: Decision, candidates: Sequence[str], now: Assessment) -> str:
    """Name the new records that assert it, failing that every new one, and what fell away."""
    old = set(signed.live_records)
    new = [key for key in candidates if key not in old]
    new = new or [key for key in now.live_records if key not in old]
    gone = sorted(old - set(now.live_records))
    said = [", ".join(new)] if new else []
    if gone:
        said.append(f"no longer counted: {', '.join(gone)}")
    return "; ".join(said) or "the same records, weighed with another header or rules"
