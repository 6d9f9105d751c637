"""The page: well-formed, self-contained, inert, and it says what it must."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import UsageError
from provenance.report.audience import for_audience
from provenance.report.html import render_html
from provenance.report.item_parts import Custody, CustodyLine
from provenance.report.markup import MAX_SHOWN, element, stylesheet, visible
from provenance.report.model import Audience, ReportModel
from tests.report import worlds as w
from tests.report.htmlcheck import read_page

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "closes": '"></td></table></main><img src=x onerror=alert(1)>',
    "attribute": "' onmouseover='alert(1)' x='",
    "title": "</title></svg><svg onload=alert(1)>",
    "style": "</style><style>@import url(https://evil.example/x)</style>",
    "comment": "--><!-- <![CDATA[ ]]>",
    "entity": "&lt;script&gt;&#0;&amp;",
    "link": "javascript:alert(1)",
    "override": "letter\u202egpj.exe\u2066\u2069",
    "controls": "a\x00b\x1b[31mc\x7fd\x85e",
    "invisible": "a\u200bb\ufeffc\u00add\U000e0041e",
    "surrogate": "a\ud800b",
    "piled": "Z" + "\u0301" * 500,
    "format": "{blank} {0} %s %(x)s",
}


def models() -> list[ReportModel]:
    """Return every kind of report a page is made from."""
    sample = w.sample_model()
    return [*(for_audience(sample, one) for one in Audience), w.bare_model()]


@pytest.mark.parametrize("model", models(), ids=lambda one: f"{one.accession}-{one.audience}")
def test_sound(model: ReportModel) -> None:
    """Balanced, unique ids, links inside the page only, nothing active, headings in order."""
    page = read_page(render_html(model))
    assert page.faults == []
    assert page.lang == "en"
    assert (
        page.tags["h1"] == page.tags["title"] - page.tags.get("svg", 0) * 0 or page.tags["h1"] == 1
    )
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(later <= earlier + 1 for earlier, later in steps)


@pytest.mark.parametrize("model", models(), ids=lambda one: f"{one.accession}-{one.audience}")
def test_offline(model: ReportModel) -> None:
    """No address of any kind stands in the page or its stylesheet."""
    html = render_html(model)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|javascript:", html)


def test_policy_names_the_stylesheet() -> None:
    """The policy allows nothing but the one stylesheet, by the digest of its very text."""
    html = render_html(w.sample_model())
    css = html.split("<style>")[1].split("</style>")[0]
    digest = b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = read_page(html).policy
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_inert(name: str) -> None:
    """Hostile words in any field change no element, no attribute and no link of the page."""
    harmless = read_page(render_html(w.hostile_model("harmless")))
    html = render_html(w.hostile_model(HOSTILE[name]))
    page = read_page(html)
    assert page.faults == []
    assert page.tags == harmless.tags
    assert page.links == harmless.links
    html.encode("utf-8")


@pytest.mark.parametrize("name", ["override", "controls", "invisible", "surrogate", "piled"])
def test_hidden_characters_are_shown(name: str) -> None:
    """A character that hides or reorders is never written; its number is."""
    html = render_html(w.hostile_model(HOSTILE[name]))
    worst = {"override": 0x202E, "controls": 0x1B, "invisible": 0x200B, "surrogate": 0xD800}
    if name in worst:
        assert chr(worst[name]) not in html
        assert f"⟦U+{worst[name]:04X}⟧" in html
    else:
        assert "\u0301" * 5 not in html


def test_huge_text_is_cut_and_says_so() -> None:
    """A text beyond the limit is cut with a count of what is missing."""
    shown = visible("x" * (MAX_SHOWN + 1234))
    assert len(shown) < MAX_SHOWN + 100
    assert "1,234 more characters" in shown


@given(st.text(max_size=60))
def test_any_text_is_inert(text: str) -> None:
    """Whatever the text, an element around it stays one element with that text inside."""
    html = element("p", text, title=text, class_="x").text
    page = read_page(html)
    assert page.faults == []
    assert page.tags == {"p": 1}
    expected = visible(text).replace("\r", "")
    assert page.text == expected


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("script", {}),
        ("img", {}),
        ("p", {"onclick": "x"}),
        ("p", {"style": "color:red"}),
        ("a", {"href": "https://example.org"}),
        ("a", {"href": "javascript:x"}),
    ],
)
def test_builder_refuses(name: str, attributes: dict[str, str]) -> None:
    """The builder has no way to write anything active or a link out."""
    with pytest.raises(UsageError):
        element(name, **attributes)


def test_stylesheet_cannot_end_itself() -> None:
    """A stylesheet with a closing tag inside is refused."""
    with pytest.raises(UsageError):
        stylesheet("a{}</style>")


def test_cover_says_the_verdict() -> None:
    """The signed headline stands on the cover with both names, and the internal mark with it."""
    page = read_page(render_html(w.sample_model()))
    for words in ("AUTHENTIC DRAFT, DISOWNED BY ISSUER", "Version 2, corrected. Signed by Amal",
                  " on 9 Jan 2020, 12:20 UTC, countersigned by Chidi Okafor on 9 Jan 2020, 13:05",
                  "Must not leave the desk", "Version 2, corrected"):  # fmt: skip
        assert words in page.text


def test_the_reason_of_a_correction_is_told() -> None:
    """The desk reads the class of a correction and its author's own words; the public the class."""
    model = w.sample_model()
    words = "Reason: new evidence: The prime minister says he holds a signed copy."
    assert words in read_page(render_html(model)).text
    shown = read_page(render_html(for_audience(model, Audience.PUBLIC))).text
    assert "Reason: new evidence." in shown
    assert "holds a signed copy." not in shown


def test_unsigned_suggestion_is_called_so() -> None:
    """Without a second signature there is no verdict on the cover, only what is waiting."""
    model = w.sample_model()
    waiting = replace(
        model.verdicts[0], state="provisional", countersigners=(), countersigned_at=()
    )
    text = read_page(render_html(replace(model, verdicts=(waiting,)))).text
    assert "No verdict has been published" in text
    assert "Nobody has signed it." in text


def test_withdrawn_is_not_false() -> None:
    """A withdrawn verdict heads the page as withdrawn, and is not called false."""
    model = w.sample_model()
    gone = replace(model.verdicts[-1], state="withdrawn", reason_class="our error")
    text = read_page(render_html(replace(model, verdicts=(gone,)))).text
    assert "Verdict withdrawn" in text
    assert "not the same as saying it is false" in text


def test_stale_verdict_warns() -> None:
    """A verdict that needs a review says so on the cover."""
    model = w.sample_model()
    stale = replace(
        model.verdicts[-1], freshness="NEEDS REVIEW (facet)", staleness=("origin moved",)
    )
    text = read_page(render_html(replace(model, verdicts=(stale,)))).text
    assert text.count("NEEDS REVIEW (facet)") == 2
    assert "origin moved" in text


def test_absence_is_never_a_good_answer() -> None:
    """A bare report says what nobody looked at, and calls nothing free of gaps or unsigned."""
    text = read_page(render_html(w.bare_model())).text
    for words in ("not looked for", "No verdict has been published", "no checkpoint"):
        assert words in text
    assert "No gaps:" not in text
    unseen = replace(w.sample_model().exemplars[0], signature=None)
    text = read_page(render_html(replace(w.sample_model(), exemplars=(unseen,)))).text
    assert "it does not mean unsigned" in text


def test_gaps_are_stated() -> None:
    """Gaps are listed with their length; no gaps are stated as that and no more."""
    model = w.sample_model()
    assert "20 hours 58 minutes" in read_page(render_html(model)).text
    none = replace(model, custody=replace(model.custody, gaps=()))
    assert "No gaps:" in read_page(render_html(none)).text


def test_many_events_stay_readable() -> None:
    """The timeline of a thousand events on a hundred days draws few marks and counts the rest."""
    lines = tuple(
        CustodyLine(entry=n, type="note", at=w.at(1 + n % 31, "10:00").replace(month=1 + n % 12
                    if n % 31 < 28 else 1), who="a", sentence="b")
        for n in range(1000)
    )  # fmt: skip
    html = render_html(replace(w.sample_model(), custody=Custody(lines=lines)))
    svg = html.split("<figure>")[1].split("</figure>")[0]
    assert svg.count("<path") < 400
    assert re.search(r">\+\d+<", svg)


def test_never_compliant() -> None:
    """The page is structured after standards; it never claims to comply, or to be admissible."""
    text = read_page(render_html(w.sample_model())).text.lower()
    assert "structured after" in text
    assert "compliant" not in text
    assert "admissible" not in text
