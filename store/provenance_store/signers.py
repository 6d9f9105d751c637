"""Where a person's key is: a file, an ssh-agent, a token. One name says which.

    NAME, PATH                    a key file (see `key_files`)
    agent:COMMENT                 a key in the ssh-agent; also agent:SHA256:… and agent:KEY-ID
    pkcs11:MODULE:TOKEN:LABEL     a P-256 key on a token

The public half of a key file is read without its passphrase.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from provenance.errors import KeyUnavailable, Malformed, PassphraseWrong
from provenance.ledger.base64text import decode_base64
from provenance.ledger.keyfile import MAX_KEY_FILE, read_key_file, write_key_file
from provenance.ledger.keys import Ed25519Signer, PublicKey, Signer
from provenance.ledger.sshsig import parse_ssh_key
from provenance.ledger.sshwire import SshReader
from provenance_store.durable import write_atomically
from provenance_store.key_files import find_key, load_signer, read_secret

AGENT: Final = "agent:"
PKCS11: Final = "pkcs11:"
_BEGIN: Final = "-----BEGIN OPENSSH PRIVATE KEY-----"
_END: Final = "-----END OPENSSH PRIVATE KEY-----"
_MAGIC: Final = b"openssh-key-v1\0"


def open_signer(
    folder: Path,
    key: str | None,
    *,
    passphrase: bytes | None,
    ask: Callable[[str], bytes],
) -> Signer:
    """Return the signer that a name means; see the module and `key_files.load_signer`.

    Raises:
        KeyUnavailable: it is not there, or is of a kind that cannot sign entries.
        PassphraseWrong: passphrase or PIN does not open it.
        Ambiguous: several keys, and none or too little was named.
    """
    if key is not None and key.startswith(AGENT):
        from provenance_store.ssh_agent import agent_key  # noqa: PLC0415 - sockets only if named

        return agent_key(key.removeprefix(AGENT))
    if key is not None and key.startswith(PKCS11):
        from provenance_store.pkcs11_key import token_key  # noqa: PLC0415 - only if named

        return token_key(key, passphrase=passphrase, ask=ask)
    return load_signer(folder, key, passphrase=passphrase, ask=ask)


def public_half(folder: Path, key: str | None) -> PublicKey:
    """Return the public half of a key file or of an agent's key; asks for no passphrase.

    Raises:
        KeyUnavailable: it is not there, or cannot be read.
        Ambiguous: several keys, and none or too little was named.
    """
    if key is not None and key.startswith(AGENT):
        from provenance_store.ssh_agent import agent_key  # noqa: PLC0415 - sockets only if named

        return agent_key(key.removeprefix(AGENT)).public_key
    path = find_key(folder, key)
    try:
        return _public_of(read_secret(path))
    except Malformed as error:
        raise KeyUnavailable(f"the key file {path.name} cannot be used: {error}") from error


def require_opens(path: Path, passphrase: bytes | None) -> None:
    """Return if a key file opens with this passphrase.

    Raises:
        PassphraseWrong: it does not, or needs one.
        KeyUnavailable: absent, unreadable or damaged.
    """
    _read(path, passphrase)


def change_passphrase(path: Path, old: bytes | None, new: bytes | None) -> None:
    """Seal a key file anew: a whole new file takes the old one's place, or nothing changes.

    Args:
        path: the key file.
        old: its passphrase; None for a file without one.
        new: None leaves the file open to whoever can read it.

    Raises:
        PassphraseWrong: `old` does not open it.
        KeyUnavailable: absent, unreadable or damaged.
        UsageError: `new` is empty.
        DiskFull: no space; the old file stands.
    """
    signer = _read(path, old)
    sealed = write_key_file(signer, new)
    # What is about to replace the only copy of a key must open.
    if read_key_file(sealed, new).seed != signer.seed:
        raise KeyUnavailable(f"{path.name} could not be sealed anew; it is as it was")
    write_atomically(path.resolve(), sealed, mode=0o600)


def _read(path: Path, passphrase: bytes | None) -> Ed25519Signer:
    try:
        return read_key_file(read_secret(path), passphrase)
    except PassphraseWrong as error:
        raise PassphraseWrong(f"{path.name}: {error}") from error
    except Malformed as error:
        raise KeyUnavailable(f"the key file {path.name} cannot be used: {error}") from error


def _public_of(data: bytes) -> PublicKey:
    if len(data) > MAX_KEY_FILE or not data.isascii():
        raise Malformed("not an OpenSSH private key file")
    text = data.decode("ascii").strip()
    if not (text.startswith(_BEGIN) and text.endswith(_END)):
        raise Malformed("not an OpenSSH private key file")
    body = text.removeprefix(_BEGIN).removesuffix(_END)
    reader = SshReader(decode_base64("".join(body.split())), what="a key file")
    # OpenSSH, PROTOCOL.key: cipher, key derivation and its options, then how many keys.
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise Malformed("not an OpenSSH private key file")
    for _ in range(3):
        reader.string()
    if reader.uint32() != 1:
        raise Malformed("a key file holds one key")
    return parse_ssh_key(reader.string()).point
