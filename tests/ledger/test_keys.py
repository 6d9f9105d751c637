"""Keys, key files, and the roster that decides who may sign."""

import base64
import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from provenance.errors import Malformed, PassphraseWrong, UsageError
from provenance.ledger.allowed_signers import allowed_signers
from provenance.ledger.base64text import encode_base64
from provenance.ledger.disclosure import make_disclosure
from provenance.ledger.entry import Draft, Entry, Head, parse_entry, seal_entry
from provenance.ledger.keyacts import (
    cosign_revocation,
    genesis_fields,
    read_revocation,
    revocation_fields,
    rotation_fields,
)
from provenance.ledger.keyfile import new_key, read_key_file, write_key_file
from provenance.ledger.keys import (
    Ed25519Signer,
    Signer,
    ed25519_key,
    p256_key,
    parse_public_key,
)
from provenance.ledger.merkle import EMPTY_ROOT
from provenance.ledger.note import COSIGNATURE, ED25519, note_key
from provenance.ledger.roster import Roster, RosterKey, Standing
from provenance.records import DESK_ITEM, HiddenField, Json
from tests.ledger.enrolling import enrolment_fields
from tests.ledger.worlds import ORIGIN, Counter, signer

ADA, BEN, EVE, LOG = (signer(name) for name in ("Ada", "Ben", "Eve", "log"))
LOG_KEY = note_key(ORIGIN, ED25519, LOG.public_key)
# RFC 8037 appendix A.1 to A.3: seed, public key and thumbprint.
RFC_SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
RFC_KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_thumbprint_of_the_rfc() -> None:
    """The kid of RFC 8037's example key is the thumbprint printed there."""
    assert Ed25519Signer(bytes.fromhex(RFC_SEED)).public_key.kid == RFC_KID


@pytest.fixture(scope="module")
def p256() -> bytes:
    """A point of P-256."""
    numbers = ec.derive_private_key(77, ec.SECP256R1()).public_key().public_numbers()
    return b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)


def test_public_key_text(p256: bytes) -> None:
    """Both kinds of key are written as OpenSSH does and read back equal, after pickling too."""
    for key in (ADA.public_key, p256_key(p256)):
        assert parse_public_key(key.ssh_text()) == key
        assert pickle.loads(pickle.dumps(key)) == key  # noqa: S301  # our own bytes
        assert key.verify(bytes(64), b"message") is False


def test_foreign_public_keys(p256: bytes) -> None:
    """Other kinds, comments, contradictions, and points off the curve are refused."""
    text = ADA.public_key.ssh_text()
    off_curve = p256[:-1] + bytes([p256[-1] ^ 1])
    swapped = p256_key(p256).ssh_text().partition(" ")[2]
    for bad in ("", "ssh-rsa AAAA", f"{text} ada@desk", f" {text}", f"{text}\n", text[:-4],
                f"ssh-ed25519 {swapped}", "ssh-ed25519"):  # fmt: skip
        with pytest.raises(Malformed):
            parse_public_key(bad)
    for raw in (off_curve, p256[:-1], b"\x02" + p256[1:33], b"\x05" + p256[1:]):
        with pytest.raises(Malformed):
            p256_key(raw)
    with pytest.raises(Malformed):
        ed25519_key(bytes(31))
    with pytest.raises(Malformed):
        Ed25519Signer(bytes(31))


def test_key_file_round_trip() -> None:
    """A key file opens with its passphrase and no other; it states bcrypt with 64 rounds."""
    key = new_key(Counter("new"))
    data = write_key_file(key, b"correct horse")
    assert len(data) < 500
    assert read_key_file(data, b"correct horse").seed == key.seed
    with pytest.raises(PassphraseWrong, match="does not open"):
        read_key_file(data, b"correct mule")
    with pytest.raises(PassphraseWrong, match="needs its passphrase"):
        read_key_file(data, None)
    with pytest.raises(UsageError):
        write_key_file(key, b"")
    body = b"".join(data.splitlines()[1:-1])
    header = base64.b64decode(body)[:100]
    assert b"aes256-ctr" in header
    assert b"bcrypt" in header
    assert (64).to_bytes(4) in header


def test_open_key_file() -> None:
    """A key file written without a passphrase is not sealed: it opens with none, and with any."""
    data = write_key_file(ADA, None)
    assert read_key_file(data, None).seed == ADA.seed
    assert read_key_file(data, b"any").seed == ADA.seed
    assert b"bcrypt" not in base64.b64decode(b"".join(data.splitlines()[1:-1]))


def test_unknown_cipher_in_key_file() -> None:
    """A key file sealed with a cipher that is not known here is refused as such."""
    lines = write_key_file(ADA, b"correct horse").splitlines()
    body = base64.b64decode(b"".join(lines[1:-1])).replace(b"aes256-ctr", b"aes999-xyz")
    data = b"\n".join([lines[0], base64.b64encode(body), lines[-1], b""])
    with pytest.raises(Malformed, match="not read here"):
        read_key_file(data, b"correct horse")


def test_foreign_key_files() -> None:
    """Other formats, other kinds of key, and damaged files are refused with a reason."""
    key = Ed25519PrivateKey.from_private_bytes(ADA.seed)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    other = ec.derive_private_key(77, ec.SECP256R1())
    p256_file = other.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    assert read_key_file(plain, None).seed == ADA.seed
    assert read_key_file(plain, b"not needed").seed == ADA.seed
    for data, reason in ((pkcs8, "not an OpenSSH"), (p256_file, "another kind"),
                         (b"", "not an OpenSSH"), (plain[:200], "damaged"),
                         (plain.replace(b"b3BlbnNzaC1rZXk", b"b3BlbnNzaC1rZXl"), "damaged"),
                         (plain + b" " * 20_000, "not an OpenSSH")):  # fmt: skip
        with pytest.raises(Malformed, match=reason):
            read_key_file(data, None)


# --- the roster ---------------------------------------------------------------------------------


class Book:
    """A roster being written: every record is signed and fed at the next position."""

    def __init__(self, *admins: Signer) -> None:
        """Begin with a genesis signed by the first of these admins."""
        self.roster = Roster(ORIGIN)
        self.seq = 0
        named = [(each, f"admin {at}") for at, each in enumerate(admins)]
        assert self.feed("log.genesis", admins[0], genesis_fields(LOG_KEY, None, named)) is None

    def entry(self, kind: str, by: Signer, log: str = ORIGIN) -> Entry:
        """Return a signed entry."""
        draft = Draft(
            log=log, item=DESK_ITEM, n=0, prev=None, seen=Head(size=0, root=EMPTY_ROOT),
            type=kind, iat=1,
        )  # fmt: skip
        return parse_entry(seal_entry(draft, [], width=4, signer=by, random=Counter("book")))

    def feed(
        self, kind: str, by: Signer, fields: tuple[HiddenField, ...] | dict[str, Json]
    ) -> str | None:
        """Feed a record at the next position."""
        opened = fields if isinstance(fields, dict) else {each.name: each.value for each in fields}
        fault = self.roster.feed(self.seq, self.entry(kind, by), opened)
        self.seq += 1
        return fault

    def enrol(self, new: Signer, by: Signer, role: str = "custodian") -> str | None:
        """Enrol a key."""
        fields = enrolment_fields(new, origin=ORIGIN, role=role, person="N. N.")
        return self.feed("key.enrolled", by, fields)

    def revoke(self, target: Signer, by: Signer, second: Signer | None = None) -> str | None:
        """Revoke a key."""
        kid = target.public_key.kid
        part = (
            cosign_revocation(second, kid, origin=ORIGIN, compromised_since=2) if second else None
        )
        fields = revocation_fields(kid, reason="lost", compromised_since=2, second=part)
        return self.feed("key.revoked", by, fields)

    def standing(self, by: Signer, seq: int) -> Standing:
        """Judge a note by this key at a position."""
        return self.roster.judge(seq, self.entry("note", by))


def test_genesis_founds_the_roster() -> None:
    """The admins of the genesis count from entry 1 on; at entry 0 only its signer does."""
    book = Book(ADA, BEN)
    assert book.roster.admins_at(1) == {ADA.public_key.kid, BEN.public_key.kid}
    assert book.standing(ADA, 0) is Standing.VALID
    assert book.standing(BEN, 0) is Standing.UNKNOWN_KEY
    assert book.standing(BEN, 1) is Standing.VALID
    assert book.standing(EVE, 1) is Standing.UNKNOWN_KEY
    assert book.roster.genesis is not None
    assert book.roster.genesis.log_key == LOG_KEY


def test_position_decides() -> None:
    """A key counts after its enrolment and up to its end, whatever the clock says."""
    book = Book(ADA)
    book.seq = 10
    assert book.enrol(EVE, ADA) is None
    book.seq = 20
    assert book.revoke(EVE, ADA) is None
    expected = {9: Standing.UNKNOWN_KEY, 10: Standing.UNKNOWN_KEY, 11: Standing.VALID,
                20: Standing.VALID, 21: Standing.REVOKED_KEY}  # fmt: skip
    assert {seq: book.standing(EVE, seq) for seq in expected} == expected
    found = book.roster.find(EVE.public_key.kid)
    assert found is not None
    assert (found.enrolled, found.ended, found.compromised_since) == (10, 20, 2)


def test_wrong_signature() -> None:
    """An entitled kid over bytes its key did not sign does not count."""
    book = Book(ADA)
    entry = book.entry("note", ADA)
    forged = parse_entry(entry.leaf[:-86] + book.entry("note", EVE).leaf[-86:])
    assert book.roster.judge(1, forged) is Standing.WRONG_SIGNATURE
    assert book.roster.judge(1, entry, signature=False) is Standing.WRONG_SIGNATURE


@pytest.mark.parametrize("role", ["custodian", "editor", "auditor"])
def test_only_admins_enrol(role: str) -> None:
    """No other role enrols a key."""
    book = Book(ADA)
    assert book.enrol(EVE, ADA, role) is None
    assert "Only an admin" in (book.enrol(signer("friend"), EVE) or "")
    assert book.roster.find(signer("friend").public_key.kid) is None


def test_enrolment_refusals() -> None:
    """A key comes once, proves that it is there, has a role, and is not the log's own."""
    book = Book(ADA)
    assert "comes once" in (book.enrol(ADA, ADA) or "")
    assert "own key" in (book.enrol(LOG, ADA) or "")
    assert "not signed by a key that was valid" in (book.enrol(EVE, EVE) or "")
    good = {f.name: f.value for f in enrolment_fields(EVE, origin=ORIGIN, role="admin", person="")}
    claim = good["key"]
    assert isinstance(claim, dict)
    spoiled: list[Any] = [
        {}, good | {"role": "king"}, good | {"role": "editor"}, good | {"key": None},
        good | {"key": claim | {"kid": ADA.public_key.kid}},
        good | {"key": claim | {"public_key": ADA.public_key.ssh_text()}},
        good | {"key": claim | {"possession": "A" * 86}},
        good | {"key": claim | {"possession": ""}},
    ]  # fmt: skip
    for fields in spoiled:
        assert "cannot be read" in (book.feed("key.enrolled", ADA, fields) or "")
    assert book.feed("key.enrolled", ADA, good) is None
    with pytest.raises(UsageError):
        enrolment_fields(EVE, origin=ORIGIN, role="king", person="")


def test_possession_is_for_one_log() -> None:
    """A proof of possession made for another log does not enrol the key here."""
    fields = enrolment_fields(EVE, origin="other.example/log", role="editor", person="")
    assert "has not signed" in (Book(ADA).feed("key.enrolled", ADA, fields) or "")


def test_two_admins_revoke() -> None:
    """Where there are two admins, two different ones sign a revocation."""
    book = Book(ADA, BEN)
    assert book.enrol(EVE, ADA) is None
    for second in (None, ADA, EVE, signer("stranger")):
        assert "two must sign" in (book.revoke(EVE, ADA, second) or "")
    assert "Only admins" in (book.revoke(ADA, EVE, BEN) or "")
    assert book.revoke(EVE, ADA, BEN) is None
    assert "has ended before" in (book.revoke(EVE, ADA, BEN) or "")
    assert "not on the roster" in (book.revoke(signer("stranger"), ADA, BEN) or "")


def test_second_signature_is_for_one_revocation() -> None:
    """The second admin's signature over one key's revocation does not serve for another."""
    book = Book(ADA, BEN)
    assert book.enrol(EVE, ADA) is None
    part = cosign_revocation(BEN, "x", origin=ORIGIN, compromised_since=None)
    made = revocation_fields("x", reason="", compromised_since=None, second=part)
    fields = {each.name: each.value for each in made}
    fields["revoked"] = {"kid": EVE.public_key.kid, "compromised_since": None}
    assert "two must sign" in (book.feed("key.revoked", ADA, fields) or "")


def test_key_revokes_itself() -> None:
    """Any key may end itself; the record that ends it still counts, the next does not."""
    book = Book(ADA, BEN)
    assert book.enrol(EVE, ADA) is None
    assert book.revoke(EVE, EVE) is None
    assert book.standing(EVE, book.seq) is Standing.REVOKED_KEY


def test_one_person_desk() -> None:
    """On a desk with one admin, that one revokes alone."""
    book = Book(ADA)
    assert book.enrol(EVE, ADA) is None
    assert book.revoke(EVE, ADA) is None


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"revoked": {"kid": 1, "compromised_since": None}},
        {"revoked": {"kid": "k", "compromised_since": True}},
        {"revoked": {"kid": "k", "compromised_since": -1}},
        {"revoked": {"kid": "k", "compromised_since": None}, "second": {}},
        {"revoked": {"kid": "k", "compromised_since": None},
         "second": {"kid": "", "signature": ""}},
    ],
)  # fmt: skip
def test_malformed_revocations(fields: dict[str, Json]) -> None:
    """A revocation of another shape is refused."""
    with pytest.raises(Malformed):
        read_revocation(fields)


def test_rotation() -> None:
    """The old key hands its role on; nobody else can do it for it."""
    book, new = Book(ADA, BEN), signer("Ada, new")
    fields = rotation_fields(new, origin=ORIGIN, role="admin", replaces=ADA.public_key.kid)
    assert "signed by the key it replaces" in (book.feed("key.rotated", BEN, fields) or "")
    assert "cannot be read" in (book.feed("key.rotated", BEN, {}) or "")
    taken = rotation_fields(BEN, origin=ORIGIN, role="admin", replaces=ADA.public_key.kid)
    assert "comes once" in (book.feed("key.rotated", ADA, taken) or "")
    assert book.feed("key.rotated", ADA, fields) is None
    assert book.roster.admins_at(book.seq) == {new.public_key.kid, BEN.public_key.kid}
    assert book.standing(ADA, book.seq) is Standing.REVOKED_KEY


def test_rotation_keeps_the_role() -> None:
    """A custodian cannot rotate into an admin."""
    book, new = Book(ADA), signer("Eve, new")
    assert book.enrol(EVE, ADA) is None
    fields = rotation_fields(new, origin=ORIGIN, role="admin", replaces=EVE.public_key.kid)
    assert "cannot be read" in (book.feed("key.rotated", EVE, fields) or "")


def test_genesis_refusals() -> None:
    """A genesis has its place, its signer, its own log's key, and one admin or two."""
    fields = {f.name: f.value for f in genesis_fields(LOG_KEY, None, [(ADA, "A"), (BEN, "B")])}
    charter, admins = fields["charter"], fields["admins"]
    assert isinstance(charter, dict)
    assert isinstance(admins, list)
    book = Book(ADA)
    assert "no other" in (book.feed("log.genesis", ADA, fields) or "")
    other = note_key("other.example/log", ED25519, LOG.public_key).vkey()
    cosigner = note_key(ORIGIN, COSIGNATURE, LOG.public_key).vkey()
    spoiled: list[Any] = [
        {}, fields | {"admins": []}, fields | {"admins": [admins[0], admins[0]]},
        fields | {"admins": [*admins, None]},
        fields | {"charter": charter | {"origin": "other.example/log"}},
        fields | {"charter": charter | {"log_key": other}},
        fields | {"charter": charter | {"log_key": cosigner}},
        fields | {"charter": charter | {"log_key": "no key"}},
    ]  # fmt: skip
    for each in spoiled:
        assert "cannot be read" in (
            Roster(ORIGIN).feed(0, book.entry("log.genesis", ADA), each) or ""
        )
    late = Roster(ORIGIN)
    assert "first admin" in (late.feed(0, book.entry("log.genesis", BEN), fields) or "")
    assert "begins with its genesis" in (late.feed(0, book.entry("key.enrolled", ADA), {}) or "")
    foreign = book.entry("log.genesis", ADA, log="other.example/log")
    assert "another log" in (late.feed(0, foreign, fields) or "")
    assert late.feed(1, book.entry("note", ADA), {}) is None
    assert not list(late)
    with pytest.raises(UsageError):
        genesis_fields(LOG_KEY, None, [])
    with pytest.raises(UsageError):
        genesis_fields(LOG_KEY, None, [(ADA, ""), (BEN, ""), (EVE, "")])


def test_refused_record_changes_nothing() -> None:
    """A record that does not stand leaves the roster as it was."""
    book = Book(ADA, BEN)
    before = copy.copy(list(book.roster))
    book.enrol(EVE, signer("stranger"))
    book.revoke(ADA, BEN)
    assert list(book.roster) == before


def test_allowed_signers_times() -> None:
    """Each key has a line; sides of its time that are unknown stay open; names do not appear."""
    keys = [
        RosterKey(key=ADA.public_key, role="admin", enrolled=0),
        RosterKey(key=BEN.public_key, role="admin", enrolled=0, ended=5),
    ]
    first, second = allowed_signers(keys, {0: 0, 5: 1 << 50}).splitlines()
    assert first == (
        f'{ADA.public_key.kid} namespaces="provenance-desk/endorsement@v1",'
        f'valid-after="19700101000000Z" {ADA.public_key.ssh_text()}'
    )
    assert 'valid-before="99991231235959Z"' in second
    assert "valid-" not in allowed_signers(keys, {})


def test_offline_check_stays_light() -> None:
    """Checking a proof loads neither X.509 nor the parsers of documents."""
    code = (
        "import sys, provenance.ledger.proof, provenance.ledger.tiles, provenance.ledger.note;"
        "bad = [n for n in sys.modules if n.startswith(('cryptography.x509', 'sqlmodel', 'PIL',"
        " 'pyhanko', 'bcrypt'))]; print(bad)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_base64_of_public_key_is_openssh() -> None:
    """The public key's text is the well-known encoding: length, name, length, key."""
    head = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
    expected = f"ssh-ed25519 {encode_base64(head + ADA.public_key.raw)}"
    assert ADA.public_key.ssh_text() == expected
    assert make_disclosure("key", expected, Counter("")).value == expected
