"""No attack on content credentials may come out as good as the honest file, and none gets out."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.signatures.c2pa.extra import require_c2pa
from tests.signatures.inside import answers

require_c2pa()

from provenance.examine.runner import Runner  # noqa: E402 - only where the extra is there
from provenance.signatures.axes import Headline, Kind  # noqa: E402
from provenance.signatures.c2pa.cose import parse_signature  # noqa: E402
from provenance.signatures.c2pa.jumbf import MARKER, read_manifest  # noqa: E402
from provenance.trust.model import Anchor, Purpose, TrustSet  # noqa: E402
from tests.hostile.c2pa.forge import every_attack  # noqa: E402
from tests.signatures.c2pa.judged import judge  # noqa: E402
from tests.signatures.c2pa.maker import LABEL  # noqa: E402
from tests.signatures.c2pa.parties import NOW, make_world  # noqa: E402
from tests.signatures.good import is_good  # noqa: E402

ASSETS = Path(__file__).with_name("assets")
EXPECTED: dict[str, str] = json.loads((ASSETS / "expected.json").read_text("utf-8"))
SAFE_OUTSIDE = ("honest", "altered-picture", "identity-issuer-twice", "edit-of-a-broken-file")
"""Files that the library reads without harm: judged outside the sandbox as well."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One sandbox for all files."""
    with Runner() as one:
        yield one


@pytest.fixture(scope="module")
def trust() -> TrustSet:
    """The authority that the files were made under."""
    der = (ASSETS / "authority.der").read_bytes()
    return TrustSet(anchors=(Anchor(der=der, purposes=(Purpose.C2PA,)),))


def test_every_file_has_its_answer() -> None:
    """Each asset is judged, and each judgement has an asset and an attack that makes it."""
    files = {path.stem for path in ASSETS.glob("*.jpg")}
    assert files == set(EXPECTED)
    assert {name for name, _ in every_attack(make_world())} == files


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_attack(runner: Runner, trust: TrustSet, name: str) -> None:
    """Each attack gets its answer, in the sandbox, and the worker outlives it."""
    found = runner.examine(ASSETS / f"{name}.jpg", name=None, at=NOW, trust=trust)
    assert found.outcome.code == "examined"
    assert found.headline.value == EXPECTED[name]
    good = {"honest", "split-to-hide"}  # every byte of both is what was signed
    assert (found.headline is Headline.VERIFIED) == (name in good)


@pytest.mark.parametrize("name", SAFE_OUTSIDE)
def test_the_jail_changes_no_answer(runner: Runner, trust: TrustSet, name: str) -> None:
    """The same file gets the same statuses inside and outside the jail."""
    path = ASSETS / f"{name}.jpg"
    jailed = runner.examine(path, name=None, at=NOW, trust=trust)
    assert answers(jailed.signatures.statuses) == judge(path.read_bytes(), trust).statuses


def test_a_bad_ingredient_is_told_beside_a_good_file(runner: Runner, trust: TrustSet) -> None:
    """The file's own signature stays VERIFIED; the ingredient's is a status of its own."""
    path = ASSETS / "edit-of-a-broken-file.jpg"
    own, earlier = runner.examine(path, name=None, at=NOW, trust=trust).signatures.statuses
    assert (own.kind, own.headline) == (Kind.C2PA, Headline.VERIFIED)
    assert (earlier.kind, earlier.headline) == (Kind.C2PA_INGREDIENT, Headline.BROKEN)
    assert "state:Trusted" in own.native_codes
    assert "recorded:assertion.dataHash.mismatch" in earlier.native_codes


@pytest.mark.slow
def test_a_flipped_bit_is_never_good(runner: Runner, trust: TrustSet, tmp_path: Path) -> None:
    """One bit in the picture, a statement, the claim, or what signs them: never good.

    What is left over is framing: types of boxes, padding. Flipping it changes nothing that is said.
    """
    honest = (ASSETS / "honest.jpg").read_bytes()
    chance = random.Random(7)  # noqa: S311 - a sample, and the same one every time
    for at in chance.sample(_signed(honest), 150):
        bit = 1 << chance.randrange(8)
        path = tmp_path / "flipped.jpg"
        path.write_bytes(honest[:at] + bytes([honest[at] ^ bit]) + honest[at + 1 :])
        found = runner.examine(path, name=None, at=NOW, trust=trust)
        assert not is_good(found.headline), (at, bit)


def _signed(data: bytes) -> list[int]:
    """Offsets of all bytes that the signature bears out."""
    begin = data.index(MARKER) - 12
    store = data[begin : begin + int.from_bytes(data[begin : begin + 4], "big")]
    manifest = read_manifest(store, LABEL)
    signature = parse_signature(manifest.signature)
    parts = [manifest.claim, signature.protected, signature.value]
    parts += [content for boxes in manifest.assertions.values() for _, content in boxes]
    offsets = [*range(20), *range(begin + len(store), len(data))]
    for part in parts:
        offsets += range(data.index(part), data.index(part) + len(part))
    return offsets


@pytest.mark.parametrize("keep", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_never_good(
    runner: Runner, trust: TrustSet, tmp_path: Path, keep: float
) -> None:
    """What is cut off is not good; where no credentials are left it is not called broken either."""
    honest = (ASSETS / "honest.jpg").read_bytes()
    path = tmp_path / "cut.jpg"
    path.write_bytes(honest[: int(len(honest) * keep)])
    found = runner.examine(path, name=None, at=NOW, trust=trust)
    assert found.headline in {Headline.BROKEN, Headline.ERROR, Headline.NOT_CHECKABLE}
