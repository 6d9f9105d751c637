"""Mailboxes and messages: bytes unchanged, attachments decoded, hostile mail bounded."""

import base64
import email.policy
import io
import mailbox
import os
import tracemalloc
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.intake.containers import ContainerKind, container_kind, unpack
from provenance.intake.failures import Failure, Place, Untaken
from provenance.intake.limits import Budget, Limits
from provenance.intake.mailboxes import LONGEST_FROM_LINE, looks_like_mailbox, message_spans
from provenance.intake.messages import MAX_HEADERS, MAX_NESTING
from provenance.intake.receive import receive_blocks
from tests.intake.world import MemoryBlobs

HERE = Place(path="/in/a.eml", relative="a.eml")
if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FROM = b"From someone@example.org Mon Jan  6 12:00:00 2020\n"


def _unpack(
    data: bytes, *, mail: bool = True, limits: Limits | None = None
) -> tuple[list[tuple[str, bytes]], list[tuple[str, str]]]:
    """Return what was taken (name, bytes) and what failed (member or "", code)."""
    blobs, taken, failed = MemoryBlobs(), [], []
    budget = Budget(limits=limits or Limits(), size=len(data))
    opened = unpack(
        lambda: io.BytesIO(data), head=data[:4096], place=HERE, budget=budget, mail=mail
    )
    for each in opened:
        name = each.place.members[-1] if each.place.members else ""
        if isinstance(each, Failure):
            failed.append((name, each.code.value))
            continue
        try:
            received = receive_blocks(each.blocks, blobs)
        except Untaken as fault:
            failed.append((name, fault.failure.value))
        else:
            taken.append((name, blobs.content[received.digests.sha256]))
    assert blobs.half_written == 0
    return taken, failed


def _rejoined(data: bytes) -> bytes:
    """Put a mailbox together again from its spans, with the blank lines between them."""
    spans = list(message_spans(io.BytesIO(data)))
    if not spans:
        return data
    parts = []
    for span, after in zip(
        spans, [*(each.from_line for each in spans[1:]), len(data)], strict=True
    ):
        gap = data[span.end : after]
        assert gap in (b"", b"\n", b"\r\n")
        parts += [data[span.from_line : span.start], data[span.start : span.end], gap]
    return data[: spans[0].from_line] + b"".join(parts)


def test_mailbox_keeps_bytes() -> None:
    """Each message comes out with exactly the bytes that were put in."""
    messages = [
        b"Subject: one\n\nbody\n",
        b"Subject: two\r\n\r\nno line end",
        b"Subject: three\n\n>From quoted stays\nFrom here on it is a body line\n",
        b"Subject: four\n\n\nFrom after a blank line, without a date\n",
        b"",
        os.urandom(2_500_000).replace(b"From ", b"from "),
    ]
    data = b"".join(FROM + message + b"\n" for message in messages[:1])
    data += (
        FROM + messages[1] + b"\r\n\r\n" + b"".join(FROM + each + b"\n" for each in messages[2:])
    )
    taken, failed = _unpack(data, mail=False)
    assert failed == []
    expected = [messages[0], messages[1] + b"\r\n", *messages[2:]]
    assert [content for _, content in taken][:5] == expected[:5]
    assert taken[5][1].rstrip(b"\n") == expected[5].rstrip(b"\n")
    assert [name for name, _ in taken][:2] == ["message-000001.eml", "message-000002.eml"]
    assert _rejoined(data) == data


def test_standard_library_mailbox(tmp_path: Path) -> None:
    """What the standard library stores comes out under the bytes it would give back."""
    box = mailbox.mbox(tmp_path / "box")
    for number in range(20):
        box.add(f"Subject: {number}\n\nline\nFrom the start\n".encode())
    box.flush()
    stored = [box.get_bytes(key) for key in box.keys()]  # noqa: SIM118 - iterating gives messages
    box.close()
    taken, failed = _unpack((tmp_path / "box").read_bytes(), mail=False)
    assert ([content for _, content in taken], failed) == (stored, [])


_LINES = st.lists(
    st.sampled_from(
        [FROM, FROM.replace(b"\n", b"\r\n"), b"\n", b"\r\n", b"From x\n", b"body\n", b"x", b"\r"]
    ),
    max_size=30,
)


@given(_LINES, st.sampled_from([b"", b"y" * ((1 << 20) - 60)]))
def test_mailbox_round_trip(lines: list[bytes], filling: bytes) -> None:
    """From lines, messages and blank lines add up to the file, at block borders too."""
    data = FROM + filling + b"".join(lines)
    assert _rejoined(data) == data
    spans = list(message_spans(io.BytesIO(data)))
    assert [span.start <= span.end for span in spans] == [True] * len(spans)


@given(st.binary(max_size=200))
def test_mailbox_total(noise: bytes) -> None:
    """Any bytes split into some messages, or none."""
    assert _rejoined(noise) == noise
    assert _rejoined(FROM + noise) == FROM + noise


def test_from_line_across_blocks() -> None:
    """A From line that a block border cuts is still seen, wherever the border falls."""
    for shift in range(-70, 5):
        body = b"x" * ((1 << 20) - len(FROM) + shift) + b"\n\n"
        data = FROM + body + FROM + b"second\n"
        assert len(list(message_spans(io.BytesIO(data)))) == 2


def test_hostile_from_lines() -> None:
    """Lines made to be tried again and again cost one pass, and too long ones split nothing."""
    line = b"From " + b"1:11 " * 100 + b"\n\n"
    data = FROM + b"\n" + line * 20_000
    assert len(list(message_spans(io.BytesIO(data)))) == 1
    assert not looks_like_mailbox(b"From " + b"x" * LONGEST_FROM_LINE + b" 12:00 2020\n")


def test_mailbox_memory() -> None:
    """A mailbox of 40 MB is split in a few megabytes."""

    class Endless(io.RawIOBase):
        left = 40 << 20

        def readable(self) -> bool:
            return True

        def readinto(self, room: "WriteableBuffer") -> int:
            block = (FROM + b"x" * 1900 + b"\n\n") * (len(memoryview(room)) // 1952)
            self.left -= len(block)
            if self.left < 0:
                return 0
            memoryview(room)[: len(block)] = block
            return len(block)

    tracemalloc.start()
    count = sum(1 for _ in message_spans(io.BufferedReader(Endless(), 1 << 16)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 15_000
    assert peak < 8 << 20


@pytest.mark.parametrize(
    ("limits", "code"),
    [(Limits(messages=2), "too-many-members"), (Limits(all_members=2), "too-many-in-all")],
)
def test_mailbox_limits(limits: Limits, code: str) -> None:
    """A mailbox with too many messages yields the first ones and one failure."""
    taken, failed = _unpack((FROM + b"S: x\n\n") * 9, mail=False, limits=limits)
    assert (len(taken), failed) == (2, [("", code)])


def _letter() -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.org", "b@example.org", "letter"
    letter.set_content("plain body")
    letter.add_alternative("<p>body</p>", subtype="html")
    return letter


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_attachments(line_end: str, encoding: str) -> None:
    """Attachments come out decoded, under their names, in order; bodies stay in the message."""
    letter = _letter()
    text = "ligne é = 1\n" * 90
    letter.add_attachment(bytes(range(256)) * 40, "application", "pdf", filename="a.pdf")
    letter.add_attachment(text, cte=encoding, filename="été.txt")
    letter.add_attachment(b"\x89PNG", "image", "png")
    policy = email.policy.SMTP.clone(linesep=line_end, cte_type="8bit")
    taken, failed = _unpack(letter.as_bytes(policy=policy))
    assert failed == []
    assert [name for name, _ in taken] == ["a.pdf", "été.txt", "part-5"]
    assert taken[0][1] == bytes(range(256)) * 40
    assert taken[1][1].replace(b"\r\n", b"\n") == text.encode()
    assert taken[2][1] == b"\x89PNG"


def test_attached_message() -> None:
    """A message within a message comes out as it was sent."""
    inner = b"From: x@example.org\nSubject: inner\n\nbody\n--no boundary\n"
    data = (
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\npreamble\n--B\n"
        b"Content-Type: message/rfc822\n\n" + inner + b"\n--B--\nepilogue\n"
    )
    assert _unpack(data) == ([("part-1.eml", inner)], [])


def _multipart(*parts: bytes, end: bytes = b"--B--\n") -> bytes:
    head = b"From: a@example.org\nContent-Type: multipart/mixed; boundary=B\n\n"
    return head + b"".join(b"--B\n" + part + b"\n" for part in parts) + end


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'filename="plain.pdf"', "plain.pdf"),
        (b"filename*=utf-8''%E2%82%AC.pdf", "\u20ac.pdf"),
        (b"filename*0=a; filename*1=b.pdf", "ab.pdf"),
        (b'filename="=?utf-8?B?4oKsLnBkZg==?="', "\u20ac.pdf"),
        (b'filename="=?koi8-r?Q?=F4?= x"', "\u0442 x".upper().replace(" X", " x")),
        (b'filename="=?no-such?Q?x?="', "=?no-such?Q?x?="),
        (b'filename="\xe4.pdf"', "\\xe4.pdf"),
        (b'filename="\xe2\x82\xac.pdf"', "\u20ac.pdf"),
        (b'filename="../../x"', "../../x"),
        (b"filename*=utf-7''+2AA-", "\\xed\\xa0\\x80"),
        (b'filename=""', "part-1"),
    ],
)
def test_file_names(field: bytes, name: str) -> None:
    """File names are read in every form that senders use, and kept byte for byte where in none."""
    data = _multipart(b"Content-Disposition: attachment; " + field + b"\n\nx")
    (taken,), failed = _unpack(data)
    assert (taken, failed) == ((name, b"x"), [])


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"aGVsbG8=", b"hello"),
        (b"aGVs\r\nbG8=\r\n", b"hello"),
        (b"aGVsbG8", b"hello"),
        (b"a!G*V-s(b)G8=", b"hello"),
        (b"", b""),
        (b"aGVsbG8==", b"hello"),
        (b"aGVsbG8=" + b"\n" * (1 << 20) + b"=", b"hello"),
        (base64.encodebytes(bytes(4 << 20)), bytes(4 << 20)),
    ],
)
def test_base64(body: bytes, content: bytes) -> None:
    """Base64 is read as RFC 2045 says: foreign characters ignored, missing padding forgiven."""
    head = b"Content-Type: application/x\nContent-Transfer-Encoding: BASE64\n\n"
    assert _unpack(_multipart(head + body)) == ([("part-1", content)], [])


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"base64", b"aGVsb"),
        (b"base64", b"aGVsbG8=aGVsbG8="),
        (b"base64", b"aGVsbG8=" + b"\n" * (1 << 20) + b"aGVs"),
        (b"base64", b"=aGV"),
        (b"x-uuencode", b"begin 644 a"),
        (b"quoted-printable", b"x" * (3 << 20)),
    ],
)
def test_broken_encoding(encoding: bytes, body: bytes) -> None:
    """A part that cannot be decoded is a failure, and its neighbour is taken."""
    head = b"Content-Type: application/x\nContent-Transfer-Encoding: " + encoding + b"\n\n"
    data = _multipart(head + body, b"Content-Type: image/png\n\nok")
    assert _unpack(data) == ([("part-2", b"ok")], [("part-1", "mail-encoding")])


def test_quoted_printable_across_blocks() -> None:
    """No escape is cut in two by a block border."""
    text = b"=3D=C3=A9 soft=\nbreak\n" * 100_000
    head = b"Content-Type: application/x\nContent-Transfer-Encoding: quoted-printable\n\n"
    ((_, content),), _ = _unpack(_multipart(head + text))
    assert content == "=é softbreak\n".encode() * 100_000


def test_cut_short() -> None:
    """A message without its closing boundary yields its last part, and a failure."""
    data = _multipart(b"Content-Type: image/png\n\nhalf", end=b"")
    assert _unpack(data) == ([("part-1", b"half\n")], [("", "mail-cut-short")])


def test_parts_without_bodies_or_headers() -> None:
    """A part that is all headers, or has none, swallows nothing of its neighbours."""
    data = _multipart(b"Content-Type: image/png", b"\nplain", b"Content-Type: image/gif\n\ng")
    assert _unpack(data) == ([("part-1", b""), ("part-3", b"g")], [])


def test_outer_boundary_ends_inner_parts() -> None:
    """Inner parts that are never closed end with the part around them."""
    inner = b"Content-Type: multipart/mixed; boundary=I\n\n--I\nContent-Type: image/png\n\nin"
    data = _multipart(inner, b"Content-Type: image/gif\n\nout")
    assert _unpack(data) == ([("part-1", b"in"), ("part-2", b"out")], [])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"Subject: " + b"x" * MAX_HEADERS, "mail-header"),
        (b"Content-Type: multipart/mixed\n\n--\n", "mail-header"),
        (b"Content-Type: multipart/mixed; boundary=" + b"x" * 300 + b"\n\n", "mail-header"),
        (b"Content-Type: multipart/mixed; boundary*=utf-8''%E2%82%AC\n\n", "mail-header"),
        (
            b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
                for level in range(MAX_NESTING + 1)
            ),
            "too-deep",
        ),
        (_multipart(*[b"Content-Type: text/plain\n\nx"] * 1_001), "too-many-members"),
    ],
    ids=["headers", "no-boundary", "long-boundary", "odd-boundary", "nested", "parts"],
)
def test_hostile_messages(data: bytes, code: str) -> None:
    """A message that asks for too much is one failure."""
    assert _unpack(data) == ([], [("", code)])


def test_message_limits() -> None:
    """Limits on names and members hold for attachments."""
    parts = [
        b"Content-Type: image/png; name=" + name + b"\n\nx" for name in (b"a", b"long-name", b"c")
    ]
    taken, failed = _unpack(_multipart(*parts), limits=Limits(name=4))
    assert (taken, failed) == ([("a", b"x"), ("c", b"x")], [("long", "name-too-long")])
    taken, failed = _unpack(_multipart(*parts), limits=Limits(all_members=1))
    assert (taken, failed) == ([("a", b"x")], [("", "too-many-in-all")])


def test_message_that_is_its_attachment() -> None:
    """A message that is a single file yields it; a plain one yields nothing."""
    file = b"From: a@x\nContent-Type: application/pdf; name=a.pdf\n\n%PDF"
    assert _unpack(file) == ([("a.pdf", b"%PDF")], [])
    assert _unpack(b"From: a@x\n\nplain") == ([], [])
    assert _unpack(b"") == ([], [])


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"From: a\nTo: b\n\nx", "x", ContainerKind.MESSAGE),
        (b"Received: a\n\tfolded\nDate: b\n\nx", "x", ContainerKind.MESSAGE),
        (b"Subject: x\n\nx", "x.EML", ContainerKind.MESSAGE),
        (b"Subject: x\n\nx", "x.txt", None),
        (b"From: a\nSnapshot-Content-Location: u\nSubject: b\n\n", "x", None),
        (b"From: a\nSubject: b\n\n", "x.mht", None),
        (b"plain text", "x.eml", None),
        (b"From: a\nTo: b\nand now prose\n", "x.eml", None),
        (FROM, "x", ContainerKind.MAILBOX),
        (b"From me to you\n", "x.mbox", None),
        (b"", "x.eml", None),
    ],
)
def test_what_is_mail(head: bytes, name: str, kind: ContainerKind | None) -> None:
    """Mail is known by its bytes; a name alone makes nothing a message."""
    assert container_kind(head, name) is kind


_PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=B\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Type: image/png; name*0*=%FF; name=\xff\n",
        b"Content-Disposition: attachment; filename*=x'y'%ZZ; filename=\"=?utf-8?b?=?=\"\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"\n",
        b"--B\n",
        b"--B--\r\n",
        b"aGVsbG8=",
        b"=3",
    ]
)


@settings(max_examples=300)
@given(st.lists(st.one_of(_PIECES, st.binary(max_size=20)), max_size=30))
def test_messages_total(pieces: list[bytes]) -> None:
    """Any bytes unpack to some members and failures; no error escapes."""
    taken, _ = _unpack(b"".join(pieces))
    assert sum(len(content) for _, content in taken) <= len(b"".join(pieces))


def test_headers_to_the_end_of_the_head() -> None:
    """A head that is all headers, longer than what was kept for identification, is a message."""
    head = b"From: a\nTo: b\n" + b"X-Long: y\n" * 900
    for cut in range(4080, 4100):
        assert container_kind(head[:cut], "x") is ContainerKind.MESSAGE
    assert container_kind(b"From: a\nTo: b\n", "x") is ContainerKind.MESSAGE
    assert container_kind(b"From: a", "x.eml") is None
