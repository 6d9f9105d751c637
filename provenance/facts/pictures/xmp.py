"""What an XMP packet says (ISO 16684-1), as far as a desk asks: program, dates, history, origin.

Refuses packets with a DOCTYPE or an entity of their own (a kilobyte can claim gigabytes), and
what is not well-formed XML; both are noted. Resolves nothing, fetches nothing. A property may be an
attribute or an element; both are read. History is cut at MAX_HISTORY.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it has no types

from provenance.errors import Malformed
from provenance.facts.pictures.found import several

MAX_PACKET: Final = 4 << 20  # bytes; a packet with a long history has some 200,000
MAX_HISTORY: Final = 500  # steps
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_SPACES: Final = {
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
}
_STEP: Final = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
_REFERENCE: Final = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of the history: what was done, with which program, when."""

    action: str = ""
    program: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Xmp:
    """What a packet says; texts as written, the caller tames them."""

    properties: dict[str, str] = field(default_factory=dict)
    """`xmp:CreatorTool` and its like, by the usual prefix."""
    history: tuple[Step, ...] = ()
    derived_from: dict[str, str] = field(default_factory=dict)


def read_xmp(packet: bytes) -> Xmp:
    """Return what a packet says.

    Raises:
        Malformed: it is too large, declares entities, or is not well-formed.
    """
    if len(packet) > MAX_PACKET:
        raise Malformed(f"XMP of more than {MAX_PACKET} bytes")
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        raise Malformed("XMP that declares entities, which no program writes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(packet.strip(b"\0 \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed("XMP that is not well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:  # in another encoding than looked at
        raise Malformed("XMP that declares entities, which no program writes")
    properties: dict[str, str] = {}
    for name, value in _properties(root):
        properties.setdefault(name, value)
    return Xmp(
        properties=properties,
        history=tuple(_history(root)),
        derived_from=dict(_fields(root, "DerivedFrom", _REFERENCE)),
    )


def _properties(root: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - lxml has no types
    for description in root.iter(_RDF + "Description"):
        for key, value in description.attrib.items():
            name = _name(key)
            if name:
                yield name, str(value)
        for child in description:
            name = _name(child.tag)
            if name:
                texts = [text.strip() for text in child.itertext() if text.strip()]
                yield name, several(texts)


def _name(tag: object) -> str | None:
    if not isinstance(tag, str) or not tag.startswith("{"):
        return None
    space, _, local = tag[1:].partition("}")
    prefix = _SPACES.get(space)
    return f"{prefix}:{local}" if prefix else None


def _history(root: Any) -> Iterator[Step]:  # noqa: ANN401 - lxml has no types
    """`xmpMM:History`: a sequence of resource events, fields as attributes or elements."""
    for history in root.iter("{http://ns.adobe.com/xap/1.0/mm/}History"):
        for number, item in enumerate(history.iter(_RDF + "li")):
            if number >= MAX_HISTORY:
                return
            said = dict(_said(item, _STEP))
            yield Step(
                action=said.get("action", ""),
                program=said.get("softwareAgent", ""),
                when=said.get("when", ""),
            )


def _fields(root: Any, element: str, space: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - same
    for found in root.iter("{http://ns.adobe.com/xap/1.0/mm/}" + element):
        yield from _said(found, space)


def _said(item: Any, space: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - same
    for node in item.iter():
        for key, value in node.attrib.items():
            if str(key).startswith("{" + space + "}"):
                yield str(key).rpartition("}")[2], str(value)
        if isinstance(node.tag, str) and node.tag.startswith("{" + space + "}") and node.text:
            yield node.tag.rpartition("}")[2], str(node.text).strip()


def parse_xmp_date(text: str) -> datetime | None:
    """Read a date of XMP part 1, 8.2.1.2; without a zone it is a wall clock; None if unreadable."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None
