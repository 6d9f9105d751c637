"""The key folder: the log key, custodians' keys, the arrival-mark key, the latch and subject keys.

It lies apart from the desk folder, so that a copy of the desk is not a copy of its keys. Files are
0600, the folder 0700; they are written whole or not at all and never overwritten. A folder without
a latch has signed nothing: it is what a killed creation left, and making it again completes it. A
key file that is damaged is as unavailable as one that is absent. Rules for finding
the acting custodian's key: the path that was given; else the name, in `custodians/`; else the only
key there. No message holds a passphrase or any part of a key.

    log.key              signs checkpoints; no passphrase, because every append signs a head
    mark.key             32 bytes: keys the arrival marks
    custodians/NAME.key  OpenSSH private keys, with a passphrase unless somebody chose none
    latch, subjects.*    see `latch_file` and `subject_keys`
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from provenance.errors import (
    KeyUnavailable,
    Malformed,
    PassphraseWrong,
    Refused,
    StoreFault,
    UsageError,
)
from provenance.ledger.keyfile import new_key, read_key_file, write_key_file
from provenance.ledger.keys import Ed25519Signer
from provenance_store.durable import sync_path, write_new
from provenance_store.faults import fault_of_os

LOG_KEY: Final = "log.key"
MARK_KEY: Final = "mark.key"
LATCH: Final = "latch"
MARK_KEY_LENGTH: Final = 32  # bytes
CUSTODIANS: Final = "custodians"
SUFFIX: Final = ".key"


def make_key_folder(folder: Path, random: Callable[[int], bytes]) -> Ed25519Signer:
    """Make a key folder with a log key and a mark key; returns the log key.

    What a killed creation left is completed: keys that are there already are used.

    Raises:
        Refused: its log key has signed already.
        StoreFault: the folder cannot be written.
    """
    if (folder / LATCH).exists():
        raise Refused(f"{folder} holds the keys of a desk: take another key folder")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / CUSTODIANS).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreFault(f"the key folder cannot be made: {error.strerror}") from error
    if not (folder / LOG_KEY).exists():
        write_secret(folder / LOG_KEY, write_key_file(new_key(random), None))
    if not (folder / MARK_KEY).exists():
        write_secret(folder / MARK_KEY, random(MARK_KEY_LENGTH))
    return load_log_key(folder)


def make_custodian_key(
    folder: Path, name: str, passphrase: bytes | None, random: Callable[[int], bytes]
) -> Ed25519Signer:
    """Make a custodian's key file; None for a passphrase writes it without one.

    Raises:
        UsageError: the name cannot be a file name.
        Refused: a key of this name is there already.
    """
    signer = new_key(random)
    write_secret(custodian_path(folder, name), write_key_file(signer, passphrase))
    return signer


def custodian_path(folder: Path, name: str) -> Path:
    """Return where the key of this name lies.

    Raises:
        UsageError: the name cannot be a file name.
    """
    if not name or name.startswith(".") or not all(c.isalnum() or c in "-_." for c in name):
        raise UsageError("a key's name has letters, digits, hyphens, dots and underscores only")
    return folder / CUSTODIANS / f"{name}{SUFFIX}"


def load_log_key(folder: Path) -> Ed25519Signer:
    """Read the log key.

    Raises:
        KeyUnavailable: it is absent, unreadable, damaged or sealed.
    """
    try:
        return _read_key(folder / LOG_KEY, None)
    except PassphraseWrong as error:
        raise KeyUnavailable(f"{LOG_KEY} is sealed; a log key has no passphrase") from error


def load_mark_key(folder: Path) -> bytes:
    """Read the key of the arrival marks.

    Raises:
        KeyUnavailable: it is absent, unreadable or damaged.
    """
    key = read_secret(folder / MARK_KEY)
    if len(key) != MARK_KEY_LENGTH:
        raise KeyUnavailable(f"the key file {MARK_KEY} is not {MARK_KEY_LENGTH} bytes long")
    return key


def load_signer(
    folder: Path,
    key: str | None,
    *,
    passphrase: bytes | None,
    ask: Callable[[str], bytes],
) -> Ed25519Signer:
    """Read the acting custodian's key.

    Args:
        folder: the key folder.
        key: a path or a name; None for the only key there is.
        passphrase: if it is known; else `ask` is called with the key's name when one is needed.
        ask: asks a person; may raise KeyUnavailable.

    Raises:
        KeyUnavailable: absent, unreadable, damaged, or no passphrase to be had.
        PassphraseWrong: it does not open.
        UsageError: several keys and none was named.
    """
    path = find_key(folder, key)
    try:
        return _read_key(path, passphrase)
    except PassphraseWrong:
        if passphrase is not None:
            raise
    return _read_key(path, ask(path.stem))


def _read_key(path: Path, passphrase: bytes | None) -> Ed25519Signer:
    data = read_secret(path)
    try:
        return read_key_file(data, passphrase)
    except PassphraseWrong as error:
        raise PassphraseWrong(f"{path.name}: {error}") from error
    except Malformed as error:
        raise KeyUnavailable(f"the key file {path.name} cannot be used: {error}") from error


def find_key(folder: Path, key: str | None) -> Path:
    """Return the path of a custodian's key file.

    Raises:
        KeyUnavailable: there is none.
        UsageError: several and none was named.
    """
    if key is not None:
        given = Path(key)
        if given.is_file():
            return given
        named = custodian_path(folder, key) if "/" not in key else given
        if not named.is_file():
            names = ", ".join(path.stem for path in _key_files(folder)) or "none"
            raise KeyUnavailable(
                f"no key {key!r}: give a path, or the name of a file in the key folder ({names})"
            )
        return named
    found = _key_files(folder)
    if not found:
        raise KeyUnavailable("no custodian's key in the key folder; `prov key new NAME` makes one")
    if len(found) > 1:
        names = ", ".join(path.stem for path in found)
        raise UsageError(f"several keys ({names}): say which with --key NAME, or set PROV_KEY")
    return found[0]


def _key_files(folder: Path) -> list[Path]:
    return sorted((folder / CUSTODIANS).glob(f"*{SUFFIX}"))


def read_secret(path: Path) -> bytes:
    """Read a small secret file.

    Raises:
        KeyUnavailable: it is absent or unreadable.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyUnavailable(
            f"the key file {path.name} cannot be read: {error.strerror}"
        ) from error


def write_secret(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, durably; never over an existing one.

    Raises:
        Refused: a file of this name is there already.
        DiskFull: no space; nothing was written.
        StoreFault: it cannot be written.
    """
    if path.exists():
        raise Refused(f"{path.name} exists already and is never overwritten")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_new(beside, data, mode=0o600)
        _name_for_good(beside, path)
        _sync_name(path)
    except FileExistsError as error:
        raise Refused(f"{path.name} exists already and is never overwritten") from error
    except OSError as error:
        raise fault_of_os(error, f"{path.name} cannot be written") from error
    finally:
        beside.unlink(missing_ok=True)


def _sync_name(path: Path) -> None:
    try:
        sync_path(path.parent)
    except OSError:
        path.unlink(missing_ok=True)  # nobody was told of it; left there, it would refuse a retry
        raise


def _name_for_good(beside: Path, path: Path) -> None:
    try:
        os.link(beside, path)  # unlike a rename it fails where the name is taken
    except FileExistsError:
        raise
    except OSError:  # no hard links here (exFAT): somebody could take the name in between
        beside.rename(path)
