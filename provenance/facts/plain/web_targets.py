"""Targets that tags of a page name: what is fetched by itself, what runs, what is only a path.

A link waits for a click and is read for paths only; so is an attribute that is not in the tables.
"""

import re
from typing import Final

from provenance.facts.gathering import Gathered
from provenance.facts.places import tell_fetched, tell_path
from provenance.facts.plain.web_tokens import Token

MAX_STYLES: Final = 200  # targets in one style
MAX_SOURCES: Final = 50  # alternatives of one picture

_FETCHED: Final = {
    ("img", "src"): "a picture",
    ("image", "href"): "a picture",
    ("image", "xlink:href"): "a picture",
    ("feimage", "href"): "a picture",
    ("feimage", "xlink:href"): "a picture",
    ("use", "href"): "a drawing",
    ("use", "xlink:href"): "a drawing",
    ("input", "src"): "a picture",
    ("script", "src"): "a program",
    ("script", "href"): "a program",
    ("script", "xlink:href"): "a program",
    ("iframe", "src"): "a page",
    ("frame", "src"): "a page",
    ("embed", "src"): "an object",
    ("object", "data"): "an object",
    ("object", "codebase"): "an object",
    ("applet", "archive"): "a program",
    ("video", "src"): "a film",
    ("video", "poster"): "a picture",
    ("audio", "src"): "a sound",
    ("source", "src"): "a film or sound",
    ("track", "src"): "subtitles",
    ("bgsound", "src"): "a sound",
    ("v:imagedata", "src"): "a picture",
    ("v:fill", "src"): "a picture",
}
_LINKED: Final = frozenset(
    {"stylesheet", "icon", "shortcut icon", "preload", "prefetch", "dns-prefetch", "preconnect"}
    | {"apple-touch-icon", "modulepreload", "manifest", "prerender"}
)
_URL: Final = re.compile(
    r"""url\(\s*["']?([^"')]{1,2000})|@import\s+["']([^"']{1,2000})""", re.IGNORECASE
)
_REFRESH: Final = re.compile(r"""url\s*=\s*["']?([^"'>\s]{1,2000})""", re.IGNORECASE)
_INK: Final = frozenset({"inkscape:export-filename", "sodipodi:docname", "sodipodi:absref"})
_PROGRAMS: Final = ("javascript:", "vbscript:", "data:text/html")


def tell_targets(gathered: Gathered, token: Token, *, where: str | None) -> list[str]:
    """Observe what a tag fetches; returns the attributes that hold a program."""
    programs = []
    for key, value in token.attributes.items():
        if value.strip().lower().startswith(_PROGRAMS):
            programs.append(f"{key} with a program")
        thing = _thing(token, key)
        if thing is not None:
            tell_fetched(gathered, _whole(value), thing, where=where)
        elif key in {"href", "xlink:href", "action"}:
            if not value.startswith("/"):
                tell_path(gathered, value, where=where)
        elif key == "srcset":
            for part in gathered.upto(value.split(","), MAX_SOURCES, "sources of a picture"):
                source = _whole(part.strip().split(" ")[0])
                tell_fetched(gathered, source, "a picture", where=where)
        elif key in {"style", "fill", "filter", "mask"}:
            tell_styles(gathered, value, where=where)
        elif key in _INK:
            gathered.state(key, value)
            tell_path(gathered, value, where=where)
    return programs


def _whole(target: str) -> str:
    """Return an address with its scheme: on a page, two slashes mean the page's own."""
    target = target.strip()
    return f"https:{target}" if target.startswith("//") else target


def _thing(token: Token, key: str) -> str | None:
    """Return what an attribute makes a browser fetch, or None."""
    if key == "background":
        return "a picture"
    if token.name == "link" and key == "href":
        kinds = token.attributes.get("rel", "").lower()
        if kinds in _LINKED or set(kinds.split()) & _LINKED:
            return "a style sheet or icon"
    return _FETCHED.get((token.name.removeprefix("svg:"), key))


def tell_styles(gathered: Gathered, style: str, *, where: str | None) -> None:
    """Observe what a style fetches."""
    for number, match in enumerate(_URL.finditer(style)):
        if number >= MAX_STYLES:
            break
        thing = "a picture, font or style sheet"
        tell_fetched(gathered, _whole(match[1] or match[2]), thing, where=where)


def tell_refresh(gathered: Gathered, content: str, *, where: str | None) -> None:
    """Observe a page that sends its reader on by itself."""
    match = _REFRESH.search(content)
    if match is not None:
        tell_fetched(gathered, _whole(match[1]), "another page", where=where)
