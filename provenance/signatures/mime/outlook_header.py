"""Write what a message saved by Outlook shows as its header, as a block of header fields.

Nobody signed these properties (MS-OXOMSG 2.2): they stand here so that the rules for a mail's
header (`senders`, `protected`) judge them too. Rules:
  1. From is every address that any property, or the transport headers, state for the author: a
     program shows one of them, so all must be the signer's. Sender is whoever sent it for him;
  2. a name or an address goes in whole, encoded (RFC 2047), so that nothing in it can begin a
     field of its own; one that is no mail address stays, and cannot be compared;
  3. a field that is too long is left out, and reads as absent.
"""

from base64 import b64encode
from collections.abc import Iterable
from email.utils import format_datetime
from typing import Final

from provenance.facts.office.mail_fields import read_mail_fields
from provenance.facts.office.outlook_store import Bag

MAX_FIELD: Final = 4_000  # characters of one field; a list of two hundred recipients
_PIECE: Final = 12  # characters in one encoded word, which may be 75 bytes long (RFC 2047 2)

_AUTHOR: Final = (0x5D02, 0x0065)
"""Addresses of the author: SMTP, or of a directory (PidTagSentRepresentingSmtpAddress, ...)."""
_SENDER: Final = (0x5D01, 0x0C1F)
_AUTHOR_NAME, _SENDER_NAME = 0x0042, 0x0C1A
_HEADERS, _SUBMITTED = 0x007D, 0x0039
_TEXTS: Final = {"To": 0x0E04, "Cc": 0x0E03, "Subject": 0x0037}


def shown_header(bag: Bag) -> bytes:
    """Return the block, without the empty line after it.

    Args:
        bag: properties of the message.
    """
    senders = _addresses(bag, _SENDER)
    authors = _addresses(bag, _AUTHOR) or senders
    stated = read_mail_fields(bag.text(_HEADERS)).address("from")
    name = bag.text(_AUTHOR_NAME) or bag.text(_SENDER_NAME)
    lines = [_field("From", _mailboxes(name, (*authors, *([stated] if stated else ()))))]
    others = [one for one in senders if one not in authors]
    if others:
        lines.append(_field("Sender", _mailboxes(bag.text(_SENDER_NAME), others)))
    lines += [_field(field, bag.text(tag)) for field, tag in _TEXTS.items() if bag.text(tag)]
    sent = bag.times.get(_SUBMITTED)
    if sent is not None:
        lines.append(f"Date: {format_datetime(sent.moment)}\r\n")
    return "".join(lines).encode("ascii")


def _addresses(bag: Bag, tags: Iterable[int]) -> tuple[str, ...]:
    """Return the mail addresses of some properties; else what stands in the place of one."""
    found = [bag.text(tag).strip() for tag in tags if bag.text(tag).strip()]
    mail = [one for one in found if "@" in one]
    return tuple(dict.fromkeys(mail or found))


def _mailboxes(name: str, addresses: Iterable[str]) -> str:
    plain = name.replace('"', "'").replace("\\", "/")
    distinct = {one.lower(): one for one in addresses}
    return ", ".join(f'"{plain}" <{one}>' for one in distinct.values()) or f'"{plain}"'


def _field(name: str, value: str) -> str:
    if len(value) > MAX_FIELD:
        return ""
    pieces = [value[at : at + _PIECE] for at in range(0, len(value), _PIECE)]
    words = (b64encode(one.encode("utf-8", "replace")).decode("ascii") for one in pieces)
    return f"{name}: " + "\r\n ".join(f"=?utf-8?B?{one}?=" for one in words) + "\r\n"
