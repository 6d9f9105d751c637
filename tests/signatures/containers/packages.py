"""Make the packages that the tests sign: a Word document, an OpenDocument text, ASiC containers.

Members are dicts in the order they are written; `zipped` writes them with a fixed date, so a
package is the same on every run but for its signatures.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace as _replace
from xml.sax.saxutils import escape

from tests.signatures.containers.signing import (
    C14N,
    DSIG,
    OPC,
    RELATIONSHIPS,
    SIGNED_AT,
    Maker,
    Ref,
    object_ref,
    object_text,
    transform,
)

Members = dict[str, bytes]
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_P = "http://schemas.openxmlformats.org/package/2006/relationships/"
RELS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
SIGNATURE_TYPE = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
ORIGIN_TYPE = "application/vnd.openxmlformats-package.digital-signature-origin"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(members: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    """Write a zip archive."""
    out = io.BytesIO()
    how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2026, 11, 22, 10, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else how
            archive.writestr(info, data)
    return out.getvalue()


def relationships(*lines: tuple[str, str, str] | tuple[str, str, str, str]) -> bytes:
    """Return a relationships part of (Id, Type, Target[, TargetMode])."""
    inside = "".join(
        f'<Relationship Id="{one[0]}" Type="{one[1]}" Target="{escape(one[2])}"'
        + (f' TargetMode="{one[3]}"' if len(one) > 3 else "")
        + "/>"
        for one in lines
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<Relationships xmlns="{RELS_NS}">{inside}</Relationships>'.encode()


def content_types(overrides: Mapping[str, str], **defaults: str) -> bytes:
    """Return `[Content_Types].xml`."""
    inside = "".join(
        f'<Default Extension="{extension}" ContentType="{kind}"/>'
        for extension, kind in {"rels": RELS_TYPE, "xml": "application/xml", **defaults}.items()
    )
    inside += "".join(
        f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items()
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0"?><Types xmlns="{namespace}">{inside}</Types>'.encode()


DOCUMENT_TYPE = WORD + "document.main+xml"
TYPES = {
    "/word/document.xml": DOCUMENT_TYPE,
    "/word/styles.xml": WORD + "styles+xml",
    "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "/docProps/app.xml": ("application/vnd.openxmlformats-officedocument.extended-properties+xml"),
}


def word_text(text: str, inside: str = "") -> bytes:
    """Return a main document part."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>'
        f"{escape(text)}</w:t></w:r></w:p>{inside}</w:body></w:document>"
    ).encode()


def word_document(text: str = "We move the money in March.") -> Members:
    """Return an unsigned Word document."""
    return {
        "[Content_Types].xml": content_types(TYPES),
        "_rels/.rels": relationships(
            ("rId1", _R + "officeDocument", "word/document.xml"),
            ("rId2", _P + "metadata/core-properties", "docProps/core.xml"),
            ("rId3", _R + "extended-properties", "docProps/app.xml"),
        ),
        "word/document.xml": word_text(text),
        "word/_rels/document.xml.rels": relationships(
            ("rId1", _R + "styles", "styles.xml"),
            ("rId2", _R + "hyperlink", "https://desk.example/a", "External"),
        ),
        "word/styles.xml": f'<?xml version="1.0"?><w:styles xmlns:w="{W}"/>'.encode(),
        "docProps/core.xml": b"<cp xmlns='urn:x'>Ann Author</cp>",
        "docProps/app.xml": b"<ap xmlns='urn:y'>Office</ap>",
    }


def part_ref(members: Members, member: str, kind: str, digest: str = "sha256") -> Ref:
    """Return the reference to a part as it is."""
    return Ref(uri=f"/{member}?ContentType={kind}", data=members[member], digest=digest)


def rels_ref(member: str, *lines: tuple[str, str, str, str], digest: str = "sha256") -> Ref:
    """Return the reference to chosen relationships: (Id, Type, Target, TargetMode), in order."""
    chosen = "".join(
        f'<mdssi:RelationshipReference xmlns:mdssi="{OPC}" SourceId="{one[0]}">'
        "</mdssi:RelationshipReference>"
        for one in lines
    )
    inside = "".join(
        f'<Relationship Id="{one[0]}" Target="{one[2].replace("&", "&amp;")}"'
        f' TargetMode="{one[3]}" Type="{one[1]}"></Relationship>'
        for one in lines
    )
    return Ref(
        uri=f"/{member}?ContentType={RELS_TYPE}",
        data=f'<Relationships xmlns="{RELS_NS}">{inside}</Relationships>'.encode(),
        transforms=transform(RELATIONSHIPS, chosen) + transform(C14N),
        digest=digest,
    )


def office_references(members: Members, digest: str = "sha256") -> list[Ref]:
    """Return what an office program signs of `word_document`."""
    return [
        part_ref(members, "word/document.xml", TYPES["/word/document.xml"], digest),
        part_ref(members, "word/styles.xml", TYPES["/word/styles.xml"], digest),
        rels_ref(
            "_rels/.rels",
            ("rId1", _R + "officeDocument", "word/document.xml", "Internal"),
            digest=digest,
        ),
        rels_ref(
            "word/_rels/document.xml.rels",
            ("rId1", _R + "styles", "styles.xml", "Internal"),
            ("rId2", _R + "hyperlink", "https://desk.example/a", "External"),
            digest=digest,
        ),
    ]


def package_object(references: list[Ref], identifier: str = "sig") -> str:
    """Return the Object with the manifest and the signing time."""
    moment = SIGNED_AT.strftime("%Y-%m-%dT%H:%M:%SZ")
    return object_text(
        "idPackageObject",
        f"<Manifest>{''.join(one.text for one in references)}</Manifest>"
        f'<SignatureProperties><SignatureProperty Id="idTime" Target="#{identifier}">'
        f'<mdssi:SignatureTime xmlns:mdssi="{OPC}"><mdssi:Format>YYYY-MM-DDThh:mm:ssTZD'
        f"</mdssi:Format><mdssi:Value>{moment}</mdssi:Value></mdssi:SignatureTime>"
        "</SignatureProperty></SignatureProperties>",
    )


def office_object(identifier: str = "sig", **details: str) -> str:
    """Return the Object with Office's own details."""
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in details.items())
    return object_text(
        "idOfficeObject",
        f'<SignatureProperties><SignatureProperty Id="idDetails" Target="#{identifier}">'
        f'<SignatureInfoV1 xmlns="http://schemas.microsoft.com/office/2006/digsig">{inside}'
        "</SignatureInfoV1></SignatureProperty></SignatureProperties>",
    )


def sign_office(
    members: Members,
    maker: Maker,
    *,
    references: list[Ref] | None = None,
    details: Mapping[str, str] | None = None,
    number: int = 1,
) -> Members:
    """Return the document with one more signature."""
    wanted = office_references(members, maker.digest) if references is None else references
    package = package_object(wanted, maker.identifier)
    objects = {"idPackageObject": package}
    if details is not None:
        objects["idOfficeObject"] = office_object(maker.identifier, **details)
    made = _replace(maker, objects=[*maker.objects, *objects.values()])
    text = made.make([object_ref(one, name, maker.digest) for name, one in objects.items()])
    return put_office_signature(members, text, number)


def put_office_signature(members: Members, text: str, number: int = 1) -> Members:
    """Return the document with a signature file and everything that leads to it."""
    root = members["_rels/.rels"].decode()
    if "digital-signature/origin" not in root:
        line = (
            f'<Relationship Id="rIdSig" Type="{_P}digital-signature/origin"'
            ' Target="_xmlsignatures/origin.sigs"/></Relationships>'
        )
        root = root.replace("</Relationships>", line)
    types = members["[Content_Types].xml"].decode()
    more = f'<Override PartName="/_xmlsignatures/sig{number}.xml" ContentType="{SIGNATURE_TYPE}"/>'
    if 'Extension="sigs"' not in types:
        more += f'<Default Extension="sigs" ContentType="{ORIGIN_TYPE}"/>'
    lines = [
        (f"rId{one}", _P + "digital-signature/signature", f"sig{one}.xml")
        for one in range(1, number + 1)
    ]
    return {
        **members,
        "[Content_Types].xml": types.replace("</Types>", more + "</Types>").encode(),
        "_rels/.rels": root.encode(),
        "_xmlsignatures/origin.sigs": b"",
        "_xmlsignatures/_rels/origin.sigs.rels": relationships(*lines),
        f"_xmlsignatures/sig{number}.xml": f'<?xml version="1.0"?>{text}'.encode(),
    }


ODF_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
ODF_TEXT = "application/vnd.oasis.opendocument.text"
ODF_SIGNATURES = "urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0"


def text_document(text: str = "We move the money in March.") -> Members:
    """Return an unsigned OpenDocument text; its XML is canonical but for the declaration."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    files = ("content.xml", "styles.xml", "meta.xml")
    entries = "".join(
        f'<m:file-entry m:full-path="{one}" m:media-type="text/xml"></m:file-entry>'
        for one in files
    )
    return {
        "mimetype": ODF_TEXT.encode(),
        "content.xml": head
        + f'<o:document-content xmlns:o="{office}">{escape(text)}</o:document-content>'.encode(),
        "styles.xml": head + f'<o:document-styles xmlns:o="{office}"></o:document-styles>'.encode(),
        "meta.xml": head + f'<o:document-meta xmlns:o="{office}"></o:document-meta>'.encode(),
        "Pictures/a b.png": b"\x89PNG\r\n\x1a\nnot really",
        "META-INF/manifest.xml": head
        + f'<m:manifest xmlns:m="{ODF_MANIFEST}">{entries}</m:manifest>'.encode(),
    }


def file_references(members: Members, digest: str = "sha256") -> list[Ref]:
    """Return what LibreOffice signs: every file, XML in canonical form."""
    found = []
    for name, data in members.items():
        if name.startswith("META-INF/") and name != "META-INF/manifest.xml":
            continue
        uri = name.replace(" ", "%20")
        if name.endswith(".xml"):
            canonical = data.partition(b"\n")[2]
            found.append(Ref(uri=uri, data=canonical, transforms=transform(C14N), digest=digest))
        else:
            found.append(Ref(uri=uri, data=data, digest=digest))
    return found


def dated_object(identifier: str = "sig", date: str = "2026-11-22T10:00:00.123456789") -> str:
    """Return the Object with the date that LibreOffice writes."""
    return (
        '<Object><SignatureProperties><SignatureProperty Id="idDate"'
        f' Target="#{identifier}"><dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">{date}'
        "</dc:date></SignatureProperty></SignatureProperties></Object>"
    )


def sign_odf(
    members: Members,
    *makers: Maker,
    references: list[Ref] | None = None,
    file: str = "META-INF/documentsignatures.xml",
    wrap: Callable[[str], str] | None = None,
) -> Members:
    """Return the document with a signature file."""
    wanted = file_references(members) if references is None else references
    inside = "".join(one.make(wanted) for one in makers)
    whole = f'<document-signatures xmlns="{ODF_SIGNATURES}">{inside}</document-signatures>'
    text = wrap(whole) if wrap else whole
    return {**members, file: f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()}


OCF = "urn:oasis:names:tc:opendocument:xmlns:container"


def book() -> Members:
    """Return an unsigned EPUB with two chapters and a picture."""
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    root = '<rootfiles><rootfile full-path="EPUB/book.opf"></rootfile></rootfiles>'
    return {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": head + f'<container xmlns="{OCF}">{root}</container>'.encode(),
        "EPUB/book.opf": head + b"<package><spine>one, two</spine></package>",
        "EPUB/chapter one.xhtml": head + b"<html><body><p>We meet at noon.</p></body></html>",
        "EPUB/two.xhtml": head + b"<html><body><p>We met.</p></body></html>",
        "EPUB/cover.png": b"\x89PNG not really",
    }


def book_references(members: Members) -> list[Ref]:
    """Return a reference to every file but the signature file and `mimetype`."""
    return [
        Ref(
            uri=name.replace(" ", "%20"),
            data=data.partition(b"\n")[2] if name.endswith("ml") else data,
            transforms=transform(C14N) if name.endswith("ml") else "",
        )
        for name, data in members.items()
        if name not in {"mimetype", "META-INF/signatures.xml"}
    ]


def sign_book(
    members: Members,
    *makers: Maker,
    references: list[Ref] | None = None,
    direct: bool = False,
    wrap: Callable[[str], str] | None = None,
) -> Members:
    """Return the book with a signature file, over a manifest or over the files."""
    wanted = book_references(members) if references is None else references
    inside = "".join(one.text for one in wanted)
    listed = Ref(
        uri="#files",
        data=f'<Manifest xmlns="{DSIG}" Id="files">{inside}</Manifest>'.encode(),
        transforms=transform(C14N),
    )
    held = f'<Object><Manifest Id="files">{inside}</Manifest></Object>'
    made = "".join(
        one.make(wanted) if direct else _replace(one, objects=(held,)).make([listed])
        for one in makers
    )
    whole = f'<signatures xmlns="{OCF}">{made}</signatures>'
    text = wrap(whole) if wrap else whole
    file = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    return {**members, "META-INF/signatures.xml": file}


ASIC_E = "application/vnd.etsi.asic-e+zip"
ASIC_S = "application/vnd.etsi.asic-s+zip"
ASIC = "http://uri.etsi.org/02918/v1.2.1#"


def asic_files(*names: str) -> Members:
    """Return an unsigned container."""
    chosen = names or ("contract.txt", "annex one.pdf")
    return {
        "mimetype": ASIC_E.encode(),
        **{name: f"This is {name}.\n".encode() for name in chosen},
        "META-INF/manifest.xml": (f'<m:manifest xmlns:m="{ODF_MANIFEST}"></m:manifest>'.encode()),
    }


def content_references(members: Members) -> list[Ref]:
    """Return references to every file outside META-INF but `mimetype`."""
    return [
        Ref(uri=name.replace(" ", "%20"), data=data)
        for name, data in members.items()
        if name != "mimetype" and not name.startswith("META-INF/")
    ]


def sign_asic(
    members: Members,
    *makers: Maker,
    references: list[Ref] | None = None,
    file: str = "META-INF/signatures001.xml",
    bare: bool = False,
) -> Members:
    """Return the container with a XAdES signature file.

    Args:
        members: of the container.
        makers: one for each signature.
        references: what they sign; None = every content file.
        file: name of the signature file.
        bare: the signature is the root of the file.
    """
    wanted = content_references(members) if references is None else references
    scope = "" if bare else f' xmlns:asic="{ASIC}"'
    inside = "".join(_replace(one, scope=scope).make(wanted) for one in makers)
    text = (
        inside
        if bare
        else (f'<asic:XAdESSignatures xmlns:asic="{ASIC}">{inside}</asic:XAdESSignatures>')
    )
    return {**members, file: f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()}
