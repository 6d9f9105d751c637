"""Turn what a person types for a document into conditions on the item and exemplar views.

An accession number (2026-0001) or its beginning, the beginning of an item's id, or the beginning of
a SHA-256, both in hex of either case. Beginnings become ranges of numbers or bytes, which an index
answers on any database, whatever its collation.
"""

import re
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, true

from provenance_store.view_rows import ITEM_VIEW

MAX_DIGITS: Final = 9  # of an accession number; 999,999,999 items a year fit the column

_ACCESSION: Final = re.compile(r"([0-9]{1,4})|([0-9]{4})-([0-9]{0,9})")
_HEX: Final = re.compile(r"[0-9a-f]+")


def accession_parts(text: str) -> tuple[int, int] | None:
    """Return (year, number) of an accession number given in full, else None."""
    match = re.fullmatch(r"([0-9]{4})-([0-9]{4,9})", text)
    if match is None or f"{int(match[2]):04d}" != match[2]:
        return None
    return int(match[1]), int(match[2])


def accession_begins(text: str) -> ColumnElement[bool] | None:
    """Return the condition that an item's accession number begins so; None if none can."""
    match = _ACCESSION.fullmatch(text)
    if match is None:
        return None
    year = ITEM_VIEW.c.year
    if match[1] is not None:
        return year.between(int(match[1].ljust(4, "0")), int(match[1].ljust(4, "9")))
    return and_(year == int(match[2]), _number_begins(match[3]))


def _number_begins(digits: str) -> ColumnElement[bool]:
    if not digits:
        return true()
    # 2026-1 begins 1000-1999, 10000-19999 ...; 2026-01 only 0100-0199: four digits are padded.
    widths = [4] if digits.startswith("0") else range(4, MAX_DIGITS + 1)
    spans = [
        ITEM_VIEW.c.number.between(int(digits.ljust(w, "0")), int(digits.ljust(w, "9")))
        for w in widths
        if w >= len(digits)
    ]
    return or_(*spans) if spans else ~true()


def hex_begins(
    column: ColumnElement[bytes], text: str, *, length: int
) -> ColumnElement[bool] | None:
    """Return the condition that a column of `length` bytes begins with these hex digits."""
    if _HEX.fullmatch(text) is None or len(text) > 2 * length:
        return None
    low = bytes.fromhex(text.ljust(2 * length, "0"))
    high = bytes.fromhex(text.ljust(2 * length, "f"))
    return column.between(low, high)
