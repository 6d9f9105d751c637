"""Advance widths of the standard typefaces that the stand-in letter is set in.

Rules:
  1. the three faces are of the fourteen that every PDF reader has (ISO 32000-1, 9.6.2.2), so no
     font program is embedded and none can be the reason for two files to differ;
  2. widths are those of the published font metrics, in thousandths of the type size;
  3. text is WinAnsi (ISO 32000-1, annex D), which Python calls cp1252: a character that has no
     width here is refused, never measured as nothing.
"""

from dataclasses import dataclass

from provenance.errors import UsageError

FIRST_CODE = 32  # the blank; codes below it are control codes and have no glyph

_RIGHT_QUOTE = 0x92
_BEYOND_ASCII = {_RIGHT_QUOTE: 333}  # the same in all three faces


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """One of the standard fourteen, with what it takes to measure a line of text."""

    resource: str
    """Name in the page's font resources, as the content stream calls it."""
    base_font: str
    """PostScript name by which a reader finds its own copy of the face."""
    ascii_widths: tuple[int, ...]
    """Widths of codes 32 to 126, in thousandths of the type size."""

    def width(self, text: str, size: float) -> float:
        """Return the length of `text` set at `size`, in points, without kerning.

        Raises:
            UsageError: a character is not in this table.
        """
        return sum(self._advance(character) for character in text) * size / 1000

    def _advance(self, character: str) -> int:
        try:
            code = character.encode("cp1252")[0]
        except UnicodeEncodeError as exc:
            raise UsageError(f"the letter cannot be set with {character!r}: not WinAnsi") from exc
        if FIRST_CODE <= code < FIRST_CODE + len(self.ascii_widths):
            return self.ascii_widths[code - FIRST_CODE]
        if code in _BEYOND_ASCII:
            return _BEYOND_ASCII[code]
        raise UsageError(f"{self.base_font} has no width here for {character!r}")


def _widths(table: str) -> tuple[int, ...]:
    return tuple(int(width) for width in table.split())


ROMAN = Typeface(
    resource="F1",
    base_font="Times-Roman",
    ascii_widths=_widths(
        """
        250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278
        500 500 500 500 500 500 500 500 500 500 278 278 564 564 564 444
        921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722
        556 722 667 556 611 722 722 944 722 722 611 333 278 333 469 500
        333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500
        500 500 333 389 278 500 500 722 500 500 444 480 200 480 541
        """
    ),
)
BOLD = Typeface(
    resource="F2",
    base_font="Times-Bold",
    ascii_widths=_widths(
        """
        250 333 555 500 500 1000 833 278 333 333 500 570 250 333 250 278
        500 500 500 500 500 500 500 500 500 500 333 333 570 570 570 500
        930 722 667 722 722 667 611 778 778 389 500 778 667 944 722 778
        611 778 722 556 667 722 722 1000 722 722 667 333 278 333 581 500
        333 500 556 444 556 444 333 500 556 278 333 556 278 833 556 500
        556 556 444 389 333 556 500 722 500 500 444 394 220 394 520
        """
    ),
)
ITALIC = Typeface(
    resource="F3",
    base_font="Times-Italic",
    ascii_widths=_widths(
        """
        250 333 420 500 500 833 778 214 333 333 500 675 250 333 250 278
        500 500 500 500 500 500 500 500 500 500 333 333 675 675 675 500
        920 611 611 667 722 611 611 722 722 333 444 667 556 833 667 722
        611 722 611 500 556 722 611 833 611 556 556 389 278 389 422 500
        333 500 500 444 500 444 278 500 500 278 278 444 278 722 500 500
        500 500 389 389 278 500 444 667 444 444 389 400 275 400 541
        """
    ),
)
FACES = (ROMAN, BOLD, ITALIC)
