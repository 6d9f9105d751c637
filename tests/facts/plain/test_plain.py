"""Text, web pages, SVG and other XML: what is hidden in them, what they fetch and run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.facts.model import Facts, Weight
from provenance.facts.plain.decoding import decode_text
from provenance.facts.plain.text import read_text_facts
from provenance.facts.plain.web import read_web_facts
from provenance.facts.plain.web_tokens import Kind, cut_markup
from provenance.facts.plain.xml import read_xml_facts
from tests.facts.reading import AT, codes, one, said

U = "Users"  # spelled apart: a path of somebody's machine stands in no file of this project


def _page(text: str) -> Facts:
    return read_web_facts(text.encode(), at=AT, xml=False)


def test_a_plain_page_says_nothing() -> None:
    """Text, links and pictures of its own raise no question."""
    page = '<!DOCTYPE html><html><body><a href="http://x.example/">x</a><img src="a.png"></body>'
    assert _page(page).observations == ()


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://beacon.example/a.gif">',
        "<IMG SRC=http://beacon.example/a.gif>",
        "<img src='//beacon.example/a.gif'/>",
        '<img srcset="a.png 1x, https://beacon.example/b.png 2x">',
        '<link rel="shortcut icon" href="http://beacon.example/i.ico">',
        '<link rel=stylesheet href="http://beacon.example/s.css">',
        '<script src="http://beacon.example/s.js"></script>',
        '<iframe src="http://beacon.example/"></iframe>',
        '<body background="http://beacon.example/b.gif">',
        '<p style="background:url(http://beacon.example/b.gif)">',
        '<style>@import "http://beacon.example/s.css";</style>',
        '<meta http-equiv="refresh" content="0; url=http://beacon.example/">',
        '<video poster="http://beacon.example/p.png">',
        '<p title=a\'b><img src="http://beacon.example/a.gif">',
        "<div>" * 5000 + '<img src="http://beacon.example/a.gif">',
    ],
)
def test_every_way_to_fetch_is_a_risk(markup: str) -> None:
    """However it is written and however deep it stands, a beacon is found."""
    found = one(_page(f"<html>{markup}"), "remote-content")
    assert found.weight is Weight.RISK
    assert "beacon.example" in found.text


def test_a_commented_beacon_is_no_beacon() -> None:
    """What a browser does not fetch is not said to be fetched."""
    facts = _page(
        '<!-- <img src="http://beacon.example/a.gif"> --><title><img src=http://x></title>'
    )
    assert codes(facts) == {"source-comments"}


def test_programs_are_told_and_not_run() -> None:
    """Scripts, event handlers and script addresses are counted."""
    facts = _page('<script>x()</script><p onclick="y()"><a href=" javascript:z()">z</a>')
    text = one(facts, "scripts").text
    assert "1 script, 2 event handlers" in text
    assert "onclick" in text


@pytest.mark.parametrize(
    "markup",
    [
        '<div style="display:none">the secret</div>',
        "<div hidden>the secret</div>",
        '<p style="visibility: hidden">the secret<p>seen',
        '<span style="font-size:0px">the secret</span>',
        '<span style="color:#fff">the secret</span>',
        '<span style="mso-hide:all">the secret</span>',
        '<div style="display:none"><div>the </div>secret</div>',
    ],
)
def test_hidden_text_is_quoted(markup: str) -> None:
    """Text that a style hides is told, and what follows it is not taken for hidden."""
    found = one(_page(f"<body>{markup}<b>shown</b>"), "hidden-text")
    assert "the secret" in found.text
    assert "shown" not in found.text
    assert "seen" not in found.text


@pytest.mark.parametrize(
    "style",
    ["opacity:0.5", "font-size:10px", "background-color:#fff", "color:#fff;background:#000"],
)
def test_ordinary_styles_hide_nothing(style: str) -> None:
    """Half-transparent, small or white on black is no disguise."""
    assert codes(_page(f'<p style="{style}">x</p>')) == set()


def test_comments_fields_sources_and_office_properties() -> None:
    """What a saved or exported page keeps in its source."""
    facts = _page(
        "<!-- saved from url=(0024)http://intranet.example/ -->"
        "<!--[if gte mso 9]><o:Author>Joan Weber</o:Author><![endif]-->"
        f"<!-- draft in C:\\{U}\\joan\\x.doc --><meta name=Generator content='Word 15'>"
        '<input type=hidden name="token" value="1">'
    )
    assert "intranet.example" in one(facts, "saved-from").text
    assert facts.properties["office.Author"] == "Joan Weber"
    assert facts.properties["meta.generator"] == "Word 15"
    assert "draft in" in one(facts, "source-comments").text
    assert '"joan"' in one(facts, "local-path").text
    assert '"token"' in one(facts, "hidden-fields").text


def test_svg_scripts_targets_and_the_authors_path() -> None:
    """A picture can run programs, fetch pictures, and name where it was exported to."""
    svg = (
        '<?xml-stylesheet href="http://beacon.example/s.css"?><svg xmlns:xlink="x"'
        f' inkscape:export-filename="C:\\{U}\\joan\\logo.png"><script>x()</script>'
        '<image xlink:href="http://beacon.example/a.png"/><g display="none"><text>gone</text></g>'
        "</svg>"
    )
    facts = read_xml_facts(svg.encode(), at=AT)
    assert codes(facts) >= {"scripts", "remote-content", "hidden-text", "local-path"}
    assert said(facts, "remote-content").count("beacon.example") >= 2


def test_xml_with_entities_is_a_risk_and_not_resolved() -> None:
    """An external entity is told; nothing is read through it."""
    bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    facts = read_xml_facts(bomb.encode(), at=AT)
    assert one(facts, "document-type-declaration").weight is Weight.RISK
    assert any("document type" in note for note in facts.notes)


def test_the_xml_of_office_2003_keeps_its_properties() -> None:
    """A whole document in one XML file is judged by its own dates."""
    inner = "<o:Author>Joan</o:Author><o:Created>2005-05-05T10:00:00Z</o:Created>"
    inner += "<o:LastSaved>2004-05-05T10:00:00Z</o:LastSaved>"
    text = f'<d xmlns:o="x"><o:DocumentProperties>{inner}</o:DocumentProperties></d>'
    facts = read_xml_facts(text.encode(), at=AT)
    assert facts.properties["office.Author"] == "Joan"
    assert codes(facts) == {"modified-before-created"}


def test_a_plain_text_is_described() -> None:
    """Encoding and line ends are stated; mixed ones are noted."""
    facts = read_text_facts(b"one\r\ntwo\r\n", at=AT)
    assert facts.properties == {"text.encoding": "utf-8", "text.line-ends": "2 CRLF"}
    assert facts.observations == ()
    assert codes(read_text_facts(b"one\r\ntwo\n", at=AT)) == {"mixed-line-ends"}


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"plain", "utf-8"),
        ("Gr\u00fc\u00dfe".encode(), "utf-8"),
        (b"\xef\xbb\xbfx", "utf-8 (marked)"),
        ("x".encode("utf-16"), "utf-16-le (marked)"),
        ("Gr\u00fc\u00dfe".encode("cp1252"), "windows-1252"),
    ],
)
def test_the_encoding_is_named(data: bytes, encoding: str) -> None:
    """A mark decides, else what the bytes allow."""
    assert read_text_facts(data, at=AT).properties["text.encoding"] == encoding


def test_terminal_codes_and_hidden_characters() -> None:
    """A text that would move a cursor is a risk; one that hides words says so."""
    facts = read_text_facts("a\x1b]0;title\x07b p\u0430y invoice\u202efdp.exe".encode(), at=AT)
    assert one(facts, "terminal-codes").weight is Weight.RISK
    assert codes(facts, Weight.HIDDEN) == {"mixed-scripts", "bidi-controls"}


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    """No bytes make any of the readers raise."""
    assert isinstance(decode_text(data).text, str)
    for facts in (
        read_text_facts(data, at=AT),
        read_xml_facts(data, at=AT),
        read_web_facts(data, at=AT, xml=False),
    ):
        assert isinstance(facts, Facts)


@given(st.text(alphabet="<>/!-=\"' ascriptstyle\n&;[]?", max_size=120))
def test_cutting_markup_ends_and_loses_no_tag(text: str) -> None:
    """Any text is cut to its end; what is behind a closed tag is still seen."""
    assert all(token.kind in Kind for token in cut_markup(text))
    seen = [token.name for token in cut_markup(f"<p></p><img src=x>{text}")]
    assert "img" in seen


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a b="', "<!--", "<![CDATA[", "</", "<script>", "&"]
)
def test_cutting_takes_linear_time(piece: str) -> None:
    """A megabyte of openings that never close is no trap."""
    assert sum(1 for _ in cut_markup(piece * (1_000_000 // len(piece)))) >= 1
