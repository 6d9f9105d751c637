"""What the HTML of a message would do and hide when a mail program shows it.

Looks for, without fetching or running anything: what is loaded from elsewhere (it tells the sender
that, when and from where the message was read), pictures too small to see, text that is styled
away, scripts, forms and frames, and links whose text names another site than they lead to. The
parser has no network and its own limits; where it stops at one, that is noted. Styles given in
classes are not followed, so hidden text may be missed; a newsletter's preview line is hidden text
too, and harmless.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it has no types

from provenance.facts.gathering import joined
from provenance.facts.mail_loading import conditional_loads, host_of, loads
from provenance.facts.model import Facts, Observation, Weight
from provenance.facts.plain.styles import hides
from provenance.signatures.mail.alignment import is_aligned, organisation, to_domain
from provenance.signatures.text import tame

MAX_HTML: Final = 4 << 20  # characters of one part; newsletters have some 100,000
MAX_ELEMENTS: Final = 100_000  # looked at in one part
MAX_HOSTS: Final = 8  # named in one sentence

_ACTING: Final = frozenset(
    {"script", "form", "iframe", "frame", "object", "embed", "applet", "base", "meta-refresh"}
)
_SITE: Final = re.compile(
    r"(?:https?://|www\.)((?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24})", re.IGNORECASE
)


def read_html(text: str, *, where: str) -> Facts:
    """Read one HTML part."""
    if len(text) > MAX_HTML:
        return Facts(notes=(f"{where}: longer than {MAX_HTML} characters, not looked at",))
    if not text.strip():
        return Facts()
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    every = root.iter() if root is not None else ()  # none: a comment may be all there is
    elements = [one for one, _ in zip(every, range(MAX_ELEMENTS), strict=False)]
    # The parser gives up at a depth of 256 and keeps what it has: a cover for the rest, so say so.
    cut = len(elements) == MAX_ELEMENTS or bool(parser.error_log.filter_from_fatals())
    elements = [one for one in elements if isinstance(one.tag, str)]
    observations = (
        *_remote(elements, text, where),
        *_hidden(elements, where),
        *_acting(elements, where),
        *_links(elements, where),
    )
    notes = (f"{where}: nested too deeply or too large, later parts were not looked at",)
    return Facts(observations=observations, notes=notes if cut else ())


def _remote(elements: list[Any], text: str, where: str) -> Iterator[Observation]:
    hosts: Counter[str] = Counter()
    for element in elements:
        hosts.update(host_of(url) for url in loads(element))
    hosts.update(host_of(url) for url in conditional_loads(text))
    if hosts:
        named = joined((tame(one, 100) for one in hosts if one), MAX_HOSTS)
        said = (
            f"Showing the message loads {sum(hosts.values())} things from elsewhere"
            f" ({named}), which tells the sender that, when and from where it was read."
            " Open it with remote content off."
        )
        yield Observation(code="mail-remote-content", weight=Weight.RISK, text=said, where=where)
    tiny = sum(1 for one in elements if one.tag == "img" and _is_tiny(one) and any(loads(one)))
    if tiny:
        text = f"{tiny} of the pictures are too small to see: they are there to report reading."
        yield Observation(code="mail-beacon", weight=Weight.RISK, text=text, where=where)


def _is_tiny(element: Any) -> bool:  # noqa: ANN401 - the parser's element
    style = element.get("style", "").replace(" ", "").lower()
    sizes = [element.get(name, "").strip().removesuffix("px") for name in ("width", "height")]
    small = [
        size in {"0", "1"} or re.search(rf"(?<![-\w]){name}:[01](?:px)?(?![.\d])", style)
        for name, size in zip(("width", "height"), sizes, strict=True)
    ]
    return all(small)


def _hidden(elements: list[Any], where: str) -> Iterator[Observation]:
    said: list[str] = []
    inside: set[Any] = set()
    for element in elements:
        if element.getparent() in inside:
            inside.add(element)
        elif _is_hidden(element):
            inside.add(element)
            text = " ".join("".join(element.itertext()).split())
            # Padding of preview lines is made of characters without any width.
            if any(character.isalnum() for character in text):
                said.append(text)
    if said:
        some = tame(" … ".join(said), 200)
        text = f'The message holds text that is styled so as not to be seen: "{some}".'
        yield Observation(code="mail-hidden-text", weight=Weight.HIDDEN, text=text, where=where)


def _is_hidden(element: Any) -> bool:  # noqa: ANN401 - the parser's element
    if element.tag in {"style", "script", "head", "title"}:
        return False
    return element.get("hidden") is not None or hides(element.get("style", ""))


def _acting(elements: list[Any], where: str) -> Iterator[Observation]:
    found = {one.tag for one in elements if one.tag in _ACTING}
    for element in elements:
        if element.tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            found.add("meta-refresh")
        for name, value in element.items():
            if name.startswith("on"):
                found.add("event handler")
            elif name in {"href", "src", "action"} and value.strip().lower().startswith(
                ("javascript:", "data:text/html", "vbscript:")
            ):
                found.add("script link")
    if found:
        text = f"The message holds active content ({', '.join(sorted(found))})."
        yield Observation(code="mail-active-content", weight=Weight.RISK, text=text, where=where)


def _links(elements: list[Any], where: str) -> Iterator[Observation]:
    wrong: list[tuple[str, str]] = []
    for element in elements:
        if element.tag != "a" or not element.get("href", "").lower().startswith("http"):
            continue
        target = host_of(element.get("href"))
        match = _SITE.search("".join(element.itertext())[:1000])
        said = to_domain(match[1]) if match else ""
        if organisation(said) and target and not is_aligned(said, target):
            wrong.append((said, target))
    if wrong:
        said, target = wrong[0]
        text = (
            f"{len(wrong)} links say one site and lead to another, such as {tame(said, 100)} to"
            f" {tame(target, 100)}."
        )
        yield Observation(code="mail-link-disguised", weight=Weight.RISK, text=text, where=where)
