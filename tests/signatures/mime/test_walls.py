"""The engines in the sandbox: the answer inside is the answer outside."""

import hashlib
import io
from collections.abc import Iterator

import pytest

from provenance.examine.runner import Companion, Runner
from provenance.signatures.axes import Headline
from provenance.signatures.cms.documents import inspect_cms
from provenance.signatures.mime.judging import inspect_mail
from provenance.signatures.pairing import Relation
from tests.hostile.mime import forge
from tests.signatures.cms.world import NOW, World, as_ber, attribute, sign_cms, stamp
from tests.signatures.inside import answers

TEXT = b"To whom it may concern.\n"


@pytest.fixture(scope="module", params=[True, False], ids=["all-walls", "without-landlock"])
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """One runner for the module: starting it costs time. Without Landlock no file can be opened."""
    with Runner(landlock=request.param) as one:
        yield one


GOOD = {Headline.VERIFIED, Headline.INTACT_UNKNOWN_SIGNER, Headline.TIME_STAMPED}


def test_mails_get_the_same_answer_inside(world: World, runner: Runner) -> None:
    """Honest mails and every attack: statuses, failures and detectors are the same."""
    makers = {name: attack.make for name, attack in forge.ATTACKS.items()} | dict(forge.CONTROLS)
    for name, make in makers.items():
        data = make(world)
        digest = hashlib.sha256(data).hexdigest()
        bare = inspect_mail(data, sha256=digest, trust=world.trust, at=NOW)
        inside = runner.examine(io.BytesIO(data), name="a.eml", at=NOW, trust=world.trust)
        assert inside.identification.media_type == "message/rfc822", name
        ours = tuple(one for one in inside.signatures.statuses if one.id.startswith("smime"))
        assert answers(ours) == bare.statuses, name
        assert set(bare.failures) <= set(inside.signatures.detectors_failed), name
        assert set(bare.ran) <= set(inside.signatures.detectors_run), name


def test_containers_get_the_same_answer_inside(world: World, runner: Runner) -> None:
    """DER, BER, stamped, time-stamp token, and one with its document beside it."""

    def stamped(value: bytes) -> list[bytes]:
        return [attribute("signature_time_stamp_token", stamp(world.tsa, value))]

    for data in (
        sign_cms(TEXT, world.ann),
        as_ber(sign_cms(TEXT, world.rsa)),
        sign_cms(TEXT, world.ann, world.sam, adds=stamped),
        sign_cms(TEXT, world.ann, detached=True),
        stamp(world.tsa, TEXT),
    ):
        digest = hashlib.sha256(data).hexdigest()
        bare = inspect_cms(data, sha256=digest, trust=world.trust, at=NOW, beside=[TEXT])
        beside = [Companion(document=io.BytesIO(TEXT), role=Relation.SIGNED)]
        inside = runner.examine(
            io.BytesIO(data), name="a.p7m", at=NOW, trust=world.trust, beside=beside
        )
        assert answers(inside.signatures.statuses) == bare.statuses
        assert inside.headline in GOOD
        assert not inside.signatures.detectors_failed


def test_a_detached_signature_beside_any_document(world: World, runner: Runner) -> None:
    """A PDF, or anything else, with its .p7s: verified over the document."""
    data = sign_cms(TEXT, world.ann, detached=True)
    beside = [Companion(document=io.BytesIO(data), role=Relation.SIGNATURE, name="letter.txt.p7s")]
    inside = runner.examine(
        io.BytesIO(TEXT), name="letter.txt", at=NOW, trust=world.trust, beside=beside
    )
    (status,) = inside.signatures.statuses
    assert status.headline is Headline.VERIFIED
    assert status.document_sha256 == hashlib.sha256(TEXT).hexdigest()
    assert "letter" not in status.locator.name
