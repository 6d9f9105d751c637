"""What OpenPGP signed in a mail comes out byte for byte, with what is shown beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.signatures.axes import Scope
from provenance.signatures.mime.openpgp_parts import (
    MAX_BLOCKS,
    PgpForm,
    PgpPart,
    openpgp_parts,
)
from tests.signatures.mime.letters import BODY, encoded, entity, mail, multipart, page, text

SIGNATURE = "-----BEGIN PGP SIGNATURE-----\r\n\r\nwgEE\r\n-----END PGP SIGNATURE-----\r\n"
"""One packet of the kind of a signature, with a byte in it."""
BLOCK = (
    "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nwe meet at noon\r\n"
    f"- -----BEGIN PGP SIGNED MESSAGE-----\r\n{SIGNATURE}"
)


def armour() -> bytes:
    """Write the signature part."""
    return entity("application/pgp-signature; name=signature.asc", SIGNATURE)


def pgp_mail(part: bytes, *more: bytes) -> bytes:
    """Write PGP/MIME over a part."""
    kind = 'signed; micalg=pgp-sha256; protocol="application/pgp-signature"'
    return multipart(kind, part, armour(), *more, boundary="pgp")


def only(data: bytes) -> PgpPart:
    """Return the one part there must be."""
    (part,) = openpgp_parts(data)
    return part


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_pgp_mime_comes_out_with_the_line_ends_that_were_signed(end: bytes) -> None:
    """Signed bytes with CR LF, signature decoded, path, sender, nothing shown beside it."""
    part = only(mail(pgp_mail(text())).replace(b"\r\n", end))
    assert part.form is PgpForm.DETACHED
    assert part.signed == text()
    assert part.signature == SIGNATURE.encode().replace(b"\r\n", end)
    assert (part.path, part.taken) == ("0.1", "0.2")
    assert part.coverage.scope is Scope.WHOLE
    assert part.senders.addresses == ("ann@desk.example",)


@pytest.mark.parametrize(
    "data",
    [
        mail(multipart("mixed", pgp_mail(text()), text("footer"))),
        mail(pgp_mail(text(), text("third"))),
        mail(multipart("alternative", pgp_mail(text()), page("<p>"))),
    ],
)
def test_what_is_shown_beside_it_makes_it_partial(data: bytes) -> None:
    """Wrapped PGP/MIME covers its own part only."""
    assert only(data).coverage.scope is Scope.PART


def test_a_clear_signed_block_that_is_all_of_the_text() -> None:
    """The block comes out as it is; nothing stands around it."""
    part = only(mail(text(BLOCK)))
    assert part.form is PgpForm.CLEARSIGNED
    assert part.signed == BLOCK.encode()
    assert (part.start, part.end, part.closed) == (0, len(BLOCK), True)
    assert part.coverage.scope is Scope.WHOLE


def test_text_around_a_block_is_not_covered() -> None:
    """Lines before or behind the block are anybody's."""
    part = only(mail(text(f"Send money.\r\n{BLOCK}")))
    assert part.signed == BLOCK.encode()
    assert part.coverage.scope is Scope.PART
    assert part.coverage.uncovered[0].startswith("the text around the signed block")


def test_transfer_encodings_are_taken_off() -> None:
    """A block in base64 is found at its place in the decoded text."""
    data = entity(
        "text/plain",
        encoded(BLOCK.encode()),
        "Content-Transfer-Encoding: base64",
    )
    assert only(mail(data)).signed == BLOCK.encode()


def test_several_blocks_are_several_parts() -> None:
    """Two blocks in one text: two parts, each partial beside the other."""
    first, second = openpgp_parts(mail(text(BLOCK + BLOCK)))
    assert first.end == second.start
    assert first.coverage.scope is second.coverage.scope is Scope.PART


def test_a_block_in_a_page_is_never_whole() -> None:
    """A page can hide or dress up the block."""
    part = only(mail(page(BLOCK)))
    assert part.coverage.scope is Scope.UNKNOWN
    assert part.coverage.warnings


def test_a_block_without_its_end_is_marked() -> None:
    """It is handed out as far as it goes and is never whole."""
    part = only(mail(text(BLOCK.partition("-----END")[0])))
    assert not part.closed
    assert part.coverage.scope is Scope.UNKNOWN


def test_a_block_must_begin_a_line() -> None:
    """Quoted blocks are text of the quoting mail."""
    assert openpgp_parts(mail(text("> " + BLOCK.replace("\r\n", "\r\n> ")))) == ()


def test_what_may_hold_a_signature_is_told() -> None:
    """An armoured message and an encrypted mail are told, with nothing to check."""
    message = "-----BEGIN PGP MESSAGE-----\r\n\r\nabcd\r\n-----END PGP MESSAGE-----\r\n"
    assert only(mail(text(message))).form is PgpForm.MESSAGE
    kind = 'encrypted; protocol="application/pgp-encrypted"'
    version = entity("application/pgp-encrypted", "Version: 1\r\n")
    body = entity("application/octet-stream", message)
    assert only(mail(multipart(kind, version, body))).form is PgpForm.ENCRYPTED


def test_an_attached_signature_finds_its_attachment() -> None:
    """By its name, decoded; without one the signed bytes are empty."""
    file = entity("application/pdf; name=a.pdf", "%PDF-", "Content-Disposition: attachment")
    beside = entity("application/pgp-signature; name=a.pdf.asc", SIGNATURE)
    part = only(mail(multipart("mixed", text(), file, beside)))
    assert part.form is PgpForm.ATTACHED
    assert part.signed == b"%PDF-"
    assert part.coverage.scope is Scope.PART
    alone = only(mail(multipart("mixed", text(), beside)))
    assert (alone.form, alone.signed) == (PgpForm.ATTACHED, b"")


def test_the_sender_is_that_of_the_mail_it_belongs_to() -> None:
    """A signed mail attached to another one keeps its own sender."""
    inner = entity("message/rfc822", mail(pgp_mail(text())))
    part = only(mail(inner, sender="boss@desk.example"))
    assert part.senders.addresses == ("ann@desk.example",)
    assert part.coverage.scope is Scope.PART


def test_unsigned_mail_gives_nothing_and_floods_are_bounded() -> None:
    """No signature, no part; a thousand blocks are cut off."""
    assert openpgp_parts(mail(text(BODY))) == ()
    assert len(openpgp_parts(mail(text(BLOCK * 1000)))) == MAX_BLOCKS


@given(st.lists(st.sampled_from([*BLOCK.splitlines(keepends=True), "x\n", "\n"]), max_size=60))
def test_blocks_never_overlap(lines: list[str]) -> None:
    """Any order of armour lines gives stretches that follow one another."""
    at = 0
    for part in openpgp_parts(mail(text("".join(lines)))):
        if part.form in {PgpForm.CLEARSIGNED, PgpForm.MESSAGE}:
            assert at <= part.start < part.end
            at = part.end
