"""Tell what countersignatures there are, and whether each holds over the signature it is about.

A countersignature (RFC 5652 section 11.4) is over a signature's value, by somebody who need not
have seen the document, and anybody can add one. So it is told beside the signature and changes
nothing in its status: neither its integrity, nor whose it is, nor when it was made. Rules:
  1. its attributes hold the digest of the signature's value exactly once and no content type; one
     without attributes is over the value itself;
  2. digest and signature algorithm agree, and are those that it protects (RFC 8933, RFC 6211);
  3. its certificate came along, is the only one that answers to it, and is the one it names;
  4. it holds, or it does not. Whose key it was is named as the certificate says, and not judged.
Countersignatures of countersignatures are counted. Total.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from asn1crypto import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.general import check_ess_certid
from pyhanko.sign.validation.generic_cms import validate_algorithm_protection
from pyhanko_certvalidator.sig_validate import SignatureValidationContext

from provenance.errors import Malformed
from provenance.instants import format_instant
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.certificates import read_identity
from provenance.signatures.cms.attributes import attributes_of, claimed_time, single, values_of
from provenance.signatures.cms.integrity import (
    SignatureValidator,
    digest_name,
    reads_as_attributes,
    refuse_algorithms,
)
from provenance.signatures.cms.reading import Container
from provenance.signatures.cms.signer import find_certificate
from provenance.signatures.model import SignatureStatus

MAX_COUNTERS: Final = 10  # countersignatures of one signature that are checked; real ones have one
HOLDS: Final = "countersignature-holds"
BROKEN: Final = "countersignature-broken"
OPEN: Final = "countersignature-not-checked"
CUT: Final = "countersignatures-cut"
_NOT_JUDGED: Final = "whose key that is was not judged, and it says nothing of the document"


def tell_countersignatures(
    container: Container,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    status: SignatureStatus,
) -> SignatureStatus:
    """Return the status with a code and a sentence for each countersignature, and no other change.

    Args:
        container: what the signer stands in.
        signer: SignerInfo that they are over.
        status: of that signer, judged already.
    """
    told = attempt("countersignatures", lambda: tuple(_each(container, signer)))
    if isinstance(told, Fault):
        told = ((OPEN, f"countersignatures in it cannot be read ({told.message})"),)
    return replace(
        status,
        native_codes=tuple(dict.fromkeys((*status.native_codes, *(code for code, _ in told)))),
        warnings=(*status.warnings, *(words for _, words in told)),
    )


def _each(container: Container, signer: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 asn1crypto has no types
    """Yield (code, sentence) for each."""
    held = values_of(attributes_of(signer, "unsigned_attrs"), "counter_signature")
    value = bytes(signer["signature"].native)
    for one in held[:MAX_COUNTERS]:
        done = attempt("countersignature", lambda one=one: _check(container, one, value))  # type: ignore[misc] # bound now
        if isinstance(done, Fault):
            yield OPEN, f"a countersignature in it could not be checked: {done.message}"
        else:
            yield done
    if len(held) > MAX_COUNTERS:
        yield CUT, f"{len(held) - MAX_COUNTERS} more countersignatures were not looked at"


def _check(container: Container, signer: Any, value: bytes) -> tuple[str, str]:  # noqa: ANN401 asn1crypto has no types
    """Apply the rules to one.

    Raises:
        Malformed: one of rules 1 to 3 refuses it; with the reason.
        Exception: whatever parser and engine raise on a part that cannot be read.
    """
    attributes = attributes_of(signer, "signed_attrs")
    certificate = find_certificate(signer, attributes, container.certificates)
    if certificate is None:
        raise Malformed("no certificate, or more than one, answers to it")
    refused = refuse_algorithms(signer)
    if refused is not None:
        raise Malformed(refused.why or "its algorithms are not taken")
    named = [
        one["certs"][0]
        for name in ("signing_certificate", "signing_certificate_v2")
        for one in values_of(attributes, name)
    ]
    if not all(check_ess_certid(certificate, one) for one in named):
        raise Malformed("it names another certificate than the one that answers to it")
    by = f'by "{read_identity(certificate).subject}"'
    if not _holds(signer, attributes, certificate, value):
        return BROKEN, f"a countersignature {by} does not hold over this signature"
    moment = claimed_time(attributes)
    when = f" at {format_instant(moment)}, by its own clock" if moment else ""
    nested = len(values_of(attributes_of(signer, "unsigned_attrs"), "counter_signature"))
    more = f"; {nested} more over it were not looked at" if nested else ""
    return HOLDS, f"countersigned {by}{when}: it holds over this signature; {_NOT_JUDGED}{more}"


def _holds(
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    attributes: tuple[Any, ...],
    certificate: x509.Certificate,
    value: bytes,
) -> bool:
    """Rule 1, and the check of the value."""
    data = value
    if attributes:
        stated = single(attributes, "message_digest")
        if stated is None or any(one["type"].native == "content_type" for one in attributes):
            raise Malformed("its attributes are not those of a countersignature (RFC 5652, 11.4)")
        if hashlib.new(_hashlib_name(signer), value).digest() != bytes(stated.native):
            return False
        held = signer["signed_attrs"].untag()
        validate_algorithm_protection(
            held,
            claimed_digest_algorithm_obj=signer["digest_algorithm"],
            claimed_signature_algorithm_obj=signer["signature_algorithm"],
            claimed_mac_algorithm_obj=None,
        )
        data = bytes(held.dump())
    elif reads_as_attributes(value):
        raise Malformed("the value that it is over reads as attributes: a known way to forge one")
    context = SignatureValidationContext(
        contextual_md_algorithm=digest_name(signer), prehashed=False
    )
    try:
        SignatureValidator().validate_signature(
            bytes(signer["signature"].native),
            data,
            certificate.public_key,
            signer["signature_algorithm"],
            context,
        )
    except InvalidSignature:
        return False
    return True


def _hashlib_name(signer: Any) -> str:  # noqa: ANN401 asn1crypto has no types
    name = digest_name(signer)
    return name if name.startswith("sha3_") else name.replace("-", "_")
