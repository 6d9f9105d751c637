"""Messages saved by Outlook: fields held against the headers that came over the wire."""

import hashlib

import pytest

from provenance.facts.model import Facts, Weight
from provenance.facts.office.mail_fields import read_mail_fields
from provenance.facts.office.ole import read_ole_facts
from provenance.facts.office.outlook import thread_start
from tests.facts.office.compounds import message, message_rows, ticks
from tests.facts.reading import AT, codes, one, said

SUBJECT, SENDER, HEADERS, INDEX, HTML = 0x0037, 0x0C1F, 0x007D, 0x0071, 0x1013
SENT, DELIVERED, CHANGED = 0x0039, 0x0E06, 0x3008
TIMES = {SENT: "2020-01-06T19:04:00+00:00", DELIVERED: "2020-01-06T19:04:20+00:00"}
BLOCK = (
    "Received: from a.example by b.example\r\n\twith ESMTP; Mon, 6 Jan 2020 19:04:10 +0000\r\n"
    "Received: from c.example by a.example; Mon, 6 Jan 2020 19:04:05 +0000\r\n"
    "From: Joan Weber <joan@example.org>\r\n"
    "Subject: =?utf-8?q?Letter_to_the_minister?=\r\n"
    "Date: Mon, 6 Jan 2020 21:04:00 +0200\r\n"
    "X-Originating-IP: [192.0.2.7]\r\n"
)
TEXTS = {SUBJECT: "Letter to the minister", SENDER: "joan@example.org", HEADERS: BLOCK}


def _read(data: bytes) -> Facts:
    facts = read_ole_facts(data, at=AT)
    assert facts.notes == (), facts.notes
    return facts


def test_an_honest_message() -> None:
    """Fields and headers agree: one note that the headers were kept, and what they say."""
    facts = _read(message(TEXTS, times=TIMES))
    assert codes(facts) == {"transport-headers"}
    assert "2 stations on the way" in one(facts, "transport-headers").text
    assert facts.properties["message.subject"] == "Letter to the minister"
    assert facts.properties["message.submitted"] == "2020-01-06T19:04:00Z"
    assert facts.properties["headers.received-1"].endswith("19:04:10 +0000")
    assert facts.properties["headers.x-originating-ip"] == "[192.0.2.7]"


@pytest.mark.parametrize(
    ("code", "texts", "times"),
    [
        ("subject-differs", {SUBJECT: "Letter to nobody"}, {}),
        ("sender-differs", {SENDER: "max@example.org"}, {}),
        ("sent-time-differs", {}, {SENT: "2020-01-05T19:04:00+00:00"}),
        ("delivered-before-sent", {}, {DELIVERED: "2020-01-06T18:00:00+00:00"}),
        ("date-in-the-future", {}, {SENT: "2030-01-01T00:00:00+00:00"}),
    ],
)
def test_a_field_that_was_edited(code: str, texts: dict[int, str], times: dict[int, str]) -> None:
    """Each field that Outlook lets anybody edit is held against the headers or each other."""
    facts = _read(message(TEXTS | texts, times=TIMES | times))
    assert code in codes(facts, Weight.CONTRADICTION)


@pytest.mark.parametrize(
    ("code", "times"),
    [
        ("sent-time-differs", {SENT: "2020-01-05T19:04:00+00:00"}),
        ("delivered-before-sent", {DELIVERED: "2020-01-06T18:00:00+00:00"}),
    ],
)
def test_a_date_that_its_own_message_contradicts_is_evidence(
    code: str, times: dict[int, str]
) -> None:
    """When a saved message was sent is its date, as in mail: it may be coded against."""
    facts = _read(message(TEXTS, times=TIMES | times))
    assert one(facts, code).evidence == "metadata-date-contradicts"


def test_a_sender_in_a_directory_is_no_contradiction() -> None:
    """Exchange writes a name of its directory where an address is expected."""
    texts = TEXTS | {SENDER: "/O=FIRM/OU=X/CN=RECIPIENTS/CN=JOAN"}
    assert codes(_read(message(texts, times=TIMES))) == {"transport-headers"}


def test_without_headers_it_is_said() -> None:
    """A draft or a sent copy has none, and that is said rather than passed over."""
    facts = _read(message({SUBJECT: "Draft"}))
    assert codes(facts) == {"no-transport-headers"}


def test_the_conversation_is_younger_than_the_message() -> None:
    """The index of a conversation keeps when it began; a back-dated message cannot change that."""
    index = ticks("2021-06-01T00:00:00+00:00").to_bytes(8, "big")[:6] + bytes(16)
    facts = _read(message(TEXTS, times=TIMES, binaries={INDEX: index}))
    assert "2021-05-31" in one(facts, "thread-after-message").text
    assert one(facts, "thread-after-message").evidence == "metadata-date-contradicts"
    assert thread_start(b"") is None
    assert thread_start(b"\x02" + bytes(30)) is None


def test_attachments_blind_copies_changes_and_a_beacon_in_the_body() -> None:
    """Attachments with digests; recipients that others do not see; the body as a page."""
    attached, reader = "__attach_version1.0_#00000000", "__recip_version1.0_#00000000"
    page = b'<html><img src="http://beacon.example/open.gif"></html>'
    facts = _read(
        message(
            TEXTS,
            times=TIMES | {CHANGED: "2020-03-01T00:00:00+00:00"},
            binaries={HTML: page},
            more={
                f"{attached}/__substg1.0_3707001F": "plan.pdf".encode("utf-16-le"),
                f"{attached}/__substg1.0_37010102": b"%PDF",
                f"{attached}/__properties_version1.0": bytes(8),
                f"{reader}/__substg1.0_39FE001F": "eve@x.example".encode("utf-16-le"),
                f"{reader}/__properties_version1.0": message_rows({}, {0x0C15: 3}, head=8),
            },
        )
    )
    assert hashlib.sha256(b"%PDF").hexdigest() in one(facts, "attachment").text
    assert "eve@x.example" in one(facts, "blind-copies").text
    assert "beacon.example" in one(facts, "remote-content").text
    assert one(facts, "changed-after-delivery").weight is Weight.NOTE
    assert facts.properties["message.attachments"] == "1"


def test_header_fields_are_unfolded_and_nonsense_left_out() -> None:
    """Folding, order, lines that are no fields, dates without a zone, broken encoded words."""
    fields = read_mail_fields(BLOCK + "no field here\r\nDate : x\r\nSubject: =?bad?x?=\r\n")
    assert len(fields.all("received")) == 2
    assert fields.first("received").startswith("from a.example by b.example with ESMTP")
    assert fields.address("from") == "joan@example.org"
    assert fields.decoded("subject") == "Letter to the minister"
    unknown = read_mail_fields("Date: Mon, 6 Jan 2020 21:04:00 -0000").date()
    assert unknown is not None
    assert not unknown.zoned
    assert read_mail_fields("Date: yesterday").date() is None
    assert read_mail_fields("From: nobody").address("from") == ""
    assert said(_read(message({HEADERS: "Date: 99 Foo 2020"})), "sent-time-differs") == ""
