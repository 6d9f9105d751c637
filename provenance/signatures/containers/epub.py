"""Judge the signatures of an EPUB book (EPUB 3.3 section 4.2.6.3.6, OCF 3.2 section 2.5.6).

Signatures stand in META-INF/signatures.xml and nowhere else: a `signatures` element of the
container's namespace with ds:Signature children, as a rule over a manifest of the book's files.
Rules:
  1. a signature must cover every file of the book except the one that it stands in; META-INF is no
     exception: container.xml decides which book is opened, encryption.xml how its files are read;
  2. `mimetype` that holds what the format prescribes may be left unsigned; it is told, no more;
  3. a signed file that is not there, or is another, is BROKEN: a book has no files elsewhere;
  4. encrypted and obfuscated files are signed in that form; encryption.xml is named, not followed.
  5. a file that is signed in canonical form is signed without its comments, and however its
     characters are written (XML C14N 1.0): that is told, since a program that takes the page for
     HTML may read either.
What a book loads from elsewhere (sound, film and fonts may be remote) is covered by no signature.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from provenance.signatures.axes import Integrity, Kind, Scope
from provenance.signatures.containers.archive import Archive
from provenance.signatures.containers.files import META, MIMETYPE, FilePackage
from provenance.signatures.containers.odf import place_of, read_signature_file, signatures_in
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
from provenance.signatures.xmldsig.reading import MAX_PART_XML, descendants, parse_xml
from provenance.signatures.xmldsig.refusal import Refusal
from provenance.signatures.xmldsig.verifying import Verified
from provenance.trust.model import Purpose

DETECTOR: Final = "epub-signatures"
EPUB: Final = b"application/epub+zip"
SIGNATURES: Final = META + "signatures.xml"
ROOTS: Final = frozenset({"{urn:oasis:names:tc:opendocument:xmlns:container}signatures"})
ENCRYPTION: Final = META + "encryption.xml"
REMOTE: Final = "what the book loads from elsewhere, if it does"
WRITING: Final = "comments in its pages, and how their characters are written"
_ENCRYPTED: Final = "{http://www.w3.org/2001/04/xmlenc#}EncryptedData"


def is_epub(archive: Archive) -> bool:
    """Tell whether a package says that it is a book, exactly as the format prescribes (OCF 3.3)."""
    if MIMETYPE not in archive.members:
        return False
    try:
        return archive.read(MIMETYPE, most=len(EPUB)) == EPUB
    except Refusal:
        return False


def holds_epub_signatures(archive: Archive) -> bool:
    """Tell whether the signature file is a book's; ASiC containers have one of the same name."""
    if SIGNATURES not in archive.members:
        return False
    try:
        return read_signature_file(archive, SIGNATURES).tag in ROOTS
    except Refusal:
        return is_epub(archive)


def inspect_epub(archive: Archive, job: Job) -> Detected:
    """Judge every signature in the signature file."""
    statuses = _judge_file(archive, job) if holds_epub_signatures(archive) else []
    warnings = tuple(_encryption(archive)) if statuses or is_epub(archive) else ()
    return Detected(statuses=tuple(statuses), ran=(DETECTOR,), warnings=warnings)


def _judge_file(archive: Archive, job: Job) -> list[SignatureStatus]:
    layout = Layout(
        purpose=Purpose.ODF,
        missing=Integrity.BROKEN,
        measure=partial(_measure, archive),
        claims=lambda _: Claims(),
    )
    try:
        signatures = signatures_in(read_signature_file(archive, SIGNATURES), ROOTS)
    except Refusal as refusal:
        status = job.start(Kind.XMLDSIG_EPUB, SIGNATURES)
        return [refused(status, refusal, Integrity.NOT_CHECKABLE)]
    package = FilePackage(archive=archive)
    return [
        judge_xml_signature(
            job.start(Kind.XMLDSIG_EPUB, place_of(SIGNATURES, number, len(signatures))),
            one,
            package,
            layout,
            job.context,
        )
        for number, one in enumerate(signatures, 1)
    ]


def _measure(archive: Archive, verified: Verified) -> Coverage:
    """Rules 1 and 2."""
    covered, named = list(matching_members(verified)), named_members(verified)
    excused = {SIGNATURES} | ({MIMETYPE} if is_epub(archive) else set())
    missed = [one for one in archive.members if one not in named and one not in excused]
    apart = [f"{MIMETYPE} (not signed)"] if MIMETYPE in excused - named else []
    scope = Scope.PART if missed or len(covered) < len(named) else Scope.WHOLE
    return Coverage(
        scope=scope if covered else Scope.METADATA_ONLY,
        covered=listed(covered),
        uncovered=(
            *listed([f"{one} (not signed)" for one in missed]),
            *apart,
            *([WRITING] if _in_canonical_form(verified) else ()),
            REMOTE,
        ),
        codes=("parts-not-signed",) if missed else (),
    )


def _in_canonical_form(verified: Verified) -> bool:
    """Rule 5."""
    forms = [one.reference.c14n for one in verified.compared if one.member is not None]
    return any(form is not None for form in forms)


def _encryption(archive: Archive) -> Iterator[str]:
    """Rule 4."""
    if ENCRYPTION not in archive.members:
        return
    try:
        root = parse_xml(archive.read(ENCRYPTION, most=MAX_PART_XML), most=MAX_PART_XML)
        count = sum(1 for one in descendants(root) if one.tag == _ENCRYPTED)
    except Refusal:
        yield f"{ENCRYPTION} says which of its files are encrypted, and cannot be read"
        return
    yield (
        f"{ENCRYPTION} names {count} of its files as encrypted or obfuscated: what is signed is"
        " that form, and what they say was not looked at"
    )
