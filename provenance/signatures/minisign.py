"""Read minisign signatures: the legacy form (`Ed`) and the prehashed one (`ED`, BLAKE2b-512).

A signature file has four lines: `untrusted comment: ` and anything; base64 of algorithm, key
number and signature; `trusted comment: ` and a text; base64 of a second signature, over the first
and that text. Refused: any other shape, surplus lines, comments beyond minisign's own limits. Both
signatures must hold. The trusted comment is signed; the time in it is the signer's own word. The
file name in it is not shown: names may lead to a source. The untrusted comment is nobody's word.
"""

import hashlib
import re
from datetime import UTC, datetime
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
from provenance.signatures.text import tame
from provenance.trust.model import PinKind, TrustSet

MAX_UNTRUSTED: Final = 1024  # bytes of the line; minisign.h COMMENTMAXBYTES
MAX_TRUSTED: Final = 8192  # bytes of the line; minisign.h TRUSTEDCOMMENTMAXBYTES

_UNTRUSTED, _TRUSTED = b"untrusted comment: ", b"trusted comment: "
_TIME: Final = re.compile(r"(?:^|\t)timestamp:(\d{1,11})(?=\t|$)")
_OWN: Final = re.compile(r"(?:timestamp|file):[^\t]*\t?")  # what the program itself writes


def read_minisign(data: bytes) -> PlainSignature | None:
    """Return the signature; None for a public key.

    Raises:
        Malformed: see the module.
    """
    lines = [line.removesuffix(b"\r") for line in data.removesuffix(b"\n").split(b"\n")]
    if len(lines) == 2 and len(_decoded(lines[1])) == KEY_BYTES:
        return None
    if len(lines) != 4 or not lines[2].startswith(_TRUSTED):
        raise Malformed("a minisign signature has four lines")
    if not lines[0].startswith(_UNTRUSTED) or len(lines[0]) > MAX_UNTRUSTED:
        raise Malformed("a minisign signature begins with an untrusted comment, of one line")
    if len(lines[2]) > MAX_TRUSTED:
        raise Malformed("a minisign signature with a comment that is too long")
    value, seal = _decoded(lines[1]), _decoded(lines[3])
    if len(value) != SIGNATURE_BYTES or len(seal) != 64 or value[:2] not in {b"Ed", b"ED"}:
        raise Malformed("a minisign signature of another length or algorithm")
    return _signature(value, lines[2].removeprefix(_TRUSTED), seal)


def _signature(value: bytes, comment: bytes, seal: bytes) -> PlainSignature:
    said = comment.decode("utf-8", "replace")
    shown = tame(_OWN.sub("", said).replace("\t", " ").strip(), 200)
    hashed = value[:2] == b"ED"
    return PlainSignature(
        kind=Kind.MINISIGN,
        verify=partial(_verify, value, comment, seal),
        algorithms=("blake2b-512", "ed25519") if hashed else ("ed25519",),
        claimed_time=_time(said),
        covered=(f'the trusted comment ("{shown}")' if shown else "the trusted comment",),
        uncovered=("the untrusted comment",),
    )


def _time(comment: str) -> datetime | None:
    found = _TIME.search(comment)
    if found is None:
        return None
    try:
        return datetime.fromtimestamp(int(found[1]), UTC)
    except (ValueError, OverflowError, OSError):  # a year that no calendar has: no time is stated
        return None


def _verify(value: bytes, comment: bytes, seal: bytes, content: bytes, trust: TrustSet) -> Outcome:
    number, signature = value[2:10], value[10:]
    message = hashlib.blake2b(content).digest() if value[:2] == b"ED" else content
    named = f"{int.from_bytes(number, 'little'):016X}"  # as minisign prints it
    tried = Outcome(holds=None, fingerprint=named)
    for pin, key in numbered_pins(trust, PinKind.MINISIGN, number):
        holds = key.verify(signature, message) and key.verify(seal, signature + comment)
        tried = Outcome(holds=holds, pin=pin, fingerprint=named, spki_sha256=spki_sha256(key))
        if holds:
            break
    return tried


def _decoded(line: bytes) -> bytes:
    try:
        return decode_base64(line.decode("ascii"))
    except (UnicodeDecodeError, Malformed) as error:
        raise Malformed("a minisign file with a line that is not base64") from error
