"""Judge the ARC chain of a message: one status for all its sets (RFC 8617 section 5.2).

Rules, in order; the first that fails decides:
  1. each ARC field has an instance from 1 to 50, every set 1 to N is complete and there once, and
     every field of it can be read: else NOT_CHECKABLE, malformed;
  2. the newest seal does not itself say cv=fail, the oldest says none, all others pass: else
     BROKEN, because a server that sealed the chain, or its form, says that it does not hold;
  3. the newest message signature matches body and fields, and every seal matches all sets up to its
     own: a mismatch is BROKEN, a missing key NOT_CHECKABLE.
Older message signatures are checked and reported; the chain does not rest on them. An intact chain
says what servers received and passed on: the author stays unknown (NO_IDENTITY), and what a server
wrote into ARC-Authentication-Results is its claim.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from provenance.signatures.axes import Crypto, Integrity, Kind, Signer
from provenance.signatures.mail.claim import MAX_INSTANCE, Claim, Refused, Role, read_claim
from provenance.signatures.mail.covering import BodyCheck, Coverage, check_body, cover_fields
from provenance.signatures.mail.dating import judge_time
from provenance.signatures.mail.domainkeys import (
    Case,
    claimed_status,
    judge_integrity,
    judge_key,
    judge_scope,
    refuse,
    start_status,
)
from provenance.signatures.mail.message import Field
from provenance.signatures.mail.trying import Outcome, Trial, try_keys
from provenance.signatures.model import SignatureStatus
from provenance.signatures.text import tame

RESULTS: Final = "arc-authentication-results"
MESSAGE: Final = "arc-message-signature"
SEAL: Final = "arc-seal"

_INSTANCE: Final = re.compile(rb"\s{0,200}i\s{0,20}=\s{0,20}(\d{1,9})\s{0,20};")  # RFC 8617 4.1.1
_METHOD: Final = re.compile(rb"\b(spf|dkim|dmarc|arc)\s{0,5}=\s{0,5}([a-z]{1,20})", re.IGNORECASE)
_SERVER: Final = re.compile(rb";\s{0,20}([A-Za-z0-9.-]{1,253})")


_SAID: Final = {
    Outcome.MATCH: "matches",
    Outcome.MISMATCH: "does not match",
    Outcome.NO_KEY: "not checked, no key is here",
    Outcome.WITHDRAWN: "not checked, its key was withdrawn",
    Outcome.UNUSABLE: "not checked, its key is of no use",
    Outcome.WRONG_KIND: "not checked, the key here is of another kind",
    Outcome.OTHER_TIME: "not checked, the key here is of another time",
    Outcome.TOO_SHORT: "matches a key that anyone can break",
    Outcome.FAULT: "not checked, the check broke off",
}
"""How trying the keys ended, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """One set, read."""

    number: int
    results: Field
    message: Claim
    seal: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """One set, checked."""

    arc: _Set
    coverage: Coverage
    body: BodyCheck
    message: Trial
    seal: Trial

    @property
    def message_holds(self) -> bool:
        return self.body.matches and self.message.outcome is Outcome.MATCH

    @property
    def line(self) -> str:
        """One line for the list of instances."""
        message = _SAID[self.message.outcome] if self.body.matches else "is over another body"
        seal = _SAID[self.seal.outcome]
        claims = ", ".join(f"{name}={result}" for name, result in results_of(self.arc.results))
        return (
            f"ARC set {self.arc.number} by {self.arc.seal.domain}: seal {seal} (cv="
            f"{self.arc.seal.state}), message signature {message}; {server_of(self.arc.results)}"
            f" claims {claims or 'no result'}"
        )


def results_of(field: Field) -> tuple[tuple[str, str], ...]:
    """Return the results that a server says it found (RFC 8601), without the details."""
    found = (
        (one[0].decode().lower(), one[1].decode().lower()) for one in _METHOD.findall(field.value)
    )
    return tuple(dict.fromkeys(found))


def server_of(field: Field) -> str:
    """Return the name the server gives itself in authentication results."""
    match = _SERVER.search(
        b";" + field.value if field.key == "authentication-results" else field.value
    )
    return tame(match[1].decode("ascii"), 253) if match else "a server"


def judge_chain(case: Case, fields: list[Field]) -> SignatureStatus:
    """Judge the chain that a message's ARC fields (at least one) make up."""
    sets = _read_sets(fields)
    if isinstance(sets, Refused):
        return refuse(start_status(case, Kind.ARC, "ARC chain", fields[0]), sets)
    status = start_status(case, Kind.ARC, f"ARC chain of {len(sets)}", sets[-1].seal.field)
    status = claimed_status(case, status, sets[-1].seal)
    return _judge(case, status, sets)


def _read_sets(fields: list[Field]) -> list[_Set] | Refused:
    found: dict[int, dict[str, Field | Claim]] = {}
    for field in fields:
        read = _read_one(field)
        if isinstance(read, Refused):
            return read
        number, value = read
        if field.key in found.setdefault(number, {}):
            return Refused(code="malformed", text=f"two fields of one kind in ARC set {number}")
        found[number][field.key] = value
    if sorted(found) != list(range(1, len(found) + 1)):
        return Refused(code="malformed", text="the ARC sets are not numbered from 1 without a gap")
    sets = []
    for number in range(1, len(found) + 1):
        results, message, seal = (found[number].get(key) for key in (RESULTS, MESSAGE, SEAL))
        if not (
            isinstance(results, Field) and isinstance(message, Claim) and isinstance(seal, Claim)
        ):
            return Refused(code="malformed", text=f"ARC set {number} is not complete")
        sets.append(_Set(number=number, results=results, message=message, seal=seal))
    return sets


def _read_one(field: Field) -> tuple[int, Field | Claim] | Refused:
    if field.key == RESULTS:
        match = _INSTANCE.match(field.value)
        if match is None or not 1 <= int(match[1]) <= MAX_INSTANCE:
            return Refused(code="malformed", text="authentication results do not begin with i=")
        return int(match[1]), field
    claim = read_claim(Role.SEAL if field.key == SEAL else Role.MESSAGE, field)
    if isinstance(claim, Refused):
        # An algorithm that is not known makes the chain one that does not hold (5.2), no more.
        return Refused(code="malformed", text=claim.text)
    return claim.instance, claim


def _judge(case: Case, status: SignatureStatus, sets: list[_Set]) -> SignatureStatus:
    checked = [_check_set(case, sets, one) for one in sets]
    newest = checked[-1]
    status = replace(status, covered=tuple(one.line for one in checked))
    wrong = _wrong_state(sets)
    if wrong is not None:
        code, text = wrong
        return replace(
            status,
            integrity=Integrity.BROKEN,
            native_codes=(*status.native_codes, code),
            warnings=(*status.warnings, text),
        )
    status = judge_integrity(status, newest.arc.message, newest.body, newest.message)
    for one in checked:
        status = _judge_seal(status, one)
    if status.integrity is not Integrity.INTACT:
        return status
    lines = status.covered
    status = judge_scope(status, case.message, newest.coverage, newest.body)
    status = replace(status, covered=(*status.covered, *lines), signer=Signer.NO_IDENTITY)
    status = judge_key(status, newest.arc.message, newest.message.matching)
    for one in checked:
        status = _weakest(status, judge_key(status, one.arc.seal, one.seal.matching))
    return judge_time(status, newest.arc.message, newest.message, case.dates, case.context)


def _weakest(status: SignatureStatus, other: SignatureStatus) -> SignatureStatus:
    """Keep the first key's answers, but the weaker strength."""
    crypto = max(status.crypto, other.crypto, key=list(Crypto).index)
    codes = dict.fromkeys((*status.native_codes, *other.native_codes))
    warnings = dict.fromkeys((*status.warnings, *other.warnings))
    return replace(status, crypto=crypto, native_codes=tuple(codes), warnings=tuple(warnings))


def _check_set(case: Case, sets: list[_Set], one: _Set) -> _Checked:
    message, trust = one.message, case.context.trust
    coverage = cover_fields(case.message, message.names, message.field)
    body = check_body(
        case.body, message.body_form, message.digest, message.length, message.body_hash
    )
    claimed = case.dates.claimed(message)
    # RFC 8617 5.1.1: a seal is over all sets up to its own, each results, message signature, seal.
    below = [
        field
        for part in sets[: one.number]
        for field in (part.results, part.message.field, part.seal.field)
    ]
    return _Checked(
        arc=one,
        coverage=coverage,
        body=body,
        message=try_keys(message, coverage.signed, trust, claimed),
        seal=try_keys(one.seal, tuple(below[:-1]), trust, case.dates.claimed(one.seal)),
    )


def _wrong_state(sets: list[_Set]) -> tuple[str, str] | None:
    if sets[-1].seal.state == "fail":
        text = f"the last server ({sets[-1].seal.domain}) itself says that the chain was broken"
        return "arc-cv-fail", text
    for one in sets:
        if one.seal.state != ("none" if one.number == 1 else "pass"):
            text = f"ARC set {one.number} states cv={one.seal.state}, which no chain that holds has"
            return "arc-cv-invalid", text
    return None


def _judge_seal(status: SignatureStatus, one: _Checked) -> SignatureStatus:
    """Let a seal that does not match, or cannot be checked, lower the chain's integrity."""
    outcome = one.seal.outcome
    if outcome is Outcome.MATCH:
        return status
    text = f"seal of ARC set {one.arc.number}: {one.seal.text}"
    status = replace(status, native_codes=(*status.native_codes, f"arc-seal-{outcome.value}"))
    if outcome is Outcome.MISMATCH:
        return replace(
            status, integrity=Integrity.BROKEN, warnings=(*status.warnings, text), error=None
        )
    if status.integrity is Integrity.INTACT:
        fault = outcome is Outcome.FAULT
        integrity = Integrity.ERROR if fault else Integrity.NOT_CHECKABLE
        return replace(status, integrity=integrity, error=f"{outcome.value}: {text}")
    return status
