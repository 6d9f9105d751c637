"""How a question travels over a network: a port, for nothing in this package opens a socket."""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from provenance.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What came back. It is a stranger's."""

    status: int
    content_type: str
    """Media type in lower case, without parameters; empty if none was stated."""
    body: bytes


class Transport(Protocol):
    """Sends one question to one address and brings back the answer.

    MUST: follow no redirect; verify the server's certificate on https; give up after a bounded
    time, however slowly the other side drips; read no more than `limit` bytes of an answer; raise
    SurroundingsError, and nothing else, where no whole answer was to be had.
    """

    def post(self, url: str, body: bytes, *, content_type: str, limit: int) -> HttpAnswer:
        """Send `body` by HTTP POST and return the answer, whatever its status."""
        ...


def require_url(text: str) -> str:
    """Return an address that a transport can post to.

    Raises:
        UsageError: not http or https, no host, or with a user, a query or a fragment.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError("an address that cannot be read") from error
    plain = text.isascii() and text.isprintable() and " " not in text
    if not plain or parts.scheme not in {"http", "https"} or not host:
        raise UsageError("an address begins with https:// (or http://) and names a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError("an address has no user, no query and no fragment")
    return text
