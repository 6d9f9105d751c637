"""Signature blocks in letters with a text layer."""

import pytest

from provenance.signatures.axes import Headline, Kind, Presence
from provenance.signatures.detected import Detected
from provenance.signatures.model import Box
from provenance.signatures.pdf.slots import find_signature_blocks
from tests.signatures.pdf.letters import Letter, bare_page, plain_letter

CLOSINGS = ["Sincerely,", "Very Respectfully,", "Kind regards,", "V/R", "Mit freundlichen Grüßen"]


def search(letter: Letter | bytes) -> Detected:
    """Search one letter."""
    data = letter if isinstance(letter, bytes) else letter.render()
    return find_signature_blocks(data, sha256="0" * 64)


def closing(text: str = "Sincerely,", x: float = 72) -> Letter:
    """A letter with a closing and a name 60 points below."""
    return Letter().body().text(x, 560, text).text(x, 500, "William H. Seely III")


@pytest.mark.parametrize("x", [72, 320])
@pytest.mark.parametrize("text", CLOSINGS)
def test_a_blank_gap_is_an_empty_slot(text: str, x: float) -> None:
    """Closing, gap, name: an empty slot with page, box, and high confidence."""
    (status,) = search(closing(text, x)).statuses
    assert status.headline is Headline.EMPTY_SLOT
    assert status.confidence == "high"
    assert status.locator.page == 1
    assert status.locator.box is not None
    assert status.locator.box.bottom < 505
    assert status.locator.box.top > 555
    assert text in status.locator.name


def test_a_rule_to_sign_on_is_still_empty() -> None:
    """A line drawn to sign on is not ink."""
    (status,) = search(closing().rule(72, 515, 180)).statuses
    assert status.headline is Headline.EMPTY_SLOT


def test_a_line_of_underscores_is_still_empty() -> None:
    """Underscores are text, not ink."""
    (status,) = search(closing().text(72, 515, "_" * 30)).statuses
    assert status.headline is Headline.EMPTY_SLOT


def test_a_red_stamp_is_not_ink() -> None:
    """A red drawing (a DRAFT stamp) in the block does not count."""
    letter = closing()
    letter.operations.append("1 0 0 RG 3 w 80 520 140 26 re S")
    (status,) = search(letter).statuses
    assert status.headline is Headline.EMPTY_SLOT


@pytest.mark.parametrize("rule", [False, True])
def test_strokes_are_ink(rule: bool) -> None:
    """Strokes in the block are observed, with their area, and prove nothing about who."""
    letter = closing().scribble(80, 520)
    if rule:
        letter.rule(72, 515, 180)
    (status,) = search(letter).statuses
    assert status.headline is Headline.INK_OBSERVED
    assert status.kind is Kind.INK_REGION
    assert any(code.startswith("ink-area-pt2-") for code in status.native_codes)


def test_a_placed_picture_is_named_as_such() -> None:
    """A picture inside the block is IMAGE_PLACED, not ink."""
    (status,) = search(closing().picture(80, 515, 120, 35)).statuses
    assert status.headline is Headline.IMAGE_PLACED


def test_a_logo_elsewhere_changes_nothing() -> None:
    """A picture in the letterhead leaves the block empty."""
    (status,) = search(closing().picture(250, 730, 100, 40)).statuses
    assert status.headline is Headline.EMPTY_SLOT


def test_a_placeholder_label_is_empty() -> None:
    """A "[SIGNATURE BLOCK]" with nothing on it is an empty slot that knows of its label."""
    letter = Letter().body().text(72, 560, "Sincerely,").text(72, 520, "[SIGNATURE BLOCK]")
    (status,) = search(letter).statuses
    assert status.headline is Headline.EMPTY_SLOT
    assert "label" in status.native_codes


def test_a_label_without_a_closing_is_found() -> None:
    """The label alone is enough."""
    (status,) = search(Letter().body().text(300, 400, "[SIGNATURE BLOCK]")).statuses
    assert status.headline is Headline.EMPTY_SLOT
    assert "label" in status.native_codes


def test_a_typed_name_is_typed() -> None:
    """A "/s/ Name" in the block is TYPED_NAME."""
    (status,) = search(closing().text(72, 525, "/s/ William Seely")).statuses
    assert status.headline is Headline.TYPED_NAME
    assert status.presence is Presence.PRESENT


def test_no_block_no_status() -> None:
    """A page with text and no closing has no slot, and nothing is left open."""
    found = search(bare_page())
    assert found.statuses == ()
    assert found.not_determined == ()


def test_without_a_text_layer_nothing_is_determined() -> None:
    """A page that holds only a picture is "not determined", not empty."""
    found = search(Letter().picture(0, 0, 612, 792))
    assert found.statuses == ()
    (question,) = found.not_determined
    assert question.startswith("whether there is ink on page 1")
    assert "`--ocr`" in question


def test_ocr_does_not_close_the_question() -> None:
    """Where OCR looks for places to sign, ink elsewhere stays open; it is not advised twice."""
    found = find_signature_blocks(
        Letter().picture(0, 0, 612, 792).render(), sha256="a" * 64, read_elsewhere=True
    )
    assert found.not_determined == (
        "whether there is ink on page 1, outside the places that OCR found",
    )


def test_text_over_a_scan_is_not_determined() -> None:
    """A text layer over a picture of the page does not make the ink measurable."""
    letter = Letter().picture(0, 0, 612, 792).text(72, 560, "Sincerely,")
    found = search(letter.text(72, 500, "John Q. Public"))
    assert found.statuses == ()
    assert [one.confidence for one in found.undetermined] == ["not determined"]


def test_the_picture_of_a_digital_signature_is_not_ink() -> None:
    """A block that a digital signature's own picture lies in is left to that signature."""
    box = Box(left=60, bottom=490, right=300, top=570)
    data = plain_letter()
    assert find_signature_blocks(data, sha256="0" * 64, taken=((1, box),)).statuses == ()


def test_what_is_there_can_be_looked_at() -> None:
    """Each place has a small picture of bare pixels: white when empty, dark where a pen was."""
    (empty,) = search(closing()).statuses
    (inked,) = search(closing().scribble(80, 520)).statuses
    assert empty.crop is not None
    assert inked.crop is not None
    assert len(inked.crop.grey) == inked.crop.width * inked.crop.height
    assert min(inked.crop.grey) < 100
    middle = empty.crop.grey[len(empty.crop.grey) // 3 : len(empty.crop.grey) // 2]
    assert min(middle) > 200


def test_the_head_of_a_column_is_no_block() -> None:
    """A table with a column "SIGNATURE" has no place that was left empty."""
    assert search(Letter().body().text(300, 400, "SIGNATURE")).statuses == ()
