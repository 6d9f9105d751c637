"""Workbooks and presentations in OOXML: what is hidden, who commented, what is fetched."""

from provenance.facts.model import Facts, Weight
from provenance.facts.office.ooxml import read_ooxml_facts
from tests.facts.office.packages import A, P, S, pptx, relationships, slide, xlsx
from tests.facts.reading import AT, codes, one, said

U = "Users"  # spelled apart: a path of somebody's machine stands in no file of this project
MS = "http://schemas.microsoft.com/office/2006/relationships"


def _read(data: bytes) -> Facts:
    facts = read_ooxml_facts(data, at=AT)
    assert facts.notes == (), facts.notes
    return facts


def test_a_plain_workbook_says_nothing() -> None:
    """Three sheets that are all shown raise no question."""
    facts = _read(xlsx({"One": ("", ""), "Two": ("visible", "")}))
    assert facts.observations == ()
    assert facts.properties["sheets"] == "2"


def test_hidden_sheets_rows_columns_and_names() -> None:
    """Each way to hide cells is told, and how far it is hidden."""
    rows = '<row r="1"/><row r="2" hidden="1"/><row r="3" hidden="true"/><sheetProtection/>'
    facts = _read(
        xlsx(
            {
                "Shown": ("", f'<cols><col min="2" max="4" hidden="1"/></cols>{rows}'),
                "Old prices": ("hidden", ""),
                "Bribes": ("veryHidden", ""),
            },
            inside='<definedNames><definedName name="secret" hidden="1">1</definedName>'
            '<definedName name="_xlnm._FilterDatabase" hidden="1">1</definedName></definedNames>',
        )
    )
    assert '"Old prices" is hidden' in said(facts, "hidden-sheet")
    assert '"Bribes" can only be shown by a program' in said(facts, "hidden-sheet")
    assert one(facts, "hidden-rows").text.startswith("2 rows")
    assert one(facts, "hidden-columns").text.startswith("3 columns")
    assert one(facts, "hidden-names").text.startswith("1 name")
    assert "document-protection" in codes(facts)


def test_where_it_was_saved_and_by_whom_it_was_reserved() -> None:
    """Excel writes the folder of the last saving into the workbook; it names an account."""
    path = f'<a:absPath xmlns:a="http://x" url="C:\\{U}\\j.weber\\Leak\\"/>'
    facts = _read(xlsx({"A": ("", "")}, inside=f'{path}<fileSharing userName="Max"/>'))
    assert '"j.weber"' in one(facts, "local-path").text
    assert "Max" in one(facts, "account-name").text
    assert facts.properties["saved-in"].endswith("Leak\\")


def test_a_formula_that_loads_a_picture() -> None:
    """A cell can show a picture from an address, which learns of it."""
    facts = _read(xlsx({"A": ("", "<x><f>_xlfn.IMAGE(&quot;http://x/p.png&quot;)</f></x>")}))
    assert "IMAGE" in one(facts, "web-formula").text


def test_links_connections_caches_printers_and_macro_sheets() -> None:
    """What fetches, what runs, and what keeps copies of rows that are gone."""
    dde = f'<externalLink xmlns="{S}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    printer = "\\\\print01\\Ministry 4th floor".encode("utf-16-le").ljust(220, b"\0")
    facts = _read(
        xlsx(
            {"A": ("", "<x><f>WEBSERVICE(&quot;http://x&quot;)</f></x>")},
            rels=(
                ("externalLink", "externalLinks/l1.xml"),
                ("connections", "connections.xml"),
                ("pivotCacheRecords", "pivot.xml"),
                ("printerSettings", "printer.bin"),
                (f"{MS}/xlMacrosheet", "macrosheets/sheet1.xml"),
            ),
            more={
                "xl/externalLinks/l1.xml": dde,
                "xl/connections.xml": f'<connections xmlns="{S}"><connection name="Payroll"/>'
                "</connections>",
                "xl/pivot.xml": f'<pivotCacheRecords xmlns="{S}"/>',
                "xl/printer.bin": printer,
                "xl/macrosheets/sheet1.xml": "<x/>",
            },
        )
    )
    assert codes(facts, Weight.RISK) == {
        "dde-field",
        "data-connection",
        "macro-sheet",
        "web-formula",
    }
    assert codes(facts, Weight.HIDDEN) == {"pivot-cache", "printer-name"}
    assert "print01" in one(facts, "printer-name").text
    assert "Payroll" in one(facts, "data-connection").text


def test_another_workbook_that_is_fetched() -> None:
    """A link to a workbook on the net is fetched when cells are updated."""
    facts = _read(
        xlsx(
            {"A": ("", "")},
            rels=(("externalLink", "externalLinks/l1.xml"),),
            more={
                "xl/externalLinks/l1.xml": f'<externalLink xmlns="{S}"/>',
                "xl/externalLinks/_rels/l1.xml.rels": relationships(
                    outside=(("externalLinkPath", "https://evil.example/b.xlsx"),)
                ),
            },
        )
    )
    assert "another workbook" in one(facts, "remote-content").text


def test_comments_old_and_threaded_and_who_they_are() -> None:
    """Both kinds of comments, the accounts behind them, and who changed a shared workbook."""
    facts = _read(
        xlsx(
            {"A": ("", "")},
            rels=(
                ("comments", "comments1.xml"),
                (f"{MS}/threadedComment", "threaded1.xml"),
                (f"{MS}/person", "person.xml"),
                ("revisionHeaders", "revisions.xml"),
            ),
            more={
                "xl/comments1.xml": f'<comments xmlns="{S}"><authors><author>Eve</author><author>'
                'tc={1}</author></authors><comment authorId="0"><t>check this</t></comment>'
                '<comment authorId="1"><t>copy of a thread</t></comment></comments>',
                "xl/threaded1.xml": '<t:ThreadedComments xmlns:t="http://x"><t:threadedComment'
                ' personId="{9}" dT="2019-03-04T10:00:00"><t:text>delete it</t:text>'
                "</t:threadedComment></t:ThreadedComments>",
                "xl/person.xml": '<p:personList xmlns:p="http://x"><p:person id="{9}"'
                ' displayName="Max" userId="S::max@firm.example::2"/></p:personList>',
                "xl/revisions.xml": f'<headers xmlns="{S}"><header userName="Ann"'
                ' dateTime="2019-03-04T10:00:00Z"/></headers>',
            },
        )
    )
    assert '2 comments in it, by "Eve", "Max"' in one(facts, "comments").text
    assert "delete it" in said(facts, "comment-text")
    assert "copy of a thread" not in said(facts, "comment-text")
    assert "max@firm.example" in one(facts, "account-name").text
    assert '1 saving, by "Ann"' in one(facts, "tracked-changes").text


def test_a_plain_presentation_counts_its_slides() -> None:
    """Slides that are listed and shown raise no question."""
    facts = _read(pptx([slide("One"), slide("Two")]))
    assert facts.observations == ()
    assert facts.pages == 2


def test_hidden_and_unlisted_slides_and_notes() -> None:
    """A slide that is hidden, one that is left out, and what the speaker was to say."""
    note = (
        f'<p:notes xmlns:p="{P}" xmlns:a="{A}"><p:sp><p:nvPr><p:ph type="body"/></p:nvPr>'
        "<p:txBody><a:p><a:r><a:t>Do not mention the audit</a:t></a:r></a:p></p:txBody></p:sp>"
        '<p:sp><p:nvPr><p:ph type="sldNum"/></p:nvPr><p:txBody><a:p><a:t>7</a:t></a:p></p:txBody>'
        "</p:sp></p:notes>"
    )
    slides = [slide("One"), slide("Backup figures", ' show="0"'), slide("Left out")]
    facts = _read(
        pptx(
            slides,
            listed=2,
            more={
                "ppt/slides/_rels/slide1.xml.rels": relationships(("notesSlide", "../note.xml")),
                "ppt/note.xml": note,
            },
        )
    )
    assert "Backup figures" in one(facts, "hidden-slide").text
    assert "holds 3 slides and shows 2" in one(facts, "unlisted-slide").text
    assert one(facts, "speaker-notes").text == 'Notes for the speaker: "Do not mention the audit".'


def test_comments_on_slides_in_both_forms() -> None:
    """Old and threaded comments lead to their authors."""
    facts = _read(
        pptx(
            [slide("One")],
            rels=(
                ("commentAuthors", "commentAuthors.xml"),
                (f"{MS}/authors", "authors.xml"),
                ("comments", "c1.xml"),
                (f"{MS}/comments", "c2.xml"),
            ),
            more={
                "ppt/commentAuthors.xml": f'<p:cmAuthorLst xmlns:p="{P}"><p:cmAuthor id="1"'
                ' name="Eve"/></p:cmAuthorLst>',
                "ppt/authors.xml": '<q:authorLst xmlns:q="http://x"><q:author id="{A}" name="Max"'
                ' userId="S::max@firm.example::2"/></q:authorLst>',
                "ppt/c1.xml": f'<p:cmLst xmlns:p="{P}"><p:cm authorId="1"'
                ' dt="2019-03-04T10:00:00"><p:text>first</p:text></p:cm></p:cmLst>',
                "ppt/c2.xml": '<q:cmLst xmlns:q="http://x"><q:cm authorId="{A}"'
                f' created="2019-03-04T10:00:00"><q:txBody><a:t xmlns:a="{A}">second</a:t>'
                "</q:txBody></q:cm></q:cmLst>",
            },
        )
    )
    assert '2 comments in it, by "Eve", "Max"' in one(facts, "comments").text
    assert '"Max", 2019-03-04T10:00:00 (no zone): "second"' in said(facts, "comment-text")
    assert "account-name" in codes(facts)
