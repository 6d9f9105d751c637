"""Facts of a PowerPoint 97 to 2003 presentation (MS-PPT): who saved it, and earlier states in it.

PowerPoint appends: each saving may add an edit that points back to the one before (2.3.3), as in a
PDF. Edits are followed backwards, each offset once, so that a loop ends.
"""

import struct
from typing import Final

from provenance.facts.gathering import Gathered, counted, quoted
from provenance.facts.model import Weight
from provenance.facts.office.compound import Compound

MAX_EDITS: Final = 10_000  # edits that are followed back

_CURRENT_USER, _USER_EDIT = 0x0FF6, 0x0FF5
_ENCRYPTED: Final = 0xF3D1C4DF  # 2.3.2, headerToken


def read_slides_binary(gathered: Gathered, compound: Compound) -> None:
    """Observe what a presentation of the old format says about its last saving."""
    user = compound.read("Current User") or b""
    if len(user) < 28 or struct.unpack_from("<H", user, 2)[0] != _CURRENT_USER:
        gathered.note("the stream that names the last user is missing or broken")
        return
    token, edit, length = struct.unpack_from("<IIH", user, 12)
    name = user[28 : 28 + length].decode("cp1252", "replace").strip("\0 ")
    wide = user[32 + length : 32 + length * 3]
    if len(wide) == length * 2 and wide:
        name = wide.decode("utf-16-le", "replace").strip("\0 ")
    if name:
        gathered.state("powerpoint.saved-by", name)
        text = f"The account that saved it last: {quoted(name, 80)}."
        gathered.observe("account-name", Weight.HIDDEN, text)
    if token == _ENCRYPTED:
        text = "It is encrypted: a password is needed to read its content."
        gathered.observe("password-needed", Weight.NOTE, text)
        return
    edits = _count_edits(compound.read("PowerPoint Document") or b"", edit)
    gathered.state("powerpoint.edits", edits)
    if edits > 1:
        text = (
            f"It holds {counted(edits, 'saving')}, each written behind the one before: what was"
            " changed or deleted in between may still be in the file."
        )
        gathered.observe("fast-saved", Weight.HIDDEN, text)


def _count_edits(data: bytes, at: int) -> int:
    seen = set[int]()
    while at and at not in seen and len(seen) < MAX_EDITS and at + 20 <= len(data):
        if struct.unpack_from("<H", data, at + 2)[0] != _USER_EDIT:
            break
        seen.add(at)
        (at,) = struct.unpack_from("<I", data, at + 16)  # offsetLastEdit
    return len(seen)
