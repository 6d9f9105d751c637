"""Judge the signatures of an OpenDocument file (ODF 1.2 part 3, digital signatures).

Signatures stand in three files of META-INF and nowhere else, each a `document-signatures` with
ds:Signature children. A document signature must cover every file of the package, the manifest and
`mimetype` included, except the three files themselves; a file that it does not cover is listed and
makes the scope PART. A macro signature is made for macros alone and is PART. A package whose
content is encrypted is signed in its encrypted form, which is said.
"""

from functools import partial
from typing import Final

from provenance.signatures.axes import Integrity, Kind, Scope
from provenance.signatures.containers.archive import Archive
from provenance.signatures.containers.files import META, FilePackage
from provenance.signatures.containers.ooxml_claims import signed_properties
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
from provenance.signatures.xmldsig.reading import (
    MAX_PART_XML,
    MAX_SIGNATURE_XML,
    Element,
    children,
    descendants,
    parse_xml,
    text_value,
)
from provenance.signatures.xmldsig.refusal import Refusal
from provenance.signatures.xmldsig.verifying import Verified
from provenance.signatures.xmldsig.xades import parse_time
from provenance.trust.model import Purpose

DETECTOR: Final = "odf-signatures"
MAX_SIGNATURES: Final = 50  # in one file; a contract of a whole board has a dozen
DOCUMENT: Final = META + "documentsignatures.xml"
MACROS: Final = META + "macrosignatures.xml"
SIGNATURE_FILES: Final = (DOCUMENT, META + "packagesignatures.xml", MACROS)
ROOTS: Final = frozenset(
    {
        "{urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0}document-signatures",
        "{http://openoffice.org/2004/documentsignatures}document-signatures",  # before ODF 1.2
    }
)
_DATE: Final = "{http://purl.org/dc/elements/1.1/}date"
_MANIFEST: Final = META + "manifest.xml"
_ENCRYPTED: Final = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encryption-data"


def inspect_odf(archive: Archive, job: Job) -> Detected:
    """Judge every signature in the three signature files."""
    package = FilePackage(archive=archive)
    statuses: list[SignatureStatus] = []
    for name in SIGNATURE_FILES:
        if name in archive.members:
            statuses += _judge_file(package, name, job)
    warnings = []
    if statuses and _is_encrypted(archive):
        warnings.append("its content is encrypted; what was signed is the encrypted form")
    return Detected(statuses=tuple(statuses), ran=(DETECTOR,), warnings=tuple(warnings))


def _judge_file(package: FilePackage, name: str, job: Job) -> list[SignatureStatus]:
    layout = Layout(
        purpose=Purpose.ODF,
        missing=Integrity.BROKEN,
        measure=partial(_measure, package.archive, name),
        claims=_claims,
    )
    try:
        signatures = signatures_in(read_signature_file(package.archive, name), ROOTS)
    except Refusal as refusal:
        status = job.start(Kind.XMLDSIG_ODF, name)
        return [refused(status, refusal, Integrity.NOT_CHECKABLE)]
    return [
        judge_xml_signature(
            job.start(Kind.XMLDSIG_ODF, place_of(name, number, len(signatures))),
            one,
            package,
            layout,
            job.context,
        )
        for number, one in enumerate(signatures, 1)
    ]


def place_of(name: str, number: int, count: int) -> str:
    """Return where a signature stands: its file, and which of several in it."""
    return name if count == 1 else f"{name}, signature {number}"


def read_signature_file(archive: Archive, name: str) -> Element:
    """Return the root of a signature file.

    Raises:
        Refusal: it cannot be unpacked or parsed.
    """
    return parse_xml(archive.read(name, most=MAX_SIGNATURE_XML), most=MAX_SIGNATURE_XML)


def signatures_in(root: Element, roots: frozenset[str]) -> list[Element]:
    """Return the ds:Signature elements of a file that may hold nothing else.

    Raises:
        Refusal: it is of another shape, empty, or holds more than are judged.
    """
    if root.tag not in roots:
        raise Refusal("signature-layout", "a signature file with an unknown root")
    found = children(root)
    if not 0 < len(found) <= MAX_SIGNATURES:
        raise Refusal("signature-layout", "a signature file with no signatures, or too many")
    return found


def _measure(archive: Archive, own: str, verified: Verified) -> Coverage:
    covered, named = list(matching_members(verified)), named_members(verified)
    missed = [
        f"{name} (not signed)"
        for name in archive.members
        if name not in named and name not in SIGNATURE_FILES
    ]
    if own == MACROS:
        missed = [*missed, "everything but the macros, by its purpose"]
    scope = Scope.PART if missed or len(covered) < len(named) else Scope.WHOLE
    return Coverage(
        scope=scope if covered else Scope.METADATA_ONLY,
        covered=listed(covered),
        uncovered=listed(missed),
        codes=("parts-not-signed",) if missed else (),
    )


def _claims(verified: Verified) -> Claims:
    """The date that office programs write, beside XAdES or alone."""
    dates = [one for one in signed_properties(verified) if one.tag == _DATE]
    return Claims(moment=parse_time(text_value(dates[0])) if len(dates) == 1 else None)


def _is_encrypted(archive: Archive) -> bool:
    if _MANIFEST not in archive.members:
        return False
    try:
        root = parse_xml(archive.read(_MANIFEST, most=MAX_PART_XML), most=MAX_PART_XML)
    except Refusal:
        return False
    return any(one.tag == _ENCRYPTED for one in descendants(root))
