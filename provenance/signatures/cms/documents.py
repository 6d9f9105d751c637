"""Judge a file that is a CMS container (.p7m, .p7s, time-stamp token), or that one lies beside.

Rules:
  1. content inside: judged over it; a document beside the file is compared with it and said;
  2. content elsewhere: each document beside the file is tried; the one that matches counts. One
     that does not match is BROKEN when somebody named it or the container states its digest, and
     else NOT_CHECKABLE: it may be another's (`nearby`). Of several none is broken;
  3. content that is itself a CMS container is judged too, level by level;
  4. a container of TSTInfo is a time-stamp token: anchors for time stamps count. What it signs is
     a digest and a time; without the document of that digest its scope is that and nothing more.
The content is not examined as a document: take it out to do so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256 as digest
from typing import Final

from provenance.facts.signed_digests import states
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Integrity, Kind, Scope, TimeBasis
from provenance.signatures.cms.judging import (
    blank_status,
    judge_cms,
    judge_container,
    judge_signers,
)
from provenance.signatures.cms.reading import Container, read_container, strip_armour
from provenance.signatures.cms.stamps import NoStamp, judge_timestamp_token
from provenance.signatures.detected import Detected
from provenance.signatures.model import DetectorFailure, Locator, SignatureStatus
from provenance.signatures.nearby import doubted
from provenance.signatures.vouching import Stamp, TrustContext
from provenance.trust.model import Purpose, TrustSet

DETECTOR: Final = "cms-container"
CONTAINER: Final = "application/pkcs7-mime"
MAX_LEVELS: Final = 6  # containers within containers; signing one after another gives two or three
MAX_BESIDE: Final = 20  # documents tried for a detached signature

_SIGNED_DATA: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"  # RFC 5652 section 5.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    sha256: str
    context: TrustContext
    beside: tuple[bytes, ...]
    by_hand: bool


def inspect_cms(
    data: bytes,
    *,
    sha256: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
    beside: Sequence[bytes] = (),
    by_hand: bool = False,
) -> Detected:
    """Judge all signatures of a container; total on any bytes.

    Args:
        data: the file.
        sha256: its hexadecimal digest, for the records.
        trust: the desk's anchors.
        at: now, UTC.
        reference_time: overrides the instant for which certificates are judged.
        beside: documents that it may be a signature of.
        by_hand: somebody said that it is of the one document beside it.
    """
    context = TrustContext(trust=trust, at=at, reference_time=reference_time)
    work = _Work(sha256=sha256, context=context, beside=tuple(beside)[:MAX_BESIDE], by_hand=by_hand)
    statuses: list[SignatureStatus] = []
    level, rest = 1, data
    while level <= MAX_LEVELS:
        opened = attempt("cms-container", lambda rest=rest: read_container(rest))  # type: ignore[misc] # bound now
        container = None if isinstance(opened, Fault) else opened
        statuses += _level(work, rest, container, level)
        if container is None or not _is_container(container.content):
            return Detected(statuses=tuple(statuses), ran=(DETECTOR,))
        level, rest = level + 1, container.content or b""
    failure = DetectorFailure(
        detector=DETECTOR, code="too-many-levels", message="not every level was looked at"
    )
    return Detected(statuses=tuple(statuses), failures=(failure,))


def inspect_detached(
    document: bytes,
    signature: bytes,
    *,
    sha256: str,
    context: TrustContext,
    number: int = 0,
    by_hand: bool = False,
) -> tuple[SignatureStatus, ...]:
    """Judge a container that lies beside a document, over that document.

    Args:
        document: the document under examination.
        signature: the container.
        sha256: of the document.
        context: the desk's trust and the time.
        number: of the container among those beside the document.
        by_hand: somebody said that it is of this document.
    """
    opened = attempt("cms-container", lambda: read_container(signature))
    name = f"the signature file with SHA-256 {digest(signature).hexdigest()}"
    inside = None if isinstance(opened, Fault) else opened.content
    if inside is not None and inside != document:
        # A signed copy of something else: says nothing of this document, and is no forgery of it.
        return ()
    found = judge_cms(
        signature,
        content=document if inside is None else None,
        sha256=sha256,
        kind=Kind.CMS,
        locator=Locator(name=name),
        context=context,
        purpose=Purpose.CMS,
        prefix=f"cms-beside-{number}",
    )
    sure = by_hand or inside is not None or states(signature, CONTAINER, document)
    return found if sure else tuple(map(doubted, found))


def _is_container(content: bytes | None) -> bool:
    return content is not None and content[:1] == b"\x30" and _SIGNED_DATA in content[:32]


def _level(
    work: _Work, data: bytes, container: Container | None, level: int
) -> tuple[SignatureStatus, ...]:
    stamp = container is not None and container.content_type == "tst_info"
    name = "time-stamp token" if stamp else "CMS container"
    blank = blank_status(
        f"cms-{level}",
        sha256=work.sha256,
        kind=Kind.TIMESTAMP_TOKEN if stamp else Kind.CMS,
        locator=Locator(name=name if level == 1 else f"{name} inside another, level {level}"),
        context=work.context,
    )
    purpose = Purpose.TSA if stamp else Purpose.CMS

    if container is None:
        judged = judge_signers(data, blank, content=None, context=work.context, purpose=purpose)
        return tuple(one.status for one in judged)

    def over(content: bytes | None) -> tuple[SignatureStatus, ...]:
        judged = judge_container(
            container, blank, content=content, context=work.context, purpose=purpose
        )
        return tuple(one.status for one in judged)

    if container.content is None:
        return _tried(work, data, over) if work.beside else over(None)
    if stamp:
        return tuple(_stamped(work, one, strip_armour(data)) for one in over(None))
    return tuple(_described(work, one, container.content, level) for one in over(None))


def _tried(
    work: _Work, data: bytes, over: Callable[[bytes], tuple[SignatureStatus, ...]]
) -> tuple[SignatureStatus, ...]:
    """Rule 2."""
    found: tuple[SignatureStatus, ...] = ()
    for document in work.beside:
        answer = over(document)
        if any(status.integrity is Integrity.INTACT for status in answer):
            return answer
        found = found or answer  # of the first document; never empty
    if len(work.beside) == 1:
        if work.by_hand or states(data, CONTAINER, work.beside[0]):
            return found
        return tuple(doubted(one) if one.integrity is Integrity.BROKEN else one for one in found)
    why = "signed-data-not-found: none of the documents beside it is the one that was signed"
    return tuple(
        replace(
            one,
            integrity=Integrity.NOT_CHECKABLE,
            error=why,
            native_codes=("signed-data-not-found",),
        )
        for one in found
    )


def _described(work: _Work, status: SignatureStatus, content: bytes, level: int) -> SignatureStatus:
    """Say what the content is, by its digest, and how a document beside it compares (rule 1)."""
    named = f"the content has SHA-256 {digest(content).hexdigest()}"
    warnings = status.warnings
    if level == 1 and work.beside:
        told = "is" if content in work.beside else "is not"
        warnings = (*warnings, f"the document beside it {told} the signed content")
    return replace(status, covered=(*status.covered, named), warnings=warnings)


def _stamped(work: _Work, status: SignatureStatus, token: bytes) -> SignatureStatus:
    """Rule 4: say which document the token is for, and when it says that existed."""
    judged = [
        judge_timestamp_token(token, imprint_of=one, context=work.context) for one in work.beside
    ]
    status = replace(
        status,
        scope=Scope.METADATA_ONLY,
        covered=("a digest and the authority's time",),
        uncovered=("the document of that digest",),
    )
    for one in judged:
        if isinstance(one, Stamp) and status.integrity is Integrity.INTACT:
            return replace(
                status,
                scope=Scope.WHOLE,
                covered=("the document beside it, by its digest",),
                uncovered=(),
                time_basis=TimeBasis.TRUSTED_TIMESTAMP,
                proven_not_after=one.moment,
                time_authority=one.authority,
            )
    useless = [one for one in judged if isinstance(one, NoStamp)]
    return replace(
        status,
        native_codes=(*status.native_codes, *dict.fromkeys(one.code for one in useless)),
        warnings=(
            *status.warnings,
            *dict.fromkeys(f"for the document beside it: {one.why}" for one in useless),
        ),
    )
