"""What showing the HTML of a message loads from elsewhere: pictures, styles, frames, shares.

Beside what HTML and style sheets name, two things that only some programs load: markup in
conditional comments, which Outlook shows and others do not, and paths of shares, at which Windows
may hand over more than an address. Nothing is fetched.
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from provenance.signatures.mail.alignment import to_domain

MAX_COMMENTS: Final = 1_000  # conditional comments of one part; newsletters have some fifty

_LOADING: Final = frozenset(
    {("img", "src"), ("img", "srcset"), ("source", "src"), ("source", "srcset"), ("video", "src")}
    | {("video", "poster"), ("audio", "src"), ("track", "src"), ("bgsound", "src")}
    | {("iframe", "src"), ("frame", "src"), ("embed", "src"), ("object", "data"), ("input", "src")}
    | {("link", "href"), ("script", "src"), ("image", "href"), ("image", "xlink:href")}
    | {("feimage", "href"), ("feimage", "xlink:href"), ("use", "href"), ("use", "xlink:href")}
    | {("v:imagedata", "src"), ("v:image", "src"), ("v:fill", "src"), ("v:stroke", "src")}
)
_URL: Final = re.compile(
    r"(?:(?:https?|ftp):)?(?:(?<!/)//(?!/)|\\\\)[^\s\"'<>),]{1,2000}", re.IGNORECASE
)
_CSS_URL: Final = re.compile(
    r"(?:url\(\s{0,20}|@import\s{1,20})[\"']?((?:https?:)?//[^\s\"'<>)]{1,2000})", re.IGNORECASE
)
_FROM: Final = re.compile(
    r"(?:src|background|href)\s{0,9}=\s{0,9}[\"']?([^\s\"'>]{1,2000})", re.IGNORECASE
)


def host_of(url: str) -> str:
    """Return the host of an address or share; empty if it cannot be read."""
    try:
        return to_domain(urlsplit(url.strip().replace("\\", "/")).hostname or "")
    except ValueError:
        return ""


def loads(element: Any) -> Iterator[str]:  # noqa: ANN401 - the parser's element
    """Walk the addresses that one element makes a program fetch."""
    for name, value in element.items():
        if (element.tag, name) in _LOADING or name == "background":
            yield from _URL.findall(value)
    yield from _CSS_URL.findall(element.get("style", ""))
    if element.tag == "style":
        yield from _CSS_URL.findall(element.text or "")


def conditional_loads(text: str) -> Iterator[str]:
    """Walk the addresses in conditional comments, those of links left out."""
    end = 0
    for _ in range(MAX_COMMENTS):
        begin = text.find("<!--[if", end)
        end = text.find("-->", begin)
        if begin < 0 or end < 0:
            return
        inside = re.sub(r"<a\s[^<>]{0,4000}>", "", text[begin:end], flags=re.IGNORECASE)
        for value in _FROM.findall(inside):
            yield from _URL.findall(value)
        yield from _CSS_URL.findall(inside)
