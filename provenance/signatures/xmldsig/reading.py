"""Parse XML of a hostile package, and write it out again in canonical form.

Rules, in order; the first that fails is a Refusal:
  1. no more bytes than the limit;
  2. no document type anywhere: entities, default attributes and external files come with it. The
     eight letters are refused even in a comment, so that no trick with encodings slips through;
  3. well-formed XML 1.0 in UTF-8, UTF-16, ASCII or Latin-1, within the parser's own bounds on depth
     and on the length of a text.
A text is taken from an element only if nothing else is in it: a reader that stops at a comment and
a reader that does not would see two texts. Opens no file and no address, expands no entity.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - it has no types

from provenance.signatures.text import tame
from provenance.signatures.xmldsig.refusal import Refusal

MAX_SIGNATURE_XML: Final = 8 << 20  # bytes; one with embedded revocation lists has some hundred KiB
MAX_PART_XML: Final = 64 << 20  # bytes of a part that must be parsed; a thousand pages stay below
MAX_VALUE: Final = 4 << 20  # characters of one base64 value; the largest hold revocation lists

Element = Any
"""An lxml element; the library has no public name for the type."""

_ENCODINGS: Final = frozenset(
    {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII", "ASCII", "ISO-8859-1"}
)
_DOCTYPE: Final = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_SPACE: Final = re.compile(r"[ \t\r\n]+")  # XML 1.0 section 2.3; Python's idea of space is wider


def parse_xml(data: bytes, *, most: int) -> Element:
    """Return the root element.

    Args:
        data: the whole file.
        most: bytes above which it is refused.

    Raises:
        Refusal: by the rules above.
    """
    if len(data) > most:
        raise Refusal("xml-too-large", f"an XML file has more than {most} bytes")
    if any(mark in data for mark in _DOCTYPE):
        raise Refusal("doctype-refused", "an XML file has a document type, or says the word")
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("xml-not-well-formed", "an XML file is not well-formed") from error
    about = root.getroottree().docinfo
    if about.doctype or about.internalDTD is not None:
        raise Refusal("doctype-refused", "an XML file has a document type")
    if about.xml_version != "1.0" or (about.encoding or "UTF-8").upper() not in _ENCODINGS:
        raise Refusal("xml-encoding-refused", "an XML file has an unusual version or encoding")
    return root


def _parser() -> Any:  # noqa: ANN401 - the library has no public type
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=False,
        remove_pis=False,
    )


def children(element: Element) -> list[Element]:
    """Return the child elements of an element that may hold nothing else.

    Raises:
        Refusal: there is text between them.
    """
    found = [one for one in element if isinstance(one.tag, str)]
    texts = [element.text, *(one.tail for one in element)]
    if any(text is not None and _SPACE.sub("", text) for text in texts):
        raise Refusal("signature-layout", f"stray text inside {local_name(element)}")
    return found


def descendants(element: Element) -> Iterator[Element]:
    """Yield the element and all elements in it, in document order."""
    return (one for one in element.iter() if isinstance(one.tag, str))


def local_name(element: Element) -> str:
    """Return an element's name without its namespace, tamed; for messages."""
    return tame(etree.QName(element).localname, 80)


def text_value(element: Element) -> str:
    """Return the text of an element that holds nothing but text, without space at the ends.

    Raises:
        Refusal: there is a comment, an instruction or an element in it.
    """
    if len(element):
        raise Refusal("signature-layout", f"{local_name(element)} holds more than text")
    return (element.text or "").strip(" \t\r\n")


def base64_value(element: Element) -> bytes:
    """Return the bytes that the text of an element spells (XML Schema base64Binary).

    Raises:
        Refusal: it is no base64, or too long.
    """
    text = _SPACE.sub("", text_value(element))
    if len(text) > MAX_VALUE:
        raise Refusal("signature-layout", f"{local_name(element)} is too long")
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:  # ValueError: letters outside ASCII
        raise Refusal("signature-layout", f"{local_name(element)} is not base64") from error


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute as text, or None."""
    value = element.get(name)
    return None if value is None else str(value)


def canonical(
    element: Element, *, exclusive: bool, comments: bool, prefixes: tuple[str, ...] = ()
) -> bytes:
    """Return the canonical form of an element as it stands in its document (C14N 1.0, 1.1).

    The two versions differ only in which xml: attributes they take over from ancestors, and an
    element below such an attribute is refused: no known package has one there. The element is
    written out and read again first, because the library leaves false `xmlns=""` in the canonical
    form of an element whose namespaces are declared further up.

    Raises:
        Refusal: an ancestor has an xml: attribute.
    """
    above = element.iterancestors()
    if not exclusive and any(str(key).startswith(_XML) for one in above for key in one.keys()):  # noqa: SIM118 - not a dict
        raise Refusal("canonical-form", "an xml: attribute stands above a signed element")
    alone = etree.tostring(element, encoding="UTF-8", with_tail=False)
    return canonical_document(
        etree.fromstring(alone, _parser()),
        exclusive=exclusive,
        comments=comments,
        prefixes=prefixes,
    )


def canonical_document(
    root: Element, *, exclusive: bool, comments: bool, prefixes: tuple[str, ...] = ()
) -> bytes:
    """Return the canonical form of the whole document that a root element belongs to."""
    written: bytes = etree.tostring(
        root.getroottree(),
        method="c14n",
        exclusive=exclusive,
        with_comments=comments,
        inclusive_ns_prefixes=list(prefixes) or None,
    )
    return written


def require_unique(root: Element, names: frozenset[str]) -> None:
    """Refuse a file in which one of these identifiers stands twice.

    Signature wrapping (McIntosh and Austel 2005) lives on two elements that answer to one name.
    Names that no reference uses are left alone: honest signers number their references alike in
    every signature of a file.

    Raises:
        Refusal: there are two of them, in whatever spelling of `Id`.
    """
    seen = set[str]()
    for element in descendants(root):
        for key, value in element.items():
            if key.removeprefix(_XML).lower() != "id" or value not in names:
                continue
            if value in seen:
                raise Refusal("duplicate-id", "two elements of the signature file share one Id")
            seen.add(value)
