"""Who made an intact claim signature, and when: the rules of `vouching`, and four of C2PA's own.

  1. A certificate that the desk lists by itself (`c2pa_allowed`, or an anchor that is no authority)
     is PINNED while it is in its period; no chain is asked for. Where there is one, and a list of
     the desk revokes the certificate, the list counts.
  2. A chain counts only when the library accepts it too (profile of C2PA 14.5, OpenSSL strict).
  3. What the certificate may be used for must be for signing claims: what the desk lists, or what
     C2PA lists. Certificates of time authorities and OCSP responders never sign claims, though the
     library lets them.
  4. A certificate that is past its period, or revoked by now, with no time stamp: judged once more
     inside its period, so that one the desk would have known is told from any other. When it was
     used stays unproven.
Anchors for time stamps never vouch for signers: the large authorities issue both.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509

from provenance.signatures.axes import CertAtTime, Signer
from provenance.signatures.c2pa.cose import ClaimSignature
from provenance.signatures.certificates import judge_strength
from provenance.signatures.headline import VOUCHED
from provenance.signatures.model import SignatureStatus
from provenance.signatures.vouching import Presented, Stamp, TrustContext, judge_signer
from provenance.trust.model import Purpose, TrustSet

EKUS: Final = (
    "1.3.6.1.5.5.7.3.4",  # id-kp-emailProtection
    "1.3.6.1.5.5.7.3.36",  # id-kp-documentSigning
    "1.3.6.1.4.1.311.76.59.1.9",  # Microsoft C2PA signing
    "1.3.6.1.4.1.62558.2.1",  # c2pa-kp-claimSigning
)
"""Uses accepted where the desk lists none (C2PA 14.4.1; the library's own list without rule 3)."""
_NEVER: Final = frozenset({"1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"})  # timeStamping, OCSPSigning
_EDGE: Final = timedelta(seconds=1)  # inside a certificate's period, at either end


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What is known about a claim signature besides its certificate."""

    library_trusts: bool
    """The library accepts the chain, or cannot say because the certificate has expired today."""
    revoked: bool
    """By an OCSP response that came with the signature."""
    at: datetime | None
    """Instant of a time stamp that proves nothing here."""
    stamp: Stamp | None
    """A time stamp whose authority the desk relies on."""


def judge_claim_signer(
    status: SignatureStatus, signature: ClaimSignature, claimed: Claimed, context: TrustContext
) -> SignatureStatus:
    """Answer signer, time, certificate state and strength of an intact claim signature."""
    certificate = x509.Certificate.load(signature.certificates[0])
    crypto, bits, names = judge_strength((signature.digest,), certificate.public_key)
    presented = Presented(
        certificate=certificate,
        others=tuple(x509.Certificate.load(one) for one in signature.certificates[1:]),
        ocsp=signature.ocsp,
    )
    status = replace(status, crypto=crypto, key_bits=bits, algorithms=names)
    status = _judge(status, presented, context, claimed)
    status = _pinned(status, signature.certificates[0], certificate, context)
    if status.signer is Signer.TRUSTED and not claimed.library_trusts:
        warning = "the C2PA library does not accept the chain"
        status = _unknown(status, "library-does-not-trust", warning)
    if status.signer in VOUCHED and not _may_sign(certificate, context):
        warning = "the certificate is not one for signing content credentials"
        status = _unknown(status, "use-not-accepted", warning)
    if claimed.revoked:
        status = replace(status, cert_at_time=CertAtTime.REVOKED)
    return status


def _judge(
    status: SignatureStatus, presented: Presented, context: TrustContext, claimed: Claimed
) -> SignatureStatus:
    """The common rules, and rule 4."""
    found = judge_signer(
        status,
        presented,
        context,
        purpose=Purpose.C2PA,
        claimed=claimed.at,
        stamp=claimed.stamp,
    )
    if found.signer in VOUCHED or claimed.at is not None or claimed.stamp is not None:
        return found
    begin, finish = presented.certificate.not_valid_before, presented.certificate.not_valid_after
    # Without lists: the question is only whether the chain leads to the desk's anchors.
    alone = replace(presented, crls=(), ocsp=())
    anchors = TrustSet(anchors=context.trust.anchors)
    for moment in (finish - _EDGE, begin + _EDGE):
        inside = replace(context, trust=anchors, reference_time=moment)
        then = judge_signer(status, alone, inside, purpose=Purpose.C2PA, claimed=None)
        if then.signer in VOUCHED:
            late = context.now > finish
            return replace(
                found,
                signer=then.signer,
                anchor_id=then.anchor_id,
                cert_at_time=_unless_out(found, CertAtTime.EXPIRED if late else found.cert_at_time),
            )
    return found


def _unless_out(status: SignatureStatus, state: CertAtTime) -> CertAtTime:
    """A key that is known to be out stays that, whatever else holds."""
    out = status.cert_at_time is CertAtTime.COMPROMISED_KEY
    return CertAtTime.COMPROMISED_KEY if out else state


def _pinned(
    status: SignatureStatus, der: bytes, certificate: x509.Certificate, context: TrustContext
) -> SignatureStatus:
    """Rule 1."""
    anchors = {one.der for one in context.trust.anchors_for(Purpose.C2PA)}
    own_anchor = der in anchors and not certificate.ca
    revoked = any(code.startswith("revoked") for code in status.native_codes)
    if revoked or (der not in context.trust.c2pa_allowed and not own_anchor):
        return status
    moment = status.proven_not_after or context.now
    state = CertAtTime.VALID
    if moment > certificate.not_valid_after:
        state = CertAtTime.EXPIRED
    elif moment < certificate.not_valid_before:
        state = CertAtTime.NOT_YET_VALID
    return replace(
        status,
        signer=Signer.PINNED,
        cert_at_time=_unless_out(status, state),
        anchor_id=certificate.sha256.hex(),
        reference_time_used=moment,
        native_codes=tuple(dict.fromkeys((*status.native_codes, "certificate-listed-by-desk"))),
    )


def _may_sign(certificate: x509.Certificate, context: TrustContext) -> bool:
    """Rule 3."""
    usage = certificate.extended_key_usage_value
    used = {one.dotted for one in usage or ()}
    accepted = set(context.trust.c2pa_ekus or EKUS)
    return bool(used & accepted) and not used & _NEVER


def _unknown(status: SignatureStatus, code: str, warning: str) -> SignatureStatus:
    return replace(
        status,
        signer=Signer.UNKNOWN,
        anchor_id=None,
        native_codes=(*status.native_codes, code),
        warnings=(*status.warnings, warning),
    )
