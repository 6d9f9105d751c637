"""Name a file's format from its first and last bytes, beside what its name claims.

Rules, in order: signatures at fixed offsets; containers told apart by their members (ZIP) or
streams (OLE); `%PDF-` anywhere in the first 1024 bytes (ISO 32000-1 annex H.3.4.1); text formats
by their first words; else text or unknown bytes. Total: every byte string gets an answer, none
raises. The name never decides; where it says something else, that is a finding. Imports only the
standard library: this runs outside the sandbox, on a bounded piece of the file.
"""

import re
from dataclasses import dataclass
from typing import Final

HEAD: Final = 65_536  # bytes looked at from the beginning
TAIL: Final = 65_536  # bytes looked at from the end, where a ZIP keeps its list of members

UNKNOWN: Final = "application/octet-stream"
_OOXML: Final = "application/vnd.openxmlformats-officedocument."

_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"BM", "image/bmp"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\x00\x00\x00\x0cjP  ", "image/jp2"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"%!PS", "application/postscript"),
    (0, b"-----BEGIN PGP", "application/pgp-encrypted"),
    (0, b"-----BEGIN SSH SIGNATURE", "application/x-ssh-signature"),
    (0, b"-----BEGIN PKCS7-----", "application/pkcs7-mime"),
    (0, b"-----BEGIN CMS-----", "application/pkcs7-mime"),
    (0, b"-----BEGIN CERTIFICATE", "application/x-pem-file"),
    (0, b"untrusted comment:", "application/x-signify"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS: Final = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"hevc": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"avif": "image/avif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
}
_ZIP_MEMBERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"word/document.xml", _OOXML + "wordprocessingml.document"),
    (b"xl/workbook.", _OOXML + "spreadsheetml.sheet"),
    (b"ppt/presentation.xml", _OOXML + "presentationml.presentation"),
    (b"META-INF/ASiCManifest", "application/vnd.etsi.asic-e+zip"),
    (b"META-INF/signatures.p7s", "application/vnd.etsi.asic-s+zip"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
_OLE_STREAMS: Final[tuple[tuple[str, str], ...]] = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__substg1.0_", "application/vnd.ms-outlook"),
    ("EncryptedPackage", "application/x-ole-encrypted-ooxml"),
)
EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "pdf": ("application/pdf",),
    "docx": (_OOXML + "wordprocessingml.document",),
    "xlsx": (_OOXML + "spreadsheetml.sheet",),
    "pptx": (_OOXML + "presentationml.presentation",),
    "odt": ("application/vnd.oasis.opendocument.text",),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet",),
    "odp": ("application/vnd.oasis.opendocument.presentation",),
    "epub": ("application/epub+zip",),
    "asice": ("application/vnd.etsi.asic-e+zip",),
    "asics": ("application/vnd.etsi.asic-s+zip",),
    "zip": ("application/zip",),
    "jar": ("application/java-archive",),
    "doc": ("application/msword", "application/rtf"),
    "xls": ("application/vnd.ms-excel",),
    "ppt": ("application/vnd.ms-powerpoint",),
    "msg": ("application/vnd.ms-outlook",),
    "png": ("image/png",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "gif": ("image/gif",),
    "tif": ("image/tiff",),
    "tiff": ("image/tiff",),
    "bmp": ("image/bmp",),
    "webp": ("image/webp",),
    "heic": ("image/heic", "image/heif"),
    "avif": ("image/avif",),
    "eml": ("message/rfc822",),
    "mbox": ("application/mbox",),
    "rtf": ("application/rtf",),
    "html": ("text/html",),
    "htm": ("text/html",),
    "xml": ("application/xml",),
    "txt": ("text/plain",),
    "csv": ("text/plain",),
    "md": ("text/plain",),
    "json": ("application/json", "text/plain"),
    "gz": ("application/gzip",),
    "bz2": ("application/x-bzip2",),
    "xz": ("application/x-xz",),
    "7z": ("application/x-7z-compressed",),
    "rar": ("application/vnd.rar",),
    "tar": ("application/x-tar",),
    "mp4": ("video/mp4",),
    "m4a": ("audio/mp4",),
    "mov": ("video/quicktime", "video/mp4"),
    "mp3": ("audio/mpeg",),
    "wav": ("audio/wav",),
    "gpg": ("application/pgp-encrypted", "application/pgp-signature", "application/pgp-keys"),
    "pgp": ("application/pgp-encrypted", "application/pgp-signature", "application/pgp-keys"),
    "asc": ("application/pgp-encrypted", "application/pgp-signature", "application/pgp-keys"),
    "sig": ("application/pgp-signature", "application/x-ssh-signature", "application/x-signify"),
    "minisig": ("application/x-minisign",),
    "p7s": ("application/pkcs7-mime",),
    "p7m": ("application/pkcs7-mime",),
    "exe": ("application/vnd.microsoft.portable-executable",),
}
"""Formats that a file name's extension (lower case, no dot) promises."""

_HEADER: Final = re.compile(
    rb"(?:from|to|cc|date|subject|received|return-path|message-id|delivered-to|mime-version"
    rb"|content-type|reply-to|dkim-signature|arc-seal|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)
_SIGNED_DATA: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"  # RFC 5652 section 5.1
_PGP_VERSIONS: Final = {b"\x03", b"\x04", b"\x05", b"\x06"}  # of signatures
_FROM_LINE: Final = re.compile(rb"From \S+ .*\d{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What the bytes are, beside what the name says."""

    media_type: str
    """From the bytes. `application/octet-stream` = not recognised, which is not "harmless"."""
    claimed_extension: str | None
    """Lower case, no dot; None when there is no name or no extension."""
    claimed_media_type: str | None
    """What the extension promises; None when it is unknown to us."""
    mismatch: bool
    """The extension promises something else than the bytes are."""
    offset: int = 0
    """Where the format's own signature begins; more than 0 means bytes stand before it."""


def identify_bytes(head: bytes, tail: bytes = b"", *, name: str | None = None) -> Identification:
    """Identify a file.

    Args:
        head: the first bytes, up to HEAD (more is ignored).
        tail: the last bytes, up to TAIL; may overlap with `head`.
        name: the file's name or path, only for comparison.
    """
    media_type, offset = _identify(head[:HEAD], tail[-TAIL:] if tail else b"")
    extension = _extension(name)
    promised = EXTENSIONS.get(extension or "", ())
    return Identification(
        media_type=media_type,
        claimed_extension=extension,
        claimed_media_type=promised[0] if promised else None,
        mismatch=bool(promised) and media_type not in promised,
        offset=offset,
    )


def _extension(name: str | None) -> str | None:
    if not name:
        return None
    last = re.split(r"[/\\]", name)[-1]
    _, dot, extension = last.rpartition(".")
    return extension.lower() if dot and re.fullmatch(r"[A-Za-z0-9]{1,12}", extension) else None


def _identify(head: bytes, tail: bytes) -> tuple[str, int]:  # noqa: C901, PLR0911 - one return a rule
    if not head:
        return "application/x-empty", 0
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _identify_zip(head, tail), 0
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _identify_ole(head + tail), 0
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]], 0
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4"), 0
    pdf = head[:1024].find(b"%PDF-")
    if pdf == 0:
        return "application/pdf", 0
    for offset, magic, media_type in _MAGIC:
        if head[offset : offset + len(magic)] == magic and not (magic == b"BM" and _texty(head)):
            return _refine(media_type, head), offset
    if pdf > 0:
        return "application/pdf", pdf
    if head[0] == 0x30 and _SIGNED_DATA in head[:32]:
        return "application/pkcs7-mime", 0
    return _identify_pgp(head) or _identify_text(head), 0


def _refine(media_type: str, head: bytes) -> str:
    if media_type == "application/x-signify" and b"\ntrusted comment:" in head[:2048]:
        return "application/x-minisign"
    if media_type == "application/pgp-encrypted":
        if head.startswith((b"-----BEGIN PGP SIGNATURE", b"-----BEGIN PGP SIGNED")):
            return "application/pgp-signature"
        if head.startswith((b"-----BEGIN PGP PUBLIC", b"-----BEGIN PGP PRIVATE")):
            return "application/pgp-keys"
    return media_type


def _identify_pgp(head: bytes) -> str | None:
    """Binary OpenPGP by its first packet (RFC 9580 sections 4.2 and 5): kind, length, version."""
    tag, body = _pgp_packet(head)
    if tag == 2 and body[:1] in _PGP_VERSIONS and body[1:2] in {b"\x00", b"\x01", b"\x05"}:
        return "application/pgp-signature"
    if tag == 4 and body[:1] in {b"\x03", b"\x06"} and body[1:2] in {b"\x00", b"\x01"}:
        return "application/pgp-encrypted"  # one-pass: a signed message
    if tag in {1, 3} and body[:1] in {b"\x03", b"\x04", b"\x06"}:
        return "application/pgp-encrypted"
    if tag == 8 and (body[:2] == b"\x02\x78" or body[:4] == b"\x03BZh" or _deflates(body)):
        return "application/pgp-encrypted"  # compressed: a message
    return None


def _pgp_packet(head: bytes) -> tuple[int, bytes]:
    """Return the kind of a first packet and the beginning of its body; (0, b"") for none."""
    first = head[0]
    if first >= 0xC0 and len(head) > 2:
        length = head[1]
        size = 1 if length < 192 or 224 <= length < 255 else (5 if length == 255 else 2)
        return first & 0x3F, head[1 + size :]
    if 0x80 <= first < 0xC0:
        return (first >> 2) & 0x0F, head[1 + (1, 2, 4, 0)[first & 3] :]
    return 0, b""


def _deflates(body: bytes) -> bool:
    """ZIP-compressed in GnuPG's way: a first block that is not of the forbidden fourth kind."""
    return body[:1] == b"\x01" and len(body) > 1 and (body[1] >> 1) & 3 in {1, 2}


def _identify_zip(head: bytes, tail: bytes) -> str:
    """OPC, ODF 1.2 part 3 (2.2.4) and EPUB OCF tell themselves by members or a first `mimetype`."""
    if head[30:38] == b"mimetype":
        length = int.from_bytes(head[18:22], "little")
        extra = int.from_bytes(head[28:30], "little")
        stated = head[38 + extra : 38 + extra + min(length, 100)]
        if re.fullmatch(rb"[a-z]+/[A-Za-z0-9.+-]{1,90}", stated):
            return stated.decode("ascii")
    for member, media_type in _ZIP_MEMBERS:
        if member in tail or member in head:
            return media_type
    return "application/zip"


def _identify_ole(data: bytes) -> str:
    for stream, media_type in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return media_type
    return "application/x-ole-storage"


def _texty(head: bytes) -> bool:
    return b"\x00" not in head[:512] and not any(byte < 9 for byte in head[:512])


def _identify_text(head: bytes) -> str:  # noqa: C901, PLR0911 - one return a rule
    text = head
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            text = head[2:].decode(encoding, "replace").encode("utf-8", "replace")
    text = text.removeprefix(b"\xef\xbb\xbf")
    if not _texty(text):
        return UNKNOWN
    start = text.lstrip()[:2048].lower()
    if re.match(rb"(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", start, re.DOTALL):
        return "text/html"
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in start):
        return "image/svg+xml"
    if start.startswith(b"<?xml"):
        return "text/html" if b"<html" in start else "application/xml"
    if _FROM_LINE.match(text):
        return "application/mbox"
    headers = sum(bool(_HEADER.match(line)) for line in text.split(b"\n", 20)[:20])
    if headers >= 2 and _HEADER.match(text):
        return "message/rfc822"
    if b"-----BEGIN PGP" in text[:4096]:
        return _refine("application/pgp-encrypted", text[text.index(b"-----BEGIN PGP") :])
    if re.match(rb"[\[{]\s*(?:[\"\[{\]}]|-?\d)", start):
        sigstore = b"application/vnd.dev.sigstore.bundle" in start
        return "application/vnd.dev.sigstore.bundle+json" if sigstore else "application/json"
    return "text/plain" if _mostly_text(text) else UNKNOWN


def _mostly_text(text: bytes) -> bool:
    sample = text[:4096]
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4 and sum(byte > 127 for byte in sample) > len(sample) // 3:
            return False
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in sample)
