"""Containers told apart by what is in them: ZIP by members, OLE by streams, RIFF and boxes by name.

Only names are looked for, in the pieces of the file that are at hand; nothing is unpacked. A large
OLE or ZIP file keeps its list of names in the middle: `piece_wanted` says where.
"""

import re
from typing import Final

OOXML: Final = "application/vnd.openxmlformats-officedocument."
OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
PIECE: Final = 65_536  # bytes of a list of names in the middle of a file

_RIFF: Final = {
    b"WEBP": "image/webp",
    b"WAVE": "audio/wav",
    b"AVI ": "video/x-msvideo",
    b"RMID": "audio/midi",
    b"CDR": "application/vnd.corel-draw",
}
_BRANDS: Final = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"crx ": "image/x-canon-cr3",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4V ": "video/x-m4v",
    b"jp2 ": "image/jp2",
    b"jpx ": "image/jpx",
}
_BRAND_FAMILIES: Final = ((b"3gp", "video/3gpp"), (b"3g2", "video/3gpp2"))
_ZIP_MEMBERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"word/document", OOXML + "wordprocessingml.document"),
    (b"xl/workbook.", OOXML + "spreadsheetml.sheet"),
    (b"ppt/presentation.xml", OOXML + "presentationml.presentation"),
    (b"visio/document.xml", "application/vnd.ms-visio.drawing"),
    (b"FixedDocSeq.fdseq", "application/vnd.ms-xpsdocument"),
    (b"FixedDocumentSequence.fdseq", "application/vnd.ms-xpsdocument"),
    (b"META-INF/ASiCManifest", "application/vnd.etsi.asic-e+zip"),
    (b"META-INF/signatures.p7s", "application/vnd.etsi.asic-s+zip"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
    (b"doc.kml", "application/vnd.google-earth.kmz"),
)
_IWORK: Final = (  # the parts that only this sort of document has
    (b"Index/Slide", "application/vnd.apple.keynote"),
    (b"Index/CalculationEngine", "application/vnd.apple.numbers"),
    (b"Index/Document.iwa", "application/vnd.apple.pages"),
    (b"Index.zip", "application/vnd.apple.pages"),
)
_OLE_STREAMS: Final[tuple[tuple[str, str], ...]] = (
    ("EncryptedPackage", "application/x-ole-encrypted-ooxml"),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__substg1.0_", "application/vnd.ms-outlook"),
    ("VisioDocument", "application/vnd.visio"),
    ("HwpSummaryInformation", "application/x-hwp"),
    ("Quill\0", "application/x-mspublisher"),
    ("Book\0", "application/vnd.ms-excel"),  # of 1995; only where no longer name is
)


def identify_container(head: bytes, rest: bytes) -> str | None:
    """Return the media type of a container; None when it is none of these.

    Args:
        head: the first bytes.
        rest: other pieces of the file: its end, its list of names.
    """
    if head.startswith(ZIP_MAGIC):
        return _identify_zip(head, rest)
    if head.startswith(OLE_MAGIC):
        return _identify_ole(head + rest)
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12]) or _RIFF.get(head[8:11])
    if head[4:8] == b"ftyp":
        return _identify_boxes(head)
    return None


def piece_wanted(head: bytes, tail: bytes, size: int) -> tuple[int, int] | None:
    """Return where (offset, length) the list of names is, when it is not at hand already."""
    if head.startswith(OLE_MAGIC) and len(head) >= 52:
        # [MS-CFB] 2.2: sector shift, and the first sector of the directory.
        sector = 1 << min(int.from_bytes(head[30:32], "little"), 16)
        offset = (int.from_bytes(head[48:52], "little") + 1) * sector
    elif head.startswith(ZIP_MAGIC):
        end = tail.rfind(b"PK\x05\x06")
        offset = int.from_bytes(tail[end + 16 : end + 20], "little") if end >= 0 else size
    else:
        return None
    known = offset < len(head) or offset >= size - len(tail)
    return None if known or offset >= size else (offset, min(PIECE, size - offset))


def _identify_boxes(head: bytes) -> str:
    """ISO base media (ISO 14496-12): the major brand, else the first compatible one we know."""
    length = min(max(int.from_bytes(head[:4], "big"), 12), 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length, 4))]
    for brand in brands:
        for prefix, media_type in _BRAND_FAMILIES:
            if brand.startswith(prefix):
                return media_type
        if brand in _BRANDS and (brand not in {b"mif1", b"msf1"} or brand == brands[0]):
            return _still(_BRANDS[brand], brands)
    return "video/mp4"


def _still(media_type: str, brands: list[bytes]) -> str:
    # A picture of the general kind says in its further brands which codec it needs.
    if media_type == "image/heif" and b"avif" in brands:
        return "image/avif"
    return media_type


def _identify_zip(head: bytes, rest: bytes) -> str:
    """OPC, ODF 1.2 part 3 (2.2.4) and EPUB OCF tell themselves by members or a first `mimetype`."""
    if head[30:38] == b"mimetype":
        length = int.from_bytes(head[18:22], "little")
        extra = int.from_bytes(head[28:30], "little")
        stated = head[38 + extra : 38 + extra + min(length, 100)]
        if re.fullmatch(rb"[a-z]+/[A-Za-z0-9.+-]{1,90}", stated):
            return stated.decode("ascii")
    members = _IWORK if b".iwa" in rest or b".iwa" in head or b"Index.zip" in rest else ()
    known: tuple[tuple[bytes, str], ...] = (*_ZIP_MEMBERS, *members)
    for member, media_type in known:
        if member in rest or member in head:
            return media_type
    return "application/zip"


def _identify_ole(data: bytes) -> str:
    for stream, media_type in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return media_type
    return "application/x-ole-storage"
