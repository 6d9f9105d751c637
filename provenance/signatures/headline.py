"""Derive the headline of a signature, and of a document, from its axes: the worst wins.

Rules, all tried; of those that apply the worst counts (`axes.SEVERITY`):
  * each row of RULES is one line of the published table: a headline and when it applies;
  * a present, intact signature to which no row applies is ERROR, because a gap in the table must
    never read as a good answer;
  * a document is UNSIGNED only when detectors ran, none failed and none found anything.
Never calls a signature good: VERIFIED needs every axis to agree.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from provenance.signatures.axes import (
    SEVERITY,
    CertAtTime,
    ChangedAfter,
    Crypto,
    Headline,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
    Visible,
)

if TYPE_CHECKING:
    from provenance.signatures.model import SignatureReport, SignatureStatus

_Rule = Callable[["SignatureStatus"], bool]

VOUCHED: Final = frozenset({Signer.TRUSTED, Signer.PINNED})
"""Answers that say: this desk knows whose key it is."""
_QUIET: Final = frozenset({ChangedAfter.NONE, ChangedAfter.MAINTENANCE})
_PERMITTED: Final = frozenset({ChangedAfter.FORM_FILL, ChangedAfter.ANNOTATION})
_PROVEN: Final = frozenset({TimeBasis.TRUSTED_TIMESTAMP, TimeBasis.ARCHIVED_KEY_WINDOW})
_OTHERS: Final = frozenset(
    {Headline.IDENTITY_MISMATCH, Headline.NOT_CHECKABLE, Headline.UNSUPPORTED}
)
_PASSED_ON: Final = {
    Kind.DKIM: _OTHERS,
    Kind.ARC: _OTHERS
    | {Headline.INTACT_PARTIAL, Headline.INTACT_WEAK, Headline.EXPIRED_AT_SIGNING}
    | {Headline.INTACT_TIME_UNPROVEN, Headline.INTACT_UNKNOWN_SIGNER},
}
"""Marks of servers that only passed a mail on; beside the author's own domain they say nothing."""
_LOOKS: Final = {
    Kind.INK_REGION: Headline.INK_OBSERVED,
    Kind.TYPED_NAME: Headline.TYPED_NAME,
    Kind.IMAGE_SIGNATURE: Headline.IMAGE_PLACED,
}


def _intact(status: "SignatureStatus") -> bool:
    return status.presence is Presence.PRESENT and status.integrity is Integrity.INTACT


def is_changed(status: "SignatureStatus") -> bool:
    """Whether an intact signature's document was changed afterwards in a way that counts."""
    if not _intact(status):
        return False
    if status.changed_after is ChangedAfter.UNEXPLAINED or status.visible is Visible.YES:
        return True
    # A form fill that could not be rendered may be visible; it must never pass silently.
    return status.changed_after in _PERMITTED and status.visible is not Visible.NO


def _sound(status: "SignatureStatus") -> bool:
    return (
        _intact(status)
        and status.scope in {Scope.WHOLE, Scope.REVISION}
        and status.signer in VOUCHED
        and status.cert_at_time is CertAtTime.VALID
        and status.crypto is Crypto.OK
    )


STAMPS: Final = frozenset({Kind.PDF_TIMESTAMP, Kind.ASIC_TIMESTAMP, Kind.TIMESTAMP_TOKEN})
"""Kinds that say when, and nothing about who."""
_GOOD: Final = frozenset({Headline.VERIFIED, Headline.VERIFIED_EXTENDED})
_SOUND: Final = SEVERITY.index(Headline.INTACT_PARTIAL)

RULES: Final[tuple[tuple[Headline, _Rule], ...]] = (
    (
        Headline.BROKEN,
        lambda s: s.presence is Presence.PRESENT and s.integrity is Integrity.BROKEN,
    ),
    (
        Headline.REVOKED,
        lambda s: _intact(s) and s.cert_at_time in {CertAtTime.REVOKED, CertAtTime.COMPROMISED_KEY},
    ),
    (Headline.CHANGED_AFTER_SIGNING, is_changed),
    (
        Headline.ERROR,
        lambda s: s.presence is Presence.PRESENT and s.integrity is Integrity.ERROR,
    ),
    (Headline.IDENTITY_MISMATCH, lambda s: _intact(s) and s.signer is Signer.MISMATCH),
    (
        Headline.NOT_CHECKABLE,
        lambda s: (
            s.presence is Presence.PRESENT
            and (
                s.integrity is Integrity.NOT_CHECKABLE
                # Later bytes that nobody looked at: the answer for the document is still open.
                or (_intact(s) and s.changed_after is ChangedAfter.NOT_ANALYSED)
            )
        ),
    ),
    (Headline.UNSUPPORTED, lambda s: s.presence is Presence.UNSUPPORTED),
    (
        Headline.INTACT_PARTIAL,
        lambda s: _intact(s) and s.scope in {Scope.PART, Scope.METADATA_ONLY, Scope.UNKNOWN},
    ),
    (Headline.INTACT_WEAK, lambda s: _intact(s) and s.crypto is not Crypto.OK),
    (
        Headline.EXPIRED_AT_SIGNING,
        lambda s: (
            _intact(s)
            and s.time_basis in _PROVEN
            and s.cert_at_time in {CertAtTime.EXPIRED, CertAtTime.NOT_YET_VALID}
        ),
    ),
    (
        Headline.INTACT_TIME_UNPROVEN,
        lambda s: (
            _intact(s)
            and s.signer in VOUCHED
            and (
                s.cert_at_time is CertAtTime.UNPROVEN
                or (
                    s.time_basis not in _PROVEN
                    and s.cert_at_time in {CertAtTime.EXPIRED, CertAtTime.NOT_YET_VALID}
                )
            )
        ),
    ),
    (
        Headline.INTACT_UNKNOWN_SIGNER,
        lambda s: (
            _intact(s) and s.signer in {Signer.UNKNOWN, Signer.SELF_SIGNED, Signer.NO_IDENTITY}
        ),
    ),
    (
        Headline.VERIFIED_EXTENDED,
        lambda s: _sound(s) and s.changed_after in _PERMITTED and s.visible is Visible.NO,
    ),
    (
        Headline.VERIFIED,
        lambda s: _sound(s) and s.changed_after in _QUIET and s.visible is not Visible.YES,
    ),
)

_ETSI: Final[dict[Headline, tuple[str, str]]] = {
    Headline.VERIFIED: ("TOTAL-PASSED", ""),
    Headline.VERIFIED_EXTENDED: ("TOTAL-PASSED", ""),
    Headline.INTACT_UNKNOWN_SIGNER: ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND"),
    Headline.INTACT_TIME_UNPROVEN: ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"),
    Headline.EXPIRED_AT_SIGNING: ("INDETERMINATE", "EXPIRED"),
    Headline.INTACT_PARTIAL: ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"),
    Headline.INTACT_WEAK: ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE"),
    Headline.IDENTITY_MISMATCH: ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE"),
    Headline.CHANGED_AFTER_SIGNING: ("INDETERMINATE", "FORMAT_FAILURE"),
    Headline.BROKEN: ("TOTAL-FAILED", "HASH_FAILURE"),
    Headline.REVOKED: ("TOTAL-FAILED", "REVOKED"),
    Headline.NOT_CHECKABLE: ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND"),
    Headline.UNSUPPORTED: ("INDETERMINATE", "GENERIC"),
    Headline.ERROR: ("INDETERMINATE", "GENERIC"),
}


def worst(headlines: list[Headline]) -> Headline:
    """Return the worst of a non-empty list."""
    return min(headlines, key=SEVERITY.index)


def derive_headline(status: "SignatureStatus") -> Headline:
    """Return the headline of one signature or slot."""
    if status.presence in {Presence.EMPTY_SLOT, Presence.NONE}:
        return Headline.EMPTY_SLOT if status.presence is Presence.EMPTY_SLOT else Headline.UNSIGNED
    if status.kind in _LOOKS:
        return _LOOKS[status.kind]
    found = [headline for headline, applies in RULES if applies(status)]
    headline = worst(found) if found else Headline.ERROR
    # A time stamp says when, never who: nobody who can buy one may make a letter read VERIFIED.
    return Headline.TIME_STAMPED if status.kind in STAMPS and headline in _GOOD else headline


def derive_report_headline(report: "SignatureReport") -> Headline:
    """Return the worst headline of a document.

    A failed detector counts as ERROR: what it would have found is not known. Usage-rights
    signatures are a program's own licence mark and never make a document "signed". Where the
    author's own mail domain signed, the marks of servers that only passed the mail on are set aside
    (RFC 6376 6.1, RFC 8617 9: they speak for themselves), unless they are broken or worse.
    """
    own = any(map(_by_author_domain, report.statuses))
    stamps, found = _stamps_apart(
        [
            status
            for status in report.statuses
            if status.kind is not Kind.PDF_USAGE_RIGHTS
            and not (own and status.headline in _PASSED_ON.get(status.kind, ()))
        ]
    )
    if report.detectors_failed:
        found.append(Headline.ERROR)
    if report.unsupported_media_type is not None:
        found.append(Headline.UNSUPPORTED)
    if found or stamps:
        return worst(found or stamps)
    return Headline.UNSIGNED if report.detectors_run else Headline.ERROR


def _stamps_apart(
    statuses: "list[SignatureStatus]",
) -> tuple[list[Headline], list[Headline]]:
    """Part the words of sound time stamps from all others: alone they count, beside others not."""
    stamps = [one.headline for one in statuses if _is_sound_stamp(one)]
    return stamps, [one.headline for one in statuses if not _is_sound_stamp(one)]


def _is_sound_stamp(status: "SignatureStatus") -> bool:
    return status.kind in STAMPS and SEVERITY.index(status.headline) >= _SOUND


def _by_author_domain(status: "SignatureStatus") -> bool:
    """An intact DKIM signature by a domain that From names; no mismatch, whatever else it lacks."""
    return (
        status.kind is Kind.DKIM and _intact(status) and status.signer in VOUCHED | {Signer.UNKNOWN}
    )


def etsi_result(status: "SignatureStatus") -> tuple[str, str]:
    """Return (indication, sub-indication) of ETSI EN 319 102-1; ("", "") for unsigned."""
    headline = status.headline
    if headline is Headline.BROKEN and "sig-crypto-failure" in status.native_codes:
        return "TOTAL-FAILED", "SIG_CRYPTO_FAILURE"
    if headline is Headline.INTACT_TIME_UNPROVEN and "revoked-no-poe" in status.native_codes:
        return "INDETERMINATE", "REVOKED_NO_POE"
    keyless = {"no-signing-certificate", "no-key"}.intersection(status.native_codes)
    if headline is Headline.NOT_CHECKABLE and keyless:
        return "INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND"
    return _ETSI.get(headline, ("", ""))
