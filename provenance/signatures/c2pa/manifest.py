"""Judge one manifest store over one file: the claim, its ingredients, the identities in it.

Order, each step guarded on its own:
  1. integrity (`claims`): broken by a hash or a signature that does not match, checked a second
     time; any other failure leaves the question open; intact needs positive words for both;
  2. scope (`bounds`): what the hash leaves out is counted;
  3. who and when (`signer`), with a time stamp only from an authority of the desk (`stamps`);
  4. ingredients (`ingredients`) and identities (`identity`), each with a status of its own where it
     is broken or unclear.
The state the library calls Invalid is never intact here for a reason we do not know. Whether there
is a manifest, in the file (`judging`) or beside it (`sidecar`), is not asked here. Total.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import ChangedAfter, Integrity, Kind, Presence, Scope
from provenance.signatures.c2pa.assertions import author_of
from provenance.signatures.c2pa.bounds import judge_bounds
from provenance.signatures.c2pa.claims import Checked, check_claim
from provenance.signatures.c2pa.codes import Effect, effect_of
from provenance.signatures.c2pa.identity import (
    identities_of,
    judge_identities,
    may_decode,
    more_identities,
)
from provenance.signatures.c2pa.ingredients import find_troubled, judge_ingredients
from provenance.signatures.c2pa.library import VERSION
from provenance.signatures.c2pa.report import Report, read_report
from provenance.signatures.c2pa.sdk import Read, Refusal, Refused, Trusting, read_store
from provenance.signatures.c2pa.signer import Claimed, judge_claim_signer
from provenance.signatures.c2pa.stamps import judge_stamp
from provenance.signatures.containers.archive import open_archive
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.text import with_detail
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import Purpose, TrustSet

NAME: Final = "Content Credentials"
"""What people call them; shown as the place of the signature."""
_TRUSTED, _EXPIRED = "signingCredential.trusted", "signingCredential.expired"
_RESAVED: Final = (
    "every program that saves, shrinks or forwards a picture breaks them: by itself this is no sign"
    " of forgery"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file and all that its judgement depends on."""

    data: bytes
    media_type: str
    blank: SignatureStatus
    """What every status of this document says."""
    context: TrustContext
    sidecar: bytes | None = None
    """Manifest store of another file, to be used instead of the one in `data`."""

    def ask(self, trusting: Trusting, *, identities: bool = False) -> Read | Refused:
        """Ask the library about the file."""
        return read_store(
            self.data, self.media_type, trusting, identities=identities, sidecar=self.sidecar
        )

    def ask_anchored(self) -> tuple[Read | Refused, tuple[str, ...]]:
        """Ask with the desk's anchors; returns the answer, and warnings about the asking."""
        trust = self.context.trust
        anchors = tuple(one.der for one in trust.anchors_for(Purpose.C2PA))
        answer = self.ask(Trusting(anchors=anchors, ekus=trust.c2pa_ekus))
        if isinstance(answer, Refused) and answer.why is Refusal.UNREADABLE and anchors:
            # One anchor that is no certificate makes the library refuse every file.
            without = self.ask(Trusting(ekus=trust.c2pa_ekus))
            if isinstance(without, Read):
                words = "the library refused the desk's anchors; it was asked without them"
                return without, (words,)
        return answer, ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The answer about one manifest store."""

    claim: SignatureStatus
    """Of the active manifest."""
    others: tuple[SignatureStatus, ...]
    """Of ingredients and identities."""
    report: Report


Claim = Callable[[Case, Read, Report], SignatureStatus]
"""Judges the active claim."""


def blank_status(sha256: str, trust: TrustSet) -> SignatureStatus:
    """Return what every status of a document with credentials says."""
    return SignatureStatus(
        id=f"c2pa-{sha256[:8]}",
        document_sha256=sha256,
        kind=Kind.C2PA,
        locator=Locator(name=NAME),
        presence=Presence.PRESENT,
        integrity=Integrity.NOT_CHECKABLE,
        trust_set_sha256=trust.sha256,
        engine="c2pa-python",
        engine_version=VERSION,
    )


def open_status(case: Case, answer: Refused, words: str) -> SignatureStatus:
    """Return the status of credentials that were not read; `words` say why."""
    code = answer.why.value
    return replace(case.blank, native_codes=(code,), error=f"{code}: {words}")


def say_unread(answer: Refused) -> str:
    """Say that the library could not read credentials; its own words stand behind."""
    return with_detail("the credentials in it cannot be read", answer.message)


def judge_claim(case: Case, read: Read, report: Report) -> SignatureStatus:
    """Judge the manifest that speaks for the file as it is (steps 1 to 3)."""
    checked = check_claim(report, read.manifest_store, case.data)
    label = hashlib.sha256(report.active.encode()).hexdigest()[:8]
    status = replace(
        case.blank,
        id=f"c2pa-{label}",
        integrity=checked.integrity,
        native_codes=(f"state:{report.state}", *report.results.codes, *checked.codes),
        error=checked.error,
        claimed_author=author_of(report.manifest),
    )
    if checked.integrity is Integrity.BROKEN:
        return replace(status, warnings=(_RESAVED,) if "hash-failure" in checked.codes else ())
    if checked.integrity is not Integrity.INTACT or checked.signature is None:
        return status
    status = _bounded(case, read, checked, status)
    held = "timeStamp.validated" in report.results.codes
    said = report.manifest.signed_at if held else None
    trust = case.context.trust
    timed = judge_stamp(checked.signature, checked.claim, trust, said=said)
    claimed = Claimed(
        library_trusts=bool({_TRUSTED, _EXPIRED} & set(report.results.codes)),
        revoked=any(effect_of(one.code) is Effect.REVOKED for one in report.results.failure),
        at=timed.claimed,
        stamp=timed.stamp,
    )
    status = replace(status, changed_after=ChangedAfter.NONE, warnings=timed.warnings)
    return judge_claim_signer(status, checked.signature, claimed, case.context)


def judge_manifest(
    case: Case, read: Read, warnings: tuple[str, ...] = (), *, claim: Claim = judge_claim
) -> Judged:
    """Judge what the library read.

    Args:
        case: the file.
        read: the library's answer about it.
        warnings: about the asking.
        claim: judges the active claim; another one where the file itself is not here.
    """
    report = read_report(read.answer)
    found = attempt("claim", lambda: claim(case, read, report))
    if isinstance(found, Fault):
        found = replace(
            case.blank,
            integrity=Integrity.ERROR,
            native_codes=report.results.codes,
            error=f"claim-failed: the credentials cannot be read to the end{found.because}",
        )
    statuses, notes = judge_ingredients(find_troubled(report), case.blank)
    found = replace(found, warnings=(*found.warnings, *warnings, *notes, *more_identities(report)))
    others = (*statuses, *_identities(case, report))
    return Judged(claim=_short_of(found, report), others=others, report=report)


def _short_of(status: SignatureStatus, report: Report) -> SignatureStatus:
    """What was not looked at may hold the failure: then nothing is intact."""
    if not report.cut:
        return status
    why = f"report-cut: not all of the report was looked at ({', '.join(report.cut)})"
    intact = status.integrity is Integrity.INTACT
    return replace(
        status,
        integrity=Integrity.NOT_CHECKABLE if intact else status.integrity,
        native_codes=(*status.native_codes, "report-cut"),
        error=status.error or (why if intact else None),
        warnings=(*status.warnings, why.removeprefix("report-cut: ")),
    )


def _bounded(case: Case, read: Read, checked: Checked, status: SignatureStatus) -> SignatureStatus:
    """Step 2: how much of the file the hash covers."""
    if checked.binding is None:
        reason = "which manifest holds the hash over the file was not determined"
        return replace(status, scope=Scope.UNKNOWN, uncovered=(reason,))
    bounds = judge_bounds(
        checked.binding,
        file_size=len(case.data),
        store_size=None if case.sidecar is not None else len(read.manifest_store) + read.further,
        media_type=case.media_type,
        members=_members(case.data),
    )
    return replace(status, scope=bounds.scope, covered=bounds.covered, uncovered=bounds.uncovered)


def _members(data: bytes) -> frozenset[str] | None:
    """Return the names of a package's files; None where it is none that all programs read alike."""
    if not data.startswith(b"PK"):
        return None
    archive = attempt("zip", lambda: open_archive(data))
    return None if isinstance(archive, Fault) else frozenset(archive.members)


def _identities(case: Case, report: Report) -> tuple[SignatureStatus, ...]:
    """Step 4: the library is asked a second time only where there is something to decode."""
    found = identities_of(report)
    if not any(label == report.active for label, _ in found):
        return ()
    results = None
    if may_decode(assertion for _, assertion in found):
        answer = case.ask(Trusting(), identities=True)
        if isinstance(answer, Read):
            results = read_report(answer.answer).results
    return judge_identities(report, case.blank, results)
