"""Real files of the shared corpus, where it lies beside the checkout: read without a fault."""

import os
import time
from pathlib import Path

import pytest

from provenance.facts.model import Weight
from provenance.facts.office.ooxml import read_ooxml_facts
from tests.facts.reading import AT, codes

ROOT = Path(__file__).resolve().parents[3]
CORPUS = Path(os.path.normpath(ROOT / ".." / "shared" / "corpus" / "office-poi"))

pytestmark = pytest.mark.slow


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")
def test_real_office_files_are_read_without_a_note() -> None:
    """Every file of Word, Excel and PowerPoint states its properties; none takes long."""
    files = sorted(path for path in CORPUS.iterdir() if path.suffix in {".docx", ".xlsx", ".pptx"})
    assert len(files) > 10
    for path in files:
        began = time.process_time()
        facts = read_ooxml_facts(path.read_bytes(), at=AT)
        assert time.process_time() - began < 5
        assert facts.notes == ()
        assert "core.created" in facts.properties
        assert codes(facts, Weight.CONTRADICTION) <= {"packed-after-modified"}
