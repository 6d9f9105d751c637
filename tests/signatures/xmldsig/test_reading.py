"""Parsing: what is refused before anything is understood."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.signatures.xmldsig import reading
from provenance.signatures.xmldsig.reading import (
    base64_value,
    children,
    parse_xml,
    require_unique,
    text_value,
)
from provenance.signatures.xmldsig.refusal import Refusal


def _reason(data: bytes, most: int = 1 << 20) -> str:
    with pytest.raises(Refusal) as refused:
        parse_xml(data, most=most)
    return refused.value.reason


def test_no_document_type_in_any_encoding() -> None:
    """Entities and default attributes never come in, whatever the bytes look like."""
    text = "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
    for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"):
        assert _reason(text.encode(encoding)) == "doctype-refused"
    assert _reason(b"<a><!-- <!DOCTYPE a> --></a>") == "doctype-refused"
    # Encodings in which the letters are not found are caught after parsing, or not parsed at all.
    wide = '<?xml version="1.0" encoding="UTF-32"?>' + text
    assert _reason(wide.encode("utf-32")) == "doctype-refused"
    assert _reason(text.encode("cp037")) in {"doctype-refused", "xml-not-well-formed"}


def test_size_form_and_encoding() -> None:
    """Too large, not well-formed, of another version, or in a rare encoding."""
    assert _reason(b"<a/>" + b" " * 100, most=50) == "xml-too-large"
    for text in (b"", b"<a>", b"<a/><a/>", b"<a>&x;</a>", b"\x00" * 20, b"<a b='1' b='2'/>"):
        assert _reason(text) == "xml-not-well-formed"
    assert _reason(b"<?xml version='1.0' encoding='windows-1252'?><a/>") == "xml-encoding-refused"
    assert parse_xml("<a>é</a>".encode("utf-16"), most=100).text == "é"


def test_deep_and_wide_files_are_survived() -> None:
    """Nesting beyond the parser's bound is refused, not crashed over."""
    assert _reason(b"<a>" * 200_000 + b"</a>" * 200_000, most=1 << 24) == "xml-not-well-formed"
    assert len(parse_xml(b"<a>" + b"<b/>" * 50_000 + b"</a>", most=1 << 24)) == 50_000


def test_a_text_is_all_that_is_in_an_element() -> None:
    """A comment may not split a value in two."""
    with pytest.raises(Refusal):
        text_value(parse_xml(b"<a>one<!-- -->two</a>", most=100))
    with pytest.raises(Refusal):
        text_value(parse_xml(b"<a>one<?x?>two</a>", most=100))
    assert text_value(parse_xml(b"<a> one\n</a>", most=100)) == "one"


def test_base64_is_strict_but_for_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """Line breaks are honest; other letters, and padding in the middle, are not; nor is length."""
    assert base64_value(parse_xml(b"<a>\n  YW\n Jj\n</a>", most=100)) == b"abc"
    for text in ("YWJj!", "YW=Jj", "YWJ", "ÝWJj"):
        with pytest.raises(Refusal):
            base64_value(parse_xml(f"<a>{text}</a>".encode(), most=100))
    monkeypatch.setattr(reading, "MAX_VALUE", 3)
    with pytest.raises(Refusal):
        base64_value(parse_xml(b"<a>YWJj</a>", most=100))


def test_text_between_elements_is_refused() -> None:
    """Only space may stand between the parts of a signature; comments may too."""
    assert len(children(parse_xml(b"<a> <b/> <!-- x --> <b/>\n</a>", most=100))) == 2
    with pytest.raises(Refusal):
        children(parse_xml(b"<a><b/>x</a>", most=100))
    with pytest.raises(Refusal):
        children(parse_xml("<a>\u00a0<b/></a>".encode(), most=100))


def test_an_identifier_that_counts_stands_once() -> None:
    """In whatever spelling; identifiers that nothing uses may repeat."""
    for other in ("Id", "ID", "id", "xml:id"):
        root = parse_xml(f'<a Id="one"><b {other}="one"/><c Id="two"/></a>'.encode(), most=200)
        with pytest.raises(Refusal):
            require_unique(root, frozenset({"one"}))
        require_unique(root, frozenset({"two", "three"}))


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_parsing_is_total(data: bytes) -> None:
    """Any bytes are an element or a refusal."""
    for one in (data, b"<a>" + data + b"</a>"):
        with contextlib.suppress(Refusal):
            assert parse_xml(one, most=1000).tag
