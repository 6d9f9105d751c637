"""Check one signature value under one key, by the engine (dkimpy).

The engine gets the signed fields, the signature's own field and the key, and nothing else: neither
its resolver nor its clock is within reach from here, because the functions that would ask them
(`verify`, `verify_sig`, `validate_signature_fields`) are never called. Body, coverage, times and
identities are judged elsewhere. The key size is not a reason to refuse here: the caller weighs it.
"""

import base64
from importlib import metadata
from typing import Final

import dkim

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.mail.claim import Claim
from provenance.signatures.mail.keys import ArchivedKey
from provenance.signatures.mail.message import Field

ENGINE_VERSION: Final = metadata.version("dkimpy")
ED25519_SIGNATURE: Final = 64  # bytes, RFC 8032 section 5.1.6


def is_signed_by(claim: Claim, fields: tuple[Field, ...], key: ArchivedKey) -> bool | Fault:
    """Say whether the signature over these fields was made with this key.

    Args:
        claim: the signature.
        fields: the signed fields in the order they were signed.
        key: one that can be used, of the kind that the signature's algorithm needs.
    """
    return attempt("signature", lambda: _check(claim, fields, key))


def _check(claim: Claim, fields: tuple[Field, ...], key: ArchivedKey) -> bool:
    if key.kind == "ed25519" and len(base64.b64decode(claim.signature)) != ED25519_SIGNATURE:
        return False  # the engine raises, as if it could not tell
    signer = dkim.DomainSigner(minkey=0)
    signer.pk, signer.keysize = key.engine_key, key.bits
    signer.ktag, signer.seqtlsrpt = key.kind.encode("ascii"), False
    # The engine picks fields by name from the bottom up, in the order of its list of names.
    signer.headers = [[field.name, field.value] for field in reversed(fields)]
    names = [_engine_name(claim, field) for field in fields]
    own = (claim.field.name, claim.bare)
    tags = {
        b"a": claim.algorithm.encode("ascii"),
        b"b": claim.signature,
        b"c": f"{claim.header_form}/{claim.body_form}".encode("ascii"),
    }
    return bool(signer.verify_sig_process(tags, names, own, None))


def _engine_name(claim: Claim, field: Field) -> bytes:
    """Return the name under which the engine finds the field after canonicalization."""
    name = field.name.lower()
    return name.rstrip() if claim.header_form == "relaxed" else name
