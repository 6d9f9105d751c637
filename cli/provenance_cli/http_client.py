"""The transport over HTTP, with the standard library (port `provenance.outside.transport`).

One request, one connection. TLS with the system's certificates and host names checked; no redirect
is followed (another address would be another witness); no proxy, no cookies, no compression. The
whole exchange has one deadline, however slowly the other side drips; an answer that is longer than
its limit is refused unread.
"""

import http.client
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

from provenance.errors import SurroundingsError
from provenance.outside.transport import HttpAnswer, require_url

TIMEOUT: Final = 20.0  # seconds for everything; a timestamp authority needs one or two
_BLOCK: Final = 8192  # bytes read at a time
_LENGTH: Final = re.compile("[0-9]{1,15}")  # int() itself refuses thousands of digits with a fault


class HttpTransport:
    """Posts over HTTP or HTTPS."""

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout

    def post(self, url: str, body: bytes, *, content_type: str, limit: int) -> HttpAnswer:
        """Send `body` and return the answer.

        Raises:
            SurroundingsError: no whole answer within the time and the limit.
        """
        parts = urlsplit(require_url(url))
        connection = self._connection(parts.scheme, parts.hostname or "", parts.port)
        headers = {
            "Content-Type": content_type,
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        try:
            _connect(connection, self._timeout)
            with _deadline(connection.sock, self._timeout):
                _greet(connection.sock)
                connection.request("POST", parts.path or "/", body, headers)
                with connection.getresponse() as response:
                    answer = _read(response, limit)
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            # UnicodeError: a host name that cannot be put to a resolver (IDNA, RFC 3490).
            why = str(error) or type(error).__name__
            raise SurroundingsError(f"{parts.hostname} did not answer: {why}") from error
        finally:
            connection.close()
        stated = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        return HttpAnswer(status=response.status, content_type=stated, body=answer)

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout)


def _connect(connection: http.client.HTTPConnection, seconds: float) -> None:
    """Open the line. The handshake of TLS is left for later: it has to stand under the deadline."""
    sock = socket.create_connection((connection.host, connection.port), seconds)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sock = sock
    if isinstance(connection, http.client.HTTPSConnection):
        context: ssl.SSLContext = connection._context  # type: ignore[attr-defined]  # noqa: SLF001 - as http.client does
        connection.sock = context.wrap_socket(
            sock, server_hostname=connection.host, do_handshake_on_connect=False
        )


def _greet(sock: socket.socket) -> None:
    if isinstance(sock, ssl.SSLSocket):
        sock.do_handshake()


@contextmanager
def _deadline(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Cut the line after so many seconds: a socket's own timeout starts anew with each byte."""
    cut = threading.Event()

    def hang_up() -> None:
        cut.set()
        with suppress(OSError):
            # The plain socket's: that of TLS would say goodbye first, and wait for an answer.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        # A handshake counts to the same limit by itself, and may be the first to say so.
        if cut.is_set() or isinstance(error, TimeoutError):
            raise TimeoutError(f"no whole answer within {seconds:g} seconds") from error
        raise
    else:
        # A cut line looks like the regular end of an answer that states no length.
        if cut.is_set():
            raise TimeoutError(f"no whole answer within {seconds:g} seconds")
    finally:
        timer.cancel()


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    too_long = http.client.HTTPException(f"an answer of more than {limit} bytes")
    stated = response.getheader("Content-Length")
    if stated is not None and not (_LENGTH.fullmatch(stated) and int(stated) <= limit):
        raise too_long
    body = bytearray()
    while block := response.read1(_BLOCK):
        body += block
        if len(body) > limit:
            raise too_long
    if stated is not None and len(body) != int(stated):
        raise http.client.HTTPException("an answer that ends too early")
    return bytes(body)
