"""Judge a time stamp (RFC 3161) that lies beside a document: the document existed by then.

A token, or an authority's whole response. Rules, in order: of other bytes: it says nothing about
this document and is left out; else the token's own signature and authority are judged as
everywhere (`cms.stamps`), and a stamp that an anchor of the desk vouches for proves the time. It
never says who wrote the document.
"""

from dataclasses import replace

from provenance.facts.signed_digests import unwrapped
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Integrity, Scope
from provenance.signatures.bench import Bench
from provenance.signatures.cms.documents import inspect_cms
from provenance.signatures.cms.reading import read_container
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.nearby import Nearby

_OF_OTHER_BYTES = "timestamp-other-data"


def judge_stamp_beside(
    signature: Nearby, document: Nearby, bench: Bench
) -> tuple[SignatureStatus, ...]:
    """Judge a time stamp over a document; none where the file is something else."""
    token = unwrapped(signature.data) or signature.data
    opened = attempt("container", lambda: read_container(token))
    if isinstance(opened, Fault) or opened.content_type != "tst_info":
        return ()
    found = inspect_cms(
        token,
        sha256=bench.sha256,
        trust=bench.trust,
        at=bench.reference.at,
        reference_time=bench.reference.by_hand,
        beside=(document.data,),
    )
    return tuple(
        _placed(status, signature.number)
        for status in found.statuses
        if _OF_OTHER_BYTES not in status.native_codes
    )


def _placed(status: SignatureStatus, number: int) -> SignatureStatus:
    return replace(
        status,
        id=f"stamp-beside{number}-{status.id}",
        locator=Locator(name="time stamp beside the document (RFC 3161)"),
        scope=Scope.WHOLE if status.integrity is Integrity.INTACT else status.scope,
        covered=("the whole document, by its digest",),
        uncovered=("who wrote it: a time stamp is an authority's word about a time",),
    )
