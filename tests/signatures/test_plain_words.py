"""What a reporter reads holds no engine's own words; what the record holds, does."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.examine.endings import say_ending
from provenance.examine.examination import Examination
from provenance.examine.runner import Runner
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Headline, Integrity, Kind, Presence
from provenance.signatures.c2pa.codes import say_codes
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.sentence import explain_signature, say_report, say_signature
from provenance.signatures.text import plain_words, tame, with_detail
from provenance.trust.model import TrustSet
from tests.signatures.pdf.letters import bare_page
from tests.signatures.pdf.world import NOW

HOSTILE = Path(__file__).parents[1] / "hostile"
RAW = re.compile(
    r"\b\w+(?:Error|Exception|Defect)\b"  # a class of exceptions
    r"|\b[A-Z]\w*\.[A-Z]+(?:_[A-Z]+)+\b"  # a member of a library's list
    r"|Reference\(|\bTraceback\b|\bNoneType\b|0x[0-9a-f]{6,}|\[engine"
    r"|\b(?:signingCredential|claimSignature|hashedURI|ingredient|assertion)\.[a-z]+[A-Za-z.]+"
)
STATUS = SignatureStatus(
    id="s",
    document_sha256="ab" * 32,
    kind=Kind.PDF_SIG,
    locator=Locator(name="Signature1"),
    presence=Presence.PRESENT,
    integrity=Integrity.ERROR,
)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all."""
    with Runner() as one:
        yield one


def told(found: Examination) -> list[str]:
    """Everything that the card of a file says in words."""
    report = found.signatures
    lines = [say_report(report), *map(plain_words, report.warnings)]
    lines += [line for status in report.statuses for line in explain_signature(status)]
    for failure in report.detectors_failed:
        lines += [say_ending(failure.code), plain_words(failure.message)]
    return lines + [plain_words(one) for one in (found.facts.notes if found.facts else ())]


def _assets() -> list[Path]:
    folders = sorted(one for one in HOSTILE.rglob("assets") if one.is_dir())
    return [file for folder in folders for file in sorted(folder.iterdir())[::3] if file.is_file()]


@pytest.mark.parametrize("asset", _assets(), ids=lambda one: f"{one.parts[-3]}-{one.name}")
def test_cards_of_hostile_files_are_in_plain_words(runner: Runner, asset: Path) -> None:
    """Broken, changed and unreadable files of every format: no exception, no library's word."""
    found = runner.examine(asset, name=asset.name, at=NOW, trust=TrustSet())
    for line in told(found):
        assert not RAW.search(line), line


def test_a_damaged_pdf_is_told_in_plain_words(runner: Runner) -> None:
    """The exception stays in the record, the card says what could not be done."""
    data = bare_page().replace(b"/Root", b"/Encrypt 7 /Root")
    found = runner.examine(io.BytesIO(data), name="a.pdf", at=NOW, trust=TrustSet())
    (failure,) = [one for one in found.signatures.detectors_failed if "engine" in one.message]
    assert RAW.search(failure.message)
    assert not any(RAW.search(line) for line in told(found))
    assert "cannot be read as a PDF" in plain_words(failure.message)


def test_a_reason_is_told_without_code_and_detail() -> None:
    """The words alone stand in the sentence; the record keeps code and detail."""
    raw = with_detail("the signature cannot be read", "load: KeyError: 'x'")
    said = say_signature(replace(STATUS, error=f"load-failed: {raw}"))
    assert "failed to run (the signature cannot be read); nothing follows" in said
    own = replace(STATUS, integrity=Integrity.NOT_CHECKABLE, error="no-key: nobody made it: see")
    assert own.headline is Headline.NOT_CHECKABLE
    assert say_signature(own).endswith("could not be checked (nobody made it: see).")


def test_our_own_reasons_are_words_and_others_are_detail() -> None:
    """Exceptions of this project speak plainly; an engine's are kept behind the mark."""

    def fails(error: Exception) -> Fault:
        def action() -> None:
            raise error

        found = attempt("step", action)
        assert isinstance(found, Fault)
        return found

    from provenance.errors import Malformed  # noqa: PLC0415 - only here

    ours, theirs = fails(Malformed("it ends early")), fails(KeyError("a[b]c"))
    assert plain_words(f"unread{ours.because}") == "unread (it ends early)"
    assert plain_words(f"unread{theirs.because}; more") == "unread; more"
    assert "KeyError" in theirs.because


def test_a_document_cannot_hide_its_own_words_behind_the_mark() -> None:
    """Text of a document that spells the mark is shown."""
    text = tame("from a friend [engine: of nobody]")
    assert "of nobody" in plain_words(text)


def test_codes_of_credentials_are_words() -> None:
    """Known codes have words, each is said once, and an unknown one says what it is about."""
    said = say_codes(["signingCredential.untrusted", "ingredient.new", "ingredient.newer", "x.y"])
    assert said == (
        "the signer is unknown; a check of an earlier file did not pass;"
        " a check of the credentials did not pass"
    )
