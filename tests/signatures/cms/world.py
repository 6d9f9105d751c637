"""A small world of keys and a maker of CMS containers that can be told to lie in one chosen way.

All certificates hold from 2020 to 2048 unless a test says otherwise; "now" is a parameter.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from asn1crypto import algos, cms, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provenance.outside.timestamp_request import new_request
from provenance.outside.timestamp_response import parse_response
from provenance.trust.model import Anchor, TrustSet
from tests.outside.authority import Tsa
from tests.signatures.party import BEGIN, FINISH, Key, Party

SIGNED_AT = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 12, 1, tzinfo=UTC)

MAIL = (ExtendedKeyUsageOID.EMAIL_PROTECTION,)
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - old signatures are made with it
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
}
RSA_SHA3_256 = "2.16.840.1.101.3.4.3.14"


def make_party(
    name: str,
    *emails: str,
    issuer: Party | None = None,
    authority: bool = False,
    signs: bool = True,
    purposes: tuple[x509.ObjectIdentifier, ...] = MAIL,
    finish: datetime = FINISH,
    key: Key | None = None,
    serial: int | None = None,
) -> Party:
    """Make a key and a certificate; self-signed when there is no issuer."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(finish)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=signs and not authority,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=not signs,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if emails:
        names = x509.SubjectAlternativeName([x509.RFC822Name(one) for one in emails])
        builder = builder.add_extension(names, critical=False)
    if purposes and not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=False)
    maker = issuer.key if issuer else key
    digest = None if isinstance(maker, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Party(certificate=builder.sign(maker, digest), key=key)


@dataclass
class World:
    """The parties of a test session."""

    authority: Party = field(default_factory=lambda: make_party("Test Authority", authority=True))

    @cached_property
    def ann(self) -> Party:
        """The honest signer."""
        return make_party("Ann Author", "ann@desk.example", issuer=self.authority)

    @cached_property
    def eve(self) -> Party:
        """Somebody else, with a certificate of the same authority: anybody gets one."""
        return make_party("Eve Else", "eve@mallory.example", issuer=self.authority)

    @cached_property
    def sam(self) -> Party:
        """A stranger who vouches for himself."""
        return make_party("Sam Stranger", "sam@stranger.example")

    @cached_property
    def rsa(self) -> Party:
        """Ann's older key."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return make_party("Ann Author", "ann@desk.example", issuer=self.authority, key=key)

    @cached_property
    def tsa(self) -> Tsa:
        """A time authority."""
        return Tsa(at=datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC))

    @property
    def trust(self) -> TrustSet:
        """A set that holds the authority and the time authority's root."""
        return TrustSet(
            anchors=(Anchor(der=self.authority.der), Anchor(der=self.tsa.root.der)),
        )


def stamp(tsa: Tsa, data: bytes) -> bytes:
    """Return a time-stamp token over some bytes."""
    answer = tsa.answer(new_request(data, lambda size: bytes(range(1, size + 1))).encode())
    return parse_response(answer).token or b""


Adds = Callable[[bytes], Sequence[bytes]]
"""Makes unsigned attributes, DER, of a signature value."""


def tlv(tag: int, body: bytes) -> bytes:
    """Write one DER value. By hand: the library writes deep values in exponential time."""
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    octets = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + body


def attribute(name: str, *values: bytes) -> bytes:
    """Write an attribute with values in DER; its type by name or dotted."""
    kind = bytes(cms.CMSAttributeType(name).dump())
    return tlv(0x30, kind + tlv(0x31, b"".join(values)))


@dataclass(frozen=True, kw_only=True)
class Lies:
    """What a container is to get wrong; nothing by default."""

    bare: bool = False
    """Without signed attributes."""
    by_key: bool = False
    """Signers are identified by their key, not by issuer and serial number: no lie."""
    wrong: str = ""
    """`digest-twice`, `no-digest`, `content-type`, `other-mechanism`, `unsorted`, `signature`,
    `named-certificate`, `unnamed-certificate`."""


def sign_cms(
    content: bytes,
    *parties: Party,
    detached: bool = False,
    carried: bytes | None = None,
    digest: str = "sha256",
    kind: str = "data",
    bare: bool = False,
    by_key: bool = False,
    certificates: Sequence[Party] | None = None,
    extra: Sequence[bytes] = (),
    adds: Adds | None = None,
    at: datetime | None = SIGNED_AT,
    wrong: str = "",
    signature: bytes | None = None,
) -> bytes:
    """Make a SignedData.

    Args:
        content: what is signed.
        parties: who signs.
        detached: leave the content out.
        carried: put this content inside instead of the signed one.
        digest: name of the hash function.
        kind: content type.
        bare: see `Lies`.
        by_key: see `Lies`.
        certificates: to carry along; None = those of the parties.
        extra: further signed attributes, DER.
        adds: makes unsigned attributes.
        at: signing time; None = not stated.
        wrong: see `Lies`.
        signature: this value instead of the right one.
    """
    inside = content if carried is None else carried
    shown = tlv(0xA0, tlv(0x04, inside)) if not detached or carried is not None else b""
    held = parties if certificates is None else certificates
    lies = Lies(bare=bare, by_key=by_key, wrong=wrong)
    signers = [
        _signer(content, one, digest, kind, lies, extra, adds, at, signature) for one in parties
    ]
    algorithm = bytes(algos.DigestAlgorithm({"algorithm": digest}).dump())
    signed = [
        tlv(0x02, b"\x01" if kind == "data" else b"\x03"),
        tlv(0x31, algorithm if parties else b""),
        tlv(0x30, bytes(cms.ContentType(kind).dump()) + shown),
        tlv(0xA0, b"".join(sorted(one.der for one in held))) if held else b"",
        tlv(0x31, b"".join(signers)),
    ]
    identifier = bytes(cms.ContentType("signed_data").dump())
    return tlv(0x30, identifier + tlv(0xA0, tlv(0x30, b"".join(signed))))


def _signer(
    content: bytes,
    party: Party,
    digest: str,
    kind: str,
    lies: Lies,
    extra: Sequence[bytes],
    adds: Adds | None,
    at: datetime | None,
    signature: bytes | None,
) -> bytes:
    attributes = sorted([*_attributes(content, party, digest, kind, at, lies.wrong), *extra])
    message = content if lies.bare else tlv(0x31, b"".join(attributes))
    value = _sign(party, message + b"!" if lies.wrong == "signature" else message, digest)
    value = value if signature is None else signature
    if lies.wrong == "unsorted":
        attributes.reverse()
    parts = [
        tlv(0x02, b"\x03" if lies.by_key else b"\x01"),
        _identifier(party, by_key=lies.by_key),
        bytes(algos.DigestAlgorithm({"algorithm": digest}).dump()),
        b"" if lies.bare else tlv(0xA0, b"".join(attributes)),
        bytes(_mechanism(party, digest, lies.wrong).dump()),
        tlv(0x04, value),
        b"" if adds is None else tlv(0xA1, b"".join(adds(value))),
    ]
    return tlv(0x30, b"".join(parts))


def _identifier(party: Party, *, by_key: bool) -> bytes:
    if by_key:
        return tlv(0x80, party.asn1.key_identifier)
    serial = bytes(core.Integer(party.asn1.serial_number).dump())
    return tlv(0x30, bytes(party.asn1.issuer.dump()) + serial)


def _attributes(
    content: bytes, party: Party, digest: str, kind: str, at: datetime | None, wrong: str
) -> list[bytes]:
    hashed = hashlib.new(digest, content).digest()
    stated = "signed_data" if wrong == "content-type" else kind
    held = [attribute("content_type", bytes(cms.ContentType(stated).dump()))]
    if wrong != "no-digest":
        held.append(attribute("message_digest", tlv(0x04, hashed)))
    if wrong == "digest-twice":
        other = hashlib.new(digest, b"other").digest()
        held.append(attribute("message_digest", tlv(0x04, other)))
    if at is not None:
        held.append(attribute("signing_time", bytes(core.UTCTime(at).dump())))
    named = b"another certificate" if wrong == "named-certificate" else party.der
    if wrong != "unnamed-certificate":
        one = tlv(0x30, tlv(0x04, hashlib.sha256(named).digest()))
        held.append(attribute("signing_certificate_v2", tlv(0x30, tlv(0x30, one))))
    return held


def _mechanism(party: Party, digest: str, wrong: str) -> Any:  # noqa: ANN401 asn1crypto has no types
    named = "sha512" if wrong == "other-mechanism" else digest
    if isinstance(party.key, ed25519.Ed25519PrivateKey):
        return algos.SignedDigestAlgorithm({"algorithm": "ed25519"})
    if isinstance(party.key, ec.EllipticCurvePrivateKey):
        return algos.SignedDigestAlgorithm({"algorithm": f"{named}_ecdsa"})
    if named == "sha3_256":
        return algos.SignedDigestAlgorithm({"algorithm": RSA_SHA3_256})
    return algos.SignedDigestAlgorithm({"algorithm": f"{named}_rsa"})


def _sign(party: Party, message: bytes, digest: str) -> bytes:
    if isinstance(party.key, ed25519.Ed25519PrivateKey):
        return party.key.sign(message)
    if isinstance(party.key, ec.EllipticCurvePrivateKey):
        return party.key.sign(message, ec.ECDSA(_HASHES[digest]))
    return party.key.sign(message, padding.PKCS1v15(), _HASHES[digest])


def as_ber(der: bytes, *, piece: int = 7) -> bytes:
    """Write a container with indefinite lengths and its content in pieces (X.690 8.1.3.6)."""
    signed = cms.ContentInfo.load(der)["content"]
    inner = signed["encap_content_info"]
    content = bytes(inner["content"])
    pieces = b"".join(
        bytes(core.OctetString(content[at : at + piece]).dump())
        for at in range(0, len(content), piece)
    )
    string = _open(b"\x24", pieces)
    eci = _open(b"\x30", bytes(inner["content_type"].dump()) + _open(b"\xa0", string))
    parts = [signed["version"].dump(), signed["digest_algorithms"].dump(), eci]
    parts += [signed["certificates"].dump(), signed["signer_infos"].dump()]
    identifier = bytes(cms.ContentType("signed_data").dump())
    whole = _open(b"\x30", b"".join(bytes(one) for one in parts))
    return _open(b"\x30", identifier + _open(b"\xa0", whole))


def _open(tag: bytes, body: bytes) -> bytes:
    return tag + b"\x80" + body + b"\x00\x00"
