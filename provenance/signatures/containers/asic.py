"""Judge the signatures of an associated signature container (ASiC-S and ASiC-E, EN 319 162-1).

Everything that signs stands in META-INF, told by its name:
  * `*signatures*.xml`: XAdES signatures that name the files they cover;
  * `*.p7s`: CAdES, over an `ASiCManifest` that lists files with digests (`asic_manifests`), or over
    the one file of a simple container; `*.tst`: time stamps over the same;
  * evidence records (RFC 4998, RFC 6283): said, not judged.
A signature must cover every file outside META-INF except `mimetype`; a file that it does not cover
is listed and makes the scope PART, and so does a file in META-INF that belongs to no known role.
A signed file that is not there may lie elsewhere: NOT_CHECKABLE, not BROKEN.
"""

import re
from functools import partial
from typing import Final

from provenance.signatures.axes import Integrity, Kind, Scope
from provenance.signatures.containers.archive import Archive
from provenance.signatures.containers.asic_manifests import Detached, judge_detached, read_lists
from provenance.signatures.containers.epub import SIGNATURES, holds_epub_signatures, is_epub
from provenance.signatures.containers.files import META, MIMETYPE, FilePackage
from provenance.signatures.containers.odf import (
    ROOTS,
    SIGNATURE_FILES,
    place_of,
    read_signature_file,
    signatures_in,
)
from provenance.signatures.containers.steps import (
    Claims,
    Coverage,
    Job,
    Layout,
    judge_xml_signature,
    listed,
    matching_members,
    named_members,
    refused,
)
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.xmldsig.algorithms import DSIG
from provenance.signatures.xmldsig.reading import Element
from provenance.signatures.xmldsig.refusal import Found, Refusal
from provenance.signatures.xmldsig.verifying import Verified
from provenance.trust.model import Purpose

DETECTOR: Final = "asic-signatures"
MAX_FILES: Final = 100  # signature files of one container; archives that are re-stamped have tens
_IN_META: Final = r"META-INF/[^/]*"
_XADES: Final = re.compile(_IN_META + r"signatures[^/]*\.xml", re.IGNORECASE)
_DETACHED: Final = re.compile(_IN_META + r"\.(?:p7s|tst)", re.IGNORECASE)
_MANIFEST: Final = re.compile(_IN_META + r"ASiC[^/]*Manifest[^/]*\.xml", re.IGNORECASE)
_EVIDENCE: Final = re.compile(
    _IN_META + r"(?:evidencerecord(?!manifest)[^/]*\.xml|\.ers)", re.IGNORECASE
)
_ROLES: Final = (_XADES, _DETACHED, _MANIFEST, _EVIDENCE)
_OTHERS: Final = frozenset({META + "manifest.xml", META + "container.xml"})
_ROOTS: Final = ROOTS | {
    "{http://uri.etsi.org/02918/v1.2.1#}XAdESSignatures",
    "{http://uri.etsi.org/02918/v1.1.1#}XAdESSignatures",
}


def inspect_asic(archive: Archive, job: Job) -> Detected:
    """Judge every signature file in META-INF."""
    xades, detached, evidence = (_named(archive, one) for one in (_XADES, _DETACHED, _EVIDENCE))
    if holds_epub_signatures(archive):
        xades.remove(SIGNATURES)
    package = FilePackage(archive=archive)
    statuses: list[SignatureStatus] = []
    for name in xades[:MAX_FILES]:
        statuses += _judge_file(package, name, job)
    manifests = _named(archive, _MANIFEST)
    work = Detached(
        package=package,
        lists=read_lists(package, manifests if detached else ()),
        content=tuple(content_files(archive)),
        cover=partial(_cover, archive),
    )
    for name in detached[:MAX_FILES]:
        statuses += judge_detached(work, name, job)
    unjudged = Refusal(
        "evidence-record", "it is an evidence record, which is not judged here", Found.UNSUPPORTED
    )
    statuses += [
        refused(job.start(Kind.ASIC, name), unjudged, Integrity.NOT_CHECKABLE)
        for name in evidence[:MAX_FILES]
    ]
    warnings = []
    if max(len(one) for one in (xades, detached, evidence)) > MAX_FILES:
        warnings.append(f"only the first {MAX_FILES} signature files were judged")
    if manifests and not (detached or evidence):
        warnings.append(
            "it has a list of files to sign and no signature; one may have been removed"
        )
    return Detected(statuses=tuple(statuses), ran=(DETECTOR,), warnings=tuple(warnings))


def _named(archive: Archive, pattern: re.Pattern[str]) -> list[str]:
    return [
        name for name in archive.members if pattern.fullmatch(name) and name not in SIGNATURE_FILES
    ]


def content_files(archive: Archive) -> list[str]:
    """Return what a signature must cover; of a book, what decides how it is opened as well."""
    others = frozenset[str]() if is_epub(archive) else _OTHERS
    return [
        name
        for name in archive.members
        if name != MIMETYPE and not (name.startswith(META) and (name in others or _has_role(name)))
    ]


def _has_role(name: str) -> bool:
    return name in SIGNATURE_FILES or any(one.fullmatch(name) for one in _ROLES)


def _judge_file(package: FilePackage, name: str, job: Job) -> list[SignatureStatus]:
    layout = Layout(
        purpose=Purpose.ASIC,
        missing=Integrity.NOT_CHECKABLE,
        measure=partial(_measure, package.archive),
        claims=lambda _: Claims(),
    )
    try:
        signatures = _signatures(package.archive, name)
    except Refusal as refusal:
        return [refused(job.start(Kind.ASIC, name), refusal, Integrity.NOT_CHECKABLE)]
    return [
        judge_xml_signature(
            job.start(Kind.ASIC, place_of(name, number, len(signatures))),
            one,
            package,
            layout,
            job.context,
        )
        for number, one in enumerate(signatures, 1)
    ]


def _signatures(archive: Archive, name: str) -> list[Element]:
    """A simple container may hold the one signature as the root of its file."""
    root = read_signature_file(archive, name)
    return [root] if root.tag == DSIG + "Signature" else signatures_in(root, _ROOTS)


def _measure(archive: Archive, verified: Verified) -> Coverage:
    return _cover(archive, list(matching_members(verified)), named_members(verified))


def _cover(archive: Archive, covered: list[str], named: set[str]) -> Coverage:
    """Measure files that are covered against those that must be."""
    missed = [f"{name} (not signed)" for name in content_files(archive) if name not in named]
    apart = [
        f"{name} (not signed)"
        for name in archive.members
        if name not in named and name in {MIMETYPE, META + "manifest.xml"}
    ]
    scope = Scope.PART if missed or len(covered) < len(named) else Scope.WHOLE
    return Coverage(
        scope=scope if covered else Scope.METADATA_ONLY,
        covered=listed(covered),
        uncovered=(*listed(missed), *apart),
        codes=("parts-not-signed",) if missed else (),
    )
