"""Facts of a plain text: how it is written down, what is not seen, what it does to a terminal.

States encoding and line ends; observes hidden and disguised characters, control codes that move a
terminal's cursor or colour (RISK: never print a text unread), blanks that can carry a mark, and
paths near its beginning that name an account.
"""

import re
from datetime import datetime
from typing import Final

from provenance.facts.characters import tell_line_ends, tell_odd_characters
from provenance.facts.gathering import Gathered, counted
from provenance.facts.model import Facts, Weight
from provenance.facts.places import tell_paths_in
from provenance.facts.plain.decoding import decode_text

MAX_FILE: Final = 32 << 20  # bytes of a text that are read
_ESCAPES: Final = re.compile(r"\x1b[\[\]PX^_]|[\x80-\x9f]|\x08")
_ENDS: Final = re.compile(r"\r\n|\r|\n")


def read_text_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of a plain text.

    Args:
        data: the file.
        at: now, UTC.
    """
    gathered = Gathered(at)
    gathered.step("text", lambda: _read(gathered, data))
    return gathered.facts()


def _read(gathered: Gathered, data: bytes) -> None:
    if len(data) > MAX_FILE:
        gathered.note(f"only the first {MAX_FILE} bytes were read")
    decoded = decode_text(data[:MAX_FILE])
    text = decoded.text
    gathered.state("text.encoding", decoded.encoding + (" (marked)" if decoded.marked else ""))
    _state_ends(gathered, text)
    codes = _ESCAPES.findall(text) if decoded.encoding != "windows-1252" else []
    codes = codes or re.findall(r"\x1b[\[\]PX^_]", text)
    if codes:
        said = (
            f"{counted(len(codes), 'code')} in it can move a terminal's cursor, change what it"
            " shows, or rename its window: do not print it there."
        )
        gathered.observe("terminal-codes", Weight.RISK, said)
    tell_odd_characters(gathered, text)
    tell_line_ends(gathered, text)
    tell_paths_in(gathered, text)


def _state_ends(gathered: Gathered, text: str) -> None:
    names = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}
    counts: dict[str, int] = {}
    for match in _ENDS.finditer(text):
        counts[names[match[0]]] = counts.get(names[match[0]], 0) + 1
    said = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    gathered.state("text.line-ends", said)
    if len(counts) > 1:
        note = f"Its lines end in different ways ({said}), as when parts come from two systems."
        gathered.observe("mixed-line-ends", Weight.NOTE, note)
