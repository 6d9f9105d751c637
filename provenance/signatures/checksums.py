"""Read lists of digests as `sha256sum` and BSD `sha256` write them: which documents they name.

Only SHA-256 and SHA-512 count: a list of MD5 or SHA-1 digests names whatever somebody made to fit.
A list holds lines of digests, empty lines, and comments that begin with `#`, and nothing else: in
a text that says "this file is a forgery" above a line with its digest, the signer warns of the
document. A line of another digest is a list's line and names nothing. The names in a list are not
looked at: a document is named by its digest. Never says that a list is signed.
"""

import re
from typing import Final

MAX_LIST: Final = 8 << 20  # bytes; a distribution's list of everything has one or two million

_GNU: Final = re.compile(rb"\\?([0-9A-Fa-f]{32,128})[ \t][ *]?[^\r\n]+")
_BSD: Final = re.compile(rb"([A-Z0-9/-]{2,12}) \([^\r\n]{1,4096}\) = ([0-9A-Fa-f]{32,128})")
_LENGTHS: Final = frozenset({32, 40, 56, 64, 96, 128})  # hexadecimal digits: MD5 to SHA-512
_COUNTING: Final = {64: b"SHA256", 128: b"SHA512"}  # digits to the word of BSD's form


def names_digest(data: bytes, *digests: str) -> bool:
    """Tell whether a list holds one of these digests.

    Args:
        data: the list.
        digests: SHA-256 or SHA-512 of the document, hexadecimal.
    """
    wanted = {one.lower().encode("ascii") for one in digests}
    if len(data) > MAX_LIST:
        return False
    named = False
    for line in data.split(b"\n"):
        bare = line.rstrip(b" \t\r")
        if not bare or bare.startswith(b"#"):
            continue
        digest = _digest_in(bare)
        if digest is None:
            return False
        named = named or digest in wanted
    return named


def _digest_in(line: bytes) -> bytes | None:
    """Return a line's digest; empty where it is of a kind that does not count, None for prose."""
    if found := _GNU.fullmatch(line):
        counts = len(found[1]) in _COUNTING
    elif found := _BSD.fullmatch(line):
        counts = _COUNTING.get(len(found[2])) == found[1]
    else:
        return None
    digest = found[found.re.groups].lower()
    if len(digest) not in _LENGTHS:
        return None
    return digest if counts else b""
