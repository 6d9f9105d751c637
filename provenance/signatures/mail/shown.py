"""Turn the value of a header field into text that can be shown (RFC 2047, RFC 6532).

Every reader of mail asks here, so that no two disagree on what a field says. Bytes above 127 are
UTF-8 and else Latin-1. Encoded words are decoded; bytes that are none of their charset become
U+FFFD, as programs show them; a word of an unknown charset, or one that breaks the rules, stays as
it was sent. What is shown is tamed: no control, bidirectional or invisible character survives.
Total on any bytes. What a mail program shows may differ where the value breaks the rules.
"""

import base64
import quopri
import re
from typing import Final

from provenance.signatures.text import tame

MAX_VALUE: Final = 4000  # bytes of one value that are decoded; the rest is cut, visibly

_WORD: Final = re.compile(
    r"=\?([A-Za-z0-9_.+-]{1,60})(?:\*[A-Za-z0-9-]{1,40})?\?([bBqQ])\?([^?\s]{0,2000})\?="
)
_BETWEEN: Final = re.compile(r"(\?=)\s{1,200}(?==\?)")  # RFC 2047 6.2: not part of the text


def decode_field(value: bytes) -> str:
    """Return the text of a value on one line, NOT tamed: for comparison and search only."""
    text = " ".join(decode_words(" ".join(raw_text(value).split())).split())
    return text + ("…" if len(value) > MAX_VALUE else "")


def decode_words(text: str) -> str:
    """Return text with its encoded words decoded and all else as it is, NOT tamed."""
    return _WORD.sub(_decoded, _BETWEEN.sub(r"\1", text)) if "=?" in text else text


def raw_text(value: bytes) -> str:
    """Return the first MAX_VALUE bytes as text, encoded words left alone, NOT tamed."""
    return text_of(value[:MAX_VALUE])


def show_field(value: bytes, limit: int = 500) -> str:
    """Return the text of a value, safe to print, at most `limit` characters."""
    return tame(decode_field(value), limit)


def text_of(value: bytes) -> str:
    """Return bytes of a header as text, encoded words left alone, NOT tamed."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _decoded(word: re.Match[str]) -> str:
    charset, form, text = word.groups()
    try:
        coded = text.encode("ascii")
        if form in "bB":
            raw = base64.b64decode(coded + b"=" * (-len(coded) % 4), validate=True)
        else:
            raw = quopri.decodestring(coded.replace(b"_", b" "))
        return raw.decode(charset, "replace")
    except (LookupError, ValueError):  # unknown charset, broken base64: as it was sent
        return word[0]
