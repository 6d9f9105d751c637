"""SSH, minisign and signify: every headline they can give, in the sandbox and beside a document."""

import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from provenance.examine.examination import Examination
from provenance.examine.runner import Companion, Runner
from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Crypto,
    Headline,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
)
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pairing import How, Relation
from provenance.signatures.sentence import explain_signature, say_signature
from provenance.trust.model import KeyPin, PinKind, TrustSet
from tests.signatures.detached.maker import Numbered, SshParty

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"
NOW = datetime(2020, 6, 1, tzinfo=UTC)
SIGNED = datetime(2020, 1, 6, 12, tzinfo=UTC)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all."""
    with Runner() as one:
        yield one


def examine(
    runner: Runner,
    data: bytes,
    *pins: KeyPin,
    document: bytes | None = LETTER,
    role: Relation = Relation.SIGNED,
    compromised: tuple[str, ...] = (),
    by_hand: bool = True,
) -> Examination:
    """Examine a file with another beside it."""
    how = How.HAND if by_hand else How.NAME
    other = Companion(document=io.BytesIO(document or b""), role=role, how=how)
    beside = [other] if document else []
    trust = TrustSet(keys=pins, compromised_spki=compromised)
    found = runner.examine(io.BytesIO(data), name=None, at=NOW, trust=trust, beside=beside)
    assert found.outcome.examined, found.outcome
    return found


def only(found: Examination) -> SignatureStatus:
    """Return the one status there must be."""
    (status,) = found.signatures.statuses
    return status


def _cases() -> list[tuple[str, Kind, bytes, KeyPin]]:
    ann, party = Numbered(), SshParty()
    return [
        ("minisign", Kind.MINISIGN, ann.minisign(LETTER), ann.pin(PinKind.MINISIGN)),
        (
            "minisign-legacy",
            Kind.MINISIGN,
            ann.minisign(LETTER, hashed=False),
            ann.pin(PinKind.MINISIGN),
        ),
        ("signify", Kind.SIGNIFY, ann.signify(LETTER), ann.pin(PinKind.SIGNIFY)),
        ("ssh-ed25519", Kind.SSH, party.sign(LETTER), party.pin()),
        *[
            (name, Kind.SSH, one.sign(LETTER, digest=digest), one.pin())
            for name, one, digest in (
                ("ssh-sha256", SshParty(), "sha256"),
                ("ssh-rsa", SshParty(RSA), "sha512"),
                ("ssh-p256", SshParty(ec.generate_private_key(ec.SECP256R1())), "sha512"),
                ("ssh-p384", SshParty(ec.generate_private_key(ec.SECP384R1())), "sha512"),
                ("ssh-p521", SshParty(ec.generate_private_key(ec.SECP521R1())), "sha256"),
            )
        ],
    ]


CASES = _cases()
each_format = pytest.mark.parametrize(
    ("kind", "data", "pin"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)


@each_format
def test_a_pinned_key_over_its_document_is_verified(
    runner: Runner, kind: Kind, data: bytes, pin: KeyPin
) -> None:
    """Every axis of a good signature, looked at from the signature's side."""
    status = only(examine(runner, data, pin))
    assert status.headline is Headline.VERIFIED
    assert (status.kind, status.presence) == (kind, Presence.PRESENT)
    assert (status.scope, status.changed_after) == (Scope.WHOLE, ChangedAfter.NONE)
    assert (status.signer, status.cert_at_time) == (Signer.PINNED, CertAtTime.VALID)
    assert status.crypto is Crypto.OK
    assert status.identity.subject == "Ann Author"
    assert status.identity.fingerprint
    assert status.identity.spki_sha256
    assert status.anchor_id == hashlib.sha256(pin.key.encode()).hexdigest()
    assert status.algorithms
    assert hashlib.sha256(LETTER).hexdigest() in status.covered[0]


@each_format
def test_the_document_says_the_same(runner: Runner, kind: Kind, data: bytes, pin: KeyPin) -> None:
    """The same signature, looked at from the document's side."""
    status = only(examine(runner, LETTER, pin, document=data, role=Relation.SIGNATURE))
    assert status.headline is Headline.VERIFIED
    assert status.locator.name == f"detached signature ({kind.value})"
    assert status.covered[0] == "the whole document"
    assert status.document_sha256 == hashlib.sha256(LETTER).hexdigest()


@each_format
def test_altered_bytes_are_broken(runner: Runner, kind: Kind, data: bytes, pin: KeyPin) -> None:
    """One more letter: the one equation does not hold."""
    for found in (
        examine(runner, data, pin, document=LETTER + b"!"),
        examine(runner, LETTER + b"!", pin, document=data, role=Relation.SIGNATURE),
    ):
        assert only(found).headline is Headline.BROKEN
        assert only(found).kind is kind


@each_format
def test_a_name_alone_never_breaks_a_document(
    runner: Runner, kind: Kind, data: bytes, pin: KeyPin
) -> None:
    """A failing or unreadable file of a fitting name: not checkable, it may be another's."""
    cut, beside = data[: len(data) * 2 // 3], Relation.SIGNATURE
    for found in (
        examine(runner, LETTER + b"!", pin, document=data, role=beside, by_hand=False),
        examine(runner, LETTER, pin, document=cut, role=beside, by_hand=False),
        examine(runner, data, pin, document=LETTER + b"!", by_hand=False),
    ):
        status = only(found)
        assert (status.kind, status.headline) == (kind, Headline.NOT_CHECKABLE)
        assert status.native_codes[-1] == "paired-by-name"
        assert "it may belong to another document" in status.warnings
        said = say_signature(status)
        assert ("could not be checked" in said) != ("does not match this document" in said)


@each_format
def test_an_unknown_key(runner: Runner, kind: Kind, data: bytes, pin: KeyPin) -> None:
    """SSH carries its key: intact, unknown signer. The others carry a number: not checkable."""
    status = only(examine(runner, data))
    if kind is Kind.SSH:
        assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
        assert status.signer is Signer.UNKNOWN
    else:
        assert status.headline is Headline.NOT_CHECKABLE
        assert status.native_codes == ("no-key",)
        assert (status.identity.fingerprint or "") in (status.error or "")


@each_format
def test_without_its_document(runner: Runner, kind: Kind, data: bytes, pin: KeyPin) -> None:
    """Alone it cannot be checked, and says how to name the document."""
    status = only(examine(runner, data, pin, document=None))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("document-not-here",)
    assert "--signed DOCUMENT" in (status.error or "")


@each_format
def test_a_compromised_key_is_revoked(runner: Runner, kind: Kind, data: bytes, pin: KeyPin) -> None:
    """The desk's list goes before its pins."""
    spki = only(examine(runner, data, pin)).identity.spki_sha256 or ""
    status = only(examine(runner, data, pin, compromised=(spki,)))
    assert status.headline is Headline.REVOKED


@each_format
def test_a_pin_that_cannot_be_read_is_told(
    runner: Runner, kind: Kind, data: bytes, pin: KeyPin
) -> None:
    """Left out, and said so without a name; a pin that does vouch needs no such remark."""
    junk = KeyPin(kind=pin.kind, key="AAAA", person="Somebody Secret")
    status = only(examine(runner, data, junk))
    assert status.headline in {Headline.NOT_CHECKABLE, Headline.INTACT_UNKNOWN_SIGNER}
    assert "pin-unreadable" in status.native_codes
    told = " ".join(explain_signature(status))
    assert "keys cannot be read and was left out" in told
    assert "Somebody Secret" not in told
    assert "pin-unreadable" not in only(examine(runner, data, junk, pin)).native_codes
    assert status.kind is kind


@each_format
def test_cut_off_it_is_an_error(runner: Runner, kind: Kind, data: bytes, pin: KeyPin) -> None:
    """Half a signature is neither broken nor absent."""
    found = examine(runner, data[: len(data) * 2 // 3], pin)
    assert found.headline is Headline.ERROR


def test_an_ssh_signature_for_another_purpose_is_its_own_case(runner: Runner) -> None:
    """Made for git: never good for a document, unless the desk pinned the key for that."""
    party = SshParty()
    data = party.sign(LETTER, namespace=b"git")
    for pins in ((), (party.pin(),)):
        status = only(examine(runner, data, *pins))
        assert status.headline is Headline.NOT_CHECKABLE
        assert status.native_codes == ("namespace-mismatch",)
        assert '"git"' in (status.error or "")
    assert only(examine(runner, data, party.pin("git"))).headline is Headline.VERIFIED
    only_git = only(examine(runner, party.sign(LETTER), party.pin("git")))
    assert only_git.native_codes == ("namespace-mismatch",)
    altered = only(examine(runner, data, party.pin("git"), document=b"other"))
    assert altered.headline is Headline.BROKEN


def test_a_short_rsa_key_is_weak(runner: Runner) -> None:
    """RSA of 1024 bits: holds, and is said to be weak."""
    party = SshParty(rsa.generate_private_key(public_exponent=65537, key_size=1024))  # noqa: S505 - the point
    status = only(examine(runner, party.sign(LETTER), party.pin()))
    assert status.headline is Headline.INTACT_WEAK
    assert status.key_bits == 1024


def test_a_certified_ssh_key_is_unsupported(runner: Runner) -> None:
    """A kind of key that is not checked is told, not refused as damaged."""
    good = SshParty().sign(LETTER)
    blob = b"\0\0\0\x20ssh-ed25519-cert-v01@openssh.com" + b"\0" * 40
    status = only(examine(runner, _with_key(good, blob)))
    assert status.headline is Headline.UNSUPPORTED
    assert "ssh-ed25519-cert-v01@openssh.com" in (status.error or "")


def _with_key(good: bytes, blob: bytes) -> bytes:
    import base64  # noqa: PLC0415 - only here

    raw = base64.b64decode(b"".join(good.split(b"\n")[1:-2]))
    size = int.from_bytes(raw[10:14])
    raw = raw[:10] + len(blob).to_bytes(4) + blob + raw[14 + size :]
    body = base64.b64encode(raw)
    return b"-----BEGIN SSH SIGNATURE-----\n" + body + b"\n-----END SSH SIGNATURE-----\n"


def test_the_trusted_comment_of_minisign_is_signed_and_its_file_name_is_not_shown(
    runner: Runner,
) -> None:
    """Its time is the claimed one; a name may lead to a source; an altered comment is broken."""
    ann = Numbered()
    data = ann.minisign(LETTER, trusted="timestamp:1578312000\tfile:our-source.pdf\tfor the desk")
    found = examine(runner, data, ann.pin(PinKind.MINISIGN))
    status = only(found)
    assert (status.claimed_time, status.time_basis) == (SIGNED, TimeBasis.CLAIMED)
    assert status.covered[1] == 'the trusted comment ("for the desk")'
    assert "our-source" not in found.to_json()
    altered = data.replace(b"for the desk", b"for the dusk")
    assert only(examine(runner, altered, ann.pin(PinKind.MINISIGN))).headline is Headline.BROKEN
    loose = data.replace(b"signature from minisign", b"signature from nobody")
    assert only(examine(runner, loose, ann.pin(PinKind.MINISIGN))).headline is Headline.VERIFIED


@pytest.mark.parametrize("comment", ["", "timestamp:99999999999", "timestamp:x", "no time"])
def test_a_trusted_comment_without_a_time_claims_none(runner: Runner, comment: str) -> None:
    """Also a time beyond the calendar is no time."""
    ann = Numbered()
    data = ann.minisign(LETTER, trusted=comment)
    status = only(examine(runner, data, ann.pin(PinKind.MINISIGN)))
    assert status.headline is Headline.VERIFIED
    assert comment == "timestamp:99999999999" or status.claimed_time is None


def test_a_pin_counts_only_in_its_period(runner: Runner) -> None:
    """With a claimed time: unproven. Without any: unproven too. Claimed outside: unknown signer."""
    ann = Numbered()
    year = timedelta(days=365)

    def windowed(kind: PinKind, start: datetime, end: datetime) -> KeyPin:
        return KeyPin(kind=kind, key=ann.line(), person="Ann", valid_from=start, valid_to=end)

    past = (SIGNED - year, SIGNED + timedelta(days=1))
    before = (SIGNED - 2 * year, SIGNED - year)
    mini, plain = ann.minisign(LETTER), ann.signify(LETTER)
    for data, kind, window, headline in (
        (mini, PinKind.MINISIGN, past, Headline.INTACT_TIME_UNPROVEN),
        (mini, PinKind.MINISIGN, before, Headline.INTACT_UNKNOWN_SIGNER),
        (plain, PinKind.SIGNIFY, past, Headline.INTACT_TIME_UNPROVEN),
    ):
        assert only(examine(runner, data, windowed(kind, *window))).headline is headline


def test_two_keys_of_one_number_are_both_tried(runner: Runner) -> None:
    """Whoever draws the number of somebody else's key cannot make a good signature look broken."""
    ann = Numbered()
    other = Numbered(number=ann.number)
    pins = (other.pin(PinKind.MINISIGN), ann.pin(PinKind.MINISIGN))
    for order in (pins, pins[::-1]):
        assert only(examine(runner, ann.minisign(LETTER), *order)).headline is Headline.VERIFIED


def test_a_pin_under_which_anybody_could_sign_vouches_for_nobody(runner: Runner) -> None:
    """An Ed25519 point of small order accepts any message; as a pin it is not there."""
    import base64  # noqa: PLC0415 - only here

    ann = Numbered()
    weak = base64.b64encode(b"Ed" + ann.number + b"\1" + bytes(31)).decode()
    forged = b"Ed" + ann.number + (b"\1" + bytes(31)) + bytes(32)
    data = b"untrusted comment: x\n" + base64.b64encode(forged) + b"\n"
    pin = KeyPin(kind=PinKind.SIGNIFY, key=weak, person="Mallory")
    assert only(examine(runner, data, pin)).native_codes == ("no-key", "pin-unreadable")


def test_signify_with_its_message_covers_that_alone(runner: Runner) -> None:
    """An embedded message is what is signed; a file beside it is listed as not covered."""
    ann = Numbered()
    data = ann.signify(LETTER, embed=True)
    pin = ann.pin(PinKind.SIGNIFY)
    status = only(examine(runner, data, pin))
    assert status.headline is Headline.VERIFIED
    assert status.covered == ("the message in the same file",)
    assert any("lies beside it" in one for one in status.uncovered)
    assert (
        examine(runner, LETTER, pin, document=data, role=Relation.SIGNATURE).signatures.statuses
        == ()
    )


def test_a_public_key_is_not_a_signature(runner: Runner) -> None:
    """Key files look much like signatures; they are unsigned, and no error."""
    line = Numbered().line()
    found = examine(runner, f"untrusted comment: a key\n{line}\n".encode(), document=None)
    assert found.identification.media_type == "application/x-signify"
    assert found.headline is Headline.UNSIGNED


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda d: d.replace(b"\n", b"\r\n"), "line ends of mail programs"),
        (lambda d: d.rstrip(b"\n"), "no line end at the end"),
    ],
)
def test_ssh_armor_that_a_mail_program_touched_is_read(
    runner: Runner, make: Callable[[bytes], bytes], what: str
) -> None:
    """The armor is brought into its one form before the strict reader sees it."""
    party = SshParty()
    status = only(examine(runner, make(party.sign(LETTER)), party.pin()))
    assert status.headline is Headline.VERIFIED, what
