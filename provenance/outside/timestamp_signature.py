"""Who signed a timestamp token: RFC 5652 section 5.6 and RFC 5035.

Rules, in order:
  1. exactly one certificate in the token or the configuration answers to the signer's identifier;
  2. the signed attributes hold, once each: content type TSTInfo, the message digest of TSTInfo, and
     a signing-certificate attribute whose FIRST hash (and issuer and serial, where given) is that
     of this certificate: else somebody could swap in another certificate with the same key;
  3. the signature over the DER of the signed attributes verifies under its key.
Hash functions: SHA-256, SHA-384, SHA-512; SHA-1 only where RFC 3161's own attribute of 2001
prescribes it (ESSCertID), where it names a certificate that rule 3 and the chain check anyway.
Signatures: RSA PKCS#1 v1.5, ECDSA, Ed25519.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from asn1crypto import core
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.errors import CheckFailed, Malformed
from provenance.outside.der import parsed
from provenance.outside.timestamp_chain import parse_certificate
from provenance.outside.timestamp_response import Token

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def require_signed(token: Token, extra: Sequence[bytes] = ()) -> x509.Certificate:
    """Return the certificate whose key signed a token. Says nothing about who that is.

    Args:
        token: The token.
        extra: Certificates beside those in the token, DER.

    Raises:
        Malformed: a part of the signature cannot be read.
        CheckFailed: a rule does not hold.
    """
    return parsed("a timestamp's signature", lambda: _require_signed(token, extra))


def _require_signed(token: Token, extra: Sequence[bytes]) -> x509.Certificate:
    signer = token.signer
    der = _find_signer(signer["sid"], dict.fromkeys((*token.certificates, *extra)))
    attributes = _attributes(signer["signed_attrs"])
    digest = _hash_name(signer["digest_algorithm"]["algorithm"].native)
    if attributes.get("content_type") != "tst_info":
        raise CheckFailed("the signature is not one over TSTInfo")
    if attributes.get("message_digest") != hashlib.new(digest, token.content).digest():
        raise CheckFailed("the signature is over another TSTInfo than this one")
    _require_named(signer["signed_attrs"], der)
    certificate = parse_certificate(der)
    # RFC 5652 5.4: signed is the DER with the tag of SET OF, not the implicit one in the message.
    message = b"\x31" + bytes(signer["signed_attrs"].dump())[1:]
    _verify(certificate, signer, digest, message)
    return certificate


def _attributes(attributes: Any) -> dict[str, object]:  # noqa: ANN401 asn1crypto has no types
    if isinstance(attributes, core.Void):
        raise Malformed("a timestamp token without signed attributes")
    names = [str(each["type"].native) for each in attributes]
    if len(set(names)) != len(names) or any(len(each["values"]) != 1 for each in attributes):
        raise Malformed("a signed attribute is given twice, or has not exactly one value")
    plain = {"content_type", "message_digest"}
    return {
        name: each["values"][0].native
        for name, each in zip(names, attributes, strict=True)
        if name in plain
    }


def _find_signer(sid: Any, certificates: dict[bytes, None]) -> bytes:  # noqa: ANN401 no types
    from asn1crypto import x509 as asn1  # noqa: PLC0415 its Certificate shares a name with ours

    found = []
    for der in certificates:
        each = asn1.Certificate.load(der, strict=True)
        if sid.name == "issuer_and_serial_number":
            same_issuer = each.issuer.dump() == sid.chosen["issuer"].dump()
            matches = same_issuer and each.serial_number == sid.chosen["serial_number"].native
        else:
            matches = each.key_identifier == sid.chosen.native
        if matches:
            found.append(der)
    if len(found) != 1:
        raise CheckFailed(f"{len(found)} certificates answer to the signer's name, not one")
    return found[0]


def _require_named(attributes: Any, der: bytes) -> None:  # noqa: ANN401 asn1crypto has no types
    """Refuse unless each signing-certificate attribute names this certificate (rule 2)."""
    named = [
        each["values"][0]["certs"]
        for each in attributes
        if each["type"].native in {"signing_certificate", "signing_certificate_v2"}
    ]
    if not named:
        raise CheckFailed("the token does not say which certificate it was signed with")
    for certificates in named:
        first = certificates[0]
        # ESSCertIDv2 states its hash function (RFC 5035); ESSCertID is SHA-1 (RFC 2634).
        has_algorithm = "hash_algorithm" in first._field_map  # noqa: SLF001 the only way to tell
        name = first["hash_algorithm"]["algorithm"].native if has_algorithm else None
        digest = hashlib.new(_hash_name(name), der) if name else hashlib.sha1(der)  # noqa: S324 RFC 2634
        if first["cert_hash"].native != digest.digest():
            raise CheckFailed("the token names another certificate than the one it is signed with")
        _require_issuer(first["issuer_serial"], der)


def _require_issuer(issuer_serial: Any, der: bytes) -> None:  # noqa: ANN401 asn1crypto has no types
    from asn1crypto import x509 as asn1  # noqa: PLC0415 its Certificate shares a name with ours

    if isinstance(issuer_serial, core.Void):
        return
    certificate = asn1.Certificate.load(der, strict=True)
    # Untagged: within GeneralNames a name stands in a tag of its own (RFC 5280 4.2.1.6).
    issuers = [
        each.chosen.untag().dump()
        for each in issuer_serial["issuer"]
        if each.name == "directory_name"
    ]
    serial = issuer_serial["serial_number"].native
    if certificate.issuer.dump() not in issuers or serial != certificate.serial_number:
        raise CheckFailed("the token names another issuer than that of its certificate")


def _verify(
    certificate: x509.Certificate,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    digest: str,
    message: bytes,
) -> None:
    algorithm = signer["signature_algorithm"]
    kind = algorithm.signature_algo
    named = algorithm["algorithm"].native in {"rsassa_pkcs1v15", "ed25519"}
    chosen = _HASHES[digest if named else _hash_name(algorithm.hash_algo)]()
    signature, key = bytes(signer["signature"].native), certificate.public_key()
    try:
        if kind == "rsassa_pkcs1v15" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), chosen)
        elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(chosen))
        elif kind == "ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            raise CheckFailed(f"a timestamp signed in a way that is not checked here: {kind}")
    except InvalidSignature as error:
        raise CheckFailed("the authority's signature on this timestamp is wrong") from error


def _hash_name(name: str) -> str:
    if name not in _HASHES:
        raise CheckFailed(f"a timestamp with a hash function that is not accepted here: {name}")
    return name


def certificate_der(certificate: x509.Certificate) -> bytes:
    """Return a certificate's bytes."""
    return certificate.public_bytes(Encoding.DER)
