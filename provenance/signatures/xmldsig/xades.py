"""Read what a signer says in XAdES properties (ETSI EN 319 132-1), and what was added later.

SignedProperties count only when a reference of the signature covers them and matched; else they are
anybody's text and are left out, with a warning. QualifyingProperties of another signature, of an
older XAdES version, or two of them, are left out too. Unsigned properties hold certificates,
revocation data and time stamps: each proves itself or counts for nothing. Counter-signatures,
archive time stamps and evidence records are named and not judged.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from provenance.signatures.xmldsig.algorithms import DSIG, INCLUSIVE, C14n
from provenance.signatures.xmldsig.reading import (
    Element,
    attribute,
    base64_value,
    children,
    descendants,
    text_value,
)
from provenance.signatures.xmldsig.references import XADES, Compared
from provenance.signatures.xmldsig.refusal import Found, Refusal
from provenance.signatures.xmldsig.structure import Signature, read_c14n, read_digest

MAX_STAMPS: Final = 10  # time stamps over one signature value that are looked at
MAX_DATA: Final = 200  # certificates, lists and responses of one kind in unsigned properties
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,12})?(Z|[+-]\d\d:\d\d)?"
)  # XML Schema dateTime with a year of four digits
_NAMED: Final = (
    ("CounterSignature", "counter-signature", "a counter-signature in it was not judged"),
    ("ArchiveTimeStamp", "archive-timestamp", "an archive time stamp in it was not judged"),
    ("EvidenceRecord", "evidence-record", "an evidence record in it was not judged"),
    ("SigAndRefsTimeStamp", "refs-timestamp", "a time stamp over references was not judged"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDigest:
    """The digest by which a signer names his certificate."""

    digest: str
    """hashlib's name."""
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A time stamp token over the signature value."""

    token: bytes
    """RFC 3161 token, DER."""
    forms: tuple[C14n, ...]
    """Forms of the SignatureValue element that it may have been made over. Where none is named,
    XMLDSig's default, and the exclusive one that widespread signers take instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What the properties of one signature say."""

    signing_time: datetime | None = None
    """The signer's own clock; without a zone when he gave none."""
    certificates: tuple[CertificateDigest, ...] = ()
    """The signer's certificate first."""
    embedded: tuple[bytes, ...] = ()
    """Certificates among the unsigned properties, DER."""
    crls: tuple[bytes, ...] = ()
    ocsp: tuple[bytes, ...] = ()
    stamps: tuple[Stamped, ...] = ()
    codes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read_properties(signature: Signature, compared: tuple[Compared, ...]) -> Properties:
    """Read the properties of a signature whose references have been compared.

    Raises:
        Refusal: covered properties have another shape.
    """
    found = [
        one
        for each in signature.objects
        for one in each
        if isinstance(one.tag, str) and one.tag.endswith("}QualifyingProperties")
    ]
    if not found:
        return Properties()
    (one, *more) = found
    own = attribute(one, "Target") == f"#{signature.id}" and signature.id is not None
    if more or one.tag != XADES + "QualifyingProperties" or not own:
        warning = "what it says about itself is ambiguous, or of an old form, and was left out"
        return Properties(codes=("properties-left-out",), warnings=(warning,))
    return _read(one, compared)


def _read(qualifying: Element, compared: tuple[Compared, ...]) -> Properties:
    signed = _child(qualifying, "SignedProperties")
    covered = signed is not None and any(
        one.found is Found.MATCHES and one.element in {signed, qualifying.getparent()}
        for one in compared
    )
    codes, warnings = _named(qualifying)
    if signed is not None and not covered:
        codes.append("properties-not-signed")
        warnings.append("its properties, the signing time among them, are not signed")
    about = _child(signed, "SignedSignatureProperties") if covered else None
    properties = Properties(
        signing_time=_signing_time(about),
        certificates=_certificate_digests(about),
        codes=tuple(codes),
        warnings=tuple(warnings),
    )
    try:
        return _with_later(properties, _child(qualifying, "UnsignedProperties"))
    except Refusal as refusal:  # anybody can add to what is not signed, and spoil it
        return replace(
            properties,
            codes=(*codes, "unsigned-properties-left-out"),
            warnings=(*warnings, f"what was added to it later was left out: {refusal.text}"),
        )


def _with_later(properties: Properties, unsigned: Element | None) -> Properties:
    later = _child(unsigned, "UnsignedSignatureProperties")
    stamps = _stamps(later)
    if len(stamps) > MAX_STAMPS:
        codes = (*properties.codes, "timestamps-cut")
        warning = f"of its time stamps only the first {MAX_STAMPS} were looked at"
        properties = replace(properties, codes=codes, warnings=(*properties.warnings, warning))
    return replace(
        properties,
        embedded=_values(later, "CertificateValues", "EncapsulatedX509Certificate"),
        crls=_values(later, "RevocationValues", "EncapsulatedCRLValue"),
        ocsp=_values(later, "RevocationValues", "EncapsulatedOCSPValue"),
        stamps=stamps[:MAX_STAMPS],
    )


def _child(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    found = [one for one in element if one.tag == XADES + name]
    if len(found) > 1:
        raise Refusal("signature-layout", f"{name} stands twice")
    return found[0] if found else None


def _named(qualifying: Element) -> tuple[list[str], list[str]]:
    present = {str(one.tag).rpartition("}")[2] for one in descendants(qualifying)}
    kept = [(code, warning) for name, code, warning in _NAMED if name in present]
    return [code for code, _ in kept], [warning for _, warning in kept]


def _signing_time(about: Element | None) -> datetime | None:
    one = _child(about, "SigningTime")
    return parse_time(text_value(one)) if one is not None else None


def parse_time(text: str) -> datetime | None:
    """Return an XML Schema dateTime, without a zone if it has none; None if it is none.

    Digits beyond the microsecond are cut off: some office software writes nine.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    moment, fraction, zone = match[1], (match[2] or ".0")[:7], match[3] or ""
    try:
        return datetime.fromisoformat(f"{moment}{fraction.ljust(7, '0')}{zone}")
    except ValueError:  # the 32nd of a month
        return None


def _certificate_digests(about: Element | None) -> tuple[CertificateDigest, ...]:
    new, old = _child(about, "SigningCertificateV2"), _child(about, "SigningCertificate")
    chosen = new if new is not None else old
    if chosen is None:
        return ()
    return tuple(_certificate_digest(one) for one in children(chosen)[:MAX_DATA])


def _certificate_digest(element: Element) -> CertificateDigest:
    digest = _child(element, "CertDigest")
    parts = children(digest) if digest is not None else []
    if [one.tag for one in parts] != [DSIG + "DigestMethod", DSIG + "DigestValue"]:
        raise Refusal("signature-layout", "a certificate is named in another shape")
    return CertificateDigest(digest=read_digest(parts[0]), value=base64_value(parts[1]))


def _values(later: Element | None, holder: str, name: str) -> tuple[bytes, ...]:
    if later is None:
        return ()
    places = [one for one in later if one.tag == XADES + holder]
    found = [
        base64_value(one)
        for place in places
        for one in descendants(place)
        if one.tag == XADES + name
    ]
    if len(found) > MAX_DATA:
        raise Refusal("signature-layout", "more validation data than is looked at")
    return tuple(found)


def _stamps(later: Element | None) -> tuple[Stamped, ...]:
    if later is None:
        return ()
    places = [one for one in later if one.tag == XADES + "SignatureTimeStamp"]
    return tuple(islice((one for place in places for one in _stamp(place)), MAX_STAMPS + 1))


def _stamp(place: Element) -> Iterable[Stamped]:
    forms: tuple[C14n, ...] = (INCLUSIVE, C14n(exclusive=True, comments=False))
    for one in children(place):
        if one.tag == DSIG + "CanonicalizationMethod":
            forms = (read_c14n(one),)
        elif one.tag == XADES + "EncapsulatedTimeStamp":
            yield Stamped(token=base64_value(one), forms=forms)
