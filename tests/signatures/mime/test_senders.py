"""Who a mail says it is from, and how a name hides an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.signatures.mail.shown import show_field
from provenance.signatures.mime.fields import read_fields
from provenance.signatures.mime.senders import Senders, read_senders


def read(*fields: str) -> Senders:
    """Read header fields."""
    data = "".join(f"{one}\n" for one in fields).encode() + b"\n"
    return read_senders(read_fields(data, 0, len(data)))


@pytest.mark.parametrize(
    "value",
    [
        "ann@desk.example",
        "<ann@desk.example>",
        "Ann Author <ann@desk.example>",
        '"Author, Ann" <Ann@Desk.Example>',
        "ann@desk.example (Ann Author)",
        "=?utf-8?b?QW5uIMOc?= <ann@desk.example>",
        "Ann (the <author>) <ann@desk.example>",
    ],
)
def test_one_sender_however_written(value: str) -> None:
    """Each usual form gives the one address, and nothing to say."""
    found = read(f"From: {value}")
    assert found.addresses == ("ann@desk.example",)
    assert found.named == ()
    assert found.codes == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (["From: a@b.example", "From: c@d.example"], "several-from-fields"),
        (["From: a@b.example, c@d.example"], "several-from-addresses"),
        (["From: friends: a@b.example, c@d.example;"], "several-from-addresses"),
        (["Subject: none"], "from-unreadable"),
        (["From: Ann Author"], "from-unreadable"),
        (["From: <>"], "from-unreadable"),
        (["From: a@b.example@c.example"], "from-unreadable"),
        (['From: "c@d.example" <a@b.example>'], "address-in-display-name"),
        (["From: =?utf-8?q?c=40d=2Eexample?= <a@b.example>"], "address-in-display-name"),
        (
            ["From: =?utf-8?q?c=40d=2E?= =?utf-8?q?example?= <a@b.example>"],
            "address-in-display-name",
        ),
        (["From: c\uff20d.example <a@b.example>"], "address-in-display-name"),
        (["From: a@b.example (c@d.example)"], "address-in-display-name"),
        ([f"From: {'x' * 300} <a@b.example>"], "from-name-too-long"),
        (["From: a\u202eb <a@b.example>"], "from-hidden-characters"),
        (["From: =?utf-8?q?a=0Ab?= <a@b.example>"], "from-hidden-characters"),
        (["From: =?utf-8?q?a=00b?= <a@b.example>"], "from-hidden-characters"),
        (["From: =?x-none?q?a?= <a@b.example>"], "from-undecodable"),
        (["From: =?utf-8?q?a b?= <a@b.example>"], "from-undecodable"),
        (["From: =?koi8-r*ru?q?c=40d=2Eexample=D2?= <a@b.example>"], "address-in-display-name"),
        (["From: =?utf-8?q?c=40d=2Eexample_=D2?= <a@b.example>"], "address-in-display-name"),
    ],
)
def test_each_trick_has_its_code(fields: list[str], code: str) -> None:
    """What programs show differently, or instead of the address, is said."""
    found = read(*fields)
    assert code in found.codes
    assert len(found.warnings) == len(found.codes)


@pytest.mark.parametrize("word", ["koi8-r?q?=F4", "utf-8?b?0KI=", "utf-8?q?=F4_b", "x-none?q?a"])
def test_a_name_reads_as_in_every_other_part_of_the_program(word: str) -> None:
    """The judgement of a signature and what is told about the mail show the same name."""
    value = f"=?{word}?= <a@b.example>"
    assert read(f"From: {value}").shown == show_field(value.encode())


def test_only_plain_letters_lose_their_case() -> None:
    """The Kelvin sign is no k, and two long addresses that end differently differ."""
    assert read("From: ANN@DESK.example").addresses == ("ann@desk.example",)
    assert read("From: ann@des\u212a.example").addresses != ("ann@desk.example",)
    long = [read(f"From: {'a' * 200}@{'b' * 240}.{end}").addresses for end in ("c", "d")]
    assert long[0] != long[1]


def test_what_is_shown_is_tamed() -> None:
    """No control or reordering character leaves the module."""
    found = read("From: a\u202eb <a@b.example>", "Reply-To: \u200bx@y.example")
    assert found.shown == "a\\u{202e}b <a@b.example>"
    assert all("\u200b" not in one for one in found.reply_to)


def test_other_fields_are_read_too() -> None:
    """Sender and Reply-To give their addresses."""
    found = read(
        "From: a@b.example", "Sender: S <s@b.example>", "Reply-To: r@b.example, t@b.example"
    )
    assert found.sender == ("s@b.example",)
    assert found.reply_to == ("r@b.example", "t@b.example")


@given(st.text(max_size=300))
def test_reading_is_total(value: str) -> None:
    """Any text gives a value with tamed words only."""
    found = read(f"From: {value}")
    assert len(found.codes) == len(set(found.codes))
    assert all(one.isprintable() for one in (*found.addresses, *found.named))
