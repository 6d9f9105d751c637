"""The page in a real browser, opened from disk without a network."""

import shutil
import subprocess
from pathlib import Path

import pytest

from provenance.report.audience import for_audience
from provenance.report.html import render_html
from provenance.report.model import Audience
from tests.report import worlds as w
from tests.report.test_html import HOSTILE

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--enable-logging=stderr",
    "--v=0",
)
PATIENCE = 90  # seconds; a browser that starts cold on a busy machine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


def dump(page: str, folder: Path) -> tuple[str, str]:
    """Return the DOM as the browser has it, and what it wrote to its console."""
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    done = subprocess.run(
        [str(CHROMIUM), *FLAGS, profile, "--dump-dom", path.as_uri()],
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    )
    console = [line for line in done.stderr.decode().splitlines() if "CONSOLE" in line]
    return done.stdout.decode(), "\n".join(console)


def test_page_opens_from_disk(tmp_path: Path) -> None:
    """The public page loads from a file, styled, with its headline and nothing on the console."""
    dom, console = dump(render_html(for_audience(w.sample_model(), Audience.PUBLIC)), tmp_path)
    assert console == ""
    assert "AUTHENTIC DRAFT, DISOWNED BY ISSUER" in dom
    assert "fell off the printer" in dom


def test_hostile_words_run_nowhere(tmp_path: Path) -> None:
    """All hostile texts at once leave no element behind in the browser's own tree."""
    dom, console = dump(render_html(w.hostile_model(" ".join(HOSTILE.values()))), tmp_path)
    assert console == ""
    assert "<script" not in dom
    assert "<img" not in dom


def test_console_is_seen(tmp_path: Path) -> None:
    """The check can fail: a page whose policy refuses its own style does write to the console."""
    page = render_html(w.bare_model()).replace("<style>", "<style>/* changed */")
    assert "Content Security Policy" in dump(page, tmp_path)[1]
