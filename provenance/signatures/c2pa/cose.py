"""The signature box of a claim (COSE_Sign1, RFC 9052) and what came with it; checked a second time.

Reads: algorithm, certificates, stapled OCSP responses, signature value. `verify_claim` repeats the
one check that everything rests on, with the certificate that is shown to people: so a certificate
can never be shown that did not make the signature, and a refusal by the library for another reason
is never taken for an altered file. Algorithms are those of C2PA 13.2. Anything else is Malformed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from provenance.errors import Malformed
from provenance.signatures.c2pa.cbor import Tagged, parse_cbor

MAX_CERTIFICATES: Final = 16  # of one chain; real ones hold two to four
MAX_RESPONSES: Final = 8  # stapled OCSP responses
MAX_STAMPS: Final = 4  # read, so that more than the one allowed are noticed
SIGN1: Final = 18  # tag, RFC 9052 section 2
_ALGORITHM, _X5CHAIN = 1, 33  # header labels, RFC 9052 section 3.1 and RFC 9360 section 2
_HASHES: Final[Mapping[int, hashes.HashAlgorithm]] = {
    -7: hashes.SHA256(),  # ES256
    -35: hashes.SHA384(),  # ES384
    -36: hashes.SHA512(),  # ES512
    -37: hashes.SHA256(),  # PS256
    -38: hashes.SHA384(),  # PS384
    -39: hashes.SHA512(),  # PS512
    -8: hashes.SHA512(),  # EdDSA
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSignature:
    """A signature box, taken apart."""

    algorithm: int
    """COSE number; negative."""
    protected: bytes
    value: bytes
    certificates: tuple[bytes, ...]
    """DER, the signer's first."""
    ocsp: tuple[bytes, ...]
    """Stapled OCSP responses, DER."""
    stamps: tuple[tuple[int, bytes], ...] = ()
    """(version of the header, token or whole answer of a time authority, DER)."""

    @property
    def digest(self) -> str:
        """Name of the hash inside the signature algorithm."""
        return _HASHES[self.algorithm].name


def parse_signature(box: bytes) -> ClaimSignature:
    """Take a signature box apart.

    Raises:
        Malformed: not a COSE_Sign1 with a certificate and a known algorithm.
    """
    item = parse_cbor(box)
    if isinstance(item, Tagged) and item.tag == SIGN1:
        item = item.value
    if not isinstance(item, list) or len(item) != 4:
        raise Malformed("COSE: not a COSE_Sign1")
    protected, loose, _, value = item
    if not (isinstance(protected, bytes) and isinstance(loose, dict) and isinstance(value, bytes)):
        raise Malformed("COSE: parts of another type")
    header = parse_cbor(protected) if protected else {}
    algorithm = header.get(_ALGORITHM) if isinstance(header, dict) else None
    if not isinstance(algorithm, int) or algorithm not in _HASHES:
        raise Malformed("COSE: no known algorithm")
    return ClaimSignature(
        algorithm=algorithm,
        protected=protected,
        value=value,
        certificates=_certificates(header, loose),
        ocsp=_responses(loose),
        stamps=_stamps(loose),
    )


def _certificates(protected: dict[Any, Any], loose: dict[Any, Any]) -> tuple[bytes, ...]:
    """C2PA 13.2.1: `x5chain` by number or by name; the protected one counts."""
    for header in (protected, loose):
        for key in (_X5CHAIN, "x5chain"):
            found = header.get(key)
            chain = [found] if isinstance(found, bytes) else found
            if isinstance(chain, list) and chain and all(isinstance(one, bytes) for one in chain):
                if len(chain) > MAX_CERTIFICATES:
                    raise Malformed(f"COSE: more than {MAX_CERTIFICATES} certificates")
                return tuple(chain)
    raise Malformed("COSE: no certificate")


def _responses(loose: dict[Any, Any]) -> tuple[bytes, ...]:
    values = loose.get("rVals")
    found = values.get("ocspVals") if isinstance(values, dict) else None
    held = tuple(
        one for one in (found if isinstance(found, list) else ()) if isinstance(one, bytes)
    )
    if len(held) > MAX_RESPONSES:  # the one that calls the key back may be the last
        raise Malformed(f"COSE: more than {MAX_RESPONSES} answers about revocation")
    return held


def _stamps(loose: dict[Any, Any]) -> tuple[tuple[int, bytes], ...]:
    """C2PA 10.3.2.5.2: `{"tstTokens": [{"val": bytes}]}` under either name."""
    found: list[tuple[int, bytes]] = []
    for version, name in ((1, "sigTst"), (2, "sigTst2")):
        header = loose.get(name)
        listed = header.get("tstTokens") if isinstance(header, dict) else None
        for one in listed if isinstance(listed, list) else []:
            value = one.get("val") if isinstance(one, dict) else None
            found += [(version, value)] if isinstance(value, bytes) else []
    return tuple(found[:MAX_STAMPS])


def countersigned(signature: ClaimSignature, claim: bytes | None) -> bytes:
    """Return what a time stamp's imprint is over.

    Args:
        signature: that the time stamp lies in.
        claim: for version 1, which stamps the claim; None for version 2, which stamps the
            signature value, as a CBOR byte string.
    """
    payload = claim if claim is not None else _bytes(signature.value)
    return b"\x84\x70CounterSignature" + _bytes(signature.protected) + _bytes(b"") + _bytes(payload)


def verify_claim(signature: ClaimSignature, claim: bytes) -> bool:
    """Say whether the first certificate's key made this signature over this claim.

    Raises:
        Malformed: the certificate cannot be read, or its key is of another kind.
    """
    try:
        key = x509.load_der_x509_certificate(signature.certificates[0]).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("COSE: the certificate cannot be read") from error
    signed = _to_be_signed(signature.protected, claim)
    digest = _HASHES[signature.algorithm]
    try:
        if isinstance(key, ed25519.Ed25519PublicKey) and signature.algorithm == -8:
            key.verify(signature.value, signed)
        elif isinstance(key, rsa.RSAPublicKey) and signature.algorithm in {-37, -38, -39}:
            salted = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
            key.verify(signature.value, signed, salted, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and signature.algorithm in {-7, -35, -36}:
            key.verify(_ecdsa(signature.value), signed, ec.ECDSA(digest))
        else:
            raise Malformed("COSE: algorithm and key do not go together")
    except InvalidSignature:
        return False
    return True


def _ecdsa(value: bytes) -> bytes:
    """RFC 9053 section 2.1: r and s, each half; the library wants DER."""
    half = len(value) // 2
    return encode_dss_signature(
        int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
    )


def _to_be_signed(protected: bytes, claim: bytes) -> bytes:
    """RFC 9052 section 4.4: ["Signature1", protected, external_aad, payload], in CBOR."""
    return b"\x84\x6aSignature1" + _bytes(protected) + _bytes(b"") + _bytes(claim)


def _bytes(value: bytes) -> bytes:
    """RFC 8949 section 3.1, major type 2, shortest length."""
    size = len(value)
    if size < 24:
        return bytes([0x40 | size]) + value
    if size < 1 << 8:
        return b"\x58" + size.to_bytes(1, "big") + value
    if size < 1 << 16:
        return b"\x59" + size.to_bytes(2, "big") + value
    return b"\x5a" + size.to_bytes(4, "big") + value
