"""Judge content credentials in a file of their own (`.c2pa`, C2PA 11.4 "external manifests").

Rules, in order:
  1. beside a document: the library checks the manifest store of the file beside it over the
     document's bytes, by the rules for credentials in a file (`manifest`). Credentials that the
     document itself carries are not looked at for it; they have a status of their own;
  2. nothing may be left out of the hash: the credentials are not in the document, so a range that
     is left out could hold anything (INTACT_PARTIAL);
  3. where they do not hold for the document, only somebody's word makes that BROKEN: a name alone
     says that they are of it. Then nothing else that they say is repeated either. Where they do
     hold, anybody may have made them: an ingredient of theirs that is broken does not make the
     document so;
  4. a `.c2pa` file that is itself examined: over each document beside it. The one for which it
     holds is named by digest; where it holds for none, none is called broken;
  5. alone: its own parts are checked, the certificate is named and not vouched for, and the answer
     is that its document is not here.
Total; no network; only a worker imports this module.
"""

from dataclasses import dataclass, replace
from typing import Final

from asn1crypto import x509

from provenance.signatures.axes import Integrity
from provenance.signatures.c2pa.claims import check_claim, read_holding
from provenance.signatures.c2pa.codes import UNBOUND
from provenance.signatures.c2pa.manifest import (
    Case,
    Judged,
    blank_status,
    judge_claim,
    judge_manifest,
    open_status,
    say_unread,
)
from provenance.signatures.c2pa.report import Report
from provenance.signatures.c2pa.sdk import Read, Refused
from provenance.signatures.certificates import read_identity
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.nearby import Nearby, doubted
from provenance.signatures.plain import OF_NONE, WHERE_TO_PUT_IT, ended
from provenance.signatures.vouching import TrustContext

SIDECAR: Final = "application/c2pa"
"""Media type of a manifest store in a file of its own (C2PA 11.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sided:
    """What one manifest store in a file of its own came out as."""

    statuses: tuple[SignatureStatus, ...]
    report: Report | None = None
    """What it says; None where it is not sure that it says it of this document."""


def judge_sidecar_beside(
    document: Nearby, sidecar: Nearby, *, sha256: str, context: TrustContext
) -> Sided:
    """Judge the credentials that lie beside a document, over that document (rules 1 to 3).

    Args:
        document: the document under examination.
        sidecar: the file beside it.
        sha256: of the document, hexadecimal.
        context: the desk's trust and the time.
    """
    name = f"content credentials in {sidecar.said}"
    case = _case(document, sidecar.data, name=name, sha256=sha256, context=context)
    found = _over(case, sure=sidecar.by_hand)
    claim, *others = found.statuses
    named = [replace(one, locator=_within(one, sidecar)) for one in others]
    found = replace(found, statuses=(claim, *named))
    ids = (f"{one.id}-beside-{sidecar.number}" for one in found.statuses)
    own = tuple(replace(one, id=name) for one, name in zip(found.statuses, ids, strict=True))
    return replace(found, statuses=own if sidecar.by_hand else tuple(map(doubted, own)))


def judge_sidecar(
    data: bytes, documents: tuple[Nearby, ...], *, sha256: str, context: TrustContext
) -> Sided:
    """Judge a file of credentials that is itself examined (rules 4 and 5).

    Args:
        data: the file.
        documents: files beside it that it may be of.
        sha256: of the file, hexadecimal.
        context: the desk's trust and the time.
    """
    name = "the content credentials in this file"
    tried = []
    for one in documents:
        case = _case(one, data, name=name, sha256=sha256, context=context)
        found = _over(case, sure=one.by_hand)
        if found.statuses[0].integrity is Integrity.INTACT:
            return _of(one, found)
        tried.append(found)
    if len(tried) == 1 and documents[0].by_hand:
        return _of(documents[0], tried[0])
    itself = Nearby(number=0, data=data, sha256=sha256, media_type=SIDECAR)
    case = _case(itself, None, name=name, sha256=sha256, context=context)
    return _alone(case, beside=len(tried))


def _within(status: SignatureStatus, sidecar: Nearby) -> Locator:
    """Say of an ingredient or an identity which credentials it stands in."""
    return replace(status.locator, name=f"{status.locator.name}, in {sidecar.said}")


def _case(
    document: Nearby, sidecar: bytes | None, *, name: str, sha256: str, context: TrustContext
) -> Case:
    blank = replace(blank_status(sha256, context.trust), locator=Locator(name=name))
    return Case(
        data=document.data,
        media_type=document.media_type,
        blank=blank,
        context=context,
        sidecar=sidecar,
    )


def _over(case: Case, *, sure: bool) -> Sided:
    """Judge credentials over a document; `sure`: somebody said that they are of it."""
    answer, warnings = case.ask_anchored()
    if isinstance(answer, Refused):
        unread = replace(open_status(case, answer, say_unread(answer)), integrity=Integrity.ERROR)
        return Sided(statuses=(unread if sure else doubted(unread),))
    judged = judge_manifest(case, answer, warnings)
    if sure or judged.claim.integrity is Integrity.INTACT:
        return Sided(statuses=(judged.claim, *judged.others), report=judged.report)
    return Sided(statuses=(doubted(judged.claim),))


def _of(document: Nearby, found: Sided) -> Sided:
    """Say first which document a file of credentials is of."""
    claim, *others = found.statuses
    claim = replace(claim, covered=(f"{document.said}, which lies beside it", *claim.covered))
    return replace(found, statuses=(claim, *others))


def _alone(case: Case, *, beside: int) -> Sided:
    """Judge credentials without the document that they are of (rule 5)."""
    answer, warnings = case.ask_anchored()
    if isinstance(answer, Refused):
        unread = replace(open_status(case, answer, say_unread(answer)), integrity=Integrity.ERROR)
        return Sided(statuses=(unread,))

    def claim(case: Case, read: Read, report: Report) -> SignatureStatus:
        return _unbound(judge_claim(case, read, report), case, read, report, beside)

    judged = judge_manifest(case, answer, warnings, claim=claim)
    return Sided(statuses=_told(judged), report=judged.report)


def _told(judged: Judged) -> tuple[SignatureStatus, ...]:
    """Ingredients and identities speak of a document; without it they are not good."""
    return (judged.claim, *(one for one in judged.others if one.integrity is Integrity.BROKEN))


def _unbound(
    status: SignatureStatus, case: Case, read: Read, report: Report, beside: int
) -> SignatureStatus:
    """Say what is known of a claim when the hash over its document says nothing."""
    failures = tuple(one for one in report.results.failure if one.code not in UNBOUND)
    rest = replace(report, results=replace(report.results, failure=failures))
    checked = check_claim(rest, read.manifest_store, case.data)
    if checked.integrity is Integrity.BROKEN:
        codes = tuple(one for one in status.native_codes if one not in UNBOUND)
        return replace(
            status,
            integrity=Integrity.BROKEN,
            native_codes=tuple(dict.fromkeys((*codes, *checked.codes))),
            warnings=(),
        )
    codes = (f"state:{report.state}", *rest.results.codes)
    status = replace(
        case.blank, id=status.id, native_codes=codes, claimed_author=status.claimed_author
    )
    signature = read_holding(report, read.manifest_store)
    if signature is not None:
        identity = read_identity(x509.Certificate.load(signature.certificates[0]))
        note = "the signature over the credentials holds; of which document they are is not known"
        status = replace(status, identity=identity, warnings=(note,))
    if beside > 1:
        return ended(status, Integrity.NOT_CHECKABLE, "several-candidates", OF_NONE)
    if beside:
        why = "it does not hold for the document beside it; a name alone says that it is of that"
        return ended(status, Integrity.NOT_CHECKABLE, "paired-by-name", why)
    why = f"the document that these credentials are of is not here: {WHERE_TO_PUT_IT}"
    return ended(status, Integrity.NOT_CHECKABLE, "document-not-here", why)
