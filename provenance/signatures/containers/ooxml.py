"""Judge the signatures of an Office document (OOXML), its signature lines, and what hides.

A signature counts where the package leads to it: package, origin part, signature part (ECMA-376
part 2, section 13). Two origins are refused. A signature part that nothing leads to is named and
not judged: office programs do not show it. A signed macro project has a signature of another kind,
which is said and not judged. An origin without signatures is told: one may have been removed.
"""

from dataclasses import replace
from functools import partial
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Integrity, Kind, Presence
from provenance.signatures.containers.archive import Archive
from provenance.signatures.containers.ooxml_claims import read_claims
from provenance.signatures.containers.ooxml_coverage import ORIGIN, measure, signature_parts
from provenance.signatures.containers.opc import ROOT, OpcPackage, open_package, part_name
from provenance.signatures.containers.signature_lines import SignatureLine, find_signature_lines
from provenance.signatures.containers.steps import (
    Job,
    Layout,
    judge_xml_signature,
    refused,
)
from provenance.signatures.detected import Detected
from provenance.signatures.model import DetectorFailure, SignatureStatus
from provenance.signatures.xmldsig.reading import MAX_SIGNATURE_XML, Element, parse_xml
from provenance.signatures.xmldsig.refusal import Found, Refusal
from provenance.trust.model import Purpose

DETECTOR: Final = "ooxml-signatures"
LINES: Final = "ooxml-signature-lines"
MAX_SIGNATURES: Final = 50  # of one document; a contract of a whole board has a dozen
_TYPE: Final = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
_MACROS: Final = "application/vnd.ms-office.vbaprojectsignature"
_FOLDER: Final = "/_xmlsignatures/"


def inspect_ooxml(archive: Archive, job: Job) -> Detected:
    """Judge everything in an Office document that is, or might be, a signature.

    Raises:
        Refusal: the package cannot be read; nothing is known of its signatures then.
    """
    package = open_package(archive)
    origins = list(package.targets(ROOT, ORIGIN))
    statuses = [_judge(package, part, job) for part in signature_parts(package)[:MAX_SIGNATURES]]
    if len(origins) > 1:
        statuses = [_ambiguous(one) for one in statuses]
    warnings = []
    if origins and not statuses:
        warnings.append(
            "it has a place for signatures and none is in it; one may have been removed"
        )
    stray = _unlisted(package, job)
    if max(len(signature_parts(package)), len(stray)) > MAX_SIGNATURES:
        warnings.append(f"only the first {MAX_SIGNATURES} signatures were judged")
    statuses += stray[:MAX_SIGNATURES]
    statuses += _macros(package, job)
    return _with_lines(package, job, statuses, warnings)


def _with_lines(
    package: OpcPackage, job: Job, statuses: list[SignatureStatus], warnings: list[str]
) -> Detected:
    lines = attempt(LINES, lambda: find_signature_lines(package))
    if isinstance(lines, Fault):
        failure = DetectorFailure(detector=LINES, code="engine-failed", message=lines.text)
        return Detected(
            statuses=tuple(statuses),
            ran=(DETECTOR,),
            failures=(failure,),
            warnings=tuple(warnings),
        )
    if lines.more:
        warnings.append(f"{lines.more} more signature lines were not looked at")
    signed = {code for one in statuses for code in one.native_codes}
    empty = [one for one in lines.found if f"signature-line-{one.number}" not in signed]
    return Detected(
        statuses=(*statuses, *(_empty(one, job) for one in empty)),
        ran=(DETECTOR, LINES),
        not_determined=tuple(
            f"whether {part} has a place for a signature (it could not be read)"
            for part in lines.unread
        ),
        warnings=tuple(warnings),
    )


def _judge(package: OpcPackage, part: str, job: Job) -> SignatureStatus:
    member = package.parts.get(part)
    status = job.start(Kind.XMLDSIG_OOXML, part_name(member) if member is not None else part)
    if member is None:
        gone = Refusal("signature-missing", "the package leads to a signature that is not in it")
        return refused(status, gone, Integrity.NOT_CHECKABLE)
    layout = Layout(
        purpose=Purpose.OOXML,
        missing=Integrity.BROKEN,
        measure=partial(measure, package),
        claims=read_claims,
    )
    try:
        root = _root(package, part, member)
    except Refusal as refusal:
        return refused(status, refusal, Integrity.NOT_CHECKABLE)
    return judge_xml_signature(status, root, package, layout, job.context)


def _root(package: OpcPackage, part: str, member: str) -> Element:
    if package.types.of(part) != _TYPE:
        raise Refusal("signature-layout", "a signature part that is declared as something else")
    return parse_xml(package.read(member, most=MAX_SIGNATURE_XML), most=MAX_SIGNATURE_XML)


def _ambiguous(status: SignatureStatus) -> SignatureStatus:
    twice = Refusal("two-origins", "the package has two places for signatures")
    return refused(status, twice, Integrity.NOT_CHECKABLE)


def _unlisted(package: OpcPackage, job: Job) -> list[SignatureStatus]:
    """Signature parts that nothing leads to."""
    listed = set(signature_parts(package))
    stray = [
        member
        for part, member in package.parts.items()
        if part not in listed
        and (
            package.types.of(part) == _TYPE or (part.startswith(_FOLDER) and part.endswith(".xml"))
        )
    ]
    refusal = Refusal(
        "signature-not-listed", "a signature that the package does not lead to; programs ignore it"
    )
    return [
        refused(job.start(Kind.XMLDSIG_OOXML, part_name(member)), refusal, Integrity.NOT_CHECKABLE)
        for member in stray[: MAX_SIGNATURES + 1]
    ]


def _macros(package: OpcPackage, job: Job) -> list[SignatureStatus]:
    refusal = Refusal(
        "macro-signature",
        "it is a macro project's own signature, over the macros alone",
        Found.UNSUPPORTED,
    )
    return [
        refused(job.start(Kind.CMS, part_name(member)), refusal, Integrity.NOT_CHECKABLE)
        for part, member in package.parts.items()
        if (package.types.of(part) or "").startswith(_MACROS)
    ]


def _empty(line: SignatureLine, job: Job) -> SignatureStatus:
    whom = f' for "{line.suggested}"' if line.suggested else ""
    return replace(
        job.start(Kind.XMLDSIG_OOXML, f"a signature line{whom} in {line.part}"),
        presence=Presence.EMPTY_SLOT,
        integrity=Integrity.NOT_CHECKABLE,
        claimed_author=line.suggested,
        confidence="high",
        native_codes=("signature-line-empty",),
    )
