"""Write one page of type and line work as a PDF file, the same bytes every time.

Rules:
  1. the file is PDF 1.7 with a plain cross-reference table (ISO 32000-1, 7.5.4); nothing is
     compressed, because what a compressor writes changes with its version;
  2. nothing is embedded and nothing is active: no font program, form, script or attachment;
  3. the file identifier (14.4) is a digest of the objects, not of the moment of writing;
  4. dates and titles come from the caller. Never reads a clock and takes no randomness.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from provenance_cli.demo.typefaces import FACES, Typeface

PAGE_WIDTH = 612  # US letter paper, in points of 1/72 inch
PAGE_HEIGHT = 792

Point: TypeAlias = tuple[float, float]
Colour: TypeAlias = tuple[float, float, float]

BLACK: Colour = (0.0, 0.0, 0.0)

_ARC = 0.5522847498  # distance of the control points that makes four curves a circle


class PageContent:
    """The content stream of one page, built up mark by mark; y grows upwards, in points."""

    def __init__(self) -> None:
        self._operators: list[str] = []

    def text(
        self,
        at: Point,
        words: str,
        face: Typeface,
        size: float,
        *,
        colour: Colour = BLACK,
        tracking: float = 0.0,
        word_space: float = 0.0,
    ) -> None:
        """Set one line; `tracking` and `word_space` widen every letter and every blank (9.3)."""
        self._operators.append(
            f"BT {_rgb(colour)} rg /{face.resource} {_number(size)} Tf"
            f" {_number(tracking)} Tc {_number(word_space)} Tw"
            f" {_pair(at)} Td {_literal(words)} Tj ET"
        )

    def centred(
        self,
        at: Point,
        words: str,
        face: Typeface,
        size: float,
        *,
        colour: Colour = BLACK,
        tracking: float = 0.0,
    ) -> None:
        """Set one line with its middle at `at`."""
        length = face.width(words, size) + tracking * (len(words) - 1)
        start = (at[0] - length / 2, at[1])
        self.text(start, words, face, size, colour=colour, tracking=tracking)

    def rule(self, start: Point, end: Point, *, weight: float, colour: Colour = BLACK) -> None:
        """Draw a straight line, `weight` points thick."""
        self._operators.append(
            f"{_rgb(colour)} RG {_number(weight)} w {_pair(start)} m {_pair(end)} l S"
        )

    def polygon(
        self, corners: Sequence[Point], *, weight: float, ink: Colour, fill: Colour
    ) -> None:
        """Draw a closed figure with an outline of `ink` around `fill`."""
        path = " l ".join(_pair(corner) for corner in corners[1:])
        self._operators.append(
            f"{_rgb(ink)} RG {_rgb(fill)} rg {_number(weight)} w {_pair(corners[0])} m {path} l b"
        )

    def circle(self, centre: Point, radius: float, *, weight: float, ink: Colour) -> None:
        """Draw a ring, `weight` points thick."""
        (x, y), r, k = centre, radius, radius * _ARC
        curves = (
            ((x + r, y + k), (x + k, y + r), (x, y + r)),
            ((x - k, y + r), (x - r, y + k), (x - r, y)),
            ((x - r, y - k), (x - k, y - r), (x, y - r)),
            ((x + k, y - r), (x + r, y - k), (x + r, y)),
        )
        path = " ".join(" ".join(_pair(point) for point in curve) + " c" for curve in curves)
        self._operators.append(f"{_rgb(ink)} RG {_number(weight)} w {_pair((x + r, y))} m {path} s")

    def encode(self) -> bytes:
        """Return the operators drawn so far, one mark a line."""
        return ("\n".join(self._operators) + "\n").encode("ascii")


def write_pdf(content: PageContent, *, info: Mapping[str, str], language: str) -> bytes:
    """Return a whole file of one page.

    Args:
        content: the marks on the page.
        info: entries of the document information dictionary (14.3.3), dates in PDF form.
        language: BCP 47 tag of the text, for readers that speak it.
    """
    stream = content.encode()
    named = " ".join(f"/{face.resource} {6 + n} 0 R" for n, face in enumerate(FACES))
    fonts = f"/Font << {named} >>"
    box = f"/MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}]"
    details = " ".join(f"/{key} {_literal(value)}" for key, value in info.items())
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R /Lang {_literal(language)} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {box} /Resources << {fonts} >> /Contents 4 0 R >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream.decode('ascii')}\nendstream",
        f"<< {details} >>",
        *(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{face.base_font}"
            " /Encoding /WinAnsiEncoding >>"
            for face in FACES
        ),
    ]
    return _assemble([body.encode("ascii") for body in bodies])


def _assemble(bodies: Sequence[bytes]) -> bytes:
    """Number the objects from 1; object 1 is the catalogue, object 5 the information."""
    # 7.5.2: four bytes above 127 tell a file transfer that this is not text.
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    identifier = hashlib.sha256(out).hexdigest()[:32].upper()
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R" % (len(bodies) + 1)
    out += f" /ID [<{identifier}> <{identifier}>] >>\nstartxref\n{start}\n%%EOF\n".encode("ascii")
    return bytes(out)


def _literal(words: str) -> str:
    """Return a literal string (7.3.4.2): brackets and strokes escaped, the rest as octal."""
    return "(" + "".join(_escaped(code) for code in words.encode("cp1252")) + ")"


def _escaped(code: int) -> str:
    if chr(code) in "()\\":
        return "\\" + chr(code)
    return chr(code) if 32 <= code < 127 else f"\\{code:03o}"


def _number(value: float) -> str:
    """Return a fixed-point number; PDF knows no exponent (7.3.3)."""
    digits = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _rgb(colour: Colour) -> str:
    return " ".join(_number(part) for part in colour)
