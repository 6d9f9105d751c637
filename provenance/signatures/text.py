r"""Make text from a hostile document safe to print, store and compare by eye.

Control characters, bidirectional overrides, zero-width characters, private-use characters and lone
surrogates become visible `\u{...}` escapes: a file must not move a terminal's cursor, reorder a
sentence ("Trojan Source", CVE-2021-42574) or hide a word. Everything else stays as it is.
"""

import unicodedata
from typing import Final

MAX_TEXT: Final = (
    2000  # characters kept of one text from a document; names and dates are far shorter
)

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
    text = escape_hidden(str(value)[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
