"""Verify one XML signature of a package: signature value, references, certificate.

Order:
  1. the signature has the one known shape, and no Id that it signs stands twice in its file;
  2. every reference, and every reference of every signed manifest, is compared;
  3. the signature value is checked with the keys of the certificates that came with it, and never
     with a bare key beside a certificate: what is shown and what was checked must be one thing
     (CVE-2021-25636). Of several certificates the one whose key verifies is the signer's;
  4. if the signer named his certificate in signed properties, it must be that one: anybody can
     have a second certificate made for the same key.
A value that no certificate verifies is a broken signature, unless the signer's certificate is
known not to be among them.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from asn1crypto import x509

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.xmldsig.reading import Element, canonical, require_unique
from provenance.signatures.xmldsig.references import Compared, Package, compare_all
from provenance.signatures.xmldsig.refusal import WORST_FIRST, Found, Refusal
from provenance.signatures.xmldsig.structure import Signature, read_signature
from provenance.signatures.xmldsig.values import check_value
from provenance.signatures.xmldsig.xades import (
    CertificateDigest,
    Properties,
    read_properties,
)

MAX_KEYS: Final = 20  # certificates whose keys are tried on one signature; an honest one needs one


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The answer about one signature; only `found` says whether it holds."""

    signature: Signature
    found: Found
    """MATCHES when value and all references match; else what the worst of them came to."""
    reason: str
    """Code of what is wrong; empty when nothing is."""
    text: str
    compared: tuple[Compared, ...]
    certificate: x509.Certificate | None
    """The signer's: the one whose key verifies the value."""
    others: tuple[x509.Certificate, ...]
    properties: Properties
    presented: x509.Certificate | None = None
    """When none verified: the first that came with the signature, for the record only."""


def verify_signature(element: Element, package: Package) -> Verified:
    """Verify a ds:Signature.

    Args:
        element: in the tree of its signature file.
        package: what it may sign.

    Raises:
        Refusal: there is nothing that could be verified, by the rules above.
    """
    signature = read_signature(element)
    named = {one.uri[1:] for one in signature.references if one.uri.startswith("#")}
    require_unique(element.getroottree().getroot(), frozenset(named))
    compared = compare_all(signature, package)
    properties = read_properties(signature, compared)
    certificates = _load((*signature.certificates, *properties.embedded))
    wanted = properties.certificates[:1]
    signer, value = _check(signature, _in_order(certificates, wanted), wanted)
    found, reason, text = _conclude(value, compared)
    if found is Found.MATCHES and signer is not None and not _named_by(signer, wanted):
        found, reason = Found.NOT_CHECKABLE, "signing-certificate-mismatch"
        text = "the certificate in it is not the one that the signer named"
    return Verified(
        signature=signature,
        found=found,
        reason=reason,
        text=text,
        compared=compared,
        certificate=signer,
        others=tuple(one for one in certificates if one is not signer),
        properties=properties,
        presented=certificates[0] if certificates else None,
    )


def _load(ders: tuple[bytes, ...]) -> list[x509.Certificate]:
    """Load certificates; one that is none is left out."""
    loaded = [attempt("certificate", lambda der=der: _load_one(der)) for der in dict.fromkeys(ders)]  # type: ignore[misc] # bound now
    return [one for one in loaded if not isinstance(one, Fault)]


def _load_one(der: bytes) -> x509.Certificate:
    certificate = x509.Certificate.load(der, strict=True)
    certificate.public_key.dump()  # reads as far as the key
    return certificate


def _in_order(
    certificates: list[x509.Certificate], wanted: tuple[CertificateDigest, ...]
) -> list[x509.Certificate]:
    """The named one first, so that it is not hidden behind another of the same key."""
    if not wanted:
        return certificates
    return sorted(certificates, key=lambda one: not _named_by(one, wanted))


def _named_by(certificate: x509.Certificate, wanted: tuple[CertificateDigest, ...]) -> bool:
    return all(
        hashlib.new(one.digest, certificate.dump(), usedforsecurity=False).digest() == one.value
        for one in wanted
    )


def _check(
    signature: Signature,
    certificates: list[x509.Certificate],
    wanted: tuple[CertificateDigest, ...],
) -> tuple[x509.Certificate | None, Refusal | None]:
    """Return the signer's certificate, or why there is none."""
    if not certificates:
        return None, Refusal("no-signing-certificate", "no certificate came with it")
    c14n = signature.c14n
    data = canonical(
        signature.signed_info,
        exclusive=c14n.exclusive,
        comments=c14n.comments,
        prefixes=c14n.prefixes,
    )
    refused: Refusal | None = None
    if len(certificates) > MAX_KEYS:
        refused = Refusal(
            "too-many-certificates", f"more than {MAX_KEYS} certificates came with it"
        )
    for one in certificates[:MAX_KEYS]:
        try:
            if check_value(signature.method, one.public_key.dump(), signature.value, data):
                return one, None
        except Refusal as refusal:
            refused = refused or refusal
    if refused is not None:
        return None, refused
    if wanted and not any(_named_by(one, wanted) for one in certificates):
        return None, Refusal(
            "no-signing-certificate", "the certificate that the signer named did not come with it"
        )
    return None, Refusal(
        "sig-crypto-failure", "the signature value does not fit the signed list", Found.DIFFERS
    )


def _conclude(value: Refusal | None, compared: tuple[Compared, ...]) -> tuple[Found, str, str]:
    """Return the worst of all answers; of equals the first."""
    answers = [(value.found, value.reason, value.text)] if value is not None else []
    answers += [
        (one.found, one.reason, one.text) for one in compared if one.found is not Found.MATCHES
    ]
    if not answers:
        return Found.MATCHES, "", ""
    return min(answers, key=lambda one: WORST_FIRST.index(one[0]))
