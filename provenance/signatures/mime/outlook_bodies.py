"""Compare the copies of a text that Outlook keeps among a message's properties with the signed one.

A signed message carries its text twice: in the signed entity, which Outlook shows, and as
properties (PidTagBody, PidTagHtml, PidTagRtfCompressed), which other programs show and nobody
signed.
A copy that says the same, word for word, as all pieces of the signed text one after the other is
harmless; the text of an attachment, or of a mail that is passed on, is not the text of this one.
Any other copy, one that is too large and one in a form that is not read here (compressed RTF) may
say something else, and is named.
"""

from collections.abc import Iterator
from typing import Final

from provenance.facts.office.outlook_store import MAX_BODY, Bag
from provenance.signatures.mime.opaque import expand
from provenance.signatures.mime.parts import Part, decode_body, parse_parts

_PLAIN, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_TYPES: Final = ("001F", "001E", "0102")
"""Text in UTF-16, text in a code page, bytes (MS-OXCDATA 2.11.1)."""
_SIGNED: Final = frozenset(
    {"multipart/signed", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)
_CODECS: Final = frozenset({"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
_SAID: Final = {
    _PLAIN: "a copy of the text among the properties, which is not the signed text",
    _HTML: "a copy of the text as a page among the properties, which is not the signed page",
    _RTF: "a copy of the text as RTF among the properties, which was not compared",
}


def copies_beside(bag: Bag, mail: bytes) -> tuple[str, ...]:
    """Return the copies that are not shown to be the signed text, in plain words.

    Args:
        bag: properties of the message.
        mail: the signed entity, with a header.
    """
    parts = tuple(_own(expand(parse_parts(mail))))
    signed = {
        _PLAIN: _words(" ".join(_texts(parts, "text/plain"))),
        _HTML: _words(" ".join(_texts(parts, "text/html"))),
        _RTF: "",
    }
    return tuple(
        _SAID[tag]
        for tag, known in signed.items()
        if any(copy is None or (copy and copy != known) for copy in _copies(bag, tag))
    )


def _own(part: Part, *, signed: bool = True) -> Iterator[Part]:
    """Return the pieces of the mail's own text: nothing attached, and of no mail within it.

    Args:
        part: where to begin.
        signed: it is all that a signature holds; then a mail in it is this mail (RFC 8551 3.1).
    """
    wraps = part.kind.word in _SIGNED
    if (part.attached and not wraps) or (part.holds_mail and not signed):
        return
    if not part.children:
        yield part
    for one in part.children:
        yield from _own(one, signed=wraps)


def _copies(bag: Bag, tag: int) -> Iterator[str | None]:
    """Yield every copy under a tag, spaces folded; None = there, and not read."""
    for kind in _TYPES:
        path = (*bag.at, f"__substg1.0_{tag:04X}{kind}")
        if bag.compound.find(*path) is None:
            continue
        raw = bag.compound.read(*path, limit=MAX_BODY)
        if raw is None or tag == _RTF:
            yield None if raw is None or raw else ""
        elif kind == "001F":
            yield _words(raw.decode("utf-16-le", "replace").rstrip("\0"))
        else:
            yield _words(bag.paged(raw).rstrip("\0") if kind == "001E" else _decoded(raw, "utf-8"))


def _texts(parts: tuple[Part, ...], kind: str) -> Iterator[str]:
    for one in parts:
        body = decode_body(one) if one.kind.word == kind else None
        if body is not None:
            yield _decoded(body, one.kind.parameters.get("charset", "us-ascii").lower())


def _decoded(raw: bytes, charset: str) -> str:
    """Bytes in a character set that is not known here stay distinct from every text."""
    codec = charset if charset in _CODECS else "utf-8"
    return raw.decode(codec, "backslashreplace")


def _words(text: str) -> str:
    return " ".join(text.split())
