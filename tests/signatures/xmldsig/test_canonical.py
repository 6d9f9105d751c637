"""Canonical forms: compared with the standard library's, and with the examples of the standard."""

from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.signatures.xmldsig.reading import (
    Element,
    canonical,
    canonical_document,
    descendants,
    parse_xml,
)
from provenance.signatures.xmldsig.refusal import Refusal

_TEXTS = st.text(st.sampled_from("ab é<>&\"'\t\n\r]"), max_size=6)
# The standard library forgets prefixes, so no two of them may share a namespace here; and it takes
# an attribute without prefix for a use of the default namespace, so all have one.
_SPACES = {"": ["", "urn:1", "urn:2"], "p": ["urn:p", "urn:pp"], "q": ["urn:q"], "r": ["urn:r"]}


@st.composite
def _elements(draw: st.DrawFn, depth: int = 3) -> str:
    """An element that declares what it uses, and sometimes what it does not."""
    prefix = draw(st.sampled_from(["", "p", "q"]))
    space = draw(st.sampled_from(_SPACES[prefix]))
    declared = f" xmlns:{prefix}={quoteattr(space)}" if prefix else f" xmlns={quoteattr(space)}"
    names = draw(st.lists(st.sampled_from(["x", "y", "z"]), unique=True, max_size=2))
    attributes = "".join(
        f" r:{name}={quoteattr(draw(_TEXTS), {chr(10): '&#10;', chr(13): '&#13;', chr(9): '&#9;'})}"
        for name in names
    )
    if draw(st.booleans()) or names:
        declared += ' xmlns:r="urn:r"'
    parts = [escape(draw(_TEXTS), {"\r": "&#13;"})]
    if depth:
        for child in draw(st.lists(_elements(depth - 1), max_size=2)):
            parts += [
                child,
                draw(st.sampled_from(["", "<!-- a comment -->", "<?an instruction?>"])),
            ]
    name = f"{prefix}:e" if prefix else "e"
    return f"<{name}{declared}{attributes}>{''.join(parts)}</{name}>"


@given(_elements())
@settings(max_examples=150, deadline=None)
def test_exclusive_forms_agree_with_another_canonicaliser(text: str) -> None:
    """Each element alone, out of any depth, has the form that the standard library gives it."""
    root = parse_xml(text.encode(), most=1 << 20)
    for element in descendants(root):
        expected = ET.canonicalize(_alone(element))
        assert canonical(element, exclusive=True, comments=False).decode() == expected


def _alone(element: Element) -> str:
    """The element with the namespaces in scope, as text, by an own walk over the tree."""
    scope = {key: value for key, value in element.nsmap.items() if key is not None}
    return _written(element, {}, scope)


def _written(element: Element, above: dict[str, str], extra: dict[str, str]) -> str:
    if not isinstance(element.tag, str):
        return "" if str(element).startswith("<!--") else str(element)
    here = dict(element.nsmap)
    default = here.pop(None, "")
    declared = {**extra, **{str(key): str(value) for key, value in here.items()}}
    names = {f"xmlns:{key}": value for key, value in declared.items()} | {"xmlns": default}
    names |= {str(key).replace("{urn:r}", "r:"): str(value) for key, value in element.items()}
    escapes = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    attributes = "".join(f" {key}={quoteattr(value, escapes)}" for key, value in names.items())
    name = f"{element.prefix}:e" if element.prefix else "e"
    inside = escape(element.text or "", {"\r": "&#13;"}) + "".join(
        _written(one, above, {}) + escape(one.tail or "", {"\r": "&#13;"}) for one in element
    )
    return f"<{name}{attributes}>{inside}</{name}>"


def _inner(text: str, path: str = "") -> Element:
    element = parse_xml(text.encode(), most=1 << 20)
    for step in path.split("/") if path else []:
        element = element[int(step)]
    return element


@pytest.mark.parametrize(
    ("text", "path", "form"),
    [
        # Namespaces of ancestors come along, used or not; the nearest declaration counts.
        (
            '<a xmlns="urn:a" xmlns:x="urn:x"><b><c x:i="1"/></b></a>',
            "0",
            '<b xmlns="urn:a" xmlns:x="urn:x"><c x:i="1"></c></b>',
        ),
        ('<a xmlns="urn:a"><b xmlns=""><c/></b></a>', "0", "<b><c></c></b>"),
        ('<a xmlns="urn:a"><b xmlns=""><c/></b></a>', "0/0", "<c></c>"),
        (
            '<w xmlns="urn:w"><s xmlns="urn:s"><t><u/></t></s></w>',
            "0/0",
            '<t xmlns="urn:s"><u></u></t>',
        ),
        # Attributes by namespace and name, values normal, no short forms (C14N 1.0 section 3.3).
        (
            "<e a='2' b:a='1' c='&lt;\"' xmlns:b='urn:b'><![CDATA[x > y & z]]></e>",
            "",
            '<e xmlns:b="urn:b" a="2" c="&lt;&quot;" b:a="1">x &gt; y &amp; z</e>',
        ),
        ("<e>a\r\nb&#13;<!-- c --></e>", "", "<e>a\nb&#xD;</e>"),
    ],
)
def test_inclusive_forms(text: str, path: str, form: str) -> None:
    """What XMLDSig's default form is, case by case."""
    assert canonical(_inner(text, path), exclusive=False, comments=False).decode() == form


def test_exclusive_forms_can_be_told_to_include() -> None:
    """InclusiveNamespaces: the named prefixes come along as in the inclusive form."""
    element = _inner('<a xmlns:x="urn:x" xmlns:y="urn:y"><b y:i="1"/></a>', "0")
    bare = canonical(element, exclusive=True, comments=False)
    assert bare == b'<b xmlns:y="urn:y" y:i="1"></b>'
    full = canonical(element, exclusive=True, comments=False, prefixes=("x",))
    assert full == b'<b xmlns:x="urn:x" xmlns:y="urn:y" y:i="1"></b>'


def test_whole_documents_keep_what_stands_beside_the_root() -> None:
    """Instructions beside the root belong to a document; comments do when they are asked for."""
    root = parse_xml(b"<?xml version='1.0'?><?p q?><!--c--><r/>", most=1000)
    assert canonical_document(root, exclusive=False, comments=False) == b"<?p q?>\n<r></r>"
    with_comments = canonical_document(root, exclusive=False, comments=True)
    assert with_comments == b"<?p q?>\n<!--c-->\n<r></r>"


def test_xml_attributes_above_are_refused() -> None:
    """Where the versions of the standard differ, no form is given."""
    element = _inner('<a xml:base="urn:a"><b/></a>', "0")
    with pytest.raises(Refusal):
        canonical(element, exclusive=False, comments=False)
    assert canonical(element, exclusive=True, comments=False) == b"<b></b>"
