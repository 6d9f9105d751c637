"""Keys in an ssh-agent: found, used and checked; and agents that answer what they should not."""

import os
import re
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.desk import Desk
from provenance.errors import Ambiguous, KeyUnavailable
from provenance.ledger.keys import Ed25519Signer, Signer
from provenance_store import ssh_agent
from provenance_store.opening import open_desk
from provenance_store.signers import open_signer, public_half
from provenance_store.ssh_agent import agent_key, list_keys
from tests.desk.scene import AMAL, Scene
from tests.ledger.ssh_vectors import KINDS, SEED, key_blob, number, text

OURS = Ed25519Signer(SEED)


def _never(_name: str) -> bytes:
    raise AssertionError("an agent's key asks for no passphrase")


@pytest.mark.parametrize(("comment", "alg"), [("ed25519@test", "EdDSA"), ("ecdsa@test", "ES256")])
def test_a_real_agent_signs(agent_socket: Path, comment: str, alg: str) -> None:
    """Both kinds of key sign, by comment, by fingerprint and by id."""
    signer = agent_key(comment, path=str(agent_socket))
    assert signer.public_key.alg == alg
    assert signer.public_key.verify(signer.sign(b"message"), b"message")
    listed = subprocess.run(
        ["ssh-add", "-l"],
        env={**os.environ, "SSH_AUTH_SOCK": str(agent_socket)},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = re.search(rf"(SHA256:\S+) {comment}", listed.stdout)
    assert shown is not None
    for name in (shown[1], signer.public_key.kid, signer.public_key.kid[:12]):
        assert agent_key(name, path=str(agent_socket)).public_key == signer.public_key


def test_a_key_that_cannot_sign_is_named(agent_socket: Path) -> None:
    """An RSA key is refused as what it is; a missing one is said to be missing."""
    with pytest.raises(KeyUnavailable, match="ssh-rsa cannot sign entries"):
        agent_key("rsa@test", path=str(agent_socket))
    with pytest.raises(KeyUnavailable, match="holds no key"):
        agent_key("nobody@test", path=str(agent_socket))


def test_a_desk_is_kept_with_an_agent(
    scene: Scene, agent_socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enrolled by its own signature, an agent's key signs, and the audit has nothing to say."""
    monkeypatch.setenv("SSH_AUTH_SOCK", str(agent_socket))
    for comment in ("ed25519@test", "ecdsa@test"):
        signer = open_signer(scene.keys, f"agent:{comment}", passphrase=None, ask=_never)
        assert public_half(scene.keys, f"agent:{comment}") == signer.public_key
        with scene.open(AMAL) as desk:
            desk.enrol(signer, role="custodian", name=comment)
            item = next(iter(desk.items())).item
        with open_desk_with(scene, signer) as desk:
            desk.note(item, text="through an agent")
            assert desk.audit().log_holds


def open_desk_with(scene: Scene, signer: Signer) -> Desk:
    """Open a scene's desk with any signer."""
    return open_desk(scene.desk, signer=signer)


def test_no_agent_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without an agent, and with one that is gone, the message says so."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(KeyUnavailable, match="SSH_AUTH_SOCK is not set"):
        agent_key("x")
    with pytest.raises(KeyUnavailable, match="cannot be reached"):
        agent_key("x", path=str(tmp_path / "gone"))


# An agent that answers whatever a test wants

Answer = Callable[[bytes], bytes]


@contextmanager
def fake_agent(answer: Answer) -> Iterator[str]:
    """Serve connections: one request each, answered with exactly these bytes."""
    with TemporaryDirectory(prefix="ag") as folder, socket.socket(socket.AF_UNIX) as server:
        path = f"{folder}/s"
        server.bind(path)
        server.listen()
        server.settimeout(0.05)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                with peer:
                    peer.settimeout(5)
                    size = struct.unpack(">I", peer.recv(4, socket.MSG_WAITALL))[0]
                    request = peer.recv(size, socket.MSG_WAITALL)
                    try:
                        peer.sendall(answer(request))
                    except OSError:
                        continue  # the client has heard enough

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield path
        finally:
            stop.set()
            thread.join()


def _listing(*keys: tuple[bytes, bytes]) -> bytes:
    body = b"\x0c" + struct.pack(">I", len(keys))
    return text(body + b"".join(text(blob) + text(comment) for blob, comment in keys))


ONE = _listing((key_blob(KINDS[0]), b"one"))
VALUE = OURS.sign(b"m")
GOOD = text(b"\x0e" + text(text(b"ssh-ed25519") + text(VALUE)))


def _then(answer: bytes) -> Answer:
    return lambda request: ONE if request[:1] == b"\x0b" else answer


def test_the_fake_agent_is_believed_when_it_is_right() -> None:
    """The hostile answers below fail for what is wrong with them, not for the way they come."""
    with fake_agent(_then(GOOD)) as path:
        assert agent_key("one", path=path).sign(b"m") == VALUE


HOSTILE_LISTS = {
    "nothing": b"",
    "a cut length": b"\0\0",
    "no type": text(b""),
    "a huge length": b"\xff\xff\xff\xff",
    "just over the limit": struct.pack(">I", ssh_agent.MAX_ANSWER + 1) + b"\x0c",
    "shorter than it claims": ONE[:-3],
    "failure": text(b"\x05"),
    "another type": text(b"\x0e" + ONE[5:]),
    "more keys than it sends": text(b"\x0c" + struct.pack(">I", 2) + ONE[9:]),
    "fewer keys than it sends": text(b"\x0c" + struct.pack(">I", 0) + ONE[9:]),
    "far too many keys": text(b"\x0c" + b"\xff\xff\xff\xff"),
    "bytes left over": text(ONE[4:] + b"x"),
    "a key that is no key": _listing((b"", b"one")),
    "a huge string": text(b"\x0c" + struct.pack(">I", 1) + b"\xff\xff\xff\xf0"),
}


@pytest.mark.parametrize("name", HOSTILE_LISTS)
def test_a_hostile_list_is_refused(name: str) -> None:
    """Each wrong list of keys ends in one line, and at once."""
    with fake_agent(lambda _request: HOSTILE_LISTS[name]) as path, pytest.raises(KeyUnavailable):
        list_keys(path)


HOSTILE_SIGNATURES = {
    "failure": text(b"\x05"),
    "nothing": b"",
    "another type": text(b"\x0c" + GOOD[5:]),
    "an empty signature": text(b"\x0e" + text(b"")),
    "another kind": text(b"\x0e" + text(text(b"ssh-rsa") + text(VALUE))),
    "too short": text(b"\x0e" + text(text(b"ssh-ed25519") + text(VALUE[:63]))),
    "too long": text(b"\x0e" + text(text(b"ssh-ed25519") + text(VALUE + b"x"))),
    "bytes left over inside": text(b"\x0e" + text(text(b"ssh-ed25519") + text(VALUE) + b"x")),
    "bytes left over": text(GOOD[4:] + b"x"),
    "somebody else's": text(b"\x0e" + text(text(b"ssh-ed25519") + text(OURS.sign(b"other")))),
    "a huge length": b"\x7f\xff\xff\xff",
}


@pytest.mark.parametrize("name", HOSTILE_SIGNATURES)
def test_a_hostile_signature_is_refused(name: str) -> None:
    """No answer but a signature that verifies is ever used."""
    with fake_agent(_then(HOSTILE_SIGNATURES[name])) as path:
        signer = agent_key("one", path=path)
        with pytest.raises(KeyUnavailable):
            signer.sign(b"m")


def test_an_ecdsa_answer_is_r_and_s() -> None:
    """A P-256 answer with numbers out of range is refused, not cut to size."""
    answer = text(b"\x0e" + text(text(b"ecdsa-sha2-nistp256") + text(number(1 << 260) * 2)))
    listing = _listing((key_blob(KINDS[1]), b"one"))
    with fake_agent(lambda r: listing if r[:1] == b"\x0b" else answer) as path:
        signer = agent_key("one", path=path)
        with pytest.raises(KeyUnavailable, match="too large"):
            signer.sign(b"m")


def test_a_security_key_is_sent_to_endorsing() -> None:
    """A FIDO2 key in an agent is refused with what it can do instead."""
    listing = _listing((key_blob(KINDS[2]), b"one"))
    with fake_agent(lambda _r: listing) as path, pytest.raises(KeyUnavailable, match="endorse"):
        agent_key("one", path=path)


def test_two_keys_of_one_comment_are_ambiguous() -> None:
    """Which of two keys signs is never guessed."""
    listing = _listing((key_blob(KINDS[0]), b"one"), (key_blob(KINDS[1]), b"one"))
    with fake_agent(lambda _r: listing) as path, pytest.raises(Ambiguous, match="several keys"):
        agent_key("one", path=path)


def test_a_silent_agent_does_not_hold_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent that never answers is given up."""
    monkeypatch.setattr(ssh_agent, "LIST_TIMEOUT", 0.1)
    with TemporaryDirectory(prefix="ag") as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/s")
        server.listen()
        with pytest.raises(KeyUnavailable, match="did not answer"):
            list_keys(f"{folder}/s")


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=200), cut=st.integers(0, 60))
def test_any_answer_is_a_list_or_refused(body: bytes, cut: int) -> None:
    """Whatever comes back, the fault is KeyUnavailable and nothing else."""
    mixed = text(ONE[4 : 4 + cut] + body)
    with fake_agent(lambda _request: mixed) as path:
        try:
            list_keys(path)
        except KeyUnavailable as refused:
            assert str(refused)  # noqa: PT017 - both outcomes are right; another exception is not
