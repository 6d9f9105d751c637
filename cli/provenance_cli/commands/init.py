"""`prov init`: a new desk, its keys, and entry 0 of its log."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from provenance_cli import voice
from provenance_cli.options import PassphraseOption, ask_new_passphrase, read_passphrase


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New folder for the desk.")],
    name: Annotated[str, typer.Option("--name", help="Your name, as the first admin.")],
    keys: Annotated[
        Path | None,
        typer.Option("--keys", metavar="DIR", help="Folder for the keys; DIR-keys by default."),
    ] = None,
    database: Annotated[
        str,
        typer.Option("--database", help="`sqlite`, or a PostgreSQL URL without a password."),
    ] = "sqlite",
    passphrase_file: PassphraseOption = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave your key unprotected.")
    ] = False,
) -> None:
    """Make a desk: its folder, its keys, and the first entry of its log."""
    from provenance_store.opening import create_desk

    passphrase = None if no_passphrase else read_passphrase(passphrase_file)
    if passphrase is None and not no_passphrase:
        passphrase = ask_new_passphrase(name)
    made = create_desk(
        folder,
        keys=keys,
        admin=name,
        passphrase=passphrase,
        database=database,
        random=secrets.token_bytes,
    )
    voice.say(f"new desk in {folder}, keys in {made.keys}")
    if passphrase is None:
        voice.say_hint(["Your key has no passphrase: whoever copies the file can sign as you."])
    voice.say_hint(
        [
            f"Back up {made.keys} apart from the desk: without it sealed names cannot be read.",
            f"Next: prov ingest FILE --desk {folder}",
        ]
    )
