"""From one XML signature in a package to its status; the same for every kind of package.

Order, each step guarded on its own: the signature is verified (`xmldsig.verifying`); scope, by the
format's own rule; strength of the algorithms; time stamps over the signature value; who and when
(`vouching`), and whether that certificate may sign at all. A refusal leaves its code and never
makes an answer good; an exception is ERROR, never BROKEN and never "unsigned".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from asn1crypto import x509
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it has no types

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import (
    ChangedAfter,
    Crypto,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
)
from provenance.signatures.certificates import judge_strength, read_identity
from provenance.signatures.cms.usage import refuse_usage
from provenance.signatures.containers.times import choose_claimed_time, weigh_stamps
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.text import tame
from provenance.signatures.vouching import Presented, TrustContext, judge_signer
from provenance.signatures.xmldsig.reading import Element
from provenance.signatures.xmldsig.references import Package
from provenance.signatures.xmldsig.refusal import Found, Refusal
from provenance.signatures.xmldsig.structure import Selection
from provenance.signatures.xmldsig.verifying import Verified, verify_signature
from provenance.trust.model import Purpose

ENGINE: Final = "provenance-xmldsig"
ENGINE_VERSION: Final = "lxml " + ".".join(map(str, etree.LXML_VERSION[:3]))
MAX_LISTED: Final = 100  # parts named one by one in a status; more are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a signature covers, by the rule of its format."""

    scope: Scope
    covered: tuple[str, ...]
    uncovered: tuple[str, ...]
    """Plain words; first what degrades the scope, then what the format never signs."""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a format adds to the common steps."""

    purpose: Purpose
    missing: Integrity
    """What follows when a signed part is not there: BROKEN where the format knows no parts outside
    the package, NOT_CHECKABLE where it may lie elsewhere."""
    measure: Callable[[Verified], Coverage]
    claims: Callable[[Verified], "Claims"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the signature says beside XAdES, in the format's own words, if it is signed."""

    moment: datetime | None = None
    author: str | None = None
    codes: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Job:
    """What all signatures of one document share."""

    sha256: str
    context: TrustContext
    count: int = 0

    def start(self, kind: Kind, name: str) -> SignatureStatus:
        """Begin the record of one signature: ERROR until a step says better."""
        self.count += 1
        return SignatureStatus(
            id=f"{kind.value}-{self.count}",
            document_sha256=self.sha256,
            kind=kind,
            locator=Locator(name=tame(name, 200)),
            presence=Presence.PRESENT,
            integrity=Integrity.ERROR,
            engine=ENGINE,
            engine_version=ENGINE_VERSION,
            trust_set_sha256=self.context.trust.sha256,
        )


def matching_members(verified: Verified) -> dict[str, Selection | None]:
    """Return the members that are as signed; of relationships parts, what of them is signed."""
    return {
        one.member: one.reference.selection
        for one in verified.compared
        if one.found is Found.MATCHES and one.member is not None
    }


def named_members(verified: Verified) -> set[str]:
    """Return the members that a reference leads to, as signed or not."""
    return {one.member for one in verified.compared if one.member is not None}


def listed(names: list[str]) -> tuple[str, ...]:
    """Return names tamed, and as a number what is more than can be read."""
    shown = tuple(tame(one, 200) for one in names[:MAX_LISTED])
    rest = len(names) - len(shown)
    return (*shown, f"and {rest} more") if rest else shown


def judge_xml_signature(
    status: SignatureStatus,
    element: Element,
    package: Package,
    layout: Layout,
    context: TrustContext,
) -> SignatureStatus:
    """Judge one ds:Signature; total."""
    verified = attempt("verify", lambda: _verify(element, package))
    if isinstance(verified, Fault):
        return failed(status, verified)
    if isinstance(verified, Refusal):
        return refused(status, verified, layout.missing)
    judged = attempt("judge", lambda: _judge(status, verified, layout, context))
    return failed(status, judged) if isinstance(judged, Fault) else judged


def _verify(element: Element, package: Package) -> Verified | Refusal:
    try:
        return verify_signature(element, package)
    except Refusal as refusal:
        return refusal


def failed(status: SignatureStatus, fault: Fault) -> SignatureStatus:
    """Return the status of a signature whose check came to no end."""
    return replace(
        status,
        integrity=Integrity.ERROR,
        error=f"{fault.step}-failed: a step of its check did not come to its end{fault.because}",
        native_codes=(*status.native_codes, f"{fault.step}-failed"),
    )


def refused(status: SignatureStatus, refusal: Refusal, missing: Integrity) -> SignatureStatus:
    """Return the status of a signature that was not taken."""
    presence = Presence.UNSUPPORTED if refusal.found is Found.UNSUPPORTED else status.presence
    integrity = {Found.DIFFERS: Integrity.BROKEN, Found.MISSING: missing}
    return replace(
        status,
        presence=presence,
        integrity=integrity.get(refusal.found, Integrity.NOT_CHECKABLE),
        error=refusal.line,
        native_codes=tuple(dict.fromkeys((*status.native_codes, refusal.reason))),
    )


def _judge(
    status: SignatureStatus, verified: Verified, layout: Layout, context: TrustContext
) -> SignatureStatus:
    status = _named(status, verified)
    status = replace(
        status,
        native_codes=(*status.native_codes, *verified.properties.codes),
        warnings=(*status.warnings, *verified.properties.warnings),
    )
    claims = layout.claims(verified)
    status = _covered(status, verified, layout.measure(verified), claims)
    certificate = verified.certificate
    if verified.found is not Found.MATCHES or certificate is None:
        status = refused(
            status, Refusal(verified.reason, verified.text, verified.found), layout.missing
        )
        # Every part that differs is named, not only the first.
        reasons = (one.reason for one in verified.compared if one.reason)
        codes = tuple(dict.fromkeys((*status.native_codes, *reasons)))
        return replace(status, native_codes=codes)
    # Nothing can follow what is covered; what is not covered is a matter of scope.
    status = replace(status, integrity=Integrity.INTACT, changed_after=ChangedAfter.NONE)
    status, claimed = choose_claimed_time(status, verified, claims.moment)
    return _vouch(status, verified, certificate, layout.purpose, context, claimed)


def _named(status: SignatureStatus, verified: Verified) -> SignatureStatus:
    """Names and algorithms for every outcome: they are what a search begins with."""
    certificate = verified.certificate or verified.presented
    if certificate is None:
        return status
    names = attempt("names", lambda: read_identity(certificate))
    if not isinstance(names, Fault):
        status = replace(status, identity=names)
    method = verified.signature.method
    digests = {one.reference.digest for one in verified.compared}
    digests |= {method.digest} if method.digest else set()
    used = attempt("strength", lambda: judge_strength(digests, certificate.public_key))
    if isinstance(used, Fault):
        # Not known to be strong: never to be read as fit for evidence.
        codes = (*status.native_codes, "strength-unknown")
        return replace(status, crypto=Crypto.LEGACY, native_codes=codes)
    crypto, bits, words = used
    return replace(
        status,
        crypto=crypto,
        key_bits=bits,
        algorithms=(*words[:-1], method.scheme.value, words[-1]),
    )


def _covered(
    status: SignatureStatus, verified: Verified, coverage: Coverage, claims: Claims
) -> SignatureStatus:
    wrong = [one.text for one in verified.compared if one.found is not Found.MATCHES]
    if _has_unsigned_object(verified):
        status = replace(
            status,
            native_codes=(*status.native_codes, "object-not-signed"),
            warnings=(*status.warnings, "something that is not signed stands inside it"),
        )
    return replace(
        status,
        scope=coverage.scope,
        covered=(*coverage.covered, *claims.covered),
        uncovered=(*listed(wrong), *coverage.uncovered),
        claimed_author=claims.author,
        native_codes=(*status.native_codes, *coverage.codes, *claims.codes),
    )


def _has_unsigned_object(verified: Verified) -> bool:
    """Say whether an Object of the signature holds nothing that a reference covers."""
    covered = {id(one.element) for one in verified.compared if one.element is not None}
    for one in verified.signature.objects:
        inner = [*one, *(each for child in one for each in child)]
        if not any(id(each) in covered for each in (one, *inner)):
            return True
    return False


def _vouch(
    status: SignatureStatus,
    verified: Verified,
    certificate: x509.Certificate,
    purpose: Purpose,
    context: TrustContext,
    claimed: datetime | None,
) -> SignatureStatus:
    """Who and when. A step that fails leaves the signer unknown, never vouched for."""
    properties = verified.properties
    status, stamp = weigh_stamps(status, verified, context)
    judged = attempt(
        "trust",
        lambda: judge_signer(
            status,
            Presented(
                certificate=certificate,
                others=verified.others,
                crls=properties.crls,
                ocsp=properties.ocsp,
            ),
            context,
            purpose=purpose,
            claimed=claimed,
            stamp=stamp,
        ),
    )
    if isinstance(judged, Fault):
        unknown = replace(status, signer=Signer.UNKNOWN)
        return replace(failed(unknown, judged), integrity=status.integrity)
    return refuse_usage(judged, certificate, purpose)
