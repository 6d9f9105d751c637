"""The acts on a verdict: propose, correct, countersign, withdraw. Each returns an entry or refuses.

The rules are those of `lifecycle`; every entry returned here has been tried against the history it
is meant for. Nothing is stored and no clock is read: the caller passes `signed_at`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from provenance.errors import Refused
from provenance.verdict.assessment import Assessment
from provenance.verdict.carrying import carried
from provenance.verdict.lifecycle import State, state_of
from provenance.verdict.verdict_record import (
    Act,
    Decision,
    ReasonClass,
    Suggested,
    VerdictRecord,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What people decide beside or against the suggestion; empty means: as suggested."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Facets signed with another label than suggested."""
    headline: str | None = None
    """Another headline than suggested."""
    public_wording: str | None = None
    """What the public reads; None takes the signed headline in public words."""
    override_reasons: Mapping[str, str] = field(default_factory=dict)
    """Facet, or `headline`, to the reason."""
    impossible_checks: Mapping[str, str] = field(default_factory=dict)
    """Missing checks that cannot be done, each with the reason."""
    acknowledged: tuple[str, ...] = ()
    """Choke points seen and accepted, as `choke_points` lists them."""


AS_SUGGESTED = Ruling()


def propose_verdict(
    assessment: Assessment,
    *,
    item: str,
    author: str,
    signed_at: datetime,
    as_of: datetime,
    ruling: Ruling = AS_SUGGESTED,
    history: Sequence[VerdictRecord] = (),
) -> VerdictRecord:
    """Return the entry that opens version 1.

    Args:
        assessment: The suggestion that is signed or overruled.
        item: The item's id.
        author: The person who signs.
        signed_at: UTC instant of the signature.
        as_of: UTC instant up to which the records were weighed.
        ruling: What is decided beside or against the suggestion.
        history: Earlier entries; there must be none that opens a version.

    Raises:
        Refused: an overrule without a reason, an unknown facet or label, or a version exists.
    """
    if state_of(history).version is not None:
        raise Refused("this item has a verdict already; correct it instead of signing a second one")
    entry = VerdictRecord(
        act=Act.SIGNED,
        item=item,
        version=1,
        signer=author,
        signed_at=signed_at,
        decision=_decide(assessment, as_of, ruling),
    )
    state_of([*history, entry])
    return entry


def correct_verdict(
    assessment: Assessment,
    history: Sequence[VerdictRecord],
    *,
    author: str,
    signed_at: datetime,
    as_of: datetime,
    reason_class: ReasonClass,
    reason: str,
    ruling: Ruling = AS_SUGGESTED,
) -> VerdictRecord:
    """Return the entry that opens the next version; arguments as for `propose_verdict`.

    What it takes over from the version before says `carrying`.

    Raises:
        Refused: nothing to correct, no reason, a wording that people wrote would be lost, or as for
            `propose_verdict`.
    """
    standing = state_of(history)
    if standing.version is None or standing.decision is None:
        raise Refused("nothing is signed yet, so there is nothing to correct")
    words_only = reason_class is ReasonClass.WORDING
    whole = carried(standing.decision, assessment, ruling, words_only=words_only)
    entry = VerdictRecord(
        act=Act.CORRECTED,
        item=history[0].item,
        version=standing.version + 1,
        signer=author,
        signed_at=signed_at,
        decision=_decide(assessment, as_of, whole),
        supersedes=standing.version,
        reason_class=reason_class,
        reason=reason,
    )
    state_of([*history, entry])
    return entry


def countersign(
    history: Sequence[VerdictRecord], *, signer: str, signed_at: datetime
) -> VerdictRecord:
    """Return another person's signature under the newest version.

    Raises:
        Refused: nothing waits for a signature, the person has signed it already, a mandatory check
            is open, or a choke point is not acknowledged.
    """
    standing = state_of(history)
    if standing.version is None or standing.state is not State.PROVISIONAL:
        raise Refused("no version waits for a second signature")
    if signer in standing.signers:
        raise Refused("you have signed this version already; another person must countersign it")
    entry = VerdictRecord(
        act=Act.COUNTERSIGNED,
        item=history[0].item,
        version=standing.version,
        signer=signer,
        signed_at=signed_at,
    )
    state_of([*history, entry])
    return entry


def withdraw(
    history: Sequence[VerdictRecord],
    *,
    signer: str,
    signed_at: datetime,
    reason: str,
    reason_class: ReasonClass = ReasonClass.NEW_EVIDENCE,
) -> VerdictRecord:
    """Return one of the two signatures under a withdrawal of the newest version.

    Raises:
        Refused: nothing signed, withdrawn already, no reason, or the same person twice.
    """
    standing = state_of(history)
    if standing.version is None:
        raise Refused("nothing is signed yet, so there is nothing to withdraw")
    entry = VerdictRecord(
        act=Act.WITHDRAWN,
        item=history[0].item,
        version=standing.version,
        signer=signer,
        signed_at=signed_at,
        reason=reason,
        reason_class=reason_class,
    )
    state_of([*history, entry])
    return entry


def choke_points(assessment: Assessment) -> tuple[str, ...]:
    """Return every `facet: resource` through which all support of a facet passes."""
    return tuple(f"{f.name}: {name}" for f in assessment.facets for name in f.support.choke)


def _decide(assessment: Assessment, as_of: datetime, ruling: Ruling) -> Decision:
    """Lay the signed labels over the suggestion."""
    suggestion = {
        f.name: Suggested(support=f.p, opposition=f.c, label=f.label) for f in assessment.facets
    }
    unknown = sorted(ruling.labels.keys() - suggestion.keys())
    if unknown:
        raise Refused(f"no record asserts {', '.join(unknown)}, so there is nothing to overrule")
    headline = assessment.headline
    return Decision(
        labels={**{facet: one.label for facet, one in suggestion.items()}, **ruling.labels},
        suggestion=suggestion,
        headline=ruling.headline or headline.text,
        suggested_headline=headline.text,
        suggested_core=headline.core,
        public_wording=ruling.public_wording or ruling.headline or headline.public_text,
        rules_version=assessment.rules_version,
        as_of=as_of,
        input_digest=assessment.input_digest,
        live_records=assessment.live_records,
        override_reasons=dict(ruling.override_reasons),
        missing_checks=assessment.missing_checks,
        impossible_checks=dict(ruling.impossible_checks),
        choke_points=choke_points(assessment),
        acknowledged=ruling.acknowledged,
    )
