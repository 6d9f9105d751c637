"""Sigstore bundles of an instance of the tests' own: every headline, and no network."""

import base64
import hashlib
import io
import json
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from provenance.examine import engines
from provenance.examine.runner import Companion, Runner
from provenance.signatures.axes import CertAtTime, Headline, Scope, Signer, TimeBasis
from provenance.signatures.bench import Bench
from provenance.signatures.disowning import OWN_KEY
from provenance.signatures.model import SignatureStatus
from provenance.signatures.nearby import Nearby
from provenance.signatures.pairing import Relation
from provenance.signatures.pinning import Reference
from provenance.signatures.sentence import explain_signature
from provenance.trust.model import KeyPin, PinKind, TrustSet
from tests.signatures.sigstore.maker import ISSUER, NOW, SIGNED, SUBJECT, Instance

judging = pytest.importorskip(
    "provenance.signatures.sigstore.judging", reason="the extra `sigstore` is not installed"
)

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"
PIN = KeyPin(kind=PinKind.SIGSTORE, key=f"{ISSUER} {SUBJECT}", person="Ann Author")
OURS = Instance()


def near(data: bytes, number: int = 1, *, by_hand: bool = True) -> Nearby:
    """A document beside the bundle."""
    return Nearby(
        number=number,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type="text/plain",
        by_hand=by_hand,
    )


def judge(
    bundle: bytes,
    *documents: bytes,
    pins: tuple[KeyPin, ...] = (PIN,),
    compromised: tuple[str, ...] = (),
    detached: bool = False,
    by_hand: bool = True,
) -> SignatureStatus:
    """Judge a bundle of our instance."""
    trust = TrustSet(keys=pins, compromised_spki=compromised)
    bench = Bench(sha256="0" * 64, trust=trust, reference=Reference(at=NOW))
    around = tuple(near(one, n, by_hand=by_hand) for n, one in enumerate(documents, 1))
    found = judging.judge_sigstore(
        bundle, around, bench, name="x", root=OURS.trusted_root(), detached=detached
    )
    (status,) = found
    assert isinstance(status, SignatureStatus)
    return status


def changed(bundle: bytes, **parts: Any) -> bytes:  # noqa: ANN401 - JSON
    """A bundle with some members replaced."""
    return json.dumps(json.loads(bundle) | parts).encode()


def test_a_pinned_identity_is_verified() -> None:
    """Every axis; the log's time is proven because the desk relies on this identity."""
    status = judge(OURS.bundle(LETTER), LETTER)
    assert (status.headline, status.scope) == (Headline.VERIFIED, Scope.WHOLE)
    assert (status.signer, status.cert_at_time) == (Signer.PINNED, CertAtTime.VALID)
    assert (status.time_basis, status.proven_not_after) == (TimeBasis.TRUSTED_TIMESTAMP, SIGNED)
    assert (status.identity.subject, status.identity.issuer) == (SUBJECT, ISSUER)
    assert status.anchor_id == hashlib.sha256(PIN.key.encode()).hexdigest()
    assert hashlib.sha256(LETTER).hexdigest() in status.covered[0]


def test_another_identity_is_unknown() -> None:
    """Intact, and who it was checked as; never "untrusted". Issuer and subject both count."""
    for pin in (
        KeyPin(kind=PinKind.SIGSTORE, key=f"{ISSUER} bob@desk.example", person="Bob"),
        KeyPin(kind=PinKind.SIGSTORE, key=f"https://other.example {SUBJECT}", person="Ann"),
        KeyPin(kind=PinKind.SSH, key=f"{ISSUER} {SUBJECT}", person="Ann"),
    ):
        status = judge(OURS.bundle(LETTER), LETTER, pins=(pin,))
        assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
        assert status.time_basis is TimeBasis.CLAIMED
        assert ISSUER in " ".join(explain_signature(status))


def test_a_pin_counts_only_in_its_period() -> None:
    """Signed outside the period for which the desk relies on the identity."""
    late = KeyPin(kind=PinKind.SIGSTORE, key=PIN.key, person="Ann", valid_from=NOW)
    status = judge(OURS.bundle(LETTER), LETTER, pins=(late,))
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert "outside-pin-window" in status.native_codes
    assert SIGNED + timedelta(days=1) < NOW


def test_altered_bytes_are_broken() -> None:
    """The document, the stated digest, or the signature does not fit."""
    honest = OURS.bundle(LETTER)
    assert judge(honest, LETTER + b"!").headline is Headline.BROKEN
    assert judge(OURS.bundle(LETTER, digest_of=b"x"), LETTER).headline is Headline.BROKEN
    other = json.loads(OURS.bundle(b"x"))["messageSignature"]["signature"]
    value = json.loads(honest)["messageSignature"] | {"signature": other}
    assert judge(changed(honest, messageSignature=value), LETTER).headline is Headline.BROKEN


def test_a_name_alone_never_breaks_a_document() -> None:
    """A document that the bundle does not state may be another's; one that it states is broken."""
    honest = OURS.bundle(LETTER)
    status = judge(honest, LETTER + b"!", by_hand=False)
    assert status.headline is Headline.NOT_CHECKABLE
    assert "it may belong to another document" in status.warnings
    other = json.loads(OURS.bundle(b"x"))["messageSignature"]["signature"]
    value = json.loads(honest)["messageSignature"] | {"signature": other}
    forged = changed(honest, messageSignature=value)
    assert judge(forged, LETTER, by_hand=False).headline is Headline.BROKEN


def test_a_stranger_s_log_is_no_forgery() -> None:
    """A bundle of an instance that this root does not know: not checkable, with the reason."""
    status = judge(Instance().bundle(LETTER), LETTER)
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("sigstore-not-verified",)
    assert len(status.error or "") > len("sigstore-not-verified: ")


@pytest.mark.parametrize("part", ["inclusionPromise", "inclusionProof", "canonicalizedBody"])
def test_a_log_entry_that_was_touched_is_not_good(part: str) -> None:
    """Each part of the log's word, replaced by that of another entry."""
    honest = json.loads(OURS.bundle(LETTER))
    other = json.loads(OURS.bundle(b"other"))
    entries = "tlogEntries"
    honest["verificationMaterial"][entries][0][part] = other["verificationMaterial"][entries][0][
        part
    ]
    status = judge(json.dumps(honest).encode(), LETTER)
    assert status.headline in {Headline.NOT_CHECKABLE, Headline.ERROR, Headline.BROKEN}


def test_without_its_document() -> None:
    """It says that it is missing, and states its digest for whoever looks."""
    status = judge(OURS.bundle(LETTER))
    assert status.native_codes == ("document-not-here",)


def test_a_compromised_key_is_revoked() -> None:
    """The desk's list goes before its pins."""
    bundle = OURS.bundle(LETTER)
    spki = judge(bundle, LETTER).identity.spki_sha256 or ""
    status = judge(bundle, LETTER, compromised=(spki,))
    assert status.headline is Headline.REVOKED
    assert OWN_KEY in status.warnings
    assert OWN_KEY in " ".join(explain_signature(status))


def test_a_pin_that_names_no_identity_is_told() -> None:
    """It vouches for nobody; that is said where the signer is unknown, and only there."""
    junk = KeyPin(kind=PinKind.SIGSTORE, key="ann@desk.example", person="Ann")
    assert "pin-unreadable" in judge(OURS.bundle(LETTER), LETTER, pins=(junk,)).native_codes
    both = judge(OURS.bundle(LETTER), LETTER, pins=(junk, PIN))
    assert "pin-unreadable" not in both.native_codes


def test_a_statement_speaks_for_the_documents_it_names() -> None:
    """Named by digest: said so. Another document: listed as not covered, and never spoken for."""
    bundle = OURS.statement(b"first", LETTER)
    named = judge(bundle, LETTER)
    assert named.headline is Headline.VERIFIED
    assert "stands in the signed statement" in named.covered[0]
    other = judge(bundle, b"another")
    assert "document-not-named" in other.native_codes
    assert "does not name" in other.uncovered[0]
    bench = Bench(sha256="0" * 64, trust=TrustSet(), reference=Reference(at=NOW))
    root = OURS.trusted_root()
    beside = judging.judge_sigstore(
        bundle, (near(b"another", 0),), bench, name="x", root=root, detached=True
    )
    assert beside == ()


def test_an_altered_statement_is_not_good() -> None:
    """A document added to a signed statement."""
    honest = json.loads(OURS.statement(b"first"))
    forged = json.loads(OURS.statement(b"first", LETTER))
    honest["dsseEnvelope"]["payload"] = forged["dsseEnvelope"]["payload"]
    status = judge(json.dumps(honest).encode(), LETTER)
    assert status.headline is Headline.BROKEN


@pytest.mark.parametrize(
    "data", [b"{}", b"[1]", b"null", b"{" * 5000, b'{"verificationMaterial": 7}', b"\xff"]
)
def test_what_cannot_be_read_is_an_error(data: bytes) -> None:
    """Total on any bytes."""
    assert judge(data, LETTER).headline is Headline.ERROR


def test_a_bare_key_is_unsupported() -> None:
    """A bundle without a certificate names nobody who could be pinned here."""
    honest = json.loads(OURS.bundle(LETTER))
    material = honest["verificationMaterial"]
    del material["certificate"]
    material["publicKey"] = {"hint": "x"}
    status = judge(json.dumps(honest).encode(), LETTER)
    assert status.headline is Headline.UNSUPPORTED


def test_it_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket is opened."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert judge(OURS.bundle(LETTER), LETTER).headline is Headline.VERIFIED


def test_in_the_sandbox_with_the_shipped_root() -> None:
    """From both sides: our instance is unknown to it, and nothing fails to load."""
    bundle = OURS.bundle(LETTER)
    with Runner() as runner:
        for data, other, role in (
            (bundle, LETTER, Relation.SIGNED),
            (LETTER, bundle, Relation.SIGNATURE),
        ):
            beside = [Companion(document=io.BytesIO(other), role=role)]
            found = runner.examine(
                io.BytesIO(data), name=None, at=NOW, trust=TrustSet(), beside=beside
            )
            (status,) = found.signatures.statuses
            assert status.native_codes == ("sigstore-not-verified",)
            assert found.tools["sigstore"] == judging.ENGINE_VERSION


def test_without_the_extra_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """From both sides: what was not looked for is named, with the command."""
    monkeypatch.setattr(engines, "_is_here", lambda module: module != "sigstore")
    bundle = OURS.bundle(LETTER)
    with Runner() as runner:
        alone = runner.examine(io.BytesIO(bundle), name=None, at=NOW, trust=TrustSet())
        assert alone.headline is Headline.UNSUPPORTED
        beside = [Companion(document=io.BytesIO(bundle), role=Relation.SIGNATURE)]
        other = runner.examine(
            io.BytesIO(LETTER), name=None, at=NOW, trust=TrustSet(), beside=beside
        )
    for found in (alone, other):
        told = " ".join(found.signatures.not_determined)
        assert "provenance-desk[sigstore]" in told


def test_the_maker_makes_what_the_library_reads(tmp_path: Path) -> None:
    """The bundle is of the library's own form, and its digest is where a desk looks for it."""
    value = json.loads(OURS.bundle(LETTER))
    stated = base64.b64decode(value["messageSignature"]["messageDigest"]["digest"])
    assert stated == hashlib.sha256(LETTER).digest()
