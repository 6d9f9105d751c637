"""Judge every S/MIME signature of a mail: what it covers, whether it holds, whose it is.

Order, each step guarded on its own:
  1. cut the mail into parts (`parts`), open the contents of opaque signatures (`opaque`), find the
     signatures (`finding`);
  2. judge each as CMS (`cms.judging`) over the signed part's own bytes with CR LF line ends, or
     as they are where only that matches;
  3. scope: what is shown beside the signed part (`coverage`);
  4. header fields repeated inside it (`protected`), then the sender against the certificate's
     addresses (`identity`), the date against the signer's clock;
  5. a structure that could not be read to its end is a failed detector: never "unsigned".
No network. Imports the signature engine: only a worker imports this module.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Integrity, Kind, Presence, Scope
from provenance.signatures.certificates import emails_of
from provenance.signatures.cms.judging import Judged, blank_status, judge_signers
from provenance.signatures.detected import Detected
from provenance.signatures.mail.moments import read_date
from provenance.signatures.mime.coverage import Coverage, Shown, with_coverage
from provenance.signatures.mime.finding import MAX_SIGNATURES, Candidate, Form, find_candidates
from provenance.signatures.mime.identity import judge_sender
from provenance.signatures.mime.opaque import expand
from provenance.signatures.mime.parts import Part, canonical, decode_body, parse_parts
from provenance.signatures.mime.protected import judge_protected
from provenance.signatures.mime.senders import Senders, read_senders
from provenance.signatures.model import DetectorFailure, Locator, SignatureStatus
from provenance.signatures.pinning import noted
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import Purpose, TrustSet

DETECTOR: Final = "smime-parts"
MAX_APART: Final = timedelta(days=1)  # between the signer's clock and Date: zones, drafts, delays

_TRACE: Final = re.compile(rb"application/(?:x-)?pkcs7-|multipart/signed", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What all signatures of one mail share."""

    shown: Shown
    sha256: str
    context: TrustContext


def inspect_mail(
    data: bytes,
    *,
    sha256: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
) -> Detected:
    """Judge all S/MIME signatures of a mail; total on any bytes.

    Args:
        data: the whole mail.
        sha256: hexadecimal digest of the mail, for the records.
        trust: the desk's anchors.
        at: now, UTC.
        reference_time: overrides the instant for which certificates are judged.
    """
    root = expand(parse_parts(data))
    context = TrustContext(trust=trust, at=at, reference_time=reference_time)
    work = _Work(shown=Shown(root), sha256=sha256, context=context)
    candidates = find_candidates(root)
    statuses = tuple(
        status
        for number, one in enumerate(candidates[:MAX_SIGNATURES])
        for status in _judge(work, number, one)
    )
    failure = _failure(data, root, candidates)
    if failure is not None:
        return Detected(statuses=statuses, failures=(failure,))
    return Detected(statuses=statuses, ran=(DETECTOR,))


def _failure(data: bytes, root: Part, candidates: tuple[Candidate, ...]) -> DetectorFailure | None:
    """Step 5."""
    faults = dict.fromkeys(name for one in root.walk() for name in one.faults)
    if len(candidates) > MAX_SIGNATURES or "too-many-parts" in faults:
        return DetectorFailure(
            detector=DETECTOR, code="too-many-parts", message="not every part was looked at"
        )
    lost = all(one.form is Form.MISSING for one in candidates)
    if faults and lost and _TRACE.search(data):
        return DetectorFailure(
            detector=DETECTOR,
            code="structure-ambiguous",
            message=f"there may be a signature in it ({', '.join(faults)})",
        )
    return None


def _judge(work: _Work, number: int, one: Candidate) -> tuple[SignatureStatus, ...]:
    blank = blank_status(
        f"smime-{number}",
        sha256=work.sha256,
        kind=Kind.CMS if one.form is Form.ATTACHED else Kind.SMIME,
        locator=Locator(name=f"MIME part {one.part.path}"),
        context=work.context,
    )
    if one.form in {Form.MISSING, Form.FOREIGN}:
        return (_without(blank, one),)
    body = decode_body(one.part)
    if body is None:
        code = "transfer-encoding-unreadable"
        return (replace(blank, error=f"{code}: of its part", native_codes=(code,)),)
    found = _judged(work, one, body, blank)
    if all(judged.status.presence is not Presence.PRESENT for judged in found):
        return tuple(judged.status for judged in found)
    coverage = work.shown.coverage(one.signed or one.part, (one.part,))
    senders = read_senders(one.mail.block)
    return tuple(_placed(one, judged, coverage, senders) for judged in found)


def _without(blank: SignatureStatus, one: Candidate) -> SignatureStatus:
    if one.form is Form.FOREIGN:
        code = "protocol-not-handled"
        return replace(
            blank,
            presence=Presence.UNSUPPORTED,
            integrity=Integrity.NOT_CHECKABLE,
            error=f"{code}: a signature of another kind than S/MIME and OpenPGP",
            native_codes=(code,),
        )
    return replace(
        blank,
        presence=Presence.EMPTY_SLOT,
        integrity=Integrity.NOT_CHECKABLE,
        confidence="high",
        native_codes=("signature-part-missing",),
        warnings=("the mail says that it is signed, and there is no signature in it",),
    )


def _judged(work: _Work, one: Candidate, body: bytes, blank: SignatureStatus) -> tuple[Judged, ...]:
    """Step 2."""

    def over(content: bytes | None) -> tuple[Judged, ...]:
        purpose = Purpose.CMS if one.form is Form.ATTACHED else Purpose.SMIME
        return judge_signers(body, blank, content=content, context=work.context, purpose=purpose)

    if one.form is Form.OPAQUE or one.signed is None:
        return over(None)
    if one.form is Form.ATTACHED:
        return over(decode_body(one.signed))
    raw = one.signed.raw
    prescribed = canonical(raw)
    found = over(prescribed)
    if raw == prescribed or not _any_broken(found):
        return found
    as_it_is = over(raw)
    return found if _any_broken(as_it_is) else tuple(_lax(judged) for judged in as_it_is)


def _lax(judged: Judged) -> Judged:
    """Record that the prescribed line ends were not the ones that were signed."""
    status = judged.status
    codes = (*status.native_codes, "line-ends-as-they-are")
    return replace(judged, status=replace(status, mode="lax", native_codes=codes))


def _any_broken(found: Iterable[Judged]) -> bool:
    return any(one.status.integrity is Integrity.BROKEN for one in found)


def _placed(
    one: Candidate, judged: Judged, coverage: Coverage, senders: Senders
) -> SignatureStatus:
    """Steps 3 and 4. Content that could not be opened is not known to be what is shown."""
    status = judged.status
    if status.presence is not Presence.PRESENT:
        return status
    status = with_coverage(status, coverage)
    if one.form is Form.ATTACHED:
        return _narrowed(status, Scope.PART)
    if one.signed is None:
        status = _narrowed(status, Scope.UNKNOWN)
    status = judge_protected(status, one.mail.block, one.signed or one.part)
    emails = attempt("emails", lambda: _emails(judged.certificate))
    status = judge_sender(status, () if isinstance(emails, Fault) else emails, senders)
    return _dated(status, one.mail)


def _narrowed(status: SignatureStatus, scope: Scope) -> SignatureStatus:
    return replace(status, scope=scope) if status.scope is Scope.WHOLE else status


def _emails(certificate: x509.Certificate | None) -> tuple[str, ...]:
    return () if certificate is None else emails_of(certificate)


def _dated(status: SignatureStatus, mail: Part) -> SignatureStatus:
    """Compare the signer's clock with the Date that is shown: an old letter sent anew.

    Of several Date fields the one that is farthest away counts: programs differ in what they show.
    """
    claimed = status.claimed_time
    if claimed is None:
        return status
    stated = [read_date(one.value) for one in mail.block.fields if one.name == "date"]
    apart = max((abs(one.moment - claimed) for one in stated if one), default=timedelta())
    if apart <= MAX_APART:
        return status
    warning = (
        f"its Date field and the signer's own clock are {apart.days} days apart:"
        " the letter may have been sent anew"
    )
    return noted(status, "date-differs", warning)
