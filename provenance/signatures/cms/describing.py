"""Say what a CMS signer names, covers and carries along; judge nothing.

Names and algorithms are recorded for every outcome, a broken signature too: they are what the
search that follows begins with. What stands in the container and is judged nowhere is counted and
named: archive time stamps and evidence records. Countersignatures: `countersigning`.
"""

from dataclasses import replace
from typing import Any, Final

from asn1crypto import x509

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Crypto, Scope
from provenance.signatures.certificates import judge_strength, read_identity
from provenance.signatures.cms.attributes import attributes_of, single
from provenance.signatures.cms.integrity import digest_name, stated_digest
from provenance.signatures.cms.work import Work
from provenance.signatures.model import SignatureStatus
from provenance.signatures.text import tame

_UNJUDGED: Final = {
    "1.2.840.113549.1.9.16.2.27": "archive time stamps",
    "1.2.840.113549.1.9.16.2.48": "archive time stamps",
    "0.4.0.1733.2.4": "archive time stamps",
    "1.2.840.113549.1.9.16.2.49": "evidence records",
    "1.2.840.113549.1.9.16.2.50": "evidence records",
}
"""Unsigned attributes of RFC 5126, EN 319 122-1 and RFC 4998, by identifier."""


def name_signer(
    status: SignatureStatus,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    certificate: x509.Certificate,
) -> SignatureStatus:
    """Record who the certificate says it is, and the algorithms."""
    identity = attempt("names", lambda: read_identity(certificate))
    if not isinstance(identity, Fault):
        status = replace(status, identity=identity)
    used = attempt("strength", lambda: _strength(signer, certificate))
    if isinstance(used, Fault):
        # Not known to be strong: never to be read as fit for evidence.
        codes = (*status.native_codes, "strength-unknown")
        return replace(status, crypto=Crypto.LEGACY, native_codes=codes)
    crypto, bits, names = used
    return replace(status, crypto=crypto, key_bits=bits, algorithms=names)


def _strength(
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    certificate: x509.Certificate,
) -> tuple[Crypto, int | None, tuple[str, ...]]:
    digests = [one for one in (digest_name(signer), stated_digest(signer)) if one]
    crypto, bits, names = judge_strength(digests, certificate.public_key)
    mechanism = tame(signer["signature_algorithm"]["algorithm"].native, 80)
    return crypto, bits, (*names[:-1], mechanism, names[-1])


def describe_coverage(
    work: Work,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    status: SignatureStatus,
) -> SignatureStatus:
    """Say which bytes are meant, and what of the container nothing covers."""
    if work.content is not None:
        where = "handed in beside the signature" if work.outside else "inside the container"
        covered = f"the signed content {where}, {len(work.content)} bytes"
    else:
        stated = attempt("digest", lambda: _stated(signer))
        named = stated if isinstance(stated, str) else "a digest that cannot be read"
        covered = f"a document that is not here, of {named}"
    rest = work.container.trailing
    uncovered = (f"{rest} bytes behind the end of the container",) if rest else ()
    return replace(
        status,
        scope=Scope.PART if rest else Scope.WHOLE,
        covered=(covered,),
        uncovered=uncovered,
        native_codes=(*status.native_codes, *work.container.notes),
    )


def _stated(signer: Any) -> str:  # noqa: ANN401 asn1crypto has no types
    value = single(attributes_of(signer, "signed_attrs"), "message_digest")
    if value is None:
        return "a digest that is not stated"
    return tame(f"{digest_name(signer)} {bytes(value.native).hex()}", 200)


def describe_unjudged(
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    status: SignatureStatus,
) -> SignatureStatus:
    """Name what the signer carries along unsigned and nobody here judges."""
    held = attempt("unsigned-attributes", lambda: _count_unjudged(signer))
    if isinstance(held, Fault):
        codes = (*status.native_codes, "unsigned-attributes-unreadable")
        return replace(status, native_codes=codes)
    warnings = tuple(f"{what} in it, not judged: {count}" for what, count in held.items())
    return replace(status, warnings=(*status.warnings, *warnings))


def _count_unjudged(signer: Any) -> dict[str, int]:  # noqa: ANN401 asn1crypto has no types
    found: dict[str, int] = {}
    for one in attributes_of(signer, "unsigned_attrs"):
        what = _UNJUDGED.get(one["type"].dotted)
        if what is not None:
            found[what] = found.get(what, 0) + len(one["values"])
    return found
