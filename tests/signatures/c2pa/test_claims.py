"""Rules on what the library says, tried on reports it could give: no library is needed."""

import base64
import dataclasses
import hashlib
from typing import Any

import pytest

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import ChangedAfter, Headline, Integrity, Kind, Presence, Signer
from provenance.signatures.c2pa.claims import check_claim
from provenance.signatures.c2pa.cose import parse_signature
from provenance.signatures.c2pa.identity import judge_identities, may_decode
from provenance.signatures.c2pa.ingredients import Troubled, judge_ingredients
from provenance.signatures.c2pa.jumbf import read_manifest
from provenance.signatures.c2pa.report import (
    Assertion,
    Finding,
    Ingredient,
    Manifest,
    Report,
    Results,
)
from provenance.signatures.c2pa.signer import Claimed, judge_claim_signer
from provenance.signatures.c2pa.stamps import judge_stamp
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.vouching import TrustContext
from tests.signatures.c2pa.clock import clock_at
from tests.signatures.c2pa.maker import LABEL, Recipe, cbor, make_manifest, make_store, superbox
from tests.signatures.c2pa.parties import NOW, World, trusting

DATA = b"the bytes of a file"
GOOD = ("claimSignature.validated", "assertion.dataHash.match")
BLANK = SignatureStatus(
    id="x",
    document_sha256="0" * 64,
    kind=Kind.C2PA,
    locator=Locator(name="x"),
    presence=Presence.PRESENT,
    integrity=Integrity.INTACT,
)


def binding(data: bytes = DATA) -> dict[str, Any]:
    """A hash over all bytes."""
    return {"exclusions": [], "alg": "sha256", "hash": hashlib.sha256(data).digest()}


def honest(world: World, **settings: Any) -> bytes:  # noqa: ANN401 - fields of a recipe
    """A store with one manifest."""
    recipe = Recipe(signer=world.camera, chain=(world.authority,))
    return make_store(dataclasses.replace(recipe, **settings), binding())


def said(*failed: str, success: tuple[str, ...] = GOOD, state: str = "Valid") -> Report:
    """A report of the library."""
    results = Results(
        success=tuple(Finding(code=code) for code in success),
        failure=tuple(Finding(code=code) for code in failed),
    )
    manifest = Manifest(label=LABEL)
    return Report(active=LABEL, state=state, manifests={LABEL: manifest}, results=results)


def test_an_honest_claim(world: World) -> None:
    """Positive words, our own check, the hash found: intact."""
    found = check_claim(said(), honest(world), DATA)
    assert (found.integrity, found.error) == (Integrity.INTACT, None)
    assert found.signature is not None
    assert found.binding is not None


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (said(success=GOOD[:1]), "not-confirmed"),
        (said(success=GOOD[1:]), "not-confirmed"),
        (said(success=()), "not-confirmed"),
        (said(state="Invalid"), "library-says-invalid"),
        (said(state=""), "library-says-invalid"),
        (said("general.error"), "validation-failure"),
        (said("claimSignature.mismatch", success=GOOD[1:]), "validation-failure"),
        (said("assertion.dataHash.mismatch", success=GOOD[:1]), "validation-failure"),
    ],
)
def test_what_leaves_the_question_open(world: World, report: Report, code: str) -> None:
    """Nothing is intact for want of a complaint; what our own check refutes is not broken."""
    found = check_claim(report, honest(world), DATA)
    assert (found.integrity, found.codes) == (Integrity.NOT_CHECKABLE, (code,))
    assert "version is part of the evidence" in str(found.error)


@pytest.mark.parametrize(
    "report",
    [said("signingCredential.expired", state="Invalid"), said("signingCredential.untrusted")],
)
def test_what_is_judged_elsewhere(world: World, report: Report) -> None:
    """Signer and time leave the claim intact."""
    assert check_claim(report, honest(world), DATA).integrity is Integrity.INTACT


def test_what_is_broken(world: World) -> None:
    """A mismatch that our own check confirms, or that it cannot look into, is broken."""
    forged = honest(world, signer=world.stranger, shown=world.camera)
    mismatch = said("claimSignature.mismatch", success=GOOD[1:])
    assert check_claim(mismatch, forged, DATA).codes == ("sig-crypto-failure",)
    assert check_claim(mismatch, b"no store", DATA).integrity is Integrity.BROKEN
    hearsay = said("claimSignature.mismatch", "algorithm.unsupported", success=GOOD[1:])
    assert check_claim(hearsay, b"no store", DATA).integrity is Integrity.NOT_CHECKABLE
    other = said("assertion.dataHash.mismatch", success=GOOD[:1])
    assert check_claim(other, honest(world), b"other").codes == ("hash-failure",)
    boxes = said("assertion.boxesHash.mismatch", success=GOOD[:1])
    assert check_claim(boxes, honest(world), DATA).codes == ("hash-failure",)


def test_engines_that_disagree(world: World) -> None:
    """A signature that only the library accepts is not intact; nor one that we cannot read."""
    forged = honest(world, signer=world.stranger, shown=world.camera)
    assert check_claim(said(), forged, DATA).codes == ("engines-disagree",)
    for store in (b"", honest(world, algorithm=-65535)):
        assert check_claim(said(), store, DATA).codes == ("second-look-failed",)


def test_updates_that_go_in_a_circle(world: World) -> None:
    """A manifest that is its own parent has no hash, and the search for one ends."""
    below = dataclasses.replace(Recipe(signer=world.camera), label="urn:c2pa:below")
    store = superbox(
        b"c2pa",
        "c2pa",
        make_manifest(below, None) + make_manifest(Recipe(signer=world.camera), None),
    )
    parent = Ingredient(
        label="i", title="", relationship="parentOf", manifest="urn:c2pa:below", recorded=()
    )
    back = dataclasses.replace(parent, manifest=LABEL)
    manifests = {
        LABEL: Manifest(label=LABEL, ingredients=(parent,)),
        "urn:c2pa:below": Manifest(label="urn:c2pa:below", ingredients=(back,)),
    }
    for known in (manifests, {LABEL: manifests[LABEL]}, {}):
        report = dataclasses.replace(said(), manifests=known)
        assert check_claim(report, store, DATA).binding is None


def test_a_chain_that_only_one_engine_accepts(world: World) -> None:
    """Trusted needs both engines."""
    signature = parse_signature(read_manifest(honest(world), LABEL).signature)
    context = TrustContext(trust=world.trust, at=NOW)
    claimed = Claimed(library_trusts=True, revoked=False, at=None, stamp=None)
    assert judge_claim_signer(BLANK, signature, claimed, context).signer is Signer.TRUSTED
    alone = dataclasses.replace(claimed, library_trusts=False)
    found = judge_claim_signer(BLANK, signature, alone, context)
    assert (found.signer, found.anchor_id) == (Signer.UNKNOWN, None)
    assert "library-does-not-trust" in found.native_codes
    revoked = dataclasses.replace(claimed, revoked=True)
    found = judge_claim_signer(
        dataclasses.replace(BLANK, changed_after=ChangedAfter.NONE), signature, revoked, context
    )
    assert found.headline is Headline.REVOKED


def test_stamps_that_prove_nothing(world: World) -> None:
    """Two stamps, rubbish, one over something else: no time; what cannot be read is a claim."""
    clock = clock_at(2023)
    trust = trusting(world.authority, clocks=(clock.root.der,))
    good = read_manifest(honest(world, stamp=clock.token), LABEL)
    signature = parse_signature(good.signature)
    assert judge_stamp(signature, good.claim, trust, said=None).stamp is not None
    assert judge_stamp(signature, good.claim, world.trust, said=None).claimed == clock.at
    twice = dataclasses.replace(signature, stamps=signature.stamps * 2)
    other = dataclasses.replace(signature, value=signature.value[::-1])
    for changed in (twice, other):
        timed = judge_stamp(changed, good.claim, trust, said=NOW)
        assert (timed.stamp, timed.claimed) == (None, None)
        assert "does not hold" in timed.warnings[0]
    rubbish = dataclasses.replace(signature, stamps=((2, b"\x30\0"),))
    assert judge_stamp(rubbish, good.claim, trust, said=NOW).claimed == NOW
    none = dataclasses.replace(signature, stamps=())
    assert judge_stamp(none, good.claim, trust, said=NOW).claimed is None


def identity(credential: bytes = b'{"issuer": "did:jwk:e30"}', **payload: Any) -> Assertion:  # noqa: ANN401 - JSON values
    """An identity assertion as the library gives it when it does not decode it."""
    signature = cbor([b"", {}, credential, b""])
    said_by = {"sig_type": "cawg.identity_claims_aggregation", **payload}
    data = {"signer_payload": said_by, "signature": base64.b64encode(signature).decode()}
    return Assertion(label="cawg.identity", data=data)


def judged(one: Assertion, *failed: str, success: tuple[str, ...] = ()) -> SignatureStatus:
    """The status of one identity."""
    address = f"self#jumbf=/c2pa/{LABEL}/c2pa.assertions/cawg.identity"
    results = Results(
        success=tuple(Finding(code=code, url=address) for code in success),
        failure=tuple(Finding(code=code, url=address) for code in failed),
    )
    report = Report(active=LABEL, manifests={LABEL: Manifest(label=LABEL, assertions=(one,))})
    (status,) = judge_identities(report, BLANK, results)
    return status


def test_identities() -> None:
    """Intact is an unknown signer; a mismatch is broken; a complaint, or none, is open."""
    whole = [{"url": "self#jumbf=c2pa.assertions/c2pa.hash.data"}]
    good = ("cawg.x509.signature.validated",)
    one = identity(sig_type="cawg.x509.cose", referenced_assertions=whole)
    status = judged(one, "cawg.x509.credential.untrusted", success=good)
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    part = judged(identity(sig_type="cawg.x509.cose"), success=good)
    assert part.headline is Headline.INTACT_PARTIAL
    assert judged(one, "cawg.x509.signature.mismatch", success=good).headline is Headline.BROKEN
    assert judged(one, "cawg.ica.tomorrow", success=good).headline is Headline.NOT_CHECKABLE
    assert judged(one).headline is Headline.NOT_CHECKABLE


def test_names_in_an_identity_are_claims() -> None:
    """Names that a credential gives are shown with what they are worth."""
    credential = (
        b'{"issuer": {"id": "did:jwk:e30"}, "credentialSubject": {"verifiedIdentities":'
        b' [{"name": "A. Reporter"}, {"username": "areporter"}, {}]}}'
    )
    status = judged(identity(credential), success=("cawg.ica.credential_valid",))
    assert status.claimed_author == "A. Reporter, areporter"
    assert "nothing here shows" in status.warnings[0]


def test_which_identities_are_handed_to_the_library() -> None:
    """Those that carry their key; never one that names the web, whatever its spelling."""
    assert may_decode([identity(), identity(sig_type="cawg.x509.cose")])
    for issuer in (b'"did:web:x"', b'"did\\u003aweb:x"', b'{"id": "did:web:x"}', b"7", b"null"):
        assert not may_decode([identity(), identity(b'{"issuer": ' + issuer + b"}")])
    assert not may_decode([identity(sig_type="another")])
    assert not may_decode([Assertion(label="cawg.identity", data={"signature": "?"})])


def test_identities_that_were_not_asked_about() -> None:
    """Each says why: another of them wants the web, it does itself, or its kind is unknown."""
    ones = (identity(), identity(b'{"issuer": "did:web:x"}'), identity(sig_type="another"))
    report = Report(active=LABEL, manifests={LABEL: Manifest(label=LABEL, assertions=ones)})
    codes = [one.native_codes for one in judge_identities(report, BLANK, None)]
    assert codes == [
        ("not-asked",),
        ("cawg.ica.did_unavailable",),
        ("cawg.identity.sig_type.unknown",),
    ]


def test_more_bad_ingredients_than_are_shown() -> None:
    """A collage of many broken files shows the first ones and counts the rest."""
    failed = (Finding(code="claimSignature.mismatch"),)
    many = tuple(
        Troubled(
            ingredient=Ingredient(
                label=f"i{n}", title="", relationship="", manifest=None, recorded=()
            ),
            address=str(n),
            found=failed,
        )
        for n in range(25)
    )
    statuses, warnings = judge_ingredients(many, BLANK)
    assert {one.headline for one in statuses} == {Headline.BROKEN}
    assert (len(statuses), warnings) == (20, ("5 further ingredients are broken or unclear",))


def test_an_attempt_that_fails_is_a_value() -> None:
    """The rules above stand on this: an exception of a reader is a Fault."""
    assert isinstance(attempt("store", lambda: read_manifest(b"", LABEL)), Fault)
