"""Judge CAdES signatures and time stamps of a container, and the file lists that they sign.

A `.p7s` or `.tst` is detached. What it is over, in this order:
  1. the one `ASiCManifest` whose SigReference names it. Each DataObjectReference of the manifest is
     then compared: a digest that differs breaks the signature, because the list is all it signed;
  2. without a manifest, the one file of a simple container;
  3. else nothing that could be told: NOT_CHECKABLE.
Two manifests that name one signature are refused. A manifest that lists manifests or signatures
(archive manifests) covers those files and no others: its scope is measured like any other.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from provenance.signatures.axes import ChangedAfter, Integrity, Kind, Presence, Scope, TimeBasis
from provenance.signatures.cms.judging import judge_cms
from provenance.signatures.cms.stamps import NoStamp, judge_timestamp_token
from provenance.signatures.containers.files import FilePackage
from provenance.signatures.containers.steps import Coverage, Job, refused
from provenance.signatures.model import SignatureStatus
from provenance.signatures.text import tame
from provenance.signatures.vouching import Stamp
from provenance.signatures.xmldsig.algorithms import DSIG
from provenance.signatures.xmldsig.reading import (
    MAX_PART_XML,
    MAX_SIGNATURE_XML,
    Element,
    attribute,
    base64_value,
    children,
    parse_xml,
)
from provenance.signatures.xmldsig.refusal import WORST_FIRST, Found, Refusal
from provenance.signatures.xmldsig.structure import MAX_REFERENCES, read_digest
from provenance.trust.model import Purpose

MAX_TOKEN: Final = 16 << 20  # bytes of one signature or time stamp; long-term data included
MAX_CONTENT: Final = 512 << 20  # bytes of a file signed without a list; it is held in memory
_ASIC: Final = "{http://uri.etsi.org/02918/v1.2.1#}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detached:
    """What the detached signatures of one container share."""

    package: FilePackage
    lists: Mapping[str, list[str]] | Refusal
    """Signature to the lists of files that name it; or why they cannot be read."""
    content: tuple[str, ...]
    """Files that a signature must cover."""
    cover: Callable[[list[str], set[str]], Coverage]
    """Measures files that are covered, and files that are named, against those that must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """What one detached signature is over."""

    member: str
    covered: tuple[str, ...]
    """Files whose bytes are what was signed."""
    named: frozenset[str]
    """Files that the list names, as signed or not."""
    faults: tuple[Refusal, ...] = ()
    """What is wrong with the other files of the list."""


def judge_detached(work: Detached, name: str, job: Job) -> list[SignatureStatus]:
    """Judge one `.p7s` or `.tst`; one status for each signer."""
    stamp = name.lower().endswith(".tst")
    status = job.start(Kind.ASIC_TIMESTAMP if stamp else Kind.ASIC, name)
    try:
        token = work.package.read(name, most=MAX_TOKEN)
        signed = _find_signed(work, name)
        content = work.package.read(signed.member, most=MAX_CONTENT)
    except Refusal as refusal:
        return [refused(status, refusal, Integrity.NOT_CHECKABLE)]
    judged = judge_cms(
        token,
        content=None if stamp else content,
        sha256=job.sha256,
        kind=status.kind,
        locator=status.locator,
        context=job.context,
        purpose=Purpose.TSA if stamp else Purpose.ASIC,
        prefix=status.id,
    )
    if stamp:
        found = judge_timestamp_token(token, imprint_of=content, context=job.context)
        judged = tuple(_stamped(one, found) for one in judged)
    return [_with_list(one, work, signed) for one in judged]


def read_lists(package: FilePackage, manifests: Sequence[str]) -> Mapping[str, list[str]] | Refusal:
    """Read once, for all signatures, which list names which signature."""
    found: dict[str, list[str]] = {}
    try:
        for manifest in manifests:
            signature = _signature_of(_read_manifest(package, manifest), package)
            if signature is not None:
                found.setdefault(signature, []).append(manifest)
    except Refusal as refusal:
        return refusal
    return found


def _find_signed(work: Detached, name: str) -> _Signed:
    if isinstance(work.lists, Refusal):
        raise work.lists
    named = work.lists.get(name, [])
    if len(named) > 1:
        raise Refusal("asic-manifest", "two lists of files name one signature")
    if named:
        return _compare(named[0], _read_manifest(work.package, named[0]), work.package)
    if len(work.content) == 1:
        return _Signed(member=work.content[0], covered=work.content, named=frozenset(work.content))
    raise Refusal("asic-manifest", "no list of files names it, and there is not one file alone")


def _read_manifest(package: FilePackage, name: str) -> Element:
    root = parse_xml(package.read(name, most=MAX_SIGNATURE_XML), most=MAX_PART_XML)
    if root.tag != _ASIC + "ASiCManifest":
        raise Refusal("asic-manifest", "a list of files of another shape")
    return root


def _signature_of(root: Element, package: FilePackage) -> str | None:
    """Return the member that a list says signs it; None when it is not there."""
    found = [one for one in children(root) if one.tag == _ASIC + "SigReference"]
    uri = attribute(found[0], "URI") if len(found) == 1 else None
    if uri is None:
        raise Refusal("asic-manifest", "a list of files that does not say what signs it")
    try:
        return package.locate(uri)
    except Refusal:
        return None


def _compare(manifest: str, root: Element, package: FilePackage) -> _Signed:
    """Compare every file of a list with what is there."""
    references = [one for one in children(root) if one.tag == _ASIC + "DataObjectReference"]
    if not 0 < len(references) <= MAX_REFERENCES:
        raise Refusal("asic-manifest", "a list of no files, or of too many")
    covered: list[str] = []
    named: set[str] = set()
    faults: list[Refusal] = []
    for one in references:
        try:
            member = package.locate(attribute(one, "URI") or "#")
            named.add(member)
            _require_same(one, member, package)
            covered.append(member)
        except Refusal as refusal:
            faults.append(refusal)
    return _Signed(
        member=manifest, covered=tuple(covered), named=frozenset(named), faults=tuple(faults)
    )


def _require_same(element: Element, member: str, package: FilePackage) -> None:
    parts = children(element)
    if [one.tag for one in parts[:2]] != [DSIG + "DigestMethod", DSIG + "DigestValue"]:
        raise Refusal("asic-manifest", "a file is listed in another shape")
    present = package.digest(member, read_digest(parts[0]))
    if not hmac.compare_digest(present, base64_value(parts[1])):
        raise Refusal("hash-failure", f"{tame(member, 200)} is not what was signed", Found.DIFFERS)


def _stamped(status: SignatureStatus, found: Stamp | NoStamp) -> SignatureStatus:
    """Take over what the strict check of the token says; it alone knows what it is over."""
    if isinstance(found, Stamp):
        return replace(
            status,
            time_basis=TimeBasis.TRUSTED_TIMESTAMP,
            proven_not_after=found.moment,
            time_authority=found.authority,
        )
    status = replace(status, native_codes=(*status.native_codes, found.code))
    if found.code == "timestamp-authority-unknown" or status.integrity is not Integrity.INTACT:
        return status
    other = found.code == "timestamp-other-data"
    return replace(
        status,
        integrity=Integrity.BROKEN if other else Integrity.NOT_CHECKABLE,
        changed_after=ChangedAfter.NOT_ANALYSED,
        error=f"{found.code}: {found.why}",
    )


def _with_list(status: SignatureStatus, work: Detached, signed: _Signed) -> SignatureStatus:
    """Put the comparison of the listed files into the status."""
    if status.presence is not Presence.PRESENT:
        return status
    coverage = work.cover(list(signed.covered), set(signed.named))
    faults = tuple(tame(one.text, 200) for one in signed.faults)
    # Bytes behind the container's end, which the common check found, stay uncovered.
    narrow = coverage.scope if status.scope is Scope.WHOLE else Scope.PART
    status = replace(
        status,
        scope=narrow,
        covered=coverage.covered,
        uncovered=(*faults, *status.uncovered, *coverage.uncovered),
        native_codes=(*status.native_codes, *coverage.codes),
    )
    if status.integrity is not Integrity.INTACT or not signed.faults:
        return status
    status = replace(status, changed_after=ChangedAfter.NOT_ANALYSED)
    worst = min(signed.faults, key=lambda one: WORST_FIRST.index(one.found))
    return refused(status, worst, Integrity.NOT_CHECKABLE)
