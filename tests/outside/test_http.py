"""The witness over HTTP, the client against bad servers, and a witness that is killed."""

import contextlib
import http.client
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provenance.errors import SurroundingsError, UsageError
from provenance.ledger.checkpoint import read_checkpoint
from provenance.ledger.keyfile import write_key_file
from provenance.ledger.note import NoteKey
from provenance.outside.cosignatures import merge_cosignatures
from provenance.outside.transport import HttpAnswer
from provenance_cli import http_client, witness_server
from provenance_cli.http_client import HttpTransport
from provenance_cli.witness_server import WitnessServer, split_address
from provenance_store.witness_folder import WitnessFolder
from tests.outside.conftest import cosigner, witness_signer
from tests.outside.test_witness import NOW, Log

REPOSITORY = Path(__file__).parents[2]
LIMIT = 65_536


@pytest.fixture
def lines() -> list[str]:
    """What the witness logged."""
    return []


@pytest.fixture
def server(tmp_path: Path, lines: list[str]) -> Iterator[WitnessServer]:
    """A witness that knows one log, on a port of this machine."""
    folder = WitnessFolder(tmp_path / "witness")
    folder.add_log(Log().key.vkey())
    made = WitnessServer(
        ("127.0.0.1", 0),
        folder=folder,
        cosigner=cosigner("partner.example/w1"),
        clock=lambda: NOW,
        log=lines.append,
    )
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def _post(server: WitnessServer, body: bytes, path: str = "/add-checkpoint") -> HttpAnswer:
    url = f"http://127.0.0.1:{server.server_address[1]}{path}"
    return HttpTransport().post(url, body, content_type="text/plain", limit=LIMIT)


def test_a_checkpoint_is_cosigned(server: WitnessServer, lines: list[str]) -> None:
    """POST /add-checkpoint answers with a line that verifies; the log has origin and size only."""
    log = Log()
    for old, size in ((0, 3), (3, 9)):
        answer = _post(server, log.request(old, size))
        assert (answer.status, answer.content_type) == (200, "text/plain")
        key = cosigner("partner.example/w1").key
        merged = merge_cosignatures(log.note(size), answer.body, [key], now=NOW)
        assert len(read_checkpoint(merged.note, log.key, [key]).cosignatures) == 1
    conflict = _post(server, log.request(3, 9))
    found = (conflict.status, conflict.content_type, conflict.body)
    assert found == (409, "text/x.tlog.size", b"9\n")
    assert [line.split(" ")[1:] for line in lines] == [
        ["200", "desk.example/log", "3"],
        ["200", "desk.example/log", "9"],
        ["409", "desk.example/log", "9"],
    ]


def test_nothing_else_is_served(server: WitnessServer) -> None:
    """Other paths and methods, missing and excessive lengths are refused; the server goes on."""
    assert _post(server, b"x", "/").status == 404
    assert _post(server, b"x", "/add-checkpoint/").status == 404
    assert _post(server, b"rubbish").status == 400
    assert _post(server, b"x" * LIMIT).status == 400
    host, port = "127.0.0.1", server.server_address[1]
    for method, headers, status in (
        ("GET", {}, 501),
        ("PUT", {}, 501),
        ("POST", {"Content-Length": str(LIMIT + 1)}, 413),
        ("POST", {"Content-Length": "9" * 400}, 413),
        ("POST", {"Content-Length": "-1"}, 411),
        ("POST", {"Transfer-Encoding": "chunked"}, 411),
    ):
        connection = http.client.HTTPConnection(host, port, timeout=10)
        connection.putrequest(method, "/add-checkpoint")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == status
        connection.close()
    assert _post(server, Log().request(0, 3)).status == 200


def test_a_client_that_drips_is_hung_up_on(
    server: WitnessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection has one deadline, however often a byte comes; others are served meanwhile."""
    monkeypatch.setattr(witness_server, "TIMEOUT", 0.3)
    with socket.create_connection(("127.0.0.1", server.server_address[1])) as dripping:
        dripping.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\n")
        assert _post(server, Log().request(0, 3)).status == 200
        with contextlib.suppress(OSError):
            for _ in range(100):
                dripping.sendall(b"x")
                time.sleep(0.05)
                dripping.settimeout(0.01)
                with contextlib.suppress(TimeoutError):
                    if dripping.recv(10) == b"":
                        return
    pytest.fail("the server waited for the whole drip")


def test_many_at_once_leave_one_history(server: WitnessServer) -> None:
    """Of many who ask from the same old size with different heads, the witness follows one line."""
    log = Log()
    assert _post(server, log.request(0, 2)).status == 200
    requests = [log.request(2, size) for size in range(3, 23)]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda r=r: statuses.append(_post(server, r).status))
        for r in requests
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 19


# --- the client -----------------------------------------------------------------------------------


@pytest.fixture
def misbehaving() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Start a server that does one thing to one connection; returns its address."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(act: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    act(connection)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/x"

    yield start
    for listener in listeners:
        listener.close()
    for thread in threads:
        thread.join(5)


def _say(*parts: bytes, pause: float = 0.0) -> Callable[[socket.socket], None]:
    def act(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)

    return act


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "act",
    [
        _say(),
        _say(b"rubbish\r\n\r\n"),
        _say(OK + b"Content-Length: 70000\r\n\r\n"),
        _say(OK + b"Content-Length: -5\r\n\r\n"),
        _say(OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n"),
        _say(OK + b"\r\n" + b"x" * 70_000),
        _say(OK + b"Content-Length: 10\r\n\r\nshort"),
        _say(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        _say(OK + b"X: " + b"y" * 70_000),
        _say(OK, *[b"X: y\r\n"] * 40, pause=0.1),
        _say(OK + b"\r\n", *[b"x"] * 40, pause=0.1),
    ],
)
def test_a_server_that_misbehaves_is_given_up_on(
    misbehaving: Callable[[Callable[[socket.socket], None]], str],
    act: Callable[[socket.socket], None],
) -> None:
    """No answer, rubbish, too much, too little, too slow: a fault within the deadline."""
    started = time.monotonic()
    with pytest.raises(SurroundingsError):
        HttpTransport(timeout=1.0).post(
            misbehaving(act), b"q", content_type="text/plain", limit=LIMIT
        )
    assert time.monotonic() - started < 3.5


def test_a_handshake_that_drips_is_given_up_on(
    misbehaving: Callable[[Callable[[socket.socket], None]], str],
) -> None:
    """The one deadline begins before TLS does: a byte now and then does not put it off."""
    # A record of a handshake, announced as 16,000 bytes, that comes one byte at a time.
    address = misbehaving(_say(b"\x16\x03\x03\x3e\x80", *[b"\x02"] * 40, pause=0.1))
    started = time.monotonic()
    with pytest.raises(SurroundingsError, match="no whole answer within 1 seconds"):
        HttpTransport(timeout=1.0).post(
            address.replace("http:", "https:"), b"q", content_type="text/plain", limit=LIMIT
        )
    assert time.monotonic() - started < 3.5


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "two..dots.example"])
def test_a_name_that_no_resolver_takes(host: str) -> None:
    """A host name that cannot be looked up is a witness that does not answer, not a fault."""
    with pytest.raises(SurroundingsError, match="did not answer"):
        HttpTransport(timeout=1.0).post(
            f"http://{host}/", b"q", content_type="text/plain", limit=LIMIT
        )


def test_no_redirect_is_followed(
    misbehaving: Callable[[Callable[[socket.socket], None]], str],
) -> None:
    """A redirect comes back as what it is."""
    said = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    answer = HttpTransport(timeout=5).post(
        misbehaving(_say(said)), b"q", content_type="text/plain", limit=LIMIT
    )
    assert (answer.status, answer.body) == (302, b"")


def test_nobody_there() -> None:
    """A closed port is SurroundingsError; an address of another kind is a usage error."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SurroundingsError):
        HttpTransport(timeout=2).post(
            f"http://127.0.0.1:{port}/", b"", content_type="text/plain", limit=LIMIT
        )
    with pytest.raises(UsageError):
        HttpTransport().post("file:///etc/passwd", b"", content_type="text/plain", limit=LIMIT)


def test_https_checks_certificate_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """An https address gets a context that verifies; a plain-text server behind it is refused."""
    connection = HttpTransport()._connection("https", "w.example", None)
    context = connection._context  # type: ignore[attr-defined]  # what http.client will use
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert http_client.TIMEOUT <= 60


def test_addresses() -> None:
    """HOST:PORT, with what only this machine can reach told apart."""
    assert split_address("127.0.0.1:80") == ("127.0.0.1", 80, True)
    assert split_address("0.0.0.0:8137") == ("0.0.0.0", 8137, False)  # noqa: S104 not bound
    for bad in ("80", ":80", "a:", "a:x", "a:99999"):
        with pytest.raises(UsageError):
            split_address(bad)


# --- killed ---------------------------------------------------------------------------------------


def _start(folder: Path, key: NoteKey) -> tuple[subprocess.Popen[str], int]:
    paths = os.pathsep.join(str(REPOSITORY / part) for part in ("", "store", "cli"))
    words = ["-m", "provenance_cli.main", "ledger", "witness-serve", "--listen", "127.0.0.1:0"]
    words += ["--state", str(folder / "state"), "--key", str(folder / "key"), "--log", key.vkey()]
    child = subprocess.Popen(
        [sys.executable, *words, "--name", "partner.example/w1"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    assert child.stderr is not None
    for line in child.stderr:
        if "http://127.0.0.1:" in line:
            return child, int(line.rpartition(":")[2].partition("/")[0])
    raise AssertionError("the witness did not start")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.slow
def test_a_killed_witness_forgets_nothing_it_signed(tmp_path: Path) -> None:
    """Killed at random moments, a witness never holds less than what it has let out."""
    log = Log()
    (tmp_path / "key").write_bytes(write_key_file(witness_signer("partner.example/w1"), None))
    chance = random.Random(7)  # noqa: S311 moments, not secrets
    cosigned = 0
    for _ in range(6):
        child, port = _start(tmp_path, log.key)
        killer = threading.Timer(chance.uniform(0.02, 0.25), child.kill)
        killer.start()
        transport = HttpTransport(timeout=5)
        url = f"http://127.0.0.1:{port}/add-checkpoint"
        held = _held(tmp_path, log)
        assert held >= cosigned
        old = held
        with contextlib.suppress(SurroundingsError):
            while True:
                answer = transport.post(
                    url, log.request(old, old + 1), content_type="text/plain", limit=LIMIT
                )
                assert answer.status == 200
                old += 1
                cosigned = old
        killer.join()
        child.wait(10)
        assert child.stderr is not None
        child.stderr.close()
        assert cosigned <= _held(tmp_path, log) <= old + 1
    assert cosigned > 0


def _held(folder: Path, log: Log) -> int:
    kept = WitnessFolder(folder / "state").last(log.key.name)
    return 0 if kept is None else read_checkpoint(kept, log.key).checkpoint.size
