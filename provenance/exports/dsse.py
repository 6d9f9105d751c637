"""DSSE envelopes (github.com/secure-systems-lab/dsse, version 1.0.2): made, read, verified.

Signed are not the JSON bytes but PAE(type, payload), which begins `DSSEv1`: no entry, checkpoint or
endorsement of this desk begins so, and no signature is taken for another's. Signatures are Ed25519
as they are, and ECDSA P-256 as DER, which is what other DSSE tools and openssl verify.
Reading is strict: exactly payload, payloadType and signatures (each keyid and sig), standard base64
in its one spelling, at least one signature, no key twice. Verifying goes by the key that is handed
in, never by what the envelope says of itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from provenance.errors import CheckFailed, Malformed
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.canonical import parse_canonical
from provenance.ledger.keys import EDDSA, SIGNATURE_SIZE, PublicKey, Signer

MAX_ENVELOPE: Final = 1 << 20  # bytes; a verdict has some 4,000
MAX_SIGNATURES: Final = 16
_HALF: Final = SIGNATURE_SIZE // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeSignature:
    """One signature. It is NOT verified."""

    kid: str
    """Which key claims to have signed: a hint, and unsigned."""
    signature: bytes
    """Ed25519: 64 bytes. ES256: DER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A payload with signatures."""

    payload_type: str
    payload: bytes
    signatures: tuple[EnvelopeSignature, ...]

    def encode(self) -> bytes:
        """Return the JSON of the envelope, in one spelling, with a line's end."""
        value = {
            "payload": encode_base64(self.payload),
            "payloadType": self.payload_type,
            "signatures": [
                {"keyid": each.kid, "sig": encode_base64(each.signature)}
                for each in self.signatures
            ],
        }
        return json.dumps(value, separators=(",", ":"), sort_keys=True).encode("ascii") + b"\n"


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_envelope(payload_type: str, payload: bytes, signer: Signer) -> Envelope:
    """Return a payload with one signature.

    Raises:
        KeyUnavailable: the key cannot sign.
    """
    raw = signer.sign(pae(payload_type, payload))
    key = signer.public_key
    signature = raw if key.alg == EDDSA else _der(raw)
    return Envelope(
        payload_type=payload_type,
        payload=payload,
        signatures=(EnvelopeSignature(kid=key.kid, signature=signature),),
    )


def parse_envelope(data: bytes) -> Envelope:
    """Return what an envelope holds; a line's end behind it is allowed.

    Raises:
        Malformed: not an envelope as `Envelope.encode` writes it.
    """
    value = parse_canonical(data.removesuffix(b"\n"), limit=MAX_ENVELOPE)
    match value:
        case {"payload": str(payload), "payloadType": str(kind), "signatures": [*rows], **rest}:
            found = [_signature(row) for row in rows]
        case _:
            raise Malformed("an envelope has payload, payloadType and signatures")
    if rest or not kind.isascii() or not 0 < len(found) <= MAX_SIGNATURES:
        raise Malformed("an envelope has payload, payloadType and signatures, and nothing else")
    if len({each.kid for each in found}) != len(found):
        raise Malformed("one key stands twice in an envelope")
    return Envelope(payload_type=kind, payload=decode_base64(payload), signatures=tuple(found))


def verify_envelope(envelope: Envelope, payload_type: str, keys: Sequence[PublicKey]) -> bytes:
    """Return the payload if every one of these keys has signed it.

    Raises:
        CheckFailed: no key, a key that has not signed, a wrong signature, another type of payload.
        Malformed: an ES256 signature that is not DER in its one spelling.
    """
    if envelope.payload_type != payload_type:
        raise CheckFailed(f"an envelope of another type than {payload_type}")
    if not keys:
        raise CheckFailed("an envelope without a key to check it is not checked")
    signed = pae(payload_type, envelope.payload)
    there = {each.kid: each.signature for each in envelope.signatures}
    for key in keys:
        signature = there.get(key.kid)
        if signature is None:
            raise CheckFailed(f"the key {key.kid} has not signed this envelope")
        if not key.verify(signature if key.alg == EDDSA else _raw(signature), signed):
            raise CheckFailed(f"the signature of the key {key.kid} is wrong")
    return envelope.payload


def _signature(row: object) -> EnvelopeSignature:
    match row:
        case {"keyid": str(kid), "sig": str(text), **rest} if not rest:
            return EnvelopeSignature(kid=kid, signature=decode_base64(text))
    raise Malformed("a signature of an envelope has keyid and sig")


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))


def _raw(der: bytes) -> bytes:
    try:
        r, s = decode_dss_signature(der)
        raw = r.to_bytes(_HALF) + s.to_bytes(_HALF)
    except (ValueError, OverflowError) as error:
        raise Malformed("not the DER of a P-256 signature") from error
    if _der(raw) != der:
        raise Malformed("the DER of a signature has another spelling")
    return raw
