"""An SD-JWT library that is not ours reads an honest entry as we do.

A cross-check for honest input ONLY: the library accepts a disclosure that the entry does not
reference, which RFC 9901 section 7.1 forbids and `match_disclosures` refuses. It never decides
anything here.
"""

import json
from importlib import import_module
from importlib.util import find_spec

import pytest

from provenance.errors import CheckFailed
from provenance.ledger.base64text import encode_base64url
from provenance.ledger.disclosure import (
    format_presentation,
    make_disclosure,
    match_disclosures,
    parse_presentation,
)
from provenance.ledger.entry import OPEN_FIELDS, Draft, Head, seal_entry, verify_entry
from provenance.ledger.merkle import EMPTY_ROOT
from provenance.records import Json
from tests.ledger.worlds import ORIGIN, START, Counter, signer

pytestmark = pytest.mark.skipif(not find_spec("sd_jwt"), reason="sd-jwt is not installed")

FIELDS: dict[str, Json] = {
    "document": {"sha256": "00" * 32, "size": 3},
    "label": "Schriftstück № 7",
    "claim": ["a", None, True],
}
JOAN = signer("joan")
DISCLOSED = [make_disclosure(name, value, Counter(name)) for name, value in FIELDS.items()]
LEAF = seal_entry(
    Draft(
        log=ORIGIN,
        item=bytes(range(16)),
        n=0,
        prev=None,
        seen=Head(size=0, root=EMPTY_ROOT),
        type="item.received",
        iat=START,
    ),
    [each.digest for each in DISCLOSED],
    width=8,
    signer=JOAN,
    random=Counter("decoys"),
)


def _read(presentation: bytes, raw: bytes) -> dict[str, Json]:
    """What the library makes of a presentation, given a key as a JWK."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(raw)}
    key = import_module("jwcrypto.jwk").JWK.from_json(json.dumps(jwk))
    verifier = import_module("sd_jwt.verifier").SDJWTVerifier

    def answer(_issuer: object, _header: object) -> object:
        return key

    found: dict[str, Json] = verifier(presentation.decode(), answer).get_verified_payload()
    return found


@pytest.mark.parametrize("count", range(len(FIELDS) + 1))
def test_the_library_reveals_the_same_fields(count: int) -> None:
    """With none, some and all fields shown: accepted, and field by field what we read."""
    presentation = format_presentation(LEAF, DISCLOSED[:count])
    entry, disclosures = parse_presentation(presentation)
    ours = match_disclosures(entry, disclosures)
    theirs = _read(presentation, JOAN.public_key.raw)
    assert verify_entry(entry, JOAN.public_key)
    assert {name: theirs[name] for name in theirs if name not in OPEN_FIELDS} == ours
    assert ours == dict(list(FIELDS.items())[:count])
    assert (theirs["n"], theirs["iat"], theirs["log"]) == (entry.n, entry.iat, entry.log)


def test_the_library_refuses_another_key() -> None:
    """The same presentation under a stranger's key is not accepted."""
    presentation = format_presentation(LEAF, DISCLOSED)
    with pytest.raises(import_module("jwcrypto.jws").InvalidJWSSignature):
        _read(presentation, signer("stranger").public_key.raw)


def test_an_unreferenced_disclosure_is_why_it_is_a_cross_check_only() -> None:
    """We refuse a forged field that the entry does not vouch for."""
    forged = make_disclosure("source", "forged", Counter("forger"))
    entry, disclosures = parse_presentation(format_presentation(LEAF, [*DISCLOSED, forged]))
    with pytest.raises(CheckFailed):
        match_disclosures(entry, disclosures)
