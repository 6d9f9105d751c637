"""No attack on a signed mail may come out as a good signature of what the mail shows."""

import hashlib
import json
from pathlib import Path

import pytest

from provenance.signatures.axes import Headline, Integrity
from provenance.signatures.detected import report_of
from provenance.signatures.mime.judging import inspect_mail
from provenance.signatures.model import SignatureReport
from provenance.trust.model import Anchor, TrustSet
from tests.hostile.mime import forge
from tests.signatures.cms.world import NOW, World
from tests.signatures.good import WHOLE

ASSETS = Path(__file__).parent / "assets"


@pytest.fixture(scope="module")
def world() -> World:
    """The parties."""
    return World()


def judge(data: bytes, trust: TrustSet) -> SignatureReport:
    """Judge one mail."""
    digest = hashlib.sha256(data).hexdigest()
    return report_of(digest, [inspect_mail(data, sha256=digest, trust=trust, at=NOW)])


@pytest.mark.parametrize("name", forge.CONTROLS)
def test_the_victims_are_verified(world: World, name: str) -> None:
    """Without an attack the mail is VERIFIED, so that the other tests can fail."""
    assert judge(forge.CONTROLS[name](world), world.trust).headline is Headline.VERIFIED


@pytest.mark.parametrize("name", forge.ATTACKS)
def test_every_attack_gets_its_answer(world: World, name: str) -> None:
    """Headline as written beside the attack, and integrity of the bytes as they truly are."""
    attack = forge.ATTACKS[name]
    report = judge(attack.make(world), world.trust)
    assert report.headline is attack.headline
    assert report.headline not in WHOLE - {Headline.INTACT_UNKNOWN_SIGNER}
    if attack.integrity is not None:
        assert {one.integrity for one in report.statuses} == {attack.integrity}


def test_integrity_agrees_with_the_truth_in_every_class(world: World) -> None:
    """A signature that matches its bytes is never called broken, nor the other way round."""
    for name, attack in forge.ATTACKS.items():
        found = judge(attack.make(world), world.trust).statuses
        broken = any(one.integrity is Integrity.BROKEN for one in found)
        assert broken == (attack.integrity is Integrity.BROKEN), name


def test_kept_assets_get_their_answers() -> None:
    """Mails made by an earlier run of the generator get the answers written down then."""
    trust = TrustSet(anchors=(Anchor(der=(ASSETS / "authority.der").read_bytes()),))
    expected = json.loads((ASSETS / "expected.json").read_text("utf-8"))
    files = {path.stem: path for path in ASSETS.glob("*.eml")}
    assert set(files) == set(expected) == set(forge.ATTACKS) | set(forge.CONTROLS)
    for name, path in files.items():
        assert judge(path.read_bytes(), trust).headline.value == expected[name], name


def test_without_anchors_no_attack_looks_better(world: World) -> None:
    """An empty trust set makes nobody known, and hides no finding on scope or sender."""
    for name, attack in forge.ATTACKS.items():
        headline = judge(attack.make(world), TrustSet()).headline
        assert headline is attack.headline, name
