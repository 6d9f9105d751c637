"""What several commands of `prov key` share: small files in and out, and the newcomer's key."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance.errors import NotFound, UsageError
from provenance_cli.options import ask_passphrase, find_desk, read_passphrase

if TYPE_CHECKING:
    from provenance.ledger.keys import Signer

MAX_FILE = 65_536  # bytes; a request has 450, a security key's signature 700
NewPassphraseOption = Annotated[
    Path | None,
    typer.Option("--new-passphrase-file", metavar="FILE", help="Passphrase of the NEW key."),
]


def open_newcomer(desk: Path | None, name: str | None, passphrase_file: Path | None) -> "Signer":
    """Open the key that is to be enrolled, or that takes another's place."""
    from provenance_store.opening import read_settings
    from provenance_store.signers import open_signer

    keys = read_settings(find_desk(desk)).keys
    secret = read_passphrase(passphrase_file)
    return open_signer(keys, name, passphrase=secret, ask=ask_passphrase)


def read_file(path: Path) -> bytes:
    """Return what a small file holds.

    Raises:
        NotFound: it cannot be read.
        UsageError: it is far too long to be what it should be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE:
        raise UsageError(f"{path} is too long: more than {MAX_FILE} bytes")
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write a small public file; never over an existing one.

    Raises:
        UsageError: it exists, or the folder cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
