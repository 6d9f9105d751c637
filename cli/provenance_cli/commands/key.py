"""`prov key`, first part: make keys, enrol them, see who may sign."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from provenance.errors import UsageError
from provenance_cli import voice
from provenance_cli.key_options import (
    NewPassphraseOption,
    open_newcomer,
    read_file,
    write_file,
)
from provenance_cli.options import (
    DeskOption,
    JsonOption,
    KeyOption,
    PassphraseOption,
    ask_new_passphrase,
    ask_passphrase,
    find_desk,
    open_reading,
    open_signing,
    read_passphrase,
)

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the key file.")]


@app.command()
def new(
    name: NameArgument,
    passphrase_file: PassphraseOption = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave the key unprotected.")
    ] = False,
    desk: DeskOption = None,
) -> None:
    """Make a key file for a custodian; it signs nothing until an admin enrols it."""
    from provenance_store.key_files import custodian_path, make_custodian_key
    from provenance_store.opening import read_settings

    keys = read_settings(find_desk(desk)).keys
    passphrase = None if no_passphrase else read_passphrase(passphrase_file)
    if passphrase is None and not no_passphrase:
        passphrase = ask_new_passphrase(name)
    signer = make_custodian_key(keys, name, passphrase, secrets.token_bytes)
    voice.say(f"key {signer.public_key.kid} in {custodian_path(keys, name)}")
    voice.say_hint(
        [
            f"Next, by an admin: prov key enrol {name} --person NAME",
            f"Or from another machine: prov key request {name} --out FILE",
        ]
    )


@app.command()
def request(
    name: NameArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")],
    role: Annotated[
        str, typer.Option("--role", help="custodian, editor, admin or auditor.")
    ] = "custodian",
    passphrase_file: PassphraseOption = None,
    origin: Annotated[
        str | None,
        typer.Option("--origin", metavar="NAME", help="The desk's log, if it is not on this disk."),
    ] = None,
    desk: DeskOption = None,
) -> None:
    """Write a request for enrolment: public, signed by your key, for this desk only."""
    from provenance.ledger.keyrequest import write_key_request
    from provenance_store.opening import read_settings
    from provenance_store.signers import open_signer

    settings = None if origin else read_settings(find_desk(desk))
    keys = settings.keys if settings else Path()
    secret = read_passphrase(passphrase_file)
    signer = open_signer(keys, name, passphrase=secret, ask=ask_passphrase)
    named = origin or (settings.origin if settings else "")
    write_file(out, write_key_request(signer, origin=named, role=role))
    voice.say(f"request of key {signer.public_key.kid} in {out}")
    voice.say_hint(
        [
            "Tell the admin the key id by telephone: the file does not say who you are.",
            f"Next, by an admin: prov key enrol --request {out.name} --person NAME",
        ]
    )


@app.command()
def enrol(
    person: Annotated[str, typer.Option("--person", help="Who holds it; kept sealed.")],
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Key file, or agent:COMMENT.")
    ] = None,
    asked: Annotated[
        Path | None,
        typer.Option("--request", metavar="FILE", help="What `prov key request` wrote."),
    ] = None,
    role: Annotated[
        str | None, typer.Option("--role", help="custodian (default), editor, admin or auditor.")
    ] = None,
    new_passphrase_file: NewPassphraseOption = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Enrol a key that is here, or one that asks by file; you must be an admin."""
    if (name is None) == (asked is None):
        raise UsageError("give the NAME of a key that is here, or --request FILE")
    if asked is not None:
        file = read_file(asked)
        with open_signing(desk, key, passphrase_file) as opened:
            made = opened.enrol_requested(file, role=role, name=person)
        kid, given, seq = made.key.kid, made.role, made.enrolled
    else:
        newcomer = open_newcomer(desk, name, new_passphrase_file)
        given = role or "custodian"
        with open_signing(desk, key, passphrase_file) as opened:
            seq = opened.enrol(newcomer, role=given, name=person)
        kid = newcomer.public_key.kid
    voice.say(f"key {kid} enrolled as {given} (entry {seq})")


@app.command()
def passphrase(
    name: NameArgument,
    passphrase_file: PassphraseOption = None,
    new_passphrase_file: NewPassphraseOption = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave the key unprotected.")
    ] = False,
    desk: DeskOption = None,
) -> None:
    """Change a key file's passphrase; the key stays the same."""
    from provenance.errors import PassphraseWrong
    from provenance_store.key_files import find_key
    from provenance_store.opening import read_settings
    from provenance_store.signers import change_passphrase, require_opens

    path = find_key(read_settings(find_desk(desk)).keys, name)
    old = read_passphrase(passphrase_file)
    try:
        require_opens(path, old)
    except PassphraseWrong:
        if old is not None:
            raise
        old = ask_passphrase(path.stem)
        require_opens(path, old)
    fresh = None if no_passphrase else read_passphrase(new_passphrase_file)
    if fresh is None and not no_passphrase:
        fresh = ask_new_passphrase(path.stem)
    change_passphrase(path, old, fresh)
    voice.say(f"{path.name} has {'no' if fresh is None else 'a new'} passphrase")
    if fresh is not None:
        voice.say_hint(["Copies in backups still open with the old one."])


@app.command("allowed-signers")
def allowed_signers_(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it here; else printed.")
    ] = None,
    desk: DeskOption = None,
) -> None:
    """Print the roster for `ssh-keygen -Y verify`; names stay sealed."""
    from provenance.acts.endorsing import signers_file

    with open_reading(desk) as opened:
        text = signers_file(opened)
    if out is None:
        voice.result(text.removesuffix("\n"))
        return
    write_file(out, text.encode())
    voice.say(f"{len(text.splitlines())} keys in {out}")


@app.command("list")
def list_(
    endorsing: Annotated[
        bool, typer.Option("--endorsing", help="Also SSH keys that endorsed and are not enrolled.")
    ] = False,
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the keys of this desk, who holds them, and where in the log they count."""
    from provenance_cli.key_lines import endorsing_line, roster_line, row_of

    with open_reading(desk) as opened:
        keepers = opened.keepers()
        others = list(opened.endorsing_keys()) if endorsing else []
    lines = [roster_line(key, keepers) for key in keepers.roster]
    lines += [endorsing_line(each) for each in others]
    if as_json:
        for line in lines:
            voice.result_json(line)
        return
    rows = [row_of(line) for line in lines]
    voice.table(rows, header=("key", "person", "role", "since entry", "endorses", "state"))
    if keepers.one_person:
        voice.say("one key only: no second person can vouch for anything on this desk")
