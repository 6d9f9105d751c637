"""Read a tag list, the syntax of signatures and key records (RFC 6376 section 3.2), strictly.

Refused: an empty tag between semicolons, a name that is not a letter followed by letters, digits
and underscores, a tag given twice. Kept: unknown tags, the case of names and values, white space
within values. One semicolon may end the list. Total on any bytes.
"""

import re
from dataclasses import dataclass
from typing import Final

_NAME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_]{0,62}")
_SPACE: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """A tag list."""

    values: dict[str, bytes]
    """Name to value without surrounding white space, in the order written."""
    spans: dict[str, tuple[int, int]]
    """Name to where its value stands in the text, surrounding white space included."""

    def get(self, name: str) -> bytes | None:
        """Return a value, or None when the tag is absent."""
        return self.values.get(name)

    def squeezed(self, name: str) -> bytes:
        """Return a value without any white space; empty when the tag is absent."""
        return self.values.get(name, b"").translate(None, _SPACE)


def parse_tags(text: bytes) -> Tags | str:
    """Read a tag list, or say what is wrong with it."""
    values: dict[str, bytes] = {}
    spans: dict[str, tuple[int, int]] = {}
    start = 0
    parts = text.split(b";")
    for number, part in enumerate(parts):
        name, equals, value = part.partition(b"=")
        if not part.strip(_SPACE) and number == len(parts) - 1 and number:
            break
        name = name.strip(_SPACE)
        if not equals or not _NAME.fullmatch(name):
            return "a tag without a name or an equals sign"
        key = name.decode("ascii")
        if key in values:
            return f"the tag {key}= stands twice"
        begin = start + part.index(b"=") + 1
        values[key], spans[key] = value.strip(_SPACE), (begin, start + len(part))
        start += len(part) + 1
    return Tags(values=values, spans=spans)
