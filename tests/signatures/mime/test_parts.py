"""The walker: every part is a stretch of the mail's own bytes, every ambiguity a fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.signatures.mime.fields import read_fields, read_valued
from provenance.signatures.mime.parts import (
    MAX_DEPTH,
    MAX_PARTS,
    Part,
    canonical,
    decode_body,
    parse_parts,
)
from tests.signatures.mime.letters import BODY, entity, mail, multipart, page, text


def paths(root: Part) -> list[tuple[str, str]]:
    """Return path and type of every part."""
    return [(one.path, one.kind.word) for one in root.walk()]


def faults(data: bytes) -> set[str]:
    """Return the faults of a mail and all its parts."""
    return {name for one in parse_parts(data).walk() for name in one.faults}


def test_paths_count_from_the_mail_down() -> None:
    """The mail is 0, parts count from 1, an attached mail is the only child of its part."""
    inner = entity("message/rfc822", mail(multipart("mixed", text(), boundary="inner")))
    root = parse_parts(mail(multipart("mixed", text(), page("<p>"), inner)))
    assert paths(root) == [
        ("0", "multipart/mixed"),
        ("0.1", "text/plain"),
        ("0.2", "text/html"),
        ("0.3", "message/rfc822"),
        ("0.3.1", "multipart/mixed"),
        ("0.3.1.1", "text/plain"),
    ]
    assert not any(one.faults for one in root.walk())


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_part_is_its_own_bytes(end: bytes) -> None:
    """Header and body come back as they were, without the line break before the delimiter."""
    part = text().replace(b"\r\n", end)
    data = mail(multipart("mixed", text(), text())).replace(b"\r\n", end)
    first, second = parse_parts(data).children
    assert first.raw == second.raw == part
    assert first.body == BODY.encode().replace(b"\r\n", end)


def test_an_empty_part_and_text_outside_are_kept() -> None:
    """Two delimiters in a row make an empty part; text outside the delimiters is told."""
    data = b"Content-Type: multipart/mixed; boundary=b\n\nbefore\n--b\n--b\n\nx\n--b--\nafter\n"
    root = parse_parts(data)
    assert [one.raw for one in root.children] == [b"", b"\nx"]
    assert root.outside == (b"before", b"after\n")


def test_a_delimiter_at_the_very_start_and_with_padding() -> None:
    """The first line of a body may be a delimiter; blanks behind it are padding."""
    data = b"Content-Type: multipart/mixed; boundary=b\n\n--b \t\n\nx\n--b-- \n"
    (only,) = parse_parts(data).children
    assert only.body == b"x"
    assert faults(data) == set()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"Content-Type: multipart/mixed\n\nx", "boundary-unusable"),
        (b"Content-Type: multipart/mixed; boundary=b\n\nx", "boundary-not-found"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx", "boundary-not-closed"),
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--bc\n\ny\n--b--\n",
            "boundary-lookalike",
        ),
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\r--b\n\ny\n--b--\n",
            "boundary-lookalike",
        ),
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n--b\n\ny\n",
            "boundary-after-closing",
        ),
        (
            b"Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--b\n\nx\n--b--\n",
            "parameter-boundary-ambiguous",
        ),
        (
            b"Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n--ab--\n",
            "parameter-boundary-ambiguous",
        ),
        (b"Content-Type: text/html\nContent-Type: text/plain\n\nx", "duplicate-content-type"),
        (b"Content-Type: what\n\nx", "field-unreadable"),
        (b"Content-Type: text/plain; =\n\nx", "parameters-unreadable"),
        (b"Content-Type : text/plain\n\nx", "header-space-before-colon"),
        (b"Subject: a\rContent-Type: text/html\n\nx", "header-control-character"),
        (b"Subject: a\x00b\n\nx", "header-control-character"),
        (b"no header\n\nx", "header-line-malformed"),
        (b" folded\n\nx", "header-line-malformed"),
        (
            b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nx",
            "multipart-encoded",
        ),
    ],
)
def test_what_programs_read_differently_is_a_fault(data: bytes, fault: str) -> None:
    """Each ambiguity has its own code."""
    assert fault in faults(data)


def test_limits_leave_a_fault_and_come_to_an_end() -> None:
    """Too deep, too many parts, too many fields: a fault, never an exception or a hang."""
    deep = b"x"
    for number in range(MAX_DEPTH + 3):
        deep = multipart("mixed", deep, boundary=f"b{number}")
    assert "too-many-parts" in faults(deep)
    many = multipart("mixed", *[b"\r\nx"] * (MAX_PARTS + 5))
    assert "too-many-parts" in faults(many)
    assert "header-too-large" in faults(b"A: b\n" * 5000)


def test_the_line_of_a_mailbox_file_is_no_field() -> None:
    """An envelope line before the header is let through, once, at the very start."""
    assert faults(b"From ann Sun Nov 22 10:00:00 2026\nSubject: x\n\ny") == set()
    assert faults(b"Subject: x\nFrom ann Sun Nov 22\n\ny") == {"header-line-malformed"}


def test_folded_fields_are_joined() -> None:
    """A folded field is one; its text is what a reader of the field sees."""
    block = read_fields(b"Subject: one\r\n two\r\nX: y\r\n\r\nbody", 0, 100)
    assert block.first("subject") == "one two"
    assert block.all("x") == ("y",)
    assert block.body == 28


def test_parameters_are_read_as_written() -> None:
    """Quotes, escapes and case: names fold, values do not."""
    found = read_valued('Multipart/Signed; Boundary="a\\"b;c"; micalg=sha-256', media=True)
    assert found.word == "multipart/signed"
    assert found.parameters == {"boundary": 'a"b;c', "micalg": "sha-256"}
    assert found.faults == ()


@pytest.mark.parametrize(
    ("encoding", "body", "decoded"),
    [
        ("7bit", b"x=41", b"x=41"),
        ("quoted-printable", b"x=41=\r\ny", b"xAy"),
        ("BASE64", b"eEE=\r\n", b"xA"),
        ("base64", b"eEE=!", None),
        ("x-uuencode", b"x", None),
    ],
)
def test_transfer_encodings(encoding: str, body: bytes, decoded: bytes | None) -> None:
    """What can be taken off exactly is; anything else is not guessed at."""
    part = parse_parts(entity("text/plain", body, f"Content-Transfer-Encoding: {encoding}"))
    assert decode_body(part) == decoded


def test_line_ends_become_what_is_signed() -> None:
    """Each line feed alone gets its carriage return; nothing else changes."""
    assert canonical(b"a\nb\r\nc\rd\n\n") == b"a\r\nb\r\nc\rd\r\n\r\n"


PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"Content-Type: multipart/signed; boundary=b; protocol=x\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Transfer-Encoding: base64\n",
        b"From: a@b\n",
        b" folded\n",
        b"\n",
        b"\r\n",
        b"--b\n",
        b"--b--\n",
        b"--bb\n",
        b"\r--b\n",
        b"x",
        b"\x00",
    ]
)


@given(st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=400))
def test_the_walker_is_total(data: bytes) -> None:
    """Any bytes give a tree, every stretch lies within its parent, and none overlap."""
    root = parse_parts(data)
    for one in root.walk():
        assert one.start <= one.end
        at = one.start
        for child in one.children:
            assert at <= child.start <= child.end <= one.end
            at = child.end
        decode_body(one)
