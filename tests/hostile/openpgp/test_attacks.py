"""No attack on an OpenPGP file may come out as a good signature of what a reader sees."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import Malformed
from provenance.examine.examination import Examination
from provenance.examine.runner import Companion, Runner
from provenance.signatures.axes import Headline, Integrity, Signer
from provenance.signatures.detected import report_of
from provenance.signatures.model import SignatureReport
from provenance.signatures.openpgp.armor import MAX_BLOCKS
from provenance.signatures.openpgp.certificate import read_certificates
from provenance.signatures.openpgp.claims import claims_in
from provenance.signatures.openpgp.judging import inspect_openpgp
from provenance.signatures.openpgp.packets import Packet
from provenance.signatures.openpgp.second import MAX_LINES, Opinion, read_status_lines
from provenance.signatures.openpgp.signature import read_signature
from provenance.signatures.openpgp.state import state_at, user_ids_of
from provenance.signatures.pairing import How, Relation
from provenance.trust.model import PgpPin, TrustSet
from tests.hostile.openpgp.forge import ATTACKS, FORGED, HONEST, LETTER, bomb
from tests.signatures.good import WHOLE
from tests.signatures.openpgp.maker import NOW, Key, Person, armored, packet, sub
from tests.signatures.openpgp.test_judging import SECOND

ASSETS = Path(__file__).parent / "assets"
PARTIAL = {"text-before", "text-behind", "mallory-calls-himself-ann"}
"""Intact blocks with something around them: INTACT_PARTIAL, and the rest is listed."""
UNHARMED = {"text-between"}
"""What was added is shown by no viewer as signed: armor headers of the signature itself."""


def trust() -> TrustSet:
    """The desk knows Ann."""
    name = json.loads((ASSETS / "fingerprint.json").read_text("ascii"))["ann"]
    pin = PgpPin(certificate=(ASSETS / "ann.pgp").read_bytes(), fingerprint=name, person="Ann")
    return TrustSet(pgp=(pin,))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all."""
    with Runner() as one:
        yield one


def examine(runner: Runner, data: bytes, *, document: bytes | None = None) -> Examination:
    """Examine an asset."""
    named = Companion(document=io.BytesIO(document or b""), role=Relation.SIGNED, how=How.HAND)
    beside = [named] if document else []
    return runner.examine(io.BytesIO(data), name=None, at=NOW, trust=trust(), beside=beside)


def judge(data: bytes, trust: TrustSet) -> SignatureReport:
    """Judge with the first engine alone."""
    found = inspect_openpgp(
        data, sha256="0" * 64, media_type="application/pgp-signature", trust=trust, at=NOW
    )
    return report_of("0" * 64, [found])


@pytest.mark.parametrize("name", HONEST)
def test_the_victims_are_verified(runner: Runner, name: str) -> None:
    """Without an attack the files are VERIFIED, so that the other tests can fail."""
    document = LETTER.encode() if name == "honest-detached" else None
    found = examine(runner, (ASSETS / name).read_bytes(), document=document)
    assert found.headline is Headline.VERIFIED


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_is_good(runner: Runner, name: str) -> None:
    """Each attack is broken, unreadable, or partial with the foreign part listed; none is good."""
    found = examine(runner, (ASSETS / name).read_bytes(), document=LETTER.encode())
    assert found.outcome.examined
    if name in UNHARMED:
        assert found.headline is Headline.VERIFIED
        assert FORGED not in found.to_json()
        return
    for status in found.signatures.statuses:
        assert status.headline not in WHOLE
        if status.integrity is Integrity.INTACT:
            assert name in PARTIAL
            assert status.headline is Headline.INTACT_PARTIAL
            assert status.uncovered
    assert found.headline not in {Headline.UNSIGNED, *WHOLE}
    if SECOND and name in {"altered-text", "swapped-signature", "altered-literal"}:
        assert found.headline is Headline.BROKEN


def test_a_key_that_calls_itself_ann_is_not_ann(runner: Runner) -> None:
    """The key came along: unknown signer, whatever it is called."""
    found = examine(runner, (ASSETS / "mallory-calls-himself-ann").read_bytes())
    (status,) = found.signatures.statuses
    assert status.signer is Signer.UNKNOWN
    assert "key-came-along" in status.native_codes


def test_a_bomb_opens_to_nothing(runner: Runner) -> None:
    """More than the limit is refused, in bounded memory."""
    found = examine(runner, bomb(Person()))
    assert found.headline is Headline.ERROR
    assert found.outcome.examined
    assert found.max_rss < 500 << 20


def test_more_blocks_than_the_limit_are_said(runner: Runner) -> None:
    """The limit is an error, never silence."""
    found = examine(runner, (ASSETS / "many-blocks").read_bytes())
    (status,) = found.signatures.statuses
    assert str(MAX_BLOCKS) in (status.error or "")
    assert found.headline is Headline.ERROR


def test_a_flooded_certificate_costs_little() -> None:
    """Strange signatures are told by their issuer's name, before any arithmetic."""
    ann, strangers = Person(), [Key() for _ in range(3)]
    flood = b"".join(packet(2, strangers[n % 3].sign(b"x", kind=0x13)) for n in range(1500))
    (certificate,) = read_certificates(Person(key=ann.key, behind=flood).certificate())
    assert user_ids_of(certificate) == (ann.name,)
    assert state_at(certificate, certificate.primary, NOW).state.value == "valid"


HONEST_FILES = [(ASSETS / name).read_bytes() for name in HONEST[:2]]
fuzz = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fuzz
@given(st.sampled_from(HONEST_FILES), st.data())
def test_a_flip_in_what_is_signed_is_never_intact(honest: bytes, data: st.DataObject) -> None:
    """Any bit of the signed text, flipped: never intact, never a fault of ours."""
    start = honest.index(b"Dear")
    at = data.draw(st.integers(start, start + len(LETTER) - 1))
    bit = data.draw(st.integers(0, 7))
    out = bytearray(honest)
    out[at] ^= 1 << bit
    report = judge(bytes(out), trust())
    blanks = bytes(out[at : at + 1]) in b" \t\r" and honest[at : at + 1] in b" \t\r"
    assert blanks or all(one.integrity is not Integrity.INTACT for one in report.statuses)


@fuzz
@given(st.sampled_from(HONEST_FILES), st.integers(0, 1 << 16), st.integers(0, 7))
def test_any_flip_is_an_answer(honest: bytes, at: int, bit: int) -> None:
    """Any bit of the file, flipped: what is intact all the same is over what Ann signed."""
    out = bytearray(honest)
    out[at % len(out)] ^= 1 << bit
    contents = {one.name: one.content for one in claims_in(bytes(out)).found}
    signed = {LETTER.encode(), LETTER.replace("\n", "\r\n").encode()}
    for status in judge(bytes(out), trust()).statuses:
        if status.integrity is Integrity.INTACT:
            assert contents[status.id] in signed


@fuzz
@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer(data: bytes) -> None:
    """Every reader is total: it returns, or says that they are malformed."""
    claims_in(data)
    claims_in(b"-----BEGIN PGP SIGNED MESSAGE-----\n" + data)
    claims_in(b"-----BEGIN PGP MESSAGE-----\n\n" + data + b"\n-----END PGP MESSAGE-----\n")
    for read in (read_certificates, lambda d: read_signature(Packet(tag=2, body=d))):
        try:
            read(data)
        except Malformed:
            continue
    judge(armored(data or b"x", "SIGNATURE"), trust())


@fuzz
@given(st.binary(max_size=300))
def test_any_status_lines_are_an_answer(data: bytes) -> None:
    """What gpgv says is read as hostile; noise is undecided."""
    answer = read_status_lines(b"[GNUPG:] " + data)
    assert answer.opinion in set(Opinion)
    assert answer.word in {"", "GOODSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "BADSIG", "ERRSIG"}


@pytest.mark.parametrize(
    "lines",
    [
        b"[GNUPG:] GOODSIG A b\n[GNUPG:] BADSIG A b\n",
        b"[GNUPG:] GOODSIG A b\n[GNUPG:] GOODSIG A b\n",
        b" [GNUPG:] GOODSIG A b\n",
        b"GOODSIG A b\n",
        b"",
        b"[GNUPG:] NODATA 1\n",
    ],
)
def test_two_endings_or_none_are_undecided(lines: bytes) -> None:
    """Exactly one line may say how the one signature came out."""
    assert read_status_lines(lines).opinion is Opinion.UNDECIDED


def test_a_good_answer_without_its_key_names_nobody() -> None:
    """VALIDSIG must be there once, whole."""
    good = b"[GNUPG:] GOODSIG A b\n"
    name = b"A" * 40
    whole = b"[GNUPG:] VALIDSIG " + b" ".join([name] + [b"0"] * 8 + [name]) + b"\n"
    assert read_status_lines(good + whole).fingerprint == name.decode()
    for rest in (b"", whole + whole, whole.replace(b"A", b"g"), b"[GNUPG:] VALIDSIG x\n"):
        assert read_status_lines(good + rest).fingerprint is None


def test_subpackets_that_never_end_are_refused() -> None:
    """Lengths of zero, beyond the area, or too many."""
    for area in (b"\0\0", b"\xff\xff\xff\xff\xff", sub(100, b"") * 201, b"\x05\x02"):
        body = b"\x04\0\x16\x08" + len(area).to_bytes(2) + area + b"\0\0\0\0"
        with pytest.raises(Malformed):
            read_signature(Packet(tag=2, body=body))


def test_a_second_ending_behind_many_lines() -> None:
    """An answer that is longer than what is read settles nothing."""
    good = b"[GNUPG:] GOODSIG 0123456789ABCDEF Ann\n"
    filler = b"[GNUPG:] NOTATION_DATA x\n" * MAX_LINES
    bad = b"[GNUPG:] BADSIG 0123456789ABCDEF Ann\n"
    assert read_status_lines(good + filler + bad).opinion is Opinion.UNDECIDED
