"""Judge the content credentials of a file: the claim, its ingredients, the identities in it.

Order, each step guarded on its own:
  1. ask the library (`sdk`), offline; no manifest is UNSIGNED only where no bytes of one are seen;
  2. integrity (`claims`): broken by a hash or a signature that does not match, checked a second
     time; any other failure leaves the question open; intact needs positive words for both;
  3. scope (`bounds`): what the hash leaves out is counted;
  4. who and when (`signer`), with a time stamp only from an authority of the desk (`stamps`);
  5. ingredients (`ingredients`) and identities (`identity`), each with a status of its own where it
     is broken or unclear.
The state the library calls Invalid is never intact here for a reason we do not know. Total; an
exception is ERROR or NOT_CHECKABLE. No network. Only a worker imports this module.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import ChangedAfter, Integrity, Kind, Presence, Scope
from provenance.signatures.c2pa.assertions import author_of
from provenance.signatures.c2pa.bounds import judge_bounds
from provenance.signatures.c2pa.claims import Checked, check_claim
from provenance.signatures.c2pa.codes import Effect, effect_of
from provenance.signatures.c2pa.identity import identities_of, judge_identities, may_decode
from provenance.signatures.c2pa.ingredients import find_troubled, judge_ingredients
from provenance.signatures.c2pa.jumbf import MARKER
from provenance.signatures.c2pa.library import VERSION
from provenance.signatures.c2pa.report import Report, read_report
from provenance.signatures.c2pa.sdk import Read, Refusal, Refused, Trusting, read_store
from provenance.signatures.c2pa.signer import Claimed, judge_claim_signer
from provenance.signatures.c2pa.stamps import judge_stamp
from provenance.signatures.detected import Detected, open_about_ink
from provenance.signatures.model import DetectorFailure, Locator, SignatureStatus
from provenance.signatures.text import with_detail
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import Purpose, TrustSet

DETECTOR: Final = "c2pa-manifest"
NAME: Final = "Content Credentials"
"""What people call them; shown as the place of the signature."""
_TRUSTED, _EXPIRED = "signingCredential.trusted", "signingCredential.expired"
_RESAVED: Final = (
    "every program that saves, shrinks or forwards a picture breaks them: by itself this is no sign"
    " of forgery"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found, and the report it was found in, for the reader of facts."""

    detected: Detected
    report: Report | None = None
    remote: str | None = None
    """Where the file says its manifest is, tamed; it was not fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One file and all that its judgement depends on."""

    data: bytes
    media_type: str
    blank: SignatureStatus
    """What every status of this document says."""
    context: TrustContext

    def ask(self, trusting: Trusting, *, identities: bool = False) -> Read | Refused:
        """Ask the library about the file."""
        return read_store(self.data, self.media_type, trusting, identities=identities)


def inspect_c2pa(
    data: bytes,
    *,
    sha256: str,
    media_type: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
) -> Examined:
    """Judge the content credentials of a file; total on any bytes.

    Args:
        data: the whole file.
        sha256: hexadecimal digest of the file, for the records.
        media_type: as identified from the bytes.
        trust: the desk's anchors.
        at: now, UTC.
        reference_time: overrides the instant for which certificates are judged.
    """
    if not _worth_asking(data, media_type):
        return Examined(detected=_ran(media_type))
    case = _Case(
        data=data,
        media_type=media_type,
        blank=_blank(sha256, trust),
        context=TrustContext(trust=trust, at=at, reference_time=reference_time),
    )
    anchors = tuple(one.der for one in trust.anchors_for(Purpose.C2PA))
    trusting = Trusting(anchors=anchors, ekus=trust.c2pa_ekus)
    answer = case.ask(trusting)
    warnings: tuple[str, ...] = ()
    if isinstance(answer, Refused) and answer.why is Refusal.UNREADABLE and anchors:
        # One anchor that is no certificate makes the library refuse every file.
        without = case.ask(Trusting(ekus=trust.c2pa_ekus))
        if isinstance(without, Read):
            answer = without
            warnings = ("the library refused the desk's anchors; it was asked without them",)
    if isinstance(answer, Refused):
        return _without_manifest(case, answer)
    return _judge(case, answer, warnings)


_NAMED: Final = b"C2PA_Manifest"  # how a PDF names a manifest of its own (C2PA A.4.3)
_HINTS: Final[tuple[tuple[str, tuple[bytes, ...]], ...]] = (
    # The library reads a manifest in a PDF only where its bytes stand in the clear.
    ("application/pdf", (MARKER, _NAMED, b"dcterms:provenance")),
    ("image/svg+xml", (b"c2pa", b"dcterms:provenance")),
    ("application/", (b"META-INF/content_credential.c2pa",)),  # packages: a member of that name
)


def _worth_asking(data: bytes, media_type: str) -> bool:
    """Say whether there can be a manifest: no need to parse every PDF and package twice."""
    for beginning, hints in _HINTS:
        if media_type.startswith(beginning):
            return any(hint in data for hint in hints)
    return True


def _blank(sha256: str, trust: TrustSet) -> SignatureStatus:
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


def _ran(media_type: str, *statuses: SignatureStatus, inside: bool = False) -> Detected:
    pictures = "content credentials of pictures inside the document: it holds some, not looked at"
    return Detected(
        statuses=statuses,
        ran=(DETECTOR,),
        not_determined=(*open_about_ink(media_type), *((pictures,) if inside else ())),
    )


def _without_manifest(case: _Case, answer: Refused) -> Examined:
    """The library read no manifest: there is none, or it could not be read."""
    pdf = case.media_type == "application/pdf"
    package = case.media_type.startswith("application/") and not pdf  # asked for its member's name
    seen = package or MARKER in case.data
    inside = pdf and _NAMED not in case.data
    if (answer.why is Refusal.NO_MANIFEST and not seen) or (seen and inside):
        return Examined(detected=_ran(case.media_type, inside=seen))
    if answer.why is Refusal.REMOTE:
        address = answer.message.rpartition(" ")[2]
        words = f"the manifest is kept at {address}, which was not fetched"
        return Examined(detected=_ran(case.media_type, _open(case, answer, words)), remote=address)
    if answer.why is Refusal.PRERELEASE:
        words = "it was made before the format was published"
        old = replace(_open(case, answer, words), presence=Presence.UNSUPPORTED)
        return Examined(detected=_ran(case.media_type, old))
    if answer.why is Refusal.NO_MANIFEST:
        words = "the bytes show credentials that the library does not find"
        return Examined(detected=_ran(case.media_type, _open(case, answer, words)))
    failure = DetectorFailure(detector=DETECTOR, code=answer.why.value, message=_unread(answer))
    if not seen:
        return Examined(detected=Detected(failures=(failure,)))
    unread = replace(_open(case, answer, _unread(answer)), integrity=Integrity.ERROR)
    return Examined(detected=_ran(case.media_type, unread))


def _unread(answer: Refused) -> str:
    return with_detail("the credentials in it cannot be read", answer.message)


def _open(case: _Case, answer: Refused, words: str) -> SignatureStatus:
    code = answer.why.value
    return replace(case.blank, native_codes=(code,), error=f"{code}: {words}")


def _judge(case: _Case, read: Read, warnings: tuple[str, ...]) -> Examined:
    """There is a manifest."""
    report = read_report(read.answer)
    found = attempt("claim", lambda: _claim(case, read, report))
    if isinstance(found, Fault):
        found = replace(
            case.blank,
            integrity=Integrity.ERROR,
            native_codes=report.results.codes,
            error=f"claim-failed: the credentials cannot be read to the end{found.because}",
        )
    statuses, notes = judge_ingredients(find_troubled(report), case.blank)
    found = replace(found, warnings=(*found.warnings, *warnings, *notes))
    identities = _identities(case, report)
    detected = _ran(case.media_type, found, *statuses, *identities)
    return Examined(detected=detected, report=report)


def _claim(case: _Case, read: Read, report: Report) -> SignatureStatus:
    """Steps 2 to 4, for the manifest that speaks for the file as it is."""
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


def _bounded(case: _Case, read: Read, checked: Checked, status: SignatureStatus) -> SignatureStatus:
    """Step 3: how much of the file the hash covers."""
    if checked.binding is None:
        reason = "which manifest holds the hash over the file was not determined"
        return replace(status, scope=Scope.UNKNOWN, uncovered=(reason,))
    bounds = judge_bounds(
        checked.binding,
        file_size=len(case.data),
        store_size=len(read.manifest_store) + read.further,
        media_type=case.media_type,
    )
    return replace(status, scope=bounds.scope, covered=bounds.covered, uncovered=bounds.uncovered)


def _identities(case: _Case, report: Report) -> tuple[SignatureStatus, ...]:
    """Step 5: the library is asked a second time only where there is something to decode."""
    found = identities_of(report)
    if not any(label == report.active for label, _ in found):
        return ()
    results = None
    if may_decode(assertion for _, assertion in found):
        answer = case.ask(Trusting(), identities=True)
        if isinstance(answer, Read):
            results = read_report(answer.answer).results
    return judge_identities(report, case.blank, results)
