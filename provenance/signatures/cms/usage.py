"""May this certificate sign at all, and sign this? RFC 5280 section 4.2.1.3 and RFC 8550 4.4.

Rules: a key usage, where stated, allows digital signatures or non-repudiation; for mail an extended
key usage, where stated, names e-mail protection or any purpose; a time authority's names time
stamping and nothing else (RFC 3161 section 2.3). A web server's certificate, or an
authority's, vouches for nobody's letter, even where it chains to an anchor of the desk: the signer
is then UNKNOWN, with a code that says why. An anchor that signs by itself is as the desk put it.
"""

from dataclasses import replace
from typing import Final

from asn1crypto import x509

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import CertAtTime, Signer
from provenance.signatures.model import SignatureStatus
from provenance.trust.model import Purpose

_SIGNS: Final = frozenset({"digital_signature", "non_repudiation"})
_MAIL: Final = frozenset({"email_protection", "any_extended_key_usage"})


def refuse_usage(
    status: SignatureStatus, certificate: x509.Certificate, purpose: Purpose
) -> SignatureStatus:
    """Return the status, without trust where the certificate is not meant for this."""
    if status.signer is not Signer.TRUSTED or certificate.sha256.hex() == status.anchor_id:
        return status
    allowed = attempt("key-usage", lambda: _allowed(certificate, purpose))
    if allowed is True:
        return status
    why = "cannot be read" if isinstance(allowed, Fault) else "is not for signing this"
    return replace(
        status,
        signer=Signer.UNKNOWN,
        cert_at_time=CertAtTime.UNPROVEN,
        anchor_id=None,
        native_codes=(*status.native_codes, "key-usage"),
        warnings=(
            *status.warnings,
            f"its certificate chains to an anchor, but its stated usage {why}",
        ),
    )


def _allowed(certificate: x509.Certificate, purpose: Purpose) -> bool:
    usage = certificate.key_usage_value
    if usage is not None and not _SIGNS & usage.native:
        return False
    extended = certificate.extended_key_usage_value
    if purpose is Purpose.TSA:
        return extended is not None and set(extended.native) == {"time_stamping"}
    if purpose is not Purpose.SMIME or extended is None:
        return True
    return bool(_MAIL & set(extended.native))
