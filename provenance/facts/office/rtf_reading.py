"""Read an RTF file in one pass: which text belongs to what.

A stack holds what each open group is for; a group inherits from the one around it. Rules: a
destination that is not known here is passed over; text is body only outside of destinations; hidden
and deleted text is kept apart; at most MAX_TOKENS pieces and MAX_DEEP open groups, deeper ones are
counted and not kept, so that 200,000 braces cost nothing; what is kept is bounded (MAX_KEPT,
MAX_HELD, MAX_OBJECT).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from provenance.facts.office.property_set import decode_page
from provenance.facts.office.rtf_tokens import Kind, Token, cut_rtf

MAX_TOKENS: Final = 3_000_000  # pieces of one file
MAX_DEEP: Final = 1_000  # open groups that are told apart; Word nests some dozen
MAX_KEPT: Final = 8 << 20  # bytes of text kept of the body, of hidden text, and of each change
MAX_HELD: Final = 64 << 10  # bytes kept of one destination
MAX_OBJECT: Final = 32 << 20  # digits kept of one object
MAX_PIECES: Final = 5_000  # destinations of one name that are kept
MAX_CHANGES: Final = 5_000  # authors and minutes of changes that are told apart

INFO: Final = frozenset({
    "title", "subject", "author", "operator", "manager", "company", "category", "keywords",
    "comment", "doccomm", "hlinkbase",
})  # fmt: skip
TIMES: Final = frozenset({"creatim", "revtim", "printim", "buptim"})
_KEPT: Final = INFO | {
    "generator", "template", "fldinst", "objclass", "objname", "objdata", "revtbl", "atnauthor",
    "atndate", "annotation", "propname", "staticval", "rsidtbl",
}  # fmt: skip
_PASSED: Final = frozenset({
    "fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "pict", "themedata",
    "colorschememapping", "latentstyles", "datastore", "xmlnstbl", "info", "blipuid", "filetbl",
    "pgptbl", "wgrffmtfilter", "fontemb", "userprops", "docvar", "bkmkstart", "bkmkend",
})  # fmt: skip
_BREAKS: Final = frozenset({"par", "line", "cell", "row", "sect", "page"})
_NUMBERS: Final = frozenset({"version", "edmins", "nofpages", "nofwords", "vern"})
_FIELDS: Final = frozenset({"yr", "mo", "dy", "hr", "min", "sec"})
_LITERAL: Final[Mapping[str, bytes]] = {"\\": b"\\", "{": b"{", "}": b"}", "~": b" "}
FLAGS: Final = frozenset({
    "objautlink", "objlink", "objupdate", "objocx", "protect", "formprot", "annotprot",
    "revprot", "readprot",
})  # fmt: skip


class Pieces:
    """Text put together from bytes of a code page and Unicode characters, bounded."""

    def __init__(self, room: int = MAX_KEPT) -> None:
        self._parts: list[bytes | str] = []
        self._room = room

    def add(self, part: bytes | str) -> None:
        """Append a piece; what exceeds the room is left out."""
        if self._room > 0:
            self._parts.append(part[: self._room])
            self._room -= len(part)

    def raw(self) -> bytes:
        """Return the bytes alone, one after the other."""
        return b"".join(part for part in self._parts if isinstance(part, bytes))

    def text(self, page: int) -> str:
        """Return all of it as text; bytes that follow each other are decoded as one."""
        out: list[str] = []
        waiting: list[bytes] = []
        for part in (*self._parts, ""):
            if isinstance(part, bytes):
                waiting.append(part)
                continue
            if waiting:
                out.append(decode_page(b"".join(waiting), page))
                waiting.clear()
            out.append(part)
        # `\u` writes characters beyond the first plane as two halves.
        whole = "".join(out)
        return whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@dataclass(slots=True)
class _Group:
    """One open group."""

    name: str = ""
    """Destination; "" = part of the text."""
    hidden: bool = False
    change: str = ""
    """`deletion`, `insertion` or ""."""
    author: int = 0
    made: int = 0
    skip: int = 1
    """Characters that stand in for a Unicode one (`\\uc`)."""
    starred: bool = False


@dataclass(slots=True, kw_only=True)
class RtfFile:
    """What was read."""

    page: int = 1252
    """Code page of its bytes."""
    cut: bool = False
    """It has more pieces than are read."""
    kept: dict[str, list[Pieces]] = field(default_factory=dict)
    """Destination to its texts, in order."""
    times: dict[str, dict[str, int]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)
    origin: str = ""
    """Root of the editing sessions."""
    body: Pieces = field(default_factory=Pieces)
    hidden: Pieces = field(default_factory=Pieces)
    changes: dict[tuple[str, int, int], Pieces] = field(default_factory=dict)
    """Kind, author's number and DTTM to the text."""

    def texts(self, name: str) -> list[str]:
        """Return the texts of a destination, in order."""
        return [one.text(self.page).strip() for one in self.kept.get(name, ())]

    def text(self, name: str) -> str:
        """Return the first text of a destination, "" if there is none."""
        return next(iter(self.texts(name)), "")


class _Reader:
    def __init__(self) -> None:
        self.file = RtfFile()
        self._groups = [_Group()]
        self._deeper = 0  # open groups beyond MAX_DEEP
        self._pending = 0  # characters still to be left out after a Unicode escape

    def take(self, token: Token) -> None:
        if token.kind is Kind.OPEN:
            if len(self._groups) < MAX_DEEP:
                self._groups.append(replace(self._groups[-1], starred=False))
            else:
                self._deeper += 1
        elif token.kind is Kind.CLOSE:
            if self._deeper:
                self._deeper -= 1
            elif len(self._groups) > 1:
                self._groups.pop()
        elif token.kind is Kind.BYTES:
            self._bytes(token.data)
        else:
            self._word(token)

    def _bytes(self, data: bytes) -> None:
        dropped = min(self._pending, len(data))
        self._pending -= dropped
        if dropped < len(data):
            self._put(data[dropped:])

    def _put(self, part: bytes | str) -> None:
        group, file = self._groups[-1], self.file
        if group.name:
            if group.name in _KEPT and (store := file.kept.get(group.name)):
                store[-1].add(part)
            return
        if group.hidden:
            file.hidden.add(part)
        if group.change:
            key = (group.change, group.author, group.made)
            if key not in file.changes and len(file.changes) < MAX_CHANGES:
                file.changes[key] = Pieces()
            if key in file.changes:
                file.changes[key].add(part)
        if group.change != "deletion":
            file.body.add(part)

    def _word(self, token: Token) -> None:
        name, number, group = token.name, token.number, self._groups[-1]
        if name == "*":
            group.starred = True
        elif name == "u" and number is not None:
            self._put(chr(number & 0xFFFF))
            self._pending = group.skip
        elif name in _LITERAL:
            self._bytes(_LITERAL[name])
        elif name in _STATES:
            _STATES[name](group, 1 if number is None else number)
        elif name in _KEPT or name in TIMES or name in _PASSED or group.starred:
            self._enter(group, name, number)
        elif name in _BREAKS or name == "tab":
            self._put("\t" if name == "tab" else "\n")
        elif name in FLAGS:
            self.file.flags.add(name)
        elif number is not None:
            self._number(group, name, number)

    def _enter(self, group: _Group, name: str, number: int | None) -> None:
        """A destination begins; one that is not known is passed over with all inside it."""
        if name in FLAGS:
            self.file.flags.add(name)
        # `{\*\revtbl {Unknown;}{Joan;}}`: the inner groups belong to the same list.
        group.starred = False
        group.name = name
        if name in _KEPT:
            store = self.file.kept.setdefault(name, [])
            if len(store) < MAX_PIECES:
                store.append(Pieces(MAX_OBJECT if name == "objdata" else MAX_HELD))
        elif name in TIMES:
            self.file.times.setdefault(name, {})
        if number is not None:
            self._number(group, name, number)

    def _number(self, group: _Group, name: str, number: int) -> None:
        file = self.file
        if name == "ansicpg":
            file.page = number
        elif name in _FIELDS and group.name in TIMES:
            file.times[group.name].setdefault(name, number)
        elif name in _NUMBERS:
            file.numbers.setdefault(name, number)
        elif name == "rsid" and group.name == "rsidtbl":
            file.sessions.add(f"{number & 0xFFFFFFFF:08X}")
        elif name == "rsidroot":
            file.origin = f"{number & 0xFFFFFFFF:08X}"


def _set_hidden(group: _Group, number: int) -> None:
    group.hidden = number != 0


def _set_deleted(group: _Group, number: int) -> None:
    group.change = "deletion" if number else ""


def _set_revised(group: _Group, number: int) -> None:
    group.change = "insertion" if number else ""


def _set_author(group: _Group, number: int) -> None:
    group.author = number


def _set_made(group: _Group, number: int) -> None:
    group.made = number & 0xFFFFFFFF


def _set_skip(group: _Group, number: int) -> None:
    group.skip = max(0, min(number, 16))


def _set_plain(group: _Group, _: int) -> None:
    group.hidden, group.change = False, ""


_STATES: Final[Mapping[str, Callable[[_Group, int], None]]] = {
    "v": _set_hidden,
    "deleted": _set_deleted,
    "revised": _set_revised,
    "revauth": _set_author,
    "revauthdel": _set_author,
    "revdttm": _set_made,
    "revdttmdel": _set_made,
    "uc": _set_skip,
    "plain": _set_plain,
}


def read_rtf(data: bytes) -> RtfFile:
    """Return what an RTF file holds; total."""
    reader = _Reader()
    for number, token in enumerate(cut_rtf(data)):
        if number >= MAX_TOKENS:
            reader.file.cut = True
            break
        reader.take(token)
    return reader.file
