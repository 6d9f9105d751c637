"""Pictures with chosen metadata, every byte made here."""

import io
import struct
import zlib
from typing import Literal

from PIL import Image, ImageDraw

Value = str | bytes | int | tuple[int, ...] | list[tuple[int, int]]
Order = Literal["little", "big"]


def drawing(size: tuple[int, int] = (320, 240), *, face: bool = True) -> Image.Image:
    """Return a picture with something in it: a gradient, and a face or none."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    if face:
        draw = ImageDraw.Draw(image)
        width, height = size
        draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.8), fill=(250, 240, 10))
        draw.rectangle((width * 0.4, height * 0.6, width * 0.6, height * 0.7), fill=(120, 0, 0))
    return image


def jpeg(image: Image.Image | None = None, *, quality: int = 90) -> bytes:
    """Return a JPEG."""
    stream = io.BytesIO()
    (image or drawing()).save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def with_segments(picture: bytes, *segments: tuple[int, bytes], behind: bytes = b"") -> bytes:
    """Return a JPEG with further segments behind its first marker, and bytes behind its end."""
    inside = b"".join(
        b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2, "big") + body
        for marker, body in segments
    )
    return picture[:2] + inside + picture[2:] + behind


def exif(block: bytes) -> tuple[int, bytes]:
    """Return the segment that holds an EXIF block."""
    return 0xE1, b"Exif\0\0" + block


def xmp(body: str) -> tuple[int, bytes]:
    """Return the segment that holds an XMP packet."""
    return 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet(body)


def packet(body: str, attributes: str = "") -> bytes:
    """Return an XMP packet around properties."""
    spaces = {
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
        "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
        "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
        "tiff": "http://ns.adobe.com/tiff/1.0/",
        "exif": "http://ns.adobe.com/exif/1.0/",
        "photoshop": "http://ns.adobe.com/photoshop/1.0/",
        "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
        "GCamera": "http://ns.google.com/photos/1.0/camera/",
        "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    }
    declared = " ".join(f'xmlns:{key}="{space}"' for key, space in spaces.items())
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {declared} {attributes}>{body}</rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def iptc(sets: dict[tuple[int, int], str]) -> tuple[int, bytes]:
    """Return the segment that holds IPTC datasets."""
    block = b"".join(
        b"\x1c" + bytes(key) + len(text.encode()).to_bytes(2, "big") + text.encode()
        for key, text in sets.items()
    )
    resource = b"8BIM\x04\x04\0\0" + len(block).to_bytes(4, "big") + block
    return 0xED, b"Photoshop 3.0\0" + resource


def tiff_block(
    picture: dict[int, Value],
    inner: dict[int, Value] | None = None,
    gps: dict[int, Value] | None = None,
    preview: bytes | None = None,
    *,
    order: Order = "little",
) -> bytes:
    """Return an EXIF block: directories one behind the other, values behind each."""
    mark = "<" if order == "little" else ">"
    head = (b"II" if order == "little" else b"MM") + struct.pack(mark + "HI", 42, 8)
    parts = {34665: inner, 34853: gps}
    places: dict[int, int] = {}
    for _ in range(2):  # the pointers are known once everything has been written
        out = bytearray(head)
        pointers = {tag: places.get(tag, 0) for tag, part in parts.items() if part is not None}
        after = _directory(out, {**picture, **pointers}, mark)
        for tag, part in parts.items():
            if part is not None:
                places[tag] = len(out)
                _directory(out, part, mark)
        if preview is not None:
            struct.pack_into(mark + "I", out, after, len(out))
            at = len(out) + 2 + 24 + 4
            _directory(out, {513: at, 514: len(preview)}, mark)
            out += preview
    return bytes(out)


def _directory(out: bytearray, entries: dict[int, Value], mark: str) -> int:
    """Append a directory; returns where the offset of the next one stands."""
    at = len(out)
    out += struct.pack(mark + "H", len(entries)) + bytes(12 * len(entries) + 4)
    for number, (tag, value) in enumerate(sorted(entries.items())):
        kind, count, raw = _encoded(value, mark)
        here = at + 2 + 12 * number
        struct.pack_into(mark + "HHI", out, here, tag, kind, count)
        if len(raw) <= 4:
            out[here + 8 : here + 8 + len(raw)] = raw
        else:
            struct.pack_into(mark + "I", out, here + 8, len(out))
            out += raw
    return at + 2 + 12 * len(entries)


def _encoded(value: Value, mark: str) -> tuple[int, int, bytes]:
    """Return (type, count, bytes)."""
    if isinstance(value, str):
        raw = value.encode() + b"\0"
        return 2, len(raw), raw
    if isinstance(value, bytes):
        return 7, len(value), value
    if isinstance(value, int):
        return 4, 1, struct.pack(mark + "I", value)
    if isinstance(value, list):
        return 5, len(value), b"".join(struct.pack(mark + "II", *pair) for pair in value)
    return 3, len(value), struct.pack(mark + "H" * len(value), *value)


def png(*chunks: tuple[bytes, bytes], size: tuple[int, int] = (8, 8), behind: bytes = b"") -> bytes:
    """Return a PNG that says it has a size, with chunks before its (small) data."""
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(200))
    every = [(b"IHDR", header), *chunks, (b"IDAT", data), (b"IEND", b"")]
    body = b"".join(
        len(content).to_bytes(4, "big")
        + kind
        + content
        + zlib.crc32(kind + content).to_bytes(4, "big")
        for kind, content in every
    )
    return b"\x89PNG\r\n\x1a\n" + body + behind


def saved(form: str, **settings: object) -> bytes:
    """Return the drawing in another format."""
    stream = io.BytesIO()
    drawing((64, 48)).save(stream, form, **settings)
    return stream.getvalue()


def profile(year: int) -> bytes:
    """Return the beginning of a colour profile that says when it was made."""
    return bytes(24) + struct.pack(">6H", year, 5, 4, 3, 2, 1) + b"acsp" + bytes(90)
