"""Look into an object that an RTF file embeds or links to (MS-OLEDS 2.2).

The object is written in hexadecimal, into which anything may be mixed that is no digit: readers
skip that, and so does this one. Its header names a class and, for a link, where it leads; the data
of an embedded one is digested and searched for a packed file's label.
"""

import hashlib
import struct
from typing import Final

from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight
from provenance.facts.office.compound import MAGIC, open_compound
from provenance.facts.office.packager import tell_label, tell_packaged
from provenance.facts.places import tell_fetched

MAX_NAME: Final = 1_024  # bytes of one string of the header
_DIGITS: Final = frozenset(b"0123456789abcdefABCDEF")
_NOT_DIGITS: Final = bytes(one for one in range(256) if one not in _DIGITS)
_LINKED, _EMBEDDED = 1, 2


def tell_object(gathered: Gathered, digits: bytes, *, where: str) -> None:
    """Observe one object by its hexadecimal data."""
    clean = digits.translate(None, _NOT_DIGITS)
    data = bytes.fromhex(clean[: len(clean) // 2 * 2].decode("ascii"))
    if len(data) < 8:
        return
    (form,) = struct.unpack_from("<I", data, 4)
    name, at = _string(data, 8)
    topic, at = _string(data, at)
    item, at = _string(data, at)
    if form == _LINKED:
        target = f": {quoted(topic or item)}" if topic or item else ""
        text = f"It links to an object of the kind {quoted(name, 80)}{target}."
        gathered.observe("linked-object", Weight.RISK, text, where=where)
        tell_fetched(gathered, topic, "a linked object", where=where)
        return
    native = data[at + 4 :] if form == _EMBEDDED else data
    text = (
        f"An object of the kind {quoted(name, 80)} is embedded: {len(native)} bytes, SHA-256"
        f" {hashlib.sha256(native).hexdigest()}."
    )
    gathered.observe("embedded-file", Weight.HIDDEN, text, where=where)
    _look_inside(gathered, native, where)


def _look_inside(gathered: Gathered, native: bytes, where: str) -> None:
    begin = native.find(MAGIC, 0, 64)
    if begin >= 0:
        compound = open_compound(native[begin:])
        if compound is not None:
            tell_packaged(gathered, compound, where=where)
    elif native[:2] == b"\x02\x00":  # the packager's own form, without a compound file around it
        tell_label(gathered, native, where=where)


def _string(data: bytes, at: int) -> tuple[str, int]:
    """Return a counted string and where the next thing begins."""
    if at + 4 > len(data):
        return "", len(data)
    (length,) = struct.unpack_from("<I", data, at)
    if length > MAX_NAME or at + 4 + length > len(data):
        return "", len(data)
    return data[at + 4 : at + 4 + length].decode("cp1252", "replace").rstrip("\0"), at + 4 + length
