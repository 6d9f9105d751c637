"""Signed mails made here, judged here: form, scope, sender, what is said about them."""

import hashlib
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Headline,
    Integrity,
    Kind,
    Scope,
    Signer,
)
from provenance.signatures.cms.reading import Container, read_container
from provenance.signatures.detected import Detected, report_of
from provenance.signatures.mime import coverage
from provenance.signatures.mime.judging import inspect_mail
from provenance.signatures.model import SignatureReport, SignatureStatus
from provenance.signatures.sentence import explain_signature, say_signature
from provenance.trust.model import Anchor, Purpose, TrustSet
from tests.signatures.cms.world import NOW, World, make_party, sign_cms
from tests.signatures.good import is_good
from tests.signatures.mime.letters import (
    BODY,
    DATE,
    FROM,
    encoded,
    entity,
    honest,
    honest_opaque,
    mail,
    multipart,
    opaque,
    page,
    sign_part,
    signature,
    signed,
    text,
)


def inspect(data: bytes, trust: TrustSet, at: datetime = NOW) -> Detected:
    """Inspect with a true digest."""
    return inspect_mail(data, sha256=hashlib.sha256(data).hexdigest(), trust=trust, at=at)


def only(data: bytes, trust: TrustSet, at: datetime = NOW) -> SignatureStatus:
    """Return the one status there must be."""
    (status,) = inspect(data, trust, at).statuses
    return status


def report(data: bytes, trust: TrustSet) -> SignatureReport:
    """Put a report together."""
    return report_of(hashlib.sha256(data).hexdigest(), [inspect(data, trust)])


def test_an_honest_mail_is_verified(world: World) -> None:
    """Everything shown is signed, by the sender: VERIFIED, its header listed as not covered."""
    status = only(honest(world.ann), world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.kind is Kind.SMIME
    assert status.locator.name == "MIME part 0.2"
    assert status.scope is Scope.WHOLE
    assert status.changed_after is ChangedAfter.NONE
    assert status.covered == ("part 0.1 (text/plain)",)
    assert status.uncovered == ("the header fields of the mail (From, To, Date, Subject)",)
    assert status.claimed_author == FROM
    assert status.identity.email == "ann@desk.example"
    assert status.warnings == ()


def test_a_signature_part_is_looked_into_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is a signature and nothing else is asked once for a mail, not for each of many."""
    asked: list[bytes] = []

    def ask(data: bytes) -> Container:
        asked.append(data)
        return read_container(data)

    monkeypatch.setattr(coverage, "read_container", ask)
    letters = [
        signed(one, sign_cms(one, world.ann, detached=True), boundary=f"b{number}")
        for number in range(5)
        for one in (text(f"{number}\r\n"),)
    ]
    found = inspect(mail(multipart("mixed", *letters)), world.trust)
    assert len(found.statuses) == 5
    assert len(asked) == len(set(asked)) == 5


def test_an_opaque_mail_is_verified(world: World) -> None:
    """The same with the mail inside the signature; its path is below the signature's."""
    status = only(honest_opaque(world.ann), world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.locator.name == "MIME part 0"
    assert status.covered == ("part 0.1 (text/plain)",)


def test_line_ends_of_a_stored_mail_do_not_matter(world: World) -> None:
    """A mail that was stored with bare line feeds is checked in the form that was signed."""
    assert (
        only(honest(world.ann).replace(b"\r\n", b"\n"), world.trust).headline is Headline.VERIFIED
    )


def test_a_signature_over_bare_line_feeds_is_found(world: World) -> None:
    """Software that signed without the prescribed line ends is matched byte for byte."""
    part = text().replace(b"\r\n", b"\n")
    data = mail(signed(part, sign_cms(part, world.ann, detached=True)))
    status = only(data, world.trust)
    assert status.headline is Headline.VERIFIED
    assert (status.mode, status.native_codes) == ("lax", ("line-ends-as-they-are",))
    altered = data.replace(b"at noon", b"at five")
    assert only(altered, world.trust).headline is Headline.BROKEN


def test_unsigned_says_what_looked(world: World) -> None:
    """A mail without any signature: no status, no failure, the detector named."""
    found = inspect(mail(text()), world.trust)
    assert (found.statuses, found.failures, found.ran) == ((), (), ("smime-parts",))


def test_an_unknown_signer_is_unknown(world: World) -> None:
    """No anchor: intact, unknown signer; a stranger's certificate: self-signed."""
    assert only(honest(world.ann), TrustSet()).headline is Headline.INTACT_UNKNOWN_SIGNER
    stranger = honest(world.sam, sender="sam@stranger.example")
    assert only(stranger, world.trust).signer is Signer.SELF_SIGNED


def test_only_anchors_for_mail_count(world: World) -> None:
    """An anchor for documents vouches for no mail."""
    trust = TrustSet(anchors=(Anchor(der=world.authority.der, purposes=(Purpose.CMS,)),))
    assert only(honest(world.ann), trust).signer is Signer.UNKNOWN


def test_attachments_within_the_signed_part_are_covered(world: World) -> None:
    """A letter with an attachment, both in the signed part: WHOLE, both named."""
    file = entity(
        "application/pdf", "%PDF-", 'Content-Disposition: attachment; filename="a\u202e.pdf"'
    )
    status = only(mail(sign_part(multipart("mixed", text(), file), world.ann)), world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.covered[0] == "part 0.1.1 (text/plain)"
    assert status.covered[1].startswith("part 0.1.2 ")
    assert "an attachment" in status.covered[1]
    assert "\u202e" not in status.covered[1]


def test_a_footer_of_a_list_is_not_covered(world: World) -> None:
    """What a mailing list adds is listed by its place: PART."""
    data = mail(multipart("mixed", sign_part(text(), world.ann), text("list footer")))
    status = only(data, world.trust)
    assert status.headline is Headline.INTACT_PARTIAL
    assert status.uncovered[0] == "part 0.2 (text/plain)"


def test_blank_parts_do_not_count(world: World) -> None:
    """A part that shows nothing takes nothing away."""
    data = mail(multipart("mixed", sign_part(text(), world.ann), text(" \r\n")))
    assert only(data, world.trust).scope is Scope.WHOLE


def test_signed_twice_gives_two_answers(world: World) -> None:
    """Opaque around clear-signed: both cover the text, each with its own signer."""
    inner = sign_part(text(), world.sam)
    data = mail(opaque(sign_cms(inner, world.ann)))
    outer, below = inspect(data, world.trust).statuses
    assert outer.headline is Headline.VERIFIED
    assert below.locator.name == "MIME part 0.1.2"
    assert below.headline is Headline.IDENTITY_MISMATCH  # Sam signed, From says Ann
    assert below.scope is Scope.WHOLE


def test_an_attached_mail_is_compared_with_its_own_header(world: World) -> None:
    """The signature of an attached mail belongs to the sender in that mail."""
    inner = entity("message/rfc822", honest(world.ann))
    data = mail(multipart("mixed", text("see below"), inner), sender="boss@desk.example")
    status = only(data, world.trust)
    assert status.claimed_author == FROM
    assert status.signer is Signer.TRUSTED
    assert status.headline is Headline.INTACT_PARTIAL


def test_a_certificate_without_address_ties_to_no_sender(world: World) -> None:
    """Chained to an anchor, and nothing says whose mail address it is: unknown signer."""
    nameless = make_party("Ann Author", issuer=world.authority)
    status = only(honest(nameless), world.trust)
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert "no-email-in-certificate" in status.native_codes


def test_any_address_of_the_certificate_will_do(world: World) -> None:
    """Certificates may state several addresses; case does not matter."""
    both = make_party("Ann", "other@desk.example", "Ann@Desk.example", issuer=world.authority)
    assert only(honest(both), world.trust).headline is Headline.VERIFIED


def test_answers_elsewhere_and_another_date_are_said(world: World) -> None:
    """Reply-To and Date are not covered: a difference is a warning, not a verdict."""
    data = mail(
        sign_part(text(), world.ann),
        fields=["Reply-To: eve@mallory.example"],
        date="Mon, 22 Nov 2027 10:00:00 +0000",
    )
    status = only(data, world.trust)
    assert status.headline is Headline.VERIFIED
    assert {"reply-to-elsewhere", "date-differs"} <= set(status.native_codes)
    assert any("eve@mallory.example" in one for one in status.warnings)
    assert any("365 days apart" in one for one in status.warnings)


def test_a_second_date_hides_no_difference(world: World) -> None:
    """Of two Date fields a program may show either: the one that does not fit is said."""
    for dates in permutations(("Sun, 22 Nov 2026 12:00:00 +0200", "22-Nov-2027 10:00:00 -0000")):
        part = sign_part(text(), world.ann)
        data = mail(part, date=dates[0], fields=[f"Date: {dates[1]}"])
        assert "date-differs" in only(data, world.trust).native_codes


def test_header_fields_repeated_inside_are_covered(world: World) -> None:
    """Protected header fields that agree are said to be covered; Subject that differs is said."""
    part = entity(
        'text/plain; protected-headers="v1"',
        BODY,
        f"From: {FROM}",
        f"Date: {DATE}",
        "Subject: Lunch",
    )
    status = only(mail(sign_part(part, world.ann)), world.trust)
    assert "the header fields From, Date, repeated inside it" in status.covered
    assert "protected-subject-differs" in status.native_codes
    assert status.signer is Signer.TRUSTED


def test_an_attachment_with_its_own_signature(world: World) -> None:
    """A signature attached beside the file it names is judged over that file, and is partial."""
    file = entity(
        "application/pdf; name=contract.pdf",
        encoded(b"%PDF-1.7 contract"),
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment",
    )
    beside = signature(
        sign_cms(b"%PDF-1.7 contract", world.ann, detached=True), name="contract.pdf.p7s"
    )
    status = only(mail(multipart("mixed", text(), file, beside)), world.trust)
    assert status.kind is Kind.CMS
    assert status.headline is Headline.INTACT_PARTIAL
    assert status.covered[0].startswith('part 0.2 "contract.pdf"')
    other = file.replace(encoded(b"%PDF-1.7 contract"), encoded(b"%PDF-1.7 forged"))
    altered = only(mail(multipart("mixed", text(), other, beside)), world.trust)
    assert altered.headline is Headline.BROKEN


@pytest.mark.parametrize(
    ("part", "headline", "code"),
    [
        (opaque(b"\x30\x03\x02\x01\x01"), Headline.ERROR, "cms-unreadable"),
        (
            opaque(b"").replace(b"base64", b"x-unknown"),
            Headline.ERROR,
            "transfer-encoding-unreadable",
        ),
        (
            multipart("signed; protocol=application/x-new", text(), text("x")),
            Headline.UNSUPPORTED,
            "protocol-not-handled",
        ),
        (
            multipart("signed; protocol=application/pkcs7-signature", text()),
            Headline.EMPTY_SLOT,
            "signature-part-missing",
        ),
    ],
)
def test_what_cannot_be_judged_is_never_unsigned(
    world: World, part: bytes, headline: Headline, code: str
) -> None:
    """Each has its code and is not good."""
    status = only(mail(part), world.trust)
    assert status.headline is headline
    assert code in status.native_codes


def test_an_encrypted_mail_is_unsupported(world: World) -> None:
    """It may be signed inside: nobody but its reader can tell."""
    data = mail(opaque(bytes.fromhex("300b06092a864886f70d010703"), kind="enveloped-data"))
    assert only(data, world.trust).headline in {Headline.UNSUPPORTED, Headline.ERROR}
    assert report(data, world.trust).headline is not Headline.UNSIGNED


def test_a_certificate_that_ended_is_time_unproven(world: World) -> None:
    """Held at the claimed time and not today."""
    brief = make_party(
        "Ann", "ann@desk.example", issuer=world.authority, finish=datetime(2026, 11, 25, tzinfo=UTC)
    )
    status = only(honest(brief), world.trust)
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert status.cert_at_time is CertAtTime.UNPROVEN


def test_more_parts_than_are_opened_is_a_failed_detector(world: World) -> None:
    """A mail that was not looked at to its end is ERROR, never unsigned."""
    many = mail(multipart("mixed", *[b"\r\nx"] * 2100))
    found = inspect(many, world.trust)
    assert found.ran == ()
    assert found.failures[0].code == "too-many-parts"
    assert report(many, world.trust).headline is Headline.ERROR


def test_opaque_parts_are_opened_within_limits(world: World) -> None:
    """Many contents, or contents within contents without end: a failed detector, and quick."""
    inner = opaque(sign_cms(multipart("mixed", *[b"\r\nx"] * 900), world.ann))
    wide = mail(multipart("mixed", *[inner] * 5))
    assert inspect(wide, world.trust).failures[0].code == "too-many-parts"
    many = mail(multipart("mixed", *[opaque(sign_cms(b"\r\nx", world.ann))] * 120))
    assert inspect(many, world.trust).failures[0].code == "too-many-parts"
    deep = text()
    for _ in range(10):
        deep = opaque(sign_cms(deep, world.ann))
    found = inspect(mail(deep), world.trust)
    assert found.failures[0].code == "too-many-parts"
    assert all(one.scope is not Scope.WHOLE for one in found.statuses)


def test_the_sentence_says_what_a_reporter_needs(world: World) -> None:
    """The words for mail: header not covered, another sender, the rest is anybody's."""
    assert say_signature(only(honest(world.ann), world.trust)) == (
        'The mail\'s signature "MIME part 0.2" is intact, covers everything the mail shows except'
        ' its header, and was made with the key of "Common Name: Ann Author", for which this desk'
        " holds an anchor."
    )
    lines = explain_signature(only(honest(world.eve), world.trust))
    assert lines[0] == (
        'The mail\'s signature "MIME part 0.2" is intact, but it was made by "Common Name: Eve'
        ' Else", and the mail shows another sender.'
    )
    assert any("the header fields of the mail (From, To, Date, Subject)" in one for one in lines)
    data = mail(multipart("mixed", sign_part(text(), world.ann), page("<p>x")))
    lines = explain_signature(only(data, world.trust))
    assert "only a part of what the mail shows" in lines[0]
    assert "What is not covered may have been added by anybody, at any time." in lines
    broken = explain_signature(only(data.replace(b"at noon", b"at five"), world.trust))
    assert not any("added" in one for one in broken)
    assert any('it carries the certificate "Common Name: Ann Author"' in one for one in broken)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_of_the_signed_part_passes(world: World, at: int, bit: int) -> None:
    """A bit changed in the signed part, in its header too, is never intact."""
    data = bytearray(_honest(world))
    start = data.index(b"Content-Type: text/plain")
    stop = data.index(b"\r\n--signed-frontier", start)
    data[start + at % (stop - start)] ^= 1 << bit
    found = report(bytes(data), world.trust)
    assert not is_good(found.headline), found.headline


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, 10_000),
    cut=st.integers(0, 40),
    put=st.binary(max_size=20)
    | st.sampled_from([b"--signed-frontier\r\n", b"\r\n\r\n", b"From: x"]),
)
def test_no_mutation_raises_or_passes_with_another_text(
    world: World, at: int, cut: int, put: bytes
) -> None:
    """Bytes replaced anywhere: total; and VERIFIED only while the signed part is as it was."""
    whole = _honest(world)
    at %= len(whole)
    data = whole[:at] + put + whole[at + cut :]
    found = report(data, world.trust)
    if found.headline is Headline.VERIFIED:
        assert text() in data
    for one in found.statuses:
        assert one.integrity is not Integrity.INTACT or text() in data


_CACHE: dict[int, bytes] = {}


def _honest(world: World) -> bytes:
    return _CACHE.setdefault(id(world), honest(world.ann))


@pytest.mark.parametrize(
    "sender",
    [
        f"Ann Author <ann@desk.example, eve@desk.example>, {FROM}",
        f"The Minister, {FROM}",
        f"{FROM}, Eve <eve at desk.example>",
    ],
)
def test_one_of_two_senders_who_cannot_be_read(world: World, sender: str) -> None:
    """A second sender that is no address may be the one that is shown: nothing ties it to Ann."""
    status = only(honest(world.ann, sender=sender), world.trust)
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert "sender-not-comparable" in status.native_codes
