"""Hidden and disguised characters are told; ordinary writing in any script is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.facts.characters import tell_line_ends, tell_odd_characters
from provenance.facts.gathering import Gathered
from tests.facts.reading import AT


def _told(text: str) -> dict[str, str]:
    gathered = Gathered(AT)
    tell_odd_characters(gathered, text)
    tell_line_ends(gathered, text)
    return {one.code: one.text for one in gathered.facts().observations}


@pytest.mark.parametrize(
    ("code", "text", "part"),
    [
        ("zero-width", "pay\u200bment on Fri\u200bday", "2 U+200B"),
        ("zero-width", "pay\u2060ment", "U+2060"),
        ("zero-width", "left\u200dover", "U+200D"),
        ("bidi-controls", "invoice\u202efdp.exe", 'after "invoice"'),
        ("mixed-scripts", "the p\u0430yment of Monday", "p\u0430yment"),
        ("mixed-scripts", "\u0410pple", "1 word"),
        ("tag-characters", "Hi" + "".join(chr(0xE0000 + ord(one)) for one in "copy 7"), "copy 7"),
        ("odd-spaces", "a\u2009b\u2004c\u2009d", "2 U+2009"),
        ("trailing-blanks", "line \t \n" * 8, "8 lines"),
    ],
)
def test_each_trick_is_seen(code: str, text: str, part: str) -> None:
    """Each way to hide or disguise something yields its own code, and shows what it is."""
    assert part in _told(text)[code]


@pytest.mark.parametrize(
    "text",
    [
        "Plain English, with a tab\there.",
        "\ufeffA file with its mark",
        "Grüße aus Köln, naïve café",
        "Привет, это русский текст рядом English words.",
        "5 \u03bcm and 3 k\u03a9 of wire",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian needs the joiner
        "क\u094d\u200dष",
        "family: \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # flag of England
        "ประเทศ\u200bไทย",
        "日本語\u3000の文章",
        "two words  and trailing blanks   \n" * 20,
    ],
)
def test_ordinary_writing_is_left_alone(text: str) -> None:
    """Scripts that need joiners, flags, units and loanwords raise no question."""
    assert _told(text) == {}


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    """No text makes it raise, and what is told is safe to print."""
    assert all(one.isprintable() for one in _told(text).values())


def test_long_runs_of_blanks_take_linear_time() -> None:
    """A megabyte of blanks before a letter is no trap for the search of line ends."""
    assert _told((" " * 1_000_000) + "x\n") == {}
