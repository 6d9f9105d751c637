"""The private key file: OpenSSH's own format, so that ssh-keygen and ssh-agent read it too.

Sealed with bcrypt at 64 rounds and AES-256-CTR: about half a second for each guess at the
passphrase. (PKCS#8 as the cryptography library writes it stops at 2,048 PBKDF2 rounds.)
A key written without a passphrase is NOT sealed: whoever reads the file can sign with it.
Refused: files of other kinds of key, damaged files, a missing or wrong passphrase, an empty one
when writing. Salt and padding come from the library's own random source, not from the caller: the
file is not part of any record, so nothing needs to be repeated byte for byte.
"""

from collections.abc import Callable
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    ssh,
)

from provenance.errors import Malformed, PassphraseWrong, UsageError
from provenance.ledger.keys import Ed25519Signer

KDF_ROUNDS: Final = 64  # bcrypt_pbkdf rounds: 0.5 s a guess; OpenSSH's default of 16 gives 0.1 s
MAX_KEY_FILE: Final = 16_384  # bytes; an Ed25519 key file has 444
_BEGIN: Final = b"-----BEGIN OPENSSH PRIVATE KEY-----"


def new_key(random: Callable[[int], bytes]) -> Ed25519Signer:
    """Return a new Ed25519 key from 32 random bytes."""
    return Ed25519Signer(random(32))


def write_key_file(signer: Ed25519Signer, passphrase: bytes | None) -> bytes:
    """Return the content of a key file sealed with `passphrase`.

    Args:
        signer: The key.
        passphrase: None leaves the file open to whoever can read it: for a key that a service
            signs with, and for people who decided so.

    Raises:
        UsageError: the passphrase is empty.
    """
    private = Ed25519PrivateKey.from_private_bytes(signer.seed)
    if passphrase is None:
        return private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    if not passphrase:
        raise UsageError("an empty passphrase protects nothing")
    sealing = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(KDF_ROUNDS).build(passphrase)
    return private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, sealing)


def read_key_file(data: bytes, passphrase: bytes | None) -> Ed25519Signer:
    """Return the key of an OpenSSH private key file.

    Args:
        data: The file's content.
        passphrase: None for a file without one; ignored where the file has none.

    Raises:
        Malformed: not an OpenSSH private key file, damaged, or not Ed25519.
        PassphraseWrong: it needs a passphrase, and this is not it.
    """
    if len(data) > MAX_KEY_FILE or not data.lstrip().startswith(_BEGIN):
        raise Malformed("not an OpenSSH private key file")
    private = _load(data, passphrase)
    if not isinstance(private, Ed25519PrivateKey):
        raise Malformed("a key file of another kind; only Ed25519 key files can sign here")
    return Ed25519Signer(private.private_bytes_raw())


def _load(data: bytes, passphrase: bytes | None) -> object:
    try:
        return ssh.load_ssh_private_key(data, passphrase)
    except TypeError as error:
        # The library says so both for a passphrase that is missing and for one that is not needed.
        if passphrase is None:
            raise PassphraseWrong("this key file is sealed: it needs its passphrase") from error
        return _load(data, None)
    except UnsupportedAlgorithm as error:
        raise Malformed("a key file of a kind that is not read here") from error
    except ValueError as error:
        # OpenSSH repeats a random check word inside the sealed part; a wrong key spoils it.
        if "checksum" in str(error):
            raise PassphraseWrong("this key file does not open with this passphrase") from error
        raise Malformed("a damaged OpenSSH private key file") from error
