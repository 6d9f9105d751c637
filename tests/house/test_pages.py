"""The pages say what the program does: examples run, transcripts are real, links lead somewhere."""

import contextlib
import io
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from provenance import __version__
from provenance_cli.main import app
from tests.house.documents import ROOT, Example, examples, fences

README = ROOT / "README.md"
NEWSROOM = ROOT / "docs" / "newsroom.md"
LIBRARY = ROOT / "docs" / "library.md"
ONE_PAGE = 90  # lines
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_readme_is_one_page() -> None:
    """A newcomer reads it in one go, and finds both commands in it."""
    text = README.read_text("utf-8")
    assert len(text.splitlines()) <= ONE_PAGE
    assert "make demo" in text
    assert "make test" in text


def test_the_readme_transcript_is_what_the_demonstration_prints(
    desk_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line of it is in the output, in order; the library example runs on that desk."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        assert not app(["demo", "demo-desk"], standalone_mode=False)
    printed = iter(_masked(output.getvalue()))
    (transcript,) = fences(README, "text")
    for line in _masked(transcript):
        assert line in printed, f"not printed, or not in this order: {line}"
    (example,) = fences(README, "python")
    assert "AUTHENTIC DRAFT, DISOWNED BY ISSUER" in _printed_by([example])
    assert (desk_folder / "demo-desk" / "desk" / "desk.toml").is_file()


def _masked(text: str) -> list[str]:
    """Return the lines without what differs from run to run: dates, digests, times, counts."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    lines = [re.sub(r"\b[0-9a-f]{12,}\b", "HEX", line) for line in lines]
    lines = [re.sub(r"\b20\d\d-\d\d-\d\d \d\d:\d\d", "WHEN", line) for line in lines]
    lines = [re.sub(r"\b20\d\d-(\d{4})\b", r"YEAR-\1", line) for line in lines]
    # How long it took is only said where it took long enough to be noticed.
    lines = [re.sub(r" in \d+(\.\d+)? m?s$", "", line) for line in lines]
    changing = re.compile(r"^(prov: |Did the )")
    return [re.sub(r"\d+(\.\d+)?", "N", each) if changing.match(each) else each for each in lines]


@pytest.mark.slow
def test_the_newsroom_examples_run_in_order(run_example: Callable[[Example], str]) -> None:
    """An editor who types the first hour as it stands gets to its end."""
    told = [run_example(example) for example in examples(NEWSROOM)]
    assert "Did the evidence change? No." in told[-1]
    assert Path("custody-report.html").read_text("utf-8").startswith("<!")


def test_the_library_page_runs_from_top_to_bottom(desk_folder: Path) -> None:
    """A CMS developer can paste the page's blocks one after the other."""
    printed = _printed_by(fences(LIBRARY, "python"))
    assert "published" in printed
    assert "True True" in printed
    assert (desk_folder / "desk-keys" / "custodians" / "joan.key").is_file()


def _printed_by(blocks: list[str]) -> str:
    """Run Python blocks in one namespace, as a reader would paste them."""
    output, names = io.StringIO(), {"__name__": "__main__"}
    with contextlib.redirect_stdout(output):
        for block in blocks:
            exec(compile(block, "page", "exec"), names)  # noqa: S102 - our own page
    return output.getvalue()


def _links() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for target in _LINK.findall(page.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                yield _name(page), target


@pytest.mark.parametrize(("page", "target"), list(_links()))
def test_a_link_leads_to_a_file_and_a_heading(page: str, target: str) -> None:
    """No page sends its reader nowhere."""
    path, _, anchor = target.partition("#")
    linked = Path(os.path.normpath((ROOT / page).parent / path)) if path else ROOT / page
    assert linked.exists(), f"{page} links to {target}"
    if anchor:
        headings = re.findall(r"^#+ (.*)$", linked.read_text("utf-8"), re.MULTILINE)
        assert anchor in {_slug(heading) for heading in headings}, f"{page} links to {target}"


def _slug(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def test_the_changelog_speaks_of_this_version() -> None:
    """Users find what the version they have brings; all places name one version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[{re.escape(__version__)}\]", text, re.MULTILINE)


DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_short_and_names_its_price(page: Path) -> None:
    """Context, options, decision, price: in this order, within 60 lines."""
    text = page.read_text("utf-8")
    assert re.findall(r"^## (\w+)", text, re.MULTILINE) == [
        "Context",
        "Options",
        "Decision",
        "Price",
    ]
    assert len(text.splitlines()) <= 60
    assert text.startswith(f"# {int(page.name[:4])}. ")


def test_decisions_are_numbered_without_gaps_and_cited_ones_exist() -> None:
    """A comment that cites a decision can be followed."""
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    sources = [ROOT / "pyproject.toml", *_sources()]
    cited = {
        int(n) for path in sources for n in re.findall(r"docs/adr/(\d{4})", path.read_text("utf-8"))
    }
    assert cited <= set(numbers)


def _sources() -> Iterator[Path]:
    for package in ("provenance", "store/provenance_store", "cli/provenance_cli"):
        yield from (ROOT / package).rglob("*.py")


def test_the_command_line_shows_help_for_everything() -> None:
    """Each command and each option has a help text: the page is not the only place to look."""
    stack = [typer.main.get_command(app)]
    while stack:
        command = stack.pop()
        assert command.help, command.name
        stack += getattr(command, "commands", {}).values()
