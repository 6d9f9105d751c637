"""Read the label of a file that Windows packed into a document (MS-OLEDS 2.3.6, Ole10Native).

The label holds the file's name, the path it was taken from, and the path of a temporary copy: three
places that may name the author's account. The format is not written down beyond a few lines by its
maker; this reader takes zero-ended strings in a fixed order and gives up at the first oddity.
"""

import hashlib
import struct
from typing import Final

from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight
from provenance.facts.office.compound import Compound
from provenance.facts.places import tell_path

MAX_NAME: Final = 1_024  # bytes of one string of the label
STREAM: Final = "\x01Ole10Native"


def tell_packaged(gathered: Gathered, compound: Compound, *, where: str) -> None:
    """Observe every packed file in a compound file."""
    for path in compound.named(STREAM):
        data = compound.read(*path)
        if data is not None:
            tell_label(gathered, data[4:], where=where)  # 4 bytes of size come first


def tell_label(gathered: Gathered, data: bytes, *, where: str | None) -> None:
    """Observe a packed file by its label, from the two bytes of flags on."""
    label, at = _string(data, 2)
    source, at = _string(data, at)
    at += 4  # flags
    if at + 4 > len(data) or not label:
        return
    (length,) = struct.unpack_from("<I", data, at)
    temporary, _ = _string(data, at + 4) if 0 < length <= MAX_NAME else ("", 0)
    at += 4 + (length if length <= MAX_NAME else 0)
    if at + 4 > len(data):
        return
    (size,) = struct.unpack_from("<I", data, at)
    body = data[at + 4 : at + 4 + size]
    text = (
        f"A file was packed into it: {quoted(label)}, {len(body)} bytes, SHA-256"
        f" {hashlib.sha256(body).hexdigest()}."
    )
    gathered.observe("packed-file", Weight.HIDDEN, text, where=where)
    for path in (source, temporary):
        tell_path(gathered, path, where=where)


def _string(data: bytes, at: int) -> tuple[str, int]:
    """Return a zero-ended string and where the next thing begins; "" when there is no end."""
    end = data.find(b"\0", at, at + MAX_NAME)
    if end < 0:
        return "", at
    return data[at:end].decode("cp1252", "replace"), end + 1
