"""Ordinary small files of many formats, made from a number: what a leak is mostly made of."""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from typing import Final

from PIL import Image

from tests.signatures.pdf.letters import Letter

_OFFICE: Final = "http://schemas.openxmlformats.org/"
_WORD: Final = _OFFICE + "wordprocessingml/2006/main"
_ODF: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def letter(number: int) -> bytes:
    """Return a one-page letter."""
    page = Letter().body()
    page.text(72, 560, f"Yours sincerely, number {number}")
    return page.render()


def packed(members: dict[str, bytes], *, first: bytes = b"") -> bytes:
    """Return a ZIP; `first` is the contents of a stored `mimetype` before all others."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def word(number: int) -> bytes:
    """Return a Word file of one paragraph."""
    return word_of(f"<w:p><w:r><w:t>Paragraph {number}</w:t></w:r></w:p>".encode())


def word_of(body: bytes) -> bytes:
    """Return a Word file with this inside its body."""
    document = (
        f'{_XML}<w:document xmlns:w="{_WORD}"><w:body>'.encode() + body + b"</w:body></w:document>"
    )
    types = (
        f'{_XML}<Types xmlns="{_OFFICE}package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    links = (
        f'{_XML}<Relationships xmlns="{_OFFICE}package/2006/relationships"><Relationship Id="r1"'
        f' Type="{_OFFICE}officeDocument/2006/relationships/officeDocument"'
        ' Target="word/document.xml"/></Relationships>'
    )
    return packed(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": links.encode(),
            "word/document.xml": document,
        }
    )


def open_document(number: int) -> bytes:
    """Return an OpenDocument text of one paragraph."""
    kind = "application/vnd.oasis.opendocument.text"
    content = (
        f'{_XML}<office:document-content xmlns:office="{_ODF}" xmlns:text="{_TEXT}"><office:body>'
        f"<office:text><text:p>Paragraph {number}</text:p></office:text></office:body>"
        "</office:document-content>"
    )
    manifest = (
        f'{_XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest'
        f':1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    members = {"content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    return packed(members, first=kind.encode())


def mail(number: int) -> bytes:
    """Return a mail with a text and an attachment."""
    message = EmailMessage()
    message["From"] = "someone@example.org"
    message["To"] = "desk@example.net"
    message["Date"] = "Mon, 06 Jan 2020 19:04:00 +0000"
    message["Subject"] = f"Letter {number}"
    message.set_content(f"Please find letter {number} attached.\n")
    message.add_attachment(
        f"line {number}\n".encode(), maintype="text", subtype="plain", filename="list.txt"
    )
    return message.as_bytes()


def image(kind: str, number: int) -> bytes:
    """Return a small picture of its own colour."""
    out = io.BytesIO()
    Image.new("RGB", (24, 16), (number % 256, number // 256 % 256, 90)).save(out, kind)
    return out.getvalue()


def _wave(number: int) -> bytes:
    sound = struct.pack("<H", number % 65536) * 400
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(sound))
    return b"RIFF" + struct.pack("<I", len(body) + len(sound)) + body + sound


MAKERS: Final[tuple[tuple[str, Callable[[int], bytes]], ...]] = (
    ("pdf", letter),
    ("docx", word),
    ("odt", open_document),
    ("eml", mail),
    ("pdf", letter),
    ("txt", lambda n: f"Dear Sir,\nthis is note {n}.\n".encode()),
    ("csv", lambda n: f"name;amount\nA;{n}\nB;{n + 1}\n".encode()),
    ("jpg", lambda n: image("JPEG", n)),
    ("png", lambda n: image("PNG", n)),
    ("html", lambda n: f"<!DOCTYPE html><html><body><p>Page {n}</p></body></html>".encode()),
    ("json", lambda n: json.dumps({"number": n, "list": list(range(n % 20))}).encode()),
    ("rtf", lambda n: f"{{\\rtf1\\ansi Letter {n}\\par}}".encode()),
    ("xml", lambda n: f"{_XML}<letters><letter>{n}</letter></letters>".encode()),
    ("tif", lambda n: image("TIFF", n)),
    ("gif", lambda n: image("GIF", n)),
    ("zip", lambda n: packed({f"inside-{n}.txt": f"inside {n}\n".encode()})),
    ("webp", lambda n: image("WEBP", n)),
    ("gz", lambda n: gzip.compress(f"packed {n}\n".encode(), mtime=0)),
    ("wav", _wave),
    ("ics", lambda n: f"BEGIN:VCALENDAR\r\nUID:{n}\r\nEND:VCALENDAR\r\n".encode()),
)
"""Extension, and a maker that takes a number; documents and mail come more often than the rest."""
