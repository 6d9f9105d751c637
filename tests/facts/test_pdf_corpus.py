"""Real signed PDFs of the shared corpus: nothing is said to be covered, and little stays unread."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from provenance.facts.pdf.reading import read_pdf_facts
from tests.facts.reading import codes

ROOT: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = Path(os.path.normpath(ROOT / ".." / "shared" / "corpus"))
NOW: Final = datetime(2040, 1, 1, tzinfo=UTC)
COVERED: Final = {"text-under-picture", "redaction-hides-nothing"}
ODD: Final = {"action-without-cause", "entry-twice", "launch-by-itself", "remote-content"}

pytestmark = pytest.mark.slow


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")
def test_real_files_raise_no_false_alarm() -> None:
    """No real file has words under a picture, nor an action that opening it hides."""
    files = sorted(CORPUS.glob("pdf-*/*.pdf"))
    assert len(files) > 50
    unread = []
    for path in files:
        facts = read_pdf_facts(path.read_bytes(), at=NOW)
        assert not codes(facts) & (COVERED | ODD), path.name
        unread += [path.name for note in facts.notes if "is not known" in note]
    assert unread == ["signed-encrypted-pubkey-with-catalog-ref.pdf"]
