"""What a PDF does by itself or after a click is told, with its meaning; nothing is run."""

from datetime import UTC, datetime
from typing import Final

import pytest

from provenance.facts.gathering import MAX_SAME
from provenance.facts.model import Facts, Weight
from provenance.facts.pdf import active
from provenance.facts.pdf.causes import MAX_CHAIN
from provenance.facts.pdf.objects import MAX_OBJECTS
from provenance.facts.pdf.reading import read_pdf_facts
from tests.facts.acting_pdfs import ALERT, FILES, acting, mark, script, stream
from tests.facts.reading import codes, one, said
from tests.signatures.pdf.letters import bare_page, plain_letter

NOW: Final = datetime(2040, 1, 1, tzinfo=UTC)
ALONE: Final = {"script-in-document", "launch-by-itself", "remote-content", "media-by-itself"}


def read(data: bytes) -> Facts:
    """The facts of a file."""
    return read_pdf_facts(data, at=NOW)


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_does_is_told(name: str) -> None:
    """Each thing that a file can do has its code and a sentence that says what it means."""
    data, code, words = FILES[name]
    assert words in said(read(data), code)


@pytest.mark.parametrize("name", [name for name, (_, code, _) in FILES.items() if code in ALONE])
def test_what_a_file_does_by_itself_is_a_risk(name: str) -> None:
    """Whoever reads only the risks reads of everything that needs no click."""
    data, code, _ = FILES[name]
    assert code in codes(read(data), Weight.RISK)


@pytest.mark.parametrize(
    "data",
    [
        bare_page(),
        plain_letter(),
        acting("/OpenAction [3 0 R /Fit]"),
        acting("/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"),
        acting("/AA << >>", "/AA << /O << /S /Hide /T (a) >> >>"),
        acting("", mark("/A << /S /URI /URI (javascript:void\\(0\\)) >>")),
    ],
)
def test_a_file_that_does_nothing_is_not_suspected(data: bytes) -> None:
    """A place to open at, a page that hides its own field and an empty link are no risk."""
    facts = read(data)
    assert codes(facts) == set()
    assert facts.notes == ()


def test_a_click_is_not_told_as_opening() -> None:
    """What waits for a click is not said to happen by itself."""
    found = codes(read(acting("", mark(f"/A {ALERT} /AA << /E {ALERT} >>"))))
    assert "script-on-use" in found
    assert not found & ALONE


def test_a_link_is_told_without_its_path() -> None:
    """A link that waits for a click is named by host; a mailbox by its domain, others by kind."""
    marks = " ".join(
        f"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI ({target}) >> >>"
        for target in (
            "https://track.example/u/ann",
            "mailto:ann@paper.example?subject=x",
            "a.html",
        )
    )
    text = one(read(acting("", f"/Annots [{marks}]")), "links-out").text
    assert "track.example" in text
    assert "a mailbox at paper.example" in text
    assert "places relative to where the document lies" in text
    assert "ann@" not in text
    assert "/u/ann" not in text


def test_one_script_at_two_places_is_told_once() -> None:
    """A field that stands on a page and in the form is one field."""
    field = f"<< /FT /Tx /T (amount) /AA << /K {ALERT} >> >>"
    facts = read(acting("/AcroForm << /Fields [7 0 R] >>", "/Annots [7 0 R]", field))
    assert one(facts, "script-on-use").text.startswith("1 script runs")
    assert one(facts, "script-on-use").where == "page 1, field amount"


def test_names_of_fields_are_full_and_cut() -> None:
    """Fields are named with those above them; of many, so many as fit, and how many more."""
    fields = [
        f"<< /FT /Tx /T (f{number}) /Parent 7 0 R /AA << /K {ALERT} >> >>" for number in range(40)
    ]
    kids = " ".join(f"{8 + number} 0 R" for number in range(40))
    top = f"<< /T (top) /Kids [{kids}] >>"
    text = one(
        read(acting("/AcroForm << /Fields [7 0 R] >>", "", top, *fields)), "script-on-use"
    ).text
    assert text.startswith("40 scripts run")
    assert '"top.f0"' in text
    assert "and 28 more" in text


def test_a_field_that_is_its_own_parent_has_one_name() -> None:
    """Fields in a ring are named once each."""
    event = f"/AA << /K {ALERT} >>"
    facts = read(
        acting(
            "/AcroForm << /Fields [7 0 R] >>",
            "",
            f"<< /FT /Tx /T (amount) /Parent 7 0 R {event} >>",
        )
    )
    (one,) = [one for one in facts.observations if one.code == "script-on-use"]
    assert 'in the fields "amount";' in one.text


def test_many_scripts_are_cut_and_counted() -> None:
    """Of many that run by themselves some are told, and a note says how many more there are."""
    pairs = " ".join(f"(n{n}) {script(f'x{n}')}" for n in range(MAX_SAME + 15))
    facts = read(acting(f"/Names << /JavaScript << /Names [{pairs}] >> >>"))
    assert (
        len([each for each in facts.observations if each.code == "script-in-document"]) == MAX_SAME
    )
    assert "15 more observations of the kind script-in-document are left out" in facts.notes


def test_a_chain_without_end_ends() -> None:
    """Actions that follow each other in a ring, or without end, are read within bounds."""
    ring = "<< /S /JavaScript /JS (x) /Next 7 0 R >>"
    assert "script-in-document" in codes(read(acting("/OpenAction 7 0 R", "", ring)))
    chain = [f"<< /S /JavaScript /JS (x{n}) /Next {8 + n} 0 R >>" for n in range(MAX_CHAIN + 20)]
    facts = read(acting("/OpenAction 7 0 R", "", *chain))
    assert "script-in-document" in codes(facts)
    assert any("searched for actions" in note for note in facts.notes)


def test_trees_in_a_ring_end() -> None:
    """Pages, fields and names that are their own children are read once."""
    data = acting(
        "/Names << /JavaScript 7 0 R >> /AcroForm << /Fields [8 0 R] >>"
        " /Outlines << /First 9 0 R >>",
        "",
        "<< /Kids [7 0 R] >>",
        "<< /T (a) /Kids [8 0 R] /Parent 8 0 R >>",
        "<< /Title (a) /Next 9 0 R /First 9 0 R >>",
    )
    assert codes(read(data)) == set()


def test_a_file_of_too_many_objects_says_that_it_was_cut() -> None:
    """What was not searched is said: silence would read as an all-clear."""
    many = " ".join(f"{7 + n} 0 R" for n in range(MAX_OBJECTS + 10))
    data = acting(f"/Private [{many}]", "", *(["<< >>"] * (MAX_OBJECTS + 10)))
    assert any("searched for actions" in note for note in read(data).notes)


def test_a_file_too_large_to_be_read_twice_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is read as it lies there, and a note says that it was not read again."""
    monkeypatch.setattr(active, "MAX_AGAIN", 10)
    facts = read(acting(f"/OpenAction {ALERT}"))
    assert "script-in-document" in codes(facts)
    assert any("as the renderer has them could not be read" in note for note in facts.notes)


def test_a_script_that_cannot_be_decoded_is_told_as_such() -> None:
    """A script behind an unknown filter is told, and that it was not read."""
    data = acting(
        "/OpenAction << /S /JavaScript /JS 7 0 R >>", "", stream(b"xx", "/Filter /Unknown")
    )
    facts = read(data)
    assert "which could not be read" in one(facts, "script-in-document").text
    assert any("could not be read" in note for note in facts.notes)


def test_a_script_cannot_move_a_terminal() -> None:
    """What is quoted is tamed: codes and hidden characters are visible."""
    clearing = "<< /S /JavaScript /JS <feff001b005b0032004a> >>"
    text = one(read(acting(f"/OpenAction {clearing}")), "script-in-document").text
    assert "\x1b" not in text
    assert "u{001b}" in text


def test_a_listed_attachment_is_told_once() -> None:
    """One file that the list of attachments and another place both name is one."""
    spec = "<< /Type /Filespec /F (a.txt) /UF (a.txt) /EF << /F 8 0 R >> >>"
    data = acting(
        "/Names << /EmbeddedFiles << /Names [(a) 7 0 R] >> >> /AF [7 0 R]", "", spec, stream(b"abc")
    )
    assert "“a.txt”" in one(read(data), "attached-file").text


def test_what_the_renderer_does_not_open_is_read_all_the_same() -> None:
    """A file without pages that the renderer refuses can still act."""
    data = acting(f"/OpenAction {ALERT}").replace(b"/Pages 2 0 R", b"/Pages 9 0 R")
    assert "script-in-document" in codes(read(data))
