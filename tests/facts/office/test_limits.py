"""A reader that stops at a limit says so: nothing hides behind the last thing it looked at."""

import pytest

from provenance.facts.office import odf as odf_reader
from provenance.facts.office import odf_content, ole, outlook, properties, rtf, word, word_fields
from provenance.facts.office.odf import read_odf_facts
from provenance.facts.office.ole import read_ole_facts
from provenance.facts.office.ooxml import read_ooxml_facts
from provenance.facts.office.rtf import read_rtf_facts
from tests.facts.office.compounds import compound, message
from tests.facts.office.packages import docx, odf
from tests.facts.reading import AT

_CHANGE = '<w:p><w:ins w:author="Eve" w:date="2021-01-01T00:00:00Z"><w:r/></w:ins></w:p>'
_FIELD = '<w:p><w:fldSimple w:instr="PAGE"/></w:p>'
_INFO = "<office:change-info><dc:creator>Eve</dc:creator></office:change-info>"
_REGION = f"<text:changed-region><text:insertion>{_INFO}</text:insertion></text:changed-region>"
_NOTE = "<office:annotation><dc:creator>Max</dc:creator></office:annotation>"


@pytest.mark.parametrize(
    ("module", "limit", "body", "what"),
    [
        (word, "MAX_MARKS", _CHANGE * 3, "changes in "),
        (word_fields, "MAX_FIELDS", _FIELD * 3, "fields in "),
    ],
)
def test_a_letter(
    monkeypatch: pytest.MonkeyPatch, module: object, limit: str, body: str, what: str
) -> None:
    """Changes and fields of a word-processing document."""
    monkeypatch.setattr(module, limit, 2)
    notes = read_ooxml_facts(docx(body), at=AT).notes
    assert any(note.startswith(f"only the first 2 {what}") for note in notes), notes
    assert read_ooxml_facts(docx(body[: len(body) // 3 * 2]), at=AT).notes == ()


def test_custom_properties(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a package."""
    monkeypatch.setattr(properties, "MAX_CUSTOM", 0)
    part = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property name="a"><vt:lpwstr>b</vt:lpwstr></property></Properties>'
    )
    root = (("custom-properties", "docProps/custom.xml"),)
    notes = read_ooxml_facts(docx(more={"docProps/custom.xml": part}, root=root), at=AT).notes
    assert "only the first 0 custom properties were looked at" in notes


def test_an_open_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes, comments and settings."""
    changes = f"<text:tracked-changes>{_REGION * 3}</text:tracked-changes>"
    body = f"<office:text>{changes}<text:p>Dear{_NOTE * 3}</text:p></office:text>"
    settings = "<config:config-item>a</config:config-item>" * 3
    data = odf(body, settings=settings)
    before = read_odf_facts(data, at=AT).notes
    monkeypatch.setattr(odf_content, "MAX_MARKS", 2)
    monkeypatch.setattr(odf_reader, "MAX_SETTINGS", 2)
    notes = set(read_odf_facts(data, at=AT).notes) - set(before)
    assert notes == {
        f"only the first 2 {one} were looked at" for one in ("changes", "comments", "settings")
    }


def test_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stations, recipients and attachments."""
    more = {
        f"__{kind}_version1.0_#0000000{number}/__properties_version1.0": bytes(8)
        for kind in ("recip", "attach")
        for number in range(3)
    }
    hops = "Received: from a by b; Mon, 6 Jan 2020 19:04:10 +0000\r\n" * 3
    data = message({0x37: "Hi", 0x7D: hops}, more=more)
    for limit in ("MAX_HOPS", "MAX_PEOPLE", "MAX_ATTACHMENTS"):
        monkeypatch.setattr(outlook, limit, 2)
    assert set(read_ole_facts(data, at=AT).notes) == {
        f"only the first 2 {one} were looked at"
        for one in ("Received fields", "recipients", "attachments")
    }


def test_embedded_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a compound file."""
    data = compound({"WordDocument": b"x", **{f"ObjectPool/_{n}/x": b"x" for n in range(3)}})
    monkeypatch.setattr(ole, "MAX_OBJECTS", 2)
    notes = read_ole_facts(data, at=AT).notes
    assert "only the first 2 embedded objects were looked at" in notes


def test_fields_of_rich_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an RTF file."""
    monkeypatch.setattr(rtf, "MAX_FIELDS", 2)
    data = b"{\\rtf1" + b"{\\field{\\*\\fldinst PAGE}}" * 3 + b"}"
    assert "only the first 2 fields were looked at" in read_rtf_facts(data, at=AT).notes
