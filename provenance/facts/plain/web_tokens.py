"""Cut HTML or XML into tags, texts and comments, in one pass over the text (WHATWG HTML 13.2.5).

Rules: a tag ends where its attributes end, quotes respected; what is never closed swallows the
rest, as in a browser; the content of raw elements (script, style, title ...) is text up to their
end tag.
Total and linear: every character is looked at a bounded number of times. No tree is built, so
depth costs nothing and hides nothing.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto, unique
from typing import Final

MAX_ATTRIBUTES: Final = 200  # of one tag; more are skipped
MAX_VALUE: Final = 100_000  # characters of one attribute value; data: pictures are long
RAW: Final = frozenset(
    {"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"}
)

_START: Final = re.compile(r"<(?=[A-Za-z!?]|/[A-Za-z])")  # any other `<` is text
_NAME: Final = re.compile(r"[A-Za-z][^\s/>]{0,60}")
_SKIP: Final = re.compile(r"[\s/]*")
_ATTRIBUTE: Final = re.compile(r"[^\s/>][^\s/>=]*")
_EQUALS: Final = re.compile(r"\s*=\s*")
_BARE: Final = re.compile(r"[^\s>]*")


@unique
class Kind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    TEXT = auto()
    COMMENT = auto()
    DECLARATION = auto()
    """`<!DOCTYPE ...>` or the like."""
    INSTRUCTION = auto()
    """`<?...>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One piece of markup."""

    kind: Kind
    name: str = ""
    """Of a tag, lower case."""
    text: str = ""
    """Of everything else; entities of texts are resolved."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Names in lower case, values with entities resolved; the first of a name counts."""
    empty: bool = False
    """The tag ends with `/>`."""


def cut_markup(text: str, *, xml: bool = False) -> Iterator[Token]:
    """Yield the tokens of a page, in order.

    Args:
        text: all of it.
        xml: no element is raw, as in XML.
    """
    at, size = 0, len(text)
    while at < size:
        match = _START.search(text, at)
        start = size if match is None else match.start()
        if start > at:
            yield Token(kind=Kind.TEXT, text=html.unescape(text[at:start]))
        if match is None:
            return
        token, at = _read_tag(text, start)
        yield token
        if token.kind is Kind.OPEN and token.name in RAW and not xml and not token.empty:
            end = _raw_end(text, at, token.name)
            if end > at:
                yield Token(kind=Kind.TEXT, name=token.name, text=text[at:end])
            at = end


def _raw_end(text: str, at: int, name: str) -> int:
    match = re.compile(rf"</{name}(?=[\s/>]|\Z)", re.IGNORECASE).search(text, at)
    return len(text) if match is None else match.start()


def _read_tag(text: str, at: int) -> tuple[Token, int]:
    """Read the tag, comment or declaration that begins here; returns it and what comes after."""
    if text.startswith("<!--", at):
        return _until(text, at + 4, "-->", Kind.COMMENT)
    if text.startswith("<![CDATA[", at):
        return _until(text, at + 9, "]]>", Kind.TEXT)
    if text.startswith("<!", at):
        return _until(text, at + 2, ">", Kind.DECLARATION)
    if text.startswith("<?", at):
        return _until(text, at + 2, ">", Kind.INSTRUCTION)
    closing = text.startswith("</", at)
    match = _NAME.match(text, at + (2 if closing else 1))
    name, after = ("", at + 1) if match is None else (match[0], match.end())
    attributes, end, empty = _read_attributes(text, after)
    return (
        Token(
            kind=Kind.CLOSE if closing else Kind.OPEN,
            name=name.lower(),
            attributes=attributes,
            empty=empty,
        ),
        end,
    )


def _until(text: str, at: int, mark: str, kind: Kind) -> tuple[Token, int]:
    end = text.find(mark, at)
    if end < 0:
        return Token(kind=kind, text=text[at:]), len(text)
    return Token(kind=kind, text=text[at:end]), end + len(mark)


def _read_attributes(text: str, at: int) -> tuple[dict[str, str], int, bool]:
    found: dict[str, str] = {}
    size = len(text)
    while at < size:
        skipped = _SKIP.match(text, at)
        at = skipped.end() if skipped else at
        if at >= size:
            break
        if text[at] == ">":
            return found, at + 1, text[at - 1] == "/"
        name = _ATTRIBUTE.match(text, at)
        at = name.end() if name else at + 1
        value = ""
        equals = _EQUALS.match(text, at)
        if equals is not None:
            value, at = _read_value(text, equals.end())
        if name is not None and len(found) < MAX_ATTRIBUTES:
            found.setdefault(name[0].lower(), html.unescape(value[:MAX_VALUE]))
    return found, size, False


def _read_value(text: str, at: int) -> tuple[str, int]:
    quote = text[at : at + 1]
    if quote in {'"', "'"}:
        end = text.find(quote, at + 1)
        return (text[at + 1 :], len(text)) if end < 0 else (text[at + 1 : end], end + 1)
    bare = _BARE.match(text, at)
    return ("", at) if bare is None else (bare[0], bare.end())
