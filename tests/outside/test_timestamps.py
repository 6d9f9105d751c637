"""Timestamps: every rule of the check, the desk's acts, and `openssl ts` in both directions."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from provenance.desk import Desk
from provenance.errors import CheckFailed, DeskError, Malformed, NotFound, Refused, UsageError
from provenance.ledger.keys import Ed25519Signer
from provenance.outside.certificate_files import parse_certificates
from provenance.outside.timestamp_check import Authority, TimestampFinding, check_timestamp
from provenance.outside.timestamp_file import parse_timestamps
from provenance.outside.timestamp_request import new_request, parse_timestamp_request
from provenance.outside.transport import HttpAnswer
from provenance.trust.editing import united
from provenance.trust.model import TrustSet
from provenance_store.opening import open_desk
from tests.outside.authority import END, POLICY, STAMPING, START, Tsa, issue, later
from tests.outside.conftest import Clock, Wire
from tests.trust.world import full_set

SIGNED = b"a checkpoint as first signed\n"
REQUEST = new_request(SIGNED, lambda size: bytes(range(1, size + 1)))
REPLY = "application/timestamp-reply"
openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def _authority(tsa: Tsa, **changes: object) -> Authority:
    plain = Authority(name="tsa", roots=(tsa.root.der,))
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields of Authority


def _check(tsa: Tsa, authority: Authority | None = None, **changes: object) -> TimestampFinding:
    terms: dict[str, object] = {
        "signed": SIGNED,
        "request": REQUEST,
        "authority": authority or _authority(tsa),
        "now": later(minutes=1),
    }
    return check_timestamp(tsa.answer(REQUEST.encode()), **(terms | changes))  # type: ignore[arg-type]  # as named


def test_an_honest_timestamp_holds() -> None:
    """Time, accuracy, serial, policy and the whole path come back."""
    tsa = Tsa()
    found = _check(tsa)
    assert found.at == tsa.at
    assert found.accuracy == timedelta(seconds=1.5)
    assert (found.serial, found.policy) == (42, POLICY)
    assert found.path == (tsa.signer.der, tsa.middle.der, tsa.root.der)
    assert found.no_later_than == int(tsa.at.timestamp()) + 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("imprint", "other bytes"),
        ("nonce", "nonce"),
        ("no nonce", "nonce"),
        ("digest", "another TSTInfo"),
        ("signature", "signature"),
        ("named certificate", "another certificate"),
        ("no certificate named", "which certificate"),
        ("other issuer named", "another issuer"),
        ("no chain", "path"),
    ],
)
def test_what_does_not_hold_fails(wrong: str, says: str) -> None:
    """Each lie of an authority is found out by its own rule."""
    with pytest.raises(CheckFailed, match=says):
        _check(Tsa(wrong=wrong))


@pytest.mark.parametrize("wrong", ["critical extension", "attribute twice", "two signers"])
def test_what_breaks_the_grammar_is_malformed(wrong: str) -> None:
    """A token that is none is not judged at all."""
    with pytest.raises(Malformed):
        _check(Tsa(wrong=wrong))


def test_the_older_attribute_is_understood() -> None:
    """ESSCertID of RFC 2634 names the certificate as well."""
    assert _check(Tsa(wrong="v1 attribute")).serial == 42


def test_an_authority_may_name_its_issuer_too() -> None:
    """Many authorities state issuer and serial number beside the hash; the right ones hold."""
    assert _check(Tsa(wrong="issuer named")).serial == 42


def test_links_may_come_from_the_configuration() -> None:
    """A token without its chain holds once the desk knows the link."""
    tsa = Tsa(wrong="no chain")
    assert _check(tsa, _authority(tsa, links=(tsa.middle.der,))).serial == 42


def test_a_refusal_is_a_failed_check() -> None:
    """A rejection fails with the authority's words; modifications are looked through."""
    with pytest.raises(CheckFailed, match="out of service"):
        _check(Tsa(status="rejection"))
    assert _check(Tsa(status="granted_with_mods")).serial == 42


def test_only_the_chosen_roots_count() -> None:
    """Another root, the middle of the chain by another key, or a stranger's chain: no path."""
    tsa = Tsa()
    for root in (Tsa().root, issue("Test root", ca=True), issue("Test middle", ca=True)):
        with pytest.raises(CheckFailed, match="path"):
            _check(tsa, _authority(tsa, roots=(root.der,)))


def test_only_the_chosen_policies_count() -> None:
    """A stamp under a policy that the desk did not choose fails."""
    tsa = Tsa()
    assert _check(tsa, _authority(tsa, policies=frozenset({POLICY, "1.2.3"}))).policy == POLICY
    with pytest.raises(CheckFailed, match="policy"):
        _check(tsa, _authority(tsa, policies=frozenset({"1.2.3"})))


def test_a_stamp_from_the_future_fails() -> None:
    """A stamped time ahead of ours by more than skew and accuracy fails."""
    tsa = Tsa()
    assert _check(tsa, now=later(seconds=-121))
    with pytest.raises(CheckFailed, match="not come yet"):
        _check(tsa, now=later(seconds=-122))


def test_other_bytes_fail() -> None:
    """The token is over these bytes and no others, and so is the request."""
    with pytest.raises(CheckFailed, match="other bytes"):
        _check(Tsa(), signed=SIGNED + b"x")
    other = new_request(b"other", lambda size: bytes(range(1, size + 1)))
    with pytest.raises(CheckFailed, match="request"):
        _check(Tsa(), request=other)


_BOTH = (*STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)
_LATE = {"not_before": datetime(2027, 1, 1, tzinfo=UTC)}
_EARLY = {"not_after": datetime(2026, 11, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("signer", "middle", "root"),
    [
        ({"purposes": ()}, {}, {}),
        ({"critical": False}, {}, {}),
        ({"purposes": _BOTH}, {}, {}),
        ({"purposes": _BOTH[1:]}, {}, {}),
        (_LATE, {}, {}),
        (_EARLY, {}, {}),
        ({}, {"ca": False}, {}),
        ({}, _LATE, {}),
        ({}, {"purposes": _BOTH[1:]}, {}),
        ({}, {}, _EARLY),
        ({}, {}, {"path_length": 0}),
        ({}, {}, {"ca": False}),
    ],
)
def test_the_chain_must_be_one_for_stamping(
    signer: dict[str, object], middle: dict[str, object], root: dict[str, object]
) -> None:
    """A signer, link or root that may not do this then fails; without that it holds."""
    assert _check(_chain({}, {}, {})).serial == 42
    with pytest.raises(CheckFailed):
        _check(_chain(signer, middle, root))


def _chain(signer: dict[str, object], middle: dict[str, object], root: dict[str, object]) -> Tsa:
    tsa = Tsa()
    tsa.root = issue("R", **({"ca": True} | root))  # type: ignore[arg-type]  # as named
    tsa.middle = issue("M", tsa.root, **({"ca": True} | middle))  # type: ignore[arg-type]  # as named
    tsa.signer = issue("S", tsa.middle, **({"purposes": STAMPING} | signer))  # type: ignore[arg-type]  # as named
    return tsa


def test_the_chain_is_judged_at_the_stamped_time() -> None:
    """A token whose certificates have expired since still holds; one from before them does not."""
    tsa = Tsa(at=END - timedelta(days=1))
    assert _check(tsa, now=END + timedelta(days=3650)).at == tsa.at
    with pytest.raises(CheckFailed, match="path"):
        _check(Tsa(at=START - timedelta(days=1)))


# --- the desk -----------------------------------------------------------------------------------


def test_by_file_there_and_back(desk: Desk, grow: Callable[[int], None]) -> None:
    """Request, answer, accept: kept, verified again, counted by the audit; several authorities."""
    first, second = Tsa(), Tsa()
    for name, tsa in (("one", first), ("two", second)):
        desk.outside.add_authority(_authority(tsa, name=name))
    size, request = desk.outside.timestamp_request()
    assert desk.outside.timestamp_request() == (size, request)
    kept = desk.parts.checkpoints.at(size)
    assert kept is not None
    assert parse_timestamp_request(request).imprint == sha256(kept.note).digest()
    grow(2)  # the log grows while the answer is on its way
    for name, tsa in (("one", first), ("two", second)):
        stamp = desk.outside.accept_timestamp(tsa.answer(request), authority=name)
        assert (stamp.size, stamp.finding is not None) == (size, True)
    assert [each.authority for each in desk.outside.check_stamps()] == ["one", "two"]
    found = desk.audit()
    assert found.log_holds
    assert found.outside.timestamps == 2
    assert found.outside.times == {size: int(first.at.timestamp()) + 2}


def test_a_wrong_answer_is_not_kept(desk: Desk) -> None:
    """A token of another authority, for another request, or a refusal: nothing is kept."""
    tsa = Tsa()
    desk.outside.add_authority(_authority(tsa))
    _, request = desk.outside.timestamp_request()
    before = list(desk.parts.checkpoints.held())
    other = new_request(b"other", lambda size: bytes(range(1, size + 1))).encode()
    wrong = [Tsa().answer(request), tsa.answer(other), Tsa(status="rejection").answer(request)]
    for response in wrong:
        with pytest.raises(CheckFailed):
            desk.outside.accept_timestamp(response, authority="tsa")
    with pytest.raises(NotFound):
        desk.outside.accept_timestamp(tsa.answer(request), authority="nobody")
    assert list(desk.parts.checkpoints.held()) == before


def test_over_a_wire(desk: Desk) -> None:
    """Authorities with an address are asked once for a checkpoint; a bad one is told of."""
    good, bad = Tsa(), Tsa(wrong="nonce")
    for name, tsa in (("bad", bad), ("good", good)):
        desk.outside.add_authority(_authority(tsa, name=name, url=f"https://{name}.example/ts"))
    authorities = {"https://good.example/ts": good, "https://bad.example/ts": bad}

    def answer(url: str, body: bytes) -> HttpAnswer:
        return HttpAnswer(status=200, content_type=REPLY, body=authorities[url].answer(body))

    wire = Wire(answer)
    first, second = desk.outside.ask_authorities(wire)
    assert isinstance(first.error, CheckFailed)
    assert (second.size, second.error) == (3, None)
    desk.outside.ask_authorities(wire)
    assert [url.count("good") for url in wire.posted] == [0, 1, 0]
    page = Wire(lambda _url, _body: HttpAnswer(status=200, content_type="text/html", body=b"x"))
    assert isinstance(desk.outside.ask_authorities(page)[0].error, CheckFailed)


def test_a_changed_stamp_fails_the_audit(desk: Desk) -> None:
    """A token that somebody changed in the database, or moved, is a fault with its sentence."""
    tsa = Tsa()
    desk.outside.add_authority(_authority(tsa))
    size, request = desk.outside.timestamp_request()
    desk.outside.accept_timestamp(tsa.answer(request), authority="tsa")
    kept = desk.parts.checkpoints
    was = kept.at(size)
    assert was is not None
    assert was.timestamps is not None
    forged = replace(parse_timestamps(was.timestamps), answers=()).with_answer(
        "tsa", Tsa().answer(request)
    )
    for text in (forged.encode(), b"rubbish\n"):
        assert kept.attach(was, replace(was, timestamps=text))
        found = desk.audit()
        assert not found.log_holds
        assert len(found.outside.faults) == 1
        again = kept.at(size)
        assert again is not None
        was = again


def test_a_stamp_bounds_the_time_of_entries(
    desk: Desk, clock: Clock, grow: Callable[[int], None]
) -> None:
    """An entry that claims a later time than the stamp over it is flagged."""
    tsa = Tsa()
    desk.outside.add_authority(_authority(tsa))
    clock.now += timedelta(hours=6)
    grow(1)
    _, request = desk.outside.timestamp_request()
    desk.outside.accept_timestamp(tsa.answer(request), authority="tsa")
    assert "time" in {each.value for each in desk.audit().log.flagged}


def test_an_authority_is_no_trust_set(desk: Desk) -> None:
    """Its record is of the same type and leaves the set in force, its versions and the audit be."""
    desk.outside.add_authority(_authority(Tsa(), name="one"))
    assert desk.trust() == TrustSet()
    change = desk.change_trust(lambda base: united(base, full_set()), reason="met them")
    desk.outside.add_authority(_authority(Tsa(), name="two"))
    assert desk.trust() == change.trust
    assert [version.seq for version in desk.trust_versions()] == [change.seq]
    assert not desk.audit().remarks
    assert desk.audit().holds


def test_only_an_admin_chooses_whom_to_trust(desk: Desk, desk_folder: Path, clock: Clock) -> None:
    """A custodian may not add an authority; nor may anybody add one without a root."""
    key = Ed25519Signer(sha256(b"custodian").digest())
    desk.enrol(key, role="custodian", name="cleo")
    with open_desk(desk_folder, signer=key, clock=clock) as opened, pytest.raises(Refused):
        opened.outside.add_authority(_authority(Tsa()))
    for authority in (
        _authority(Tsa(), roots=()),
        _authority(Tsa(), roots=(b"rubbish",)),
        _authority(Tsa(), name="a b"),
        _authority(Tsa(), url="gopher://x"),
    ):
        with pytest.raises(UsageError):
            desk.outside.add_authority(authority)


# --- openssl ------------------------------------------------------------------------------------

CONFIG = """
[ tsa ]
default_tsa = one
[ one ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
certs = {folder}/chain.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1, millisecs:500
clock_precision_digits = 0
ordering = yes
tsa_name = yes
ess_cert_id_chain = {chain}
ess_cert_id_alg = {algorithm}
"""


def _openssl(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["openssl", *map(str, words)], capture_output=True, text=True, check=False, timeout=60
    )


def _openssl_authority(folder: Path, tsa: Tsa, *, algorithm: str, chain: str = "yes") -> None:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 used here only
        NoEncryption,
        PrivateFormat,
    )

    folder.mkdir(exist_ok=True)
    (folder / "serial").write_text("01\n")
    (folder / "signer.pem").write_bytes(tsa.signer.certificate.public_bytes(Encoding.PEM))
    (folder / "chain.pem").write_bytes(tsa.middle.certificate.public_bytes(Encoding.PEM))
    (folder / "root.pem").write_bytes(tsa.root.certificate.public_bytes(Encoding.PEM))
    (folder / "signer.key").write_bytes(
        tsa.signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    text = CONFIG.format(folder=folder, algorithm=algorithm, chain=chain)
    (folder / "tsa.cnf").write_text(text)


@openssl
@pytest.mark.parametrize(
    ("algorithm", "chain"), [("sha256", "yes"), ("sha1", "no"), ("sha512", "no")]
)
def test_what_openssl_stamps_holds(
    desk: Desk, clock: Clock, tmp_path: Path, algorithm: str, chain: str
) -> None:
    """`openssl ts -reply` answers our request file; the desk accepts and keeps it."""
    tsa, folder = Tsa(), tmp_path / "tsa"
    _openssl_authority(folder, tsa, algorithm=algorithm, chain=chain)
    desk.outside.add_authority(_authority(tsa, policies=frozenset({POLICY})))
    _, request = desk.outside.timestamp_request()
    (folder / "x.tsq").write_bytes(request)
    shown = _openssl("ts", "-query", "-in", folder / "x.tsq", "-text")
    assert "Hash Algorithm: sha256" in shown.stdout
    assert "Certificate required: yes" in shown.stdout
    clock.now = datetime.now(UTC)  # openssl stamps by the system's clock
    words = (
        "-config",
        folder / "tsa.cnf",
        "-queryfile",
        folder / "x.tsq",
        "-out",
        folder / "x.tsr",
    )
    made = _openssl("ts", "-reply", *words)
    assert made.returncode == 0, made.stderr
    stamp = desk.outside.accept_timestamp((folder / "x.tsr").read_bytes(), authority="tsa")
    assert stamp.finding is not None
    assert stamp.finding.accuracy == timedelta(seconds=1.5)
    assert desk.audit().outside.timestamps == 1


@openssl
def test_openssl_accepts_what_is_kept(desk: Desk, tmp_path: Path) -> None:
    """`openssl ts -verify` agrees about our files, with -attime; about other bytes it does not."""
    tsa = Tsa()
    desk.outside.add_authority(_authority(tsa))
    size, request = desk.outside.timestamp_request()
    desk.outside.accept_timestamp(tsa.answer(request), authority="tsa")
    for name, data in desk.outside.timestamp_files():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "root.pem").write_bytes(tsa.root.certificate.public_bytes(Encoding.PEM))
    token, checkpoint = tmp_path / f"checkpoint-{size}.tsa.tsr", tmp_path / f"checkpoint-{size}"
    at = ("-attime", str(int(tsa.at.timestamp())))
    common = ("-in", token, "-CAfile", tmp_path / "root.pem", *at)
    for how in (("-data", checkpoint), ("-queryfile", tmp_path / f"checkpoint-{size}.tsq")):
        checked = _openssl("ts", "-verify", *how, *common)
        assert checked.returncode == 0, checked.stderr
    checkpoint.write_bytes(b"other")
    assert _openssl("ts", "-verify", "-data", checkpoint, *common).returncode != 0


def test_certificates_come_as_pem_or_der() -> None:
    """PEM with several, or one in DER; anything else is refused."""
    tsa = Tsa()
    pem = b"".join(each.certificate.public_bytes(Encoding.PEM) for each in (tsa.root, tsa.middle))
    assert parse_certificates(pem) == (tsa.root.der, tsa.middle.der)
    assert parse_certificates(tsa.root.der) == (tsa.root.der,)
    for bad in (b"", b"rubbish", pem[:-40], tsa.root.der[:-1]):
        with pytest.raises(DeskError):
            parse_certificates(bad)
