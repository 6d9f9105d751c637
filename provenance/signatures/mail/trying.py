"""Try every key that the archive holds for a signature, and say how that ended.

In order: keys of the selector; of those, usable ones of the right kind that permit the digest; each
is tried until one matches. Of several records of one key the best stands for it: one whose period
holds the signing time before others, then by source. A match under an RSA key below 1024 bits is no
match: such keys are broken in hours (RFC 8301 section 3.2), so anyone can have made it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from provenance.signatures.attempt import Fault
from provenance.signatures.mail.checking import is_signed_by
from provenance.signatures.mail.claim import Claim
from provenance.signatures.mail.keys import MIN_BITS, SOURCES, ArchivedKey, find_keys
from provenance.signatures.mail.message import Field
from provenance.trust.model import TrustSet


@unique
class Outcome(StrEnum):
    """How trying the keys ended; the values are reason codes of the record."""

    MATCH = "key-found"
    MISMATCH = "header-signature-mismatch"
    NO_KEY = "no-key"
    WITHDRAWN = "key-revoked"
    UNUSABLE = "key-unusable"
    WRONG_KIND = "key-of-another-kind"
    OTHER_TIME = "key-of-another-time"
    TOO_SHORT = "key-too-short"
    FAULT = "engine-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The ending."""

    outcome: Outcome
    text: str
    """In plain words; empty for a match."""
    key: ArchivedKey | None = None
    """The one that matched (also when it is too short)."""
    held: tuple[ArchivedKey, ...] = ()
    """Everything the archive holds for the selector."""

    @property
    def matching(self) -> ArchivedKey:
        """The key that matched.

        Raises:
            ValueError: none did; the caller did not look at the outcome.
        """
        if self.key is None:
            raise ValueError("no key matched")
        return self.key


def try_keys(
    claim: Claim, fields: tuple[Field, ...], trust: TrustSet, claimed: datetime | None
) -> Trial:
    """Try the archive's keys on one signature.

    Args:
        claim: the signature.
        fields: the fields it covers, in order.
        trust: holds the archive.
        claimed: when it says it was made; chooses between records of one key.
    """
    held = find_keys(trust, claim.domain, claim.selector)
    where = f"selector {claim.selector} of {claim.domain}"
    if not held:
        return Trial(outcome=Outcome.NO_KEY, text=f"this desk's archive holds no key for {where}")
    usable = [one for one in held if one.problem is None]
    if not usable:
        withdrawn = any(one.withdrawn for one in held)
        outcome = Outcome.WITHDRAWN if withdrawn else Outcome.UNUSABLE
        return Trial(outcome=outcome, text=f"{held[0].problem} ({where})", held=held)
    fitting = [
        one
        for one in usable
        if one.kind == claim.key_kind and (one.digests is None or claim.digest in one.digests)
    ]
    if not fitting:
        text = f"the archived key for {where} is not of the kind that {claim.algorithm} needs"
        return Trial(outcome=Outcome.WRONG_KIND, text=text, held=held)
    return _try(claim, fields, fitting, held, claimed)


def _try(
    claim: Claim,
    fields: tuple[Field, ...],
    fitting: list[ArchivedKey],
    held: tuple[ArchivedKey, ...],
    claimed: datetime | None,
) -> Trial:
    answers: dict[str | None, bool | Fault] = {}
    for key in fitting:
        if key.spki_sha256 not in answers:
            answers[key.spki_sha256] = is_signed_by(claim, fields, key)
    matching = [key for key in fitting if answers[key.spki_sha256] is True]
    if matching:
        best = min(matching, key=lambda one: (not one.spans(claimed), one.rank))
        if best.kind == "rsa" and best.bits < MIN_BITS:
            text = (
                f"it matches under an RSA key of {best.bits} bits, which anyone can break: the"
                " match proves nothing"
            )
            return Trial(outcome=Outcome.TOO_SHORT, text=text, key=best, held=held)
        return Trial(outcome=Outcome.MATCH, text="", key=best, held=held)
    faults = [one for one in answers.values() if isinstance(one, Fault)]
    if faults:
        words = f"its check did not come to its end{faults[0].because}"
        return Trial(outcome=Outcome.FAULT, text=words, held=held)
    if all(key.excludes(claimed) for key in fitting):
        text = (
            "it does not match the archived keys, and none of them was seen in use at the time it"
            " claims: it may have been made with another key of that time"
        )
        return Trial(outcome=Outcome.OTHER_TIME, text=text, held=held)
    sources = ", ".join(sorted({SOURCES[key.entry.source] for key in fitting}))
    text = f"it does not match under any of the {len(answers)} archived keys (from {sources})"
    return Trial(outcome=Outcome.MISMATCH, text=text, held=held)
