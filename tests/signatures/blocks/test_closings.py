"""Closings, labels and lines to sign on, in the languages of the table."""

import pytest

from provenance.signatures.blocks.closings import (
    CLOSINGS,
    has_typed_signature,
    is_closing,
    is_label,
    is_line_to_sign,
    looks_like_name,
)
from provenance.signatures.blocks.layout import Line, find_blocks, join_lines
from provenance.signatures.model import Box

SAMPLES = {
    "en": ["Sincerely,", "Very Respectfully,", "Yours faithfully", "Kind regards,"],
    "de": ["Mit freundlichen Grüßen", "Hochachtungsvoll", "Im Auftrag"],
    "fr": [
        "Cordialement,",
        "Veuillez agréer, Monsieur, l'expression de mes sentiments distingués.",
    ],
    "es": ["Atentamente,", "Un cordial saludo,"],
    "it": ["Distinti saluti,", "Con i migliori saluti", "In fede,"],
    "pt": ["Atenciosamente,", "Com os melhores cumprimentos,"],
    "nl": ["Met vriendelijke groet,", "Hoogachtend,"],
    "sv": ["Med vänliga hälsningar", "Högaktningsfullt"],
    "pl": ["Z poważaniem", "Z wyrazami szacunku,"],
    "ru": ["С уважением,", "Искренне Ваш,"],
    "uk": ["З повагою,"],
    "tr": ["Saygılarımla,", "Arz ederim."],
    "ar": ["مع خالص التحية", "وتفضلوا بقبول فائق الاحترام"],
    "fa": ["با احترام", "ارادتمند شما"],
}


def test_every_language_has_samples() -> None:
    """A row of the table without a sample is not tested, so it fails here."""
    assert SAMPLES.keys() == CLOSINGS.keys()


@pytest.mark.parametrize("line", [line for lines in SAMPLES.values() for line in lines])
def test_a_closing_is_a_whole_line(line: str) -> None:
    """Each sample is a closing; within a sentence it is none."""
    assert is_closing(line)
    assert not is_closing(f"He wrote {line} and left the country the day after that")


@pytest.mark.parametrize(
    "line", ["[SIGNATURE BLOCK]", "<signature>", "[Unterschrift]", "(firma)", "[подпись]"]
)
def test_labels(line: str) -> None:
    """A placeholder in brackets is a label, in the languages of the table."""
    assert is_label(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Signature:", True),
        ("Signature: ________", True),
        ("Unterschrift ______", True),
        ("Firma: ......", True),
        ("SIGNATURE", False),
        ("Signature page follows", False),
        ("signed", False),
    ],
)
def test_the_head_of_a_column_is_no_line_to_sign_on(line: str, expected: bool) -> None:
    """Something to write on follows the word, or it is a table's heading."""
    assert is_line_to_sign(line) is expected


def test_typed_and_names() -> None:
    """A typed signature and a person's name are told from other words."""
    assert has_typed_signature("/s/ Ann Author")
    assert has_typed_signature("gez. Müller")
    assert not has_typed_signature("his/her")
    assert looks_like_name("Dr. Hans Müller")
    assert looks_like_name("Иван Петров")
    assert not looks_like_name("42")


def line(text: str, left: float, bottom: float, width: float = 120) -> Line:
    """A line of text in a box of its own."""
    return Line(text=text, box=Box(left=left, bottom=bottom, right=left + width, top=bottom + 11))


@pytest.mark.parametrize("language", CLOSINGS)
def test_a_block_stands_between_closing_and_name(language: str) -> None:
    """In every language the block is the gap above the name line."""
    lines = join_lines([line(SAMPLES[language][0], 72, 500), line("Ada Example", 72, 440)])
    (block,) = find_blocks(lines, (612, 792))
    assert block.region.top == 500
    assert block.region.bottom < 441
    assert "Ada Example" in block.reason
