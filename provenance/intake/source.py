"""Source handles and channels: what may be written down about where a document came from.

A handle is an opaque token such as S-7. The grammar is narrow on purpose: a real name, an address
or a telephone number does not fit it, so nobody can type one into a field that travels further than
they think. Who S-7 is stands elsewhere, sealed under that source's own key, or nowhere.
A channel is a short word for the way a document came; it must not identify anyone either.
The refused text never appears in the message: a terminal is a log.
"""

import re
from typing import Final

from provenance.errors import UsageError

CHANNELS: Final = (
    "unknown",
    "in-person",
    "post",
    "mail",
    "signal",
    "drop-box",
    "upload",
    "web",
    "archive",
    "agency",
    "court",
    "request",
)
"""Offered first; another short word is allowed. `request` is a freedom-of-information request."""
MAX_CHANNEL: Final = 24  # characters: a word or two, not a story
_HANDLE: Final = re.compile(r"[A-Z]{1,3}-[1-9][0-9]{0,5}")
_CHANNEL: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MANY_DIGITS: Final = re.compile(r"[0-9]{4}")  # the shortest run that could be part of a number


def parse_handle(text: str) -> str:
    """Return the source handle.

    Raises:
        UsageError: the text is not one to three capital letters, a hyphen and a number below
        1,000,000.
    """
    if not _HANDLE.fullmatch(text):
        raise UsageError(
            "a source is named by a handle such as S-7 "
            "(one to three capital letters, a hyphen, a number), never by a name"
        )
    return text


def parse_channel(text: str) -> str:
    """Return the channel.

    Raises:
        UsageError: it is longer than `MAX_CHANNEL`, has anything but lower-case letters, digits and
            single hyphens in it, or a run of digits that could be a telephone number.
    """
    if len(text) > MAX_CHANNEL or not _CHANNEL.fullmatch(text) or _MANY_DIGITS.search(text):
        raise UsageError(
            f"a channel is one short word of at most {MAX_CHANNEL} lower-case letters, "
            f"digits and hyphens, for instance {', '.join(CHANNELS[1:6])}"
        )
    return text
