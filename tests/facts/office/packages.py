"""Write small office packages by hand: OOXML and OpenDocument, just as much as a test needs.

Nothing of an office program is used or copied: each part is spelled here, after ECMA-376 and
OpenDocument 1.3. `python -m tests.facts.office.packages DIR` writes one of each, to look at.
"""

import io
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
P: Final = "http://schemas.openxmlformats.org/presentationml/2006/main"
A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE: Final = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_APP: Final = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE_STAMP: Final = (1980, 1, 1, 0, 0, 0)
HONEST: Final = {
    "creator": "Joan Weber",
    "lastModifiedBy": "Joan Weber",
    "revision": "4",
    "created": "2019-03-04T09:15:00Z",
    "modified": "2019-03-04T11:20:00Z",
}
"""Core properties in which nothing contradicts anything."""
WORD: Final = {
    "Application": "Microsoft Office Word",
    "AppVersion": "16.0000",
    "TotalTime": "90",
    "Template": "Normal.dotm",
}

Part = str | bytes


def zipped(
    parts: Mapping[str, Part] | list[tuple[str, Part]],
    *,
    stamp: tuple[int, int, int, int, int, int] = _OFFICE_STAMP,
    made_by: int = 45,
    stored: frozenset[str] = frozenset(),
) -> bytes:
    """Zip parts in order; a list may hold a name twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items() if isinstance(parts, Mapping) else parts:
            info = zipfile.ZipInfo(name, stamp)
            info.create_system, info.create_version = made_by >> 8, made_by & 255
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def relationships(*rows: tuple[str, str], outside: tuple[tuple[str, str], ...] = ()) -> str:
    """Spell a relationship part: (kind or whole type, target)."""
    spelled = [(kind, target, "") for kind, target in rows]
    spelled += [(kind, target, ' TargetMode="External"') for kind, target in outside]
    inner = "".join(
        f'<Relationship Id="r{number}" Type="{kind if "/" in kind else f"{R}/{kind}"}"'
        f' Target="{target}"{mode}/>'
        for number, (kind, target, mode) in enumerate(spelled)
    )
    return f'<Relationships xmlns="{_RELS}">{inner}</Relationships>'


def core_part(properties: Mapping[str, str]) -> str:
    """Spell docProps/core.xml."""
    prefix = {"creator": "dc", "title": "dc", "created": "dcterms", "modified": "dcterms"}
    inner = "".join(
        f"<{prefix.get(key, 'cp')}:{key}>{value}</{prefix.get(key, 'cp')}:{key}>"
        for key, value in properties.items()
    )
    return (
        f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:dcterms="http://purl.org/dc/terms/">{inner}</cp:coreProperties>'
    )


def app_part(properties: Mapping[str, str]) -> str:
    """Spell docProps/app.xml."""
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in properties.items())
    return f'<Properties xmlns="{_APP}">{inner}</Properties>'


def _package(
    main: str,
    document: Part,
    rels: str,
    core: Mapping[str, str],
    app: Mapping[str, str],
    more: Mapping[str, Part],
    root: tuple[tuple[str, str], ...],
) -> dict[str, Part]:
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relationships(
            ("officeDocument", main),
            ("http://x/metadata/core-properties", "docProps/core.xml"),
            ("extended-properties", "docProps/app.xml"),
            *root,
        ),
        main: document,
        f"{main.rpartition('/')[0]}/_rels/{main.rpartition('/')[2]}.rels": rels,
        "docProps/core.xml": core_part(core),
        "docProps/app.xml": app_part(app),
        **more,
    }


def docx_parts(
    body: str = "<w:p><w:r><w:t>Dear Sir,</w:t></w:r></w:p>",
    *,
    core: Mapping[str, str] | None = None,
    app: Mapping[str, str] | None = None,
    rels: tuple[tuple[str, str], ...] = (),
    outside: tuple[tuple[str, str], ...] = (),
    root: tuple[tuple[str, str], ...] = (),
    more: Mapping[str, Part] | None = None,
    head: str = "",
) -> dict[str, Part]:
    """Return the parts of a word-processing document."""
    document = (
        f'<w:document xmlns:w="{W}" xmlns:a="{A}" xmlns:r="{R}"'
        ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
        ' xmlns:w16du="http://schemas.microsoft.com/office/word/2023/wordml/word16du">'
        f"{head}<w:body>{body}</w:body></w:document>"
    )
    return _package(
        "word/document.xml",
        document,
        relationships(*rels, outside=outside),
        HONEST if core is None else core,
        WORD if app is None else app,
        more or {},
        root,
    )


def docx(body: str = "<w:p><w:r><w:t>Dear Sir,</w:t></w:r></w:p>", **settings: object) -> bytes:
    """Return a word-processing document, packed as Word packs."""
    return zipped(docx_parts(body, **settings))  # type: ignore[arg-type] # handed on


def word_part(name: str, inner: str) -> str:
    """Spell another part of a word-processing document: comments, settings, styles ..."""
    return f'<w:{name} xmlns:w="{W}">{inner}</w:{name}>'


def xlsx(
    sheets: Mapping[str, tuple[str, str]],
    *,
    inside: str = "",
    rels: tuple[tuple[str, str], ...] = (),
    more: Mapping[str, Part] | None = None,
    core: Mapping[str, str] | None = None,
) -> bytes:
    """Return a workbook: name of a sheet to (state, XML inside its worksheet)."""
    listed, parts, kinds = "", dict(more or {}), list(rels)
    for number, (name, (state, inner)) in enumerate(sheets.items(), start=1):
        hidden = f' state="{state}"' if state else ""
        listed += f'<sheet name="{name}" sheetId="{number}"{hidden}/>'
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{S}">{inner}<sheetData/></worksheet>'
        )
        kinds.append(("worksheet", f"worksheets/sheet{number}.xml"))
    workbook = f'<workbook xmlns="{S}"><sheets>{listed}</sheets>{inside}</workbook>'
    app = {"Application": "Microsoft Excel", "AppVersion": "16.0300"}
    made = _package(
        "xl/workbook.xml", workbook, relationships(*kinds), core or HONEST, app, parts, ()
    )
    return zipped(made)


def pptx(
    slides: list[str],
    *,
    listed: int | None = None,
    rels: tuple[tuple[str, str], ...] = (),
    more: Mapping[str, Part] | None = None,
) -> bytes:
    """Return a presentation; each slide is the XML of its whole part."""
    shown = len(slides) if listed is None else listed
    ids = "".join(f'<p:sldId id="{256 + number}"/>' for number in range(shown))
    kinds = [*rels]
    parts: dict[str, Part] = dict(more or {})
    for number, slide in enumerate(slides, start=1):
        parts[f"ppt/slides/slide{number}.xml"] = slide
        kinds.append(("slide", f"slides/slide{number}.xml"))
    document = f'<p:presentation xmlns:p="{P}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>'
    app = {"Application": "Microsoft Office PowerPoint", "AppVersion": "16.0000"}
    made = _package("ppt/presentation.xml", document, relationships(*kinds), HONEST, app, parts, ())
    return zipped(made)


def slide(text: str, attributes: str = "") -> str:
    """Spell a slide with one text."""
    return (
        f'<p:sld xmlns:p="{P}" xmlns:a="{A}"{attributes}><p:cSld><p:spTree><p:sp><p:txBody><a:p>'
        f"<a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )


ODF: Final = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0"'
    ' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:officeooo="http://openoffice.org/2009/office"'
)
HONEST_META: Final = (
    "<meta:initial-creator>Joan Weber</meta:initial-creator><dc:creator>Joan Weber</dc:creator>"
    "<meta:creation-date>2021-05-03T10:00:00</meta:creation-date><dc:date>2021-05-03T12:30:00"
    "</dc:date><meta:editing-duration>PT1H20M</meta:editing-duration>"
    "<meta:editing-cycles>5</meta:editing-cycles>"
    "<meta:generator>LibreOffice/7.0.4.2$Linux_X86_64 LibreOffice_project/00$Build-2"
    "</meta:generator>"
)
MANIFEST: Final = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"


def odf(
    body: str = "<office:text><text:p>Dear Sir,</text:p></office:text>",
    *,
    kind: str = "text",
    meta: str = HONEST_META,
    styles: str = "",
    settings: str = "",
    more: Mapping[str, Part] | None = None,
    unlisted: Mapping[str, Part] | None = None,
    sealed: frozenset[str] = frozenset(),
    stamp: tuple[int, int, int, int, int, int] = (2021, 5, 3, 12, 30, 0),
) -> bytes:
    """Return an OpenDocument file: kind is text, spreadsheet or presentation."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    parts: dict[str, Part] = {
        "content.xml": f"<office:document-content {ODF}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body>{body}</office:body></office:document-content>",
        "meta.xml": f"<office:document-meta {ODF}><office:meta>{meta}</office:meta>"
        "</office:document-meta>",
        "settings.xml": f"<office:document-settings {ODF}><office:settings>{settings}"
        "</office:settings></office:document-settings>",
        **(more or {}),
    }
    seal = "<manifest:encryption-data/>"
    rows = "".join(
        f'<manifest:file-entry manifest:full-path="{name}">{seal if name in sealed else ""}'
        "</manifest:file-entry>"
        for name in parts
    )
    manifest = f'<manifest:manifest xmlns:manifest="{MANIFEST}">{rows}</manifest:manifest>'
    whole = {"mimetype": mimetype, **parts, "META-INF/manifest.xml": manifest, **(unlisted or {})}
    return zipped(whole, stamp=stamp, made_by=20, stored=frozenset({"mimetype"}))


def main(folder: Path) -> None:
    """Write one file of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "letter.docx").write_bytes(docx())
    (folder / "list.xlsx").write_bytes(xlsx({"Sheet1": ("", "")}))
    (folder / "talk.pptx").write_bytes(pptx([slide("Hello")]))
    (folder / "letter.odt").write_bytes(odf())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
