"""Nobody without Ann's key may make a mail that reads as signed by her, or hide that one is broken.

The attacker holds what Ann once signed in public (a clear-signed note, a signed message, a mail of
hers) and writes a mail around it, as in "Johnny, you are fired!" (2019), or spoils the part that
would tell that a mail was altered.
"""

import base64
from collections.abc import Callable

import pytest

from provenance.signatures.axes import Headline, Integrity, Scope
from provenance.signatures.detected import report_of
from provenance.signatures.model import SignatureReport
from provenance.signatures.openpgp.judging import inspect_openpgp
from tests.signatures.openpgp.maker import NOW, Person, armored, packet
from tests.signatures.openpgp.test_judging import trusting

ANN = Person()
OLD = "Dinner at eight?\n"
TEXT = b"Content-Type: text/plain\r\n\r\nDinner at eight?\r\n"
FORGED = b"I bribed the minister."
FORGED_TEXT = b"Content-Type: text/plain\r\n\r\n" + FORGED + b"\r\n"
HEAD = b"From: Ann Author <ann@example.org>\r\nTo: desk@example.net\r\nMIME-Version: 1.0\r\n"
KIND = b"application/pgp-signature"
END = b"-----END PGP SIGNATURE-----"


def crlf(data: bytes) -> bytes:
    """Write line ends as mail has them."""
    return data.replace(b"\n", b"\r\n")


def bare(text: bytes = TEXT) -> bytes:
    """Ann's detached signature, armoured."""
    return crlf(armored(ANN.detached(text), "SIGNATURE"))


def signed(text: bytes, signature: bytes, *, kind: bytes = KIND, boundary: bytes = b"b1") -> bytes:
    """Write multipart/signed; `kind` is that of the signature's part, with its further fields."""
    return (
        b'Content-Type: multipart/signed; micalg="pgp-sha256"; boundary="%b";\r\n'
        b' protocol="application/pgp-signature"\r\n\r\n--%b\r\n%b\r\n--%b\r\n'
        b"Content-Type: %b\r\n\r\n%b\r\n--%b--\r\n"
    ) % (boundary, boundary, text, boundary, kind, signature, boundary)


def mixed(*parts: bytes) -> bytes:
    """Write a mail of several parts."""
    body = b"".join(b"--b0\r\n" + one + b"\r\n" for one in parts)
    return HEAD + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n' + body + b"--b0--\r\n"


def judge(mail: bytes) -> SignatureReport:
    """Judge a mail; the desk knows Ann."""
    found = inspect_openpgp(
        mail, sha256="0" * 64, media_type="message/rfc822", trust=trusting(ANN.pin()), at=NOW
    )
    return report_of("0" * 64, [found])


def test_the_honest_mails_are_verified() -> None:
    """Without an attack they are VERIFIED and WHOLE, so that the other tests can fail."""
    block = HEAD + b"Content-Type: text/plain\r\n\r\n" + crlf(ANN.clearsigned(OLD))
    binary = HEAD + signed(TEXT, ANN.detached(TEXT))
    for mail in (HEAD + signed(TEXT, bare()), binary, block):
        (status,) = judge(mail).statuses
        assert (status.headline, status.scope) == (Headline.VERIFIED, Scope.WHOLE)


CARRIED = {
    "clear-signed": crlf(ANN.clearsigned(OLD)),
    "armoured message": crlf(armored(ANN.message(OLD.encode()), "MESSAGE")),
    "binary message": ANN.message(OLD.encode()),
    "message within signature armour": crlf(armored(ANN.message(OLD.encode()), "SIGNATURE")),
}


@pytest.mark.parametrize("carried", CARRIED.values(), ids=CARRIED)
def test_a_signature_part_with_its_own_content_signs_nothing(carried: bytes) -> None:
    """What Ann signed elsewhere is no signature of the part, attached or in multipart/signed."""
    attached = mixed(
        b"Content-Type: application/octet-stream\r\n"
        b"Content-Disposition: attachment; filename=a.txt\r\n\r\n" + FORGED,
        b"Content-Type: application/pgp-signature\r\n"
        b"Content-Disposition: attachment; filename=a.txt.asc\r\n\r\n" + carried,
    )
    for mail in (HEAD + signed(FORGED_TEXT, carried), attached):
        report = judge(mail)
        assert report.headline is Headline.ERROR
        for status in report.statuses:
            assert status.integrity is Integrity.ERROR
            assert status.covered == ()


def test_content_of_its_own_beside_a_good_signature_is_told() -> None:
    """The good signature does not carry the clear-signed text that stands in its part."""
    report = judge(HEAD + signed(TEXT, bare() + CARRIED["clear-signed"]))
    good, other = report.statuses
    assert (good.integrity, good.scope) == (Integrity.INTACT, Scope.PART)
    assert other.integrity is Integrity.ERROR
    assert report.headline is Headline.ERROR


ENDS = (b"\r\r\n", b" \r\t\r\n", b"\r\r\r\n", b" \t\n", b"\r\n")


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("coded", [True, False])
def test_text_behind_a_block_is_outside_however_its_end_is_written(end: bytes, coded: bool) -> None:
    """A second END line does not draw the text before it into the block."""
    block = crlf(ANN.clearsigned(OLD)).rstrip() + end + b"\r\n" + FORGED + b"\r\n" + END + b"\r\n"
    body = b"\r\n" + block
    if coded:
        body = b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(block)
    (status,) = judge(HEAD + b"Content-Type: text/plain\r\n" + body).statuses
    assert (status.headline, status.scope) == (Headline.INTACT_PARTIAL, Scope.PART)
    assert any("text" in one for one in status.uncovered)


HIDING = {
    "plain text": b"FORGED CONTRACT",
    "text behind a signature": bare() + b"FORGED CONTRACT",
    "text before a signature": b"FORGED CONTRACT\r\n" + bare(),
    "two blocks": bare() + bare(),
    "a packet that may hold anything": ANN.detached(TEXT) + packet(21, b"FORGED CONTRACT"),
    "a marker": packet(10, b"PGP") + ANN.detached(TEXT),
}


@pytest.mark.parametrize("hidden", HIDING.values(), ids=HIDING)
@pytest.mark.parametrize("kind", [KIND, b"application/pkcs7-signature"])
def test_a_signature_part_does_not_hide_what_a_reader_opens(hidden: bytes, kind: bytes) -> None:
    """A file called a signature is shown like any other unless it is one and nothing else."""
    named = kind + b"\r\nContent-Disposition: attachment; filename=contract.txt"
    empty = b"Content-Type: text/plain\r\n\r\n"
    fake = signed(empty, hidden, kind=named, boundary=b"b2")
    good = judge(mixed(signed(TEXT, bare()), fake)).statuses[0]
    assert (good.integrity, good.scope) == (Integrity.INTACT, Scope.PART)
    assert any("contract.txt" in one for one in good.uncovered)


@pytest.mark.parametrize("hidden", [bare() + b"FORGED", b"FORGED\r\n" + bare()])
def test_text_around_the_armour_of_its_own_part_is_told(hidden: bytes) -> None:
    """The part of the good signature itself holds more than the signature."""
    (status,) = judge(HEAD + signed(TEXT, hidden)).statuses
    assert (status.headline, status.scope) == (Headline.INTACT_PARTIAL, Scope.PART)
    assert any(one.startswith("part 0.2") for one in status.uncovered)


def _spoilt_begin() -> bytes:
    return signed(FORGED_TEXT, bare().replace(b"BEGIN PGP SIGNATURE-----", b"BEGIN PGP SIG x"))


def _no_block() -> bytes:
    return signed(FORGED_TEXT, b"nothing")


def _empty() -> bytes:
    return signed(FORGED_TEXT, b"")


def _key_instead() -> bytes:
    return signed(FORGED_TEXT, crlf(armored(ANN.certificate(), "PUBLIC KEY BLOCK")))


def _other_type() -> bytes:
    return signed(FORGED_TEXT, bare(), kind=b"text/plain")


def _no_second_part() -> bytes:
    return signed(FORGED_TEXT, b"").partition(b"\r\n--b1\r\nContent-Type: app")[0] + b"\r\n--b1--"


def _spoilt_encoding() -> bytes:
    return signed(FORGED_TEXT, bare(), kind=KIND + b"\r\nContent-Transfer-Encoding: base64")


SPOILT = (
    _spoilt_begin,
    _no_block,
    _empty,
    _key_instead,
    _other_type,
    _no_second_part,
    _spoilt_encoding,
)


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_spoilt_signature_part_is_never_unsigned(spoil: Callable[[], bytes]) -> None:
    """Who alters a signed mail cannot make it read like one that never was signed."""
    report = judge(HEAD + spoil())
    assert report.headline not in {Headline.UNSIGNED, Headline.VERIFIED}
    assert report.statuses
    assert all(one.integrity is not Integrity.INTACT for one in report.statuses)


def test_a_spoilt_attached_signature_is_an_error() -> None:
    """The same for a signature that is an attachment of its own."""
    part = b"Content-Type: application/pgp-signature; name=a.asc\r\n\r\nnothing"
    assert judge(mixed(TEXT, part)).headline is Headline.ERROR


def test_a_broken_signature_cannot_hide_behind_many_good_ones() -> None:
    """What is left out for number is told, and leaves the answer open."""
    good = signed(TEXT, bare(), boundary=b"b1")
    report = judge(mixed(*[b"Content-Type: message/rfc822\r\n\r\n" + HEAD + good] * 65))
    assert report.headline is Headline.ERROR
    assert "too-many" in {code for one in report.statuses for code in one.native_codes}
