"""Write small PDFs by hand: text, rules, strokes, pictures. No library, so nothing is hidden."""

import zlib
from dataclasses import dataclass, field


@dataclass
class Letter:
    """One page, 612 x 792 points; coordinates in points from the lower left corner."""

    operations: list[str] = field(default_factory=list)
    images: list[tuple[bytes, int, int]] = field(default_factory=list)
    producer: str = "Letter Writer 1.0"
    info: dict[str, str] = field(default_factory=dict)
    xmp: str = ""
    empty_fields: list[tuple[str, tuple[float, float, float, float]]] = field(default_factory=list)

    def text(
        self, x: float, y: float, text: str, size: float = 11, colour: str = "0 0 0"
    ) -> "Letter":
        """Print text with its base line at (x, y)."""
        safe = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        self.operations.append(f"{colour} rg BT /F1 {size} Tf {x} {y} Td ({safe}) Tj ET")
        return self

    def rule(self, x: float, y: float, width: float) -> "Letter":
        """Draw a thin horizontal line."""
        self.operations.append(f"0.7 w 0 0 0 RG {x} {y} m {x + width} {y} l S")
        return self

    def scribble(self, x: float, y: float, width: float = 110, height: float = 26) -> "Letter":
        """Draw what a pen might."""
        step = width / 6
        points = [(x + n * step, y + (height if n % 2 else 0)) for n in range(7)]
        path = f"{points[0][0]} {points[0][1]} m " + " ".join(f"{a} {b} l" for a, b in points[1:])
        self.operations.append(f"1.8 w 0.05 0.05 0.4 RG {path} S")
        return self

    def picture(self, x: float, y: float, width: float, height: float, shade: int = 60) -> "Letter":
        """Place a grey picture."""
        pixels = bytes([shade, 255 - shade] * 32)
        self.images.append((zlib.compress(pixels), 8, 8))
        name = f"I{len(self.images)}"
        self.operations.append(f"q {width} 0 0 {height} {x} {y} cm /{name} Do Q")
        return self

    def body(self) -> "Letter":
        """Print a salutation and three lines."""
        self.text(72, 700, "Dear Sir,")
        for number in range(3):
            self.text(72, 670 - 16 * number, f"This is line {number + 1} of a letter about moving.")
        return self

    def render(self) -> bytes:
        """Return the file."""
        content = "\n".join(self.operations).encode("latin-1")
        pictures = " ".join(f"/I{n + 1} {7 + n} 0 R" for n in range(len(self.images)))
        first_field = 7 + len(self.images)
        references = " ".join(f"{first_field + n} 0 R" for n in range(len(self.empty_fields)))
        entries = {"Producer": self.producer, **self.info}
        info = " ".join(f"/{key} ({value})" for key, value in entries.items())
        form = f" /AcroForm << /Fields [{references}] /SigFlags 1 >>" if references else ""
        annotations = f" /Annots [{references}]" if references else ""
        meta_number = first_field + len(self.empty_fields)
        meta = f" /Metadata {meta_number} 0 R" if self.xmp else ""
        objects = [
            f"<< /Type /Catalog /Pages 2 0 R{form}{meta} >>".encode(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R{annotations}"
            f" /Resources << /Font << /F1 5 0 R >> /XObject << {pictures} >> >> >>".encode(),
            _stream(b"", content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            f"<< {info} >>".encode("latin-1"),
        ]
        objects += [
            _stream(
                f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent"
                " 8 /ColorSpace /DeviceGray /Filter /FlateDecode".encode(),
                pixels,
            )
            for pixels, width, height in self.images
        ]
        objects += [
            f"<< /Type /Annot /Subtype /Widget /FT /Sig /T ({name}) /F 4 /P 3 0 R"
            f" /Rect [{' '.join(map(str, box))}] >>".encode()
            for name, box in self.empty_fields
        ]
        if self.xmp:
            objects.append(_stream(b"/Type /Metadata /Subtype /XML", self.xmp.encode()))
        return assemble(objects)


def assemble(objects: list[bytes]) -> bytes:
    """Number the objects from 1 and add cross-reference table and trailer; 1 = root, 6 = info."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for offset in offsets:
        out += f"{offset:010d} 00000 n \n".encode()
    identifier = "<00112233445566778899aabbccddeeff>"
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R"
        f" /ID [{identifier} {identifier}] >>\nstartxref\n{table}\n%%EOF\n"
    ).encode()
    return bytes(out)


def _stream(dictionary: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def plain_letter() -> bytes:
    """Return a letter with a closing, a name and an empty gap between them."""
    return Letter().body().text(72, 560, "Sincerely,").text(72, 500, "John Q. Public").render()


def bare_page() -> bytes:
    """Return a page with text and no place for a signature."""
    return Letter().body().render()
