"""What a file's name promises, and the tricks that make a person read another name than it is.

Only two things ever leave this module: the extension, as far as it is plain letters, and codes of
tricks. The name itself may lead to a source.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_ACTS: Final = (
    "exe scr com pif bat cmd ps1 js jse vbs vbe wsf wsh hta lnk jar msi msp cpl reg iso img vhd dll"
    " htm html xhtml svg shtml mht mhtml url desktop app dmg apk one chm"
)
_LIES_STILL: Final = (
    "pdf doc docx xls xlsx ppt pptx odt ods odp rtf txt csv eml msg jpg jpeg png gif tif tiff heic"
    " bmp zip mp3 mp4 mov wav"
)
ACTIVE: Final = frozenset(_ACTS.split())
"""Extensions of files that act, or that a browser would run, when somebody opens them."""

_INNOCENT: Final = frozenset(_LIES_STILL.split())
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Six blanks or more before the extension push it out of a window's sight.
_PADDED: Final = re.compile(r"[\s\u3000\u2800]{6,}\.\w+$")

TRICKS: Final[Mapping[str, str]] = {
    "double-extension": (
        "The name has two extensions: the first makes it look like a harmless document, the last"
        " is of a kind that acts when it is opened."
    ),
    "right-to-left-name": (
        "The name holds characters that turn the direction of writing: it is shown with another"
        " ending than it has."
    ),
    "padded-name": (
        "The name has a long gap before its extension, which pushes the extension out of sight."
    ),
    "control-characters-in-name": (
        "The name holds control characters, which a terminal would obey rather than show."
    ),
}
"""Code of each trick, and what it means."""


def extension_of(name: str | None) -> str | None:
    """Return the extension: lower case, no dot; None when there is none or it is not plain."""
    if not name:
        return None
    _, dot, extension = _last(name).rpartition(".")
    return extension.lower() if dot and re.fullmatch(r"[A-Za-z0-9]{1,12}", extension) else None


def tricks_of(name: str | None) -> tuple[str, ...]:
    """Return the codes of the tricks that a name plays, in the order of the table."""
    if not name:
        return ()
    last = _last(name)
    found = {
        "double-extension": _doubled(last),
        "right-to-left-name": not _TURNING.isdisjoint(last),
        "padded-name": bool(_PADDED.search(last)),
        "control-characters-in-name": any(unicodedata.category(one) == "Cc" for one in last),
    }
    return tuple(code for code in TRICKS if found[code])


def _last(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]


def _doubled(last: str) -> bool:
    parts = last.lower().split(".")
    return len(parts) > 2 and parts[-1].strip() in ACTIVE and parts[-2].strip() in _INNOCENT
