"""Read what unpacking needs from one header block of a message or of a part of it (RFC 5322, 2045).

The standard library parses; it was not written for hostile input, so whatever it raises becomes one
failure of this part. Bytes above 127 are read as Latin-1, which loses none of them: a file name
that was sent raw comes out with the bytes it had. Encoded words (RFC 2047) and RFC 2231 names are
decoded.
"""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import HeaderParser
from email.utils import collapse_rfc2231_value
from typing import Final

from provenance.intake.failures import FailureCode, Untaken
from provenance.intake.names import foreign_text, name_text

LONGEST_BOUNDARY: Final = 256  # bytes; RFC 2046 5.1.1 allows 70
_ENOUGH: Final = 2  # known fields: one alone is also how a note or a source file may begin
_FIELD: Final = re.compile(rb"([!-9;-~]{1,76}):", re.ASCII)  # RFC 5322 2.2
_KNOWN: Final = frozenset(
    (
        b"from|to|date|subject|received|message-id|mime-version|return-path|delivered-to|"
        b"reply-to|sender|content-type|x-mailer|dkim-signature"
    ).split(b"|")
)
_SNAPSHOT: Final = b"snapshot-content-location"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHeader:
    """What a header block says about the body below it."""

    main: str
    """Main media type, lower case: text, multipart, message, application ..."""
    sub: str
    boundary: bytes | None
    """Of a multipart; None otherwise."""
    name: str | None
    """File name in text form; None if none is given."""
    attached: bool
    """The sender marked the part as an attachment."""
    encoding: str
    """Transfer encoding, lower case; empty if none is given."""
    declared: str | None = None
    """`main/sub` where Content-Type says so in so many words; None where it is only understood."""


def looks_like_mail(head: bytes, name: str) -> bool:
    """Tell whether a file beginning with these bytes is a message.

    It is if its first lines are header fields of which two are known from mail, or one field and
    the file is called .eml. A web page saved as MHTML has such headers too; it is a document, no
    container.
    """
    fields = _field_names(head)
    if _SNAPSHOT in fields or name.lower().endswith((".mht", ".mhtml")):
        return False
    return len(_KNOWN & fields) >= (1 if name.lower().endswith(".eml") else _ENOUGH)


def parse_part_header(block: bytes) -> PartHeader:
    """Return what a header block says.

    Raises:
        Untaken: it cannot be read, or is a multipart without a usable boundary.
    """
    try:
        headers = HeaderParser().parsestr(block.decode("latin-1"))
        return _part_header(headers)
    except Untaken:
        raise
    except Exception as fault:  # hostile headers have raised most kinds of error there
        raise Untaken(FailureCode.MAIL_HEADER) from fault


def _field_names(head: bytes) -> set[bytes]:
    names = set[bytes]()
    # What follows the last line feed may be half a line: the head was cut, not the message.
    for line in head.split(b"\n")[:-1]:
        if line.startswith((b" ", b"\t")) and names:
            continue
        found = _FIELD.match(line)
        if found is None:
            # The blank line ends the headers; anything else shows that these are none.
            return names if not line.strip() else set()
        names.add(found[1].lower())
    return names


def _part_header(headers: Message) -> PartHeader:
    main, sub = headers.get_content_maintype(), headers.get_content_subtype()
    encoding = str(headers.get("content-transfer-encoding", "")).lower().split(";")[0].split()
    return PartHeader(
        main=main,
        sub=sub,
        boundary=_boundary(headers) if main == "multipart" else None,
        name=_file_name(headers),
        attached=headers.get_content_disposition() == "attachment",
        encoding=encoding[0] if encoding else "",
        declared=_declared(headers, f"{main}/{sub}"),
    )


def _declared(headers: Message, understood: str) -> str | None:
    """A part without the field, or with one that cannot be read, counts as text/plain unsaid."""
    said = str(headers.get("content-type", "")).partition(";")[0].strip().lower()
    return understood if said == understood else None


def _boundary(headers: Message) -> bytes:
    boundary = (headers.get_boundary() or "").encode("latin-1")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise Untaken(FailureCode.MAIL_HEADER)
    return boundary


def _file_name(headers: Message) -> str | None:
    value = headers.get_param("filename", header="content-disposition")
    if value is None:
        value = headers.get_param("name", header="content-type")
    if isinstance(value, tuple):  # RFC 2231: charset, language, text
        return foreign_text(collapse_rfc2231_value(value).strip()) or None
    if not isinstance(value, str) or not value.strip():
        return None
    return _decoded_words(value.strip())


def _decoded_words(value: str) -> str:
    """Decode RFC 2047 words: the RFC forbids them in parameters, most senders put them there."""
    if "=?" in value:
        try:
            return "".join(
                foreign_text(part.decode(charset)) if charset else _raw_text(part)
                for part, charset in decode_header(value)
            )
        except (MessageError, LookupError, ValueError):
            pass  # an unknown charset or broken word: the name stays as it was sent
    return name_text(value.encode("latin-1"))


def _raw_text(part: bytes | str) -> str:
    return name_text(part if isinstance(part, bytes) else part.encode("latin-1"))
