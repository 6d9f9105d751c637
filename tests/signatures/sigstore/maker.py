"""A Sigstore of the tests' own: an authority, two logs, and bundles that can be told to lie.

Enough of it for one bundle of version 0.3 over a document or a statement: a certificate with the
identity, countersigned by a certificate log (RFC 6962 section 3.2), and an entry in a transparency
log with its promise, its inclusion proof in a tree of one leaf, and a signed checkpoint.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SIGNED = datetime(2026, 1, 6, 12, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SUBJECT, ISSUER = "ann@desk.example", "https://accounts.example.org"
_SCTS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_ISSUER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _canonical(value: Any) -> bytes:  # noqa: ANN401 - JSON
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@dataclass
class Instance:
    """One whole instance."""

    root: ec.EllipticCurvePrivateKey = field(default_factory=_key)
    log: ec.EllipticCurvePrivateKey = field(default_factory=_key)
    certificates: ec.EllipticCurvePrivateKey = field(default_factory=_key)

    def _root_certificate(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test root")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.root.public_key())
            .serial_number(1)
            .not_valid_before(SIGNED - timedelta(days=900))
            .not_valid_after(SIGNED + timedelta(days=900))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.root.public_key()), critical=False
            )
        )
        return builder.sign(self.root, hashes.SHA256())

    def trusted_root(self) -> bytes:
        """The root of trust that a client of this instance holds."""
        period = {"start": "2020-01-01T00:00:00Z"}

        def log(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
            return {
                "baseUrl": "https://log.example",
                "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": _b64(_spki(key)),
                    "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                    "validFor": period,
                },
                "logId": {"keyId": _b64(hashlib.sha256(_spki(key)).digest())},
            }

        chain = {"certificates": [{"rawBytes": _b64(_der(self._root_certificate()))}]}
        authority = {
            "subject": {"organization": "test", "commonName": "test"},
            "uri": "https://ca.example",
            "certChain": chain,
            "validFor": period,
        }
        return _canonical(
            {
                "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [log(self.log)],
                "certificateAuthorities": [authority],
                "ctlogs": [log(self.certificates)],
                "timestampAuthorities": [],
            }
        )

    def bundle(
        self, content: bytes, *, subject: str = SUBJECT, digest_of: bytes | None = None
    ) -> bytes:
        """A bundle over a document; `digest_of` states the digest of another one."""
        key = _key()
        certificate = self._certificate(key, subject)
        signature = _sign(key, content)
        digest = hashlib.sha256(content).digest()
        pem = certificate.public_bytes(Encoding.PEM)
        body = {
            "apiVersion": "0.0.1",
            "kind": "hashedrekord",
            "spec": {
                "data": {"hash": {"algorithm": "sha256", "value": digest.hex()}},
                "signature": {"content": _b64(signature), "publicKey": {"content": _b64(pem)}},
            },
        }
        stated = hashlib.sha256(digest_of or content).digest()
        message = {
            "messageSignature": {
                "messageDigest": {"algorithm": "SHA2_256", "digest": _b64(stated)},
                "signature": _b64(signature),
            }
        }
        return self._bundle(certificate, "hashedrekord", body, message)

    def statement(self, *documents: bytes) -> bytes:
        """A bundle with a signed statement that names documents by digest."""
        key = _key()
        certificate = self._certificate(key, SUBJECT)
        subjects = [
            {"name": f"d{n}", "digest": {"sha256": hashlib.sha256(one).hexdigest()}}
            for n, one in enumerate(documents)
        ]
        payload = _canonical(
            {
                "_type": "https://in-toto.io/Statement/v1",
                "subject": subjects,
                "predicateType": "https://example.org/checked/v1",
                "predicate": {},
            }
        )
        kind = "application/vnd.in-toto+json"
        encoded = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
        signature = _sign(key, encoded)
        pem = certificate.public_bytes(Encoding.PEM)
        envelope = {
            "payload": _b64(payload),
            "payloadType": kind,
            "signatures": [{"sig": _b64(signature)}],
        }
        body = {
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": {
                    "algorithm": "sha256",
                    "value": hashlib.sha256(_canonical(envelope)).hexdigest(),
                },
                "payloadHash": {
                    "algorithm": "sha256",
                    "value": hashlib.sha256(payload).hexdigest(),
                },
                "signatures": [{"signature": _b64(signature), "verifier": _b64(pem)}],
            },
        }
        return self._bundle(certificate, "dsse", body, {"dsseEnvelope": envelope})

    def _bundle(
        self,
        certificate: x509.Certificate,
        kind: str,
        body: dict[str, Any],
        content: dict[str, Any],
    ) -> bytes:
        entry = self._entry(kind, _canonical(body))
        material = {
            "certificate": {"rawBytes": _b64(_der(certificate))},
            "tlogEntries": [entry],
            "timestampVerificationData": {"rfc3161Timestamps": []},
        }
        media_type = "application/vnd.dev.sigstore.bundle.v0.3+json"
        return json.dumps(
            {"mediaType": media_type, "verificationMaterial": material, **content}
        ).encode()

    def _entry(self, kind: str, body: bytes) -> dict[str, Any]:
        log_id = hashlib.sha256(_spki(self.log)).digest()
        leaf = hashlib.sha256(b"\0" + body).digest()
        seconds = int(SIGNED.timestamp())
        promise = _canonical(
            {
                "body": _b64(body),
                "integratedTime": seconds,
                "logID": log_id.hex(),
                "logIndex": 0,
            }
        )
        note = f"log.example - 1\n1\n{_b64(leaf)}\n"
        sealed = _b64(log_id[:4] + _sign(self.log, note.encode()))
        checkpoint = f"{note}\n\u2014 log.example {sealed}\n"
        return {
            "logIndex": "0",
            "logId": {"keyId": _b64(log_id)},
            "kindVersion": {"kind": kind, "version": "0.0.1"},
            "integratedTime": str(seconds),
            "inclusionPromise": {"signedEntryTimestamp": _b64(_sign(self.log, promise))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": _b64(leaf),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": checkpoint},
            },
            "canonicalizedBody": _b64(body),
        }

    def _certificate(self, key: ec.EllipticCurvePrivateKey, subject: str) -> x509.Certificate:
        issuer = ISSUER.encode()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self._root_certificate().subject)
            .public_key(key.public_key())
            .serial_number(7)
            .not_valid_before(SIGNED - timedelta(minutes=2))
            .not_valid_after(SIGNED + timedelta(minutes=8))
            .add_extension(_usage(certificates=False), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root.public_key()),
                critical=False,
            )
            .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(subject)]), critical=True)
            .add_extension(
                x509.UnrecognizedExtension(_ISSUER, b"\x0c" + bytes([len(issuer)]) + issuer),
                critical=False,
            )
        )
        bare = builder.sign(self.root, hashes.SHA256())
        return builder.add_extension(
            x509.UnrecognizedExtension(_SCTS, self._countersigned(bare)), critical=False
        ).sign(self.root, hashes.SHA256())

    def _countersigned(self, bare: x509.Certificate) -> bytes:
        """RFC 6962 section 3.2: a signed certificate timestamp over the certificate without it."""
        moment = int(SIGNED.timestamp() * 1000).to_bytes(8)
        body = bare.tbs_certificate_bytes
        signed = (
            b"\0\0"
            + moment
            + b"\0\1"
            + hashlib.sha256(_spki(self.root)).digest()
            + len(body).to_bytes(3)
            + body
            + b"\0\0"
        )
        value = _sign(self.certificates, signed)
        log_id = hashlib.sha256(_spki(self.certificates)).digest()
        sct = b"\0" + log_id + moment + b"\0\0" + b"\4\3" + len(value).to_bytes(2) + value
        listed = len(sct).to_bytes(2) + sct
        whole = len(listed).to_bytes(2) + listed
        return b"\x04" + bytes([len(whole)]) + whole


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
