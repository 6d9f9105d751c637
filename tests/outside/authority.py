"""A timestamp authority in memory, honest by default and wrong in one chosen way on demand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2036, 1, 1, tzinfo=UTC)
POLICY = "1.2.3.4.1"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(kw_only=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return self.certificate.public_bytes(Encoding.DER)


def issue(
    name: str,
    issuer: Issued | None = None,
    *,
    ca: bool = False,
    purposes: tuple[x509.ObjectIdentifier, ...] = (),
    critical: bool = True,
    not_before: datetime = START,
    not_after: datetime = END,
    path_length: int | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Issued:
    """Issue a certificate; without an issuer it signs itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer.certificate.subject if issuer else _name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=critical)
    return Issued(certificate=builder.sign(issuer.key if issuer else key, hashes.SHA256()), key=key)


STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)


@dataclass(kw_only=True)
class Tsa:
    """Answers requests; each field is something that it may get wrong."""

    root: Issued = field(default_factory=lambda: issue("Test root", ca=True))
    middle: Issued = field(init=False)
    signer: Issued = field(init=False)
    at: datetime = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
    wrong: str = ""
    status: str = "granted"

    def __post_init__(self) -> None:
        """Issue the chain."""
        self.middle = issue("Test middle", self.root, ca=True)
        self.signer = issue("Test stamping", self.middle, purposes=STAMPING)

    def answer(self, request: bytes) -> bytes:
        """Return TimeStampResp to a TimeStampReq."""
        if self.status == "rejection":
            return bytes(_refusal().dump())
        asked = tsp.TimeStampReq.load(request)
        info = self._info(asked)
        return bytes(
            tsp.TimeStampResp(
                {"status": {"status": self.status}, "time_stamp_token": self._token(info)}
            ).dump()
        )

    def _info(self, asked: Any) -> bytes:  # noqa: ANN401 asn1crypto has no types
        nonce = asked["nonce"].native
        imprint = asked["message_imprint"]
        if self.wrong == "imprint":
            imprint = {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": hashlib.sha256(b"other").digest(),
            }
        values: dict[str, Any] = {
            "version": 1,
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": 42,
            "gen_time": self.at,
            "accuracy": {"seconds": 1, "millis": 500},
            "nonce": nonce + 1 if self.wrong == "nonce" else nonce,
        }
        if self.wrong == "no nonce":
            del values["nonce"]
        if self.wrong == "critical extension":
            values["extensions"] = [{"extn_id": "1.2.3.9", "critical": True, "extn_value": b"x"}]
        return bytes(tsp.TSTInfo(values).dump())

    def _token(self, info: bytes) -> cms.ContentInfo:
        named = self.root if self.wrong == "named certificate" else self.signer
        named_id: dict[str, Any] = {"cert_hash": hashlib.sha256(named.der).digest()}
        if self.wrong in {"issuer named", "other issuer named"}:
            issuer = self.middle if self.wrong == "issuer named" else self.root
            named_id["issuer_serial"] = {
                "issuer": [
                    asn1.GeneralName("directory_name", asn1.Certificate.load(issuer.der).subject)
                ],
                "serial_number": named.certificate.serial_number,
            }
        attributes = [
            {"type": "content_type", "values": ["tst_info"]},
            {
                "type": "message_digest",
                "values": [hashlib.sha256(b"other" if self.wrong == "digest" else info).digest()],
            },
            {
                "type": "signing_certificate_v2",
                "values": [{"certs": [named_id]}],
            },
        ]
        if self.wrong == "v1 attribute":
            attributes[2] = {
                "type": "signing_certificate",
                "values": [{"certs": [{"cert_hash": hashlib.sha1(named.der).digest()}]}],  # noqa: S324 RFC 2634
            }
        if self.wrong == "no certificate named":
            del attributes[2]
        if self.wrong == "attribute twice":
            attributes.append(attributes[1])
        signed = cms.CMSAttributes(attributes)
        message = b"\x31" + signed.dump()[1:]
        signature = self.signer.key.sign(
            b"other" if self.wrong == "signature" else message, ec.ECDSA(hashes.SHA256())
        )
        loaded = asn1.Certificate.load(self.signer.der)
        chain = [self.signer, self.middle]
        if self.wrong == "no chain":
            chain = [self.signer]
        one = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                name="issuer_and_serial_number",
                value={"issuer": loaded.issuer, "serial_number": loaded.serial_number},
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": signed,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature,
        }
        return cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": cms.SignedData(
                    {
                        "version": "v3",
                        "digest_algorithms": [{"algorithm": "sha256"}],
                        "encap_content_info": {
                            "content_type": "tst_info",
                            "content": cms.ParsableOctetString(info),
                        },
                        "certificates": [asn1.Certificate.load(each.der) for each in chain],
                        "signer_infos": [one, one] if self.wrong == "two signers" else [one],
                    }
                ),
            }
        )


def _refusal() -> tsp.PKIStatusInfo:
    from provenance.outside.timestamp_response import _Response  # noqa: PLC0415 its grammar alone

    return _Response({"status": {"status": "rejection", "status_string": ["out of service"]}})


def later(**parts: float) -> datetime:
    """Return an instant after the authority's usual time."""
    return datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC) + timedelta(**parts)
