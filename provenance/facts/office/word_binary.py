"""Facts of a Word 97 to 2003 document (MS-DOC): who saved it where, who changed it, what it hides.

Reads the file information block (2.5), which says where in the table stream the lists lie, and of
them: the last ten authors with the path each saved to (SttbSavedBy), authors of changes
(SttbfRMark) and of comments (GrpXstAtnOwners), the strings that belong to the document
(SttbfAssoc), and the times that Word keeps apart from the properties, in local time (Dop). Every
length is held against the stream; a broken list gives what stands before the break.
"""

import struct
from typing import Final

from provenance.facts.gathering import Gathered, listed, quoted
from provenance.facts.model import Weight
from provenance.facts.office.compound import Compound
from provenance.facts.places import tell_path
from provenance.facts.stated_dates import from_dttm, is_later, zone_between
from provenance.facts.timeline import Story

MAX_STRINGS: Final = 400  # of one list; Word keeps twenty of the longest
MAX_TABLE: Final = 16 << 20  # bytes of the table stream that are read

_MAGIC: Final = 0xA5EC  # 2.5.2
_FIRST_PAIR: Final = 0x9A  # where FibRgFcLcb97 begins: pairs of offset and length (2.5.6)
_OWNERS, _DOP, _ASSOC, _REVISERS, _SAVED_BY = 36, 31, 32, 51, 71  # number of the pair
_NEWEST: Final = 0x0C1  # nFib of Word 97; older files lay their lists out in another way
_ASSOC_NAMES: Final = {
    1: "template",
    6: "author",
    7: "last-author",
    8: "mail-merge-data",
    9: "mail-merge-header",
}


def read_word_binary(gathered: Gathered, compound: Compound, story: Story) -> None:
    """Observe what a Word document of the old format holds beside its text."""
    head = compound.read("WordDocument")
    if head is None or len(head) < 0x20 or struct.unpack_from("<H", head)[0] != _MAGIC:
        gathered.note("the main stream is not that of Word 97 or later, or cannot be read")
        return
    version, flags = struct.unpack_from("<H", head, 2)[0], struct.unpack_from("<H", head, 10)[0]
    gathered.state("word.format", version)
    gathered.state("word.language", struct.unpack_from("<H", head, 6)[0])
    if _tell_flags(gathered, flags):
        return
    table = compound.read("1Table" if flags & 0x200 else "0Table", limit=MAX_TABLE)
    if table is None or version < _NEWEST:
        gathered.note("the lists of authors could not be read: no table, or an older format")
        return
    _tell_saved_by(gathered, _strings(_slice(head, table, _SAVED_BY)))
    people = [name for name in _strings(_slice(head, table, _REVISERS)) if name != "Unknown"]
    if people:
        text = f"Changes were recorded in it by {listed(people)}."
        gathered.observe("change-authors", Weight.HIDDEN, text)
    owners = _owners(_slice(head, table, _OWNERS))
    if owners:
        gathered.observe("comments", Weight.HIDDEN, f"Comments in it, by {listed(owners)}.")
    _tell_associated(gathered, _strings(_slice(head, table, _ASSOC)))
    _tell_clock(gathered, _slice(head, table, _DOP), story)


def _tell_flags(gathered: Gathered, flags: int) -> bool:
    """Observe the bits of FibBase (2.5.2); True if the rest is encrypted."""
    if flags & 0x0004:
        times = flags >> 4 & 15
        text = (
            f"It was saved fast{f' {times} times' if 0 < times < 15 else ''}: only changes were"
            " written, and text that was deleted may still be in the file."
        )
        gathered.observe("fast-saved", Weight.HIDDEN, text)
    if flags & 0x0001:
        gathered.observe("is-template", Weight.NOTE, "It is a template.")
    if flags & 0x0C00:
        text = "Opening it for reading only is recommended, or changing it asks for a password."
        gathered.observe("document-protection", Weight.NOTE, text)
    if flags & 0x0100:
        text = "It is encrypted: a password is needed to read its content."
        gathered.observe("password-needed", Weight.NOTE, text)
        return True
    return False


def _slice(head: bytes, table: bytes, number: int) -> bytes:
    at = _FIRST_PAIR + number * 8
    if at + 8 > len(head):
        return b""
    start, length = struct.unpack_from("<II", head, at)
    return table[start : start + length] if start + length <= len(table) else b""


def _strings(data: bytes) -> list[str]:
    """Read a list of strings (STTB, 2.2.4)."""
    if len(data) < 6:
        return []
    wide = data[:2] == b"\xff\xff"
    count, extra = struct.unpack_from("<HH", data, 2 if wide else 0)
    at, found = (6 if wide else 4), []
    for _ in range(min(count, MAX_STRINGS)):
        size = 2 if wide else 1
        if at + size > len(data):
            break
        length = int.from_bytes(data[at : at + size], "little") * size
        at += size
        if at + length > len(data):
            break
        raw = data[at : at + length]
        found.append(raw.decode("utf-16-le" if wide else "cp1252", "replace"))
        at += length + extra
    return found


def _owners(data: bytes) -> list[str]:
    """Read the authors of comments (GrpXstAtnOwners, 2.9.122): counted UTF-16 strings."""
    found: list[str] = []
    at = 0
    while at + 2 <= len(data) and len(found) < MAX_STRINGS:
        length = int.from_bytes(data[at : at + 2], "little") * 2
        if at + 2 + length > len(data):
            break
        found.append(data[at + 2 : at + 2 + length].decode("utf-16-le", "replace"))
        at += 2 + length
    return [name for name in found if name.strip()]


def _tell_saved_by(gathered: Gathered, strings: list[str]) -> None:
    """Observe who saved it and where: pairs of a name and a path, oldest first (2.9.275)."""
    pairs = list(zip(strings[::2], strings[1::2], strict=False))
    for number, (name, path) in enumerate(pairs, start=1):
        text = f"Saving {number} of the last {len(pairs)}: by {quoted(name, 80)} to {quoted(path)}."
        gathered.observe("saved-by", Weight.HIDDEN, text)
        tell_path(gathered, path)


def _tell_associated(gathered: Gathered, strings: list[str]) -> None:
    for number, name in _ASSOC_NAMES.items():
        value = strings[number] if number < len(strings) else ""
        if value.strip():
            gathered.state(f"word.{name}", value)
            tell_path(gathered, value)


def _tell_clock(gathered: Gathered, dop: bytes, story: Story) -> None:
    """Hold Word's own times, which are local, against the properties', which are UTC (2.7.2)."""
    if len(dop) < 38:
        return
    created, revised = (from_dttm(struct.unpack_from("<I", dop, at)[0]) for at in (20, 24))
    for name, stated in (("created", created), ("revised", revised)):
        if stated is not None:
            gathered.state(f"word.{name}", stated.shown)
    gathered.state("word.revision", struct.unpack_from("<H", dop, 32)[0])
    zone = zone_between(revised, story.modified) if revised and story.modified else None
    if zone is not None:
        text = f"The clock of whoever saved it last stood at {zone}."
        gathered.observe("author-time-zone", Weight.HIDDEN, text)
    for one, other, what in (
        (created, story.created, "creation"),
        (revised, story.modified, "last saving"),
    ):
        if one and other and (is_later(one, other) or is_later(other, one)):
            text = (
                f"Two places give a different time of {what}: {one.shown} and {other.shown}, more"
                " than any two time zones lie apart."
            )
            gathered.observe("two-dates", Weight.CONTRADICTION, text)
