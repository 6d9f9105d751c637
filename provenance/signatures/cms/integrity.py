"""Does one CMS signer's signature match the bytes? Nothing about who, nothing about when.

Rules, in order (RFC 5652 sections 5.3 to 5.6):
  1. signed attributes hold content type and message digest exactly once each, or there are none at
     all; none are allowed for plain data only, and then the content must not itself read as signed
     attributes: that is the known forgery that turns the attributes of an old signature into the
     content of a new one;
  2. the digest that the signature algorithm names is the signer's digest algorithm (RFC 8933): two
     different ones are a substitution, or a mistake, and no signature;
  3. the engine's own check: content type, algorithm protection (RFC 6211), signing certificate
     (RFC 5035), message digest, signature value;
  4. when only the signature value does not match, the same over the attributes in DER order, which
     is what section 5.4 prescribes and some software does not keep to in the file.
Each step says in a code what it refused. Without the signed bytes, rules 1 to 3 are tried with the
digest that the attributes state: what verifies then is the signature over a digest, no document.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from provenance.signatures.axes import Integrity
from provenance.signatures.cms.attributes import attributes_of, single
from provenance.signatures.cms.reading import Container
from provenance.signatures.text import tame, with_detail

_DIGESTS: Final = {
    name: name.replace("-", "_") for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
} | {f"sha3_{bits}": f"sha3_{bits}" for bits in (224, 256, 384, 512)}
"""Names of asn1crypto to names of hashlib."""
_RSA_SHA3: Final[dict[str, hashes.HashAlgorithm]] = {
    "2.16.840.1.101.3.4.3.13": hashes.SHA3_224(),
    "2.16.840.1.101.3.4.3.14": hashes.SHA3_256(),
    "2.16.840.1.101.3.4.3.15": hashes.SHA3_384(),
    "2.16.840.1.101.3.4.3.16": hashes.SHA3_512(),
}
"""RFC 9688 section 3.2; the parser does not know these names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer for one signer."""

    integrity: Integrity
    code: str | None = None
    """Why it is not intact."""
    why: str | None = None
    """The same in plain words."""
    notes: tuple[str, ...] = ()
    """Codes of what was tolerated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    """One signer and what it is checked against."""

    signer: Any
    certificate: x509.Certificate
    content_type: str
    digest: bytes


class SignatureValidator(DefaultSignatureValidator):
    """The engine's check of a signature value, with RSA over SHA-3 added."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: Any,  # noqa: ANN401 asn1crypto has no types
        signature_algorithm: Any,  # noqa: ANN401 asn1crypto has no types
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Check one value.

        Raises:
            InvalidSignature: it does not match.
        """
        chosen = _RSA_SHA3.get(signature_algorithm["algorithm"].dotted)
        if chosen is None:
            super().validate_signature(
                signature, signed_data, public_key_info, signature_algorithm, context
            )
            return
        key = serialization.load_der_public_key(public_key_info.dump())
        if not isinstance(key, rsa.RSAPublicKey):
            raise InvalidSignature("an RSA signature under a key of another kind")
        form = Prehashed(chosen) if context.prehashed else chosen
        key.verify(signature, signed_data, padding.PKCS1v15(), form)


def check_integrity(
    container: Container,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    certificate: x509.Certificate,
    content: bytes | None,
) -> Verdict:
    """Judge one signer.

    Args:
        container: what the signer stands in.
        signer: SignerInfo.
        certificate: the signer's.
        content: the signed bytes; None = they are not here.

    Raises:
        Exception: whatever parser and engine raise on a part that cannot be read.
    """
    attributes = attributes_of(signer, "signed_attrs")
    refused = _form(container, attributes, content) or refuse_algorithms(signer)
    if refused is not None:
        return refused
    name = _DIGESTS[signer["digest_algorithm"]["algorithm"].native]
    stated = single(attributes, "message_digest")
    if content is not None:
        digest = hashlib.new(name, content).digest()
    elif stated is not None:
        digest = bytes(stated.native)
    else:
        return _absent()
    found = _verify(
        _Try(
            signer=signer,
            certificate=certificate,
            content_type=container.content_type,
            digest=digest,
        )
    )
    return _absent() if content is None and found.integrity is Integrity.INTACT else found


def digest_name(signer: Any) -> str:  # noqa: ANN401 asn1crypto has no types
    """Return the name of the signer's digest algorithm."""
    return str(signer["digest_algorithm"]["algorithm"].native)


def stated_digest(signer: Any) -> str | None:  # noqa: ANN401 asn1crypto has no types
    """Return the digest that the signature algorithm names; None where it names none."""
    mechanism = signer["signature_algorithm"]
    name = str(mechanism["algorithm"].native)
    if mechanism["algorithm"].dotted in _RSA_SHA3:
        return _RSA_SHA3[mechanism["algorithm"].dotted].name.replace("-", "_")
    if name == "rsassa_pss":
        return str(mechanism["parameters"]["hash_algorithm"]["algorithm"].native)
    digest, _, family = name.rpartition("_")
    return digest if family in {"rsa", "dsa", "ecdsa"} else None


def _absent() -> Verdict:
    return Verdict(
        integrity=Integrity.NOT_CHECKABLE,
        code="signed-data-not-found",
        why="the signature is detached and the document it was made for is not here",
    )


def _form(container: Container, attributes: Sequence[Any], content: bytes | None) -> Verdict | None:
    """Rule 1."""
    if attributes:
        if any(single(attributes, name) is None for name in ("content_type", "message_digest")):
            return _refused(
                "signed-attributes-malformed",
                "content type or message digest is not stated exactly once (RFC 5652, 11)",
            )
        return None
    if container.content_type != "data":
        return _refused(
            "signed-attributes-missing",
            "content of another type than plain data needs signed attributes (RFC 5652, 5.3)",
        )
    if content is not None and reads_as_attributes(content):
        return _refused(
            "attributes-as-content",
            "the signed bytes are the attributes of another signature: a known way to forge one",
        )
    return None


def reads_as_attributes(content: bytes) -> bool:
    """Tell whether bytes read as the DER of signed attributes."""
    if not content.startswith(b"\x31"):
        return False
    try:
        return any(
            one["type"].native in {"content_type", "message_digest"}
            for one in cms.CMSAttributes.load(content, strict=True)
        )
    except (ValueError, TypeError):
        return False


def refuse_algorithms(signer: Any) -> Verdict | None:  # noqa: ANN401 asn1crypto has no types
    """Return why a signer's algorithms are not taken (rule 2); None where they are."""
    used, named = digest_name(signer), stated_digest(signer)
    if used not in _DIGESTS:
        return _refused("digest-not-handled", "its digest algorithm is not handled here")
    if named is not None and named != used:
        return _refused(
            "digest-algorithms-contradict",
            f"it names two different digest algorithms, {used} and {named} (RFC 8933)",
        )
    return None


_NOT_NAMED: Final = "the certificate in it is not the one that the signer named in what was signed"
_CONTRADICT: Final = "what the signer signed about the signature contradicts the signature itself"


def _refused(code: str, why: str) -> Verdict:
    return Verdict(integrity=Integrity.NOT_CHECKABLE, code=code, why=why)


def _verify(one: _Try) -> Verdict:
    """Rules 3 and 4."""
    try:
        return _weigh(one)
    except SignatureValidationError as error:
        missing = error.ades_subindication is AdESIndeterminate.NO_SIGNING_CERTIFICATE_FOUND
        code = "no-signing-certificate" if missing else "signed-attributes-contradict"
        words = _NOT_NAMED if missing else _CONTRADICT
        return _refused(code, with_detail(words, tame(error, 200)))


def _weigh(one: _Try) -> Verdict:
    intact, valid = _run(one)
    notes: tuple[str, ...] = ()
    if not valid:
        ordered = _in_der_order(one.signer)
        if ordered is not None:
            again = _Try(
                signer=ordered,
                certificate=one.certificate,
                content_type=one.content_type,
                digest=one.digest,
            )
            intact, valid = _run(again)
            notes = ("signed-attributes-not-der",) if valid else ()
    if intact and valid:
        return Verdict(integrity=Integrity.INTACT, notes=notes)
    return Verdict(
        integrity=Integrity.BROKEN,
        code="hash-failure" if valid else "sig-crypto-failure",
        notes=notes,
    )


def _run(one: _Try) -> tuple[bool, bool]:
    intact, valid = validate_sig_integrity(
        one.signer,
        one.certificate,
        one.content_type,
        one.digest,
        sig_validator=SignatureValidator(),
    )
    return bool(intact), bool(valid)


def _in_der_order(signer: Any) -> Any | None:  # noqa: ANN401 asn1crypto has no types
    """Return the signer with its attributes in DER order (X.690 11.6); None if they are already."""
    held = attributes_of(signer, "signed_attrs")
    parts = [bytes(each.dump()) for each in held]
    ordered = sorted(parts)
    if parts == ordered:
        return None
    body = b"".join(ordered)
    copy = cms.SignerInfo.load(bytes(signer.dump()))
    copy["signed_attrs"] = cms.CMSAttributes.load(b"\x31" + _length(len(body)) + body)
    return copy


def _length(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    octets = value.to_bytes((value.bit_length() + 7) // 8)
    return bytes((0x80 | len(octets),)) + octets
