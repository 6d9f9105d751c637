"""Text formats told by their first words; a text that says nothing of itself is `text/plain`."""

import re
from typing import Final

from provenance.examine.identify.pgp import refine_armour

UNKNOWN: Final = "application/octet-stream"

_HEADER: Final = re.compile(
    rb"(?:from|to|cc|bcc|date|subject|received|return-path|message-id|delivered-to|mime-version"
    rb"|content-type|content-transfer-encoding|reply-to|sender|in-reply-to|references|status"
    rb"|authentication-results|dkim-signature|arc-seal|arc-message-signature|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)
_LOOK: Final = 16_384  # bytes of a header that are looked at
_FOLDED: Final = re.compile(rb"\r?\n[ \t]+")
_WEB_ARCHIVE: Final = re.compile(
    rb"^(?:from:[ \t]*<saved by|snapshot-content-location:)", re.IGNORECASE | re.MULTILINE
)
_RELATED: Final = re.compile(
    rb"^content-type:[ \t]*multipart/related", re.IGNORECASE | re.MULTILINE
)
_APPLE_COUNT: Final = re.compile(rb"\d{1,12}[ \t]*\r?\n")  # .emlx begins with the mail's length
_FROM_LINE: Final = re.compile(rb"From \S+ .*\d{4}")
# What lies between the first comment and the last is not parted into comments: there are as many
# ways to do that as there are numbers of so many bits.
_HTML: Final = re.compile(rb"(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.DOTALL)
_JSON: Final = re.compile(rb"[\[{]\s*(?:[\"\[{\]}]|-?\d)")
_JSON_LINE: Final = re.compile(rb"\{.*\}[ \t]*\r?\n\{")
_ROOT: Final = re.compile(rb"<([a-z_][a-z0-9_.-]*:)?([a-z_][a-z0-9_.-]*)[\s>/]")
_ROOTS: Final = {  # the name of an XML document's first element
    b"svg": "image/svg+xml",
    b"html": "text/html",
    b"plist": "application/x-plist",
    b"kml": "application/vnd.google-earth.kml+xml",
    b"gpx": "application/gpx+xml",
    b"xdp": "application/vnd.adobe.xdp+xml",
    b"xfdf": "application/vnd.adobe.xfdf",
}
_SHORT: Final = 64  # bytes; of so many random ones one is a control character all but certainly
_FLAT_ODF: Final = re.compile(
    rb'office:mimetype="(application/vnd\.oasis\.opendocument\.[a-z-]{1,40})"'
)
_BEGINS: Final = (
    (b"begin:vcalendar", "text/calendar"),
    (b"begin:vcard", "text/vcard"),
    (b"#!", "text/x-script"),
    (b"%pdf-", "application/pdf"),  # after blank lines
)


def identify_text(head: bytes) -> str:
    """Return the media type of a text; `application/octet-stream` when it is none."""
    text = decoded(head)
    if not looks_like_text(text):
        return UNKNOWN
    start = text.lstrip()[:2048].lower()
    return (
        _identify_markup(start)
        or _identify_mail(text)
        or _identify_first_words(start)
        or _identify_armour(text)
        or _identify_json(start)
        or ("text/plain" if _mostly_text(text) else UNKNOWN)
    )


def decoded(head: bytes) -> bytes:
    """Return a text as UTF-8 without its byte-order mark."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "replace").encode("utf-8", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")


def looks_like_text(head: bytes) -> bool:
    """Tell whether the first bytes are free of what no text holds."""
    return not any(byte < 9 for byte in head[:512])


def _identify_markup(start: bytes) -> str | None:
    if _HTML.match(start):
        return "text/html"
    if start.startswith(b"<svg"):
        return "image/svg+xml"
    xml = start.startswith((b"<?xml", b"<!doctype")) or b"xmlns" in start.partition(b">")[0]
    if not (start.startswith(b"<") and xml):
        return None
    if flat := _FLAT_ODF.search(start):
        return flat[1].decode("ascii")
    root = _ROOT.search(start)
    return _ROOTS.get(root[2] if root else b"", "application/xml")


def _identify_mail(text: bytes) -> str | None:
    count = _APPLE_COUNT.match(text)
    found = _identify_message(text[count.end() :] if count else text)
    return "message/x-emlx" if count and found else found


def _identify_message(text: bytes) -> str | None:
    if _FROM_LINE.match(text):
        return "application/mbox"
    if not _HEADER.match(text):
        return None
    block = text[:_LOOK].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    lines = _FOLDED.sub(b" ", block).split(b"\n", 40)[:40]
    # A field that is longer than what is looked at hides the second one: a signature of a
    # hundred thousand blanks must not make a mail a mere text.
    enough = 1 if len(lines) == 1 and len(text) > _LOOK else 2
    if sum(bool(_HEADER.match(line)) for line in lines) < enough:
        return None
    saved = _WEB_ARCHIVE.search(block) and _RELATED.search(block)
    return "multipart/related" if saved else "message/rfc822"


def _identify_first_words(start: bytes) -> str | None:
    return next((kind for words, kind in _BEGINS if start.startswith(words)), None)


def _identify_armour(text: bytes) -> str | None:
    at = text[:4096].find(b"-----BEGIN PGP")
    return refine_armour("application/pgp-encrypted", text[at:]) if at >= 0 else None


def _identify_json(start: bytes) -> str | None:
    if not _JSON.match(start):
        return None
    if b"application/vnd.dev.sigstore.bundle" in start:
        return "application/vnd.dev.sigstore.bundle+json"
    return "application/x-ndjson" if _JSON_LINE.match(start) else "application/json"


def _mostly_text(text: bytes) -> bool:
    sample = text[:4096]
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # In any older encoding; a few bytes without a control character prove nothing, though.
        broken = error.start < len(sample) - 4
        if (
            broken
            and len(sample) < _SHORT
            and sum(byte > 127 for byte in sample) > len(sample) // 3
        ):
            return False
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in sample)
