"""A report of the library that is too large is cut, and then nothing in it is intact."""

import dataclasses
from typing import Any

import pytest

from tests.signatures.c2pa.extra import require_c2pa

require_c2pa()

from provenance.errors import Malformed  # noqa: E402 - only where the extra is there
from provenance.signatures.axes import Headline, Scope  # noqa: E402
from provenance.signatures.c2pa import identity, report  # noqa: E402
from provenance.signatures.c2pa.bounds import MAX_SHOWN, judge_bounds  # noqa: E402
from provenance.signatures.c2pa.cose import MAX_RESPONSES, parse_signature  # noqa: E402
from provenance.signatures.c2pa.jumbf import ManifestBoxes  # noqa: E402
from provenance.signatures.c2pa.report import MAX_LABEL, MAX_LIST, read_report  # noqa: E402
from tests.signatures.c2pa.judged import judge  # noqa: E402
from tests.signatures.c2pa.maker import Recipe, cbor, sign_claim, sign_jpeg  # noqa: E402
from tests.signatures.c2pa.parties import World, trusting  # noqa: E402
from tests.signatures.c2pa.world import picture  # noqa: E402

FINDING = {"code": "signingCredential.untrusted", "url": "self#jumbf=/c2pa/a"}


def _answer(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    return {"active_manifest": "a", "manifests": {"a": {}}, "validation_state": "Valid", **parts}


@pytest.mark.parametrize(
    "answer",
    [
        _answer(manifests={str(number): {} for number in range(MAX_LIST + 1)}),
        _answer(manifests={"a" * (MAX_LABEL + 1): {}}),
        _answer(active_manifest="a" * (MAX_LABEL + 1)),
        _answer(manifests={"a": {"ingredients": [{}] * (MAX_LIST + 1)}}),
        _answer(manifests={"a": {"assertions": [{}] * (MAX_LIST + 1)}}),
        _answer(manifests={"a": {"assertions": [{"label": "a" * 121}]}}),
        _answer(manifests={"a": {"ingredients": [{"active_manifest": "a" * (MAX_LABEL + 1)}]}}),
        _answer(validation_results={"activeManifest": {"failure": [FINDING] * (MAX_LIST + 1)}}),
        _answer(validation_results={"ingredientDeltas": [{}] * (MAX_LIST + 1)}),
        _answer(
            validation_results={"activeManifest": {"failure": [{"url": "u" * (MAX_LABEL + 1)}]}}
        ),
        _answer(
            manifests={"a": {"ingredients": [{"validation_status": [FINDING] * (MAX_LIST + 1)}]}}
        ),
    ],
)
def test_every_cut_is_told(answer: dict[str, Any]) -> None:
    """Labels, manifests, ingredients, statements and findings: what is left out is named."""
    assert read_report(answer).cut


def test_what_is_not_cut() -> None:
    """At the limits, and in data that is kept whole, nothing is told."""
    full = _answer(
        active_manifest="a" * MAX_LABEL,
        manifests={
            "a" * MAX_LABEL: {
                "ingredients": [{}] * MAX_LIST,
                "assertions": [{"label": "x", "data": {"actions": [{}] * (MAX_LIST + 1)}}],
            }
        },
        validation_results={"activeManifest": {"failure": [FINDING] * MAX_LIST}},
    )
    assert read_report(full).cut == ()


def test_nothing_is_intact_beside_a_cut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An honest file reads NOT_CHECKABLE when its report is too large; a broken one stays so."""
    data = sign_jpeg(picture(), Recipe(signer=world.camera, chain=(world.authority,)))
    monkeypatch.setattr(report, "MAX_LIST", 1)
    (status,) = judge(data, trusting(world.authority)).statuses
    assert status.headline is Headline.NOT_CHECKABLE
    assert "report-cut" in status.native_codes
    monkeypatch.setattr(report, "MAX_LIST", 3)
    spoiled = data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]
    (status,) = judge(spoiled, trusting(world.authority)).statuses
    assert status.headline is Headline.BROKEN


def test_more_identities_than_are_judged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those without a status of their own are counted."""
    monkeypatch.setattr(identity, "MAX_SHOWN", 1)
    said = {"signer_payload": {"sig_type": "desk.test.naive"}, "signature": b"", "pad1": b""}
    more = {"cawg.identity": said, "cawg.identity__1": said, "cawg.identity__2": said}
    data = sign_jpeg(picture(), Recipe(signer=world.camera, chain=(world.authority,), more=more))
    claim, *_ = judge(data, trusting(world.authority)).statuses
    assert any("2 further identities" in one for one in claim.warnings)


def test_more_parts_left_out_than_are_named() -> None:
    """The list of what is not covered ends with how many more there are."""
    boxes = [{"names": [f"P{n}"], "excluded": True} for n in range(MAX_SHOWN + 3)]
    binding = ManifestBoxes(
        label="a",
        claim=b"",
        signature=b"",
        assertions={"c2pa.hash.boxes": ((b"cbor", cbor({"boxes": boxes})),)},
    )
    found = judge_bounds(binding, file_size=1000, store_size=10, media_type="image/jpeg")
    assert (found.scope, found.uncovered[-1]) == (Scope.PART, "and 3 more")


def test_more_answers_about_revocation_than_are_read(world: World) -> None:
    """The one that calls the key back may be the last: such a signature is not taken apart."""
    recipe = Recipe(signer=world.camera)
    at_most = {"rVals": {"ocspVals": [b"x"] * MAX_RESPONSES}}
    assert parse_signature(sign_claim(dataclasses.replace(recipe, loose=at_most), b"claim")).ocsp
    more = {"rVals": {"ocspVals": [b"x"] * (MAX_RESPONSES + 1)}}
    with pytest.raises(Malformed):
        parse_signature(sign_claim(dataclasses.replace(recipe, loose=more), b"claim"))
