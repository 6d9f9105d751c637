"""What hides text in a web page hides it in a mail, and what does not, in neither."""

import pytest

from provenance.facts.mail_html import read_html
from provenance.facts.plain.web import read_web_facts
from tests.facts.reading import AT, codes


def _told(style: str) -> set[str]:
    page = f'<html><body><div style="{style}">secret words</div><b>shown</b></body></html>'
    mail = codes(read_html(page, where="text")) & {"mail-hidden-text"}
    return mail | codes(read_web_facts(page.encode(), at=AT, xml=False)) & {"hidden-text"}


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        f"display{' ' * 30}:{' ' * 30}none",
        "VISIBILITY : hidden",
        "mso-hide:all",
        "opacity:0",
        "font-size:0",
        "font-size:0px;color:red",
        "font-size: 1px",
        "font-size:1%;",
        "color:#fff;background-color:#FFF",
        "max-height:0;overflow:hidden",
        "text-indent:-9999px",
    ],
)
def test_each_way_of_hiding_is_told_in_both(style: str) -> None:
    """One list of ways for both readers."""
    assert _told(style) == {"mail-hidden-text", "hidden-text"}


@pytest.mark.parametrize(
    "style",
    [
        "font-size:1em",
        "font-size:0.9em",
        "fill-opacity:0",
        "opacity:0.5",
        "min-width:0;overflow:hidden",
        "color:#000;background:#fff",
    ],
)
def test_what_is_seen_is_not_told(style: str) -> None:
    """Letters of the usual size, ink of shapes, room that may shrink: nothing is hidden."""
    assert _told(style) == set()
