r"""The text form of file names: any bytes, written so that JSON can carry them, and back again.

Rules:
  1. a name is bytes; where they are UTF-8 they are shown as that text;
  2. a backslash is written as two;
  3. a byte that is part of no UTF-8 character is written as \xNN, two lower-case hex digits;
  4. nothing else is changed: no normal form, no case, no control characters removed.
`name_bytes(name_text(raw)) == raw` for all bytes, and no text form holds a lone surrogate. A name
without backslashes that is UTF-8 is its own text form. Text forms are shown and stored, never
opened.
"""

import re
from typing import Final

from provenance.errors import UsageError

_ESCAPE: Final = re.compile(rb"\\(\\|x[0-9a-f]{2})?")


def name_text(raw: bytes) -> str:
    """Return the text form of a name."""
    if b"\\" in raw:
        raw = raw.replace(b"\\", b"\\\\")
    return raw.decode("utf-8", "backslashreplace")


def name_bytes(text: str) -> bytes:
    """Return the bytes that a text form stands for.

    Raises:
        UsageError: the text is no text form (a stray backslash, a lone surrogate, or an escape of
            bytes that `name_text` would have shown as text).
    """
    try:
        raw = _ESCAPE.sub(_unescape, text.encode("utf-8"))
    except UnicodeEncodeError as fault:
        raise UsageError("a name holds half a character (a lone surrogate)") from fault
    if name_text(raw) != text:
        raise UsageError("a name is not in its text form")
    return raw


def _unescape(found: re.Match[bytes]) -> bytes:
    escape: bytes | None = found[1]
    if escape is None:
        raise UsageError("a name holds a single backslash: write two")
    return escape if escape == b"\\" else bytes([int(escape[1:], 16)])


def foreign_text(text: str) -> str:
    """Return the text form of a name that a library decoded, whatever surrogates it left in."""
    try:
        return name_text(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # a surrogate that stands for no byte: UTF-7 can smuggle one in
        return name_text(text.encode("utf-8", "surrogatepass"))
