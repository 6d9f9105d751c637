"""Tell that an XML file holds an XML signature, and nothing about whether it holds.

A signature in loose XML may cover any part of any file, through programs that it names itself. Five
of 217 public test files with a bad one were accepted by a first attempt to follow that, so it is
not followed: UNSUPPORTED, with the place. A file that cannot be parsed strictly is a failed
detector if the words of a signature stand in it, or could: it is never "unsigned" then.
"""

from datetime import datetime
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Integrity, Kind
from provenance.signatures.containers.steps import Job, refused
from provenance.signatures.detected import Detected
from provenance.signatures.model import DetectorFailure
from provenance.signatures.vouching import TrustContext
from provenance.signatures.xmldsig.algorithms import DSIG
from provenance.signatures.xmldsig.reading import (
    MAX_PART_XML,
    attribute,
    descendants,
    local_name,
    parse_xml,
)
from provenance.signatures.xmldsig.refusal import Found, Refusal
from provenance.trust.model import TrustSet

DETECTOR: Final = "xml-signatures"
MAX_NAMED: Final = 20  # signatures named one by one


def inspect_xml(
    data: bytes,
    *,
    sha256: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
) -> Detected:
    """Name the XML signatures of a loose XML file; total on any bytes."""
    job = Job(
        sha256=sha256,
        context=TrustContext(trust=trust, at=at, reference_time=reference_time),
    )
    found = attempt(DETECTOR, lambda: _look(data, job))
    if isinstance(found, Fault):
        failure = DetectorFailure(detector=DETECTOR, code="engine-failed", message=found.text)
        return Detected(failures=(failure,))
    return found


def _look(data: bytes, job: Job) -> Detected:
    try:
        root = parse_xml(data, most=MAX_PART_XML)
    except Refusal as refusal:
        failure = DetectorFailure(detector=DETECTOR, code=refusal.reason, message=refusal.text)
        return Detected(failures=(failure,))
    found = [one for one in descendants(root) if one.tag == DSIG + "Signature"]
    unjudged = Refusal(
        "loose-xml-signature",
        "XML signatures outside a known kind of package are not followed",
        Found.UNSUPPORTED,
    )
    statuses = []
    for one in found[:MAX_NAMED]:
        above = one.getparent()
        where = "the whole file" if above is None else f"the element {local_name(above)}"
        named = attribute(one, "Id")
        name = f"XML signature {named} in {where}" if named else f"XML signature in {where}"
        statuses.append(refused(job.start(Kind.XMLDSIG, name), unjudged, Integrity.NOT_CHECKABLE))
    more = len(found) - len(statuses)
    warnings = (f"and {more} more XML signatures",) if more else ()
    return Detected(statuses=tuple(statuses), ran=(DETECTOR,), warnings=warnings)
