"""Judge the signatures that lie beside a document, of whatever format.

Order, per file beside it:
  1. a signature is judged by its own format over the document;
  2. a signature that came with a list of digests is of the list whose name it carries, and of
     nothing else; it is judged when that list holds the document's digest (`checksums`);
  3. so is a list that is signed inside, when the digest stands in the signed text;
  4. a signed list speaks for the document by its digest: the status says that the list is signed
     and that the digest stands in it, and its scope is PART. A digest outside the signed text of a
     list counts for nothing, nor does one in a signed text that is not a list throughout;
  5. what fails is BROKEN only when it states the document's digest or was named by hand: under a
     fitting name anybody can put anything beside a document.
A file that is no signature of a kind that is read here is said in a warning and proves nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha512
from typing import Final

from provenance.facts.signed_digests import states
from provenance.signatures.axes import Kind, Scope
from provenance.signatures.bench import Bench
from provenance.signatures.checksums import names_digest
from provenance.signatures.detected import Detected
from provenance.signatures.minisign import read_minisign
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.nearby import Nearby, doubted
from provenance.signatures.openpgp.claims import SIGNATURE_TYPES, is_openpgp
from provenance.signatures.openpgp.judging import (
    inspect_openpgp_beside,
    inspect_openpgp_within,
)
from provenance.signatures.pairing import Relation, signs_by_name
from provenance.signatures.plain import Read, judge_plain
from provenance.signatures.signify import read_signify
from provenance.signatures.ssh import read_ssh
from provenance.signatures.stamped import judge_stamp_beside

DETECTOR: Final = "detached-signatures"
Judge = Callable[[Nearby, Nearby, Bench], tuple[SignatureStatus, ...]]
"""Judges the signatures in a file over another file."""


def judge_beside(document: Nearby, around: tuple[Nearby, ...], bench: Bench) -> Detected:
    """Judge what lies beside a document and may sign it.

    Args:
        document: the document; its number is 0.
        around: the files beside it.
        bench: the document's digest, the trust, the time.
    """
    beside = [one for one in around if one.relation is not Relation.SIGNED]
    digests = (bench.sha256, sha512(document.data).hexdigest()) if beside else ()
    lists = [one for one in beside if one.relation is Relation.LIST]
    naming = [one for one in lists if names_digest(one.data, *digests)]
    statuses: list[SignatureStatus] = []
    warnings = []
    for signature in beside:
        found = [*_within(signature, digests, bench), *_of_lists(signature, lists, naming, bench)]
        if signature.relation is Relation.SIGNATURE:
            found += _over_document(signature, document, bench)
            if not found and signature.media_type not in ELSEWHERE:
                warnings.append(f"{signature.said} holds no signature of it that is read here")
        statuses += found
    if lists and not naming:
        warnings.append("a list of digests lies beside it and does not name it")
    return Detected(statuses=tuple(statuses), ran=(DETECTOR,), warnings=tuple(warnings))


def _over_document(
    signature: Nearby, document: Nearby, bench: Bench
) -> tuple[SignatureStatus, ...]:
    """Judge a signature over the document, without calling it broken on a name alone (rule 5)."""
    found = _over(signature, document, bench)
    if (
        not found
        or signature.by_hand
        or states(signature.data, signature.media_type, document.data)
    ):
        return found
    return tuple(map(doubted, found))


def _over(signature: Nearby, target: Nearby, bench: Bench) -> tuple[SignatureStatus, ...]:
    judge = FORMATS.get(signature.media_type)
    return judge(signature, target, bench) if judge else ()


def _of_lists(
    signature: Nearby, lists: list[Nearby], naming: list[Nearby], bench: Bench
) -> Iterator[SignatureStatus]:
    """Judge a signature over the list whose name it carries, if that list names the document."""
    if signature.relation is not Relation.LIST:
        return
    of = [one for one in lists if signs_by_name(signature.name, one.name)]
    for one in of:
        if one in naming:
            yield from (_listed(each, one.said) for each in _over(signature, one, bench))


def _within(signature: Nearby, digests: tuple[str, ...], bench: Bench) -> Iterator[SignatureStatus]:
    """Judge a file that is a list and its own signature, when the digest is in what it signs."""
    if signature.relation is not Relation.LIST:
        return
    found: tuple[SignatureStatus, ...] = ()
    if is_openpgp(signature):
        found = inspect_openpgp_within(
            signature, bench, wanted=lambda content: names_digest(content, *digests)
        )
    elif signature.media_type == SIGNIFY:
        message = signature.data.split(b"\n", 2)[2:]
        if message and names_digest(message[0], *digests):
            name = "signed list of digests (signify)"
            found = judge_plain(
                read_signify, signature.data, (), bench, kind=Kind.SIGNIFY, name=name
            )
    yield from (_listed(one, signature.said) for one in found)


def _listed(status: SignatureStatus, said: str) -> SignatureStatus:
    """Say that a list is signed, and the document is named in it by its digest.

    A list that was altered says nothing of the document: that is not broken by it.
    """
    return replace(
        doubted(status),
        scope=Scope.PART,
        locator=Locator(name=f"signed list of digests ({status.kind.value})"),
        covered=(f"this document, whose digest stands in the signed list ({said})",),
        uncovered=("the name under which the list has the document",),
    )


def _plain(
    kind: Kind, read: Read, signature: Nearby, target: Nearby, bench: Bench
) -> tuple[SignatureStatus, ...]:
    name = f"detached signature ({kind.value})"
    return judge_plain(read, signature.data, (target,), bench, kind=kind, name=name, detached=True)


SIGNIFY: Final = "application/x-signify"


CMS: Final = "application/pkcs7-mime"
ELSEWHERE: Final = frozenset({CMS, "application/vnd.dev.sigstore.bundle+json", "application/c2pa"})
"""Judged by an engine of their own, whose silence is not this one's to explain."""
FORMATS: Final[Mapping[str, Judge]] = {
    **dict.fromkeys(SIGNATURE_TYPES, inspect_openpgp_beside),
    "application/x-minisign": partial(_plain, Kind.MINISIGN, read_minisign),
    "application/x-ssh-signature": partial(_plain, Kind.SSH, read_ssh),
    CMS: judge_stamp_beside,  # other containers have an engine of their own
    SIGNIFY: partial(_plain, Kind.SIGNIFY, read_signify),
}
"""Media type of a signature file, as `provenance.examine.identify` names it, to its judge."""
