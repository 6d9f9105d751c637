"""What a file's name and a sender's label promise, and whether the bytes keep it.

A promise of nothing (`.dat`, `application/octet-stream`) cannot be broken. Where several formats go
under one extension, each of them keeps the promise. A label is compared after the names that old
programs use for the same format have been put right; `text/*` is kept by every text.
"""

from typing import Final

from provenance.examine.identify.containers import OOXML

_ODF: Final = "application/vnd.oasis.opendocument."
_WORD: Final = (OOXML + "wordprocessingml.document",)
_EXCEL: Final = (OOXML + "spreadsheetml.sheet",)
_POINT: Final = (OOXML + "presentationml.presentation",)
_JPEG: Final = ("image/jpeg",)
_TIFF: Final = ("image/tiff",)
_HTML: Final = ("text/html",)
_PLAIN: Final = ("text/plain",)
_PROGRAM: Final = ("application/vnd.microsoft.portable-executable",)
_PGP: Final = ("application/pgp-encrypted", "application/pgp-signature", "application/pgp-keys")
_ASIC_E: Final = ("application/vnd.etsi.asic-e+zip",)
_ASIC_S: Final = ("application/vnd.etsi.asic-s+zip",)
_CMS: Final = ("application/pkcs7-mime",)

EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "pdf": ("application/pdf",),
    "docx": (*_WORD, "application/x-ole-encrypted-ooxml"),
    "docm": (*_WORD, "application/x-ole-encrypted-ooxml"),
    "dotx": _WORD,
    "dotm": _WORD,
    "xlsx": (*_EXCEL, "application/x-ole-encrypted-ooxml"),
    "xlsm": (*_EXCEL, "application/x-ole-encrypted-ooxml"),
    "xlsb": _EXCEL,
    "xltx": _EXCEL,
    "pptx": (*_POINT, "application/x-ole-encrypted-ooxml"),
    "pptm": (*_POINT, "application/x-ole-encrypted-ooxml"),
    "ppsx": _POINT,
    "potx": _POINT,
    "vsdx": ("application/vnd.ms-visio.drawing",),
    "odt": (_ODF + "text",),
    "ott": (_ODF + "text-template",),
    "fodt": (_ODF + "text",),
    "ods": (_ODF + "spreadsheet",),
    "fods": (_ODF + "spreadsheet",),
    "odp": (_ODF + "presentation",),
    "fodp": (_ODF + "presentation",),
    "odg": (_ODF + "graphics",),
    "epub": ("application/epub+zip",),
    "pages": ("application/vnd.apple.pages",),
    "numbers": ("application/vnd.apple.numbers",),
    "key": ("application/vnd.apple.keynote", "application/x-pem-file", "text/plain"),
    "xps": ("application/vnd.ms-xpsdocument",),
    "oxps": ("application/vnd.ms-xpsdocument",),
    # EN 319 162-1 clause 4.3.3.1: such a container need not say what it is, but for its name.
    "asice": (*_ASIC_E, "application/zip"),
    "sce": (*_ASIC_E, "application/zip"),
    "asics": (*_ASIC_S, "application/zip"),
    "scs": (*_ASIC_S, "application/zip"),
    "zip": ("application/zip", *_ASIC_E, *_ASIC_S),
    "jar": ("application/java-archive", "application/zip"),
    "apk": ("application/vnd.android.package-archive",),
    "kmz": ("application/vnd.google-earth.kmz", "application/zip"),
    "doc": ("application/msword", "application/rtf", *_WORD),
    "dot": ("application/msword",),
    "xls": ("application/vnd.ms-excel",),
    "ppt": ("application/vnd.ms-powerpoint",),
    "pps": ("application/vnd.ms-powerpoint",),
    "vsd": ("application/vnd.visio",),
    "pub": ("application/x-mspublisher", "text/plain"),
    "hwp": ("application/x-hwp",),
    "msg": ("application/vnd.ms-outlook",),
    "oft": ("application/vnd.ms-outlook",),
    "one": ("application/onenote",),
    "wpd": ("application/vnd.wordperfect",),
    "mdb": ("application/vnd.ms-access",),
    "accdb": ("application/vnd.ms-access",),
    "png": ("image/png",),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "jpe": _JPEG,
    "jfif": _JPEG,
    "gif": ("image/gif",),
    "tif": _TIFF,
    "tiff": _TIFF,
    "bmp": ("image/bmp",),
    "webp": ("image/webp",),
    "heic": ("image/heic", "image/heif"),
    "heif": ("image/heif", "image/heic"),
    "avif": ("image/avif",),
    "jp2": ("image/jp2",),
    "jpx": ("image/jpx", "image/jp2"),
    "jxl": ("image/jxl",),
    "ico": ("image/vnd.microsoft.icon",),
    "psd": ("image/vnd.adobe.photoshop",),
    "xcf": ("image/x-xcf",),
    "svg": ("image/svg+xml",),
    "djvu": ("image/vnd.djvu",),
    "djv": ("image/vnd.djvu",),
    "wmf": ("image/wmf",),
    "emf": ("image/emf",),
    "dwg": ("image/vnd.dwg",),
    "dcm": ("application/dicom",),
    "eml": ("message/rfc822",),
    "emlx": ("message/x-emlx",),
    "mbox": ("application/mbox",),
    "mht": ("multipart/related", "message/rfc822"),
    "mhtml": ("multipart/related", "message/rfc822"),
    "pst": ("application/vnd.ms-outlook-pst",),
    "ost": ("application/vnd.ms-outlook-pst",),
    "ics": ("text/calendar",),
    "vcf": ("text/vcard",),
    "warc": ("application/warc", "application/gzip"),
    "rtf": ("application/rtf",),
    "ps": ("application/postscript",),
    "eps": ("application/postscript",),
    "html": _HTML,
    "htm": _HTML,
    "xhtml": _HTML,
    "xml": ("application/xml", "text/plain"),
    "plist": ("application/x-plist", "application/x-bplist"),
    "kml": ("application/vnd.google-earth.kml+xml",),
    "gpx": ("application/gpx+xml",),
    "txt": _PLAIN,
    "csv": _PLAIN,
    "tsv": _PLAIN,
    "md": _PLAIN,
    "log": _PLAIN,
    "json": ("application/json", "application/x-ndjson", "text/plain"),
    "jsonl": ("application/x-ndjson", "application/json"),
    "ndjson": ("application/x-ndjson", "application/json"),
    "gz": ("application/gzip",),
    "tgz": ("application/gzip",),
    "bz2": ("application/x-bzip2",),
    "xz": ("application/x-xz",),
    "zst": ("application/zstd",),
    "lz4": ("application/x-lz4",),
    "7z": ("application/x-7z-compressed",),
    "rar": ("application/vnd.rar",),
    "tar": ("application/x-tar",),
    "cab": ("application/vnd.ms-cab-compressed",),
    "iso": ("application/vnd.efi.iso",),
    "deb": ("application/vnd.debian.binary-package",),
    "rpm": ("application/x-rpm",),
    "kdbx": ("application/x-keepass2",),
    "sqlite": ("application/vnd.sqlite3",),
    "parquet": ("application/vnd.apache.parquet",),
    "pcap": ("application/vnd.tcpdump.pcap", "application/x-pcapng"),
    "pcapng": ("application/x-pcapng",),
    "evtx": ("application/x-ms-evtx",),
    "mp4": ("video/mp4", "video/x-m4v", "video/quicktime"),
    "m4v": ("video/x-m4v", "video/mp4"),
    "m4a": ("audio/mp4", "video/mp4"),
    "mov": ("video/quicktime", "video/mp4"),
    "3gp": ("video/3gpp", "video/mp4"),
    "avi": ("video/x-msvideo",),
    "mkv": ("video/x-matroska",),
    "webm": ("video/x-matroska",),
    "wmv": ("video/x-ms-asf",),
    "wma": ("video/x-ms-asf",),
    "flv": ("video/x-flv",),
    "mpg": ("video/mpeg",),
    "mpeg": ("video/mpeg",),
    "ts": ("video/mp2t", "text/plain"),
    "mp3": ("audio/mpeg",),
    "aac": ("audio/aac",),
    "wav": ("audio/wav",),
    "flac": ("audio/flac",),
    "ogg": ("application/ogg",),
    "opus": ("application/ogg",),
    "amr": ("audio/amr",),
    "mid": ("audio/midi",),
    "ttf": ("font/ttf", "font/collection"),
    "otf": ("font/otf", "font/ttf"),
    "woff": ("font/woff",),
    "woff2": ("font/woff2",),
    "wasm": ("application/wasm",),
    "class": ("application/java-vm",),
    "lnk": ("application/x-ms-shortcut",),
    "chm": ("application/vnd.ms-htmlhelp",),
    "exe": _PROGRAM,
    "dll": _PROGRAM,
    "scr": _PROGRAM,
    "gpg": _PGP,
    "pgp": _PGP,
    "asc": (*_PGP, "text/plain"),
    "sig": ("application/pgp-signature", "application/x-ssh-signature", "application/x-signify"),
    "c2pa": ("application/c2pa",),
    "minisig": ("application/x-minisign",),
    "p7s": _CMS,
    "p7m": (*_CMS, "message/rfc822"),
}
"""Formats that a file name's extension (lower case, no dot) promises."""

_SAME: Final = {  # what old programs call it, to what we call it
    "application/x-pdf": "application/pdf",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/x-ms-bmp": "image/bmp",
    "image/x-icon": "image/vnd.microsoft.icon",
    "image/vnd.djvu+multipage": "image/vnd.djvu",
    "application/x-zip-compressed": "application/zip",
    "application/x-zip": "application/zip",
    "application/x-gzip": "application/gzip",
    "application/x-rar-compressed": "application/vnd.rar",
    "application/x-msdownload": "application/vnd.microsoft.portable-executable",
    "application/x-dosexec": "application/vnd.microsoft.portable-executable",
    "application/x-sqlite3": "application/vnd.sqlite3",
    "application/ms-tnef": "application/vnd.ms-tnef",
    "application/x-pkcs7-mime": "application/pkcs7-mime",
    "application/pkcs7-signature": "application/pkcs7-mime",
    "application/x-pkcs7-signature": "application/pkcs7-mime",
    "application/x-javascript": "text/javascript",
    "application/rss+xml": "application/xml",
    "text/rtf": "application/rtf",
    "text/xml": "application/xml",
    "text/x-vcard": "text/vcard",
    "text/directory": "text/vcard",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/ogg": "application/ogg",
    "video/ogg": "application/ogg",
    "video/webm": "video/x-matroska",
    "video/avi": "video/x-msvideo",
    "application/x-outlook": "application/vnd.ms-outlook",
    "application/x-c2pa-manifest-store": "application/c2pa",
    "application/eml": "message/rfc822",
}
_NOTHING: Final = frozenset(
    {
        "application/octet-stream",
        "application/x-download",
        "application/force-download",
        "binary/octet-stream",
        "application/unknown",
        "application/binary",
    }
)
_LEGACY_OFFICE: Final = {  # a label that programs still give to the newer format
    "application/msword": _WORD,
    "application/vnd.ms-excel": _EXCEL,
    "application/vnd.ms-powerpoint": _POINT,
}


def breaks_extension(media_type: str, extension: str | None) -> bool:
    """Tell whether the extension promises something else than the bytes are."""
    promised = EXTENSIONS.get(extension or "", ())
    return bool(promised) and media_type not in promised


def breaks_label(media_type: str, label: str | None) -> bool:
    """Tell whether a declared media type says something else than the bytes are."""
    if label is None or label in _NOTHING or media_type in {label, "application/x-empty"}:
        return False
    said = _SAME.get(label, label)
    if said == media_type or media_type in _LEGACY_OFFICE.get(said, ()):
        return False
    return said in _KNOWN and not _same_family(said, media_type)


def _same_family(said: str, media_type: str) -> bool:
    """Tell whether a general label covers a special format, or the other way about."""
    if said.startswith("text/") and _is_text(media_type):
        special = said in {"text/html", "text/calendar", "text/vcard"}
        return not special or media_type == "text/plain"
    if said.endswith(("+xml", "/xml")):
        return media_type in {"application/xml", "text/html"}
    if said.endswith(("+json", "/json")):
        return media_type.endswith(("json", "/plain"))
    return said.endswith("+zip") and media_type == "application/zip"


def _is_text(media_type: str) -> bool:
    return media_type.startswith(("text/", "message/")) or media_type.endswith(
        ("xml", "json", "/rtf", "/mbox", "/pgp-signature", "/pgp-keys", "/pgp-encrypted")
    )


_KNOWN: Final = frozenset(one for many in EXTENSIONS.values() for one in many) | {
    "text/html",
    "text/plain",
}
