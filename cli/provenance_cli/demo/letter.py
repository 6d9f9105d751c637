"""Set the stand-in letter of the demonstration: its words and where they stand on the page.

Rules:
  1. the facts are those of the public case (forces repositioned for onward movement, helicopters
     over the city at night, respect for the decision that orders departure); every sentence is
     ours, and no person is named;
  2. the page says of itself, at its foot, that it is a stand-in;
  3. the signature block is left empty: nothing is drawn between the closing and the typed line,
     and the file has no signature and no field for one;
  4. the information dictionary tells the truth: what wrote the file, and when the stand-in was
     made. It does not pretend to the date that is typed on the page.
"""

import math
from functools import cache

from provenance.errors import UsageError
from provenance_cli.demo.pdf_page import PAGE_WIDTH, Colour, PageContent, Point, write_pdf
from provenance_cli.demo.typefaces import BOLD, ITALIC, ROMAN

STAND_IN_MARK = (
    "Stand-in written for the demonstration of Provenance Desk. Not the historical document."
)
MADE_AT = "D:20261122120000Z"  # when the stand-in was made: not the date typed on it

_NAVY: Colour = (0.07, 0.13, 0.29)
_PALE: Colour = (0.99, 0.99, 1.0)
_MARGIN = 72.0  # one inch on either side
_RIGHT = PAGE_WIDTH - _MARGIN
_MIDDLE = PAGE_WIDTH / 2
_BODY_SIZE = 12.0
_LEADING = 15.8
_PARAGRAPH_SPACE = 8.5
_SIGNATURE_SPACE = 68.0  # from the closing to the typed line: four lines and a half, left blank

_ADDRESSEE = (
    "The Commander",
    "Joint Operations Command",
    "Ministry of Defence",
    "Baghdad, Republic of Iraq",
)
_PARAGRAPHS = (
    (
        "I write so that your command hears from us directly, and early, of movements which "
        "the people of Baghdad are bound to notice. Over the coming days and weeks, elements "
        "of this Task Force will be leaving several of their present locations and gathering "
        "at others. We are repositioning these forces in preparation for onward movement."
    ),
    (
        "A large part of the work will be done by helicopter. More aircraft than usual will "
        "cross the city, the International Zone in particular, and most of them will fly at "
        "night, when the streets below are empty and the crews are at less risk. The added "
        "traffic carries people and equipment between existing sites. It should not be taken "
        "for the arrival of fresh troops."
    ),
    (
        "I ask that your operations rooms pass this notice to every post beneath the flight "
        "routes, so that no aircraft is mistaken for a threat. My staff will give your "
        "liaison officers the timings of each night\u2019s movements, and will answer any question "
        "that your headquarters may have."
    ),
    (
        "We respect the sovereign decision by which our departure has been ordered, and we "
        "will act on it with the same care for your soldiers as for our own."
    ),
)
_REFERENCE = "Command Group"
_DATE_LINE = "6 January 2020"
_CLOSING = "Very respectfully,"
_TYPED_LINE = "Commanding General, stand-in for demonstration"


def letter_pdf() -> bytes:
    """Return the stand-in letter as a PDF file: one page, a text layer, no signature."""
    page = PageContent()
    _letterhead(page)
    y = _opening(page, 618.0)
    for paragraph in _PARAGRAPHS:
        y = _paragraph(page, paragraph, y) - _PARAGRAPH_SPACE
    _close(page, y - 5)
    _foot(page)
    info = {
        "Title": "Stand-in letter for the demonstration of Provenance Desk",
        "Subject": STAND_IN_MARK,
        "Creator": "provenance_cli.demo.generate",
        "Producer": "Provenance Desk demonstration generator",
        "CreationDate": MADE_AT,
        "ModDate": MADE_AT,
    }
    return write_pdf(page, info=info, language="en-US")


def _letterhead(page: PageContent) -> None:
    _emblem(page, (_MARGIN + 37, 702))
    middle = _MIDDLE + 22
    lines = (
        (728, "HEADQUARTERS", 11.0, 2.4),
        (706, "COMBINED TASK FORCE (STAND-IN)", 16.0, 0.5),
        (689, "OFFICE OF THE COMMANDING GENERAL", 9.5, 1.1),
        (675, "BAGHDAD, IRAQ", 9.5, 1.1),
    )
    for y, words, size, tracking in lines:
        page.centred((middle, y), words, BOLD, size, colour=_NAVY, tracking=tracking)
    page.rule((_MARGIN, 652), (_RIGHT, 652), weight=1.5, colour=_NAVY)
    page.rule((_MARGIN, 649.2), (_RIGHT, 649.2), weight=0.4, colour=_NAVY)


def _emblem(page: PageContent, centre: Point) -> None:
    """Draw a compass rose in a double ring: a form of our own, nobody's seal."""
    for radius, weight in ((36.0, 1.5), (32.6, 0.5), (18.0, 0.5)):
        page.circle(centre, radius, weight=weight, ink=_NAVY)
    for step in (1, 3, 5, 7, 0, 2, 4, 6):  # the long points last, above the short ones
        reach, waist = (22.0, 5.5) if step % 2 else (29.5, 7.0)
        tip = _polar(centre, reach, step / 8)
        for side, fill in ((-1, _PALE), (1, _NAVY)):
            hip = _polar(centre, waist, (step + side) / 8)
            page.polygon((centre, hip, tip), weight=0.4, ink=_NAVY, fill=fill)


def _polar(centre: Point, radius: float, turn: float) -> Point:
    """Return the point at `radius` after `turn` of a full circle, clockwise from the top."""
    angle = turn * math.tau
    return (centre[0] + radius * math.sin(angle), centre[1] + radius * math.cos(angle))


def _opening(page: PageContent, y: float) -> float:
    """Set reference, date, addressee and salutation; return where the body begins."""
    page.text((_MARGIN, y), _REFERENCE, ROMAN, _BODY_SIZE)
    date_start = _RIGHT - ROMAN.width(_DATE_LINE, _BODY_SIZE)
    page.text((date_start, y), _DATE_LINE, ROMAN, _BODY_SIZE)
    y -= 2 * _LEADING
    for line in _ADDRESSEE:
        page.text((_MARGIN, y), line, ROMAN, _BODY_SIZE)
        y -= _LEADING
    y -= _PARAGRAPH_SPACE
    page.text((_MARGIN, y), "Sir:", ROMAN, _BODY_SIZE)
    return y - _LEADING - _PARAGRAPH_SPACE


def _paragraph(page: PageContent, words: str, y: float) -> float:
    """Set one justified paragraph; return the base line of what follows it."""
    measure = _RIGHT - _MARGIN
    lines = justify(words.split(), measure)
    for number, line in enumerate(lines, start=1):
        slack = measure - ROMAN.width(line, _BODY_SIZE)
        space = slack / line.count(" ") if number < len(lines) else 0.0
        page.text((_MARGIN, y), line, ROMAN, _BODY_SIZE, word_space=space)
        y -= _LEADING
    return y


def justify(words: list[str], measure: float) -> list[str]:
    """Break `words` into lines of at most `measure` points, evenly over the whole paragraph.

    Minimises the sum of squared slack of all lines but the last, so that no line is torn wide
    open to spare its neighbour, as breaking line after line would do.
    """

    @cache
    def best(start: int) -> tuple[float, tuple[str, ...]]:
        choices: list[tuple[float, tuple[str, ...]]] = []
        for end in range(start + 1, len(words) + 1):
            line = " ".join(words[start:end])
            slack = measure - ROMAN.width(line, _BODY_SIZE)
            if slack < 0:
                break
            if end == len(words):
                return (0.0, (line,))
            cost, rest = best(end)
            choices.append((cost + slack * slack, (line, *rest)))
        if not choices:
            raise UsageError(f"the word {words[start]!r} is wider than the column")
        return min(choices)

    return list(best(0)[1])


def _close(page: PageContent, y: float) -> None:
    """Set closing and typed line; what is between them stays blank."""
    left = _RIGHT - ROMAN.width(_TYPED_LINE, _BODY_SIZE)
    page.text((left, y), _CLOSING, ROMAN, _BODY_SIZE)
    page.text((left, y - _SIGNATURE_SPACE), _TYPED_LINE, ROMAN, _BODY_SIZE)


def _foot(page: PageContent) -> None:
    page.rule((_MARGIN, 56), (_RIGHT, 56), weight=0.4, colour=_NAVY)
    page.centred((_MIDDLE, 42), STAND_IN_MARK, ITALIC, 9.5, colour=_NAVY)
