"""OpenDocument files: history, what is hidden, what is fetched, what no program shows."""

import pytest

from provenance.facts.model import Facts, Weight
from provenance.facts.office.odf import read_odf_facts
from provenance.facts.office.odf_meta import read_minutes
from provenance.facts.plain.xml import read_xml_facts
from tests.facts.office.packages import HONEST_META, ODF, odf
from tests.facts.reading import AT, codes, one, said

U = "Users"  # spelled apart: a path of somebody's machine stands in no file of this project
PLAIN = {"date-without-zone"}  # LibreOffice writes local time: every such file says so


def _read(data: bytes) -> Facts:
    facts = read_odf_facts(data, at=AT)
    assert facts.notes == (), facts.notes
    return facts


def test_an_honest_letter_states_itself() -> None:
    """A plain document yields its properties, and that its dates have no zone."""
    facts = _read(odf())
    assert codes(facts) == PLAIN
    assert facts.properties["meta.initial-creator"] == "Joan Weber"
    assert facts.properties["meta.creation-date"] == "2021-05-03T10:00:00 (no zone)"
    assert facts.properties["zip.newest-part"] == "2021-05-03T12:30:00 (no zone)"


def test_a_program_younger_than_the_document_and_a_younger_template() -> None:
    """Generator and template are held against the dates."""
    meta = HONEST_META.replace("2021-05", "2015-05")
    meta += (
        f'<meta:template xlink:href="file:///C:/{U}/joan/t.ott" meta:date="2016-01-01T00:00:00"/>'
    )
    facts = _read(odf(meta=meta, stamp=(2015, 5, 3, 12, 0, 0)))
    assert codes(facts, Weight.CONTRADICTION) == {
        "program-newer-than-modified",
        "template-newer-than-document",
    }
    assert '"joan"' in one(facts, "local-path").text
    assert "template-path" in codes(facts)


def test_tracked_changes_with_deleted_text_and_comments() -> None:
    """Changes, deleted text and annotations are told with author and time."""
    info = (
        "<office:change-info><dc:creator>Eve</dc:creator><dc:date>2021-05-03T11:00:00</dc:date>"
        "</office:change-info>"
    )
    body = (
        "<office:text><text:tracked-changes>"
        f"<text:changed-region><text:deletion>{info}<text:p>the old price</text:p></text:deletion>"
        f"</text:changed-region><text:changed-region><text:insertion>{info}</text:insertion>"
        "</text:changed-region></text:tracked-changes><text:p>Dear<office:annotation>"
        "<dc:creator>Max</dc:creator><dc:date>2021-05-03T11:05:00</dc:date>"
        "<text:p>are we sure?</text:p></office:annotation></text:p></office:text>"
    )
    facts = _read(odf(body))
    assert '1 deletion, 1 insertion, by "Eve"' in one(facts, "tracked-changes").text
    assert '"the old price"' in one(facts, "deleted-text").text
    assert '"Max", 2021-05-03T11:05:00 (no zone): "are we sure?"' in said(facts, "comment-text")


def test_a_cell_that_was_changed_keeps_its_old_value() -> None:
    """Calc keeps the value before the change."""
    body = (
        "<office:spreadsheet><table:tracked-changes><table:cell-content-change>"
        "<office:change-info><dc:creator>Eve</dc:creator></office:change-info><table:previous>"
        "<table:change-track-table-cell><text:p>1200000</text:p></table:change-track-table-cell>"
        "</table:previous></table:cell-content-change></table:tracked-changes>"
        "</office:spreadsheet>"
    )
    facts = _read(odf(body, kind="spreadsheet"))
    assert "1200000" in one(facts, "deleted-text").text


def test_hidden_text_in_four_ways() -> None:
    """Hidden by a style, in a section, in a field; white; tiny."""
    styles = (
        '<style:style style:name="Ghost"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="White"><style:text-properties fo:color="#ffffff"/></style:style>'
        '<style:style style:name="Sign"><style:text-properties fo:color="#ffffff"'
        ' fo:background-color="#003300"/></style:style>'
        '<style:style style:name="Tiny"><style:text-properties fo:font-size="1pt"/></style:style>'
    )
    body = (
        '<office:text><text:p><text:span text:style-name="Ghost">by style</text:span>'
        '<text:span text:style-name="White">in white</text:span>'
        '<text:span text:style-name="Sign">a heading</text:span>'
        '<text:span text:style-name="Tiny">in one point</text:span></text:p>'
        '<text:section text:display="none"><text:p>in a section</text:p></text:section>'
        '<text:p><text:hidden-text text:string-value="in a field"/></text:p></office:text>'
    )
    facts = _read(odf(body, styles=styles))
    for part in ("by style", "in a section", "in a field"):
        assert part in said(facts, "hidden-text")
    assert '"in white"' in one(facts, "white-text").text
    assert "in one point" in one(facts, "tiny-text").text


def test_hidden_sheets_rows_and_the_cells_of_another_workbook() -> None:
    """Sheets, rows and columns that are hidden; copies of cells from elsewhere."""
    styles = (
        '<style:style style:name="ta"><style:table-properties table:display="false"/></style:style>'
    )
    body = (
        '<office:spreadsheet><table:table table:name="Bribes" table:style-name="ta"/>'
        '<table:table table:name="Shown"><table:table-column table:visibility="collapse"'
        ' table:number-columns-repeated="2"/><table:table-row table:visibility="filter"/>'
        '<table:table-row table:visibility="collapse" table:number-rows-repeated="1048000"/>'
        f"</table:table><table:table table:name=\"'file:///C:/{U}/eve/p.xls'#Pay\"/>"
        "</office:spreadsheet>"
    )
    facts = _read(odf(body, kind="spreadsheet", styles=styles))
    assert '"Bribes" is hidden' in one(facts, "hidden-sheet").text
    assert one(facts, "hidden-rows").text.startswith("1 row is")
    assert one(facts, "hidden-columns").text.startswith("2 columns")
    assert "external-cache" in codes(facts)
    assert '"eve"' in one(facts, "local-path").text


def test_formulas_that_ask_an_address_or_a_program() -> None:
    """A cell can fetch data, or ask another program for it, whenever it is calculated."""
    cells = "".join(
        f'<table:table-cell table:formula="of:={formula}"/>'
        for formula in (
            "SUM([.A1])",
            "WEBSERVICE(&quot;http://x&quot;)",
            "DDE(&quot;cmd&quot;;1;2)",
        )
    )
    body = (
        "<office:spreadsheet><table:table><table:table-row>"
        f"{cells}</table:table-row></table:table></office:spreadsheet>"
    )
    facts = _read(odf(body, kind="spreadsheet"))
    assert one(facts, "web-formula").weight is Weight.RISK
    assert "of:=DDE(" in one(facts, "dde-field").text
    quiet = _read(
        odf(body.replace("WEBSERVICE", "SUM").replace("DDE", "ADDED"), kind="spreadsheet")
    )
    assert not codes(quiet) & {"web-formula", "dde-field"}


def test_hidden_slides_and_notes() -> None:
    """A slide that a style hides, and what the speaker was to say."""
    styles = (
        '<style:style style:name="dp"><style:drawing-page-properties'
        ' presentation:visibility="hidden"/></style:style>'
    )
    body = (
        '<office:presentation><draw:page draw:name="p1" draw:style-name="dp"><draw:frame>'
        "<draw:text-box><text:p>Backup</text:p></draw:text-box></draw:frame><presentation:notes>"
        "<draw:frame><draw:text-box><text:p>say nothing</text:p></draw:text-box></draw:frame>"
        "</presentation:notes></draw:page></office:presentation>"
    )
    facts = _read(odf(body, kind="presentation", styles=styles))
    assert "Backup" in one(facts, "hidden-slide").text
    assert "say nothing" in one(facts, "speaker-notes").text


def test_what_is_fetched_and_what_waits_for_a_click() -> None:
    """A remote picture is fetched; a link is not; data is asked for; a script is started."""
    body = (
        '<office:text><text:p><draw:frame><draw:image xlink:href="http://beacon.example/p.png"/>'
        '</draw:frame><text:a xlink:href="http://harmless.example/">x</text:a></text:p>'
        '<text:section><text:section-source xlink:href="//server/share/x.odt"/></text:section>'
        '<office:dde-source office:dde-application="soffice" office:dde-topic="x"/>'
        '<script:event-listener xlink:href="vnd.sun.star.script:Standard.M.Main"/></office:text>'
    )
    facts = _read(odf(body))
    assert codes(facts, Weight.RISK) == {"remote-content", "dde-field", "macros"}
    assert "harmless" not in said(facts, "remote-content")
    assert "server" in said(facts, "remote-content")


def test_settings_programs_objects_versions_and_what_is_not_listed() -> None:
    """Printer, data source, macros, fonts, embedded objects, earlier versions, stray parts."""
    item = '<config:config-item config:name="{}">{}</config:config-item>'
    facts = _read(
        odf(
            settings=item.format("PrinterName", "Ministry-4")
            + item.format("CurrentDatabaseDataSource", "Addresses")
            + item.format("RsidRoot", "123456"),
            more={
                "Basic/Standard/Module1.xml": "<x/>",
                "Fonts/Secret.ttf": b"x",
                "Object 1": b"not a compound file",
                "Thumbnails/thumbnail.png": b"\x89PNG",
                "Versions/Version1": b"PK",
                "VersionList.xml": '<VL:version-list xmlns:VL="http://openoffice.org/2001/versions-'
                'list" xmlns:dc="http://purl.org/dc/elements/1.1/"><VL:version-entry'
                ' VL:title="Version1" VL:comment="before the lawyers" VL:creator="Eve"'
                ' dc:date-time="2021-05-03T11:00:00"/></VL:version-list>',
            },
            unlisted={"old-content.xml": "<x/>"},
        )
    )
    assert codes(facts) == PLAIN | {
        "printer-name",
        "data-source",
        "macros",
        "embedded-fonts",
        "embedded-file",
        "thumbnail",
        "earlier-version",
        "unreachable-part",
    }
    assert "before the lawyers" in one(facts, "earlier-version").text
    assert "old-content.xml" in one(facts, "unreachable-part").text
    assert facts.properties["rsids.root"] == "123456"


def test_editing_sessions_of_writer() -> None:
    """LibreOffice keeps session numbers in automatic styles."""
    styles = (
        '<style:style style:name="T1"><style:text-properties officeooo:rsid="000a1b2c"/>'
        '</style:style><style:style style:name="P1"><style:paragraph-properties'
        ' officeooo:paragraph-rsid="a1b2d"/></style:style>'
    )
    facts = _read(odf(styles=styles))
    assert facts.properties["rsids.list"] == "000A1B2C 000A1B2D"


def test_an_encrypted_file_says_that_a_password_is_needed() -> None:
    """Nothing of an encrypted part is parsed, and the reason is told."""
    facts = _read(odf(sealed=frozenset({"content.xml", "meta.xml", "settings.xml"})))
    assert codes(facts) == {"password-needed"}
    assert one(facts, "password-needed").weight is Weight.NOTE


def test_a_flat_file_is_read_alike() -> None:
    """One XML document with the same parts yields the same facts."""
    body = '<office:text><text:section text:display="none"><text:p>gone</text:p></text:section>'
    flat = (
        f"<office:document {ODF}><office:meta>{HONEST_META}</office:meta><office:body>{body}"
        "</office:text></office:body></office:document>"
    )
    facts = read_xml_facts(flat.encode(), at=AT)
    assert facts.properties["meta.initial-creator"] == "Joan Weber"
    assert "gone" in one(facts, "hidden-text").text


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("PT1H20M", 80),
        ("PT1M16S", 1),
        ("P2DT3H0M0.5S", 2 * 1440 + 180),
        ("P1Y", None),
        ("", None),
        ("x" * 500, None),
        ("P0D", 0),
    ],
)
def test_durations(text: str, minutes: int | None) -> None:
    """Editing time is read in minutes; a month has no length."""
    assert read_minutes(text) == minutes


def test_properties_of_every_kind() -> None:
    """User-defined values, counts, who printed it, and a page that loads another."""
    meta = HONEST_META + (
        '<meta:user-defined meta:name="Client">Ministry</meta:user-defined>'
        '<meta:document-statistic meta:page-count="7"/><meta:printed-by>Max</meta:printed-by>'
        "<meta:print-date>2021-05-03T11:00:00</meta:print-date>"
        '<meta:auto-reload xlink:href="http://beacon.example/next.odt"/>'
    )
    facts = _read(odf(meta=meta))
    assert facts.properties["user.Client"] == "Ministry"
    assert facts.properties["meta.page-count"] == "7"
    assert facts.properties["meta.printed-by"] == "Max"
    assert "beacon.example" in one(facts, "remote-content").text


def test_cropped_pictures_protected_sheets_and_scripts_in_the_text() -> None:
    """A picture style that cuts; a sheet behind a password; a program in the body."""
    styles = (
        '<style:style style:name="fr1"><style:graphic-properties fo:clip="rect(0cm, 1.5cm, 0cm,'
        ' 0cm)"/></style:style><style:style style:name="fr2"><style:graphic-properties'
        ' fo:clip="rect(0cm, 0cm, 0cm, 0cm)"/></style:style>'
    )
    body = (
        '<office:spreadsheet><table:table table:name="A" table:protected="true"/>'
        "<office:script>x()</office:script></office:spreadsheet>"
    )
    facts = _read(odf(body, kind="spreadsheet", styles=styles))
    assert codes(facts) == PLAIN | {"cropped-picture", "document-protection", "macros"}
    assert one(facts, "cropped-picture").text.startswith("1 style")


def test_a_file_without_a_list_of_contents_is_read() -> None:
    """A broken list is noted; what is there is read all the same."""
    facts = read_odf_facts(odf(unlisted={"META-INF/manifest.xml": "<broken"}), at=AT)
    assert any("list of contents" in note for note in facts.notes)
    assert facts.properties["meta.initial-creator"] == "Joan Weber"
