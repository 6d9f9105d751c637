"""Formats told from bytes, whatever the name and the label say."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from provenance.examine.identify import (
    EXTENSIONS,
    HEAD,
    TAIL,
    UNKNOWN,
    has_second_format,
    identify_bytes,
    piece_wanted,
)
from provenance.examine.identify.names import TRICKS
from tests.signatures.pdf.letters import bare_page

_OOXML = "application/vnd.openxmlformats-officedocument."


def _zip(*members: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for member in members:
            archive.writestr(member, "x" * 100)
    return out.getvalue()


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, kind)
    return out.getvalue()


def _boxes(brand: bytes, *compatible: bytes) -> bytes:
    body = brand + bytes(4) + b"".join(compatible)
    return struct.pack(">I", len(body) + 8) + b"ftyp" + body + bytes(20)


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(4)


def _mp3() -> bytes:
    frame = b"\xff\xfb\x90\x00" + bytes(413)  # 128 kbit/s, 44.1 kHz: 417 bytes
    return frame * 3


_MAIL = b"Received: from x\r\n by y;\r\n Mon\r\nFrom: a@b.org\r\nSubject: Letter\r\n\r\nHello\r\n"
_RELATED = b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n\r\n"
_FLAT = b'<office:document office:mimetype="application/vnd.oasis.opendocument.text">'
_STORE = bytes.fromhex("00110010800000aa00389b7103") + b"c2pa\0" + bytes(20)
SAMPLES: list[tuple[str, bytes]] = [
    ("application/pdf", bare_page()),
    ("image/png", _picture("PNG")),
    ("image/jpeg", _picture("JPEG")),
    ("image/gif", _picture("GIF")),
    ("image/tiff", _picture("TIFF")),
    ("image/webp", _picture("WEBP")),
    ("image/bmp", _picture("BMP")),
    ("image/vnd.microsoft.icon", _picture("ICO")),
    ("image/heic", _boxes(b"heic")),
    ("image/heic", _boxes(b"mif1", b"mif1", b"heic")[:8] + b"heic" + bytes(20)),
    ("image/heif", _boxes(b"mif1", b"miaf")),
    ("image/avif", _boxes(b"mif1", b"avif")),
    ("image/jp2", b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(20)),
    ("image/vnd.adobe.photoshop", b"8BPS\x00\x01" + bytes(20)),
    ("image/vnd.djvu", b"AT&TFORM\x00\x00\x00\x10DJVU" + bytes(10)),
    ("image/vnd.dwg", b"AC1032" + bytes(20)),
    ("image/wmf", b"\xd7\xcd\xc6\x9a" + bytes(20)),
    ("image/emf", b"\x01\x00\x00\x00" + bytes(36) + b" EMF" + bytes(20)),
    ("application/dicom", bytes(128) + b"DICM" + bytes(10)),
    ("video/mp4", _boxes(b"isom")),
    ("video/3gpp", _boxes(b"3gp5")),
    ("video/quicktime", _boxes(b"qt  ")),
    ("video/x-matroska", b"\x1a\x45\xdf\xa3" + bytes(20)),
    ("video/mp2t", (b"G\x40\x00\x10" + bytes(184)) * 4),
    ("audio/mp4", _boxes(b"M4A ")),
    ("audio/mpeg", b"ID3\x04\x00\x00" + bytes(20)),
    ("audio/mpeg", _mp3()),
    ("audio/aac", (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)) * 3),
    ("audio/flac", b'fLaC\x00\x00\x00"' + bytes(34)),
    ("application/c2pa", bytes.fromhex("00000c546a756d620000001e6a756d6463327061") + _STORE),
    ("application/zip", _zip("a.txt")),
    (_OOXML + "wordprocessingml.document", _zip("[Content_Types].xml", "word/document.xml")),
    (_OOXML + "spreadsheetml.sheet", _zip("xl/workbook.xml")),
    (_OOXML + "presentationml.presentation", _zip("ppt/presentation.xml")),
    ("application/vnd.ms-xpsdocument", _zip("FixedDocSeq.fdseq")),
    ("application/vnd.apple.pages", _zip("Index/Document.iwa", "Metadata/Properties.plist")),
    ("application/vnd.apple.numbers", _zip("Index/Document.iwa", "Index/CalculationEngine.iwa")),
    ("application/vnd.apple.keynote", _zip("Index/Document.iwa", "Index/Slide-1.iwa")),
    ("application/java-archive", _zip("META-INF/MANIFEST.MF")),
    (
        "application/vnd.oasis.opendocument.text",
        _zip("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
    ),
    ("application/epub+zip", _zip("a", mimetype="application/epub+zip")),
    (
        "application/vnd.etsi.asic-e+zip",
        _zip("META-INF/ASiCManifest.xml", mimetype="application/vnd.etsi.asic-e+zip"),
    ),
    ("application/msword", _ole("WordDocument")),
    ("application/vnd.ms-excel", _ole("Workbook")),
    ("application/vnd.ms-excel", _ole("Book")),
    ("application/vnd.ms-outlook", _ole("__substg1.0_0037001F")),
    ("application/x-ole-encrypted-ooxml", _ole("EncryptedPackage")),
    ("application/x-ole-storage", _ole("")),
    ("application/onenote", b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d" + bytes(20)),
    ("application/vnd.wordperfect", b"\xffWPC" + bytes(20)),
    ("application/vnd.ms-tnef", b"\x78\x9f\x3e\x22" + bytes(20)),
    ("application/mbox", b"From a@b.org Mon Jan  6 19:04:00 2020\nFrom: a@b.org\n\nHello\n"),
    ("message/rfc822", _MAIL),
    ("message/rfc822", b"\xef\xbb\xbf" + _MAIL),
    ("message/x-emlx", b"78     \n" + _MAIL),
    (
        "multipart/related",
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: x\r\n" + _RELATED,
    ),
    ("text/calendar", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
    ("text/vcard", b"BEGIN:VCARD\r\nVERSION:4.0\r\n"),
    ("application/rtf", b"{\\rtf1\\ansi Hello}"),
    ("text/html", b"<!DOCTYPE html><html><body>Hello</body></html>"),
    ("text/html", b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'),
    ("application/xml", b'<?xml version="1.0"?><a/>'),
    ("application/xml", b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'),
    ("application/x-plist", b'<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "x">\n<plist>'),
    ("application/x-bplist", b"bplist00" + bytes(20)),
    ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ("image/svg+xml", b'<?xml version="1.0"?><!-- c --><svg:svg xmlns:svg="x"/>'),
    (
        "application/vnd.oasis.opendocument.text",
        b'<?xml version="1.0"?>' + _FLAT,
    ),
    ("text/plain", b"Dear Sir,\nplease find.\n"),
    ("text/plain", "Уважаемый господин редактор, посылаю вам это письмо.\n".encode("cp1251") * 3),
    ("text/plain", "name;amount\nA;1\n".encode("utf-16")),
    ("text/plain", b"name\tamount\nA\t1\n"),
    ("text/x-script", b"#!/bin/sh\necho hello\n"),
    ("application/json", b'{"a": 1}'),
    ("application/x-ndjson", b'{"a": 1}\n{"a": 2}\n'),
    ("application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\n\nx\n"),
    ("application/pgp-encrypted", b"-----BEGIN PGP MESSAGE-----\n\nx\n"),
    ("application/pgp-keys", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx\n"),
    ("application/pgp-keys", bytes.fromhex("99010d04 5e12a3b4 01 0800") + bytes(20)),
    ("application/pgp-encrypted", bytes.fromhex("c1c04c03 0102030405060708 01") + bytes(20)),
    ("application/gzip", b"\x1f\x8b\x08" + bytes(10)),
    ("application/x-7z-compressed", b"7z\xbc\xaf\x27\x1c" + bytes(10)),
    ("application/vnd.rar", b"Rar!\x1a\x07\x01\x00"),
    ("application/x-tar", b"a.txt".ljust(257, b"\0") + b"ustar\x0000" + bytes(248)),
    ("application/vnd.ms-cab-compressed", b"MSCF" + bytes(20)),
    ("application/vnd.efi.iso", bytes(0x8001) + b"CD001\x01" + bytes(20)),
    ("application/x-keepass2", b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5" + bytes(10)),
    ("application/warc", b"WARC/1.0\r\nWARC-Type: warcinfo\r\n"),
    ("application/vnd.sqlite3", b"SQLite format 3\x00" + bytes(84)),
    ("application/vnd.apache.parquet", b"PAR1" + bytes(20)),
    ("application/x-pcapng", b"\x0a\x0d\x0d\x0a" + bytes(20)),
    ("application/wasm", b"\x00asm\x01\x00\x00\x00"),
    ("application/java-vm", b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(10)),
    ("application/x-mach-binary", b"\xca\xfe\xba\xbe\x00\x00\x00\x02" + bytes(10)),
    ("application/x-ms-shortcut", bytes.fromhex("4c0000000114020000000000c000000000000046")),
    ("application/vnd.ms-htmlhelp", b"ITSF\x03\x00\x00\x00" + bytes(10)),
    (
        "application/vnd.microsoft.portable-executable",
        b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0",
    ),
    ("application/x-elf", b"\x7fELF\x02\x01\x01" + bytes(20)),
    ("font/ttf", b"\x00\x01\x00\x00\x00\x0c" + bytes(20)),
    ("font/otf", b"OTTO\x00\x0c" + bytes(20)),
    ("font/woff2", b"wOF2" + bytes(20)),
    ("application/x-empty", b""),
    (UNKNOWN, bytes(range(256))),
    (UNKNOWN, b"\xff\xfb" + bytes(500)),
]


@pytest.mark.parametrize(("media_type", "data"), SAMPLES)
def test_each_format_is_told_from_its_bytes(media_type: str, data: bytes) -> None:
    """A sample of each format is named, under a false name too, which is then a mismatch."""
    assert identify_bytes(data, data[-TAIL:]).media_type == media_type
    named = identify_bytes(data, data[-TAIL:], name="letters/Final.TIFF")
    assert named.media_type == media_type
    assert named.claimed_extension == "tiff"
    assert named.mismatch == (media_type != "image/tiff")


@given(st.binary(max_size=4096), st.binary(max_size=200), st.text(max_size=40), st.text())
def test_total_on_any_bytes(head: bytes, tail: bytes, name: str, label: str) -> None:
    """Every byte string, every name and every label get an answer."""
    found = identify_bytes(head, tail, name=name, media_type=label)
    assert "/" in found.media_type
    assert set(found.name_tricks) <= set(TRICKS)
    wanted = piece_wanted(head, tail, len(head) + len(tail) + 1000)
    assert wanted is None or (wanted[0] >= 0 and 0 < wanted[1] <= 65_536)


@given(st.integers(0, len(SAMPLES) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 700))
def test_total_on_broken_samples(number: int, patch: bytes, at: int) -> None:
    """A format's own bytes with some of them replaced get an answer too."""
    data = SAMPLES[number][1]
    broken = data[:at] + patch + data[at + len(patch) :]
    assert "/" in identify_bytes(broken[:HEAD], broken[-TAIL:]).media_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"1\n" * 5000, "text/plain"),  # each line might be the count that Apple's mail begins with
        (b"".join(b"%d\n" % number for number in range(8000)), "text/plain"),
        (b"78\n" + _MAIL, "message/x-emlx"),
        (b"\x00\x01\x00\x00\x00", UNKNOWN),  # a font's beginning, and nothing behind it
        (b"<!-- -->\n" * 200 + b"x", "text/plain"),
        (b"<!-- -->\n" * 200 + b"<html>", "text/html"),
    ],
)
def test_total_on_what_repeats_or_ends_early(head: bytes, media_type: str) -> None:
    """Lists of numbers, rows of comments and cut files get their answer, and at once."""
    assert identify_bytes(head).media_type == media_type


def test_bytes_before_a_pdf_are_seen() -> None:
    """A PDF that begins later is a PDF, and the offset is told."""
    data = b"garbage\n" * 20 + bare_page()
    found = identify_bytes(data)
    assert (found.media_type, found.offset) == ("application/pdf", 160)


def test_a_list_of_names_in_the_middle_is_asked_for() -> None:
    """A large OLE file and a ZIP of many members are told by a piece between head and tail."""
    sector = 512
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(HEAD - 8))
    head[30:32] = (9).to_bytes(2, "little")
    head[48:52] = (400).to_bytes(4, "little")
    where = 401 * sector
    data = bytes(head) + bytes(where - len(head))
    data += "WordDocument".encode("utf-16-le") + bytes(200_000)
    assert piece_wanted(data[:HEAD], data[-TAIL:], len(data)) == (where, 65_536)
    piece = data[where : where + 65_536]
    found = identify_bytes(data[:HEAD], data[-TAIL:], piece=piece)
    assert found.media_type == "application/msword"
    many = _zip(*(f"a/{n:060}" for n in range(500)), "word/document.xml", *_names(2000))
    wanted = piece_wanted(many[:HEAD], many[-TAIL:], len(many))
    assert wanted is not None
    piece = many[wanted[0] : sum(wanted)]
    assert identify_bytes(many[:HEAD], many[-TAIL:]).media_type == "application/zip"
    found = identify_bytes(many[:HEAD], many[-TAIL:], piece=piece)
    assert found.media_type == _OOXML + "wordprocessingml.document"


def _names(count: int) -> list[str]:
    return [f"x/{number:060}" for number in range(count)]


def test_an_unknown_or_missing_extension_is_no_mismatch() -> None:
    """What promises nothing cannot be broken."""
    for name in (None, "", "letter", "letter.", "letter.qqq", "a.pdf/letter"):
        assert not identify_bytes(b"text", name=name).mismatch


@pytest.mark.parametrize(
    ("label", "data", "breaks"),
    [
        (None, b"text", False),
        ("", b"text", False),
        ("nonsense", b"text", False),
        ("application/octet-stream", bare_page(), False),
        ("application/pdf; name=x", bare_page(), False),
        ("APPLICATION/X-PDF", bare_page(), False),
        ("application/pdf", b"text", True),
        ("image/jpg", _picture("JPEG"), False),
        ("image/jpeg", _picture("PNG"), True),
        ("text/plain", b"<!DOCTYPE html><html>", False),
        ("text/html", b"Dear Sir", False),
        ("text/html", b'{"a": 1}', True),
        ("text/plain", _picture("PNG"), True),
        ("text/xml", b'<?xml version="1.0"?><a/>', False),
        ("application/soap+xml", b'<?xml version="1.0"?><a/>', False),
        ("application/msword", _zip("word/document.xml"), False),
        ("application/msword", _ole("WordDocument"), False),
        ("application/msword", b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0", True),
        ("application/pkcs7-signature", bytes.fromhex("308006092a864886f70d010702a080"), False),
        ("application/vnd.acme.own", b"text", False),
    ],
)
def test_a_label_is_compared(label: str | None, data: bytes, breaks: bool) -> None:
    """The label of a mail part or an HTTP answer is broken only by what it cannot mean."""
    found = identify_bytes(data, data, media_type=label)
    assert found.declared_mismatch == breaks


@pytest.mark.parametrize(
    ("name", "tricks"),
    [
        ("letter.pdf", ()),
        ("archive.tar.gz", ()),
        ("contract.pdf.p7m", ()),
        ("v1.2.docx", ()),
        ("رسالة.pdf", ()),
        ("מכתב\u200f.pdf", ()),
        ("invoice.pdf.exe", ("double-extension",)),
        ("invoice.PDF .exe", ("double-extension",)),
        ("photo.jpg.html", ("double-extension",)),
        ("letter\u202efdp.exe", ("right-to-left-name",)),
        ("letter\u2067fdp.scr", ("right-to-left-name",)),
        ("letter.pdf           .exe", ("double-extension", "padded-name")),
        ("\x1b[2Jletter.pdf", ("control-characters-in-name",)),
        ("folder\u202e/letter.pdf", ()),
        (None, ()),
    ],
)
def test_tricks_of_names(name: str | None, tricks: tuple[str, ...]) -> None:
    """What makes a person read another name than it is has a code; ordinary names have none."""
    assert identify_bytes(b"text", name=name).name_tricks == tricks


def test_every_promised_type_is_well_formed() -> None:
    """Extensions are lower case and promise media types."""
    for extension, promised in EXTENSIONS.items():
        assert extension == extension.lower()
        assert promised
        assert all(one.count("/") == 1 for one in promised)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"untrusted comment: x\nRWQ\ntrusted comment: y\nq\n", "application/x-minisign"),
        (b"untrusted comment: x\nRWQ\n", "application/x-signify"),
        (
            bytes.fromhex("3080 0609 2a864886f70d010702 a080"),
            "application/pkcs7-mime",
        ),
        (
            bytes.fromhex("3080 0609 2a864886f70d010702 a080") + b"\x24\x80" + bare_page(),
            "application/pkcs7-mime",
        ),
        (bytes.fromhex("308006092a864886f70d010703a080"), "application/octet-stream"),
        (bytes.fromhex("88 75 04 00 16 08"), "application/pgp-signature"),
        (bytes.fromhex("c2 75 04 00 16 08"), "application/pgp-signature"),
        (bytes.fromhex("88 75 09 00 16 08"), "application/octet-stream"),
        (
            b'{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}',
            "application/vnd.dev.sigstore.bundle+json",
        ),
    ],
)
def test_signature_files_are_told_apart(head: bytes, media_type: str) -> None:
    """Each sort of detached signature has a name, and its neighbours do not get it."""
    assert identify_bytes(head).media_type == media_type


@pytest.mark.parametrize("space", [b" ", b"\n", b"\r\n", b"\t", b" \x00\x0c", b" %\n"])
@pytest.mark.parametrize("lead", [b"Dear reader,\n", b"From: a@b.org\r\nTo: c@d.org\r\n\r\n"])
def test_a_pdf_behind_a_text_whatever_stands_before_obj(space: bytes, lead: bytes) -> None:
    """Any white space of ISO 32000-1, 7.2.2 may part the words of an object's beginning."""
    page = bare_page().replace(b" obj", space + b"obj") + b"\n" * (TAIL + 10)
    data = lead + page
    found = identify_bytes(data[:HEAD], data[-TAIL:])
    assert (found.media_type, found.offset) == ("application/pdf", len(lead))


def test_a_second_format_that_a_reader_of_pdf_would_open() -> None:
    """A PDF in a text, or behind a mail's header, is one; one that is spoken of is not."""
    page, mail = bare_page(), b"From: a@b.org\r\nTo: c@d.org\r\nSubject: x\r\n\r\n"
    far = page[:9] + b"\n" * (HEAD + 10) + page[9:] + b"\n" * (TAIL + 10)
    for media_type, data in (
        ("text/plain", b"Hello\n" + far),
        ("message/rfc822", mail + far),
        (UNKNOWN, b"\x01\x02" + far),
        ("application/pdf", mail + page),
    ):
        assert identify_bytes(data[:HEAD], data[-TAIL:]).media_type == media_type
        assert has_second_format(data, media_type)
    for media_type, data in (
        ("application/pdf", page),
        ("application/pdf", b"\n\n" + page),
        ("application/pdf", b"a line of a printer\n" + page),
        ("text/plain", b"A PDF begins with %PDF-1.4 and ends with %%EOF.\n"),
        ("application/pkcs7-mime", b"0\x80" + page),
        ("message/rfc822", mail + b"x" * 1024 + page),
    ):
        assert not has_second_format(data, media_type)
