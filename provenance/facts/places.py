r"""Places that a document names: addresses on the net, shares, files on somebody's computer.

What they are worth: an address that is fetched on opening tells its owner that, when and from where
the document was opened (RISK: it reveals the desk). A share does the same, and Windows may send it
a password hash. A path on a computer often holds the name of an account (HIDDEN). Nothing here is
ever fetched, resolved or opened; targets are text.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight

MAX_TARGET: Final = 2000  # characters of a target that are looked at
LEAST: Final = 3  # characters: a bare drive tells nothing

_USER: Final = re.compile(
    r"[\\/](?:Users|Documents and Settings|home|Utilisateurs|Benutzer|Usuarios)[\\/]+"
    r"([^\\/:*?\"<>|]{1,64})(?=[\\/]|$)",
    re.IGNORECASE,
)
_NOBODY: Final = frozenset({"public", "default", "all users", "shared", "default user"})
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,30}):")
_FETCHED: Final = frozenset(
    {"http", "https", "ftp", "ftps", "ws", "wss", "gopher", "webdav", "dav", "sftp", "smb"}
)
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")
_IN_TEXT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]:\\[^\s\"<>|*?]{3,200}|\\\\[A-Za-z0-9._$-]{1,80}\\[^\s\"<>|*?]{2,200})"
)


@unique
class Kind(StrEnum):
    """What sort of place a target names."""

    REMOTE = "remote"
    SHARE = "share"
    LOCAL = "local"
    OTHER = "other"
    """Inside the document, a mail address, a scheme that fetches nothing, or not readable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A target, read."""

    kind: Kind
    text: str
    """Percent-decoded, as it would be read aloud."""
    host: str = ""
    """Lower case; of REMOTE and SHARE."""
    user: str = ""
    """Name of an account in the path; "" if none can be told."""


@lru_cache(maxsize=4096)
def read_place(target: str) -> NamedPlace:
    """Read a target: a URL, a UNC path, a path, or anything else."""
    text = unquote(target.strip()[:MAX_TARGET], errors="replace")
    # Office writes `file:///\\server\share` for a share and `file:///C:\...` for a file.
    bare = re.sub(r"(?i)^file:/{0,3}(?=[A-Za-z]:|\\\\)", "", text)
    if bare == text and (match := re.match(r"(?i)file:(/{2,})(.*)", text, re.DOTALL)):
        bare = f"//{match[2]}" if len(match[1]) == 2 else f"/{match[2]}"
    user = _user_in(bare)
    if _DRIVE.match(bare):
        return NamedPlace(kind=Kind.LOCAL, text=bare, user=user)
    if bare.startswith(("\\\\", "//")):
        host = re.split(r"[\\/]", bare[2:], maxsplit=1)[0].lower()
        kind = Kind.SHARE if host else Kind.LOCAL
        return NamedPlace(kind=kind, text=bare, host=host, user=user)
    if bare.startswith("/") and (bare != text or user):
        return NamedPlace(kind=Kind.LOCAL, text=bare, user=user)
    return _read_address(text, user)


def _read_address(text: str, user: str) -> NamedPlace:
    scheme = _SCHEME.match(text)
    name = scheme[1].lower() if scheme else ""
    # `mhtml:http://...` and `ms-word:ofe|u|http://...` fetch what stands inside them.
    inner = re.search(r"(?i)\b(?:https?|ftp)://([^/\\?#\s|!]+)", text)
    if inner and (name in _FETCHED or scheme):
        host = inner[1].rpartition("@")[2].partition(":")[0].lower()
        return NamedPlace(kind=Kind.REMOTE, text=text, host=host, user=user)
    if name in _FETCHED:
        rest = text[len(name) + 1 :].lstrip("/")
        host = re.split(r"[/\\?#:]", rest, maxsplit=1)[0].rpartition("@")[2].lower()
        return NamedPlace(kind=Kind.REMOTE, text=text, host=host)
    return NamedPlace(kind=Kind.OTHER, text=text, user=user)


def _user_in(path: str) -> str:
    match = _USER.search(path)
    return "" if match is None or match[1].lower() in _NOBODY else match[1]


def tell_fetched(gathered: Gathered, target: str, what: str, *, where: str | None = None) -> bool:
    """Observe a target that a program fetches when the document is opened; True if it tells.

    Once so many were told that more tell nothing, no target is read any more.

    Args:
        gathered: takes the observation.
        target: as written.
        what: the thing fetched, with its article: `a picture`.
        where: the part that names it.
    """
    if gathered.full("remote-content"):
        return True
    place = read_place(target[:MAX_TARGET])
    if place.kind in {Kind.REMOTE, Kind.SHARE}:
        text = (
            f"Opening the document fetches {what} from {quoted(place.text)}: whoever runs"
            f" {quoted(place.host, 80)} learns that it was opened, when, and from which address."
        )
        gathered.observe("remote-content", Weight.RISK, text, where=where)
    tell_path(gathered, target, where=where)
    return place.kind in {Kind.REMOTE, Kind.SHARE}


def tell_path(gathered: Gathered, target: str, *, where: str | None = None) -> None:
    """Observe a target that is a path on a computer or a share: it may name an account."""
    place = read_place(target[:MAX_TARGET])
    if (
        gathered.full("local-path")
        or place.kind not in {Kind.LOCAL, Kind.SHARE}
        or len(place.text) <= LEAST
    ):
        return
    whose = f' The account in it is "{place.user}".' if place.user else ""
    kind = "a network share" if place.kind is Kind.SHARE else "somebody's computer"
    text = f"The document names a place on {kind}: {quoted(place.text)}.{whose}"
    gathered.observe("local-path", Weight.HIDDEN, text, where=where)


def tell_paths_in(gathered: Gathered, text: str, *, where: str | None = None) -> None:
    """Observe the Windows paths in the first MAX_TARGET * 4 characters of a running text."""
    for match in _IN_TEXT.finditer(text[: MAX_TARGET * 4]):
        tell_path(gathered, match[0].rstrip(".,;)"), where=where)
