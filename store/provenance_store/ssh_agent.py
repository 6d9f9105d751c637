"""Keys in an ssh-agent: the private half never enters this process (draft-miller-ssh-agent).

`agent_key` finds one key by its comment, its fingerprint (`SHA256:…`) or its id, and returns a
signer. Each request is a connection of its own, so an agent may come back in between.
An agent is not trusted: refused are answers that are short, long, of another type, slow, or over
MAX_ANSWER, and signatures that the key does not verify: what enters the log stays there.
Ed25519 gives EdDSA, P-256 gives ES256 (R || S). Keys of other kinds are passed over, and named as
what they are where one is asked for: a security key signs an envelope of its own and endorses.
"""

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provenance.errors import Ambiguous, KeyUnavailable, Malformed
from provenance.ledger.keys import EDDSA, PublicKey
from provenance.ledger.sshsig import fingerprint, parse_ssh_key, read_ecdsa
from provenance.ledger.sshwire import SshReader, ssh_string

MAX_ANSWER: Final = 262_144  # bytes; OpenSSH's own limit (authfd.c: MAX_AGENT_REPLY_LEN)
MAX_KEYS: Final = 2048  # in one agent; OpenSSH's own limit
LIST_TIMEOUT: Final = 10.0  # seconds for a list of keys
SIGN_TIMEOUT: Final = 120.0  # seconds for a signature: somebody may have to confirm it
MIN_KID: Final = 8  # characters of a key id that name a key

_FAILURE: Final = 5
_REQUEST_IDENTITIES: Final = b"\x0b"
_IDENTITIES_ANSWER: Final = 12
_SIGN_REQUEST: Final = b"\x0d"
_SIGN_RESPONSE: Final = 14
_WHAT: Final = "the ssh-agent's answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentKey:
    """A key that an agent offers."""

    blob: bytes
    comment: str
    kind: str
    """As OpenSSH names it."""
    key: PublicKey | None
    """None for a kind that cannot sign entries."""


class AgentSigner:
    """A key in an agent; every signature is asked for and checked."""

    __slots__ = ("_key", "_path", "_public")

    def __init__(self, path: str, key: AgentKey) -> None:
        """Take the agent's socket and one of its keys.

        Raises:
            KeyUnavailable: a kind of key that cannot sign entries.
        """
        if key.key is None:
            raise KeyUnavailable(_why_not(key))
        self._path, self._key, self._public = path, key, key.key

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the agent's signature, 64 bytes.

        Raises:
            KeyUnavailable: the agent is gone, refuses, or answers something else.
        """
        request = ssh_string(self._key.blob) + ssh_string(message) + bytes(4)
        answer = _ask(self._path, _SIGN_REQUEST + request, _SIGN_RESPONSE, SIGN_TIMEOUT)
        try:
            signature = _read_signature(answer, self._key.kind, self._public.alg)
        except Malformed as error:
            raise KeyUnavailable(f"{_WHAT} cannot be used: {error}") from error
        if not self._public.verify(signature, message):
            raise KeyUnavailable("the ssh-agent gave a signature that its key does not verify")
        return signature


def agent_key(name: str, *, path: str | None = None) -> AgentSigner:
    """Return a signer for one key of the agent.

    Args:
        name: the key's comment, its fingerprint `SHA256:…`, or its id (or a beginning of it).
        path: the agent's socket; SSH_AUTH_SOCK of the environment if None.

    Raises:
        KeyUnavailable: no agent, no such key, or a kind that cannot sign entries.
        Ambiguous: several keys answer to the name.
    """
    where = path or os.environ.get("SSH_AUTH_SOCK", "")
    if not where:
        raise KeyUnavailable("no ssh-agent: SSH_AUTH_SOCK is not set")
    offered = list_keys(where)
    found = [key for key in offered if _answers_to(key, name)]
    usable = [key for key in found if key.key is not None]
    if not found:
        raise KeyUnavailable(f"the ssh-agent holds no key {name!r} (`ssh-add -l` shows its keys)")
    if len(usable) > 1:
        raise Ambiguous(
            f"{name!r} names several keys of the ssh-agent: give the SHA256: fingerprint"
        )
    return AgentSigner(where, (usable or found)[0])


def list_keys(path: str) -> Sequence[AgentKey]:
    """Return the keys that the agent behind this socket offers.

    Raises:
        KeyUnavailable: no agent there, or its answer cannot be used.
    """
    reader = SshReader(
        _ask(path, _REQUEST_IDENTITIES, _IDENTITIES_ANSWER, LIST_TIMEOUT), what=_WHAT
    )
    try:
        keys = [_offered(reader.string(), reader.string()) for _ in range(_count(reader))]
        reader.end()
    except Malformed as error:
        raise KeyUnavailable(f"{_WHAT} cannot be used: {error}") from error
    return keys


def _count(reader: SshReader) -> int:
    if (count := reader.uint32()) > MAX_KEYS:
        raise Malformed(f"{_WHAT} claims {count} keys")
    return count


def _offered(blob: bytes, comment: bytes) -> AgentKey:
    kind = SshReader(blob, what=_WHAT).string()
    try:
        parsed = parse_ssh_key(blob)
        key = parsed.point if parsed.application is None else None
    except Malformed:
        key = None  # RSA, certificates: kept, so that a person who asks for it is told why not
    return AgentKey(
        blob=blob,
        comment=comment.decode("utf-8", "replace"),
        kind=kind.decode("ascii", "replace"),
        key=key,
    )


def _answers_to(key: AgentKey, name: str) -> bool:
    if name.startswith("SHA256:"):
        return fingerprint(key.blob) == name
    kid = key.key.kid if key.key else ""
    return key.comment == name or (len(name) >= MIN_KID and kid.startswith(name))


def _why_not(key: AgentKey) -> str:
    if key.kind.startswith("sk-"):
        return "a security key cannot sign entries: endorse with it (`prov key endorse`)"
    return f"a key of kind {key.kind} cannot sign entries; Ed25519 and P-256 can"


def _read_signature(answer: bytes, kind: str, alg: str) -> bytes:
    outer = SshReader(answer, what=_WHAT)
    inner = SshReader(outer.string(), what=_WHAT)
    outer.end()
    if inner.string() != kind.encode():
        raise Malformed(f"{_WHAT} is a signature of another kind")
    value = inner.string()
    inner.end()
    if alg != EDDSA:
        value = read_ecdsa(value)
    if len(value) != 64:
        raise Malformed(f"{_WHAT} is a signature of {len(value)} bytes")
    return value


def _ask(path: str, request: bytes, expected: int, timeout: float) -> bytes:
    """Send one request; return the answer without its type."""
    deadline = time.monotonic() + timeout
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
            agent.settimeout(timeout)
            agent.connect(path)
            agent.sendall(ssh_string(request))
            size = int.from_bytes(_receive(agent, 4, deadline))
            if not 1 <= size <= MAX_ANSWER:
                raise KeyUnavailable(f"{_WHAT} claims {size} bytes; that is no ssh-agent")
            answer = _receive(agent, size, deadline)
    except TimeoutError as error:
        raise KeyUnavailable(
            f"the ssh-agent did not answer within {timeout:.0f} seconds"
        ) from error
    except OSError as error:
        raise KeyUnavailable(
            f"the ssh-agent cannot be reached: {error.strerror or error}"
        ) from error
    if answer[0] == _FAILURE:
        raise KeyUnavailable("the ssh-agent refused: the key is locked, gone, or not confirmed")
    if answer[0] != expected:
        raise KeyUnavailable(f"{_WHAT} is of type {answer[0]}, where {expected} is due")
    return answer[1:]


def _receive(agent: socket.socket, size: int, deadline: float) -> bytes:
    """Read exactly `size` bytes before the deadline: an agent that drips must not hold the desk."""
    data = bytearray()
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        agent.settimeout(left)
        part = agent.recv(size - len(data))
        if not part:
            raise KeyUnavailable(f"{_WHAT} ends early")
        data += part
    return bytes(data)
