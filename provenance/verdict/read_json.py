"""Read JSON (RFC 8259) into `Located`, strictly and with line numbers.

Python's own reader keeps no positions and takes the last of two equal keys in silence; in evidence
a second `sign` that quietly wins is an attack. Refuses: duplicate keys, NaN and Infinity,
fractions, lone surrogates, text after the value, and anything beyond the limits of `located`.
"""

import bisect
import json
import re
from typing import Final

from provenance.verdict.located import MAX_DEPTH, MAX_NODES, Complaints, Located, Scalar

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?![0-9.eE])")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_WORDS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None}


def read_json(text: str, *, name: str) -> Located:
    """Return the tree of one JSON text.

    Raises:
        DossierInvalid: the text is not strict JSON; names the line.
    """
    reader = _Reader(text, Complaints(name))
    tree = reader.value(0)
    reader.skip()
    if reader.at < len(text):
        raise reader.wrong("text after the end of the dossier")
    return tree


class _Reader:
    """One pass over the text; `at` is the next character."""

    __slots__ = ("at", "complaints", "nodes", "starts", "text")

    def __init__(self, text: str, complaints: Complaints) -> None:
        self.text = text
        self.complaints = complaints
        self.at = 0
        self.nodes = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self) -> int:
        """Return the 1-based line of the next character."""
        return bisect.bisect_right(self.starts, self.at)

    def wrong(self, message: str) -> Exception:
        """Return the error for the present place."""
        return self.complaints.at(self.line(), f"not JSON: {message}")

    def skip(self) -> None:
        """Step over white space."""
        found = _SPACE.match(self.text, self.at)
        if found:
            self.at = found.end()

    def value(self, depth: int) -> Located:
        """Read the value that begins here."""
        self.skip()
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise self.wrong(f"nested deeper than {MAX_DEPTH} levels")
        if self.nodes > MAX_NODES:
            raise self.wrong(f"more than {MAX_NODES} values")
        line = self.line()
        match self.text[self.at : self.at + 1]:
            case "{":
                return self._mapping(depth, line)
            case "[":
                return Located(value=self._sequence(depth), line=line)
            case '"':
                return Located(value=self._string(), line=line)
            case _:
                return Located(value=self._plain(), line=line)

    def _plain(self) -> Scalar:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise self.wrong("wanted text in quotes, a whole number, true, false, null, [ or {")
        self.at = found.end()
        return int(found.group())

    def _string(self) -> str:
        found = _STRING.match(self.text, self.at)
        if not found:
            raise self.wrong("a text that does not end, or holds a control character")
        try:
            value = str(json.loads(found.group()))
        except json.JSONDecodeError as error:
            raise self.wrong(error.msg) from error
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise self.wrong("half of a surrogate pair is no character")
        self.at = found.end()
        return value

    def _sequence(self, depth: int) -> list[Located]:
        items: list[Located] = []
        self.at += 1
        if self._closed("]"):
            return items
        while True:
            items.append(self.value(depth + 1))
            if self._ends("]"):
                return items

    def _mapping(self, depth: int, line: int) -> Located:
        items: dict[str, Located] = {}
        lines: dict[str, int] = {}
        self.at += 1
        if self._closed("}"):
            return Located(value=items, line=line)
        while True:
            key = self._key(items, lines)
            items[key] = self.value(depth + 1)
            if self._ends("}"):
                return Located(value=items, line=line, key_lines=lines)

    def _key(self, items: dict[str, Located], lines: dict[str, int]) -> str:
        self.skip()
        if self.text[self.at : self.at + 1] != '"':
            raise self.wrong("wanted a key in quotes")
        here = self.line()
        key = self._string()
        if key in items:
            raise self.complaints.at(here, f"{key}: this key stands twice in one mapping")
        lines[key] = here
        self.skip()
        if self.text[self.at : self.at + 1] != ":":
            raise self.wrong(f"wanted a colon after the key {key!r}")
        self.at += 1
        return key

    def _closed(self, bracket: str) -> bool:
        self.skip()
        if self.text[self.at : self.at + 1] == bracket:
            self.at += 1
            return True
        return False

    def _ends(self, bracket: str) -> bool:
        if self._closed(bracket):
            return True
        if self.text[self.at : self.at + 1] != ",":
            raise self.wrong(f"wanted a comma or {bracket}")
        self.at += 1
        return False
