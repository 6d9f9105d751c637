"""Find and read ASCII armor (RFC 9580 section 6) in a text, strictly.

Rules, in order: a block begins at the start of a line with `-----BEGIN PGP ...-----` and ends with
the END line of the same kind; header lines are `Key: value`, then one empty line; then base64 in
lines; then at most one checksum line, whose value is not judged (section 6.1: a disagreement must
not make a reader refuse). Refused: no END line or another kind's, anything that is not base64, more
than MAX_BLOCKS blocks. Never decodes what stands outside a block.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed

MAX_BLOCKS: Final = 64  # of one file; a mail thread quotes a few, a hostile file a million
MAX_HEADERS: Final = 16  # lines; programs write two or three

SIGNATURE: Final = "SIGNATURE"
SIGNED_MESSAGE: Final = "SIGNED MESSAGE"
MESSAGE: Final = "MESSAGE"
PUBLIC_KEY: Final = "PUBLIC KEY BLOCK"

LINE_END: Final = rb"[ \t\r]*$"
"""What may follow the hyphens of a BEGIN or END line, in MULTILINE. Whoever looks for blocks uses
this one: two readers that see the end of a block in two places leave text between them unsigned."""
BEGIN: Final = re.compile(
    rb"^-----BEGIN PGP (SIGNED MESSAGE|SIGNATURE|MESSAGE|PUBLIC KEY BLOCK)-----" + LINE_END,
    re.MULTILINE,
)
_HEADER: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]*: ?[^\n]*")
_CHECKSUM: Final = re.compile(rb"=[A-Za-z0-9+/]{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Armored:
    """One armored block, decoded."""

    kind: str
    """What its first line says: SIGNATURE, MESSAGE, PUBLIC KEY BLOCK."""
    data: bytes
    """The packets."""
    start: int
    """Offset of its first byte."""
    end: int
    """Offset behind its END line."""


def begins(data: bytes) -> tuple[re.Match[bytes], ...]:
    """Return where blocks begin, in order.

    Raises:
        Malformed: more than MAX_BLOCKS of them.
    """
    found: list[re.Match[bytes]] = []
    for match in BEGIN.finditer(data):
        if len(found) == MAX_BLOCKS:
            raise Malformed(f"more than {MAX_BLOCKS} OpenPGP blocks in one text")
        found.append(match)
    return tuple(found)


def read_armor(data: bytes, begin: re.Match[bytes]) -> Armored:
    """Decode the block that begins there.

    Raises:
        Malformed: see the module.
    """
    kind = begin[1]
    # As late as its END line is, a block never reaches into the next one.
    following = BEGIN.search(data, begin.end())
    stop = following.start() if following else len(data)
    finish = re.compile(rb"^-----END PGP " + kind + rb"-----" + LINE_END, re.MULTILINE).search(
        data, begin.end(), stop
    )
    if finish is None:
        raise Malformed(f"an OpenPGP {kind.decode()} block without its END line")
    lines = (line.rstrip(b" \t\r") for line in data[begin.end() : finish.start()].split(b"\n")[1:])
    return Armored(
        kind=kind.decode("ascii"),
        data=_decode(_body(lines)),
        start=begin.start(),
        end=finish.end(),
    )


def _body(lines: Iterator[bytes]) -> list[bytes]:
    """Return the lines behind the headers and the empty line that ends them."""
    for number, line in enumerate(lines):
        if not line:
            return list(lines)
        if number == MAX_HEADERS or not _HEADER.fullmatch(line):
            raise Malformed("an OpenPGP block whose headers do not end with an empty line")
    raise Malformed("an OpenPGP block without a body")


def _decode(lines: list[bytes]) -> bytes:
    while lines and not lines[-1]:
        lines.pop()
    if lines and _CHECKSUM.fullmatch(lines[-1]):
        lines.pop()
    try:
        data = base64.b64decode(b"".join(lines), validate=True)
    except binascii.Error as error:
        raise Malformed("an OpenPGP block that is not base64") from error
    if not data:
        raise Malformed("an empty OpenPGP block")
    return data
