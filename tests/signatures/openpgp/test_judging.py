"""OpenPGP signatures made here, judged here, inside the sandbox and with both engines."""

import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from provenance.examine.examination import Examination
from provenance.examine.gpgv_job import find_gpgv
from provenance.examine.runner import Companion, Runner, jail_level
from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Crypto,
    Headline,
    Integrity,
    Presence,
    Scope,
    Signer,
    TimeBasis,
)
from provenance.signatures.model import SignatureStatus
from provenance.signatures.openpgp.checking import ENGINE_VERSION
from provenance.signatures.openpgp.judging import inspect_openpgp
from provenance.signatures.openpgp.second import WANTED
from provenance.signatures.pairing import How, Relation
from provenance.signatures.sentence import explain_signature
from provenance.trust.model import PgpPin, TrustSet
from tests.signatures.inside import answers
from tests.signatures.openpgp.maker import (
    ENCRYPT,
    MADE,
    MD5,
    NOW,
    SHA1,
    SIGNED,
    Key,
    Person,
    armored,
    packet,
    sub,
)

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"
SECOND = find_gpgv() is not None and jail_level().level == "full"
needs_gpgv = pytest.mark.skipif(not SECOND, reason="no gpgv on this machine, or no jail for it")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all."""
    with Runner() as one:
        yield one


@pytest.fixture(scope="module")
def ann() -> Person:
    """Somebody whom the desk knows."""
    return Person()


def trusting(*pins: PgpPin) -> TrustSet:
    """A desk that has pinned these keys."""
    return TrustSet(pgp=pins)


def examine(
    runner: Runner,
    data: bytes,
    trust: TrustSet,
    *,
    document: bytes | None = LETTER,
    at: datetime = NOW,
    reference_time: datetime | None = None,
) -> Examination:
    """Examine a signature file, with the document beside it unless told otherwise."""
    named = Companion(document=io.BytesIO(document or b""), role=Relation.SIGNED, how=How.HAND)
    beside = [named] if document else []
    found = runner.examine(
        io.BytesIO(data),
        name=None,
        at=at,
        trust=trust,
        reference_time=reference_time,
        beside=beside,
    )
    assert found.outcome.examined, found.outcome
    return found


def only(found: Examination) -> SignatureStatus:
    """Return the one status there must be."""
    (status,) = found.signatures.statuses
    return status


def test_a_pinned_key_over_the_whole_document_is_verified(runner: Runner, ann: Person) -> None:
    """Every axis of a good detached signature."""
    trust = trusting(ann.pin())
    status = only(examine(runner, ann.detached(LETTER), trust))
    assert status.headline is Headline.VERIFIED
    assert (status.scope, status.changed_after) == (Scope.WHOLE, ChangedAfter.NONE)
    assert (status.signer, status.cert_at_time) == (Signer.PINNED, CertAtTime.VALID)
    assert (status.time_basis, status.claimed_time) == (TimeBasis.CLAIMED, SIGNED)
    assert status.identity.subject == "Ann Author"
    assert status.identity.email == "ann@example.org"
    assert status.identity.fingerprint == ann.key.fingerprint
    assert status.anchor_id == hashlib.sha256(ann.certificate()).hexdigest()
    assert status.trust_set_sha256 == trust.sha256
    assert status.reference_time_used == NOW
    assert status.algorithms == ("sha256", "eddsa-256")
    assert status.engine == "pysequoia"
    assert hashlib.sha256(LETTER).hexdigest() in status.covered[0]
    assert not status.network_used


def test_the_document_says_the_same(runner: Runner, ann: Person) -> None:
    """The same signature, looked at from the document's side, covers "the whole document"."""
    signature = Companion(document=io.BytesIO(ann.detached(LETTER)), role=Relation.SIGNATURE)
    letter, trust = io.BytesIO(LETTER), trusting(ann.pin())
    status = only(runner.examine(letter, name=None, at=NOW, trust=trust, beside=[signature]))
    assert status.headline is Headline.VERIFIED
    assert status.covered == ("the whole document",)
    assert status.locator.name == "detached signature (OpenPGP)"
    assert status.document_sha256 == hashlib.sha256(LETTER).hexdigest()


@pytest.mark.parametrize("with_subkey", [False, True])
@pytest.mark.parametrize("rsa_bits", [0, 2048])
def test_subkeys_and_rsa_are_as_good(runner: Runner, rsa_bits: int, *, with_subkey: bool) -> None:
    """A subkey signs for its primary key, whose fingerprint is the pinned one."""
    subkey = Key(rsa_bits=rsa_bits) if with_subkey else None
    person = Person(key=Key(rsa_bits=rsa_bits), subkey=subkey)
    status = only(examine(runner, person.detached(LETTER), trusting(person.pin())))
    assert status.headline is Headline.VERIFIED
    assert status.identity.fingerprint == person.key.fingerprint


def test_inside_and_outside_the_sandbox_agree(runner: Runner, ann: Person) -> None:
    """The jailed worker answers what the function answers."""
    data, trust = ann.clearsigned("Dear Sir"), trusting(ann.pin())
    outside = inspect_openpgp(
        data,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="application/pgp-signature",
        trust=trust,
        at=NOW,
    )
    found = examine(runner, data, trust, document=None)
    assert answers(found.signatures.statuses) == outside.statuses
    assert found.detectors_run == outside.ran == ("openpgp",)
    assert found.tools["pysequoia"] == ENGINE_VERSION


def test_plain_text_is_unsigned(runner: Runner) -> None:
    """Text without any block: looked at, and unsigned."""
    found = examine(runner, LETTER, TrustSet(), document=None)
    assert found.identification.media_type == "text/plain"
    assert found.headline is Headline.UNSIGNED
    assert found.detectors_run == ("openpgp",)


def test_without_its_document_it_cannot_be_checked(runner: Runner, ann: Person) -> None:
    """A lone signature says that its document is missing, and how to name it."""
    status = only(examine(runner, ann.detached(LETTER), trusting(ann.pin()), document=None))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("document-not-here",)
    assert "--signed DOCUMENT" in (status.error or "")
    assert status.identity.fingerprint == ann.key.fingerprint


def test_an_unknown_key_is_no_reproach(runner: Runner, ann: Person) -> None:
    """No key on the desk: NOT_CHECKABLE with the fingerprint to look for, altered or not."""
    for document in (LETTER, b"another letter"):
        status = only(examine(runner, ann.detached(LETTER), TrustSet(), document=document))
        assert status.headline is Headline.NOT_CHECKABLE
        assert status.native_codes == ("no-key",)
        assert status.identity.fingerprint == ann.key.fingerprint


def test_a_signature_that_names_no_key_says_so(runner: Runner, ann: Person) -> None:
    """Without an issuer there is nothing to look for."""
    bare = packet(2, ann.key.sign(LETTER, issuer=False))
    status = only(examine(runner, bare, trusting(ann.pin())))
    assert status.native_codes == ("no-issuer",)


@needs_gpgv
def test_altered_bytes_are_broken_when_both_engines_say_so(runner: Runner, ann: Person) -> None:
    """One changed letter: BROKEN, with both engines named."""
    found = examine(runner, ann.detached(LETTER), trusting(ann.pin()), document=LETTER + b"!")
    status = only(found)
    assert status.headline is Headline.BROKEN
    assert status.engine == "pysequoia+gpgv"
    assert status.engine_version == f"{ENGINE_VERSION}+{found.tools['gpgv']}"
    assert "gpgv-badsig" in status.native_codes
    assert status.signer is Signer.PINNED


@needs_gpgv
def test_a_name_alone_never_breaks_a_document(runner: Runner, ann: Person) -> None:
    """From both sides: both engines refuse it, and it may belong to another document."""
    signature, altered = ann.detached(LETTER), LETTER + b"!"
    for data, other, role in (
        (altered, signature, Relation.SIGNATURE),
        (signature, altered, Relation.SIGNED),
    ):
        beside = [Companion(document=io.BytesIO(other), role=role)]
        status = only(
            runner.examine(
                io.BytesIO(data), name=None, at=NOW, trust=trusting(ann.pin()), beside=beside
            )
        )
        assert status.headline is Headline.NOT_CHECKABLE
        assert {"gpgv-badsig", "paired-by-name"} <= set(status.native_codes)
        assert "it may belong to another document" in status.warnings


def test_without_the_second_engine_nothing_is_broken(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where gpgv is not here, altered bytes are NOT_CHECKABLE and it is said why."""
    monkeypatch.setattr("provenance.examine.second._JOB", "tests.signatures.openpgp.no_gpgv")
    with Runner() as runner:
        found = examine(runner, ann.detached(LETTER), trusting(ann.pin()), document=b"altered")
    status = only(found)
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("second-engine-not-here",)
    assert "gpgv" not in found.tools


def test_the_first_engine_alone_leaves_it_open(ann: Person) -> None:
    """The pure function never says BROKEN: it asks for a second opinion."""
    altered = ann.clearsigned("Dear Sir").replace(b"Sir", b"Sirs")
    found = inspect_openpgp(
        altered,
        sha256="0" * 64,
        media_type="application/pgp-signature",
        trust=trusting(ann.pin()),
        at=NOW,
    )
    (status,) = found.statuses
    assert status.integrity is Integrity.NOT_CHECKABLE
    assert WANTED in status.native_codes


@needs_gpgv
@pytest.mark.parametrize(
    ("digest", "rsa_bits", "code"), [(SHA1, 2048, "weak-digest"), (8, 1024, "weak-key")]
)
def test_weak_signatures_that_hold_are_intact_and_weak(
    runner: Runner, digest: int, rsa_bits: int, code: str
) -> None:
    """The first engine refuses them; the second says that the mathematics holds."""
    person = Person(key=Key(rsa_bits=rsa_bits))
    signature = person.detached(LETTER, digest=digest)
    status = only(examine(runner, signature, trusting(person.pin())))
    assert status.headline is Headline.INTACT_WEAK
    assert status.crypto is Crypto.LEGACY
    assert code in status.native_codes
    altered = only(examine(runner, signature, trusting(person.pin()), document=b"other"))
    assert altered.headline is Headline.BROKEN


@needs_gpgv
def test_md5_is_not_decided(runner: Runner) -> None:
    """Neither engine still checks MD5: anybody could have made it, so nothing is claimed."""
    person = Person(key=Key(rsa_bits=2048))
    status = only(examine(runner, person.detached(LETTER, digest=MD5), trusting(person.pin())))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.crypto is Crypto.BROKEN
    assert "second-engine-undecided" in status.native_codes


@needs_gpgv
def test_a_key_file_with_weak_bindings_is_said(runner: Runner) -> None:
    """A strong signature by a key whose own file rests on SHA-1 alone is weak, and says where."""
    person = Person(subkey=Key(), digest=SHA1)
    status = only(examine(runner, person.detached(LETTER), trusting(person.pin())))
    assert status.headline is Headline.INTACT_WEAK
    assert "weak-binding" in status.native_codes
    assert "sha1 in the key file" in status.algorithms


@needs_gpgv
def test_a_key_file_younger_than_the_signature_is_no_fault(runner: Runner) -> None:
    """Sequoia refuses what was signed before the key file was refreshed; gpgv settles it."""
    person = Person(bound=SIGNED + timedelta(days=30))
    status = only(examine(runner, person.detached(LETTER), trusting(person.pin())))
    assert status.headline is Headline.VERIFIED
    assert "binding-newer-than-signature" in status.native_codes
    assert any("younger" in warning for warning in status.warnings)


def test_a_key_that_expired_after_signing(runner: Runner) -> None:
    """Signed in time by its own clock, judged today: TIME_UNPROVEN; judged as of then: VERIFIED."""
    person = Person(lifetime=timedelta(days=400))
    signature, trust = person.detached(LETTER), trusting(person.pin())
    status = only(examine(runner, signature, trust))
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert status.reference_time_used == SIGNED
    then = only(examine(runner, signature, trust, reference_time=SIGNED))
    assert then.headline is Headline.VERIFIED
    assert then.reference_time_used == SIGNED


@needs_gpgv
def test_a_key_that_had_expired_before_signing(runner: Runner) -> None:
    """Signed after its end: intact, expired, and nothing but the signer's clock says when."""
    person = Person(lifetime=timedelta(days=100))
    status = only(examine(runner, person.detached(LETTER), trusting(person.pin())))
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert status.cert_at_time is CertAtTime.EXPIRED
    assert "key-expired" in status.native_codes


@needs_gpgv
@pytest.mark.parametrize(
    ("reason", "when", "headline"),
    [
        (0, SIGNED + timedelta(days=9), Headline.REVOKED),  # no reason: reaches back
        (2, SIGNED + timedelta(days=9), Headline.REVOKED),  # compromised: reaches back
        (3, SIGNED + timedelta(days=9), Headline.INTACT_TIME_UNPROVEN),  # retired later
        (3, SIGNED - timedelta(days=9), Headline.REVOKED),  # retired before
    ],
)
def test_revoked_keys(runner: Runner, reason: int, when: datetime, headline: Headline) -> None:
    """A hard revocation reaches back, a soft one does not; the signature itself stays intact."""
    person = Person()
    person.extra = person.revocation(reason, when)
    status = only(examine(runner, person.detached(LETTER), trusting(person.pin())))
    assert status.integrity is Integrity.INTACT
    assert status.headline is headline
    assert (status.cert_at_time is CertAtTime.COMPROMISED_KEY) == (reason == 2)


def test_a_revocation_by_somebody_else_does_not_count(runner: Runner) -> None:
    """Anybody may hang a revocation onto a certificate; only the key's own one speaks."""
    person = Person()
    person.extra = person.revocation(2, SIGNED, by=Key())
    status = only(examine(runner, person.detached(LETTER), trusting(person.pin())))
    assert status.headline is Headline.VERIFIED


@needs_gpgv
def test_a_key_made_for_encryption_does_not_sign(runner: Runner) -> None:
    """Its signature may be good mathematics; it is not taken for its holder's word."""
    person = Person(subkey=Key(rsa_bits=2048), flags=ENCRYPT)
    status = only(examine(runner, person.detached(LETTER), trusting(person.pin())))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("key-not-for-signing",)


@needs_gpgv
def test_a_grafted_subkey_signs_for_nobody(runner: Runner, ann: Person) -> None:
    """A subkey that somebody else hung onto the pinned certificate never speaks for its owner."""
    mallory = Key()
    forged = Person(key=Key(), subkey=mallory).binding(mallory)  # bound by another primary key
    pin = ann.pin()
    grafted = replace(
        pin, certificate=pin.certificate + packet(14, mallory.body) + packet(2, forged)
    )
    signature = packet(2, mallory.sign(LETTER))
    status = only(examine(runner, signature, trusting(grafted)))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.integrity is not Integrity.INTACT


def test_a_signature_that_its_maker_let_expire(runner: Runner, ann: Person) -> None:
    """Its own end has passed: not VERIFIED any more."""
    signature = ann.detached(LETTER, more=sub(3, (86_400).to_bytes(4)))
    status = only(examine(runner, signature, trusting(ann.pin())))
    assert status.headline in {Headline.INTACT_TIME_UNPROVEN, Headline.NOT_CHECKABLE}
    assert "signature-expired" in status.native_codes


def test_an_unknown_critical_part_is_never_good_and_never_broken(
    runner: Runner, ann: Person
) -> None:
    """What must be understood and is not decides nothing."""
    notation = sub(20, b"\0\0\0\0\0\1\0\1xy", critical=True)
    for more in (notation, sub(100, b"?", critical=True)):
        signature = ann.detached(LETTER, more=more)
        status = only(examine(runner, signature, trusting(ann.pin())))
        assert status.native_codes == ("critical-part-unknown",)
        assert status.headline is Headline.NOT_CHECKABLE


@pytest.mark.parametrize("version", [2, 3, 5, 10])
def test_other_versions_are_unsupported(runner: Runner, ann: Person, version: int) -> None:
    """A version that is not checked here is told by its number."""
    body = bytes([version]) + ann.key.sign(LETTER)[1:]
    data = armored(packet(2, body), "SIGNATURE")
    status = only(examine(runner, data, trusting(ann.pin())))
    assert status.headline is Headline.UNSUPPORTED
    assert status.native_codes == (f"openpgp-v{version}",)


@pytest.mark.parametrize("kind", [0x02, 0x13, 0x18, 0x20, 0x40])
def test_signatures_over_other_things_are_unsupported(
    runner: Runner, ann: Person, kind: int
) -> None:
    """A certification of a key is not a signature of a letter."""
    data = armored(ann.detached(LETTER, kind=kind), "SIGNATURE")
    status = only(examine(runner, data, trusting(ann.pin())))
    assert status.headline is Headline.UNSUPPORTED
    assert status.presence is Presence.UNSUPPORTED


def test_what_cannot_be_read_is_an_error(runner: Runner, ann: Person) -> None:
    """Cut off in the middle: ERROR, not BROKEN and not UNSIGNED."""
    whole = ann.detached(LETTER)
    for data in (packet(2, whole[3:40]), armored(whole, "SIGNATURE")[:-20]):
        found = examine(runner, armored(data, "SIGNATURE"), trusting(ann.pin()))
        assert found.headline is Headline.ERROR


def test_a_pin_counts_only_in_its_period(runner: Runner, ann: Person) -> None:
    """Outside the period for which the desk relies on it, a pin vouches for nobody."""
    early, late = MADE + timedelta(days=1), SIGNED + timedelta(days=1)
    signature = ann.detached(LETTER)
    then = only(examine(runner, signature, trusting(ann.pin(valid_from=early, valid_to=late))))
    assert then.headline is Headline.INTACT_TIME_UNPROVEN
    after = only(examine(runner, signature, trusting(ann.pin(valid_from=NOW, valid_to=NOW))))
    assert after.headline is Headline.VERIFIED
    never = only(examine(runner, signature, trusting(ann.pin(valid_to=early))))
    assert never.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert "outside-pin-window" in never.native_codes


def test_a_compromised_key_is_revoked(runner: Runner, ann: Person) -> None:
    """The desk's list of compromised keys goes before its pins."""
    signature = ann.detached(LETTER)
    spki = only(examine(runner, signature, trusting(ann.pin()))).identity.spki_sha256
    trust = TrustSet(pgp=(ann.pin(),), compromised_spki=(spki or "",))
    assert only(examine(runner, signature, trust)).headline is Headline.REVOKED


def test_a_pin_whose_fingerprint_lies_vouches_for_nobody(runner: Runner, ann: Person) -> None:
    """The fingerprint is what a person compared; a certificate of another key is not it."""
    lying = replace(ann.pin(), fingerprint=Key().fingerprint)
    status = only(examine(runner, ann.detached(LETTER), trusting(lying)))
    assert status.native_codes == ("no-key", "pin-unreadable")


def test_a_pin_that_cannot_be_read_is_told_where_it_might_have_counted(
    runner: Runner, ann: Person
) -> None:
    """It is left out aloud, without a name; beside a pin that does vouch it is beside the point."""
    junk = replace(ann.pin(), certificate=b"\x99junk", person="Somebody Secret")
    status = only(examine(runner, ann.detached(LETTER), trusting(junk, junk)))
    assert status.headline is Headline.NOT_CHECKABLE
    told = " ".join(explain_signature(status))
    assert "one of this desk's pinned OpenPGP keys cannot be read and was left out" in told
    assert "Somebody Secret" not in told
    other = replace(junk, fingerprint="AB" * 20)
    both = only(examine(runner, ann.detached(LETTER), trusting(ann.pin(), other)))
    assert both.headline is Headline.VERIFIED
    assert "pin-unreadable" not in both.native_codes


def test_clearsigned_text_covers_its_block_alone(runner: Runner, ann: Person) -> None:
    """What stands around the block is listed as not covered, and the scope is a part."""
    block = ann.clearsigned("Dear Sir\n- dash\nFrom here  ")
    alone = only(examine(runner, b"\n" + block + b"\n\n", trusting(ann.pin()), document=None))
    assert (alone.headline, alone.scope) == (Headline.VERIFIED, Scope.WHOLE)
    around = b"P.S. unsigned\n" + block + b"also unsigned\n"
    status = only(examine(runner, around, trusting(ann.pin()), document=None))
    assert (status.headline, status.scope) == (Headline.INTACT_PARTIAL, Scope.PART)
    assert status.uncovered == (
        "13 bytes of text before the signed block",
        "13 bytes of text behind the signed block",
    )


def test_two_blocks_are_two_statuses(runner: Runner, ann: Person) -> None:
    """Each covers itself; neither covers the other."""
    data = ann.clearsigned("one") + ann.clearsigned("two")
    found = examine(runner, data, trusting(ann.pin()), document=None)
    assert [one.headline for one in found.signatures.statuses] == [Headline.INTACT_PARTIAL] * 2
    assert len({one.id for one in found.signatures.statuses}) == 2


def test_two_signatures_in_one_block_are_two_statuses(runner: Runner, ann: Person) -> None:
    """A known and an unknown signer of one text stand side by side."""
    bob = Person(name="Bob <bob@example.org>")
    both = ann.detached(LETTER) + bob.detached(LETTER)
    found = examine(runner, both, trusting(ann.pin()))
    assert [one.headline for one in found.signatures.statuses] == [
        Headline.VERIFIED,
        Headline.NOT_CHECKABLE,
    ]


def test_a_clearsigned_text_is_not_a_signature_of_the_file_beside_it(
    runner: Runner, ann: Person
) -> None:
    """Whoever lays a clearsigned text beside a document does not make the document signed."""
    status = only(examine(runner, ann.clearsigned("Dear Sir"), trusting(ann.pin())))
    assert any("which lies beside it" in one for one in status.uncovered)


@pytest.mark.parametrize("compress", [None, 0, 1, 2, 3])
def test_signed_messages_are_whole(runner: Runner, ann: Person, compress: int | None) -> None:
    """One-pass, literal, signature; bare or compressed in every way there is."""
    data = ann.message(LETTER, name=b"letter-to-our-source.txt")
    if compress is not None:
        data = packet(8, bytes([compress]) + _compressed(data, compress))
        data = data if compress else armored(data, "MESSAGE")
    status = only(examine(runner, data, trusting(ann.pin()), document=None))
    assert (status.headline, status.scope) == (Headline.VERIFIED, Scope.WHOLE)
    assert status.uncovered == ("the file name that the message states",)
    assert "letter-to" not in str(status)


def _compressed(data: bytes, algorithm: int) -> bytes:
    import bz2  # noqa: PLC0415 - only here

    if algorithm == 1:
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(data) + packer.flush()
    return {0: data, 2: zlib.compress(data), 3: bz2.compress(data)}[algorithm]


def test_an_encrypted_message_is_not_unsigned(runner: Runner) -> None:
    """What is inside cannot be seen: ERROR with the reason, never UNSIGNED."""
    data = packet(1, b"\x03" + bytes(8) + b"\x01" + b"\0\x08\xff") + packet(18, b"\x01" + bytes(40))
    found = examine(runner, armored(data, "MESSAGE"), TrustSet(), document=None)
    assert found.headline is Headline.ERROR
    assert found.signatures.detectors_failed[0].code == "encrypted"


def test_a_key_that_came_along_makes_an_unknown_signer(runner: Runner, ann: Person) -> None:
    """It serves to check the mathematics; it is not a pin, whatever name it carries."""
    data = ann.clearsigned("Dear Sir") + armored(ann.certificate(), "PUBLIC KEY BLOCK")
    status = only(examine(runner, data, TrustSet(), document=None))
    assert status.signer is Signer.UNKNOWN
    assert status.integrity is Integrity.INTACT
    assert "key-came-along" in status.native_codes
    whole = ann.clearsigned("Dear Sir")
    known = only(examine(runner, whole, trusting(ann.pin()), document=None))
    assert known.signer is Signer.PINNED


def test_a_key_in_front_of_a_signed_text_hides_it_not(runner: Runner, ann: Person) -> None:
    """A file that begins with a key is still searched; a file of keys alone is unsigned."""
    key = armored(ann.certificate(), "PUBLIC KEY BLOCK")
    status = only(examine(runner, key + ann.clearsigned("Dear Sir"), TrustSet(), document=None))
    assert status.headline is Headline.INTACT_PARTIAL  # the key itself is outside the block
    assert status.signer is Signer.UNKNOWN
    alone = examine(runner, key, TrustSet(), document=None)
    assert (alone.headline, alone.signatures.statuses) == (Headline.UNSIGNED, ())
    assert alone.signatures.not_determined


def test_of_two_documents_it_is_of_the_one_for_which_it_holds(runner: Runner, ann: Person) -> None:
    """With several candidates the right one is named by digest, and no wrong one is broken."""
    trust, signature = trusting(ann.pin()), ann.detached(LETTER)
    others = [b"one", LETTER, b"three"]
    beside = [Companion(document=io.BytesIO(one), role=Relation.SIGNED) for one in others]
    status = only(
        runner.examine(io.BytesIO(signature), name=None, at=NOW, trust=trust, beside=beside)
    )
    assert status.headline is Headline.VERIFIED
    assert hashlib.sha256(LETTER).hexdigest() in status.covered[0]
    neither = [Companion(document=io.BytesIO(one), role=Relation.SIGNED) for one in (b"1", b"2")]
    status = only(
        runner.examine(io.BytesIO(signature), name=None, at=NOW, trust=trust, beside=neither)
    )
    assert status.headline is Headline.NOT_CHECKABLE
    assert "several-candidates" in status.native_codes


def test_nothing_of_the_engines_own_words_leaks(runner: Runner, ann: Person) -> None:
    """No trace, no path of the machine that built an engine, in any answer."""
    body = ann.key.sign(LETTER)
    broken = packet(2, body[:-10] + b"\xff\xff" + body[-8:])
    told = examine(runner, armored(broken, "SIGNATURE"), trusting(ann.pin())).to_json()
    for word in ("backtrace", "pyo3", "/build", "Objects/", "sequoia_openpgp::"):
        assert word not in told
