"""What the pages of a PDF do not show: hidden text, earlier states, young fonts, attachments."""

import hashlib
import io
from datetime import UTC, datetime

import pypdfium2
import pytest

from provenance.facts.gathering import MAX_SAME
from provenance.facts.model import Facts, Observation, Weight
from provenance.facts.pdf import covered, fonts, revisions
from provenance.facts.pdf.fonts import FIRST_SHIPPED, first_shipped
from provenance.facts.pdf.reading import read_pdf_facts
from provenance.facts.pdf.revisions import NOT_COMPARED
from provenance.verdict.catalogue import CATALOGUE
from tests.facts.acting_pdfs import CONTENT, acting, stream
from tests.hostile.forge import saved_incrementally
from tests.signatures.pdf.letters import Letter, bare_page

NOW = datetime(2040, 1, 1, tzinfo=UTC)


def read(letter: Letter) -> Facts:
    """The facts of a letter."""
    return read_pdf_facts(letter.render(), at=NOW)


def only(facts: Facts, code: str) -> Observation:
    """The one observation of a kind."""
    (found,) = [one for one in facts.observations if one.code == code]
    return found


def boxed(letter: Letter, shade: str) -> Letter:
    """Lay a filled box over the first line of the letter."""
    letter.operations.append(f"{shade} rg 60 664 420 18 re f")
    return letter


def test_a_dark_box_over_text_hides_nothing() -> None:
    """A black bar over live text is a redaction that hides nothing; the words are quoted."""
    found = only(read(boxed(Letter().body(), "0 0 0")), "redaction-hides-nothing")
    assert found.weight is Weight.HIDDEN
    assert "line 1 of a letter" in found.text
    assert found.where == "page 1"


@pytest.mark.parametrize(
    "letter",
    [
        boxed(Letter().body(), "1 1 1"),
        Letter().body().text(72, 500, "Between the lines", colour="1 1 1"),
    ],
)
def test_text_of_the_colour_of_the_paper_is_unseen(letter: Letter) -> None:
    """White on white, or under a white box, is in the file and not to be seen."""
    found = only(read(letter), "text-not-visible")
    assert "line 1" in found.text or "Between the lines" in found.text


def test_a_bar_over_part_of_a_line_hides_nothing() -> None:
    """A black bar over a few words of a line is a redaction that hides nothing."""
    letter = Letter().body()
    letter.operations.append("0 0 0 rg 160 664 60 18 re f")
    found = only(read(letter), "redaction-hides-nothing")
    assert "etter about" in found.text
    assert "This is" not in found.text


def test_text_under_a_picture_is_unseen() -> None:
    """Words that a picture was laid over can be copied; the rest of the page is shown."""
    found = only(read(Letter().body().picture(100, 664, 200, 16)), "text-under-picture")
    assert found.weight is Weight.HIDDEN
    assert "1 of a letter about mov" in found.text
    assert "This is" not in found.text
    assert "line 2" not in found.text


def test_text_under_a_shading_in_a_drawing_is_unseen() -> None:
    """What covers words may be a pattern, and words may stand within a drawing of the page."""
    content = b"q /X Do Q BT /F1 11 Tf 72 600 Td (The rest of the letter.) Tj ET"
    content += b" q 60 690 200 24 re W n /S sh Q"
    data = acting(
        "",
        "/Resources << /Font << /F1 5 0 R >> /XObject << /X 7 0 R >> /Shading << /S 8 0 R >> >>",
        stream(
            b"BT /F1 11 Tf 72 700 Td (Secret name) Tj ET",
            "/Type /XObject /Subtype /Form /BBox [0 0 612 792]"
            " /Resources << /Font << /F1 5 0 R >> >>",
        ),
        "<< /ShadingType 2 /ColorSpace /DeviceGray /Coords [60 0 260 0] /Extend [true true]"
        " /Function << /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [1] /N 1 >> >>",
    ).replace(stream(CONTENT), stream(content))
    assert "Secret name" in only(read_pdf_facts(mended(data), at=NOW), "text-under-picture").text


@pytest.mark.parametrize(
    "letter",
    [
        Letter().picture(100, 664, 200, 16).body(),
        Letter().body().picture(0, 0, 612, 792),
        Letter().body().picture(0, 640, 612, 152),
        Letter().body().picture(300, 500, 200, 100).text(310, 540, "Over the picture"),
    ],
    ids=["text-over-picture", "scan", "scan-in-strips", "picture-beside"],
)
def test_pictures_that_hide_no_words_are_not_reported(letter: Letter) -> None:
    """Text over or beside a picture is shown; a text layer under a scan says what it shows."""
    assert read(letter).observations == ()


def test_an_invisible_text_layer_is_not_covered() -> None:
    """OCR writes invisible text (mode 3) under or over a scan that shows the same words."""
    letter = Letter().body().picture(72, 300, 200, 100)
    letter.operations.insert(0, "3 Tr")
    letter.text(80, 340, "words of the figure")
    letter.operations.insert(-1, "3 Tr")
    letter.operations.append("0 Tr")
    assert "text-under-picture" not in {one.code for one in read(letter).observations}


@pytest.mark.parametrize("limit", ["MAX_OBJECTS", "MAX_LETTERS", "DEPTH"])
def test_a_page_with_too_much_on_it_is_not_called_searched(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """A page that was not searched for covered text says so, and reports none by mistake."""
    monkeypatch.setattr(covered, limit, 1)
    content = b"BT /F1 11 Tf 72 600 Td (Some words.) Tj ET /X Do 0 0 9 9 re f"
    drawing = stream(b"0 0 9 9 re f", "/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    data = acting("", "/Resources << /Font << /F1 5 0 R >> /XObject << /X 7 0 R >> >>", drawing)
    facts = read_pdf_facts(mended(data.replace(stream(CONTENT), stream(content))), at=NOW)
    assert only(facts, "search-cut-short").where == "page 1"


def test_text_outside_the_page_is_unseen() -> None:
    """Text beyond the edge of the page is in the file all the same."""
    found = only(read(Letter().body().text(700, 500, "Off the sheet")), "text-outside-page")
    assert "Off the sheet" in found.text


def test_shown_text_is_not_reported() -> None:
    """A plain letter, a coloured word and text over a grey box hide nothing."""
    letter = Letter()
    letter.operations.append("0.8 0.8 0.8 rg 60 660 420 30 re f")
    letter.body().text(72, 480, "In red ink", colour="0.8 0.1 0.1")
    facts = read(letter)
    assert facts.observations == ()
    assert facts.properties["fonts"] == "Helvetica"


def test_an_earlier_state_is_found_and_compared() -> None:
    """The state before an update is listed by length and digest, and what reads differently."""
    before = Letter().body().render()
    after = saved_incrementally(before, b"BT /F1 11 Tf 72 600 Td (Added afterwards) Tj ET")
    facts = read_pdf_facts(after, at=NOW)
    (earlier,) = facts.earlier
    assert earlier.sha256 == hashlib.sha256(after[: earlier.end]).hexdigest()
    assert after[: earlier.end].startswith(before[:-2])
    assert "Added afterwards" in only(facts, "earlier-state-reads-differently").text
    assert only(facts, "earlier-state-in-file").weight is Weight.HIDDEN


def test_a_file_saved_once_has_no_earlier_state() -> None:
    """One end mark is the present state and nothing else."""
    facts = read_pdf_facts(bare_page(), at=NOW)
    assert facts.earlier == ()
    assert facts.revisions == 1


def mended(data: bytes) -> bytes:
    """The file as the renderer writes it, with offsets that are true."""
    out = io.BytesIO()
    pypdfium2.PdfDocument(data).save(out)
    return out.getvalue()


def saved_often(times: int) -> bytes:
    """A letter of one line that was saved so many times, each time with another line."""
    data = bare_page()
    for number in range(times):
        data = saved_incrementally(data, b"BT /F1 11 Tf 72 600 Td (Line %d) Tj ET" % number)
    return data


def test_every_earlier_state_is_listed_and_compared() -> None:
    """Of a file that was saved fifty times every state is in the result, with what changed."""
    facts = read_pdf_facts(saved_often(50), at=NOW)
    assert len(facts.earlier) == 50
    assert [state.end for state in facts.earlier] == sorted(state.end for state in facts.earlier)
    assert "“0” was there, “1” came in" in facts.earlier[1].note
    assert "“48” was there, “49” came in" in facts.earlier[-1].note
    assert only(facts, "earlier-state-in-file").text.startswith("50 earlier states")
    assert facts.notes == ()


def test_of_many_changes_some_are_told_and_the_rest_is_counted() -> None:
    """Sentences are told with the state they are about, up to a number, and then how many more."""
    facts = read_pdf_facts(saved_often(50), at=NOW)
    told = [one for one in facts.observations if one.code == "earlier-state-reads-differently"]
    assert len(told) == MAX_SAME
    assert told[1].where == "state 2 of 51"
    assert told[-1].text.startswith(f"{50 - MAX_SAME + 1} more states read differently")


def test_earlier_states_beyond_the_bounds_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not looked at or not compared is said: silence would read as no difference."""
    monkeypatch.setattr(revisions, "MAX_STATES", 6)
    monkeypatch.setattr(revisions, "MAX_COMPARED", 4)
    facts = read_pdf_facts(saved_often(9), at=NOW)
    assert [state.note for state in facts.earlier[:2]] == [NOT_COMPARED, NOT_COMPARED]
    assert "“7” was there, “8” came in" in facts.earlier[-1].note
    assert "2 earlier states were not compared" in facts.notes
    assert any(note.startswith("3 still earlier states may be") for note in facts.notes)
    monkeypatch.setattr(revisions, "MAX_OPENED", 10)
    facts = read_pdf_facts(saved_often(2), at=NOW)
    assert facts.earlier == ()
    assert any(note.startswith("2 still earlier states may be") for note in facts.notes)


def in_font(name: str, *, dated: str, created: str = "") -> bytes:
    """A letter in one font, with a date on a line of its own."""
    letter = Letter(info={"CreationDate": created} if created else {})
    letter.text(72, 730, dated).body()
    return letter.render().replace(b"/BaseFont /Helvetica", f"/BaseFont /{name}".encode())


def test_a_font_younger_than_the_date_on_the_letter() -> None:
    """A letter of 1973 in a typeface of 2006 contradicts itself, as the catalogue grades copies."""
    facts = read_pdf_facts(in_font("ABCDEF+Calibri", dated="18 August 1973"), at=NOW)
    found = only(facts, "font-younger-than-date")
    assert found.weight is Weight.CONTRADICTION
    assert "1973" in found.text
    assert found.evidence in CATALOGUE


def test_a_font_younger_than_the_stated_creation() -> None:
    """A file that says it was made before its font shipped contradicts itself."""
    data = in_font("Aptos", dated="Dear all", created="D:20120301000000Z")
    assert "2012" in only(read_pdf_facts(data, at=NOW), "font-younger-than-date").text


@pytest.mark.parametrize(
    ("font", "dated"),
    [
        ("Helvetica", "18 August 1973"),
        ("Calibri", "6 January 2020"),
        ("Calibri", "we met on 18 August 1973 in town"),
        ("Calibri", "Le 6 janvier 2020"),
    ],
)
def test_no_contradiction_where_there_is_none(font: str, dated: str) -> None:
    """An unknown font, a later date, and a date within a sentence say nothing."""
    facts = read_pdf_facts(in_font(font, dated=dated), at=NOW)
    assert "font-younger-than-date" not in {one.code for one in facts.observations}


@pytest.mark.parametrize(
    "dated", ["Washington, January 6, 1999", "den 3. März 1999", "1999-03-02", "3 de mayo de 1999"]
)
def test_dates_are_read_as_letters_have_them(dated: str) -> None:
    """A place, a weekday's article, other languages and numbers make a date line."""
    facts = read_pdf_facts(in_font("Calibri", dated=dated), at=NOW)
    assert "1999" in only(facts, "font-younger-than-date").text


def test_font_names_are_told_apart() -> None:
    """Subset marks and styles do not matter; a longer name of another font does not match."""
    assert first_shipped("XYZABC+Calibri-Bold") == FIRST_SHIPPED["calibri"]
    assert first_shipped("Helvetica") is None
    assert first_shipped("") is None


def attached(data: bytes, name: str, content: bytes) -> bytes:
    """Attach a file with the renderer."""
    document = pypdfium2.PdfDocument(data)
    document.new_attachment(name).set_data(content)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_an_attached_file_is_named_by_digest() -> None:
    """An attachment is listed with name, size and digest, hidden characters made visible."""
    data = attached(bare_page(), "pay\u202eroll.exe", b"MZ...")
    found = only(read_pdf_facts(data, at=NOW), "attached-file")
    assert hashlib.sha256(b"MZ...").hexdigest() in found.text
    assert "\u202e" not in found.text


def linked(action: str) -> bytes:
    """A page with one link."""
    annotation = f"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << {action} >> >>"
    return bare_page().replace(b"/MediaBox", f"/Annots [{annotation}] /MediaBox".encode())


def test_links_are_told_by_host_and_launches_are_a_risk() -> None:
    """A link is named without its path; one that starts a program is a risk."""
    out = read_pdf_facts(linked("/S /URI /URI (https://track.example/u/ann)"), at=NOW)
    assert "track.example" in only(out, "links-out").text
    assert "ann" not in only(out, "links-out").text
    run = read_pdf_facts(linked("/S /Launch /F (calc.exe)"), at=NOW)
    assert only(run, "launch-action").weight is Weight.RISK


def test_a_script_is_a_risk() -> None:
    """A document script is reported; it is not run."""
    names = (
        b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >>"
    )
    data = bare_page().replace(b"/Type /Catalog", b"/Type /Catalog " + names)
    assert only(read_pdf_facts(data, at=NOW), "script-in-document").weight is Weight.RISK


def test_a_font_without_a_name_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No empty entry stands in the list of fonts."""
    monkeypatch.setattr(fonts, "_fonts", lambda _document: iter(["", "Helvetica", " "]))
    assert fonts.list_fonts(None) == ("Helvetica",)
