"""Splitting, canonical forms, tags, dates and addresses: our own parsers, beside the engine's."""

from datetime import UTC, datetime

import dkim
import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.signatures.mail import covering
from provenance.signatures.mail.alignment import is_aligned, organisation, without_names
from provenance.signatures.mail.covering import Body, canonical_body, title
from provenance.signatures.mail.message import Message, split_message
from provenance.signatures.mail.moments import date_of, hops_of, read_date, received_at
from provenance.signatures.mail.shown import decode_field, show_field
from provenance.signatures.mail.tags import Tags, parse_tags
from provenance.signatures.text import is_printable_safe
from tests.signatures.mail.world import LETTER, body_form, fields_of

LINES = st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r", b"\r\n", b"", b"  b \t", b"."]))


def split(data: bytes) -> Message:
    """Split a message that can be split."""
    message = split_message(data)
    assert isinstance(message, Message)
    return message


@settings(max_examples=500, deadline=None)
@given(parts=LINES)
def test_the_body_has_the_engines_canonical_form(parts: list[bytes]) -> None:
    """Our linear canonicalization equals the engine's, on every mixture of blanks and line ends.

    A body without a last line end is taken as if it had one; the engine keeps blanks before it.
    """
    body = b"".join(parts)
    ended = body if body.endswith(b"\r\n") else body + b"\r\n"
    assert canonical_body(body, "simple") == Simple.canonicalize_body(body)
    assert canonical_body(body, "relaxed") == Relaxed.canonicalize_body(ended)


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\r\n\r\n", b"x y"])))
def test_the_body_has_the_standards_canonical_form(parts: list[bytes]) -> None:
    """And that of a second reading of RFC 6376, line by line."""
    body = b"".join(parts)
    for form in ("simple", "relaxed"):
        assert canonical_body(body, form) == body_form(body, form)


def test_a_body_is_brought_into_one_form_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures that want the same form share it; a form that failed is not taken for an empty."""
    made: list[str] = []

    def count(body: bytes, form: str) -> bytes:
        made.append(form)
        if form == "simple":
            raise MemoryError
        return canonical_body(body, form)

    monkeypatch.setattr(covering, "canonical_body", count)
    body = Body(b"a  b\r\n")
    assert [body.canonical("relaxed") for _ in range(3)] == [b"a b\r\n"] * 3
    with pytest.raises(MemoryError):
        body.canonical("simple")
    assert body.canonical("relaxed") == b"a b\r\n"
    assert made == ["relaxed", "simple", "relaxed"]


@settings(max_examples=300, deadline=None)
@given(
    names=st.lists(st.sampled_from([b"From", b"X-Long-Name", b"to"]), max_size=5),
    values=st.lists(st.sampled_from([b" a", b"", b" a\r\n\tb", b" x:y\r\n  \r\n z"]), max_size=5),
    body=st.binary(max_size=20),
)
def test_fields_are_split_as_the_engine_splits_them(
    names: list[bytes], values: list[bytes], body: bytes
) -> None:
    """Same names, same raw values, same body, for every well-formed header."""
    header = b"".join(
        name + b":" + value + b"\r\n" for name, value in zip(names, values, strict=False)
    )
    data = header + b"\r\n" + body
    headers, rest = dkim.rfc822_parse(data)
    message = split(data)
    assert [[one.name, one.value] for one in message.fields] == headers
    assert message.body == rest
    assert [(one.name, one.value) for one in message.fields] == (fields_of(data) if header else [])


def test_odd_beginnings_are_forgiven_and_told() -> None:
    """A mailbox line and a byte order mark are left out; an empty header is one."""
    plain = split(LETTER)
    assert split(b"\xef\xbb\xbf" + LETTER).fields == plain.fields
    boxed = split(b"From ann@example.org Mon Jan  6 19:04:00 2020\r\n" + LETTER)
    assert boxed.fields == plain.fields
    assert boxed.notes == ("the mailbox line before the message was left out",)
    assert split(b"From nowhere").fields == ()
    assert split(b"\r\nbody").body == b"body"
    assert split(b"Subject: x").fields[0].value == b" x\r\n"
    assert split(b"").body == b""
    assert split(LETTER.replace(b"\r\n", b"\n", 3)).mode == "lax"


def test_a_space_before_the_colon_is_the_same_field() -> None:
    """RFC 5322 4.5 allows it, so programs show it: it must count as a second Subject."""
    message = split(b"Subject : fake\r\n" + LETTER)
    assert len(message.named("subject")) == 2


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (b"a=1;;b=2", True),
        (b"a=1;b", True),
        (b"=1", True),
        (b"1a=1", True),
        (b"a=1;a=2", True),
        (b"a=1;", False),
        (b" a = 1 ;\r\n\tb=x=y", False),
        (b"a=;b=", False),
    ],
)
def test_tags_are_read_strictly(text: bytes, wrong: bool) -> None:
    """RFC 6376 3.2: no empty tag, no tag without a name, none twice; values keep their signs."""
    read = parse_tags(text)
    assert isinstance(read, str) == wrong
    if isinstance(read, Tags):
        for name, (begin, end) in read.spans.items():
            assert text[begin:end].strip() == read.values[name]


@given(text=st.binary(max_size=200))
def test_tags_are_total(text: bytes) -> None:
    """Any bytes give tags or a reason."""
    assert isinstance(parse_tags(text), Tags | str)


@pytest.mark.parametrize(
    ("text", "moment", "zone"),
    [
        ("Mon, 6 Jan 2020 19:04:00 +0000", "2020-01-06T19:04", 0),
        ("6 Jan 2020 19:04 -0800 (PST)", "2020-01-07T03:04", -480),
        ("Mon, 06 Jan 20 19:04:00 EST", "2020-01-07T00:04", -300),
        ("Monday, 06-Jan-99 19:04:00 GMT", "1999-01-06T19:04", 0),
        ("Mon, 6 Jan 2020 19:04:00 -0000", "2020-01-06T19:04", None),
        ("Mon, 6 Jan 2020 19:04:00", "2020-01-06T19:04", None),
        ("Mon, 6 Jan 2020 19:04:00 +1475", "2020-01-06T03:49", 915),
        ("6 Jan 120 19:04:00 +0000", "2020-01-06T19:04", 0),
    ],
)
def test_dates_are_read(text: str, moment: str, zone: int | None) -> None:
    """RFC 5322 3.3 and the obsolete forms of 4.3, impossible zones as they stand."""
    read = read_date(text.encode())
    assert read is not None
    assert (read.moment, read.zone) == (datetime.fromisoformat(moment + "+00:00"), zone)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "31 Feb 2020 10:00 +0000",
        "6 Foo 2020 10:00 +0000",
        "6 Jan 2020 25:00 +0000",
        "Xyz, 6 Jan 2020 10:00 +0000",
        "1 Jan 0000 00:00 +0000",
        "1 Jan 0001 00:00 +2300",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Impossible dates are not guessed."""
    assert read_date(text.encode()) is None


@given(text=st.binary(max_size=120))
def test_dates_are_total(text: bytes) -> None:
    """Any bytes give a time or None, behind a date's beginning too."""
    for start in (b"", b"Mon, 6 Jan 2020 ", b"6 Jan 2020 19:04:00 "):
        read = read_date(start + text)
        assert read is None or read.moment.tzinfo is UTC


def test_times_of_a_message() -> None:
    """Date, hops in the order they were made, and the last server's time."""
    data = b"Received: by b.example; Mon, 6 Jan 2020 20:00:00 +0000\r\n" + LETTER
    message = split(data)
    hops = hops_of(message)
    assert [one.moment.hour for one in hops if one] == [19, 20]
    assert received_at(message) == datetime(2020, 1, 6, 20, tzinfo=UTC)
    date = date_of(message)
    assert date is not None
    assert date.weekday_fits
    assert date_of(split(b"Date: 7 Jan 2020 10:00 +0000\r\n" + LETTER)) is None
    assert received_at(split(b"From: a@b.example\r\n\r\n")) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b" =?utf-8?q?Caf=C3=A9_au?=\r\n =?utf-8?B?IGxhaXQ=?= now", "Café au lait now"),
        (b" =?nonsense?q?a?= b", "=?nonsense?q?a?= b"),
        (b" =?utf-8?b?!?= b", "=?utf-8?b?!?= b"),
        ("Übung".encode(), "Übung"),
        ("Übung".encode("latin-1"), "Übung"),
        (b"=?utf-8?q?a=E2=80=AEb?=", "a\\u{202e}b"),
        (b"=?zip?q?a?=", "=?zip?q?a?="),
        (b"=?utf-8?q?a=D2b?=", "a\ufffdb"),
    ],
)
def test_values_are_shown(value: bytes, shown: str) -> None:
    """Encoded words are decoded, broken ones stay, hidden characters become visible."""
    assert show_field(value) == shown


@given(value=st.binary(max_size=200))
def test_values_are_total_and_safe(value: bytes) -> None:
    """Any bytes can be shown, also as an encoded word."""
    for text in (value, b"=?utf-8?b?" + value + b"?=", b"=?utf-16?q?" + value + b"?="):
        assert is_printable_safe(show_field(text))


def test_a_long_value_is_cut_visibly() -> None:
    """The end that was not read is not silently gone."""
    assert decode_field(b"a" * 5000).endswith("…")


@pytest.mark.parametrize(
    ("one", "other", "aligned"),
    [
        ("example.org", "example.org", True),
        ("mail.example.org", "example.org", True),
        ("a.example.co.uk", "b.example.co.uk", True),
        ("example.co.uk", "other.co.uk", False),
        ("co.uk", "co.uk", True),
        ("ann.github.io", "bob.github.io", False),
        ("github.io", "ann.github.io", False),
        ("192.0.2.1", "198.51.2.1", False),
        ("[192.0.2.1]", "x.2.1]", False),
        ("", "", False),
    ],
)
def test_alignment_follows_the_public_suffix_list(one: str, other: str, aligned: bool) -> None:
    """Also for the list's private part: two customers of one host are two organisations."""
    assert is_aligned(one, other) is aligned
    assert is_aligned(other, one) is aligned


def test_an_address_has_no_organisation() -> None:
    """Numbers are not domain names."""
    assert organisation("192.0.2.1") is None
    assert organisation("example.org") == "example.org"


@given(text=st.text(alphabet='"()\\<>a@b., ', max_size=40))
def test_what_is_quoted_never_comes_out(text: str) -> None:
    """Outside of quotations no quotation mark and no closed comment is left."""
    kept, whole = without_names(text)
    assert '"' not in kept
    assert "(" not in kept
    assert whole or '"' in text or "(" in text


def test_titles_read_well() -> None:
    """Field names are told as people write them."""
    assert title("message-id") == "Message-ID"
    assert title("mime-version") == "MIME-Version"
    assert title("dkim-signature") == "DKIM-Signature"
