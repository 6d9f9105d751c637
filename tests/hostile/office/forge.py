"""Make hostile office files. Each function is one attack, named for what it tries.

Sources: billion laughs and external entities (CWE-776, CWE-611); small bombs and overlapping
members (Fifield, "A better zip bomb", 2019); property sets on which a common reader never ends
(olefile issues 162, 168, 170); loops in sector chains, directories and edits (MS-CFB 2.6.4,
MS-PPT 2.3.3); decoys that make two readers see two documents. `python -m
tests.hostile.office.forge DIR` writes one of each.
"""

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.facts.office.compounds import compound, summary, word_streams
from tests.facts.office.packages import W, docx, docx_parts, odf, zipped

BOMB: Final = 400 << 20  # bytes that one part claims to be
DEEP: Final = 200_000  # nested elements or groups
_SUMMARY: Final = "\x05SummaryInformation"


def _with_document(document: str | bytes) -> bytes:
    return zipped({**docx_parts(), "word/document.xml": document})


def entity_bomb() -> bytes:
    """Entities within entities that grow to gigabytes when they are resolved."""
    rows = "".join(
        f'<!ENTITY x{number} "{f"&x{number - 1};" * 10 if number else "ha" * 50}">'
        for number in range(12)
    )
    return _with_document(f'<!DOCTYPE d [{rows}]><w:document xmlns:w="{W}">&x11;</w:document>')


def external_entity() -> bytes:
    """An entity that stands for a file of the reader's computer."""
    declared = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    body = f'<w:document xmlns:w="{W}"><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:document>'
    return _with_document(declared + body)


def entity_bomb_in_utf_16() -> bytes:
    """The same in UTF-16, where a search for the declaration in bytes may miss it."""
    text = f'<!DOCTYPE d [<!ENTITY x "y">]><w:document xmlns:w="{W}">&x;</w:document>'
    return _with_document(text.encode("utf-16"))


def entity_in_another_code() -> bytes:
    """The same in UTF-32: the declaration is in no byte what a search expects."""
    text = '<?xml version="1.0" encoding="UTF-32"?><!DOCTYPE d [<!ENTITY x "y">]>'
    return _with_document(f'{text}<d xmlns="{W}">&x;</d>'.encode("utf-32"))


def nested_elements() -> bytes:
    """Elements within elements, far deeper than any stack."""
    return _with_document(f'<w:document xmlns:w="{W}">' + "<w:p>" * DEEP)


def zip_bomb() -> bytes:
    """One part of 400 MB in a file of 400 kB."""
    return _squeezed("word/document.xml", BOMB, claimed=BOMB)


def zip_bomb_with_a_false_size() -> bytes:
    """The same part, and the directory claims that it is small."""
    return _squeezed("word/document.xml", 64 << 20, claimed=1000)


def _squeezed(name: str, size: int, *, claimed: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    held = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)) + packer.flush()
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out) as archive:
        parts = [(one, archive.read(one)) for one in archive.namelist() if one != name]
    honest = zipped([*parts, (name, b"x")])
    # The last entry is rewritten by hand: local header, bytes, directory, end.
    at = honest.rindex(b"PK\x03\x04")
    central = honest.rindex(b"PK\x01\x02")
    directory = honest.index(b"PK\x01\x02")
    local = bytearray(honest[at : at + 30 + len(name)])
    struct.pack_into("<III", local, 14, 0, len(held), claimed)
    row = bytearray(honest[central : honest.rindex(b"PK\x05\x06")])
    struct.pack_into("<III", row, 16, 0, len(held), claimed)
    start = at + len(local) + len(held)
    rows = honest[directory:central] + bytes(row)
    end = bytearray(honest[honest.rindex(b"PK\x05\x06") :])
    struct.pack_into("<II", end, 12, len(rows), start)
    return honest[:at] + bytes(local) + held + rows + bytes(end)


def overlapping_members() -> bytes:
    """A thousand members that all lie in the same bytes."""
    honest = zipped([("a.xml", b"x" * 100_000)])
    directory = honest.index(b"PK\x01\x02")
    end = bytearray(honest[honest.rindex(b"PK\x05\x06") :])
    row = honest[directory : honest.rindex(b"PK\x05\x06")]
    rows = row * 1000
    struct.pack_into("<HHII", end, 8, 1000, 1000, len(rows), directory)
    return honest[:directory] + rows + bytes(end)


def duplicate_document() -> bytes:
    """Two parts of one name: one reader shows the first, another the last."""
    parts = list(docx_parts().items())
    other = docx_parts("<w:p><w:r><w:t>Another letter</w:t></w:r></w:p>")["word/document.xml"]
    return zipped([*parts, ("Word/Document.XML", other)])


def names_that_lead_out() -> bytes:
    """Members called `../../x` and `/etc/x`."""
    return zipped({**docx_parts(), "../../evil.xml": "<x/>", "/etc/evil.xml": "<x/>"})


def wrong_checksum() -> bytes:
    """A part whose bytes are not those that the archive vouches for."""
    data = bytearray(zipped(docx_parts(), stored=frozenset({"word/document.xml"})))
    at = data.index(b"Dear Sir")
    data[at : at + 4] = b"Fear"
    return bytes(data)


def bytes_behind_the_end() -> bytes:
    """Bytes after the archive's end: readers that search for an end find another one."""
    return docx() + b"PK\x05\x06 more"


def relationship_loop() -> bytes:
    """Parts that lead to each other in a circle, and to themselves."""
    return docx(rels=(("header", "document.xml"), ("footer", "../word/document.xml")))


def many_relationships() -> bytes:
    """A hundred thousand targets outside."""
    return docx(outside=tuple(("image", f"http://h{number}.example/") for number in range(100_000)))


def many_changes() -> bytes:
    """A hundred thousand deletions, one within another for a while."""
    one = '<w:del w:author="A"><w:r><w:delText>x</w:delText></w:r></w:del>'
    nested = '<w:del w:author="A">' * 200 + "<w:r><w:delText>deep</w:delText></w:r>"
    return docx(f"<w:p>{one * 100_000}{nested}{'</w:del>' * 200}</w:p>")


def lists_that_lead_back() -> bytes:
    """Document marked as its own thumbnail, settings and comments."""
    kinds = ("settings", "comments", "people", "fontTable", "styles", "customXml", "thumbnail")
    return docx(rels=tuple((kind, "document.xml") for kind in kinds))


def odf_entity_bomb() -> bytes:
    """A bomb in a list of contents."""
    bomb = '<!DOCTYPE m [<!ENTITY a "ha">]><m>&a;</m>'
    return odf(unlisted={"META-INF/manifest2.xml": bomb}, more={"styles.xml": bomb})


def property_set_that_never_ends() -> bytes:
    """Counts of four thousand million in every place where a property set has one."""
    good = bytearray(summary({4: "Joan", 9: "1"}))
    struct.pack_into("<I", good, 24, 0xFFFFFFFF)  # sets
    struct.pack_into("<I", good, 52, 0xFFFFFFFF)  # properties
    vector = struct.pack("<HHI", 0x100C, 0, 0xFFFFFFFF)  # a vector of variants
    return compound({_SUMMARY: bytes(good) + vector * 400, **word_streams()})


def property_offsets_that_lead_back() -> bytes:
    """Every property lies at the same place: the head of the table itself."""
    rows = b"".join(struct.pack("<II", number, 0) for number in range(2, 500))
    body = struct.pack("<II", len(rows) + 8, 498) + rows
    head = summary({})[:28] + summary({})[28:44] + struct.pack("<I", 48)
    return compound({_SUMMARY: head + body, **word_streams()})


def sector_chain_loop() -> bytes:
    """A chain of sectors that leads back to its beginning."""
    data = bytearray(compound({"WordDocument": b"w" * 20_000, "1Table": b"t" * 9_000}))
    fat = data[512:1024]
    entries = list(struct.unpack("<128I", fat))
    for number, value in enumerate(entries):
        if value < 0xFFFFFFFA:
            entries[number] = max(number - 1, 0)
    data[512:1024] = struct.pack("<128I", *entries)
    return bytes(data)


def directory_loop() -> bytes:
    """A directory whose entries are each other's siblings and children."""
    data = bytearray(compound({f"S/{name}": b"x" * 5000 for name in "abcdef"}))
    start = 512 + struct.unpack_from("<I", data, 48)[0] * 512
    for number in range(7):
        struct.pack_into("<III", data, start + number * 128 + 68, 1, 1, 0)
    return bytes(data)


def directory_as_one_long_branch() -> bytes:
    """Thousands of streams, each the sibling of the one before: deep for a reader that recurses."""
    return compound({f"{number:05d}": b"" for number in range(3000)})


def stream_of_a_false_size() -> bytes:
    """A stream that claims four thousand million bytes."""
    data = bytearray(compound(word_streams()))
    start = 512 + struct.unpack_from("<I", data, 48)[0] * 512
    for number in range(1, 3):
        struct.pack_into("<Q", data, start + number * 128 + 120, 0xFFFFFFF0)
    return bytes(data)


def short_compound() -> bytes:
    """A file so short that a library takes its bytes for a path: `/etc/...` must not be opened."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"/etc/hostname"


def rtf_groups() -> bytes:
    """Groups within groups, far deeper than any stack."""
    return b"{\\rtf1" + b"{\\v" * DEEP + b" deep" + b"}" * (DEEP // 2)


def rtf_binary_of_a_false_size() -> bytes:
    """Binary data that claims to go on for two thousand million bytes."""
    return b"{\\rtf1{\\pict\\bin2147483647 x}{\\info{\\author Joan}}}"


def rtf_object_of_noise() -> bytes:
    """An object in which every digit stands between others, as malware writes it."""
    return b"{\\rtf1{\\object{\\*\\objdata " + b"0{}1\\zz5 g0" * 2000 + b"}}}"


ATTACKS: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    one.__name__.replace("_", "-"): (kind, one)
    for kind, group in {
        "ooxml": (
            entity_bomb,
            external_entity,
            entity_bomb_in_utf_16,
            entity_in_another_code,
            nested_elements,
            zip_bomb,
            zip_bomb_with_a_false_size,
            overlapping_members,
            duplicate_document,
            names_that_lead_out,
            wrong_checksum,
            bytes_behind_the_end,
            relationship_loop,
            many_relationships,
            many_changes,
            lists_that_lead_back,
        ),
        "odf": (odf_entity_bomb,),
        "ole": (
            property_set_that_never_ends,
            property_offsets_that_lead_back,
            sector_chain_loop,
            directory_loop,
            directory_as_one_long_branch,
            stream_of_a_false_size,
            short_compound,
        ),
        "rtf": (rtf_groups, rtf_binary_of_a_false_size, rtf_object_of_noise),
    }.items()
    for one in group
}
"""Name of the attack to the family of its file and what makes it."""


def main(folder: Path) -> None:
    """Write one file of each attack."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (kind, make) in ATTACKS.items():
        (folder / f"{name}.{kind}").write_bytes(make())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
