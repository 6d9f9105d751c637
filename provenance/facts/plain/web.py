"""Facts of a web page, an SVG picture or other XML: what it fetches, runs and hides.

Rules: whatever a browser fetches by itself is told by host (RISK: it tells that host that the page
was opened); programs and event handlers are told, not run (RISK); text that styles hide, comments
and hidden fields are told (HIDDEN); what it says of its making is copied. Styles in separate sheets
and classes are not computed: text hidden by them is not found.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from provenance.facts.characters import tell_odd_characters
from provenance.facts.gathering import Gathered, counted, listed, quoted
from provenance.facts.model import Facts, Weight
from provenance.facts.places import tell_fetched, tell_paths_in
from provenance.facts.plain.decoding import decode_text
from provenance.facts.plain.styles import hides
from provenance.facts.plain.web_targets import tell_refresh, tell_styles, tell_targets
from provenance.facts.plain.web_tokens import Kind, Token, cut_markup

MAX_PAGE: Final = 32 << 20  # bytes of a page that are read
MAX_TOKENS: Final = 500_000  # tags and texts of a page
MAX_HIDDEN: Final = 20_000  # characters of one comment that are kept

_WHITE: Final = re.compile(r"(?<![-\w])color\s*:\s*(?:white\b|#fff(?:fff)?\b)", re.IGNORECASE)
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"}
    | {"source", "track", "wbr", "frame", "bgsound"}
)
_SELF_ENDING: Final = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "option"})
_SAVED: Final = re.compile(r"saved from url=\(\d+\)(\S{1,1000})")
_META: Final = frozenset(
    {"generator", "author", "date", "created", "last-modified", "progid", "originator", "copyright"}
    | {"description", "keywords", "article:published_time", "article:modified_time", "og:url"}
)
_OFFICE: Final = re.compile(
    r"<o:(Author|LastAuthor|Created|LastSaved|Revision|TotalTime|Company|Version)>([^<]{1,300})"
)


@dataclass(slots=True, kw_only=True)
class _Page:
    """What has been seen so far of one page."""

    gathered: Gathered
    where: str | None
    text: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    outer: str = ""
    """Name of the outermost hidden element that is open; "" = none."""
    depth: int = 0
    """Elements of that name that are open inside it, itself included."""
    scripts: int = 0
    handlers: Counter[str] = field(default_factory=Counter)
    fields: list[str] = field(default_factory=list)
    """Names of hidden form fields."""


def read_web_facts(data: bytes, *, at: datetime, xml: bool) -> Facts:
    """Read the facts of a page.

    Args:
        data: the file.
        at: now, UTC.
        xml: it is XML (or SVG): no element's content is raw.
    """
    gathered = Gathered(at)
    gathered.step("page", lambda: tell_web(gathered, data, xml=xml))
    return gathered.facts()


def tell_web(
    gathered: Gathered, data: bytes, *, where: str | None = None, xml: bool = False
) -> None:
    """Observe what a page fetches, runs and hides."""
    if len(data) > MAX_PAGE:
        gathered.note(f"only the first {MAX_PAGE} bytes of the page were read")
    page = _Page(gathered=gathered, where=where)
    for number, token in enumerate(cut_markup(decode_text(data[:MAX_PAGE]).text, xml=xml)):
        if number >= MAX_TOKENS:
            gathered.note(f"only the first {MAX_TOKENS} tags and texts were read")
            break
        if token.kind is Kind.OPEN:
            _open(page, token, xml=xml)
        elif token.kind is Kind.CLOSE:
            _close(page, token)
        elif token.kind is Kind.TEXT:
            _take_text(page, token)
        elif token.kind is Kind.COMMENT:
            _take_comment(page, token.text)
        else:
            _take_declaration(page, token)
    _tell(page)


def _open(page: _Page, token: Token, *, xml: bool) -> None:
    name, attributes = token.name, token.attributes
    closed = (token.empty and xml) or name in _VOID
    if page.outer and name == page.outer and not closed:
        # The next paragraph ends the one before it; a division within one does not.
        page.depth = 1 if name in _SELF_ENDING else page.depth + 1
        page.outer = "" if name in _SELF_ENDING and not _is_hidden(token) else name
    elif not page.outer and not closed and _is_hidden(token):
        page.outer, page.depth = name, 1
    page.scripts += name.rpartition(":")[2] == "script"
    for key in attributes:
        if key.startswith("on") and len(key) > 3:
            page.handlers[key] += 1
    if name == "input" and attributes.get("type", "").lower() == "hidden":
        page.fields.append(attributes.get("name", "") or "unnamed")
    for key in tell_targets(page.gathered, token, where=page.where):
        page.handlers[key] += 1
    _state_meta(page, token)


def _close(page: _Page, token: Token) -> None:
    if token.name == page.outer:
        page.depth -= 1
        if not page.depth:
            page.outer = ""


def _is_hidden(token: Token) -> bool:
    style = token.attributes.get("style", "")
    if "hidden" in token.attributes or token.attributes.get("display") == "none":
        return True
    if token.attributes.get("visibility") == "hidden" or hides(style):
        return True
    # White on nothing: a colour behind it may stand on any element around, so only the plain case.
    return bool(_WHITE.search(style)) and "background" not in style


def _state_meta(page: _Page, token: Token) -> None:
    if token.name == "base":
        page.gathered.state("base", token.attributes.get("href", ""))
    if token.name != "meta":
        return
    attributes = token.attributes
    name = (attributes.get("name") or attributes.get("property") or "").lower()
    if name in _META:
        page.gathered.state(f"meta.{name}", attributes.get("content", ""))
    if attributes.get("http-equiv", "").lower() == "refresh":
        tell_refresh(page.gathered, attributes.get("content", ""), where=page.where)


def _take_text(page: _Page, token: Token) -> None:
    if token.name == "style":
        tell_styles(page.gathered, token.text, where=page.where)
    elif token.name not in {"script", "noframes", "noembed"}:
        (page.hidden if page.outer else page.text).append(token.text)


def _take_comment(page: _Page, text: str) -> None:
    for match in list(_OFFICE.finditer(text))[:20]:
        page.gathered.state(f"office.{match[1]}", match[2])
    saved = _SAVED.search(text)
    if saved is not None:
        place = f"The page was saved from {quoted(saved[1])}."
        page.gathered.observe("saved-from", Weight.NOTE, place, where=page.where)
    # Conditional comments of Word and Outlook are markup, not remarks.
    elif text.strip() and not text.lstrip().startswith(("[if", "[endif")):
        page.comments.append(text[:MAX_HIDDEN])
        tell_paths_in(page.gathered, text, where=page.where)


def _take_declaration(page: _Page, token: Token) -> None:
    text = token.text
    if token.kind is Kind.INSTRUCTION and text.startswith("xml-stylesheet"):
        match = re.search(r"""href\s*=\s*["']([^"']{1,2000})""", text)
        if match is not None:
            tell_fetched(page.gathered, match[1], "a style sheet", where=page.where)
    if token.kind is Kind.DECLARATION and re.search(r"(?i)^ENTITY\b|\[\s*<!ENTITY\b", text):
        said = (
            "It declares entities: such declarations can read other files or grow without end."
            f" Not followed: {quoted(text)}."
        )
        page.gathered.observe("document-type-declaration", Weight.RISK, said, where=page.where)


def _tell(page: _Page) -> None:
    gathered, where = page.gathered, page.where
    if page.scripts or page.handlers:
        names = f", {listed(page.handlers)}" if page.handlers else ""
        text = (
            f"Programs are in it: {counted(page.scripts, 'script')},"
            f" {counted(sum(page.handlers.values()), 'event handler')}{names}. Not run here."
        )
        gathered.observe("scripts", Weight.RISK, text, where=where)
    hidden = "".join(page.hidden)
    if hidden.strip():
        text = f"{counted(len(hidden), 'character')} hidden by a style: {quoted(hidden)}."
        gathered.observe("hidden-text", Weight.HIDDEN, text, where=where)
    if page.comments:
        text = (
            f"{counted(len(page.comments), 'comment')} in the source:"
            f" {'; '.join(quoted(one) for one in page.comments[:3])}."
        )
        gathered.observe("source-comments", Weight.HIDDEN, text, where=where)
    if page.fields:
        text = f"Form fields that are not shown: {listed(page.fields)}."
        gathered.observe("hidden-fields", Weight.HIDDEN, text, where=where)
    tell_odd_characters(gathered, "".join(page.text), where=where)
