"""Facts of an Excel 97 to 2003 workbook (MS-XLS): sheets and their state, who wrote it, protection.

Walks the records of the first substream up to its end, at most MAX_RECORDS. Records of an encrypted
workbook after FILEPASS are not read.
"""

import struct
from collections.abc import Iterator
from typing import Final

from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight
from provenance.facts.office.compound import Compound
from provenance.facts.office.property_set import decode_page

MAX_RECORDS: Final = 200_000  # of the first substream; a large workbook has some ten thousand

_BOF, _EOF, _FILEPASS, _WRITEACCESS = 0x0809, 0x000A, 0x002F, 0x005C
_FILESHARING, _BOUNDSHEET, _PROTECT, _CODEPAGE = 0x005B, 0x0085, 0x0012, 0x0042
_BIFF8: Final = 0x0600
_MACRO_SHEET: Final = 1  # dt of BoundSheet8 (2.4.28)


def read_excel_binary(gathered: Gathered, compound: Compound) -> None:
    """Observe what a workbook of the old format says about its sheets and its author."""
    data = compound.read("Workbook") or compound.read("Book")
    if data is None:
        gathered.note("the workbook stream cannot be read")
        return
    wide, page, sheets = True, 1252, 0
    for kind, body in _records(data):
        if kind == _BOF and len(body) >= 2:
            wide = struct.unpack_from("<H", body)[0] == _BIFF8
        elif kind == _CODEPAGE and len(body) >= 2:
            page = struct.unpack_from("<H", body)[0]
        elif kind == _FILEPASS:
            text = "It is encrypted: a password is needed to read its content."
            gathered.observe("password-needed", Weight.NOTE, text)
            return
        elif kind == _BOUNDSHEET:
            sheets += 1
            _tell_sheet(gathered, body, wide, page)
        else:
            _tell_author(gathered, kind, body, wide, page)
    gathered.state("sheets", sheets)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(MAX_RECORDS):
        if at + 4 > len(data):
            return
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + size]
        if kind == _EOF:
            return
        at += 4 + size


def _tell_sheet(gathered: Gathered, body: bytes, wide: bool, page: int) -> None:
    if len(body) < 8:
        return
    state, kind = body[4] & 3, body[5]
    name = _text(body, 6, wide, page, short=True)
    if state:
        how = "can only be shown by a program" if state == 2 else "is hidden"
        text = f"The sheet {quoted(name, 80)} {how}."
        gathered.observe("hidden-sheet", Weight.HIDDEN, text)
    if kind == _MACRO_SHEET:
        text = (
            f"The sheet {quoted(name, 80)} is a macro sheet of the old kind (Excel 4): cells that"
            " run as a program."
        )
        gathered.observe("macro-sheet", Weight.RISK, text)


def _tell_author(gathered: Gathered, kind: int, body: bytes, wide: bool, page: int) -> None:
    if kind == _WRITEACCESS:
        name = _text(body, 0, wide, page, short=not wide).strip()
        if name:
            gathered.state("excel.saved-by", name)
            text = f"The account that saved it last: {quoted(name, 80)}."
            gathered.observe("account-name", Weight.HIDDEN, text)
    elif kind == _FILESHARING and len(body) > 6:
        name = _text(body, 4, wide, page, short=not wide).strip()
        if name:
            text = f"It was reserved for writing by {quoted(name, 80)}."
            gathered.observe("account-name", Weight.HIDDEN, text)
    elif kind == _PROTECT and body[:2] == b"\1\0":
        gathered.observe("document-protection", Weight.NOTE, "The workbook is protected.")


def _text(body: bytes, at: int, wide: bool, page: int, *, short: bool) -> str:
    """Read a counted string (2.5.294); before Excel 97, bytes of the code page."""
    size = 1 if short else 2
    if at + size > len(body):
        return ""
    length = int.from_bytes(body[at : at + size], "little")
    at += size
    if not wide:
        return decode_page(body[at : at + length], page)
    flags = body[at] if at < len(body) else 0
    if flags & 1:
        return body[at + 1 : at + 1 + length * 2].decode("utf-16-le", "replace")
    return body[at + 1 : at + 1 + length].decode("latin-1")
