"""Parse XML from a document so that it can neither read a file, nor reach the net, nor grow.

Rules, in order: at most MAX_XML bytes; no document type declaration, anywhere (entity bombs and
external entities live there, and no office program writes one); entities stay unresolved; the
parser's own limits stand (depth 256, one text of 10 MB). What breaks a rule is `Unread` with the
reason, never an exception. This is the one module that imports the XML parser.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it has no types

MAX_XML: Final = 64 << 20  # bytes of one part; the tree takes up to ten times as much memory
MAX_TEXT: Final = 1 << 20  # characters taken from inside one element

Element: TypeAlias = Any  # of the XML parser, which has no types
VERSION: Final = ".".join(str(part) for part in etree.LXML_VERSION[:3])
LIBRARY: Final = ".".join(str(part) for part in etree.LIBXML_VERSION)

_KNOWN: Final = (
    "{urn:oasis:names:tc:opendocument:",
    "{urn:org:documentfoundation:",
    "{http://openoffice.org/",
    "{http://schemas.openxmlformats.org/",
    "{http://schemas.microsoft.com/",
    "{http://purl.oclc.org/ooxml/",
    "{http://www.w3.org/",
    "{http://purl.org/dc/",
)
_HAVING: Final = etree.XPath("descendant-or-self::*[@*[local-name() = $name]]")
_OPTIONS: Final = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A part that is not read, and why."""

    reason: str
    """Plain words; holds nothing of the part."""
    doctype: bool = False
    """It declares a document type."""


def parse_markup(data: bytes) -> Element | Unread:
    """Return the root element, or why there is none."""
    refused = _refuse(data)
    if refused is not None:
        return refused
    try:
        root = etree.fromstring(data, etree.XMLParser(**_OPTIONS))
    except (etree.LxmlError, ValueError) as fault:
        return Unread(reason=_say(fault))
    if root.getroottree().docinfo.internalDTD is not None:
        return Unread(reason="it declares a document type", doctype=True)
    return root


def scan_markup(data: bytes, *names: str) -> Iterator[Element | Unread]:
    """Yield each element of these local names as it ends; for parts too large to keep as a tree.

    The last thing yielded is `Unread` where the part could not be read to its end.
    """
    refused = _refuse(data)
    if refused is not None:
        yield refused
        return
    wanted = [f"{{*}}{name}" for name in names]
    try:
        for _, element in etree.iterparse(
            io.BytesIO(data), events=("end",), tag=wanted, **_OPTIONS
        ):
            yield element
            element.clear(keep_tail=False)
            # What stands before it in its parent is done with too.
            while element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.LxmlError, ValueError) as fault:
        yield Unread(reason=_say(fault))


def _refuse(data: bytes) -> Unread | None:
    if len(data) > MAX_XML:
        return Unread(reason=f"it is larger than {MAX_XML} bytes")
    # Searched in the raw bytes before any parser sees them; UTF-16 writes a zero between letters.
    for mark in (b"<!DOCTYPE", b"<\0!\0D\0O\0C\0T\0Y\0P\0E", b"\0<\0!\0D\0O\0C\0T\0Y\0P\0E"):
        if mark in data:
            return Unread(reason="it declares a document type", doctype=True)
    return None


def _say(fault: Exception) -> str:
    text = str(fault)
    if "depth" in text:
        return "it is nested too deeply"
    if "amplification" in text or "too long" in text or "limit" in text.lower():
        return "it is larger than the parser allows"
    return "it is not well-formed XML"


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def space(element: Element) -> str:
    """Return an element's namespace in braces, as attribute and tag names begin."""
    tag = element.tag
    return tag[: tag.index("}") + 1] if isinstance(tag, str) and tag.startswith("{") else ""


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its local name; "" if there is none.

    The element's own namespace counts first, then no namespace, then those that office formats use:
    an attribute of a namespace that programs ignore must not hide the one that they read.
    """
    tag = str(element.tag)
    value = element.get(f"{tag[: tag.find('}') + 1]}{name}")
    if value is None:
        value = element.get(name)
    if value is not None:
        return str(value)
    for key, other in element.attrib.items():
        if key.endswith(name) and key.rpartition("}")[2] == name and key.startswith(_KNOWN):
            return str(other)
    return ""


def every(root: Element | None, *names: str) -> Iterator[Element]:
    """Return all elements of these local names, in the order of the document; none for None."""
    return iter(()) if root is None else root.iter(*(f"{{*}}{name}" for name in names))


def having(root: Element, name: str) -> list[Element]:
    """Return all elements with an attribute of this local name; searched by the parser itself."""
    found: list[Element] = _HAVING(root, name=name)
    return found


def first(root: Element | None, *names: str) -> Element | None:
    """Return the first of them, or None."""
    return next(every(root, *names), None)


def text_of(element: Element | None, limit: int = MAX_TEXT) -> str:
    """Return the text inside an element, bounded; "" for None."""
    if element is None:
        return ""
    parts, room = [], limit
    for part in element.itertext():
        parts.append(part[:room])
        room -= len(part)
        if room <= 0:
            break
    return "".join(parts)


def is_on(value: str) -> bool:
    """Read an on/off value (ECMA-376 part 1, 22.9.2.7); absent, the attribute means on."""
    return value.lower() not in {"0", "false", "off"}
