"""The steps that one signature field goes through, from "is there a signature" to "by whom".

Order: present and of a kind that can be checked; loaded; integrity; scope; strength; trust. Each
step is guarded on its own by `judge_case`: an exception leaves a code behind and never makes an
answer better or worse than "not known". Imports the PDF engine: only a worker imports this module.
"""

from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any, Final

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Crypto, Integrity, Kind, Presence, Scope, TimeBasis
from provenance.signatures.certificates import read_identity
from provenance.signatures.cms.integrity import Verdict, check_integrity
from provenance.signatures.cms.reading import read_container
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.pdf.raw import RangeCheck, RawSurvey, check_byte_range
from provenance.signatures.pdf.read import Field, Opened, reopen_lax
from provenance.signatures.pdf.render import Comparer
from provenance.signatures.pdf.trust import Proof, judge_crypto, judge_trust, validate
from provenance.signatures.text import tame
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import TrustSet

ENGINE_VERSION: Final = version("pyhanko")
_CHECKED: Final = frozenset({"/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/PBAD.PAdES"})
_STAMP: Final = "/ETSI.RFC3161"
_STOPPED: Final = {
    "present": "what stands in the field is not built as a signature",
    "load": "the signature cannot be read",
    "integrity": "whether the signed bytes are unchanged could not be worked out",
    "scope": "what it covers could not be worked out",
    "trust": "whose key made it could not be worked out",
}
"""What a step that did not come to its end leaves open."""
_IRREGULAR: Final = {
    "range-not-two-stretches": "it does not cover two stretches of the file, as it must",
    "range-not-from-start": "what it covers does not begin where the file begins",
    "range-overlaps": "the stretches that it covers overlap",
    "range-beyond-file": "it claims to cover more than the file has",
}
_IRREGULAR_ELSE: Final = "something other than the signature itself lies where that must be"
_STOP: Final = "a step of its check did not come to its end"


@dataclass(slots=True, kw_only=True)
class Case:
    """One field on its way through the steps."""

    status: SignatureStatus
    field: Field
    stamp: bool = False
    signature: Any = None
    check: RangeCheck | None = None
    numbers: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True)
class Work:
    """What all cases of one document share."""

    data: bytes
    sha256: str
    survey: RawSurvey
    opened: Opened
    context: TrustContext
    lax: Opened | Fault | None = None
    proofs: list[Proof] = field(default_factory=list)
    comparer: Comparer | Fault | None = None


def start_case(work: Work, number: int, one: Field) -> Case:
    """Begin the record of one field: kind and place, and ERROR until a step says better."""
    status = SignatureStatus(
        id=f"pdf-{number}",
        document_sha256=work.sha256,
        kind=Kind.PDF_USAGE_RIGHTS if one.via == "usage-rights" else Kind.PDF_SIG,
        locator=Locator(name=one.name, page=one.page, box=one.box),
        presence=Presence.PRESENT,
        integrity=Integrity.ERROR,
        engine="pyhanko",
        engine_version=ENGINE_VERSION,
        mode=work.opened.mode,
        revision_count=len(work.survey.revision_ends) or None,
        native_codes=() if one.via == "form" else (f"found-via-{one.via}",),
    )
    case = Case(status=status, field=one)
    dictionary = attempt("signature-dictionary", lambda: _dictionary(one))
    if isinstance(dictionary, generic.DictionaryObject):
        case.stamp = (
            dictionary.get("/Type") == "/DocTimeStamp" or dictionary.get("/SubFilter") == _STAMP
        )
        if case.stamp:
            case.status = replace(status, kind=Kind.PDF_TIMESTAMP)
    return case


def _dictionary(one: Field) -> Any:  # noqa: ANN401 - engine object
    value = one.value.get_object() if one.value is not None else None
    return None if isinstance(value, generic.NullObject) else value


def judge_case(work: Work, case: Case) -> None:
    """Steps 2 to 5 for one field."""
    for step in (_present, _load, _integrity, _scope, _strength, _trust):
        if case.status.presence is not Presence.PRESENT:
            return
        fault = attempt(step.__name__.strip("_"), lambda step=step: step(work, case))  # type: ignore[misc] # bound now
        if isinstance(fault, Fault):
            note_fault(case, fault)
            if step in {_present, _load, _integrity, _scope}:
                return
        if case.status.integrity in {Integrity.BROKEN, Integrity.NOT_CHECKABLE}:
            attempt("names", lambda: _names(case))
            return


def note_fault(case: Case, fault: Fault) -> None:
    """Record that a step came to no end; the integrity of a failed scope check is unknown."""
    code = f"{fault.step}-failed"
    case.status = replace(
        case.status,
        error=case.status.error or f"{code}: {_STOPPED.get(fault.step, _STOP)}{fault.because}",
        native_codes=(*case.status.native_codes, code),
    )
    if fault.step == "scope":
        case.status = replace(case.status, integrity=Integrity.ERROR)


def _present(_work: Work, case: Case) -> None:
    """Is there a signature, and is it of a kind that can be checked?"""
    dictionary = _dictionary(case.field)
    if dictionary is None:
        _empty(case, "field-without-value")
        return
    if not isinstance(dictionary, generic.DictionaryObject):
        raise TypeError("the value of the signature field is not a dictionary")
    numbers = attempt("byte-range", lambda: tuple(int(one) for one in dictionary["/ByteRange"]))
    case.numbers = () if isinstance(numbers, Fault) else numbers
    name = dictionary.get("/Name")
    if name is not None:
        case.status = replace(case.status, claimed_author=tame(name, 200))
    if case.field.via == "usage-rights":
        # ISO 32000-2 12.8.2.3: a vendor's licence mark, made by a program. It is not judged.
        _not_checkable(case, "usage-rights-only", "a program's licence mark, not a signature")
        return
    contents = dictionary.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
    contents = getattr(contents.get_object(), "original_bytes", None)
    if contents is None:
        raise TypeError("/Contents is not a string")
    if not contents.strip(b"\x00"):
        _empty(case, "contents-empty")
        return
    subfilter = str(dictionary.get("/SubFilter", ""))
    if subfilter not in _CHECKED and subfilter != _STAMP:
        case.status = replace(
            case.status,
            presence=Presence.UNSUPPORTED,
            integrity=Integrity.NOT_CHECKABLE,
            error=f"subfilter-not-handled: {tame(subfilter, 80) or 'none given'}",
            native_codes=(*case.status.native_codes, "subfilter-not-handled"),
        )
        return
    _signers(case, contents)


def _signers(case: Case, contents: bytes) -> None:
    """RFC 5652 5.1: any number of signers; none is an empty slot, several are ambiguous here."""
    signed = cms.ContentInfo.load(contents)["content"]
    signers = len(signed["signer_infos"])
    if signers == 0:
        _empty(case, "no-signer-info")
    elif signers > 1:
        _not_checkable(case, "several-signer-infos", f"{signers} signers share one signature")
    elif not signed["certificates"]:
        _not_checkable(case, "no-signing-certificate", "the signature carries no certificate")


def _empty(case: Case, code: str) -> None:
    case.status = replace(
        case.status,
        presence=Presence.EMPTY_SLOT,
        integrity=Integrity.NOT_CHECKABLE,
        confidence="high",
        native_codes=(*case.status.native_codes, code),
    )


def _not_checkable(case: Case, code: str, why: str) -> None:
    case.status = replace(
        case.status,
        integrity=Integrity.NOT_CHECKABLE,
        error=f"{code}: {why}",
        native_codes=(*case.status.native_codes, code),
    )


def _load(work: Work, case: Case) -> None:
    if case.status.integrity is not Integrity.ERROR:
        return
    loaded = attempt("load", lambda: _embedded(work.opened.reader, case.field, stamp=case.stamp))
    if isinstance(loaded, Fault):
        lax = lax_signature(work, case) if work.opened.mode == "strict" else None
        if lax is None:
            note_fault(case, loaded)
            return
        case.status = replace(case.status, mode="lax")
        loaded = lax
    case.signature = loaded
    case.numbers = tuple(int(number) for number in loaded.byte_range)


def _integrity(work: Work, case: Case) -> None:
    """Digest and signature value, nothing else (and nothing later)."""
    if case.signature is None:
        return
    bare = TrustContext(trust=TrustSet(), at=work.context.at, reference_time=None)
    result = attempt("integrity", lambda: validate(case.signature, bare, bare.at, stamp=case.stamp))
    if isinstance(result, Fault) and work.opened.mode == "strict":
        lax = lax_signature(work, case)
        if lax is not None:
            # Hybrid-reference files among others: the strict reader opens them but will not judge.
            case.signature = lax
            case.status = replace(case.status, mode="lax")
            result = attempt("integrity", lambda: validate(lax, bare, bare.at, stamp=case.stamp))
    if isinstance(result, Fault):
        note_fault(case, result)
        return
    sound = result.intact and result.valid
    codes = () if sound else (("sig-crypto-failure",) if result.intact else ("hash-failure",))
    if result.intact and not sound and _holds_as_stored(work, case):
        # Attributes out of DER order: the engine writes them anew before it checks (RFC 5652 5.4).
        sound, codes = True, ("attributes-not-in-order",)
    case.status = replace(
        case.status,
        integrity=Integrity.INTACT if sound else Integrity.BROKEN,
        native_codes=(
            *case.status.native_codes,
            f"coverage-{result.coverage.name.lower()}",
            *codes,
        ),
    )


def _holds_as_stored(work: Work, case: Case) -> bool:
    """Whether the signature value holds over its attributes as they stand in the file.

    Asked only when the engine finds the digest right and the value wrong: nothing is called broken
    on the word of one reader alone. The signer stays unknown, whom the engine did not vouch for.
    """

    def look() -> Verdict:
        numbers = case.numbers
        pieces = zip(numbers[::2], numbers[1::2], strict=True)
        content = b"".join(work.data[start : start + length] for start, length in pieces)
        container = read_container(bytes(case.signature.pkcs7_content))
        (info,) = container.signers  # parsed afresh: the engine has written its own anew
        return check_integrity(container, info, case.signature.signer_cert, content)

    found = attempt("second-look", look)
    return not isinstance(found, Fault) and found.integrity is Integrity.INTACT


class _Stamp(EmbeddedPdfSignature):
    """A document time stamp; ISO 32000-2 12.8.5 makes its /Type optional, the engine does not."""

    @property
    def sig_object_type(self) -> generic.NameObject:
        return generic.NameObject("/DocTimeStamp")


def _embedded(reader: Any, one: Field, *, stamp: bool) -> Any:  # noqa: ANN401 - engine objects
    return (_Stamp if stamp else EmbeddedPdfSignature)(reader, one.dictionary, one.name)


def lax_signature(work: Work, case: Case) -> Any:  # noqa: ANN401 - engine object or None
    """The same signature as a forgiving reader sees it, found by name AND by its bytes."""
    if work.lax is None:
        work.lax = reopen_lax(work.opened)
    lax = work.lax
    if isinstance(lax, Fault):
        return None
    for one in lax.fields:
        if one.name == case.field.name and one.via == case.field.via:
            found = attempt(
                "load-lax",
                lambda one=one, lax=lax: _embedded(lax.reader, one, stamp=case.stamp),  # type: ignore[misc] # bound now
            )
            if not isinstance(found, Fault) and (
                case.signature is None or found.pkcs7_content == case.signature.pkcs7_content
            ):
                return found
    return None


def _scope(work: Work, case: Case) -> None:
    """The engine and our own look at the bytes must both say that nothing is left out."""
    if case.status.integrity is not Integrity.INTACT:
        return
    check = check_byte_range(work.data, case.numbers, case.signature.pkcs7_content)
    case.check = check
    engine = case.signature.coverage
    scope = Scope.PART
    if check.whole and engine is SignatureCoverageLevel.ENTIRE_FILE:
        scope = Scope.WHOLE
    elif check.regular and engine >= SignatureCoverageLevel.ENTIRE_REVISION:
        scope = Scope.REVISION
    rest = len(work.data) - check.end
    uncovered = [f"{rest} bytes added behind the signed ones"] if rest > 0 else []
    if not check.regular:
        uncovered.append(_IRREGULAR.get(check.code, _IRREGULAR_ELSE))
    codes = () if check.code == "ok" else (check.code,)
    case.status = replace(
        case.status,
        scope=scope,
        covered=(f"bytes 0 to {check.end} except the signature itself",),
        uncovered=tuple(uncovered),
        native_codes=(*case.status.native_codes, *codes),
    )


def _strength(_work: Work, case: Case) -> None:
    if case.status.integrity is Integrity.INTACT:
        case.status = judge_crypto(case.status, case.signature)


def _trust(work: Work, case: Case) -> None:
    if case.status.integrity is not Integrity.INTACT or case.check is None:
        return
    end = case.check.end
    earlier = [proof for proof in work.proofs if proof.end >= end and case.check.regular]
    proof = min(earlier, key=lambda one: one.moment, default=None)
    case.status = judge_trust(
        case.status, case.signature, work.context, None if case.stamp else proof, stamp=case.stamp
    )
    if "CRYPTO_CONSTRAINTS_FAILURE" in case.status.native_codes and case.status.crypto is Crypto.OK:
        case.status = replace(case.status, crypto=Crypto.LEGACY)
    stamped = case.status.proven_not_after
    if (
        case.stamp
        and case.check.regular
        and stamped is not None
        and case.status.time_basis is TimeBasis.TRUSTED_TIMESTAMP
    ):
        work.proofs.append(
            Proof(end=end, moment=stamped, authority=case.status.time_authority or "")
        )


def _names(case: Case) -> None:
    """Names for the record of a broken signature: what it claims, for the search that follows."""
    if case.signature is not None:
        case.status = replace(case.status, identity=read_identity(case.signature.signer_cert))
