"""Find the content credentials in a file, and have them judged (`manifest`).

In order: there may be some at all; the library is asked, offline; no manifest is UNSIGNED only
where no bytes of one are seen, and one that is elsewhere or cannot be read is said to be so. Total;
an exception is ERROR or NOT_CHECKABLE. No network. Only a worker imports this module.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from provenance.signatures.axes import Integrity, Presence
from provenance.signatures.c2pa.bounds import OWN_MEMBER
from provenance.signatures.c2pa.jumbf import MARKER
from provenance.signatures.c2pa.manifest import (
    Case,
    blank_status,
    judge_manifest,
    open_status,
    say_unread,
)
from provenance.signatures.c2pa.report import Report
from provenance.signatures.c2pa.sdk import Refusal, Refused
from provenance.signatures.detected import Detected, open_about_ink
from provenance.signatures.model import DetectorFailure, SignatureStatus
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import TrustSet

DETECTOR: Final = "c2pa-manifest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found, and the report it was found in, for the reader of facts."""

    detected: Detected
    report: Report | None = None
    remote: str | None = None
    """Where the file says its manifest is, tamed; it was not fetched."""


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
    case = Case(
        data=data,
        media_type=media_type,
        blank=blank_status(sha256, trust),
        context=TrustContext(trust=trust, at=at, reference_time=reference_time),
    )
    answer, warnings = case.ask_anchored()
    if isinstance(answer, Refused):
        return _without_manifest(case, answer)
    judged = judge_manifest(case, answer, warnings)
    detected = _ran(media_type, judged.claim, *judged.others)
    return Examined(detected=detected, report=judged.report)


_NAMED: Final = b"C2PA_Manifest"  # how a PDF names a manifest of its own (C2PA A.4.3)
_HINTS: Final[tuple[tuple[str, tuple[bytes, ...]], ...]] = (
    # The library reads a manifest in a PDF only where its bytes stand in the clear.
    ("application/pdf", (MARKER, _NAMED, b"dcterms:provenance")),
    ("image/svg+xml", (b"c2pa", b"dcterms:provenance")),
    ("application/", (OWN_MEMBER.encode(),)),  # packages: a member of that name
)


def _worth_asking(data: bytes, media_type: str) -> bool:
    """Say whether there can be a manifest: no need to parse every PDF and package twice."""
    for beginning, hints in _HINTS:
        if media_type.startswith(beginning):
            return any(hint in data for hint in hints)
    return True


def _ran(media_type: str, *statuses: SignatureStatus, inside: bool = False) -> Detected:
    pictures = "content credentials of pictures inside the document: it holds some, not looked at"
    return Detected(
        statuses=statuses,
        ran=(DETECTOR,),
        not_determined=(*open_about_ink(media_type), *((pictures,) if inside else ())),
    )


def _without_manifest(case: Case, answer: Refused) -> Examined:
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
        found = _ran(case.media_type, open_status(case, answer, words))
        return Examined(detected=found, remote=address)
    if answer.why is Refusal.PRERELEASE:
        words = "it was made before the format was published"
        old = replace(open_status(case, answer, words), presence=Presence.UNSUPPORTED)
        return Examined(detected=_ran(case.media_type, old))
    if answer.why is Refusal.NO_MANIFEST:
        words = "the bytes show credentials that the library does not find"
        return Examined(detected=_ran(case.media_type, open_status(case, answer, words)))
    failure = DetectorFailure(detector=DETECTOR, code=answer.why.value, message=say_unread(answer))
    if not seen:
        return Examined(detected=Detected(failures=(failure,)))
    unread = replace(open_status(case, answer, say_unread(answer)), integrity=Integrity.ERROR)
    return Examined(detected=_ran(case.media_type, unread))
