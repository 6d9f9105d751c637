"""Say when an intact mail signature was made, and whether its key was then the domain's alone.

Rules, all applied; the worst answer stays:
  1. both ends of the key's period known and the claimed time within it (or none claimed): the
     period bounds the signing, basis ARCHIVED_KEY_WINDOW, VALID;
  2. else UNPROVEN: nothing but the signer's clock, or the Date field, says when;
  3. t= in the future, t= after the last server took the message in, or x= past when it did:
     UNPROVEN (RFC 6376 3.5). Receipt = the caller's reference time, else the uppermost Received;
  4. the domain withdrew the key before the claimed time: REVOKED; withdrawn at an unknown time:
     UNPROVEN;
  5. the private key is on the compromised list, or had been published by the reference time (else
     now): COMPROMISED_KEY, whatever the message claims, since then anyone can make this signature
     with any date. Received fields do not count here: the same forger writes them.
No clock is read: `at` is the caller's.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from provenance.instants import format_instant
from provenance.signatures.axes import CertAtTime, TimeBasis
from provenance.signatures.disowning import CODE, OWN_KEY, is_out
from provenance.signatures.mail.claim import Claim
from provenance.signatures.mail.keys import SOURCES, ArchivedKey
from provenance.signatures.mail.moments import MAX_SKEW
from provenance.signatures.mail.trying import Trial
from provenance.signatures.model import SignatureStatus
from provenance.signatures.text import tame
from provenance.signatures.vouching import TrustContext

_ORDER: Final = (
    CertAtTime.VALID,
    CertAtTime.UNPROVEN,
    CertAtTime.REVOKED,
    CertAtTime.COMPROMISED_KEY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What the message itself says of times."""

    date: datetime | None
    """The Date field."""
    received: datetime | None
    """The uppermost Received field."""

    def claimed(self, claim: Claim) -> datetime | None:
        """Return when the signature claims to have been made: t=, else Date."""
        return claim.signed_at or self.date


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    state: CertAtTime
    code: str
    text: str


def judge_time(
    status: SignatureStatus, claim: Claim, trial: Trial, dates: Dates, context: TrustContext
) -> SignatureStatus:
    """Answer time basis, period and the state of the key at that time; a key has matched."""
    key = trial.matching
    claimed = dates.claimed(claim)
    reference = context.reference_time or dates.received or context.at
    found = [
        *_period(key, claimed),
        *_own_times(claim, reference, context.at),
        *_withdrawn(trial, claimed),
        *_published(key, trial.held, context),
    ]
    state = max((one.state for one in found), key=_ORDER.index, default=CertAtTime.VALID)
    spanned = key.spans(claimed)
    return replace(
        status,
        time_basis=_basis(spanned, claimed),
        cert_at_time=state,
        claimed_time=claimed,
        proven_not_before=key.entry.first_seen if spanned else None,
        proven_not_after=key.entry.last_seen if spanned else None,
        time_authority=_authority(key) if spanned else None,
        reference_time_used=reference,
        native_codes=(*status.native_codes, *(one.code for one in found)),
        warnings=(*status.warnings, *(one.text for one in found)),
    )


def _basis(spanned: bool, claimed: datetime | None) -> TimeBasis:
    if spanned:
        return TimeBasis.ARCHIVED_KEY_WINDOW
    return TimeBasis.CLAIMED if claimed else TimeBasis.NONE


def _authority(key: ArchivedKey) -> str:
    evidence = f" ({tame(key.entry.evidence, 200)})" if key.entry.evidence else ""
    return f"the desk's key archive, from {SOURCES[key.entry.source]}{evidence}"


def _period(key: ArchivedKey, claimed: datetime | None) -> list[_Finding]:
    if key.spans(claimed):
        return []
    seen = ", ".join(
        f"{word} {format_instant(moment)}"
        for word, moment in (("from", key.entry.first_seen), ("to", key.entry.last_seen))
        if moment is not None
    )
    if not key.excludes(claimed):
        known = f"only {seen}" if seen else "at no known time"
        text = f"the key was seen in use {known}, which does not bound when this was signed"
        return [_Finding(state=CertAtTime.UNPROVEN, code="key-period-open", text=text)]
    when = format_instant(claimed) if claimed else ""
    text = f"the signature claims {when}, and the key was seen in use {seen}"
    return [_Finding(state=CertAtTime.UNPROVEN, code="claimed-time-outside-key-period", text=text)]


def _own_times(claim: Claim, reference: datetime, at: datetime) -> list[_Finding]:
    found = []
    signed, expires = claim.signed_at, claim.expires_at
    if signed is not None and signed > at + MAX_SKEW:
        found.append(("signing-time-in-future", "it claims to have been signed in the future"))
    elif signed is not None and signed > reference + MAX_SKEW:
        text = (
            f"it claims to have been signed at {format_instant(signed)}, after the message was"
            f" received ({format_instant(reference)})"
        )
        found.append(("signed-after-receipt", text))
    if expires is not None and expires + MAX_SKEW < reference:
        text = (
            f"the domain let it hold until {format_instant(expires)} only, and nothing says that it"
            f" was received by then (judged as of {format_instant(reference)})"
        )
        found.append(("signature-expired", text))
    return [_Finding(state=CertAtTime.UNPROVEN, code=code, text=text) for code, text in found]


def _withdrawn(trial: Trial, claimed: datetime | None) -> list[_Finding]:
    found = []
    for one in trial.held:
        if not one.withdrawn:
            continue
        since = one.entry.first_seen
        if since is None or claimed is None:
            state, when = CertAtTime.UNPROVEN, "at some time, before or after this was signed"
        elif claimed > since:
            state, when = CertAtTime.REVOKED, f"by {format_instant(since)}, before this was signed"
        else:
            state, when = CertAtTime.VALID, f"by {format_instant(since)}, after this was signed"
        text = f"the domain withdrew the key of this selector {when}"
        found.append(_Finding(state=state, code="key-withdrawn", text=text))
    return found


def _published(
    key: ArchivedKey, held: tuple[ArchivedKey, ...], context: TrustContext
) -> list[_Finding]:
    if is_out(key.spki_sha256, context.trust):
        return [_Finding(state=CertAtTime.COMPROMISED_KEY, code=CODE, text=OWN_KEY)]
    moments = [
        one.entry.private_key_published_at
        for one in held
        if one.spki_sha256 == key.spki_sha256 and one.entry.private_key_published_at is not None
    ]
    if not moments:
        return []
    since = min(moments)
    if since <= context.now:
        text = (
            f"the private key has been public since {format_instant(since)}: anyone can have made"
            " this signature since, with any date in it. Only a copy that can be shown to be older"
            " is worth more"
        )
        return [_Finding(state=CertAtTime.COMPROMISED_KEY, code="private-key-published", text=text)]
    text = f"the private key was published at {format_instant(since)}, after the reference time"
    return [_Finding(state=CertAtTime.VALID, code="private-key-published-later", text=text)]
