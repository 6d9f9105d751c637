"""The pages of the fixed report, byte for byte.

To regenerate after a deliberate change: `PROV_WRITE_GOLDEN=1 pytest tests/report/test_golden.py`,
then look at the pages in a browser, and commit them together with the change.
"""

import os
from pathlib import Path

import pytest

from provenance.report.audience import for_audience
from provenance.report.html import render_html
from provenance.report.json_form import json_digest, report_json
from provenance.report.model import Audience
from tests.report import worlds as w

GOLDEN = Path(__file__).resolve().parent / "golden"


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("form", ["html", "json"])
def test_golden(audience: Audience, form: str) -> None:
    """The fixed model gives exactly the committed bytes, for every audience and both forms."""
    model = for_audience(w.sample_model(), audience)
    text = render_html(model) if form == "html" else report_json(model)
    path = GOLDEN / f"unsigned-letter.{audience}.{form}"
    if os.environ.get("PROV_WRITE_GOLDEN") == "1":
        path.write_bytes(text.encode())
    assert path.read_bytes().decode() == text


def test_page_names_its_json() -> None:
    """The page prints the SHA-256 of the JSON form that is written beside it."""
    model = w.sample_model()
    assert json_digest(model) in render_html(model)
