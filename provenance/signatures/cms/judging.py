"""Judge one CMS container: one status per signer, whatever the bytes are.

Order, each step guarded on its own:
  1. take the container apart (`reading`); another kind of container is UNSUPPORTED, no signer at
     all is an EMPTY_SLOT with a warning, because mail programs show it as "signed";
  2. which bytes are signed: the content inside, or the ones handed in. Both at once is refused
     ("eContent confusion": the signature matches a content inside that nobody is shown);
  3. integrity of each signer (`integrity`), strength of the algorithms (`describing`);
  4. time stamps over signature and content (`stamping`), certificate and signer (`vouching`), and
     whether that certificate may sign this (`usage`);
  5. what stands in the container and is not judged is named (`describing`).
An exception is ERROR with a code; it is never BROKEN and never "unsigned". No network. Imports the
signature engine: only a worker imports this module.
"""

import logging
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Final

from asn1crypto import x509

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import ChangedAfter, Integrity, Kind, Presence, Signer
from provenance.signatures.cms.attributes import attributes_of, claimed_time
from provenance.signatures.cms.countersigning import tell_countersignatures
from provenance.signatures.cms.describing import (
    describe_coverage,
    describe_unjudged,
    name_signer,
)
from provenance.signatures.cms.integrity import Verdict, check_integrity
from provenance.signatures.cms.reading import Container, NotSignedDataError, read_container
from provenance.signatures.cms.signer import find_certificate
from provenance.signatures.cms.stamping import weigh_stamps
from provenance.signatures.cms.stamps import NoStamp, judge_timestamp_token
from provenance.signatures.cms.usage import refuse_usage
from provenance.signatures.cms.work import Work
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.text import tame
from provenance.signatures.vouching import (
    Presented,
    TrustContext,
    anchors_at,
    judge_signer,
    load_anchor,
)
from provenance.trust.model import Purpose

__all__ = ["ENGINE_VERSION", "NoStamp", "judge_cms", "judge_timestamp_token"]

ENGINE_VERSION: Final = version("pyhanko")

# The engine logs what it also raises; a worker has nowhere to write to.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One signer's status, and the certificate it was judged with."""

    status: SignatureStatus
    certificate: x509.Certificate | None = None


def judge_cms(
    data: bytes,
    *,
    content: bytes | None,
    sha256: str,
    kind: Kind,
    locator: Locator,
    context: TrustContext,
    purpose: Purpose,
    prefix: str | None = None,
) -> tuple[SignatureStatus, ...]:
    """Judge every signer of a container; total on any bytes, never empty.

    `scope` is WHOLE where nothing follows the container: of the bytes it was made for. A caller
    that shows more than those narrows it.

    Args:
        data: the container, DER, BER or PEM.
        content: the signed bytes of a detached signature; None = they are inside, or not here.
        sha256: hexadecimal digest of the document, for the records.
        kind: of the statuses.
        locator: of the container in the document.
        context: the desk's trust and the time.
        purpose: which anchors count.
        prefix: of the ids, unique within the document; None = the kind.
    """
    blank = blank_status(
        prefix or kind.value, sha256=sha256, kind=kind, locator=locator, context=context
    )
    judged = judge_signers(data, blank, content=content, context=context, purpose=purpose)
    return tuple(one.status for one in judged)


def blank_status(
    name: str, *, sha256: str, kind: Kind, locator: Locator, context: TrustContext
) -> SignatureStatus:
    """Return the record that every judgement starts from: ERROR until a step says better."""
    return SignatureStatus(
        id=name,
        document_sha256=sha256,
        kind=kind,
        locator=locator,
        presence=Presence.PRESENT,
        integrity=Integrity.ERROR,
        changed_after=ChangedAfter.NONE,
        engine="pyhanko",
        engine_version=ENGINE_VERSION,
        trust_set_sha256=context.trust.sha256,
    )


def judge_signers(
    data: bytes,
    blank: SignatureStatus,
    *,
    content: bytes | None,
    context: TrustContext,
    purpose: Purpose,
) -> tuple[Judged, ...]:
    """Judge like `judge_cms`, starting from a blank status, and keep the certificates."""
    container = attempt("cms-container", lambda: _read(data))
    if isinstance(container, Fault):
        return (Judged(status=_failed(blank, "cms-unreadable", container)),)
    if isinstance(container, NotSignedDataError):
        return (Judged(status=_other_kind(blank, container)),)
    return judge_container(container, blank, content=content, context=context, purpose=purpose)


def judge_container(
    container: Container,
    blank: SignatureStatus,
    *,
    content: bytes | None,
    context: TrustContext,
    purpose: Purpose,
) -> tuple[Judged, ...]:
    """Judge like `judge_signers` what was taken apart already."""
    if not container.signers:
        return (Judged(status=_empty(blank)),)
    work = Work(
        container=container,
        content=container.content if content is None else content,
        outside=content is not None,
        context=context,
        purpose=purpose,
    )
    return tuple(
        _guarded(work, signer, replace(blank, id=f"{blank.id}-{number}"))
        for number, signer in enumerate(container.signers)
    )


def _guarded(work: Work, signer: Any, status: SignatureStatus) -> Judged:  # noqa: ANN401 asn1crypto has no types
    """Steps 2 to 5 for one signer."""
    certificate = attempt("certificate", lambda: _certificate(work, signer))
    if isinstance(certificate, Fault):
        return Judged(status=_failed(status, "certificate-unreadable", certificate))
    judged = attempt("signer", lambda: _judge(work, signer, certificate, status))
    if isinstance(judged, Fault):
        judged = _failed(status, "signer-failed", judged)
    return Judged(status=judged, certificate=certificate)


def _read(data: bytes) -> Container | NotSignedDataError:
    try:
        return read_container(data)
    except NotSignedDataError as other:
        return other


_STOPPED: Final = {
    "cms-unreadable": "it cannot be read as a signature",
    "certificate-unreadable": "the certificate in it cannot be read",
    "trust-failed": "whose key made it could not be worked out",
}
_STOP: Final = "a step of its check did not come to its end"


def _failed(status: SignatureStatus, code: str, fault: Fault) -> SignatureStatus:
    return replace(
        status,
        error=status.error or f"{code}: {_STOPPED.get(code, _STOP)}{fault.because}",
        native_codes=(*status.native_codes, code),
    )


def _other_kind(status: SignatureStatus, other: NotSignedDataError) -> SignatureStatus:
    kind = tame(other, 80).replace("_", " ")
    return replace(
        status,
        presence=Presence.UNSUPPORTED,
        integrity=Integrity.NOT_CHECKABLE,
        error=f"cms-other-kind: {kind}, which may hold a signature, is not opened here",
        native_codes=("cms-other-kind",),
    )


def _empty(status: SignatureStatus) -> SignatureStatus:
    return replace(
        status,
        presence=Presence.EMPTY_SLOT,
        integrity=Integrity.NOT_CHECKABLE,
        confidence="high",
        native_codes=("no-signer-info",),
        warnings=("a container for signatures that holds none; some programs show it as signed",),
    )


def _judge(
    work: Work,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    certificate: x509.Certificate | None,
    status: SignatureStatus,
) -> SignatureStatus:
    status = describe_coverage(work, signer, status)
    if certificate is None:
        code = "no-signing-certificate"
        why = "no certificate, or more than one, answers to the signer's identifier"
        return _not_checkable(status, code, why)
    status = name_signer(status, signer, certificate)
    verdict = attempt(
        "integrity",
        lambda: check_integrity(work.container, signer, certificate, work.content),
    )
    if isinstance(verdict, Fault):
        return _failed(status, "integrity-failed", verdict)
    status = describe_unjudged(signer, _weighed(work, status, verdict))
    status = tell_countersignatures(work.container, signer, status)
    if status.integrity is not Integrity.INTACT:
        return status
    return _vouch(work, signer, certificate, status)


def _certificate(work: Work, signer: Any) -> x509.Certificate | None:  # noqa: ANN401 asn1crypto has no types
    """Return the signer's certificate: one that came along, else one of the desk's anchors."""
    signed = attributes_of(signer, "signed_attrs")
    found = find_certificate(signer, signed, work.container.certificates)
    if found is None and not work.container.certificates:
        anchors = anchors_at(work.context.trust, work.purpose, work.context.now)
        held = [load_anchor(one.der) for one in anchors]
        found = find_certificate(signer, signed, held)
    return found


def _weighed(work: Work, status: SignatureStatus, verdict: Verdict) -> SignatureStatus:
    """Take the verdict over, and refuse what has content both inside and outside."""
    codes = (*((verdict.code,) if verdict.code else ()), *verdict.notes)
    status = replace(
        status,
        integrity=verdict.integrity,
        error=f"{verdict.code}: {verdict.why}" if verdict.why else None,
        native_codes=(*status.native_codes, *codes),
    )
    if not work.confused:
        return status
    warning = (
        "a detached signature that carries content of its own: what it was made for may not be"
        " what is shown"
    )
    status = replace(status, warnings=(*status.warnings, warning))
    if verdict.integrity is Integrity.BROKEN:
        return replace(status, native_codes=(*status.native_codes, "econtent-confusion"))
    why = "a detached signature must not carry content of its own"
    return _not_checkable(status, "econtent-confusion", why)


def _not_checkable(status: SignatureStatus, code: str, why: str) -> SignatureStatus:
    return replace(
        status,
        integrity=Integrity.NOT_CHECKABLE,
        error=status.error or f"{code}: {why}",
        native_codes=(*status.native_codes, code),
    )


def _vouch(
    work: Work,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    certificate: x509.Certificate,
    status: SignatureStatus,
) -> SignatureStatus:
    """Step 4. A step that fails leaves the signer unknown, never vouched for."""
    status, stamp = weigh_stamps(work, signer, status)
    claimed = attempt("signing-time", lambda: claimed_time(attributes_of(signer, "signed_attrs")))
    presented = Presented(
        certificate=certificate,
        others=tuple(one for one in work.container.certificates if one is not certificate),
        crls=work.container.crls,
        ocsp=work.container.ocsp,
    )
    judged = attempt(
        "trust",
        lambda: judge_signer(
            status,
            presented,
            work.context,
            purpose=work.purpose,
            claimed=None if isinstance(claimed, Fault) else claimed,
            stamp=stamp,
        ),
    )
    if isinstance(judged, Fault):
        return replace(_failed(status, "trust-failed", judged), signer=Signer.UNKNOWN)
    return refuse_usage(judged, certificate, work.purpose)
