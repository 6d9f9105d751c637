"""`prov key`, second part: replace, revoke, endorse, and look at what was signed as you."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    find_desk,
    open_reading,
    open_signing,
)

if TYPE_CHECKING:
    from datetime import datetime

    from provenance.desk import Desk

WhoArgument = Annotated[
    str, typer.Argument(metavar="NAME_OR_KID", help="The holder's name, or the key's id.")
]
SinceSizeOption = Annotated[
    int | None,
    typer.Option(
        "--compromised-since",
        metavar="SIZE",
        min=0,
        help="Log size from which on the key may have been in other hands.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to `prov key`."""
    app.command("rotate")(rotate)
    app.command("revoke")(revoke)
    app.command("cosign-revocation")(cosign_revocation)
    app.command("endorse")(endorse)
    app.command("signed")(signed)


def rotate(
    new_name: Annotated[
        str, typer.Argument(metavar="NEWNAME", help="The new key: a file, or agent:COMMENT.")
    ],
    new_passphrase_file: NewPassphraseOption = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Put a new key in the place of yours; both sign, and the old one signs no more."""
    newcomer = open_newcomer(desk, new_name, new_passphrase_file)
    with open_signing(desk, key, passphrase_file) as opened:
        seq = opened.rotate(newcomer)
    voice.say(f"key {newcomer.public_key.kid} takes the place of yours (entry {seq})")


def revoke(
    who: WhoArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept sealed.")],
    compromised_since: SinceSizeOption = None,
    second_request: Annotated[
        Path | None,
        typer.Option(
            "--second-request", metavar="FILE", help="What another admin's cosign-revocation wrote."
        ),
    ] = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Revoke a key: your own, or as an admin; two admins sign where there are two."""
    consented = read_file(second_request) if second_request else None
    with open_signing(desk, key, passphrase_file) as opened:
        seq = opened.revoke(
            who, reason=reason, compromised_since=compromised_since, consented=consented
        )
    voice.say(f"the key signs no more: what it signed up to entry {seq} stays valid")
    if compromised_since is not None:
        voice.say_hint([f"Review it: prov key signed --key '{who}' --since {compromised_since}"])


def cosign_revocation(
    who: WhoArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")],
    compromised_since: SinceSizeOption = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Consent, as the second admin, to the revocation of a key; records nothing."""
    with open_signing(desk, key, passphrase_file) as opened:
        file = opened.consent_to_revocation(who, compromised_since=compromised_since)
    write_file(out, file)
    voice.say(f"your consent is in {out}")
    since = "" if compromised_since is None else f" --compromised-since {compromised_since}"
    voice.say_hint(
        [f"Next, by the first: prov key revoke '{who}'{since} --second-request {out.name}"]
    )


def endorse(
    seq: Annotated[int, typer.Argument(metavar="SEQ", help="Position of the entry.", min=0)],
    signature: Annotated[
        Path | None,
        typer.Option("--signature", metavar="FILE", help="What `ssh-keygen -Y sign` wrote."),
    ] = None,
    request: Annotated[
        bool, typer.Option("--request", help="Print the bytes to sign, and how.")
    ] = False,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Put an SSH key's signature, for instance a security key's, under an entry."""
    if request == (signature is not None):
        raise UsageError("give --request to see what to sign, or --signature FILE")
    if signature is None:
        _print_request(desk, seq)
        return
    # Mail programs and Windows end lines with CR LF.
    armored = read_file(signature).replace(b"\r\n", b"\n").decode("ascii", "replace")
    with open_signing(desk, key, passphrase_file) as opened:
        at = opened.endorse(seq, armored)
    voice.say(f"entry {seq} is endorsed (entry {at})")


def _print_request(desk: Path | None, seq: int) -> None:
    from provenance.ledger.endorsement import NAMESPACE

    with open_reading(desk) as opened:
        text = opened.endorsement_request(seq).decode()
    voice.result(text.removesuffix("\n"))
    voice.say("sign exactly the lines above, the last line end included:")
    voice.say_hint(
        [
            f"prov key endorse {seq} --request > to-sign",
            f"ssh-keygen -Y sign -n {NAMESPACE} -f ~/.ssh/id_ed25519_sk to-sign",
            f"prov key endorse {seq} --signature to-sign.sig",
        ]
    )


def signed(
    since: Annotated[
        str, typer.Option("--since", metavar="TIME|SEQ", help="A position, or a UTC instant.")
    ],
    desk: DeskOption = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", envvar="PROV_KEY", metavar="NAME", help="A person, a key's id, or a key file."
        ),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List what was signed as you: what you do not remember signing, somebody else signed."""
    from provenance.acts.endorsing import signed_by
    from provenance_cli.key_lines import signed_line

    start = _since(since)
    with open_reading(desk) as opened:
        kids = _kids(opened, desk, key)
        lines = [signed_line(each) for each in signed_by(opened, kids, since=start)]
    if as_json:
        for line in lines:
            voice.result_json(line)
        return
    columns = ("seq", "type", "item", "claimed_at", "seen")
    voice.table([[str(line[c]) for c in columns] for line in lines], header=columns)
    voice.say(f"{len(lines)} entries signed by {len(kids)} key(s) since {since}")


def _since(text: str) -> "int | datetime":
    from provenance.instants import parse_instant

    return int(text) if text.isascii() and text.isdecimal() else parse_instant(text)


def _kids(opened: "Desk", desk: Path | None, key: str | None) -> frozenset[str]:
    from provenance_store.opening import read_settings
    from provenance_store.signers import public_half

    # A person's name means all the keys that person ever had here.
    if key is not None and (found := opened.keepers().called(key)):
        return frozenset(each.key.kid for each in found)
    return frozenset({public_half(read_settings(find_desk(desk)).keys, key).kid})
