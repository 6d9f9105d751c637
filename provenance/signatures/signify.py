"""Read signify signatures (OpenBSD): Ed25519, no time, no name.

A signature file has two lines: `untrusted comment: ` and anything, base64 of `Ed`, key number and
signature. With `-e` the signed message follows in the same file. Refused: any other shape, a
comment beyond signify's own limit. The comment is nobody's word. Archives that `signify -z` signs
keep the signature inside their gzip header; those are not looked for.
"""

from functools import partial
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64
from provenance.signatures.axes import Kind
from provenance.signatures.keynumbers import (
    KEY_BYTES,
    SIGNATURE_BYTES,
    numbered_pins,
    spki_sha256,
)
from provenance.signatures.plain import Outcome, PlainSignature
from provenance.trust.model import PinKind, TrustSet

MAX_COMMENT: Final = 1024  # bytes of the comment; signify.c COMMENTMAXLEN

_COMMENT: Final = b"untrusted comment: "


def read_signify(data: bytes) -> PlainSignature | None:
    """Return the signature; None for a public key.

    Raises:
        Malformed: see the module.
    """
    comment, _, rest = data.partition(b"\n")
    line, end, message = rest.partition(b"\n")
    if not comment.startswith(_COMMENT) or len(comment) > MAX_COMMENT + len(_COMMENT) or not end:
        raise Malformed("a signify file has a comment of one line, then base64, each with its end")
    try:
        value = decode_base64(line.decode("ascii"))
    except (UnicodeDecodeError, Malformed) as error:
        raise Malformed("a signify file with a second line that is not base64") from error
    if len(value) == KEY_BYTES and value.startswith(b"Ed"):
        return None
    if len(value) != SIGNATURE_BYTES or not value.startswith(b"Ed"):
        raise Malformed("a signify signature of another length or algorithm")
    return PlainSignature(
        kind=Kind.SIGNIFY,
        verify=partial(_verify, value[2:10], value[10:]),
        algorithms=("ed25519",),
        content=message or None,
        uncovered=("the untrusted comment",),
    )


def _verify(number: bytes, signature: bytes, content: bytes, trust: TrustSet) -> Outcome:
    tried = Outcome(holds=None, fingerprint=number.hex())
    for pin, key in numbered_pins(trust, PinKind.SIGNIFY, number):
        tried = Outcome(
            holds=key.verify(signature, content),
            pin=pin,
            fingerprint=number.hex(),
            spki_sha256=spki_sha256(key),
        )
        if tried.holds:
            break
    return tried
