"""No attack on a signed message may come out as a good signature of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.examine.outcome import OutcomeKind
from provenance.examine.runner import Runner
from provenance.facts.mail import read_mail_facts
from provenance.signatures.axes import Headline, Integrity
from provenance.signatures.codec import from_jsonable
from provenance.trust.model import TrustSet
from tests.hostile.mail import forge
from tests.signatures.good import WHOLE
from tests.signatures.mail.world import LETTER, NOW, judge, sign

ASSETS = Path(__file__).parent / "assets"
PARTIAL = {
    "added-subject-bare-return",
    "added-text-in-header",
    "boundary-switched",
    "length-appended",
    "length-zero",
    "subject-unsigned",
}
"""The signed part is intact, and the answer says that it is a part."""
UNPROVEN = {"expired", "signed-in-future"}
BOMBS = dict(forge.bombs())


def test_the_victim_is_verified() -> None:
    """Without an attack the message is VERIFIED, so that the other tests can fail."""
    assert judge(forge.untouched(), forge.archive()).headline is Headline.VERIFIED


def test_every_attack_is_refused() -> None:
    """No attack leaves a good headline or hides the signature, and none is our own failure."""
    trust = forge.archive()
    reports = {name: judge(data, trust) for name, data in forge.every_attack()}
    assert len(reports) > 50
    answers = {name: one.headline for name, one in reports.items()}
    assert {name for name, one in answers.items() if one in WHOLE} == UNPROVEN
    partial = {name for name, one in answers.items() if one is Headline.INTACT_PARTIAL}
    assert partial == PARTIAL
    unproven = {name for name, one in answers.items() if one is Headline.INTACT_TIME_UNPROVEN}
    assert unproven == UNPROVEN
    assert Headline.UNSIGNED not in answers.values()
    faults = [
        name
        for name, report in reports.items()
        if any(one.integrity is Integrity.ERROR for one in report.statuses)
    ]
    assert faults == []


def test_kept_assets_are_refused() -> None:
    """Files made by an earlier run of the generator get the answers written down then."""
    trust = from_jsonable(TrustSet, json.loads((ASSETS / "trust.json").read_text("utf-8")))
    expected = json.loads((ASSETS / "expected.json").read_text("utf-8"))
    files = {path.stem: path for path in ASSETS.glob("*.eml")}
    assert set(files) == set(expected) == {"untouched", *dict(forge.every_attack())}
    for name, path in files.items():
        headline = judge(path.read_bytes(), trust).headline
        assert headline.value == expected[name], name
        assert (headline in WHOLE) == (name in {"untouched", *UNPROVEN}), name


def test_an_address_in_the_name_is_a_contradiction_beside_a_good_signature() -> None:
    """Evil's own mail with the boss's address for a name: evil signed it, and the facts warn."""
    letter = LETTER.replace(
        b"Ann Author <ann@example.org>", b'"boss@bank.example" <x@evil.example>'
    )
    data = sign(letter, forge.EVIL)
    report = judge(data, forge.archive())
    assert report.statuses[0].identity.subject == "evil.example"
    codes = {one.code for one in read_mail_facts(data, at=NOW).observations}
    assert "mail-name-holds-address" in codes


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """A jail for all bombs."""
    with Runner() as one:
        yield one


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_answered_in_the_jail(name: str, runner: Runner, tmp_path: Path) -> None:
    """Each ends with an answer, none of them within reach of the time limit or the memory limit."""
    path = tmp_path / "bomb.eml"
    path.write_bytes(BOMBS[name])
    one = runner.examine(path, name="bomb.eml", at=NOW, trust=forge.archive())
    assert one.outcome.kind is OutcomeKind.EXAMINED
    assert one.headline is not Headline.UNSIGNED
