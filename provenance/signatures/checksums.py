"""Read lists of digests as `sha256sum` and BSD `sha256` write them: which documents they name.

Only SHA-256 and SHA-512 count: a list of MD5 or SHA-1 digests names whatever somebody made to fit.
Lines that are none are passed over: signed lists carry comments. The names in a list are not looked
at: a document is named by its digest. Never says that a list is signed.
"""

import re
from typing import Final

MAX_LIST: Final = 8 << 20  # bytes; a distribution's list of everything has one or two million

_GNU: Final = re.compile(rb"^\\?([0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})[ \t][ *]?[^\r\n]", re.MULTILINE)
_BSD: Final = re.compile(
    rb"^SHA(?:256|512) \([^\r\n]{1,4096}\) = ([0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})[ \t\r]*$",
    re.MULTILINE,
)


def names_digest(data: bytes, *digests: str) -> bool:
    """Tell whether a list holds one of these digests.

    Args:
        data: the list.
        digests: SHA-256 or SHA-512 of the document, hexadecimal.
    """
    wanted = {one.lower().encode("ascii") for one in digests}
    if len(data) > MAX_LIST:
        return False
    return any(
        found[1].lower() in wanted for pattern in (_GNU, _BSD) for found in pattern.finditer(data)
    )
