"""Facts of a message saved by Outlook (MS-OXMSG, MS-OXOMSG).

A saved message is a copy of a mailbox's record, not what went over the wire: subject, sender and
times are fields that Outlook lets anybody edit. The transport headers, where they were kept, are
the one part that came from outside; they are stated, and held against the fields. A signature of a
mail server (DKIM) can as a rule not be checked on such a copy, for the body is not what was signed.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from provenance.facts.gathering import Gathered, counted, quoted
from provenance.facts.members import members_not_examined
from provenance.facts.model import Weight
from provenance.facts.office.compound import Compound
from provenance.facts.office.mail_fields import MailFields, read_mail_fields
from provenance.facts.office.outlook_store import Bag, read_bag
from provenance.facts.plain.web import tell_web
from provenance.facts.stated_dates import Stated, from_filetime, is_later

MAX_ATTACHMENTS: Final = 200  # that are told one by one
MAX_PEOPLE: Final = 200  # recipients that are read
MAX_HOPS: Final = 20  # Received fields that are stated
CLOCKS: Final = timedelta(minutes=15)  # two computers' clocks may differ

_SUBJECT, _HEADERS, _CLASS, _INDEX, _HTML = 0x0037, 0x007D, 0x001A, 0x0071, 0x1013
_TEXTS: Final = {
    _CLASS: "class",
    _SUBJECT: "subject",
    0x0C1A: "sender-name",
    0x0C1F: "sender-address",
    0x5D01: "sender-smtp",
    0x0042: "on-behalf-of-name",
    0x0065: "on-behalf-of-address",
    0x0E04: "to",
    0x0E03: "cc",
    0x0E02: "bcc",
    0x1035: "message-id",
    0x3FF8: "creator",
    0x3FFA: "last-modifier",
}
_TIMES: Final = {
    0x0039: "submitted",
    0x0E06: "delivered",
    0x3007: "created",
    0x3008: "modified",
}
_SUBMITTED, _DELIVERED, _CREATED, _MODIFIED = 0x0039, 0x0E06, 0x3007, 0x3008


def read_outlook(gathered: Gathered, compound: Compound) -> None:
    """State what a message says and observe what does not go together in it."""
    bag = read_bag(compound)
    for tag, name in _TEXTS.items():
        gathered.state(f"message.{name}", bag.text(tag))
    for tag, name in _TIMES.items():
        if tag in bag.times:
            gathered.state(f"message.{name}", bag.times[tag].shown)
    fields = read_mail_fields(bag.text(_HEADERS))
    gathered.step("headers", lambda: _tell_headers(gathered, bag, fields))
    gathered.step("times", lambda: _judge_times(gathered, bag, fields))
    gathered.step("recipients", lambda: _tell_recipients(gathered, compound, bag))
    gathered.step("attachments", lambda: _tell_attachments(gathered, compound))
    page = bag.binary(_HTML)
    if page is not None:
        gathered.step("body", lambda: tell_web(gathered, page, where="body"))


def _tell_headers(gathered: Gathered, bag: Bag, fields: MailFields) -> None:
    if not fields.count:
        text = (
            "It holds no transport headers: it was never received (a draft, a sent copy), or they"
            " were lost when it was saved."
        )
        gathered.observe("no-transport-headers", Weight.NOTE, text)
        return
    for name in ("from", "to", "date", "subject", "message-id", "return-path"):
        gathered.state(f"headers.{name}", fields.first(name))
    hops = gathered.upto(fields.all("received"), MAX_HOPS, "Received fields")
    for number, hop in enumerate(hops, start=1):
        gathered.state(f"headers.received-{number}", hop)
    for name in ("x-originating-ip", "x-mailer", "user-agent", "x-sender-ip"):
        gathered.state(f"headers.{name}", fields.first(name))
    text = (
        f"Transport headers were kept: {counted(fields.count, 'line')},"
        f" {counted(len(fields.all('received')), 'station')} on the way, dated"
        f" {quoted(fields.first('date'), 60)}, from {quoted(fields.first('from'), 120)}."
    )
    gathered.observe("transport-headers", Weight.NOTE, text)
    _judge_sender(gathered, bag, fields)
    header, field = fields.decoded("subject"), bag.text(_SUBJECT)
    if header and field and _plain(header) != _plain(field):
        text = f"Subject: the headers say {quoted(header)}, the message says {quoted(field)}."
        gathered.observe("subject-differs", Weight.CONTRADICTION, text)


def _judge_sender(gathered: Gathered, bag: Bag, fields: MailFields) -> None:
    header = fields.address("from")
    stated = {
        bag.text(tag).strip().lower() for tag in (0x0C1F, 0x5D01, 0x0065, 0x5D02) if bag.text(tag)
    }
    mail = {one for one in stated if "@" in one}  # others are names in a directory, not addresses
    if header and mail and header not in mail:
        text = (
            f"Sender: the headers say {quoted(header, 80)}, the message says"
            f" {quoted(', '.join(sorted(mail)), 120)}."
        )
        gathered.observe("sender-differs", Weight.CONTRADICTION, text)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _contradict(gathered: Gathered, code: str, text: str) -> None:
    """Say what contradicts the sending time, which is the date of the document itself."""
    gathered.observe(code, Weight.CONTRADICTION, text, evidence="metadata-date-contradicts")


def _judge_times(gathered: Gathered, bag: Bag, fields: MailFields) -> None:
    sent, delivered = bag.times.get(_SUBMITTED), bag.times.get(_DELIVERED)
    dated = fields.date()
    if sent and delivered and is_later(sent, delivered, CLOCKS):
        text = f"It was delivered ({delivered.shown}) before it was sent ({sent.shown})."
        _contradict(gathered, "delivered-before-sent", text)
    if sent and dated and (is_later(sent, dated, CLOCKS) or is_later(dated, sent, CLOCKS)):
        text = f"Sent: the headers say {dated.shown}, the message says {sent.shown}."
        _contradict(gathered, "sent-time-differs", text)
    began = thread_start(bag.binary(_INDEX, limit=4096))
    if began is not None:
        gathered.state("message.thread-began", began.shown)
        if sent and is_later(began, sent, CLOCKS):
            text = (
                f"Its conversation began ({began.shown}) after it says it was sent ({sent.shown})."
            )
            _contradict(gathered, "thread-after-message", text)
    changed = bag.times.get(_MODIFIED)
    for name, stated in (("sent", sent), ("delivered", delivered)):
        now = Stated(moment=gathered.at, zoned=True)
        if stated and is_later(stated, now, timedelta(days=1)):
            text = f'The date "{name}" lies in the future: {stated.shown}.'
            gathered.observe("date-in-the-future", Weight.CONTRADICTION, text)
    if delivered and changed and is_later(changed, delivered, timedelta(days=1)):
        text = (
            f"The record was changed ({changed.shown}) more than a day after delivery"
            f" ({delivered.shown}), as by moving, flagging, saving or editing it."
        )
        gathered.observe("changed-after-delivery", Weight.NOTE, text)


def thread_start(index: bytes | None) -> Stated | None:
    """Return when the conversation began, by its index (MS-OXOMSG 2.2.1.3), or None.

    The first six bytes are the upper ones of a FILETIME, whose highest byte is always 1.
    """
    if index is None or len(index) < 22 or index[0] != 1:
        return None
    stated = from_filetime(int.from_bytes(index[:6], "big") << 16)
    return stated if stated and 1990 <= stated.moment.year <= 2100 else None


def _tell_recipients(gathered: Gathered, compound: Compound, bag: Bag) -> None:
    hidden = []
    for storage in gathered.upto(
        _storages(compound, "__recip_version1.0_"), MAX_PEOPLE, "recipients"
    ):
        one = read_bag(compound, storage)
        if one.numbers.get(0x0C15) == 3:  # PidTagRecipientType: 3 is a blind copy
            hidden.append(one.text(0x39FE) or one.text(0x3003) or one.text(0x3001))
    blind = "; ".join(hidden) or bag.text(0x0E02)
    if blind.strip():
        text = f"Blind copies went to {quoted(blind)}: the other recipients did not see that."
        gathered.observe("blind-copies", Weight.HIDDEN, text)


def _tell_attachments(gathered: Gathered, compound: Compound) -> None:
    storages = list(_storages(compound, "__attach_version1.0_"))
    gathered.state("message.attachments", len(storages) or "")
    for storage in gathered.upto(storages, MAX_ATTACHMENTS, "attachments"):
        one = read_bag(compound, storage)
        name = one.text(0x3707) or one.text(0x3704) or one.text(0x3001)
        data = one.binary(0x3701, limit=1 << 28)
        what = (
            f"{counted(len(data), 'byte')}, SHA-256 {hashlib.sha256(data).hexdigest()}"
            if data is not None
            else "a message or an object"
        )
        text = f"Attached: {quoted(name) if name else 'without a name'}, {what}."
        gathered.observe("attachment", Weight.NOTE, text, where=storage[-1])
    if storages:
        gathered.keep(members_not_examined(len(storages), kind="attachment", intake=False))


def _storages(compound: Compound, prefix: str) -> Iterator[tuple[str, ...]]:
    return (
        path for path in compound.storages if len(path) == 1 and path[0].lower().startswith(prefix)
    )
