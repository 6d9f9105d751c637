"""The relationships transform of ECMA-376 part 2 (13.2.4.24): a choice of relationships, in order.

A relationships part is read in the one shape that the standard gives it: a root, Relationship
elements in the package's own namespace with Id, Type, Target and perhaps TargetMode, nothing else.
Markup compatibility (a part may make a reader ignore some of it) is refused: what one reader
ignores another takes. Two relationships of one Id are refused.
"""

from dataclasses import dataclass
from typing import Final

from provenance.signatures.xmldsig.reading import (
    MAX_PART_XML,
    Element,
    attribute,
    children,
    descendants,
    parse_xml,
)
from provenance.signatures.xmldsig.refusal import Refusal
from provenance.signatures.xmldsig.structure import Selection

NAMESPACE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
EXTERNAL: Final = "External"
INTERNAL: Final = "Internal"
_ATTRIBUTES: Final = frozenset({"Id", "Type", "Target", "TargetMode"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One line of a relationships part."""

    id: str
    type: str
    target: str
    mode: str
    """`Internal` or `External`."""


def read_relationships(data: bytes) -> tuple[Relationship, ...]:
    """Read a relationships part.

    Raises:
        Refusal: it has another shape.
    """
    return tuple(one for one, _ in _read_part(data)[1])


def _read_part(data: bytes) -> tuple[Element, list[tuple[Relationship, Element]]]:
    root = parse_xml(data, most=MAX_PART_XML)
    if root.tag != f"{{{NAMESPACE}}}Relationships" or root.attrib:
        raise Refusal("relationships-layout", "a relationships part of another shape")
    found = [(_read(one), one) for one in children(root)]
    if len({one.id for one, _ in found}) != len(found):
        raise Refusal("relationships-layout", "two relationships share one Id")
    return root, found


def _read(element: Element) -> Relationship:
    known = set(element.attrib) <= _ATTRIBUTES and element.tag == f"{{{NAMESPACE}}}Relationship"
    if not known or any(one is not element for one in descendants(element)):
        raise Refusal("relationships-layout", "a relationship of another shape")
    identifier, kind, target = (attribute(element, one) for one in ("Id", "Type", "Target"))
    mode = attribute(element, "TargetMode") or INTERNAL
    if identifier is None or kind is None or target is None or mode not in {INTERNAL, EXTERNAL}:
        raise Refusal("relationships-layout", "a relationship of another shape")
    return Relationship(id=identifier, type=kind, target=target, mode=mode)


def is_selected(one: Relationship, selection: Selection) -> bool:
    """Say whether a relationship is among those that are signed."""
    return one.id in selection.ids or one.type in selection.types


def select_relationships(data: bytes, selection: Selection) -> Element:
    """Return the root of the document that is digested instead of the part.

    Raises:
        Refusal: the part has another shape.
    """
    root, found = _read_part(data)
    if root.getprevious() is not None or root.getnext() is not None:
        raise Refusal("relationships-layout", "something stands beside the relationships")
    for one in list(root):
        root.remove(one)
    root.text = None
    # Step 2: by Id, by code point. Step 3: no content, no text between, TargetMode spelt out.
    for one, element in sorted(found, key=lambda pair: pair[0].id):
        if is_selected(one, selection):
            for inner in list(element):
                element.remove(inner)
            element.text, element.tail = None, None
            element.set("TargetMode", one.mode)
            root.append(element)
    return root
