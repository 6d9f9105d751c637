"""Files that are meant to stop, starve or trap whoever opens them, each named for its attack."""

import gzip
import json
import random
import struct
import zlib
from collections.abc import Callable
from typing import Final

from tests.hostile.mixed.ordinary import image, letter, mail, open_document, packed, word, word_of
from tests.hostile.mixed.polyglots import program

_BIG: Final = 64 << 20  # bytes that a bomb of the second size unpacks to
_ZEROS: Final = zlib.compress(bytes(_BIG), 9)


def pdf_of(objects: dict[int, bytes], *, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a PDF of these objects, with a right cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in sorted(places.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    size = max(objects) + 1
    out += b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


_CATALOGUE: Final = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGES: Final = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_PAGE: Final = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>"


def _pdf(**others: bytes) -> bytes:
    """A one-page PDF in which some objects, `o1` to `o9`, are replaced."""
    objects = {1: _CATALOGUE, 2: _PAGES, 3: _PAGE, 4: _stream(b"", b"BT ET")}
    return pdf_of(objects | {int(name[1:]): body for name, body in others.items()})


def _page_tree_loop() -> bytes:
    return _pdf(o2=b"<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 100000>>")


def _parent_loop() -> bytes:
    return _pdf(o3=_PAGE.replace(b"2 0 R", b"3 0 R"))


def _outline_loop() -> bytes:
    return _pdf(
        o1=b"<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R>>",
        o5=b"<</First 6 0 R/Last 6 0 R/Count 9>>",
        o6=b"<</Title(x)/Next 6 0 R/Prev 6 0 R/Parent 5 0 R/First 6 0 R>>",
    )


def _field_loop() -> bytes:
    return _pdf(
        o1=b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/SigFlags 3>>>>",
        o5=b"<</T(a)/Kids[6 0 R 5 0 R]>>",
        o6=b"<</T(b)/Parent 5 0 R/Kids[5 0 R]/FT/Sig>>",
    )


def _content_bomb() -> bytes:
    return _pdf(o4=_stream(b"/Filter/FlateDecode", _ZEROS))


def _filter_chain_bomb() -> bytes:
    twice = zlib.compress(zlib.compress(zlib.compress(_ZEROS, 9), 9), 9)
    return _pdf(o4=_stream(b"/Filter[" + b"/FlateDecode" * 4 + b"]", twice))


def _object_stream_bomb() -> bytes:
    index = b"9 0 "
    packed_objects = zlib.compress(index + b"[" * 40_000_000, 9)
    entries = b"/Type/ObjStm/N 1/First %d/Filter/FlateDecode" % len(index)
    return _pdf(o5=_stream(entries, packed_objects))


def _reference_stream_bomb() -> bytes:
    head = b"%PDF-1.7\n"
    rows = zlib.compress(bytes(_BIG), 9)
    entries = b"/Type/XRef/W[1 4 2]/Size 9586980/Root 1 0 R/Filter/FlateDecode"
    body = b"7 0 obj\n" + _stream(entries, rows) + b"\nendobj\n"
    return head + body + b"startxref\n%d\n%%%%EOF\n" % len(head)


def _reference_loop() -> bytes:
    data = letter(1)
    start = data.rindex(b"startxref")
    at = int(data[start:].split()[1])
    return data[:start].replace(b"trailer\n<<", b"trailer\n<</Prev %d " % at) + data[start:]


def _deep_array() -> bytes:
    return _pdf(o4=b"[" * 60_000 + b"]" * 60_000)


def _picture_bomb() -> bytes:
    """A PNG of 50,000 by 50,000 points in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    rows = chunk(b"IHDR", head) + chunk(b"IDAT", _ZEROS) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + rows


def _huge_text_chunk() -> bytes:
    png = image("PNG", 1)
    packed_text = b"Comment\0\0" + _ZEROS
    chunk = struct.pack(">I", len(packed_text)) + b"zTXt" + packed_text
    return png[:33] + chunk + struct.pack(">I", zlib.crc32(b"zTXt" + packed_text)) + png[33:]


def _directory_loop() -> bytes:
    """A TIFF whose second directory is its first."""
    entry = struct.pack("<HHII", 256, 3, 1, 8)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + struct.pack("<I", 8)


def _ole(table: list[int], first_directory: int = 1) -> bytes:
    """An OLE file of 512-byte sectors whose allocation table, sector 0, says this."""
    head = bytearray(512)
    head[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", head, 44, 1, first_directory, 0, 4096, 2, 1, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    rows = struct.pack("<128I", *(table + [0xFFFFFFFF] * (128 - len(table))))

    def entry(name: str, kind: int, left: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le")
        made = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
        made += struct.pack("<III", left, 0xFFFFFFFF, child) + bytes(16 + 4 + 16)
        return made + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 0xFFFFFFFF, 1, 2, 64)
    directory += entry("WordDocument", 2, 1, 1, 3, 1 << 30)  # its own sibling, its own child
    directory += entry("\x05SummaryInformation", 2, 1, 2, 3, 1 << 30)
    return bytes(head) + rows + directory.ljust(512, b"\0") + bytes(512 * 4)


_END: Final = 0xFFFFFFFE
_OLE_LOOPS: Final = {
    "ole-sector-loop": lambda: _ole([0xFFFFFFFD, _END, 2, 3, 4, 5]),  # each sector its own next
    "ole-directory-loop": lambda: _ole([0xFFFFFFFD, 1, _END, _END]),
    "ole-far-directory": lambda: _ole([0xFFFFFFFD, _END], first_directory=0x00FFFFFF),
}


def _nested_mail() -> bytes:
    level = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    levels = b"".join(level % (depth, depth) for depth in range(1500))
    return b"From: a@b.org\r\nSubject: deep\r\n" + levels + b"\r\nend\r\n"


def _nested_messages() -> bytes:
    return b"From: a@b.org\r\nSubject: x\r\nContent-Type: message/rfc822\r\n\r\n" * 3000 + b"x"


def _many_parts() -> bytes:
    head = b"From: a@b.org\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"--b\r\n\r\nx\r\n" * 60_000 + b"--b--\r\n"


def _nested_archives() -> bytes:
    data = b"inside\n"
    for depth in range(40):
        data = packed({f"level-{depth}.zip" if depth else "inside.txt": data})
    return data


def _archive_bomb() -> bytes:
    return packed({f"zeros-{number}.bin": bytes(8 << 20) for number in range(12)})


def _many_members() -> bytes:
    return packed({f"{number}.txt": b"" for number in range(2_000)})


def _overlapping_members() -> bytes:
    """A ZIP in which many list entries share one member's bytes."""
    data = packed({"a.bin": bytes(1 << 20)})
    end = data.rindex(b"PK\x05\x06")
    listed = data.rindex(b"PK\x01\x02")
    entry = data[listed:end]
    count = 2000
    tail = bytearray(data[end:])
    struct.pack_into("<HHII", tail, 8, count, count, len(entry) * count, listed)
    return data[:listed] + entry * count + bytes(tail)


def _entity_bomb() -> bytes:
    rows = b"".join(
        b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"lol" * 10)
        for n in range(12)
    )
    return b'<?xml version="1.0"?><!DOCTYPE a [' + rows + b"]><a>&e11;</a>"


def _foreign_entity() -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


BROKEN: Final[dict[str, Callable[[], bytes]]] = {
    "page-tree-loop.pdf": _page_tree_loop,
    "parent-loop.pdf": _parent_loop,
    "outline-loop.pdf": _outline_loop,
    "field-loop.pdf": _field_loop,
    "reference-loop.pdf": _reference_loop,
    "content-bomb.pdf": _content_bomb,
    "filter-chain-bomb.pdf": _filter_chain_bomb,
    "object-stream-bomb.pdf": _object_stream_bomb,
    "reference-stream-bomb.pdf": _reference_stream_bomb,
    "deep-array.pdf": _deep_array,
    "picture-bomb.png": _picture_bomb,
    "text-chunk-bomb.png": _huge_text_chunk,
    "directory-loop.tif": _directory_loop,
    **{f"{name}.doc": make for name, make in _OLE_LOOPS.items()},
    "nested-parts.eml": _nested_mail,
    "nested-messages.eml": _nested_messages,
    "many-parts.eml": _many_parts,
    "nested-archives.zip": _nested_archives,
    "archive-bomb.zip": _archive_bomb,
    "many-members.zip": _many_members,
    "overlapping-members.zip": _overlapping_members,
    "gzip-bomb.gz": lambda: gzip.compress(bytes(_BIG), 9, mtime=0),
    "document-bomb.docx": lambda: word_of(b"<w:p/>" * 3_000_000),
    "deep.docx": lambda: word_of(b"<w:p>" * 100_000),
    "entity-bomb.xml": _entity_bomb,
    "foreign-entity.xml": _foreign_entity,
    "deep.xml": lambda: b'<?xml version="1.0"?>' + b"<a>" * 200_000,
    "deep.json": lambda: b"[" * 300_000,
    "long-number.json": lambda: b'{"n": ' + b"9" * 300_000 + b"}",
    "deep.rtf": lambda: b"{\\rtf1 " + b"{" * 200_000,
    "deep.html": lambda: b"<!DOCTYPE html><html>" + b"<div>" * 200_000,
    "one-line.csv": lambda: b"a," * 2_000_000,
    "empty.pdf": lambda: b"",
    "header-only.pdf": lambda: b"%PDF-1.7\n",
    "program.pdf": program,
    "picture.pdf": lambda: image("JPEG", 3),
    "letter.jpg": lambda: letter(7),
    "invoice.pdf.exe": lambda: letter(8),
    "letter\u202efdp.exe": program,
    "\x1b[2J\x1b]0;owned\x07letter.pdf": lambda: letter(9),
    "letter\r\nSubject: x.eml": lambda: mail(9),
    "padded.pdf                    .scr": program,
    "-rf.txt": lambda: b"a name that looks like an option\n",
    "n" * 240 + ".txt": lambda: b"a long name\n",
}
"""File name to a maker of its contents."""


def cut(number: int) -> tuple[str, bytes]:
    """Return an ordinary file, cut somewhere."""
    dice = random.Random(number)  # noqa: S311 - repeatable, nothing secret
    extension, data = _victim(number)
    return extension, data[: dice.randrange(len(data))]


def flipped(number: int) -> tuple[str, bytes]:
    """Return an ordinary file with some bits turned over."""
    dice = random.Random(number)  # noqa: S311 - repeatable, nothing secret
    extension, data = _victim(number)
    broken = bytearray(data)
    for _ in range(dice.randrange(1, 20)):
        broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
    return extension, bytes(broken)


def _victim(number: int) -> tuple[str, bytes]:
    choices: tuple[tuple[str, Callable[[int], bytes]], ...] = (
        ("pdf", letter),
        ("docx", word),
        ("odt", open_document),
        ("eml", mail),
        ("jpg", lambda n: image("JPEG", n)),
        ("png", lambda n: image("PNG", n)),
        ("json", lambda n: json.dumps({"a": [n] * 50}).encode()),
    )
    extension, make = choices[number % len(choices)]
    return extension, make(number)
