"""Turn the bytes of a text file into text, and say by what rule.

Rules, in order: a byte order mark; UTF-8 where all of it is; else Windows-1252 with what it has no
character for replaced. The rule is stated, because a wrong guess changes which characters are odd.
"""

import codecs
from dataclasses import dataclass
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text and how it was read."""

    text: str
    encoding: str
    marked: bool
    """A byte order mark says so; else it was concluded."""


def decode_text(data: bytes) -> Decoded:
    """Decode bytes; total."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(
                text=data[len(mark) :].decode(name, "replace"), encoding=name, marked=True
            )
    try:
        return Decoded(text=data.decode("utf-8"), encoding="utf-8", marked=False)
    except UnicodeDecodeError:
        return Decoded(text=data.decode("cp1252", "replace"), encoding="windows-1252", marked=False)
