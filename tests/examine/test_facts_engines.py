"""Fact readers behind the walls: the same answer as outside, and never the word "unsigned"."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from provenance.examine.engines import ENGINES, has, load
from provenance.examine.runner import Runner
from provenance.facts.model import Facts
from provenance.facts.office.odf import read_odf_facts
from provenance.facts.office.ole import read_ole_facts
from provenance.facts.office.ooxml import read_ooxml_facts
from provenance.facts.office.rtf import read_rtf_facts
from provenance.facts.plain.text import read_text_facts
from provenance.facts.plain.web import read_web_facts
from provenance.facts.plain.xml import read_xml_facts
from provenance.signatures.axes import Headline
from provenance.signatures.detected import without_detectors
from provenance.signatures.model import SignatureReport
from provenance.signatures.sentence import say_report
from provenance.trust.model import TrustSet
from tests.facts.office.compounds import compound, message, summary, word_streams
from tests.facts.office.packages import docx, odf, pptx, slide, xlsx
from tests.facts.reading import AT
from tests.hostile.office import forge

_FACTS: Final = ("ooxml_facts", "odf_facts", "ole_facts", "rtf_facts", "text_facts", "web_facts")
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."


def _page(data: bytes, **now: object) -> Facts:
    return read_web_facts(data, at=AT, xml=False)


SAMPLES: Final[dict[str, tuple[Callable[..., Facts], bytes]]] = {
    f"{_OOXML}wordprocessingml.document": (
        read_ooxml_facts,
        docx(outside=(("image", "http://beacon.example/"),)),
    ),
    f"{_OOXML}spreadsheetml.sheet": (read_ooxml_facts, xlsx({"A": ("hidden", "")})),
    f"{_OOXML}presentationml.presentation": (read_ooxml_facts, pptx([slide("x", ' show="0"')])),
    f"{_ODF}text": (read_odf_facts, odf()),
    f"{_ODF}spreadsheet": (read_odf_facts, odf("<office:spreadsheet/>", kind="spreadsheet")),
    "application/msword": (
        read_ole_facts,
        compound({"\x05SummaryInformation": summary({4: "Joan"}), **word_streams()}),
    ),
    "application/vnd.ms-outlook": (read_ole_facts, message({0x37: "Gr\u00fc\u00dfe"})),
    "application/x-ole-encrypted-ooxml": (
        read_ole_facts,
        compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"\4\0\4\0"}),
    ),
    "application/rtf": (read_rtf_facts, rb"{\rtf1\ansi\ansicpg932{\info{\author \'93\'fa}}}"),
    "text/html": (_page, b"<!DOCTYPE html><html><img src='http://beacon.example/'>"),
    "image/svg+xml": (read_xml_facts, b"<svg onload='x()'></svg>"),
    "application/xml": (read_xml_facts, b"<?xml version='1.0'?><a/>"),
    "text/plain": (read_text_facts, "p\u0430y the man".encode()),
}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all; its worker is started once."""
    with Runner() as shared:
        yield shared


@pytest.mark.parametrize("media_type", SAMPLES)
def test_the_answer_inside_is_the_answer_outside(
    media_type: str, runner: Runner, tmp_path: Path
) -> None:
    """Behind all walls, sockets and files among them, a reader finds what it finds outside."""
    reader, data = SAMPLES[media_type]
    path = tmp_path / "document"
    path.write_bytes(data)
    found = runner.examine(path, name=None, at=AT, trust=TrustSet())
    assert found.identification.media_type == media_type
    assert found.outcome.examined, found.outcome
    assert found.facts == reader(data, at=AT)
    assert found.facts is not None
    assert found.facts.properties or found.facts.observations
    assert not [note for note in found.facts.notes if "could not be read" in note]


@pytest.mark.parametrize("media_type", SAMPLES)
def test_a_format_with_facts_alone_is_unsupported(
    media_type: str, runner: Runner, tmp_path: Path
) -> None:
    """Where no detector of the format exists, nobody looked: that is not "unsigned"."""
    row = ENGINES[media_type]
    if any(has(load(name), "detect") for name in row):
        pytest.skip("this format has a detector")
    path = tmp_path / "document"
    path.write_bytes(SAMPLES[media_type][1])
    found = runner.examine(path, name=None, at=AT, trust=TrustSet())
    assert found.headline is Headline.UNSUPPORTED
    assert found.signatures.unsupported_media_type == media_type
    assert "cannot be checked" in say_report(found.signatures)
    assert found.jail_level != "no parser ran"


def test_a_format_with_a_detector_is_not_called_unsupported(runner: Runner, tmp_path: Path) -> None:
    """PDF has detectors: a page without a signature stays UNSIGNED."""
    from tests.signatures.pdf.letters import bare_page  # noqa: PLC0415 - renders when imported

    path = tmp_path / "page.pdf"
    path.write_bytes(bare_page())
    found = runner.examine(path, name=None, at=AT, trust=TrustSet())
    assert found.headline is Headline.UNSIGNED
    assert found.signatures.unsupported_media_type is None


def test_pictures_without_a_detector_leave_ink_open() -> None:
    """Whether a picture shows ink is a question that nobody has answered."""
    report = without_detectors(SignatureReport(document_sha256="0" * 64), "image/svg+xml")
    assert report.headline is Headline.UNSUPPORTED
    assert any("ink" in question for question in report.not_determined)


@pytest.mark.parametrize("name", ["zip-bomb", "entity-bomb", "sector-chain-loop", "rtf-groups"])
def test_hostile_files_end_behind_the_walls(name: str, runner: Runner, tmp_path: Path) -> None:
    """An attack on the reader is an examination that came to its end."""
    path = tmp_path / "document"
    path.write_bytes(forge.ATTACKS[name][1]())
    found = runner.examine(path, name=None, at=AT, trust=TrustSet())
    assert found.outcome.examined, found.outcome
    assert found.facts is not None


@pytest.mark.parametrize("name", _FACTS)
def test_an_adapter_reads_facts_and_names_its_parser(name: str) -> None:
    """An engine of facts looks for no signatures, and says whose code parsed."""
    engine = load(name)
    assert has(engine, "read_facts")
    assert not has(engine, "detect")
    assert all(version for version in engine.tools().values())
    assert any(name in row for row in ENGINES.values())
