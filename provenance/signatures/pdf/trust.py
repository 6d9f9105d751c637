"""Who signed a PDF and when, judged against the desk's own anchors and nothing else.

The reference time decides the answer, so it is chosen by rule and recorded:
  1. the caller's reference time, when one is given;
  2. else the time of a time stamp that covers the signature and whose authority chains to an
     anchor NOW: the signature existed then;
  3. else now: a certificate that holds today and chains to an anchor needs no earlier proof;
  4. else the signing time that the signer claims; a chain that holds only then is UNPROVEN.
A key on the compromised list, the signer's or one above it, is COMPROMISED_KEY whatever else holds;
a time stamp with such a key on its path, or revoked on the desk's own lists, proves no time.
Revocation lists and responses inside the document are consulted; none are fetched. Key usage:
digital signature or non-repudiation, one of the two is enough. Imports the PDF engine: only a
worker imports this module.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pyhanko.sign.validation import (
    DocumentSecurityStore,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import RevokedError

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import CertAtTime, Signer, TimeBasis
from provenance.signatures.certificates import judge_strength, read_identity
from provenance.signatures.disowning import KEY_ABOVE, disowned, is_out
from provenance.signatures.drive import drive
from provenance.signatures.model import Revocation, SignatureStatus
from provenance.signatures.revocation import ask_revocation
from provenance.signatures.text import tame
from provenance.signatures.vouching import (
    TrustContext,
    anchors_at,
    in_utc,
    is_compromised,
    load_anchor,
)
from provenance.trust.model import Purpose

KEY_USAGE: Final = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A trusted document time stamp: everything before `end` existed at `moment`."""

    end: int
    moment: datetime
    authority: str


def validate(signature: Any, context: TrustContext, moment: datetime, *, stamp: bool) -> Any:  # noqa: ANN401
    """Run the engine's own check at one moment, offline and without difference analysis."""
    purpose = Purpose.TSA if stamp else Purpose.PDF
    checks = _validation_context(signature, context, moment, purpose)
    if stamp:
        return drive(async_validate_pdf_timestamp(signature, checks, skip_diff=True))
    return drive(
        async_validate_pdf_signature(
            signature,
            checks,
            # A time stamp is judged at the present: an authority whose key is out of use could
            # have been made to stamp any time.
            ts_validation_context=_validation_context(signature, context, context.now, Purpose.TSA),
            key_usage_settings=KEY_USAGE,
            skip_diff=True,
        )
    )


def judge_crypto(status: SignatureStatus, signature: Any) -> SignatureStatus:  # noqa: ANN401
    """Record algorithms and key size, and whether they are still fit for evidence."""
    info = signature.signer_info
    mechanism = info["signature_algorithm"]
    hashed = attempt("signature-hash", lambda: mechanism.hash_algo)
    digests = [info["digest_algorithm"]["algorithm"].native]
    digests += [hashed] if isinstance(hashed, str) else []
    crypto, bits, names = judge_strength(digests, signature.signer_cert.public_key)
    mechanism_name = tame(mechanism["algorithm"].native, 80)
    return replace(
        status, crypto=crypto, key_bits=bits, algorithms=(*names[:-1], mechanism_name, names[-1])
    )


def judge_trust(
    status: SignatureStatus,
    signature: Any,  # noqa: ANN401 - engine object
    context: TrustContext,
    proof: Proof | None,
    *,
    stamp: bool,
) -> SignatureStatus:
    """Judge signer, time basis and certificate of an intact signature by the rules above."""
    certificate = signature.signer_cert
    claimed = in_utc(signature.self_reported_timestamp) if not stamp else None
    status = replace(
        status,
        identity=read_identity(certificate),
        signer=Signer.SELF_SIGNED if certificate.self_signed != "no" else Signer.UNKNOWN,
        claimed_time=claimed,
        time_basis=TimeBasis.CLAIMED if claimed else TimeBasis.NONE,
        trust_set_sha256=context.trust.sha256,
        revocation=_embedded_revocation(signature),
    )
    if stamp:
        moment = signature.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
        status = replace(status, claimed_time=moment, time_basis=TimeBasis.CLAIMED)
    if is_out(status.identity.spki_sha256, context.trust):
        return disowned(status)
    first = validate(signature, context, context.now, stamp=stamp)
    if not stamp:
        status, proof = _weigh_stamp(status, first, context, proof)
    if not context.trust.anchors:
        return _with_codes(status, _codes(first))
    return _settle(status, signature, context, proof, first, stamp=stamp)


def _settle(
    status: SignatureStatus,
    signature: Any,  # noqa: ANN401
    context: TrustContext,
    proof: Proof | None,
    first: Any,  # noqa: ANN401
    *,
    stamp: bool,
) -> SignatureStatus:
    """Choose the reference time and judge the certificate at it."""
    if context.reference_time is None and proof is not None:
        return _judge_proven(status, signature, context, proof.moment, stamp=stamp)
    now = context.now
    purpose = Purpose.TSA if stamp else Purpose.PDF
    lists = _ask_lists(first, context, now, purpose)
    if first.trusted and not lists.revoked:
        status = _vouched(status, first, context, now, CertAtTime.VALID, lists)
        if status.cert_at_time is CertAtTime.COMPROMISED_KEY:
            return status
        if context.reference_time is not None:
            status = _warn(status, "the reference time was given by hand")
        if stamp:
            status = replace(
                status,
                time_basis=TimeBasis.TRUSTED_TIMESTAMP,
                proven_not_after=status.claimed_time,
                time_authority=status.identity.subject,
            )
        return status
    if context.reference_time is None and status.claimed_time is not None:
        then = validate(signature, context, status.claimed_time, stamp=stamp)
        claimed = status.claimed_time
        lists_then = _ask_lists(then, context, claimed, purpose)
        if then.trusted and not lists_then.revoked:
            status = _vouched(status, then, context, claimed, CertAtTime.UNPROVEN, lists_then)
            if status.cert_at_time is CertAtTime.COMPROMISED_KEY:
                return status
            revoked = first.revocation_details or lists.revoked
            code = "revoked-no-poe" if revoked else "out-of-bounds-no-poe"
            return _with_codes(status, (code, *_codes(first)))
    return replace(_with_codes(status, _codes(first)), reference_time_used=now)


def _judge_proven(
    status: SignatureStatus,
    signature: Any,  # noqa: ANN401
    context: TrustContext,
    moment: datetime,
    *,
    stamp: bool,
) -> SignatureStatus:
    result = validate(signature, context, moment, stamp=stamp)
    lists = _ask_lists(result, context, moment, Purpose.TSA if stamp else Purpose.PDF)
    if result.trusted:
        state = CertAtTime.REVOKED if lists.revoked else CertAtTime.VALID
        return _vouched(status, result, context, moment, state, lists)
    validity = signature.signer_cert["tbs_certificate"]["validity"]
    begin, finish = validity["not_before"].native, validity["not_after"].native
    if result.revocation_details is not None:
        return _vouched(status, result, context, moment, CertAtTime.REVOKED)
    outside = CertAtTime.EXPIRED if moment > finish else CertAtTime.NOT_YET_VALID
    if not begin <= moment <= finish:
        edge = finish - timedelta(seconds=1) if moment > finish else begin + timedelta(seconds=1)
        held = validate(signature, context, edge, stamp=stamp)
        if held.trusted:
            return _vouched(status, held, context, moment, outside)
    return replace(_with_codes(status, _codes(result)), reference_time_used=moment)


def _weigh_stamp(
    status: SignatureStatus,
    result: Any,  # noqa: ANN401
    context: TrustContext,
    proof: Proof | None,
) -> tuple[SignatureStatus, Proof | None]:
    """Take the signature's own time stamp, or a document time stamp over it, as proof of time."""
    stamp = result.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        status = _warn(
            _with_codes(status, ("timestamp-broken",)),
            "its time stamp does not match and counts for nothing",
        )
    elif stamp is not None and not stamp.trusted:
        status = _with_codes(status, ("timestamp-authority-unknown",))
    elif stamp is not None and (why := _disowned(stamp, context)):
        status = _warn(
            _with_codes(status, (why,)),
            "the key of its time stamp's authority is compromised or revoked: it proves no time",
        )
    elif stamp is not None and (proof is None or stamp.timestamp < proof.moment):
        proof = Proof(
            end=0,
            moment=stamp.timestamp,
            authority=tame(stamp.signing_cert.subject.human_friendly, 500),
        )
    if proof is not None:
        status = replace(
            status,
            time_basis=TimeBasis.TRUSTED_TIMESTAMP,
            proven_not_after=proof.moment,
            time_authority=proof.authority,
        )
    return status, proof


def _disowned(stamp: Any, context: TrustContext) -> str | None:  # noqa: ANN401 - engine object
    """Return why a time stamp that the engine trusts proves nothing on this desk, if so.

    Judged at the present: a key that is out could have been made to stamp any time.
    """
    if stamp.validation_path is None:
        return "timestamp-authority-unknown"
    if is_compromised(stamp.validation_path, context.trust):
        return "timestamp-key-compromised"
    if _ask_lists(stamp, context, context.now, Purpose.TSA).revoked:
        return "timestamp-authority-revoked"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """What the desk's own revocation lists say about a signer at one instant."""

    revoked: bool = False
    checked: bool = False
    """Whether one of them answers for the signer's own certificate."""


def _ask_lists(
    result: Any,  # noqa: ANN401 - engine object
    context: TrustContext,
    moment: datetime,
    purpose: Purpose,
) -> _Lists:
    """Ask the desk's lists: the engine reads them only where a certificate names its lists."""
    if not result.trusted or result.validation_path is None:
        return _Lists()
    if not context.trust.crls and not context.trust.ocsp:
        return _Lists()
    # The certificates of the path that held, wherever in the document the engine found them.
    others = tuple(result.validation_path.iter_certs(include_root=False))
    settings = _settings(context, moment, purpose) | {"other_certs": list(others)}
    del settings["revocation_mode"]
    try:
        checked = ask_revocation(result.signing_cert, others, settings)
    except RevokedError:
        return _Lists(revoked=True, checked=True)
    return _Lists(checked=checked)


def _vouched(
    status: SignatureStatus,
    result: Any,  # noqa: ANN401
    context: TrustContext,
    moment: datetime,
    state: CertAtTime,
    lists: _Lists | None = None,
) -> SignatureStatus:
    path = result.validation_path
    if path is not None and is_compromised(path, context.trust):
        return disowned(replace(status, reference_time_used=moment), KEY_ABOVE)
    anchor = attempt("anchor", lambda: bytes(path.first.sha256).hex()) if path is not None else None
    revocation = status.revocation
    if result.revocation_details is not None:
        revocation = Revocation(source="embedded", checked=True, as_of=moment)
    elif lists is not None and lists.checked:
        revocation = Revocation(source="desk", checked=True, as_of=moment)
    return replace(
        _with_codes(status, _codes(result)),
        signer=Signer.TRUSTED,
        cert_at_time=state,
        reference_time_used=moment,
        anchor_id=anchor if isinstance(anchor, str) else None,
        revocation=revocation,
    )


def _validation_context(
    signature: Any,  # noqa: ANN401
    context: TrustContext,
    moment: datetime,
    purpose: Purpose,
) -> Any:  # noqa: ANN401
    settings = _settings(context, moment, purpose)
    store = attempt("security-store", lambda: DocumentSecurityStore.read_dss(signature.reader))
    if not isinstance(store, Fault):
        made = attempt("security-store", lambda: store.as_validation_context(settings))
        if not isinstance(made, Fault):
            return made
    return ValidationContext(**settings)


def _settings(context: TrustContext, moment: datetime, purpose: Purpose) -> dict[str, Any]:
    anchors = anchors_at(context.trust, purpose, moment)
    return {
        "trust_roots": [load_anchor(one.der) for one in anchors],
        "crls": list(context.trust.crls),
        "ocsps": list(context.trust.ocsp),
        "allow_fetching": False,
        "moment": moment,
        "revocation_mode": "soft-fail",
    }


def _embedded_revocation(signature: Any) -> Revocation:  # noqa: ANN401
    store = attempt("security-store", lambda: DocumentSecurityStore.read_dss(signature.reader))
    offered = not isinstance(store, Fault) and bool(store.ocsps or store.crls)
    return Revocation(source="embedded" if offered else "none")


def _codes(result: Any) -> tuple[str, ...]:  # noqa: ANN401
    problem = result.trust_problem_indic
    return (problem.name,) if problem is not None else ()


def _with_codes(status: SignatureStatus, codes: tuple[str, ...]) -> SignatureStatus:
    kept = dict.fromkeys((*status.native_codes, *codes))
    return replace(status, native_codes=tuple(kept))


def _warn(status: SignatureStatus, warning: str) -> SignatureStatus:
    return replace(status, warnings=(*status.warnings, warning))
