"""A signer of its own for the tests: XML signatures written by hand, canonical from the start.

Every element is put together as the text that its canonical form is, so this file shares no line
with the verifier; only exclusive forms are made with the standard library's canonicaliser. `Maker`
holds what a test may want to get wrong; the packages around the signatures are made by `packages`.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.signatures.party import Party

DSIG = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MORE7 = "http://www.w3.org/2007/05/xmldsig-more#"
MORE21 = "http://www.w3.org/2021/04/xmldsig-more#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N11 = "http://www.w3.org/2006/12/xml-c14n11"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
OPC = "http://schemas.openxmlformats.org/package/2006/digital-signature"
SIGNED_AT = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)

DIGESTS = {
    "sha1": DSIG + "sha1",
    "sha224": MORE + "sha224",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": MORE + "sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
    "sha3_256": MORE7 + "sha3-256",
    "sha3_512": MORE7 + "sha3-512",
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - old signatures are made with it
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_512": hashes.SHA3_512(),
}
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | dsa.DSAPrivateKey | ed25519.Ed25519PrivateKey


def b64(data: bytes) -> str:
    """Return base64 text."""
    return base64.b64encode(data).decode("ascii")


@dataclass(frozen=True)
class Ref:
    """One reference: what it leads to, through which transforms, and the bytes to digest."""

    uri: str
    data: bytes
    transforms: str = ""
    """Inside of a Transforms element; empty = none."""
    kind: str = ""
    digest: str = "sha256"

    @property
    def text(self) -> str:
        """The canonical text, default namespace inherited."""
        value = hashlib.new(self.digest, self.data).digest()
        through = f"<Transforms>{self.transforms}</Transforms>" if self.transforms else ""
        kind = f' Type="{self.kind}"' if self.kind else ""
        return (
            f'<Reference{kind} URI="{self.uri}">{through}'
            f'<DigestMethod Algorithm="{DIGESTS[self.digest]}"></DigestMethod>'
            f"<DigestValue>{b64(value)}</DigestValue></Reference>"
        )


def transform(algorithm: str, inside: str = "") -> str:
    """Return a Transform."""
    return f'<Transform Algorithm="{algorithm}">{inside}</Transform>'


def method_of(key: Key, digest: str, *, pss: bool = False) -> str:
    """Return the identifier of a signature method."""
    sha3 = digest.startswith("sha3")
    word = digest.replace("_", "-")
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return MORE21 + "eddsa-ed25519"
    if isinstance(key, dsa.DSAPrivateKey):
        return (
            DSIG + "dsa-sha1" if digest == "sha1" else "http://www.w3.org/2009/xmldsig11#dsa-sha256"
        )
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return (MORE21 if sha3 else MORE) + f"ecdsa-{word}"
    if pss:
        return MORE7 + f"{word}-rsa-MGF1"
    return DSIG + "rsa-sha1" if digest == "sha1" else MORE + f"rsa-{word}"


def sign_bytes(key: Key, data: bytes, digest: str, *, pss: bool = False) -> bytes:
    """Return a signature value in the form that XMLDSig wants."""
    hashed = HASHES[digest]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, dsa.DSAPrivateKey):
        size = (key.parameters().parameter_numbers().q.bit_length() + 7) // 8
        return raw_pair(key.sign(data, hashed), size)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return raw_pair(key.sign(data, ec.ECDSA(hashed)), (key.curve.key_size + 7) // 8)
    if pss:
        how = padding.PSS(mgf=padding.MGF1(hashed), salt_length=hashed.digest_size)
        return key.sign(data, how, hashed)
    return key.sign(data, padding.PKCS1v15(), hashed)


def raw_pair(der: bytes, size: int) -> bytes:
    """Return the two numbers of an ECDSA or DSA signature, one after the other."""
    first, second = decode_dss_signature(der)
    return first.to_bytes(size, "big") + second.to_bytes(size, "big")


class _Certified(Protocol):
    @property
    def der(self) -> bytes: ...


@dataclass
class Maker:
    """Makes one ds:Signature."""

    party: _Certified
    key: Key | None = None
    """Signs instead of the party's own."""
    value: Callable[[bytes], bytes] | None = None
    """Makes the signature value instead of any key."""
    digest: str = "sha256"
    pss: bool = False
    method: str | None = None
    """The identifier of another method than the one really used."""
    exclusive: bool = False
    xades: bool = True
    sign_properties: bool = True
    spoil: tuple[str, str] = ("", "")
    """A replacement in the signed properties, before they are signed."""
    named: _Certified | None = None
    """The certificate that the properties name, instead of the party's."""
    moment: str = SIGNED_AT.strftime("%Y-%m-%dT%H:%M:%SZ")
    certificates: Sequence[_Certified] | None = None
    """In KeyInfo; None = the party's."""
    stamps: Callable[[bytes], Sequence[bytes]] | None = None
    """Makes tokens, given the canonical SignatureValue element."""
    unsigned: str = ""
    """More unsigned properties."""
    objects: Sequence[str] = ()
    """Canonical texts of further Objects, default namespace inherited."""
    identifier: str = "sig"
    scope: str = ""
    """Namespaces that are declared above the signature, as text; their prefixes sort before xd."""
    extra: list[str] = field(default_factory=list)
    """More references, as text."""

    def make(self, references: Sequence[Ref]) -> str:
        """Return the Signature element; it declares XMLDSig as default namespace."""
        properties = self._signed_properties() if self.xades else ""
        held = [one.text for one in references] + self.extra
        if properties and self.sign_properties:
            held.append(self._properties_reference(properties).text)
        c14n = EXCLUSIVE if self.exclusive else C14N
        method = self.method or method_of(self._key, self.digest, pss=self.pss)
        info = (
            f'<CanonicalizationMethod Algorithm="{c14n}"></CanonicalizationMethod>'
            f'<SignatureMethod Algorithm="{method}"></SignatureMethod>{"".join(held)}</SignedInfo>'
        )
        signed = f'<SignedInfo xmlns="{DSIG}"{self._above}>{info}'.encode()
        value = b64(self._value(signed))
        certificates = self.certificates if self.certificates is not None else [self.party]
        key_info = "".join(
            f"<X509Certificate>{b64(one.der)}</X509Certificate>" for one in certificates
        )
        key_part = f"<KeyInfo><X509Data>{key_info}</X509Data></KeyInfo>" if certificates else ""
        return (
            f'<Signature xmlns="{DSIG}" Id="{self.identifier}"><SignedInfo>{info}'
            f"<SignatureValue>{value}</SignatureValue>{key_part}{''.join(self.objects)}"
            f"{self._properties_object(properties, value)}</Signature>"
        )

    @property
    def _key(self) -> Key:
        if self.key is not None:
            return self.key
        if not isinstance(self.party, Party):
            raise TypeError("this party has no key")
        return self.party.key

    def _value(self, signed: bytes) -> bytes:
        if self.value is not None:
            return self.value(signed)
        return sign_bytes(self._key, signed, self.digest, pss=self.pss)

    def _signed_properties(self) -> str:
        """Return the inside of SignedProperties, prefix xd declared above."""
        named = (self.named or self.party).der
        value = b64(hashlib.sha256(named).digest())
        text = (
            "<xd:SignedSignatureProperties>"
            f"<xd:SigningTime>{self.moment}</xd:SigningTime>"
            "<xd:SigningCertificateV2><xd:Cert><xd:CertDigest>"
            f'<DigestMethod Algorithm="{DIGESTS["sha256"]}"></DigestMethod>'
            f"<DigestValue>{value}</DigestValue>"
            "</xd:CertDigest></xd:Cert></xd:SigningCertificateV2>"
            "</xd:SignedSignatureProperties></xd:SignedProperties>"
        )
        return text.replace(*self.spoil, 1)

    def _properties_reference(self, properties: str) -> Ref:
        above = f'xmlns="{DSIG}"{self.scope} xmlns:xd="{XADES}"'
        text = f'<xd:SignedProperties {above} Id="{self._props}">{properties}'
        form = ET.canonicalize(text) if self.exclusive else text
        return Ref(
            uri=f"#{self._props}",
            data=form.encode(),
            transforms=transform(EXCLUSIVE if self.exclusive else C14N),
            kind="http://uri.etsi.org/01903#SignedProperties",
        )

    @property
    def _above(self) -> str:
        return "" if self.exclusive else self.scope

    @property
    def _props(self) -> str:
        return f"{self.identifier}-props"

    def _properties_object(self, properties: str, value: str) -> str:
        if not properties:
            return ""
        tokens = []
        if self.stamps is not None:
            head = f'<SignatureValue xmlns="{DSIG}"{self.scope}>'
            element = f"{head}{value}</SignatureValue>".encode()
            tokens = [
                "<xd:SignatureTimeStamp>"
                f'<CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
                f"<xd:EncapsulatedTimeStamp>{b64(one)}</xd:EncapsulatedTimeStamp>"
                "</xd:SignatureTimeStamp>"
                for one in self.stamps(element)
            ]
        later = "".join(tokens) + self.unsigned
        unsigned = (
            "<xd:UnsignedProperties><xd:UnsignedSignatureProperties>"
            f"{later}</xd:UnsignedSignatureProperties></xd:UnsignedProperties>"
            if later
            else ""
        )
        return (
            f'<Object><xd:QualifyingProperties xmlns:xd="{XADES}" Target="#{self.identifier}">'
            f'<xd:SignedProperties Id="{self._props}">{properties}{unsigned}'
            "</xd:QualifyingProperties></Object>"
        )


def object_text(identifier: str, inside: str) -> str:
    """Return an Object."""
    return f'<Object Id="{identifier}">{inside}</Object>'


def object_ref(text: str, identifier: str, digest: str = "sha256") -> Ref:
    """Return the reference to an Object made by `object_text`."""
    canonical = text.replace("<Object ", f'<Object xmlns="{DSIG}" ', 1).encode()
    return Ref(uri=f"#{identifier}", data=canonical, kind=DSIG + "Object", digest=digest)
