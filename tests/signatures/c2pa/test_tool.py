"""Files signed by the format's own tool, in every format of the table, through the sandbox."""

import socket
from pathlib import Path
from typing import NoReturn

import pytest

from tests.signatures.c2pa.extra import require_c2pa
from tests.signatures.inside import answers

require_c2pa()

from provenance.examine.engines import ENGINES, rows_for  # noqa: E402 - only where the extra is
from provenance.examine.examination import Examination  # noqa: E402
from provenance.examine.runner import Runner, jail_level  # noqa: E402
from provenance.signatures.axes import Headline, Kind, Scope  # noqa: E402
from provenance.trust.model import TrustSet  # noqa: E402
from tests.signatures.c2pa.judged import examine, judge  # noqa: E402
from tests.signatures.c2pa.parties import NOW, World  # noqa: E402
from tests.signatures.c2pa.world import bare_files, picture, sign  # noqa: E402
from tests.signatures.pdf.letters import bare_page  # noqa: E402

FORMATS = sorted(bare_files())


def look(path: Path, trust: TrustSet, *, landlock: bool = True) -> Examination:
    """Examine one file in a sandbox of its own."""
    with Runner(landlock=landlock) as runner:
        return runner.examine(path, name=None, at=NOW, trust=trust)


@pytest.mark.parametrize("media_type", FORMATS)
def test_each_format(
    world: World, tmp_path: Path, media_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VERIFIED in the sandbox, the same outside it with sockets forbidden, UNSIGNED before."""
    bare = bare_files()[media_type]
    path = tmp_path / "file"
    path.write_bytes(sign(bare, media_type, world.camera, world.authority))
    found = look(path, world.trust) if media_type in ENGINES else None
    monkeypatch.setattr(socket, "socket", _no_socket)
    outside = judge(path.read_bytes(), world.trust, media_type=media_type)
    assert outside.headline is Headline.VERIFIED
    assert outside.statuses[0].scope is Scope.WHOLE
    assert judge(bare, world.trust, media_type=media_type).headline is Headline.UNSIGNED
    if found is not None:
        assert found.identification.media_type == media_type
        assert found.outcome.code == "examined"
        assert answers(found.signatures.statuses) == outside.statuses


def _no_socket(*_args: object, **_kwargs: object) -> NoReturn:
    raise AssertionError("an engine asked for a socket")


def test_one_wall_less(world: World, tmp_path: Path) -> None:
    """Without Landlock no file can be opened, and the engine needs none."""
    path = tmp_path / "picture.jpg"
    path.write_bytes(sign(picture(), "image/jpeg", world.camera, world.authority))
    found = look(path, world.trust, landlock=False)
    assert found.headline is Headline.VERIFIED
    if jail_level().level == "full":
        assert found.jail_level.startswith("partial")


def test_what_the_credentials_say(world: World, tmp_path: Path) -> None:
    """Made by a model, edited, by which program: in the facts of the same examination."""
    path = tmp_path / "picture.jpg"
    earlier = sign(picture(), "image/jpeg", world.stranger, world.authority)
    said = {"claim_generator_info": [{"name": "editor", "version": "2"}], "title": "edited"}
    path.write_bytes(
        sign(
            picture(),
            "image/jpeg",
            world.camera,
            world.authority,
            manifest=said,
            made_from=(("earlier.jpg", earlier),),
            intent=1,  # an edit of a parent
        )
    )
    found = look(path, world.trust)
    assert found.facts is not None
    codes = {one.code for one in found.facts.observations}
    assert {"c2pa-ingredients", "c2pa-generated-ingredient"} <= codes
    assert found.facts.properties["c2pa.program"] == "editor 2"
    assert found.facts.properties["picture.size"] == "64 x 48 pixels"
    assert "c2pa-python" in found.tools
    assert "SDK" in found.tools["c2pa-python"]
    (status,) = found.signatures.statuses
    assert any("earlier.jpg" in warning for warning in status.warnings)


def test_an_update_keeps_the_earlier_hash(world: World) -> None:
    """An update manifest without a hash of its own is held to the one below it."""
    first = sign(picture(), "image/jpeg", world.camera, world.authority)
    said = {"claim_generator_info": [{"name": "agency", "version": "1"}], "title": "same"}
    second = sign(
        first,
        "image/jpeg",
        world.camera,
        world.authority,
        manifest=said,
        made_from=(("same.jpg", first),),
        intent=2,  # an update
    )
    (status,) = judge(second, world.trust).statuses
    assert (status.headline, status.scope) == (Headline.VERIFIED, Scope.WHOLE)
    bad = second[:-30] + bytes([second[-30] ^ 1]) + second[-29:]
    assert judge(bad, world.trust).headline is Headline.BROKEN


def test_a_remote_manifest_is_not_fetched(world: World) -> None:
    """The address is told as a risk; nothing is fetched, and nothing follows."""
    address = "http://desk.test/one.c2pa"
    data = sign(picture(), "image/jpeg", world.camera, world.authority, remote=address)
    found = examine(data, world.trust)
    assert found.remote == address
    (status,) = found.detected.statuses
    assert status.headline is Headline.NOT_CHECKABLE
    assert address in str(status.error)


def test_rows() -> None:
    """The table runs this engine for pictures, and says what is missing without the extra."""
    assert rows_for("image/jpeg", beside=[]) == (("c2pa", "image_facts", "shape"), ())
    assert ENGINES["application/pdf"][-1] == "c2pa"


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture is UNSUPPORTED then, not "unsigned" and not an error; its facts are read."""
    monkeypatch.setattr("provenance.examine.engines._is_here", lambda _module: False)
    path = tmp_path / "picture.jpg"
    path.write_bytes(picture())
    found = look(path, TrustSet())
    assert found.headline is Headline.UNSUPPORTED
    assert any("provenance-desk[c2pa]" in words for words in found.signatures.not_determined)
    assert any("ink" in words for words in found.signatures.not_determined)
    assert found.facts is not None
    assert found.facts.properties["picture.size"] == "64 x 48 pixels"


def test_a_letter_with_credentials(world: World, tmp_path: Path) -> None:
    """A PDF keeps its own detectors, and its credentials are judged beside them."""
    path = tmp_path / "letter.pdf"
    path.write_bytes(sign(bare_page(), "application/pdf", world.camera, world.authority))
    found = look(path, world.trust)
    assert found.outcome.code == "examined"
    kinds = {status.kind: status.headline for status in found.signatures.statuses}
    assert kinds[Kind.C2PA] is Headline.VERIFIED
    assert {"c2pa-manifest", "pdf-signature-fields"} <= set(found.detectors_run)
    altered = path.read_bytes().replace(b"/Page", b"/page", 1)
    path.write_bytes(altered)
    assert look(path, world.trust).headline in {Headline.BROKEN, Headline.ERROR}


def test_a_letter_without_credentials_is_not_parsed_twice(world: World) -> None:
    """The library is asked about a PDF only where its bytes show that it may hold any."""
    report = judge(b"%PDF-1.7\nnot one\n", world.trust, media_type="application/pdf")
    assert (report.headline, report.detectors_failed) == (Headline.UNSIGNED, ())
