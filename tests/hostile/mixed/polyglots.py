"""Files that are two things at once, each named for its trick; all made here from nothing."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Final

from PIL import Image

from tests.signatures.pdf.letters import bare_page


def zip_of(**members: bytes) -> bytes:
    """Return a ZIP, stored, so that members stand in it as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def picture(kind: str, **settings: object) -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, kind, **settings)
    return out.getvalue()


def program() -> bytes:
    """Return the bones of a Windows program: two headers, the first pointing to the second."""
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)


def elf() -> bytes:
    """Return the bones of a Linux program."""
    return b"\x7fELF\x02\x01\x01" + bytes(57)


def _in_png(data: bytes) -> bytes:
    """A PNG with a private chunk that holds other bytes."""
    png = picture("PNG")
    chunk = struct.pack(">I", len(data)) + b"prVt" + data + bytes(4)
    return png[:33] + chunk + png[33:]


def _in_jpeg(data: bytes) -> bytes:
    """A JPEG whose comment, its first segment, holds other bytes."""
    jpeg = picture("JPEG")
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


def _gif_script() -> bytes:
    """A GIF with a script behind its end: the classic upload trick."""
    return picture("GIF") + b"<script>fetch('//x')</script>"


def _tar_in_picture() -> bytes:
    """A BMP that a reader of tar takes for an archive: its mark stands at byte 257."""
    bmp = bytearray(picture("BMP"))
    bmp += bytes(600)
    bmp[257:262] = b"ustar"
    return bytes(bmp)


POLYGLOTS: Final[dict[str, Callable[[], bytes]]] = {
    "zip-behind-pdf": lambda: bare_page() + zip_of(a_txt=b"other"),
    "zip-behind-png": lambda: picture("PNG") + zip_of(a_txt=b"other"),
    "zip-behind-jpeg": lambda: picture("JPEG") + zip_of(a_txt=b"other"),
    "zip-behind-gif": lambda: picture("GIF") + zip_of(a_txt=b"other"),
    "zip-behind-text": lambda: b"Dear Sir,\n" * 100 + zip_of(a_txt=b"other"),
    "pdf-behind-zip": lambda: zip_of(a_txt=b"x" * 3000) + bare_page(),
    "pdf-behind-jpeg": lambda: picture("JPEG") + bare_page(),
    "pdf-in-jpeg-comment": lambda: _in_jpeg(bare_page()),
    "pdf-in-png-chunk": lambda: _in_png(bare_page()),
    "pdf-behind-program": lambda: program() + bare_page(),
    "pdf-behind-script": lambda: b"#!/bin/sh\nexit\n" + bare_page(),
    "pdf-behind-web-page": lambda: b"<html><script>1</script>\n" + bare_page(),
    "program-behind-png": lambda: picture("PNG") + program(),
    "program-in-png-chunk": lambda: _in_png(bytes(20) + program()),
    "program-behind-pdf": lambda: bare_page() + elf(),
    "rar-behind-jpeg": lambda: picture("JPEG") + b"Rar!\x1a\x07\x01\x00" + bytes(30),
    "seven-zip-behind-webp": lambda: picture("WEBP") + b"7z\xbc\xaf\x27\x1c\0\4" + bytes(30),
    "ole-behind-docx": lambda: (
        zip_of(word_document_xml=b"x") + bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    ),
    "second-pdf-behind-pdf": lambda: bare_page() + b"\n" * 3 + b"%PDF-1.7\nother pages\n",
    "program-in-mp3": lambda: b"ID3\x04\0\0\0\0\0\x7f" + bytes(50) + elf() + bytes(900),
    "shortcut-behind-png": lambda: (
        picture("PNG") + bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(90)
    ),
    "tar-in-picture": _tar_in_picture,
    "medical-program": lambda: (program() + bytes(200))[:128] + b"DICM" + bytes(100),
    "java-behind-gif": lambda: picture("GIF") + b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(60),
}
"""Name of the trick to a maker of the file."""

ODD: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "rubbish-before-pdf": ("leading-bytes", lambda: b"\x01\x02rubbish" * 20 + bare_page()),
    "words-behind-pdf": ("trailing-bytes", lambda: bare_page() + b"not part of this PDF" * 5),
    "script-behind-gif": ("trailing-bytes", _gif_script),
    "words-behind-png": ("trailing-bytes", lambda: picture("PNG") + b"hello there"),
    "words-behind-jpeg": ("trailing-bytes", lambda: picture("JPEG") + b"hello there"),
    "words-behind-docx": (
        "trailing-bytes",
        lambda: zip_of(word_document_xml=b"x") + b"hello there",
    ),
    "preview-behind-jpeg": (
        "trailing-bytes",
        lambda: picture("JPEG", quality=80) + picture("JPEG", quality=20),
    ),
    "film-behind-jpeg": (
        "motion-photo",
        lambda: picture("JPEG") + struct.pack(">I", 24) + b"ftypisom" + bytes(12) + bytes(90),
    ),
    "unknown-before-zip": ("leading-bytes", lambda: bytes(range(1, 200)) + zip_of(a_txt=b"x")[:60]),
    "unknown": ("unknown-format", lambda: bytes(range(256))),
    "empty": ("empty-file", lambda: b""),
}
"""Name to the code of what is odd, and a maker."""

PLAIN: Final[dict[str, Callable[[], bytes]]] = {
    "pdf": bare_page,
    "pdf-with-line-feeds": lambda: b"\r\n" + bare_page() + b"\r\n\r\n",
    "png": lambda: picture("PNG"),
    "png-padded": lambda: picture("PNG") + bytes(2000),
    "gif": lambda: picture("GIF"),
    "jpeg": lambda: picture("JPEG"),
    "jpeg-with-preview": lambda: _in_jpeg(picture("JPEG")),
    "tiff": lambda: picture("TIFF"),
    "webp": lambda: picture("WEBP"),
    "bmp": lambda: picture("BMP"),
    "zip-of-a-pdf": lambda: zip_of(letter_pdf=bare_page()),
    "zip-of-all-sorts": lambda: zip_of(
        a_zip=zip_of(x=b"y"), b_png=picture("PNG"), c_exe=program(), d_pdf=bare_page()
    ),
    "docx-with-picture": lambda: zip_of(word_document_xml=b"x", media_png=picture("PNG")),
    "pdf-with-picture-and-zip-inside": lambda: bare_page().replace(
        b"%%EOF", b"%" + picture("PNG") + zip_of(a=b"b") + b"\n%%EOF"
    ),
    "mail": lambda: b"From: a@b.org\r\nSubject: x\r\n\r\n%PDF-1.4 is how a PDF begins\r\n",
    "text": lambda: b"A PDF begins with %PDF-1.4, a ZIP with PK and two more bytes.\n",
    "rtf": lambda: b"{\\rtf1 hello}\n",
    "mp3-with-cover": lambda: b"ID3\x04\0\0\0\0\0\x7f" + picture("JPEG") + bytes(900),
    "program": program,
}
"""Ordinary files, of which nothing odd may be said."""
