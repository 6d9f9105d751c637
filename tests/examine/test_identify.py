"""Formats told from bytes, whatever the name says."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from provenance.examine.identify import EXTENSIONS, UNKNOWN, identify_bytes
from tests.signatures.pdf.letters import bare_page


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


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SAMPLES = {
    "application/pdf": bare_page(),
    "image/png": _picture("PNG"),
    "image/jpeg": _picture("JPEG"),
    "image/gif": _picture("GIF"),
    "image/tiff": _picture("TIFF"),
    "image/webp": _picture("WEBP"),
    "image/bmp": _picture("BMP"),
    "image/heic": b"\x00\x00\x00\x18ftypheic" + bytes(20),
    "video/mp4": b"\x00\x00\x00\x18ftypisom" + bytes(20),
    "application/zip": _zip("a.txt"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _zip(
        "[Content_Types].xml", "word/document.xml"
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _zip("xl/workbook.xml"),
    "application/vnd.oasis.opendocument.text": _zip(
        "content.xml", mimetype="application/vnd.oasis.opendocument.text"
    ),
    "application/epub+zip": _zip("a", mimetype="application/epub+zip"),
    "application/vnd.etsi.asic-e+zip": _zip(
        "META-INF/ASiCManifest.xml", mimetype="application/vnd.etsi.asic-e+zip"
    ),
    "application/msword": _OLE + "WordDocument".encode("utf-16-le"),
    "application/vnd.ms-outlook": _OLE + "__substg1.0_".encode("utf-16-le"),
    "application/x-ole-storage": _OLE,
    "application/mbox": b"From a@b.org Mon Jan  6 19:04:00 2020\nFrom: a@b.org\n\nHello\n",
    "message/rfc822": b"Received: from x\nFrom: a@b.org\nSubject: Letter\n\nHello\n",
    "application/rtf": b"{\\rtf1\\ansi Hello}",
    "text/html": b"<!DOCTYPE html><html><body>Hello</body></html>",
    "application/xml": b'<?xml version="1.0"?><a/>',
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "text/plain": b"Dear Sir,\nplease find.\n",
    "application/json": b'{"a": 1}',
    "application/pgp-signature": b"-----BEGIN PGP SIGNATURE-----\n\nx\n",
    "application/pgp-encrypted": b"-----BEGIN PGP MESSAGE-----\n\nx\n",
    "application/pgp-keys": b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx\n",
    "application/gzip": b"\x1f\x8b\x08" + bytes(10),
    "application/x-7z-compressed": b"7z\xbc\xaf\x27\x1c" + bytes(10),
    "application/vnd.rar": b"Rar!\x1a\x07\x01\x00",
    "application/x-empty": b"",
    UNKNOWN: bytes(range(256)),
}


@pytest.mark.parametrize("media_type", SAMPLES)
def test_each_format_is_told_from_its_bytes(media_type: str) -> None:
    """A sample of each format is named, under a false name too, which is then a mismatch."""
    data = SAMPLES[media_type]
    assert identify_bytes(data, data).media_type == media_type
    named = identify_bytes(data, data, name="letters/Final.TIFF")
    assert named.media_type == media_type
    assert named.claimed_extension == "tiff"
    assert named.mismatch == (media_type != "image/tiff")


@given(st.binary(max_size=4096), st.binary(max_size=200), st.text(max_size=40))
def test_total_on_any_bytes(head: bytes, tail: bytes, name: str) -> None:
    """Every byte string and every name get an answer."""
    found = identify_bytes(head, tail, name=name)
    assert "/" in found.media_type


def test_bytes_before_a_pdf_are_seen() -> None:
    """A PDF that begins later is a PDF, and the offset is told."""
    data = b"garbage\n" * 20 + bare_page()
    found = identify_bytes(data)
    assert (found.media_type, found.offset) == ("application/pdf", 160)


def test_an_unknown_or_missing_extension_is_no_mismatch() -> None:
    """What promises nothing cannot be broken."""
    for name in (None, "", "letter", "letter.", "letter.qqq", "a.pdf/letter"):
        assert not identify_bytes(b"text", name=name).mismatch


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
