"""Signed messages saved by Outlook: what nobody signed must not read as signed."""

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.signatures.axes import Headline, Scope
from provenance.signatures.detected import report_of
from provenance.signatures.mime import outlook_bodies
from provenance.signatures.mime.outlook import UNSIGNED_FIELDS, inspect_outlook
from provenance.signatures.model import SignatureReport, SignatureStatus
from provenance.signatures.sentence import explain_signature
from tests.facts.office.compounds import compound, message, message_rows
from tests.hostile.mime.forge import ATTACKS
from tests.signatures.cms.world import NOW, World, sign_cms
from tests.signatures.good import is_good
from tests.signatures.mime.letters import BODY, entity, mail, multipart, page, sign_part, text

CLEAR, OPAQUE = "IPM.Note.SMIME.MultipartSigned", "IPM.Note.SMIME"
ANN, EVE = "ann@desk.example", "eve@desk.example"
DATA = "__substg1.0_37010102"
_BY_SENDER = frozenset(
    name
    for name in ATTACKS
    if name.startswith(("display", "from", "look", "no-sender", "other-s", "sender"))
) | {"protected-differs"}
"""Attacks in the header: a saved message has properties in its place, tried below."""


@pytest.fixture(scope="module")
def world() -> World:
    """The parties."""
    return World()


@dataclasses.dataclass
class Saved:
    """A message as Outlook saves it; honest by default but for its attachment."""

    entity: bytes
    kind: str = CLEAR
    texts: Mapping[int, str] = dataclasses.field(default_factory=dict)
    binaries: Mapping[int, bytes] = dataclasses.field(default_factory=dict)
    numbers: Mapping[int, int] = dataclasses.field(default_factory=lambda: {0x3705: 1})
    more: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    attachment: str = "__attach_version1.0_#00000000"

    def written(self) -> bytes:
        """Return the file."""
        texts = {0x1A: self.kind, 0x37: "The meeting", 0x42: "Ann Author", 0x5D02: ANN, 0x65: ANN}
        inside = {
            f"{self.attachment}/{DATA}": self.entity,
            f"{self.attachment}/__properties_version1.0": message_rows({}, self.numbers, head=8),
        }
        return message(
            {**texts, **self.texts},
            times={0x39: "2026-11-22T10:00:00+00:00"},
            binaries=self.binaries,
            more={**inside, **self.more},
        )


def judge(data: bytes, world: World) -> SignatureReport:
    """Judge one file."""
    digest = hashlib.sha256(data).hexdigest()
    found = inspect_outlook(data, sha256=digest, trust=world.trust, at=NOW)
    return report_of(digest, [found])


def only(world: World, **fields: Any) -> SignatureStatus:  # noqa: ANN401 - fields of Saved
    """Judge an honest clear-signed message in which something is different."""
    inside = fields.pop("entity", None) or sign_part(text(), world.ann)
    (status,) = judge(Saved(inside, **fields).written(), world).statuses
    return status


def test_an_honest_message(world: World) -> None:
    """Clear or opaque, by itself or with an exact copy of its text, it is what was signed."""
    plain = {0x1000: BODY}
    variants: tuple[dict[str, Any], ...] = (
        {},
        {"texts": plain},
        {"numbers": {}},
        {"kind": CLEAR.upper()},
    )
    for fields in variants:
        status = only(world, **fields)
        assert (status.headline, status.scope) == (Headline.VERIFIED, Scope.WHOLE)
        assert UNSIGNED_FIELDS in status.uncovered
    status = only(world, entity=sign_cms(text(), world.ann), kind=OPAQUE, texts=plain)
    assert status.headline is Headline.VERIFIED
    both = sign_part(multipart("alternative", text(), page("<p>noon</p>")), world.ann)
    status = only(world, entity=both, texts=plain, binaries={0x1013: b"<p>noon</p>"})
    assert status.headline is Headline.VERIFIED


@pytest.mark.parametrize("name", sorted(set(ATTACKS) - _BY_SENDER))
def test_an_attack_on_mail_inside_a_message(world: World, name: str) -> None:
    """Every attack on the mail itself gets the answer that it gets as a mail, or a worse one."""
    attack = ATTACKS[name]
    whole = attack.make(world)
    entity = whole[whole.index(b"Content-Type:") :]
    found = judge(Saved(entity).written(), world).headline
    same = (attack.headline, Headline.NOT_CHECKABLE, Headline.ERROR)
    assert found in same
    assert found is not Headline.VERIFIED


@pytest.mark.parametrize(
    ("texts", "headline"),
    [
        ({0x5D02: "eve@desk.example", 0x65: "eve@desk.example"}, Headline.IDENTITY_MISMATCH),
        ({0x65: "eve@desk.example"}, Headline.IDENTITY_MISMATCH),
        ({0x5D02: "eve@desk.example"}, Headline.IDENTITY_MISMATCH),
        ({0x7D: "From: Eve <eve@desk.example>\r\n\r\n"}, Headline.IDENTITY_MISMATCH),
        ({0x42: "Ann (eve@desk.example)"}, Headline.IDENTITY_MISMATCH),
        ({0x42: 'Ann" <eve@desk.example>, "x'}, Headline.IDENTITY_MISMATCH),
        ({0x5D02: "", 0x65: "/O=DESK/CN=ANN"}, Headline.INTACT_UNKNOWN_SIGNER),
        ({0x5D02: "", 0x65: ""}, Headline.INTACT_UNKNOWN_SIGNER),
        ({0x5D02: "", 0x65: "", 0x5D01: "eve@desk.example"}, Headline.IDENTITY_MISMATCH),
        ({0x5D02: f"{ANN}>\r\nX: <eve@desk.example"}, Headline.IDENTITY_MISMATCH),
        ({0x5D02: f"{ANN}, eve@desk.example"}, Headline.INTACT_UNKNOWN_SIGNER),
        ({0x5D02: "\u0430nn@desk.example", 0x65: ANN}, Headline.IDENTITY_MISMATCH),
        ({0x5D01: EVE, 0x0C1F: EVE, 0x0C1A: "Eve"}, Headline.IDENTITY_MISMATCH),
        ({0x0C1F: EVE}, Headline.IDENTITY_MISMATCH),
        ({0x0C1A: EVE}, Headline.IDENTITY_MISMATCH),
        ({0x65: "eve\uff20desk.example"}, Headline.IDENTITY_MISMATCH),
        ({0x7D: f"From: {ANN}\r\nFrom: {EVE}\r\n\r\n"}, Headline.IDENTITY_MISMATCH),
        ({0x7D: f"From: {ANN}, {EVE}\r\n\r\n"}, Headline.IDENTITY_MISMATCH),
        ({0x7D: f"From: Eve <{EVE}> <{ANN}>\r\n\r\n"}, Headline.IDENTITY_MISMATCH),
        ({0x5D02: EVE + " " * (1 << 19)}, Headline.INTACT_UNKNOWN_SIGNER),
    ],
)
def test_a_sender_who_did_not_sign(world: World, texts: dict[int, str], headline: Headline) -> None:
    """Every address that some program may show as the sender must be the signer's."""
    assert only(world, texts=texts).headline is headline


@pytest.mark.parametrize("tag", [0x5D02, 0x65, 0x5D01, 0x0C1F, 0x42, 0x0C1A, 0x7D])
def test_a_sender_in_another_type_of_text(world: World, tag: int) -> None:
    """A property that stands twice, in Unicode and in a code page, is shown by one or the other."""
    said = f"From: {EVE}" if tag == 0x7D else EVE
    for name in (f"__substg1.0_{tag:04X}001E", f"__SUBSTG1.0_{tag:04x}001e"):
        status = only(world, texts={tag: ANN}, more={name: said.encode()})
        assert status.headline is Headline.IDENTITY_MISMATCH


def test_two_names_of_one_sender(world: World) -> None:
    """Programs show one name or another: all are told, and one sender stays one."""
    kept = f"From: =?utf-8?q?M=C3=BCller?= <{ANN}>\r\n\r\n"
    status = only(world, texts={0x42: "Ann Author", 0x0C1A: "The Minister", 0x7D: kept})
    assert status.claimed_author == f'"Ann Author / The Minister / M\u00fcller" <{ANN}>'
    assert (status.headline, status.native_codes) == (Headline.VERIFIED, ())


def test_what_a_reader_is_told(world: World) -> None:
    """Properties may be younger than the signature, and a header is none: neither is claimed."""
    status = only(world)
    assert not any("the header fields of the mail" in one for one in status.uncovered)
    text = "\n".join(explain_signature(status))
    assert "Nothing was added after signing." not in text
    assert "what it does not cover may have been changed or added since" in text


def test_answers_that_go_elsewhere(world: World) -> None:
    """Whoever answers is told where that goes."""
    for texts in ({0x50: EVE}, {0x7D: f"From: {ANN}\r\nReply-To: Ann <{EVE}>\r\n\r\n"}):
        assert "reply-to-elsewhere" in only(world, texts=texts).native_codes


@pytest.mark.parametrize("tag", [0x42, 0x37, 0x0E04, 0x5D02, 0x65, 0x7D])
def test_a_property_begins_no_field_of_its_own(world: World, tag: int) -> None:
    """Line breaks in a name, a subject or an address cannot give the entity another type."""
    evil = "x\r\nContent-Type: text/plain\r\n\r\nI resign.\r\n"
    data = Saved(sign_part(text(), world.ann), texts={tag: evil}).written()
    (status,) = judge(data, world).statuses
    assert status.covered[0].startswith("part 0.1 ")
    assert not any("part 0 " in one for one in status.uncovered)


@pytest.mark.parametrize(
    "fields",
    [
        {"texts": {0x1000: "I resign."}},
        {"texts": {0x1000: BODY + "\0I resign."}},
        {"texts": {0x1013: "<p>I resign.</p>"}},
        {"binaries": {0x1013: b"<p>I resign.</p>"}},
        {"binaries": {0x1013: BODY.encode()}},
        {"binaries": {0x1009: b"LZFu"}},
        {"more": {"__substg1.0_1000001E": b"I resign."}},
        {"texts": {0x1000: BODY}, "more": {"__substg1.0_1000001E": b"I resign."}},
        {"texts": {0x1000: BODY}, "more": {"__SUBSTG1.0_1000001e": b"I resign."}},
        {"more": {"__substg1.0_10000102": b"I resign."}},
    ],
)
def test_another_text_beside_the_signed_one(world: World, fields: dict[str, Any]) -> None:
    """A copy that is not the signed text is named, and the answer is about a part."""
    status = only(world, **fields)
    assert status.headline is Headline.INTACT_PARTIAL
    assert any("among the properties" in one for one in status.uncovered)


FORWARDED = entity("message/rfc822", b"From: eve@desk.example\r\n\r\nI resign.\r\n")
ATTACHED = multipart(
    "mixed",
    text("I resign.\r\n"),
    boundary="inner",
    fields=("Content-Disposition: attachment",),
)


@pytest.mark.parametrize("beside", [FORWARDED, ATTACHED, text("I resign.\r\n")])
@pytest.mark.parametrize("own", [text(), page("<p>noon</p>")])
def test_a_copy_of_another_part_than_the_text(world: World, own: bytes, beside: bytes) -> None:
    """What Ann passed on, or only a piece of what she wrote, is not the text that she signed."""
    signed = sign_part(multipart("mixed", own, beside), world.ann)
    if beside is not FORWARDED and beside is not ATTACHED and own != text():
        signed = sign_part(multipart("mixed", own, beside, text("Not so.\r\n")), world.ann)
    status = only(world, entity=signed, texts={0x1000: "I resign."})
    assert status.headline is Headline.INTACT_PARTIAL
    assert any("among the properties" in one for one in status.uncovered)


def test_a_copy_of_a_text_in_pieces(world: World) -> None:
    """The pieces of a text one after the other are the text; so is the text of a wrapped mail."""
    pieces = sign_part(multipart("mixed", text("One\r\n"), text("two\r\n")), world.ann)
    assert only(world, entity=pieces, texts={0x1000: "One\r\ntwo"}).scope is Scope.WHOLE
    wrapped = entity("message/rfc822", mail(text()))
    status = only(world, entity=sign_part(wrapped, world.ann), texts={0x1000: BODY})
    assert not any("among the properties" in one for one in status.uncovered)


def test_a_text_too_large_to_compare(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that is not read counts as another text, never as none."""
    monkeypatch.setattr(outlook_bodies, "MAX_BODY", len(BODY))
    assert only(world, texts={0x1000: BODY}).scope is Scope.PART


def test_a_page_that_was_not_signed(world: World) -> None:
    """A signed page is compared with the page among the properties, whole."""
    entity = sign_part(page("<p>noon</p>"), world.ann)
    assert only(world, entity=entity, binaries={0x1013: b"<p>noon</p>"}).scope is Scope.WHOLE
    assert only(world, entity=entity, binaries={0x1013: b"<p>one</p>"}).scope is Scope.PART
    alone = only(world, entity=entity, texts={0x1000: "I resign."})
    assert alone.scope is Scope.PART


@pytest.mark.parametrize(
    "fields",
    [
        {"more": {f"__attach_version1.0_#00000001/{DATA}": b"x"}},
        {"more": {f"__ATTACH_version1.0_#00000000/{DATA}": b"x"}},
        {"more": {"__attach_version1.0_#00000000/__SUBSTG1.0_37010102": b"x"}},
        {"numbers": {0x3705: 5}},
        {"numbers": {0x3705: 2}},
        {"attachment": "elsewhere"},
        {"entity": b"Content-Type: text/plain\r\n\r\nSigned by Ann.\r\n"},
        {"entity": b"Signed by Ann."},
        {"entity": b"0\x82\x01\x00not a container"},
        {"entity": b"0"},
    ],
)
def test_a_message_without_one_signed_entity(world: World, fields: dict[str, Any]) -> None:
    """Nothing, two, one by reference, or one that is no signature: not judged, and never good."""
    status = only(world, **fields)
    assert status.headline in {Headline.NOT_CHECKABLE, Headline.ERROR}


DIRECTORY: Final = 1024
"""Where the directory begins: behind the header and one sector of the table."""


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (56, 0),  # streams of any size would lie in the other of two places
        (56, 8192),
        (DIRECTORY + 128 + 68, 1),  # an entry that is its own left neighbour
        (DIRECTORY + 128 + 76, 0),  # a stream with the root below it
        (DIRECTORY + 76, 0),  # the root below itself
    ],
)
def test_a_file_that_two_programs_read_differently(world: World, at: int, value: int) -> None:
    """What the library mends, another program may mend otherwise: never good."""
    data = bytearray(Saved(sign_part(text(), world.ann)).written())
    assert data[DIRECTORY : DIRECTORY + 8] == "Root".encode("utf-16-le")
    data[at : at + 4] = value.to_bytes(4, "little")
    assert not is_good(judge(bytes(data), world).headline)


@pytest.mark.parametrize("name", ["__\u017fubstg1.0_0065001F", "__substg1.0_0065001F\0x"])
def test_a_name_that_two_programs_read_differently(world: World, name: str) -> None:
    """A property under a look-alike of its name may be shown by some: nothing is judged."""
    status = only(world, texts={0x65: ""}, more={name: EVE.encode("utf-16-le")})
    assert status.headline is Headline.NOT_CHECKABLE


def test_an_entity_that_begins_with_something_else(world: World) -> None:
    """Blank or folded lines and fields of its own before Content-Type make nothing better."""
    entity = sign_part(text(), world.ann)
    for before in (b"\r\n", b" ", b"\t", b"\n\n"):
        assert only(world, entity=before + entity).headline is Headline.NOT_CHECKABLE
    for field in (b"From: eve@desk.example\r\n", b"Content-Type: text/plain\r\n"):
        status = only(world, entity=field + entity)
        assert status.headline is not Headline.VERIFIED
    whole = mail(entity, sender="Eve <eve@desk.example>")
    assert only(world, entity=whole).headline is not Headline.VERIFIED


def test_a_message_that_does_not_call_itself_signed(world: World) -> None:
    """Of an ordinary message nothing is said but that nobody looked; a signature in it is told."""
    entity = sign_part(text(), world.ann)
    for kind in ("IPM.Note", "", "IPM.Note.SMIMEX", "IPM.Appointment"):
        found = judge(Saved(entity, kind=kind).written(), world)
        assert (found.headline, found.statuses) == (Headline.UNSUPPORTED, ())
    name = {"__attach_version1.0_#00000000/__substg1.0_3707001F": "smime.p7m".encode("utf-16-le")}
    found = judge(Saved(entity, kind="IPM.Note", more=name).written(), world)
    assert any("calls itself a signature" in one for one in found.not_determined)


def test_a_signed_message_attached_to_it(world: World) -> None:
    """What is not looked into is said."""
    inner = "__attach_version1.0_#00000001/__substg1.0_3701000D/__properties_version1.0"
    found = judge(Saved(b"", kind="IPM.Note", more={inner: bytes(32)}).written(), world)
    assert "signatures of messages that are attached to it" in found.not_determined


def test_other_compound_files(world: World) -> None:
    """A file cut off, or one without any properties, ends in a value."""
    data = Saved(sign_part(text(), world.ann)).written()
    for keep in (0, 8, 512, 1024, len(data) // 2, len(data) - 600):
        assert not is_good(judge(data[:keep], world).headline)
    assert judge(compound({"x": b"y"}), world).headline is Headline.UNSUPPORTED


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 12_000), bit=st.integers(0, 7))
def test_a_flipped_bit(world: World, at: int, bit: int) -> None:
    """One bit anywhere never shows another text or sender as VERIFIED."""
    data = Saved(sign_part(text(), world.ann), texts={0x1000: BODY}).written()
    at %= len(data)
    found = judge(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :], world)
    for status in found.statuses:
        if status.headline is Headline.VERIFIED:
            assert "ann@desk.example" in (status.claimed_author or "").lower()
            assert status.identity.email == ANN
