"""Write what a message saved by Outlook shows as its header, as a block of header fields.

Nobody signed these properties (MS-OXOMSG 2.2): they stand here so that the rules for a mail's
header (`senders`, `protected`) judge them too. Rules:
  1. From is every address and every name that any property, in any type of text, or the transport
     headers state for the author or for whoever sent it for him: a program shows one of them, so
     all must be the signer's. One that is there and cannot be read counts as a sender who cannot;
  2. a name or an address goes in whole, encoded (RFC 2047), so that nothing in it can begin a
     field of its own; one that is no mail address stays, and cannot be compared. A name in a
     directory (`/O=...`) that stands beside an address is left out: it is nobody's address;
  3. a field that is too long is left out, and reads as absent.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from typing import Final

from provenance.facts.office.mail_fields import read_mail_fields
from provenance.facts.office.outlook_store import Bag
from provenance.signatures.mail.shown import decode_words

MAX_FIELD: Final = 4_000  # characters of one field; a list of two hundred recipients
_PIECE: Final = 12  # characters in one encoded word, which may be 75 bytes long (RFC 2047 2)

_ADDRESSES: Final = (0x5D02, 0x0065, 0x5D01, 0x0C1F)
"""Of the author and the sender: SMTP, or of a directory (PidTagSentRepresentingSmtpAddress, ...,
PidTagSenderEmailAddress)."""
_NAMES: Final = (0x0042, 0x0C1A)
_HEADERS, _SUBMITTED, _DELIVERED, _REPLY = 0x007D, 0x0039, 0x0E06, 0x0050
_TEXTS: Final = {"To": 0x0E04, "Cc": 0x0E03, "Subject": 0x0037, "Reply-To": _REPLY}
_MAILBOX: Final = re.compile(r"\s*\"?([^<]*?)\"?\s*<([^<>]*)>\s*", re.DOTALL)
_UNREAD: Final = '"a sender that cannot be read"'


def shown_header(bag: Bag) -> bytes:
    """Return the block, without the empty line after it.

    Args:
        bag: properties of the message.
    """
    lines = [_field("From", ", ".join(_mailboxes(bag)))]
    lines += [_field(name, one) for name, tag in _TEXTS.items() for one in _stated(bag, (tag,))]
    lines += [_field("Reply-To", one) for one in _from_transport(bag, "reply-to")]
    sent = bag.times.get(_SUBMITTED) or bag.times.get(_DELIVERED)
    if sent is not None:
        lines.append(f"Date: {format_datetime(sent.moment)}\r\n")
    return "".join(lines).encode("ascii")


def _mailboxes(bag: Bag) -> Iterator[str]:
    """Rule 1: all names as one with every address, and what the headers say beyond that."""
    found = list(_stated(bag, _ADDRESSES))
    mail = [one for one in found if not one.startswith("/")] or found
    addresses = {one.lower(): one for one in mail}
    names, others = list(_stated(bag, _NAMES)), list[str]()
    for one in _from_transport(bag, "from"):
        mailbox = _MAILBOX.fullmatch(one)
        if mailbox and mailbox[2].strip().lower() in addresses:
            names.append(mailbox[1].strip())
        elif one.strip().lower() not in addresses:
            others.append(one)
    name = " / ".join(dict.fromkeys(one for one in names if one))
    name = name.replace('"', "'").replace("\\", "/")
    yield from (f'"{name}" <{one}>' for one in addresses.values())
    if not addresses and (name or not others):
        yield f'"{name}"'
    yield from others
    if any(one is None for tag in (*_ADDRESSES, *_NAMES, _HEADERS) for one in bag.texts(tag)):
        yield _UNREAD


def _from_transport(bag: Bag, name: str) -> Iterator[str]:
    """Return a field of the headers that the message was received with, each time it stands."""
    blocks = [read_mail_fields(one) for one in _stated(bag, (_HEADERS,))]
    return (decode_words(one) for block in blocks for one in block.all(name) if one)


def _stated(bag: Bag, tags: Iterable[int]) -> Iterator[str]:
    """Return every different text under some tags; those that cannot be read are left out."""
    found = (one.strip() for tag in tags for one in bag.texts(tag) if one is not None)
    return iter(dict.fromkeys(one for one in found if one))


def _field(name: str, value: str) -> str:
    if len(value) > MAX_FIELD:
        return ""
    pieces = [value[at : at + _PIECE] for at in range(0, len(value), _PIECE)]
    words = (b64encode(one.encode("utf-8", "replace")).decode("ascii") for one in pieces)
    return f"{name}: " + "\r\n ".join(f"=?utf-8?B?{one}?=" for one in words) + "\r\n"
