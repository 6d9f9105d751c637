"""Name a file's format from its first and last bytes, beside what its name and its label claim.

Rules, in order: containers told apart by what is in them (`containers`); signatures at fixed
offsets (`magic`); `%PDF-` anywhere in the first 1024 bytes (ISO 32000-1 annex H.3.4.1); signatures
and mail in binary (`pgp`); text formats by their first words (`texts`); else text or unknown bytes.
Total: every byte string gets an answer, none raises. Name and label never decide; where they say
something else, that is a finding. Imports only the standard library: this runs outside the sandbox,
on bounded pieces of the file.
"""

import re
from dataclasses import dataclass
from typing import Final

from provenance.examine.identify.containers import identify_container, piece_wanted
from provenance.examine.identify.magic import identify_magic
from provenance.examine.identify.names import extension_of, tricks_of
from provenance.examine.identify.pgp import identify_pgp, refine_armour
from provenance.examine.identify.promises import EXTENSIONS, breaks_extension, breaks_label
from provenance.examine.identify.texts import UNKNOWN, identify_text

HEAD: Final = 65_536  # bytes looked at from the beginning
TAIL: Final = 65_536  # bytes looked at from the end, where a ZIP keeps its list of members
EMPTY: Final = "application/x-empty"

__all__ = [
    "EMPTY",
    "EXTENSIONS",
    "HEAD",
    "TAIL",
    "UNKNOWN",
    "Identification",
    "has_second_format",
    "identify_bytes",
    "piece_wanted",
]

_SIGNED_DATA: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"  # RFC 5652 section 5.1
_LABEL: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,120}")
_EARLY: Final = 1024  # bytes within which a PDF reader accepts a beginning (annex H.3.4.1)
# A number may be parted from the word by a comment, so the word alone is looked for, after white
# space of any kind (ISO 32000-1, 7.2.2).
_OBJECT: Final = re.compile(rb"[\x00\t\n\x0c\r ]obj(?![A-Za-z0-9])|startxref")
_TEXTS: Final = ("text/", "message/", "application/json", "application/xml", "application/mbox")
_KOLY: Final = 512  # bytes from the end at which an Apple disk image keeps its signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What the bytes are, beside what the name and the label say."""

    media_type: str
    """From the bytes. `application/octet-stream` = not recognised, which is not "harmless"."""
    claimed_extension: str | None
    """Lower case, no dot; None when there is no name or no extension."""
    claimed_media_type: str | None
    """What the extension promises; None when it is unknown to us."""
    mismatch: bool
    """The extension promises something else than the bytes are."""
    offset: int = 0
    """Where the format's own signature begins; more than 0 means bytes stand before it."""
    declared_media_type: str | None = None
    """What came with it: the label of a mail part, or of an HTTP answer; None = no label."""
    declared_mismatch: bool = False
    """The label says something else than the bytes are."""
    name_tricks: tuple[str, ...] = ()
    """Codes of tricks that the name plays (`provenance.examine.identify.names.TRICKS`)."""


def identify_bytes(
    head: bytes,
    tail: bytes = b"",
    *,
    name: str | None = None,
    media_type: str | None = None,
    piece: bytes = b"",
) -> Identification:
    """Identify a file.

    Args:
        head: the first bytes, up to HEAD (more is ignored).
        tail: the last bytes, up to TAIL; may overlap with `head`.
        name: the file's name or path, only for comparison.
        media_type: the label that came with it, only for comparison.
        piece: what `piece_wanted` asked for.
    """
    found, offset = _identify(head[:HEAD], piece + (tail[-TAIL:] if tail else b""))
    extension = extension_of(name)
    promised = EXTENSIONS.get(extension or "", ())
    label = _label(media_type)
    return Identification(
        media_type=found,
        claimed_extension=extension,
        claimed_media_type=(promised[0] if promised else None),
        mismatch=breaks_extension(found, extension),
        offset=offset,
        declared_media_type=label,
        declared_mismatch=breaks_label(found, label),
        name_tricks=tricks_of(name),
    )


def _label(media_type: str | None) -> str | None:
    """Return a media type without its parameters; None for what is no media type."""
    bare = (media_type or "")[:300].partition(";")[0].strip().lower()
    return bare if _LABEL.fullmatch(bare) else None


def _identify(head: bytes, rest: bytes) -> tuple[str, int]:
    if not head:
        return EMPTY, 0
    if container := identify_container(head, rest):
        return container, 0
    if head[0] == 0x30 and _SIGNED_DATA in head[:32]:
        return "application/pkcs7-mime", 0  # before PDF: what it signs may begin right behind
    if not head.startswith(b"%PDF-") and (found := identify_magic(head)):
        return refine_armour(found[0], head), found[1]
    pdf = head[:_EARLY].find(b"%PDF-")
    if pdf == 0 or (pdf > 0 and _is_pdf(head[pdf:], rest)):
        return "application/pdf", pdf
    return _identify_rest(head, rest), 0


def _is_pdf(after: bytes, rest: bytes) -> bool:
    """Tell a PDF with something before it from a text that speaks of PDF."""
    return _OBJECT.search(after) is not None or b"startxref" in rest


def has_second_format(data: bytes, media_type: str) -> bool:
    """Tell whether a reader of PDF opens this file as another document than the one identified.

    For text, mail and unknown bytes, in which a whole PDF begins early; and for a PDF with the
    beginning of a known format before it. What binary formats hold is told by `facts.shape`.

    Args:
        data: the whole file.
        media_type: what it was identified as.
    """
    early = data[:_EARLY].find(b"%PDF-")
    if early <= 0:
        return False
    if media_type == "application/pdf":
        return identify_bytes(data[:early]).media_type not in {"text/plain", UNKNOWN, EMPTY}
    if media_type != UNKNOWN and not media_type.startswith(_TEXTS):
        return False
    return _OBJECT.search(data, early) is not None


def _identify_rest(head: bytes, rest: bytes) -> str:
    if rest[-_KOLY:].startswith(b"koly\0\0\0\4"):
        return "application/x-apple-diskimage"
    return identify_pgp(head) or identify_text(head)
