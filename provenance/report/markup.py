"""Build HTML so that nothing is ever written unescaped.

Rules:
  1. a `str` is text: it is escaped, and its hidden characters are shown. Only `Markup`, which only
     this module makes, is written as it is;
  2. elements and attributes are those of two lists: no script, no handler, no style attribute;
  3. a link leads to a place on the same page, and nowhere else;
  4. control, reordering and invisible characters become a visible mark such as `⟦U+202E⟧` ("Trojan
     Source", CVE-2021-42574); piled-up accents beyond MAX_MARKS likewise. The two joiners stay:
     Persian and Hindi cannot be written without them;
  5. a text longer than MAX_SHOWN is cut, and says so: the JSON form holds all of it.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final, TypeAlias

from provenance.errors import UsageError

MAX_SHOWN: Final = 8_000  # characters of one text: about three printed pages
MAX_MARKS: Final = (
    4  # combining marks on one letter: Vietnamese and pointed Hebrew need up to three
)
_JOINERS: Final = frozenset("\u200c\u200d")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_VOID: Final = frozenset({"meta", "br", "hr"})
# fmt: off
_ELEMENTS: Final = frozenset({
    "a", "article", "bdi", "body", "br", "caption", "code", "dd", "desc", "div", "dl", "dt",
    "em", "figcaption", "figure", "footer", "g", "h1", "h2", "h3", "h4", "head", "header",
    "html", "li", "line", "main", "meta", "nav", "ol", "p", "path", "pre", "rect", "section",
    "span", "strong", "svg", "table", "tbody", "td", "text", "th", "thead", "time", "title",
    "tr", "ul",
})
# fmt: on
# fmt: off
_ATTRIBUTES: Final = frozenset({
    "aria-label", "aria-labelledby", "charset", "class", "content", "d", "datetime", "dir",
    "height", "href", "http-equiv", "id", "lang", "name", "role", "rx", "scope", "tabindex",
    "text-anchor", "title", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is ready to be written. Made by this module only."""

    text: str


Node: TypeAlias = "Markup | str | int | None"


def element(name: str, /, *children: Node, **attributes: str | int | None) -> Markup:
    """Return one element; texts among the children and attributes are escaped.

    Args:
        name: one of the elements that a report may hold.
        children: text, markup, or None for nothing.
        attributes: `class_` is `class`, `aria_label` is `aria-label`; None leaves one out.

    Raises:
        UsageError: an element, attribute or link that a report never holds.
    """
    if name not in _ELEMENTS:
        raise UsageError(f"a report holds no <{name}>")
    opened = "".join([f"<{name}", *(_attribute(k, v) for k, v in attributes.items()), ">"])
    if name in _VOID:
        return Markup(opened)
    return Markup(f"{opened}{join(children).text}</{name}>")


def join(nodes: Iterable[Node], between: str = "") -> Markup:
    """Return the nodes one after another, with escaped text between them."""
    texts = [_written(node) for node in nodes if node is not None]
    return Markup(escape(between).join(texts))


def said(text: str) -> Markup:
    """Return words that come from outside, kept apart so that their direction stays their own."""
    return element("bdi", text, dir="auto")


def stylesheet(css: str) -> Markup:
    """Return a style element. The text is this package's own; raw text cannot be escaped.

    Raises:
        UsageError: the text could end the element.
    """
    if "</" in css or "<!" in css:
        raise UsageError("a stylesheet that could end its own element")
    return Markup(f"<style>{css}</style>")


def visible(text: str) -> str:
    """Return the text with hidden characters shown, cut at MAX_SHOWN. Not yet escaped."""
    kept = text[:MAX_SHOWN]
    if not kept.isascii() or not kept.isprintable():
        kept = "".join(_shown(kept))
    if len(text) > MAX_SHOWN:
        kept += f" ⟦… {len(text) - MAX_SHOWN:,} more characters: see the JSON form⟧"
    return kept


def _shown(text: str) -> Iterable[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        hidden = unicodedata.category(character) in _HIDDEN and character not in "\n\t"
        if (hidden and character not in _JOINERS) or marks > MAX_MARKS:
            yield f"⟦U+{ord(character):04X}⟧"
        else:
            yield character


def _written(node: Node) -> str:
    if isinstance(node, Markup):
        return node.text
    return escape(visible(str(node)), quote=False)


def _attribute(key: str, value: str | int | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None:
        return ""
    if name not in _ATTRIBUTES:
        raise UsageError(f"a report holds no attribute {name}")
    if name == "href" and not str(value).startswith("#"):
        raise UsageError("a report links to its own page only")
    return f' {name}="{escape(visible(str(value)), quote=True)}"'
