r"""Cut RTF into groups, control words and text (RTF 1.9.1), in one pass, without recursion.

Rules: hexadecimal escapes are decoded; binary data (`\bin`) is skipped by its length; line ends
mean nothing. Total: any bytes give tokens.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto, unique
from typing import Final

MAX_TEXT: Final = 1 << 20  # bytes of one piece of text

_TOKEN: Final = re.compile(
    rb"(?P<open>\{)|(?P<close>\})"
    rb"|\\(?:'(?P<hex>[0-9A-Fa-f]{2})|(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|(?P<symbol>[^A-Za-z]))"
    rb"|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)


@unique
class Kind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    WORD = auto()
    """A control word, or a control symbol with its one character as name."""
    BYTES = auto()
    """Text in the code page of the document."""


@dataclass(frozen=True, slots=True)
class Token:
    """One piece."""

    kind: Kind
    name: str = ""
    number: int | None = None
    data: bytes = b""


_OPEN, _CLOSE = Token(Kind.OPEN), Token(Kind.CLOSE)


def cut_rtf(data: bytes) -> Iterator[Token]:
    """Yield the tokens of an RTF file, in order."""
    at, size = 0, len(data)
    while at < size:
        match = _TOKEN.match(data, at)
        if match is None:
            return
        at = match.end()
        kind = match.lastgroup
        if kind == "open":
            yield _OPEN
        elif kind == "close":
            yield _CLOSE
        elif kind in {"word", "number"}:
            name, number = match["word"].decode("ascii"), match["number"]
            value = int(number) if number else None
            if name == "bin" and value is not None and value > 0:
                at += value  # 1.9.1, "Binary data": that many bytes follow and mean nothing here
            yield Token(Kind.WORD, name, value)
        elif kind == "hex":
            yield Token(Kind.BYTES, data=bytes.fromhex(match["hex"].decode("ascii")))
        elif kind == "symbol":
            yield Token(Kind.WORD, match["symbol"].decode("latin-1"))
        elif kind == "text":
            yield Token(Kind.BYTES, data=match["text"][:MAX_TEXT])
