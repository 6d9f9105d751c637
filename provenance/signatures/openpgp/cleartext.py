"""Read cleartext-signed blocks (RFC 9580 section 7): the text that is signed, and nothing else.

Rules, in order: the BEGIN line; header lines, of which only `Hash:` with known names is allowed
(any other text there would be shown to a reader as signed, and is not); one empty line; the text,
each line that begins with a dash escaped by `- `; a SIGNATURE block. The signed text has its
escapes removed, trailing blanks cut and line ends made CRLF; the line end before the signature is
not part of it. Refused: everything else. What stands outside the block is not signed and not
looked at.
"""

import re
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.openpgp.armor import BEGIN, SIGNATURE, Armored, read_armor

MAX_HASHES: Final = 8  # header lines; a program writes one

_NAMES: Final = frozenset(
    {"MD5", "SHA1", "RIPEMD160", "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-512"}
)
_HASH: Final = re.compile(rb"Hash: ([A-Za-z0-9-]+(?:, ?[A-Za-z0-9-]+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearsigned:
    """One cleartext-signed block."""

    text: bytes
    """What the signatures are over: no escapes, no trailing blanks, CRLF, no last line end."""
    signatures: bytes
    """Signature packets."""
    start: int
    """Offset of its first byte."""
    end: int
    """Offset behind its END line."""


def read_clearsigned(data: bytes, begin: re.Match[bytes]) -> Clearsigned:
    """Read the block that begins there.

    Raises:
        Malformed: see the module.
    """
    armored = _signature_after(data, begin)
    inside = data[begin.end() : armored.start]
    lines = inside.split(b"\n")[1:-1]  # the rest of the BEGIN line; nothing behind the last end
    return Clearsigned(
        text=b"\r\n".join(_unescaped(line) for line in _body(lines)),
        signatures=armored.data,
        start=begin.start(),
        end=armored.end,
    )


def _signature_after(data: bytes, begin: re.Match[bytes]) -> Armored:
    following = BEGIN.search(data, begin.end())
    if following is None or following[1].decode("ascii") != SIGNATURE:
        raise Malformed("a clearsigned text without its signature")
    return read_armor(data, following)


def _body(lines: list[bytes]) -> list[bytes]:
    """Return the lines behind the headers and the one empty line."""
    for number, line in enumerate(lines):
        bare = line.rstrip(b" \t\r")
        if not bare:
            return lines[number + 1 :]
        found = _HASH.fullmatch(bare)
        known = found and all(
            name.strip().upper() in _NAMES for name in found[1].decode("ascii").split(",")
        )
        if not known or number == MAX_HASHES:
            raise Malformed("a clearsigned text with a header that is not signed and is no digest")
    raise Malformed("a clearsigned text without a body")


def _unescaped(line: bytes) -> bytes:
    if line.startswith(b"- "):
        line = line[2:]
    elif line.startswith(b"-"):
        raise Malformed("a clearsigned text with a line whose dash is not escaped")
    return line.rstrip(b" \t\r")
