"""A witness over HTTP: one endpoint, `POST /add-checkpoint` (c2sp.org/tlog-witness).

Refuses without reading: other paths and methods, requests without a length or longer than
MAX_REQUEST. A client that is slower than TIMEOUT is hung up on; at most WORKERS are served at once,
further ones wait in the listen queue. Each answer is logged as time, status, origin and size: no
address, no body. The answer leaves only after the witness's memory is on the disk.
"""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Final

from provenance.errors import DeskError, UsageError
from provenance.outside.witness_judge import TEXT_TYPE, Answer, Cosigner
from provenance.outside.witness_request import MAX_REQUEST
from provenance_cli import voice
from provenance_store.witness_answering import answer_request
from provenance_store.witness_folder import WitnessFolder

PATH: Final = "/add-checkpoint"
TIMEOUT: Final = 10.0  # seconds for a whole connection, from its first byte to its last
_BLOCK: Final = 8192  # bytes read at a time
WORKERS: Final = 16  # requests at once; each takes milliseconds


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness until `shutdown`."""

    daemon_threads = True
    request_queue_size = 128  # of five, which is the default, the sixth is put off for seconds

    def __init__(
        self,
        address: tuple[str, int],
        *,
        folder: WitnessFolder,
        cosigner: Cosigner,
        clock: Callable[[], int],
        log: Callable[[str], None] = voice.say,
    ) -> None:
        """Bind to an address (host, port; port 0 = any free one)."""
        super().__init__(address, _Handler)
        self.answer: Callable[[bytes], Answer] = lambda data: answer_request(
            folder, data, cosigner=cosigner, clock=clock
        )
        self.log = log
        self._free = threading.BoundedSemaphore(WORKERS)

    def process_request(self, request: object, client_address: object) -> None:
        """Serve in a thread of its own, once one of WORKERS is free."""
        self._free.acquire()
        super().process_request(request, client_address)  # type: ignore[arg-type]  # as it came

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Serve one connection, then let the next one in."""
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]  # as it came
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 it names the client
        """Say only what kind of fault ended a connection."""
        fault = sys.exc_info()[1]
        self.log(f"a connection ended early ({type(fault).__name__})")


class _Handler(BaseHTTPRequestHandler):
    """One connection: one request, one answer."""

    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version = "provenance-desk-witness"
    sys_version = ""
    timeout = TIMEOUT

    def setup(self) -> None:
        """Start the connection's one deadline: a socket's timeout starts anew with each byte."""
        super().setup()
        self._deadline = threading.Timer(TIMEOUT, self._hang_up)
        self._deadline.daemon = True
        self._deadline.start()

    def finish(self) -> None:
        """End the deadline with the connection."""
        self._deadline.cancel()
        super().finish()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(SHUT_RDWR)

    def do_POST(self) -> None:
        """Answer a request for a cosignature."""
        if self.path != PATH:
            self._send(404, TEXT_TYPE, b"nothing is here\n")
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            self._send(411, TEXT_TYPE, b"state the length\n")
            return
        if len(length) > 9 or int(length) > MAX_REQUEST:
            self._send(413, TEXT_TYPE, b"too long\n")
            return
        body = self._body(int(length))
        if body is not None:
            self._answer(body)

    def _body(self, length: int) -> bytes | None:
        """Read the whole body, None if it does not come."""
        body = bytearray()
        while len(body) < length:
            block = self.rfile.read(min(length - len(body), _BLOCK))
            if not block:
                self.close_connection = True
                return None
            body += block
        return bytes(body)

    def _answer(self, body: bytes) -> None:
        try:
            answer = self.server.answer(body)
        except DeskError as error:
            self.server.log(f"{_now()} 500 {error.code}")
            self._send(500, TEXT_TYPE, b"the witness cannot sign now\n")
            return
        size = "-" if answer.size is None else str(answer.size)
        self.server.log(f"{_now()} {answer.status} {answer.origin or '-'} {size}")
        self._send(answer.status, answer.content_type, answer.body)

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self.close_connection = True
        self.send_response_only(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 http.server's name
        """Log nothing of what http.server would: it names the client."""


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def split_address(text: str) -> tuple[str, int, bool]:
    """Return host, port and whether only this machine can reach it, of `HOST:PORT`.

    Raises:
        UsageError: not of this form.
    """
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65_535:
        raise UsageError(f"not HOST:PORT: {text!r}")
    return host, int(port), host in {"127.0.0.1", "localhost"}
