r"""Make text from a hostile document safe to print, store and compare by eye.

Control characters, bidirectional overrides, zero-width characters, private-use characters and lone
surrogates become visible `\u{...}` escapes: a file must not move a terminal's cursor, reorder a
sentence ("Trojan Source", CVE-2021-42574) or hide a word. Everything else stays as it is.

What an engine says in its own words (an exception's text, a status of a library) is kept behind a
mark: it stays in the JSON for whoever looks for it, and is left out where people read.
"""

import re
import unicodedata
from typing import Final

MAX_TEXT: Final = (
    2000  # characters kept of one text from a document; names and dates are far shorter
)

_MARK: Final = "[engine:"
_DETAIL: Final = re.compile(r" ?\[engine: [^\[\]]*(?:\]|$)")
_ROUND: Final = str.maketrans("[]", "()")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def is_printable_safe(text: str) -> bool:
    """Say whether `escape_hidden` would leave the text unchanged."""
    if text.isascii():  # most texts are; of these, only control characters are not printable
        return text.isprintable()
    return not any(unicodedata.category(character) in _HIDDEN for character in text)


def escape_hidden(text: str) -> str:
    r"""Return the text with every hidden or reordering character written as `\u{hex}`."""
    if is_printable_safe(text):
        return text
    return "".join(
        f"\\u{{{ord(character):04x}}}" if unicodedata.category(character) in _HIDDEN else character
        for character in text
    )


def tame(value: object, limit: int = MAX_TEXT) -> str:
    """Return any value as safe text of at most `limit` characters; a cut shows as an ellipsis."""
    # A document must not spell the mark behind which `plain_words` leaves something out.
    text = escape_hidden(str(value)[: limit + 1]).replace(_MARK, "[engine :")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def with_detail(words: str, raw: str) -> str:
    """Return plain words with an engine's own words behind them, for whoever reads the JSON.

    Args:
        words: what people read.
        raw: an exception's text, a library's status; tamed.
    """
    return f"{words} {_MARK} {raw.translate(_ROUND).strip()}]"


def plain_words(text: str) -> str:
    """Return a text as people read it: without what an engine said in its own words."""
    return _DETAIL.sub("", text)
