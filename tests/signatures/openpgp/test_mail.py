"""PGP/MIME and inline OpenPGP in mails: scope in the mail, and the sender against the key."""

import io
from collections.abc import Iterator

import pytest

from provenance.examine.examination import Examination
from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline, Integrity, Scope, Signer
from provenance.signatures.model import SignatureStatus
from provenance.trust.model import TrustSet
from tests.signatures.openpgp.maker import NOW, Person, armored
from tests.signatures.openpgp.test_judging import needs_gpgv, trusting

TEXT = b"Content-Type: text/plain; charset=us-ascii\r\n\r\nDear Sir,\r\nwe leave.\r\n"
FROM = "Ann Author <ann@example.org>"


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all."""
    with Runner() as one:
        yield one


@pytest.fixture(scope="module")
def ann() -> Person:
    """The sender, whom the desk knows."""
    return Person()


def headers(sender: str = FROM) -> bytes:
    """The header of a mail."""
    lines = (f"From: {sender}", "To: desk@example.net", "Subject: Letter", "MIME-Version: 1.0")
    return "\r\n".join(lines).encode() + b"\r\n"


def signed_mail(
    ann: Person,
    *,
    sender: str = FROM,
    text: bytes = TEXT,
    shown: bytes | None = None,
    more: bytes = b"",
) -> bytes:
    """A multipart/signed mail (RFC 3156 section 5); `shown` replaces the text after signing."""
    signature = armored(ann.detached(text), "SIGNATURE").replace(b"\n", b"\r\n")
    signed = (
        b'Content-Type: multipart/signed; micalg="pgp-sha256"; boundary="b1";\r\n'
        b' protocol="application/pgp-signature"\r\n\r\n--b1\r\n' + (shown or text) + b"\r\n--b1\r\n"
        b"Content-Type: application/pgp-signature\r\n\r\n" + signature + b"\r\n--b1--\r\n"
    )
    if not more:
        return headers(sender) + signed
    outer = b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n--b0\r\n'
    return headers(sender) + outer + signed + b"--b0\r\n" + more + b"\r\n--b0--\r\n"


def examine(runner: Runner, mail: bytes, trust: TrustSet) -> Examination:
    """Examine a mail."""
    found = runner.examine(io.BytesIO(mail), name="mail.eml", at=NOW, trust=trust)
    assert found.outcome.examined, found.outcome
    assert found.identification.media_type == "message/rfc822"
    return found


def only(found: Examination) -> SignatureStatus:
    """Return the one status there must be."""
    (status,) = found.signatures.statuses
    return status


def test_a_signed_mail_from_the_key_s_holder_is_verified(runner: Runner, ann: Person) -> None:
    """The text is covered, the header is not, and the sender's address is one of the key's."""
    found = examine(runner, signed_mail(ann), trusting(ann.pin()))
    status = only(found)
    assert (status.headline, status.scope) == (Headline.VERIFIED, Scope.WHOLE)
    assert status.locator.name == "MIME part 0.1 (pgp-mime)"
    assert any("header fields" in one for one in status.uncovered)
    assert status.claimed_author == FROM
    assert {"smime-parts", "openpgp"} <= set(found.detectors_run)


def test_another_sender_than_the_signer_is_a_mismatch(runner: Runner, ann: Person) -> None:
    """The cryptography is right and the name is not."""
    sender = "Bob <bob@example.org>"
    status = only(examine(runner, signed_mail(ann, sender=sender), trusting(ann.pin())))
    assert status.headline is Headline.IDENTITY_MISMATCH
    assert status.signer is Signer.MISMATCH
    assert "sender-not-signer" in status.native_codes


def test_an_address_in_the_display_name_is_a_mismatch(runner: Runner, ann: Person) -> None:
    """Programs that show the name alone would show another address."""
    sender = '"general@army.example" <ann@example.org>'
    status = only(examine(runner, signed_mail(ann, sender=sender), trusting(ann.pin())))
    assert status.headline is Headline.IDENTITY_MISMATCH


def test_a_key_without_an_address_is_tied_to_no_sender(runner: Runner) -> None:
    """Nothing to compare: an intact signature by somebody unknown, however pinned the key."""
    ann = Person(name="Ann Author")
    status = only(examine(runner, signed_mail(ann), trusting(ann.pin())))
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER


def test_an_address_that_somebody_else_put_on_the_key_does_not_count(runner: Runner) -> None:
    """A user ID without the key's own signature is not the key's."""
    from tests.signatures.openpgp.maker import Key, packet, sub  # noqa: PLC0415 - only here

    ann, name = Person(), b"General <general@army.example>"
    stranger = Key()
    content = ann.key.framed + b"\xb4" + len(name).to_bytes(4) + name
    forged = stranger.sign(content, kind=0x13, more=sub(27, b"\x03"))
    ann.behind = packet(13, name) + packet(2, forged)
    mail = signed_mail(ann, sender="General <general@army.example>")
    assert only(examine(runner, mail, trusting(ann.pin()))).headline is Headline.IDENTITY_MISMATCH


def test_parts_beside_the_signed_one_make_it_partial(runner: Runner, ann: Person) -> None:
    """What a reader is shown beside the signed part is listed."""
    more = b"Content-Type: text/plain\r\n\r\nP.S. we stay."
    status = only(examine(runner, signed_mail(ann, more=more), trusting(ann.pin())))
    assert (status.headline, status.scope) == (Headline.INTACT_PARTIAL, Scope.PART)
    assert any(one.startswith("part ") for one in status.uncovered)


@needs_gpgv
def test_an_altered_mail_is_broken_by_both_engines(runner: Runner, ann: Person) -> None:
    """The second engine is asked about the very part."""
    shown = TEXT.replace(b"leave", b"stay!")
    status = only(examine(runner, signed_mail(ann, shown=shown), trusting(ann.pin())))
    assert status.headline is Headline.BROKEN
    assert status.engine == "pysequoia+gpgv"


@needs_gpgv
def test_a_weak_mail_signature_of_another_sender_keeps_both_findings(runner: Runner) -> None:
    """What the second engine settles keeps who the sender was."""
    ann = Person(digest=2)
    mail = signed_mail(ann, sender="bob@example.org")
    status = only(examine(runner, mail, trusting(ann.pin())))
    assert status.integrity is Integrity.INTACT
    assert status.headline is Headline.IDENTITY_MISMATCH


def test_a_clearsigned_block_in_a_mail(runner: Runner, ann: Person) -> None:
    """The block is a part where text stands around it; its sender is compared too."""
    block = ann.clearsigned("Dear Sir").replace(b"\n", b"\r\n")
    plain = headers() + b"Content-Type: text/plain\r\n\r\n"
    whole = only(examine(runner, plain + block, trusting(ann.pin())))
    assert (whole.headline, whole.scope) == (Headline.VERIFIED, Scope.WHOLE)
    around = only(examine(runner, plain + b"Hello!\r\n" + block, trusting(ann.pin())))
    assert around.headline is Headline.INTACT_PARTIAL
    other = headers("bob@example.org") + b"Content-Type: text/plain\r\n\r\n" + block
    assert only(examine(runner, other, trusting(ann.pin()))).signer is Signer.MISMATCH


def test_a_key_attached_to_the_mail_is_no_pin(runner: Runner, ann: Person) -> None:
    """It serves to check the mathematics, and its holder stays unknown."""
    key = armored(ann.certificate(), "PUBLIC KEY BLOCK").replace(b"\n", b"\r\n")
    more = b"Content-Type: application/pgp-keys\r\n\r\n" + key
    status = only(examine(runner, signed_mail(ann, more=more), TrustSet()))
    assert status.integrity is Integrity.INTACT
    assert status.signer is Signer.UNKNOWN
    assert "key-came-along" in status.native_codes


def test_an_encrypted_mail_is_not_unsigned(runner: Runner) -> None:
    """Whether it is signed inside cannot be seen."""
    mail = headers() + (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\r\n'
        b' boundary="b"\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n'
        b"--b\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--b--\r\n"
    )
    found = examine(runner, mail, TrustSet())
    assert found.headline is Headline.ERROR
    assert found.signatures.detectors_failed[0].code == "encrypted"


def test_a_mail_without_any_signature_is_unsigned(runner: Runner) -> None:
    """Both detectors ran and found none."""
    found = examine(runner, headers() + b"Content-Type: text/plain\r\n\r\nHello.\r\n", TrustSet())
    assert found.headline is Headline.UNSIGNED
    assert {"smime-parts", "openpgp"} <= set(found.detectors_run)


def test_an_attached_signature_is_of_the_attachment_it_is_named_after(
    runner: Runner, ann: Person
) -> None:
    """`letter.txt.sig` beside `letter.txt` in one mail: of the attachment, not of the sender."""
    letter = b"we leave"
    signature = armored(ann.detached(letter), "SIGNATURE").replace(b"\n", b"\r\n")
    parts = (
        b"Content-Type: text/plain\r\n\r\nSee the letter.\r\n",
        b"Content-Type: application/octet-stream\r\n"
        b"Content-Disposition: attachment; filename=letter.txt\r\n\r\n" + letter,
        b"Content-Type: application/pgp-signature\r\n"
        b"Content-Disposition: attachment; filename=letter.txt.sig\r\n\r\n" + signature,
    )
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    mail = headers("bob@example.org") + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    status = only(examine(runner, mail + body, trusting(ann.pin())))
    assert status.headline is Headline.INTACT_PARTIAL
    assert status.signer is Signer.PINNED
