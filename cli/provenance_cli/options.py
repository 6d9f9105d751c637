"""Options that many commands share, and how a command gets at its desk and its key.

The desk is, in this order: `--desk`, the variable PROV_DESK, the nearest folder upward from here
that holds a `desk.toml`. The key is `--key` (a path, a name in the desk's key folder, `agent:NAME`
for one in the ssh-agent, `pkcs11:MODULE:TOKEN:LABEL` for one on a token), the variable PROV_KEY, or
the only key in that folder. A passphrase, or a token's PIN, comes from the file that
`--passphrase-file` or PROV_PASSPHRASE_FILE names, or is asked for on the terminal; it is never an
argument, where other users of the machine could read it. PROV_LOCK_TIMEOUT is how many seconds to
wait for another process that is writing; 30 by default.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance.errors import KeyUnavailable, NotFound, UsageError

if TYPE_CHECKING:
    from provenance.desk import Desk

MAX_LOCK_TIMEOUT = 86_400  # seconds: a day

DeskOption = Annotated[
    Path | None,
    typer.Option("--desk", envvar="PROV_DESK", metavar="DIR", help="The desk's folder."),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key",
        envvar="PROV_KEY",
        metavar="NAME",
        help="Sign with this key: a name, a path, agent:COMMENT, agent:SHA256:…, "
        "pkcs11:MODULE:TOKEN:LABEL.",
    ),
]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        envvar="PROV_PASSPHRASE_FILE",
        metavar="FILE",
        help="Read the key's passphrase from this file.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OcrOption = Annotated[
    str | None,
    typer.Option("--ocr", metavar="LANGUAGE", help="Read scans and photographs: eng, deu ..."),
]
ClaimsOption = Annotated[
    str | None,
    typer.Option("--claims", metavar="DAY", help="It is claimed to be of this day (2020-01-06)."),
]
ItemArgument = Annotated[
    str, typer.Argument(metavar="ITEM", help="Accession number, id or SHA-256; a prefix will do.")
]


def find_desk(desk: Path | None) -> Path:
    """Return the desk's folder.

    Raises:
        NotFound: none was named and none lies upward from here.
    """
    if desk is not None:
        return desk
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "desk.toml").is_file():
            return folder
    raise NotFound("no desk here: name one with --desk DIR, or make one with `prov init DIR`")


def read_passphrase(path: Path | None) -> bytes | None:
    """Return the passphrase in a file, without its last line end; None if no file was named.

    Raises:
        KeyUnavailable: the file cannot be read.
    """
    if path is None:
        return None
    try:
        return path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise KeyUnavailable(
            f"the passphrase file {path} cannot be read: {error.strerror}"
        ) from error


def ask_passphrase(name: str) -> bytes:
    """Ask for a passphrase on the terminal, without showing it.

    Raises:
        KeyUnavailable: there is no terminal to ask on.
    """
    if not sys.stdin.isatty():
        raise KeyUnavailable(
            f"the key {name!r} has a passphrase and there is no terminal to ask for it: "
            "use --passphrase-file"
        )
    return _ask(f"Passphrase of {name}: ").encode()


def ask_new_passphrase(name: str) -> bytes:
    """Ask for a new passphrase twice.

    Raises:
        KeyUnavailable: there is no terminal to ask on.
        UsageError: empty, or the two differ.
    """
    if not sys.stdin.isatty():
        raise KeyUnavailable(
            "a new key needs a passphrase: use --passphrase-file, or --no-passphrase"
        )
    first = _ask(f"New passphrase for {name}: ")
    if not first or first != _ask("The same again: "):
        raise UsageError("the passphrase is empty, or the two differ; no key was made")
    return first.encode()


def _ask(prompt: str) -> str:
    import getpass

    try:
        return getpass.getpass(prompt)
    except EOFError as error:
        raise KeyUnavailable("no passphrase was given") from error


def lock_timeout() -> float:
    """Return how many seconds to wait for another writer.

    Raises:
        UsageError: PROV_LOCK_TIMEOUT is no number of seconds.
    """
    stated = os.environ.get("PROV_LOCK_TIMEOUT", "30")
    try:
        seconds = float(stated)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MAX_LOCK_TIMEOUT:
        raise UsageError(f"PROV_LOCK_TIMEOUT is a number of seconds, 0 to {MAX_LOCK_TIMEOUT}")
    return seconds


def open_reading(desk: Path | None) -> "Desk":
    """Open the desk for acts that sign nothing."""
    folder = find_desk(desk)  # before the store is loaded: half a second to say "no desk here"
    from provenance_store.opening import open_desk

    return open_desk(folder, lock_timeout=lock_timeout())


def open_signing(desk: Path | None, key: str | None, passphrase_file: Path | None) -> "Desk":
    """Open the desk for acts that are signed."""
    folder = find_desk(desk)
    from provenance_store.opening import open_desk, read_settings
    from provenance_store.signers import open_signer

    settings = read_settings(folder)
    signer = open_signer(
        settings.keys, key, passphrase=read_passphrase(passphrase_file), ask=ask_passphrase
    )
    return open_desk(folder, signer=signer, lock_timeout=lock_timeout())
