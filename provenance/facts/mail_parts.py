"""The parts of a message (RFC 2045, 2046): attachments, text outside of parts, HTML.

The standard library parses; it was not written for hostile input, so every part is guarded on its
own. An attachment is a part that has a name, is marked as one, or is neither text nor multipart:
the rule by which intake unpacks them, so that a digest here names the unpacked file. Names are
tamed. Nothing is executed, opened or fetched; sizes and digests are of the decoded bytes.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from email import message_from_string
from email.message import Message as MimeMessage
from email.utils import collapse_rfc2231_value
from enum import StrEnum, unique
from typing import Final

from provenance.facts.mail_html import read_html
from provenance.facts.model import Facts, Observation, Weight, merge_facts
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.mail.shown import decode_field
from provenance.signatures.text import is_printable_safe, tame, with_detail

MAX_PARTS: Final = 500  # parts looked at; mail of people has up to 50
MAX_HTML_PARTS: Final = 10  # HTML parts read
MAX_LISTED: Final = 200  # attachments listed one by one

ACTING: Final = frozenset(  # endings of files that act when opened
    {"exe", "scr", "com", "pif", "bat", "cmd", "js", "jse", "vbs", "vbe", "wsf", "wsh", "hta"}
    | {"lnk", "msi", "ps1", "jar", "cpl", "reg", "chm", "iso", "img", "vhd", "url", "appx", "xll"}
    | {"docm", "xlsm", "pptm", "dotm", "xltm", "one", "sh", "command", "desktop", "apk"}
)
_USUAL: Final = re.compile(r"[^\r\n]{0,40}multi-?part message[^\r\n]{0,40}", re.IGNORECASE)


@unique
class _Kind(StrEnum):
    """What a part is to this reader."""

    ATTACHMENT = "attachment"
    HTML = "html"
    CONTAINER = "outside"
    TEXT = "text"


def read_parts(data: bytes) -> Facts:
    """Read the parts of a message."""
    # As Latin-1 no byte is lost: of bytes, the library would replace those above 127 in names.
    parts = list(_walk(message_from_string(data.decode("latin-1"))))
    counts = dict.fromkeys(_Kind, 0)
    found: list[Facts] = []
    for part in parts[:MAX_PARTS]:
        kind = attempt("part", lambda part=part: _kind(part))  # type: ignore[misc] # bound now
        if isinstance(kind, Fault):
            found.append(Facts(notes=(kind.text,)))
            continue
        counts[kind] += 1
        reader = _READERS.get(kind)
        if reader is not None and counts[kind] <= reader[1]:
            found.append(_guarded(kind, reader[0], part, counts[kind]))
    found.append(_summary(parts, counts[_Kind.ATTACHMENT]))
    return merge_facts(tuple(found))


def _walk(message: MimeMessage) -> Iterator[MimeMessage]:
    """Yield the parts in order; an attached message is one part, what is in it is its own."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        children = part.get_payload()
        container = attempt("kind", lambda part=part: part.get_content_maintype() == "multipart")  # type: ignore[misc] # bound now
        if container is True and isinstance(children, list):
            waiting += [one for one in reversed(children) if isinstance(one, MimeMessage)]


def _guarded(
    kind: _Kind, read: Callable[[MimeMessage, int], Facts], part: MimeMessage, number: int
) -> Facts:
    found = attempt(f"{kind.value}-{number}", lambda: read(part, number))
    return Facts(notes=(found.text,)) if isinstance(found, Fault) else found


def _kind(part: MimeMessage) -> _Kind:
    if _is_attachment(part):
        return _Kind.ATTACHMENT
    if part.get_content_type() == "text/html":
        return _Kind.HTML
    return _Kind.CONTAINER if part.get_content_maintype() == "multipart" else _Kind.TEXT


def _is_attachment(part: MimeMessage) -> bool:
    kind = part.get_content_maintype()
    if kind == "multipart":
        return False
    named = attempt("name", lambda: _name(part))
    marked = attempt("mark", part.get_content_disposition)
    return kind != "text" or bool(isinstance(named, str) and named) or marked == "attachment"


def _name(part: MimeMessage) -> str:
    """Return the file name as a program would show it, NOT tamed; empty when there is none."""
    value = part.get_param("filename", header="content-disposition")
    if value is None:
        value = part.get_param("name", header="content-type")
    if value is None:
        return ""
    if isinstance(value, tuple):  # RFC 2231: charset, language, text
        return collapse_rfc2231_value(value)
    return decode_field(str(value).encode("latin-1", "replace"))


def _attachment(part: MimeMessage, number: int) -> Facts:
    name = _name(part)
    shown = tame(name, 200) or "(no name)"
    media_type = tame(part.get_content_type(), 100)
    where = f"attachment {number}"
    if part.get_content_maintype() == "message":
        described = "an attached message"
    else:
        raw = _decoded(part)
        described = f"{len(raw)} bytes; sha256 {hashlib.sha256(raw).hexdigest()}"
    observations = []
    ending = name.rpartition(".")[2].strip().lower() if "." in name else ""
    if ending in ACTING:
        text = f'The attachment "{shown}" is of a kind that can act when it is opened.'
        observations.append(
            Observation(code="mail-acting-attachment", weight=Weight.RISK, text=text, where=where)
        )
    if not is_printable_safe(name):
        text = f'The name of an attachment holds characters that cannot be seen: "{shown}".'
        observations.append(
            Observation(code="mail-disguised-name", weight=Weight.HIDDEN, text=text, where=where)
        )
    return Facts(
        properties={f"mail.attachment.{number:03d}": f"{shown}; {media_type}; {described}"},
        observations=tuple(observations),
    )


def _decoded(part: MimeMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _html(part: MimeMessage, number: int) -> Facts:
    raw = _decoded(part)
    charset = str(part.get_content_charset("utf-8"))
    try:
        text = raw.decode(charset, "replace")
    except (LookupError, ValueError):  # an unknown charset
        text = raw.decode("utf-8", "replace")
    return read_html(text, where="HTML text" if number == 1 else f"HTML text {number}")


def _outside(part: MimeMessage, _: int) -> Facts:
    texts = (part.preamble or "", part.epilogue or "")
    said = [" ".join(_USUAL.sub("", one).split()) for one in texts if isinstance(one, str)]
    if not any(said):
        return Facts()
    text = f'Text stands outside of the parts, where no mail program shows it: "{_some(said)}".'
    observed = Observation(
        code="mail-text-outside-parts", weight=Weight.HIDDEN, text=text, where="body"
    )
    return Facts(observations=(observed,))


def _some(said: list[str]) -> str:
    raw = " ... ".join(one for one in said if one).encode("latin-1", "replace")
    return tame(raw.decode("utf-8", "replace"), 200)


def _summary(parts: list[MimeMessage], attachments: int) -> Facts:
    properties = {"mail.parts": str(len(parts))}
    observations = []
    if attachments:
        properties["mail.attachments"] = str(attachments)
        text = f"The message carries {attachments} attachments."
        observations.append(
            Observation(code="mail-attachments", weight=Weight.NOTE, text=text, where="body")
        )
    defects = {type(one).__name__ for part in parts[:MAX_PARTS] for one in part.defects}
    broken = "the message breaks rules of how mail is built; programs may show it differently"
    notes = [with_detail(broken, ", ".join(sorted(defects)))] if defects else []
    if len(parts) > MAX_PARTS:
        notes.append(f"only {MAX_PARTS} of {len(parts)} parts were looked at")
    return Facts(properties=properties, observations=tuple(observations), notes=tuple(notes))


_READERS: Final[dict[_Kind, tuple[Callable[[MimeMessage, int], Facts], int]]] = {
    _Kind.ATTACHMENT: (_attachment, MAX_LISTED),
    _Kind.HTML: (_html, MAX_HTML_PARTS),
    _Kind.CONTAINER: (_outside, MAX_PARTS),
}
