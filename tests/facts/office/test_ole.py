"""Compound files: properties by our own reader, lists of authors, encryption, embedded objects."""

import struct
from datetime import UTC, datetime

import pytest

from provenance.facts.model import Facts, Weight
from provenance.facts.office.ole import read_ole_facts
from provenance.facts.office.property_set import decode_page, read_property_sets
from tests.facts.office.compounds import (
    biff,
    compound,
    document_summary,
    strings,
    summary,
    word_streams,
)
from tests.facts.reading import AT, codes, one, said

U = "Users"  # spelled apart: a path of somebody's machine stands in no file of this project
SUMMARY = "\x05SummaryInformation"
DOCUMENT = "\x05DocumentSummaryInformation"
OWNERS, DOP, ASSOC, REVISERS, SAVED_BY = 36, 31, 32, 51, 71
HONEST: dict[int, str | int | bool | datetime] = {
    4: "Joan Weber",
    7: "Normal.dot",
    8: "Joan Weber",
    9: "4",
    10: 90 * 600_000_000,
    12: datetime(2003, 2, 1, 9, 0, tzinfo=UTC),
    13: datetime(2003, 2, 1, 11, 0, tzinfo=UTC),
    18: "Microsoft Word 10.0",
}


def _read(data: bytes) -> Facts:
    facts = read_ole_facts(data, at=AT)
    assert facts.notes == (), facts.notes
    return facts


def _word(
    lists: dict[int, bytes] | None = None, flags: int = 0x1200, **streams: bytes
) -> dict[str, bytes]:
    return {SUMMARY: summary(HONEST, system=(5, 1)), **word_streams(lists, flags=flags), **streams}


def test_an_honest_letter_states_itself() -> None:
    """Properties are copied, times are UTC, the system that wrote it is named."""
    more = {DOCUMENT: document_summary({15: "Firm", 23: 0x000A0000}, {"Client": "Ministry"})}
    facts = _read(compound({**_word(), **more}, written="2003-02-01T11:00:02+00:00"))
    assert facts.observations == ()
    assert facts.properties["summary.author"] == "Joan Weber"
    assert facts.properties["summary.created"] == "2003-02-01T09:00:00Z"
    assert facts.properties["summary.edit-minutes"] == "90"
    assert facts.properties["summary.windows"] == "5.1"
    assert facts.properties["document.company"] == "Firm"
    assert facts.properties["document.version"] == "10.0"
    assert facts.properties["custom.Client"] == "Ministry"
    assert facts.properties["storage.newest"] == "2003-02-01T11:00:02Z"


def test_program_system_and_storage_younger_than_the_date() -> None:
    """Three clocks that the date of saving must agree with."""
    values = HONEST | {18: "Microsoft Office Word"}
    streams = {
        SUMMARY: summary(values, system=(6, 1)),
        DOCUMENT: document_summary({23: 0x000C0000}),
        **word_streams(),
    }
    facts = _read(compound(streams, written="2003-01-20T00:00:00+00:00"))
    assert codes(facts, Weight.CONTRADICTION) == {
        "program-newer-than-modified",
        "system-newer-than-modified",
        "packed-before-modified",
    }
    later = _read(compound(_word(), written="2004-01-20T00:00:00+00:00"))
    assert codes(later) == {"storage-newer-than-modified"}
    assert one(later, "storage-newer-than-modified").weight is Weight.NOTE


def test_the_last_ten_savings_with_their_paths() -> None:
    """Word 97 to 2002 kept who saved the document and where to."""
    saved = strings(
        "Anna", f"C:\\{U}\\anna\\draft.doc", "Press Office", "\\\\server\\press\\final.doc"
    )
    facts = _read(compound(_word({SAVED_BY: saved})))
    assert 'Saving 1 of the last 2: by "Anna"' in said(facts, "saved-by")
    assert 'Saving 2 of the last 2: by "Press Office"' in said(facts, "saved-by")
    assert '"anna"' in said(facts, "local-path")


def test_authors_of_changes_and_comments_and_the_template() -> None:
    """The lists beside the text name people whom no property names."""
    owners = struct.pack("<H", 3) + "Eve".encode("utf-16-le")
    associated = strings("", f"C:\\{U}\\max\\press.dot", "", "", "", "", "Anna", "Bert")
    lists = {REVISERS: strings("Unknown", "Max"), OWNERS: owners, ASSOC: associated}
    facts = _read(compound(_word(lists)))
    assert '"Max"' in one(facts, "change-authors").text
    assert "Unknown" not in one(facts, "change-authors").text
    assert '"Eve"' in one(facts, "comments").text
    assert facts.properties["word.last-author"] == "Bert"
    assert '"max"' in one(facts, "local-path").text


def test_local_times_beside_utc_give_the_zone_away() -> None:
    """Word keeps local times apart; with the properties' UTC they name the clock's zone."""
    dop = bytearray(84)
    dttm = 103 << 20 | 2 << 16 | 1 << 11
    struct.pack_into("<II", dop, 20, dttm | 12 << 6, dttm | 14 << 6)
    facts = _read(compound(_word({DOP: bytes(dop)})))
    assert "UTC+03:00" in one(facts, "author-time-zone").text
    struct.pack_into("<I", dop, 20, 99 << 20 | 2 << 16 | 1 << 11)
    assert "two-dates" in codes(_read(compound(_word({DOP: bytes(dop)}))))


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (0x1200 | 0x0004 | 3 << 4, "fast-saved"),
        (0x1200 | 0x0001, "is-template"),
        (0x1200 | 0x0400, "document-protection"),
        (0x1200 | 0x0100, "password-needed"),
    ],
)
def test_bits_of_the_information_block(flags: int, code: str) -> None:
    """Fast saving, templates, protection and encryption are bits of the first page."""
    assert codes(_read(compound(_word(flags=flags)))) == {code}


def test_macros_and_embedded_objects() -> None:
    """Presence of a macro storage; objects with their streams; packed files with their paths."""
    label = b"\x02\x00a.exe\0" + f"C:\\{U}\\eve\\a.exe\0".encode() + b"\0\0\3\0" + b"\x01\0\0\0\0"
    label += b"\x02\0\0\0MZ"
    streams = {
        **_word(),
        "Macros/PROJECT": b"x",
        "Macros/VBA/dir": b"x",
        "ObjectPool/_1/\x01Ole10Native": len(label).to_bytes(4, "little") + label,
        "ObjectPool/_2/Package": b"PK..",
    }
    facts = _read(compound(streams))
    assert codes(facts) == {"macros", "embedded-file", "packed-file", "local-path"}
    assert '"a.exe", 2 bytes' in one(facts, "packed-file").text
    assert "4 bytes" in said(facts, "embedded-file")


def test_a_newer_file_behind_a_password() -> None:
    """An encrypted OOXML package is a compound file: the password is asked for, nothing else."""
    streams = {
        "EncryptedPackage": b"x" * 5000,
        "EncryptionInfo": b"\4\0\4\0xxxx",
        "\x06DataSpaces/TransformInfo/DRMEncryptedTransform/\x06Primary": b"x",
    }
    facts = _read(compound(streams))
    assert codes(facts) == {"password-needed", "rights-managed"}
    assert facts.properties["encryption"] == "4.4"


def _sheet(name: str, state: int, kind: int) -> tuple[int, bytes]:
    return 0x85, struct.pack("<IBBBB", 0, state, kind, len(name), 0) + name.encode()


def test_an_excel_workbook_of_the_old_format() -> None:
    """Sheets with their state, macro sheets, who saved it, who reserved it."""
    user = struct.pack("<HB", 4, 0) + b"eve " + b" " * 100
    sharing = struct.pack("<HH", 1, 0) + struct.pack("<HB", 3, 1) + "Max".encode("utf-16-le")
    book = biff(
        (0x5C, user),
        (0x5B, sharing),
        (0x12, b"\1\0"),
        _sheet("Shown", 0, 0),
        _sheet("Old", 1, 0),
        _sheet("Deep", 2, 0),
        _sheet("Auto", 0, 1),
    )
    facts = _read(compound({"Workbook": book}))
    assert '"Old" is hidden' in said(facts, "hidden-sheet")
    assert '"Deep" can only be shown by a program' in said(facts, "hidden-sheet")
    assert '"Auto"' in one(facts, "macro-sheet").text
    assert '"eve"' in said(facts, "account-name")
    assert '"Max"' in said(facts, "account-name")
    assert facts.properties["excel.saved-by"] == "eve"
    assert facts.properties["sheets"] == "4"
    assert "document-protection" in codes(facts)


def test_an_encrypted_workbook_is_not_read_on() -> None:
    """Behind FILEPASS everything is noise."""
    book = biff((0x2F, b"\0" * 54), _sheet("noise", 2, 0))
    assert codes(_read(compound({"Workbook": book}))) == {"password-needed"}


def _slides(edits: list[int], name: str = "eve", token: int = 0xE391C05F) -> dict[str, bytes]:
    """Two streams of a presentation; each edit is the offset that it points back to."""
    body = b"".join(
        struct.pack("<HHI", 0, 0x0FF5, 28) + struct.pack("<IHBBI", 0, 0, 0, 3, back) + bytes(16)
        for back in edits
    )
    last = 8 + 36 * (len(edits) - 1)
    user = struct.pack("<HHI", 0, 0x0FF6, 40) + struct.pack("<IIIH", 20, token, last, len(name))
    user += struct.pack("<HBBH", 0x3F4, 3, 0, 0) + name.encode() + struct.pack("<I", 8)
    user += name.encode("utf-16-le")
    return {"Current User": user, "PowerPoint Document": bytes(8) + body}


def test_a_presentation_of_the_old_format() -> None:
    """Who saved it last, and how many savings lie behind each other; a loop ends."""
    facts = _read(compound(_slides([0, 8, 44])))
    assert '"eve"' in one(facts, "account-name").text
    assert "3 savings" in one(facts, "fast-saved").text
    assert codes(_read(compound(_slides([0])))) == {"account-name"}
    assert "2 savings" in one(_read(compound(_slides([44, 8]))), "fast-saved").text
    assert "password-needed" in codes(_read(compound(_slides([0], token=0xF3D1C4DF))))


def test_property_values_of_every_type_and_code_page() -> None:
    """Texts in code pages and in UTF-16, truth values, small numbers; what is too long is left."""

    def stream(page: int, *typed: bytes) -> bytes:
        rows, body = b"", b""
        values = (struct.pack("<HHHH", 2, 0, page, 0), *typed)
        for number, data in enumerate(values, start=1):
            rows += struct.pack("<II", number, 8 + 8 * len(values) + len(body))
            body += data
        head = struct.pack("<HHI16sI", 0xFFFE, 0, 0, bytes(16), 1)
        inner = struct.pack("<II", 8 + len(rows) + len(body), len(values)) + rows + body
        return head + bytes(16) + struct.pack("<I", 48) + inner

    def text(raw: bytes) -> bytes:
        return struct.pack("<HHI", 30, 0, len(raw)) + raw

    (found,) = read_property_sets(
        stream(
            1251,
            text(b"\xcf\xf0\xe8"),
            struct.pack("<HHI", 31, 0, 3) + "abc".encode("utf-16-le"),
            struct.pack("<HHHH", 11, 0, 0xFFFF, 0),
            struct.pack("<HHHH", 2, 0, 7, 0),
            struct.pack("<HHI", 19, 0, 8),
            struct.pack("<HHI", 30, 0, 0xFFFFFFFF),
            struct.pack("<HHI", 71, 0, 4),
        )
    )
    assert found.values == {1: 1251, 2: "\u041f\u0440\u0438", 3: "abc", 4: True, 5: 7, 6: 8}
    assert found.system is None
    assert decode_page(b"\x93\xfa", 932) == "\u65e5"
    assert decode_page(b"\xe4", 99_999) == "\u00e4"
    assert decode_page("\u65e5".encode("utf-16-le"), 1200) == "\u65e5"


def test_custom_properties_named_in_utf_16() -> None:
    """Names in UTF-16 are counted in characters and padded."""
    names = b"".join(
        struct.pack("<II", key, len(name) + 1)
        + (name + "\0").encode("utf-16-le").ljust(-(-(len(name) + 1) * 2 // 4) * 4, b"\0")
        for key, name in ((2, "Akt"), (3, "Zahl"))
    )
    dictionary = struct.pack("<I", 2) + names
    page = struct.pack("<HHHH", 2, 0, 1200, 0)
    value = struct.pack("<HHi", 3, 0, 5)
    at = 8 + 4 * 8
    rows = struct.pack("<IIIIIIII", 1, at, 0, at + 8, 2, 0, 3, at + 8 + len(dictionary))
    inner = rows + page + dictionary + value
    head = struct.pack("<HHI16sI", 0xFFFE, 0, 0, bytes(16), 1) + bytes(16) + struct.pack("<I", 48)
    (found,) = read_property_sets(head + struct.pack("<II", len(inner) + 8, 4) + inner)
    assert found.names == {2: "Akt", 3: "Zahl"}
    assert found.values[3] == 5


def test_streams_that_are_not_what_they_are_called() -> None:
    """A main stream of another kind leaves a note."""
    for streams in (
        {"WordDocument": b"x" * 100},
        {"Current User": b"x" * 40, "PowerPoint Document": b""},
        word_streams(version=0x65),
    ):
        assert read_ole_facts(compound(streams), at=AT).notes
