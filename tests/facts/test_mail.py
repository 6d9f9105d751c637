"""What a message says about itself, and its contradictions."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from email.feedparser import FeedParser
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.facts.mail import read_mail_facts
from provenance.facts.mail_parts import MAX_LISTED, MAX_PARTS
from provenance.facts.mail_routing import MAX_HOPS
from provenance.facts.model import Facts, Weight
from provenance.signatures.mail.message import MAX_FIELDS
from provenance.signatures.text import is_printable_safe
from provenance.verdict.catalogue import CATALOGUE
from tests.signatures.mail.world import LETTER, ed_server, sign

NOW = datetime(2040, 1, 1, tzinfo=UTC)


def facts_of(data: bytes) -> Facts:
    """Read the facts of a message."""
    return read_mail_facts(data, at=NOW)


def codes_of(data: bytes) -> set[str]:
    """Return the codes of what was observed."""
    return {one.code for one in facts_of(data).observations}


def with_field(field: bytes, data: bytes = LETTER) -> bytes:
    """Add a field at the bottom of the header."""
    return data.replace(b"\r\n\r\n", b"\r\n" + field + b"\r\n\r\n", 1)


def with_date(date: bytes) -> bytes:
    """Replace the Date of the letter."""
    return LETTER.replace(b"Mon, 6 Jan 2020 19:04:00 +0000", date)


def mixed(*parts: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """Return the letter with parts for a body."""
    header = LETTER.partition(b"\r\n\r\n")[0]
    header = header.replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b")
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return header + b"\r\n\r\n" + before + body + b"--b--\r\n" + after


def html(text: str) -> bytes:
    """Return the letter as HTML."""
    return LETTER.partition(b"\r\n\r\n")[0].replace(b"text/plain", b"text/html") + (
        b"\r\n\r\n" + text.encode()
    )


def test_plain_facts() -> None:
    """A plain letter: the shown fields, the way it took, and nothing that contradicts itself."""
    facts = facts_of(LETTER)
    assert facts.properties == {
        "mail.Date": "Mon, 6 Jan 2020 19:04:00 +0000",
        "mail.From": "Ann Author <ann@example.org>",
        "mail.Message-ID": "<20200106190400.1@example.org>",
        "mail.Subject": "The letter about moving",
        "mail.To": "Joan <joan@example.net>",
        "mail.hops": "1",
        "mail.parts": "1",
        "mail.received.01": "2020-01-06T19:04:10Z by mx.example.org",
    }
    assert [one.code for one in facts.observations] == ["mail-date-agrees"]
    assert facts.notes == ()


def test_every_evidence_is_in_the_catalogue() -> None:
    """Observations name entries of the catalogue or none, and their sign fits their weight."""
    for date in (b"Mon, 6 Jan 2020 19:04:00 +0000", b"Tue, 7 Jan 2020 23:00:00 +0000"):
        for one in facts_of(with_date(date)).observations:
            if one.evidence is not None:
                against = CATALOGUE[one.evidence].grades["dating"] < 0
                assert against == (one.weight is Weight.CONTRADICTION)


@pytest.mark.parametrize(
    ("date", "code", "evidence"),
    [
        (b"Tue, 7 Jan 2020 19:04:00 +0000", "mail-date-after-first-hop", True),
        (b"Sat, 4 Jan 2020 19:04:00 +0000", "mail-date-before-first-hop", True),
        (b"Sun, 6 Jan 2020 19:04:00 +0000", "mail-wrong-weekday", False),
        (b"Mon, 6 Jan 2020 19:04:00 +1500", "mail-impossible-zone", False),
        (b"Mon, 6 Jan 2020 19:04:00 -1230", "mail-impossible-zone", False),
        (b"Mon, 6 Jan 2020 19:04:00 +0101", "mail-impossible-zone", False),
        (b"Sun, 6 Jan 2080 19:04:00 +0000", "mail-date-in-the-future", False),
    ],
)
def test_dates_that_contradict(date: bytes, code: str, evidence: bool) -> None:
    """Each is a contradiction; only those of two times are evidence on the dating."""
    (found,) = (one for one in facts_of(with_date(date)).observations if one.code == code)
    assert found.weight is Weight.CONTRADICTION
    assert (found.evidence == "metadata-date-contradicts") == evidence


def test_a_date_that_cannot_be_read_is_noted() -> None:
    """No guess, and the other facts stay."""
    facts = facts_of(with_date(b"on a Monday"))
    assert facts.notes == ("1 Date fields could not be read as a date",)
    assert facts.properties["mail.Date"] == "on a Monday"


def test_zones_are_compared() -> None:
    """A sender's clock in another zone than the first server's is worth knowing."""
    assert "mail-zones-differ" in codes_of(with_date(b"Mon, 6 Jan 2020 22:04:00 +0300"))


def test_a_signature_of_another_day_contradicts() -> None:
    """The signature's own time beside the Date field."""
    signed = sign(LETTER, ed_server(), at=datetime(2020, 2, 1, tzinfo=UTC))
    assert "mail-date-against-signature" in codes_of(signed)
    assert "mail-date-against-signature" not in codes_of(sign(LETTER, ed_server()))
    assert "mail-date-against-signature" not in codes_of(sign(LETTER, ed_server(), at=None))


def test_the_way_is_told_in_order() -> None:
    """Hops from the first server to the last, by the names they give themselves."""
    data = b"Received: by b.example; Mon, 6 Jan 2020 20:00:00 +0000\r\n" + LETTER
    properties = facts_of(data).properties
    assert properties["mail.received.01"].endswith("by mx.example.org")
    assert properties["mail.received.02"] == "2020-01-06T20:00:00Z by b.example"
    many = b"Received: by b.example; nonsense\r\n" * 100 + LETTER
    listed = [name for name in facts_of(many).properties if name.startswith("mail.received")]
    assert len(listed) == MAX_HOPS


def test_time_running_backwards() -> None:
    """A later server with an earlier time contradicts; a minute of skew does not."""
    back = b"Received: by b.example; Mon, 6 Jan 2020 12:00:00 +0000\r\n" + LETTER
    (found,) = (one for one in facts_of(back).observations if one.code == "mail-routing-backwards")
    assert "2020-01-06T12:00:00Z" in found.text
    skewed = b"Received: by b.example; Mon, 6 Jan 2020 19:03:00 +0000\r\n" + LETTER
    assert "mail-routing-backwards" not in codes_of(skewed)


def test_waiting_on_the_way_and_no_way_at_all() -> None:
    """Days in a queue are worth knowing; a message without a way may be a draft."""
    late = b"Received: by b.example; Fri, 10 Jan 2020 12:00:00 +0000\r\n" + LETTER
    assert "mail-long-wait" in codes_of(late)
    draft = LETTER[LETTER.index(b"From:") :]
    assert "mail-no-routing" in codes_of(draft)
    assert "mail.hops" not in facts_of(draft).properties


def test_no_address_of_a_computer_is_repeated() -> None:
    """Addresses in Received and X-Originating-IP show up nowhere; that they are there, does."""
    data = (
        b"Received: from [203.0.113.7] by 198.51.100.9; Mon, 6 Jan 2020 19:04:20 +0000\r\n"
        b"X-Originating-IP: [203.0.113.7]\r\n"
        b"Authentication-Results: mx.example.org; spf=pass smtp.client-ip=203.0.113.7\r\n" + LETTER
    )
    facts = facts_of(data)
    assert "203.0.113.7" not in repr(facts)
    assert "198.51.100.9" not in repr(facts)
    (found,) = (one for one in facts.observations if one.code == "mail-origin-exposed")
    assert found.weight is Weight.RISK
    assert "X-Originating-IP" in found.text
    assert facts.properties["mail.Authentication-Results.1"] == "mx.example.org claims spf=pass"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (b"Reply-To: bob@evil.example", "mail-reply-elsewhere"),
        (b"Sender: bob@service.example", "mail-sender-elsewhere"),
        (b"Return-Path: <bounce@service.example>", "mail-return-path-elsewhere"),
        (b"Subject: another", "mail-double-field"),
        (b"MIME-Version:  1.0", "mail-repeated-field"),
        (b"Reply-To: =?utf-8?q?a=E2=80=AEb?= <ann@example.org>", "mail-reordered-text"),
        (b"Reply-To: =?utf-8?q?a=E2=80=8Bb?= <ann@example.org>", "mail-invisible-characters"),
        (b"X: y\rSubject: fake", "mail-stray-line"),
        (b"no field", "mail-stray-line"),
    ],
)
def test_fields_that_do_not_fit(field: bytes, code: str) -> None:
    """Each is observed, and the plain letter has none of them."""
    assert code in codes_of(with_field(field))
    assert code not in codes_of(LETTER)


@pytest.mark.parametrize(
    "field",
    [
        b"Reply-To: ann@mail.example.org",
        b"Return-Path: <>",
        b"Sender: Ann <ann@example.org>",
        "Reply-To: \u0646\u0627\u0645\u0647\u200c\u0647\u0627 <ann@example.org>".encode(),
    ],
)
def test_fields_that_fit_are_left_alone(field: bytes) -> None:
    """The same organisation, an empty return path, and joiners that belong to a script."""
    assert codes_of(with_field(field)) == codes_of(LETTER)


@pytest.mark.parametrize(
    ("author", "code"),
    [
        (b'"ceo@bank.example" <ann@example.org>', "mail-name-holds-address"),
        (b"=?utf-8?q?ceo=40bank.example?= <ann@example.org>", "mail-name-holds-address"),
        (b"Ann <joe]@example.org>", "mail-from-unreadable"),
        (b"Ann <ann@xn--bcher-kva.example>", "mail-international-domain"),
        (b"Ann <ann@other.example>", "mail-id-elsewhere"),
    ],
)
def test_authors_that_need_a_look(author: bytes, code: str) -> None:
    """Another address in the name, a broken address, letters beyond ASCII, a foreign id."""
    assert code in codes_of(LETTER.replace(b"Ann Author <ann@example.org>", author))


def test_missing_fields_are_told() -> None:
    """What every sent message has."""
    (found,) = (
        one
        for one in facts_of(b"Subject: x\r\n\r\nbody").observations
        if one.code == "mail-field-missing"
    )
    assert "From, Date, Message-ID" in found.text


def test_attachments_are_listed_with_their_digests() -> None:
    """Name, type, size and SHA-256 of the decoded bytes, as the unpacked file will have them."""
    raw = b"%PDF-1.4 ..."
    part = (
        b"Content-Type: application/pdf; name=letter.pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="=?utf-8?q?Stra=C3=9Fe?=.pdf"\r\n\r\n'
        + b64encode(raw)
    )
    facts = facts_of(mixed(b"Content-Type: text/plain\r\n\r\nHello", part))
    assert facts.properties["mail.attachments"] == "1"
    assert facts.properties["mail.attachment.001"] == (
        f"Straße.pdf; application/pdf; {len(raw)} bytes; sha256 {hashlib.sha256(raw).hexdigest()}"
    )


def test_bytes_beyond_ascii_keep_their_digest() -> None:
    """An attachment sent as it is: every byte counts."""
    raw = bytes(range(128, 256))
    part = b"Content-Type: application/x-any\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + raw
    told = facts_of(mixed(part)).properties["mail.attachment.001"]
    assert told.endswith(f"128 bytes; sha256 {hashlib.sha256(raw).hexdigest()}")


def test_names_in_the_newer_form_are_read() -> None:
    """RFC 2231: charset, language and text; and a name beside the media type."""
    newer = b"Content-Disposition: attachment; filename*=utf-8'de'Stra%C3%9Fe.pdf\r\n\r\nx"
    older = b"Content-Type: application/pdf; name=plain.pdf\r\n\r\nx"
    properties = facts_of(mixed(newer, older)).properties
    assert properties["mail.attachment.001"].startswith("Straße.pdf; ")
    assert properties["mail.attachment.002"].startswith("plain.pdf; application/pdf; ")


def test_a_part_that_the_library_trips_over_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library raises on some broken parts: the others are read, and a note tells."""
    original, close = Message.get_content_maintype, FeedParser.close
    parsed: list[Message] = []

    def trip(part: Message) -> str:
        if parsed and part.get("X-Trap"):
            raise KeyError("trap")
        return original(part)

    def closing(parser: FeedParser) -> Message:
        message = close(parser)
        parsed.append(message)
        return message

    monkeypatch.setattr(FeedParser, "close", closing)
    monkeypatch.setattr(Message, "get_content_maintype", trip)
    facts = facts_of(mixed(b"X-Trap: 1\r\n\r\nx", b"Content-Disposition: attachment\r\n\r\nx"))
    assert any("KeyError" in note for note in facts.notes)
    assert facts.properties["mail.attachments"] == "1"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (b"invoice.pdf.exe", "mail-acting-attachment"),
        (b"INVOICE.JS ", "mail-acting-attachment"),
        ("invoice\u202efdp.exe".encode(), "mail-disguised-name"),
    ],
)
def test_attachments_that_act_or_disguise_themselves(name: bytes, code: str) -> None:
    """By the ending that counts, and by hidden characters in the name."""
    part = b'Content-Disposition: attachment; filename="' + name + b'"\r\n\r\nx'
    facts = facts_of(mixed(part))
    assert code in {one.code for one in facts.observations}
    assert all(is_printable_safe(value) for value in facts.properties.values())


def test_attached_messages_are_named() -> None:
    """A forwarded message is one attachment; what is in it is its own."""
    facts = facts_of(mixed(b"Content-Type: message/rfc822\r\n\r\n" + LETTER))
    assert facts.properties["mail.attachment.001"] == (
        "(no name); message/rfc822; an attached message"
    )


def test_text_outside_of_the_parts_is_hidden_text() -> None:
    """Preamble and epilogue are not shown; the usual sentence there is not told."""
    usual = b"This is a multi-part message in MIME format.\r\n"
    assert "mail-text-outside-parts" not in codes_of(mixed(b"\r\nHello", before=usual))
    for where in ("before", "after"):
        data = mixed(b"\r\nHello", **{where: b"Meet me at noon.\r\n"})
        (found,) = (
            one for one in facts_of(data).observations if one.code == "mail-text-outside-parts"
        )
        assert "Meet me at noon." in found.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<img src="http://track.example/a.png">', "mail-remote-content"),
        ('<img src="//track.example/a.png">', "mail-remote-content"),
        ('<img src="http://[track/a.png">', "mail-remote-content"),
        ('<img srcset="https://track.example/a.png 2x">', "mail-remote-content"),
        ('<p style="background:url(https://track.example/a)">x</p>', "mail-remote-content"),
        ("<style>p{background:url('https://track.example/a')}</style>", "mail-remote-content"),
        ('<link rel=stylesheet href="https://track.example/a.css">', "mail-remote-content"),
        ('<body background="https://track.example/a">x', "mail-remote-content"),
        ("<style>@import 'https://track.example/a.css';</style>", "mail-remote-content"),
        ('<svg><image xlink:href="https://track.example/a"/></svg>', "mail-remote-content"),
        ('<v:fill src="https://track.example/a"/>', "mail-remote-content"),
        (r'<img src="\\track.example\s\a.png">', "mail-remote-content"),
        ('<img src="file://track.example/s/a.png">', "mail-remote-content"),
        ('<!--[if mso]><img src="https://track.example/a"><![endif]-->', "mail-remote-content"),
        ("<!--[if mso]><b style='background:url(//track.example/a)'>-->", "mail-remote-content"),
        ('<img src="https://t.example/a" width=1 height="1">', "mail-beacon"),
        ('<img src="https://t.example/a" style="width:1px; height: 1px">', "mail-beacon"),
        ('<p style="display:none">secret words</p>', "mail-hidden-text"),
        ('<div style="VISIBILITY : hidden"><b>secret</b></div>', "mail-hidden-text"),
        ('<span style="font-size:0px">secret</span>', "mail-hidden-text"),
        ('<p style="color:#fff;background-color:#fff">secret</p>', "mail-hidden-text"),
        ("<p hidden>secret</p>", "mail-hidden-text"),
        ('<p style="max-height:0;overflow:hidden">secret</p>', "mail-hidden-text"),
        ("<script>x</script>", "mail-active-content"),
        ('<p onclick="x">y</p>', "mail-active-content"),
        ('<a href="javascript:x">y</a>', "mail-active-content"),
        ("<form action=x></form>", "mail-active-content"),
        ('<meta http-equiv="Refresh" content="0;url=https://x.example">', "mail-active-content"),
        ('<a href="https://evil.example/x">https://www.bank.com/login</a>', "mail-link-disguised"),
    ],
)
def test_what_html_does(text: str, code: str) -> None:
    """Remote content, beacons, hidden text, active content and disguised links are found."""
    assert code in codes_of(html(text))


def test_html_that_stops_the_parser_is_noted() -> None:
    """Elements too deep or too many to be followed are not passed over in silence."""
    deep = facts_of(html("<div>" * 300 + '<img src="https://t.example/a">'))
    assert any("were not looked at" in note for note in deep.notes)
    many = facts_of(html("<b></b>" * 110_000))
    assert any("were not looked at" in note for note in many.notes)
    assert facts_of(html("<div>" * 100 + "</p></b><foo>")).notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "<p>plain</p>",
        '<img src="cid:part1"><img src="data:image/png;base64,AAAA" width=1 height=1>',
        '<p style="font-size:0.9em;opacity:0.5;color:#fff;background:#000">x</p>',
        '<p style="display:none"> &#8199;&#847; </p>',
        '<!--[if mso]><a href="https://www.bank.com/x">x</a><![endif]--><!--[if',
        '<img src="file:///C:/a.png">',
        '<a href="https://www.bank.com/x">bank.com</a><a href="https://x.example">click</a>',
        "",
    ],
)
def test_harmless_html_is_left_alone(text: str) -> None:
    """Embedded pictures, small print, padding and honest links are not observed."""
    assert codes_of(html(text)) == codes_of(LETTER)


def test_hidden_text_is_quoted_once() -> None:
    """Nested hidden elements are told once, with their words."""
    (found,) = (
        one
        for one in facts_of(html("<p hidden><b hidden>only once</b></p><i>seen</i>")).observations
        if one.code == "mail-hidden-text"
    )
    assert found.text.count("only once") == 1
    assert "seen" not in found.text.replace("be seen", "")


def test_an_unknown_charset_does_not_stop_the_reader() -> None:
    """HTML in a charset nobody knows is read as UTF-8."""
    data = html("<script>x</script>").replace(b"charset=utf-8", b"charset=x-nobody")
    assert "mail-active-content" in codes_of(data)


def test_limits_are_noted() -> None:
    """Too many parts, attachments or fields: told, and what was read stays."""
    part = b"Content-Disposition: attachment\r\n\r\nx"
    facts = facts_of(mixed(*[part] * (MAX_PARTS + 10)))
    assert any("parts were looked at" in note for note in facts.notes)
    listed = [name for name in facts.properties if name.startswith("mail.attachment.")]
    assert len(listed) == MAX_LISTED
    assert facts_of(b"X: y\r\n" * (MAX_FIELDS + 1)).notes[0].startswith("the message could not")
    huge = html("<p>" + "x" * (5 << 20))
    assert any("not looked at" in note for note in facts_of(huge).notes)


def test_deep_nesting_is_survived() -> None:
    """Multiparts within multiparts, a thousand deep, end in facts or a note."""
    data = LETTER.partition(b"\r\n\r\n")[0]
    for number in range(1000):
        data += b"\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d" % (number, number)
    facts = facts_of(data)
    assert facts.properties["mail.Subject"] == "The letter about moving"


FULL = mixed(
    b'Content-Type: text/html\r\n\r\n<p style="display:none">x</p><img src="https://t.example/a">',
    b'Content-Disposition: attachment; filename="a.exe"\r\n\r\nx',
    b"Content-Type: message/rfc822\r\n\r\n" + LETTER,
    before=b"outside\r\n",
)


@settings(max_examples=300, deadline=None)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, 1500), st.integers(0, 40), st.binary(max_size=30)), max_size=6
    )
)
def test_mutations_never_raise(cuts: list[tuple[int, int, bytes]]) -> None:
    """Whatever is cut out or put in: facts, all of them safe to print."""
    data = FULL
    for start, length, new in cuts:
        data = data[:start] + new + data[start + length :]
    facts = facts_of(data)
    texts = [*facts.properties.values(), *(one.text for one in facts.observations), *facts.notes]
    assert all(is_printable_safe(text) for text in texts)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_get_facts(data: bytes) -> None:
    """Random bytes, also behind the beginnings of fields and of HTML."""
    for start in (b"", b"From: ", b"Date: ", b"Received: x; ", b"Content-Type: text/html\r\n\r\n<"):
        facts = facts_of(start + data)
        assert all(is_printable_safe(one.text) for one in facts.observations)


def test_fields_beyond_those_that_are_shown() -> None:
    """Of a field that stands many times some are shown, and the rest are counted."""
    many = "".join(f"Reply-To: a{number}@desk.example\r\n" for number in range(8))
    claims = "Authentication-Results: mx.desk.example; dkim=pass\r\n" * 23
    facts = facts_of(f"From: a@desk.example\r\n{many}{claims}\r\nHello\r\n".encode())
    assert facts.properties["mail.Reply-To"].endswith("| and 3 more")
    assert "3 more Authentication-Results fields were not looked at" in facts.notes
