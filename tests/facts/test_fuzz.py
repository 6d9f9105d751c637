"""Changed bytes in good files of every kind: readers end, never raise, and say only safe text."""

import io
import time
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.facts.model import Facts
from provenance.facts.office.odf import read_odf_facts
from provenance.facts.office.ole import read_ole_facts
from provenance.facts.office.ooxml import read_ooxml_facts
from provenance.facts.office.property_set import read_property_sets
from provenance.facts.office.rtf import read_rtf_facts
from provenance.facts.plain.text import read_text_facts
from provenance.facts.plain.web import read_web_facts
from provenance.facts.plain.xml import read_xml_facts
from provenance.signatures.codec import from_jsonable, to_jsonable
from tests.facts.office.compounds import (
    biff,
    compound,
    document_summary,
    message,
    strings,
    summary,
    word_streams,
)
from tests.facts.office.packages import docx, odf, pptx, slide, word_part, xlsx, zipped
from tests.facts.reading import AT

MOST_SECONDS: Final = 5.0  # of processor time for one small file; most take a thousandth of that
LONGEST: Final = 1 << 16  # bytes of a seed; longer ones would only slow the search down

Reader = Callable[..., Facts]


def _html(data: bytes, *, at: object) -> Facts:
    assert at is AT
    return read_web_facts(data, at=AT, xml=False)


@cache
def _seeds() -> dict[str, tuple[Reader, bytes]]:
    body = (
        '<w:p><w:ins w:author="A" w:date="2019-03-04T10:00:00Z"><w:r><w:t>x</w:t></w:r></w:ins>'
        '<w:del w:author="B"><w:r><w:delText>y</w:delText></w:r></w:del></w:p>'
    )
    more = {
        "word/settings.xml": word_part("settings", '<w:rsids><w:rsid w:val="00AA0001"/></w:rsids>')
    }
    lists = {71: strings("Anna", "C:\\x\\draft.doc"), 51: strings("Unknown", "Max")}
    word = {
        "\x05SummaryInformation": summary({4: "Joan", 9: "3", 18: "Microsoft Word 10.0"}),
        "\x05DocumentSummaryInformation": document_summary({15: "Firm"}, {"Client": "X"}),
        **word_streams(lists),
    }
    rtf = (
        rb"{\rtf1\ansi{\info{\author Joan}{\creatim\yr2004\mo5\dy6}}{\*\revtbl{Unknown;}{Eve;}}"
        rb"{\deleted\revauthdel1 gone}{\object{\*\objdata 0105000002000000}}\u1078?{\v x}}"
    )
    book = biff((0x5C, b"\3\0\0eve"), (0x12, b"\1\0"))
    page = b'<html><img src="http://x/a"><p style="display:none">x</p><!-- y --><script>z</script>'
    return {
        "docx": (read_ooxml_facts, docx(body, rels=(("settings", "settings.xml"),), more=more)),
        "xlsx": (read_ooxml_facts, xlsx({"A": ("hidden", '<row r="1" hidden="1"/>')})),
        "pptx": (read_ooxml_facts, pptx([slide("x", ' show="0"')])),
        "odt": (read_odf_facts, odf()),
        "doc": (read_ole_facts, compound(word)),
        "xls": (read_ole_facts, compound({"Workbook": book})),
        "msg": (read_ole_facts, message({0x37: "Hi", 0x7D: "From: a@b\r\nDate: x\r\n"})),
        "rtf": (read_rtf_facts, rtf),
        "html": (_html, page),
        "xml": (read_xml_facts, b"<?xml version='1.0'?><svg onload='x'><a/></svg>"),
        "txt": (read_text_facts, "one\r\ntwo p\u0430y\n\x1b[1m".encode()),
    }


@st.composite
def _changed(draw: st.DrawFn, seed: bytes) -> bytes:
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 12))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        what = draw(st.sampled_from(("set", "ones", "cut", "copy", "end")))
        if what == "set":
            data[at] = draw(st.integers(0, 255))
        elif what == "ones":
            data[at : at + 4] = b"\xff\xff\xff\xff"
        elif what == "cut":
            del data[at : at + draw(st.integers(1, 64))]
        elif what == "copy":
            data[at:at] = data[at : at + draw(st.integers(1, 512))]
        else:
            del data[at:]
    return bytes(data[: LONGEST * 2])


@pytest.mark.parametrize("kind", list(_seeds()))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_changed_files_are_read(kind: str, data: st.DataObject) -> None:
    """Whatever the change, there is an answer, soon, and it passes the border of the sandbox."""
    reader, seed = _seeds()[kind]
    assert len(seed) < LONGEST
    changed = data.draw(_changed(seed))
    began = time.process_time()
    facts = reader(changed, at=AT)
    assert time.process_time() - began < MOST_SECONDS
    # Strictly: no escape is left to be made, so that everything was tamed at its source.
    assert from_jsonable(Facts, to_jsonable(facts)) == facts


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "odt"])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_changed_parts_of_sound_archives_are_read(kind: str, data: st.DataObject) -> None:
    """A change inside a part reaches the XML readers: the archive around it is made anew."""
    reader, seed = _seeds()[kind]
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = data.draw(_changed(parts[name]))
    facts = reader(zipped(parts), at=AT)
    assert from_jsonable(Facts, to_jsonable(facts)) == facts


@pytest.mark.parametrize("kind", list(_seeds()))
def test_the_seeds_are_good(kind: str) -> None:
    """Each seed is read without a note: a change of it is a change of something."""
    reader, seed = _seeds()[kind]
    facts = reader(seed, at=AT)
    assert facts.notes == ()
    assert facts.properties or facts.observations


@given(st.binary(max_size=600))
def test_property_sets_are_total(noise: bytes) -> None:
    """No bytes after a good head make the reader raise."""
    assert isinstance(read_property_sets(b"\xfe\xff\0\0" + noise), tuple)
    assert isinstance(read_property_sets(summary({4: "x"})[:48] + noise), tuple)
