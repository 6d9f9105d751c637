"""When an XML signature was made: what the signer says, and what time authorities say.

A signer's own time is a claim, whichever of its two places it stands in; two that differ by more
than a day are told. A time stamp over the signature value (XAdES SignatureTimeStamp) counts when it
holds and its authority is one of the desk's; one that does not leaves a code and a warning, and
never makes the signature worse than one without.
"""

from datetime import datetime

from provenance.signatures.cms.stamps import NoStamp, judge_timestamp_token
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pinning import noted
from provenance.signatures.vouching import Stamp, TrustContext
from provenance.signatures.xmldsig.reading import Element, canonical
from provenance.signatures.xmldsig.verifying import Verified
from provenance.signatures.xmldsig.xades import Stamped


def choose_claimed_time(
    status: SignatureStatus, verified: Verified, own: datetime | None
) -> tuple[SignatureStatus, datetime | None]:
    """Return the signer's own time: XAdES first, then the format's own.

    Args:
        status: gets a warning where that time is doubtful.
        verified: the signature.
        own: what the format itself states, if it is signed.
    """
    claimed = verified.properties.signing_time or own
    if claimed is not None and claimed.tzinfo is None:
        warning = "the signing time is given without a time zone and was read as UTC"
        status = noted(status, "time-without-zone", warning)
    stated = verified.properties.signing_time
    if own is not None and stated is not None and _differ(own, stated):
        status = noted(
            status, "two-signing-times", "it states two signing times that differ by over a day"
        )
    return status, claimed


def _differ(one: datetime, other: datetime) -> bool:
    # Zones are left out on both sides: one of the two may have none, and a day hides any zone.
    seconds = (one.replace(tzinfo=None) - other.replace(tzinfo=None)).total_seconds()
    return abs(seconds) > 24 * 3600


def weigh_stamps(
    status: SignatureStatus, verified: Verified, context: TrustContext
) -> tuple[SignatureStatus, Stamp | None]:
    """Judge the time stamps over the signature value; the earliest that holds is returned."""
    held: list[Stamp] = []
    for one in verified.properties.stamps:
        found = _judge_stamp(one, verified.signature.value_element, context)
        if isinstance(found, NoStamp):
            warning = f"a time stamp in it counts for nothing: {found.why}"
            status = noted(status, found.code, warning)
        else:
            held.append(found)
    return status, min(held, key=lambda one: one.moment, default=None)


def _judge_stamp(one: Stamped, value: Element, context: TrustContext) -> Stamp | NoStamp:
    """Try the forms in turn; all of them hold nothing but the signature value."""
    found: Stamp | NoStamp = NoStamp(code="timestamp-unreadable", why="it names no form")
    for form in one.forms:
        over = canonical(
            value, exclusive=form.exclusive, comments=form.comments, prefixes=form.prefixes
        )
        found = judge_timestamp_token(one.token, imprint_of=over, context=context)
        if isinstance(found, Stamp) or found.code != "timestamp-other-data":
            break
    return found
