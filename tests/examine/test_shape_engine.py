"""The shape of a file, read in the jail: the same answer as outside, for every format."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.examine.engines import ALWAYS, row_of, rows_for
from provenance.examine.identify import HEAD, TAIL, identify_bytes
from provenance.examine.runner import Runner
from provenance.facts.shape.reading import Claims, read_shape
from provenance.signatures.axes import Headline
from provenance.trust.model import TrustSet
from tests.hostile.mixed.polyglots import ODD, POLYGLOTS
from tests.signatures.pdf.letters import bare_page

NOW = datetime(2040, 1, 1, tzinfo=UTC)
NAMES = [*POLYGLOTS, *ODD]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One warm runner for all of them."""
    with Runner() as running:
        yield running


@pytest.mark.parametrize("name", NAMES)
def test_inside_as_outside(name: str, tmp_path: Path, runner: Runner) -> None:
    """Each trick is told in the jail as it is outside, and never makes a file look signed."""
    data = POLYGLOTS[name]() if name in POLYGLOTS else ODD[name][1]()
    path = tmp_path / "letter.pdf.exe"
    path.write_bytes(data)
    found = runner.examine(
        path, name=path.name, at=NOW, trust=TrustSet(), media_type="application/pdf"
    )
    kind = identify_bytes(data, data[-TAIL:]).media_type
    claims = Claims(extension="exe", media_type="application/pdf", tricks=("double-extension",))
    outside = read_shape(data, kind, claims).observations
    assert found.facts is not None
    codes = [one.code for one in found.facts.observations]
    assert [one for one in found.facts.observations if one in outside] == list(outside), codes
    assert "double-extension" in codes
    assert found.headline in {Headline.UNSUPPORTED, Headline.UNSIGNED, Headline.ERROR}
    assert found.headline is not Headline.UNSIGNED or row_of(kind)
    assert found.tools["shape"]


def test_a_second_format_leaves_the_answer_open(runner: Runner) -> None:
    """A picture, a mail or a text that is also a PDF is never UNSIGNED: nobody judged the PDF."""
    page = bare_page()
    far = page[:9] + b"\n" * HEAD + page[9:] + b"\n" * TAIL
    gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
    mail = b"From: a@b.org\r\nTo: c@d.org\r\nSubject: x\r\n\r\n"
    for data in (gif + page, mail + far, b"Dear reader,\n" + far, mail + page):
        found = runner.examine(io.BytesIO(data), name="letter.pdf", at=NOW, trust=TrustSet())
        assert found.headline is Headline.ERROR
        codes = [one.code for one in found.signatures.detectors_failed]
        assert "second-format" in codes


def test_what_a_format_may_hold_is_no_second_format(runner: Runner) -> None:
    """A PDF and a picture in a ZIP, stored as they are; and plain files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("a.pdf", bare_page())
        members.writestr("a.jpg", b"\xff\xd8\xff\xe0\x00\x02\xff\xd9")
    for data in (archive.getvalue(), bare_page(), b"Dear reader,\nhello.\n"):
        found = runner.examine(io.BytesIO(data), name=None, at=NOW, trust=TrustSet())
        assert [one.code for one in found.signatures.detectors_failed] == []


def test_every_format_gets_it() -> None:
    """Known or unknown, alone or with a file beside it."""
    for media_type in ("application/pdf", "text/plain", "application/octet-stream", "x/y"):
        for beside in ([], ["text/plain"]):
            engines, _ = rows_for(media_type, beside=beside)
            assert set(ALWAYS) <= set(engines)
