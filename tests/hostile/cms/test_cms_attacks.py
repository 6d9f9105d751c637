"""No hostile CMS container may come out as a good signature."""

import hashlib
import json
from pathlib import Path

import pytest

from provenance.signatures.axes import Headline
from provenance.signatures.cms.documents import inspect_cms
from provenance.signatures.detected import report_of
from provenance.signatures.model import SignatureReport
from provenance.trust.model import Anchor, TrustSet
from tests.hostile.cms import forge
from tests.signatures.cms.world import NOW, World, sign_cms

ASSETS = Path(__file__).parent / "assets"


@pytest.fixture(scope="module")
def world() -> World:
    """The parties."""
    return World()


def judge(data: bytes, trust: TrustSet) -> SignatureReport:
    """Judge one file."""
    digest = hashlib.sha256(data).hexdigest()
    return report_of(digest, [inspect_cms(data, sha256=digest, trust=trust, at=NOW)])


def test_the_victim_is_verified(world: World) -> None:
    """Without an attack the container is VERIFIED, so that the other tests can fail."""
    assert judge(sign_cms(forge.TEXT, world.ann), world.trust).headline is Headline.VERIFIED


@pytest.mark.parametrize("name", forge.ATTACKS)
def test_every_attack_gets_its_answer(world: World, name: str) -> None:
    """As written beside the attack; a stamp that does not hold proves no time."""
    make, headline = forge.ATTACKS[name]
    report = judge(make(world), world.trust)
    assert report.headline is headline
    assert all(one.proven_not_after is None for one in report.statuses)


def test_kept_assets_get_their_answers() -> None:
    """Files made by an earlier run of the generator get the answers written down then."""
    trust = TrustSet(anchors=(Anchor(der=(ASSETS / "authority.der").read_bytes()),))
    expected = json.loads((ASSETS / "expected.json").read_text("utf-8"))
    files = {path.stem: path for path in ASSETS.glob("*.p7m")}
    assert set(files) == set(expected) == {*forge.ATTACKS, "untouched"} - {"nested-deep"}
    for name, path in files.items():
        assert judge(path.read_bytes(), trust).headline.value == expected[name], name
