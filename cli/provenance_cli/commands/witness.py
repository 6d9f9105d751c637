"""`prov ledger witness`, `... policy` and `... witness-serve`: who else holds the log."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance_cli import voice
from provenance_cli.files import read_file, write_file
from provenance_cli.options import (
    DeskOption,
    JsonOption,
    KeyOption,
    PassphraseOption,
    open_reading,
    open_signing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provenance.outside.witness_judge import Cosigner
    from provenance.outside.witnessing import Asked

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
policy_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Your own name for it.")]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="Write to this file.")]
StateOption = Annotated[
    Path, typer.Option("--state", metavar="DIR", help="The witness's memory; never restore it.")
]
WitnessKeyOption = Annotated[
    Path, typer.Option("--key", metavar="FILE", help="The witness's own private key file.")
]
CalledOption = Annotated[
    str, typer.Option("--name", metavar="NAME", help="The witness's name, such as desk.example/w1.")
]
LogOption = Annotated[
    list[str] | None,
    typer.Option("--log", metavar="VKEY", help="A log to witness from now on; may be repeated."),
]


@app.callback()
def witness() -> None:
    """Ask others to cosign the log, and be a witness for others."""


@app.command()
def add(
    name: NameArgument,
    vkey: Annotated[str, typer.Argument(metavar="VKEY", help="Its verifier key, as it gave it.")],
    url: Annotated[
        str | None, typer.Option("--url", help="Where it answers; leave out for files.")
    ] = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Record a witness, or a new address for one; you must be an admin."""
    with open_signing(desk, key, passphrase_file) as opened:
        seq = opened.outside.add_witness(name, vkey, url=url)
        verifier = opened.log_vkey()
    voice.say(f"witness {name} recorded (entry {seq})")
    voice.say_hint([f"It must know this log: give it {verifier}"])


@app.command("list")
def list_(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """List the witnesses and how far each has cosigned."""
    with open_reading(desk) as opened:
        there = opened.outside.holders()
        held = {each.name: opened.outside.last_cosigned(each.name) for each in there.witnesses}
    rows = []
    for each in there.witnesses:
        row = {"name": each.name, "verifier_key": each.key.vkey(), "url": each.url}
        if as_json:
            voice.result_json(row | {"cosigned": held[each.name]})
        rows.append((each.name, str(held[each.name]), each.url or "by file", each.key.name))
    if not as_json:
        voice.table(rows, header=("witness", "cosigned", "address", "key name"))


@app.command()
def request(
    name: NameArgument,
    out: OutOption,
    old: Annotated[
        int | None, typer.Option("--old", help="Size it holds, if it told you another one.")
    ] = None,
    desk: DeskOption = None,
) -> None:
    """Write a request for the newest checkpoint: mail or carry it to a witness."""
    with open_reading(desk) as opened:
        data = opened.outside.witness_request(name, old=old)
    write_file(out, data)
    voice.say(f"request for {name} written to {voice.visible(str(out))}")
    voice.say_hint(["What comes back: prov ledger witness accept FILE"])


@app.command()
def accept(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the witness sent back.")],
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a witness's answer and keep its cosignature."""
    from provenance.outside.cosignatures import MAX_ANSWER

    answer = read_file(file, MAX_ANSWER)
    with open_reading(desk) as opened:
        done = opened.outside.accept_cosignatures(answer)
    if as_json:
        value = {"size": done.size, "witnesses": list(done.names), "added": done.added}
        voice.result_json(value)
        return
    words = "kept" if done.added else "was there already"
    voice.say(f"checkpoint {done.size} cosigned by {', '.join(done.names)}: {words}")


@app.command()
def run(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Ask every witness that has an address; for cron."""
    from provenance_cli.http_client import HttpTransport

    with open_reading(desk) as opened:
        asked = opened.outside.ask_witnesses(HttpTransport())
    tell_asked(asked, done="cosigned", nobody="no witness has an address", as_json=as_json)


@app.command()
def key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as desk.example/w1.")],
    out: OutOption,
) -> None:
    """Make a witness's key file and print its verifier key: give that to the desk."""
    import secrets

    from provenance.ledger.keyfile import new_key, write_key_file
    from provenance.outside.witness_judge import Cosigner
    from provenance_store.key_files import write_secret

    signer = new_key(secrets.token_bytes)
    cosigner = Cosigner(name=name, signer=signer)
    verifier = cosigner.key.vkey()  # refuses an impossible name before a file is written
    write_secret(out, write_key_file(signer, None))
    voice.result(verifier)
    voice.say(f"key in {voice.visible(str(out))}; it has no passphrase: guard the file")


@app.command()
def answer(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The desk's request.")],
    out: OutOption,
    state: StateOption,
    key_file: WitnessKeyOption,
    name: CalledOption,
    log: LogOption = None,
) -> None:
    """As a witness: judge a request that came as a file, and write the answer."""
    import time

    from provenance.errors import CheckFailed
    from provenance.outside.witness_request import MAX_REQUEST
    from provenance_store.witness_answering import answer_request
    from provenance_store.witness_folder import WitnessFolder

    data, cosigner, folder = (
        read_file(file, MAX_REQUEST),
        _cosigner(name, key_file),
        WitnessFolder(state),
    )
    for vkey in log or []:
        folder.add_log(vkey)
    folder.require_logs()
    found = answer_request(folder, data, cosigner=cosigner, clock=lambda: int(time.time()))
    if found.status in {200, 409}:
        write_file(out, found.body)  # a size, too, is an answer: the desk asks again from there
    if found.status != 200:
        raise CheckFailed(f"not cosigned ({found.status}): {_text(found.body)}")
    voice.say(f"cosigned {found.origin} with {found.size} entries")


def serve(
    state: StateOption,
    key_file: WitnessKeyOption,
    name: CalledOption,
    log: LogOption = None,
    listen: Annotated[
        str, typer.Option("--listen", metavar="HOST:PORT", help="Where to listen.")
    ] = "127.0.0.1:8137",
) -> None:
    """Be a witness over HTTP: POST /add-checkpoint (c2sp.org/tlog-witness)."""
    import time

    from provenance.errors import SurroundingsError
    from provenance_cli.witness_server import WitnessServer, split_address
    from provenance_store.witness_folder import WitnessFolder

    folder, cosigner = WitnessFolder(state), _cosigner(name, key_file)
    for vkey in log or []:
        folder.add_log(vkey)
    folder.require_logs()
    host, port, is_local = split_address(listen)
    if not is_local:
        voice.say("listening beyond this machine, without TLS: put a web server with TLS before it")
    try:
        server = WitnessServer(
            (host, port), folder=folder, cosigner=cosigner, clock=lambda: int(time.time())
        )
    except OSError as error:
        raise SurroundingsError(f"cannot listen on {listen}: {error.strerror}") from error
    with server:
        voice.say(f"witness {name} on http://{host}:{server.server_address[1]}/add-checkpoint")
        voice.say_hint([f"verifier key: {cosigner.key.vkey()}"])
        server.serve_forever()


@policy_app.callback()
def policy() -> None:
    """Which witnesses must have cosigned for a checkpoint to count."""


@policy_app.command()
def show(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Print the policy and whether the newest cosigned checkpoint fulfils it."""
    from provenance.errors import NothingToCheck

    with open_reading(desk) as opened:
        there, found = opened.outside.holders(), opened.outside.standing()
    if there.policy_text is None:
        raise NothingToCheck("no policy is set; `prov ledger policy draft` writes a first one")
    size, finding = found or (None, None)
    if as_json:
        value: dict[str, object] = {"policy": there.policy_text, "size": size}
        if finding is not None:
            value |= {
                "fulfilled": finding.fulfilled,
                "cosigned": list(finding.cosigned),
                "lacking": list(finding.lacking),
                "sentence": finding.sentence,
            }
        voice.result_json(value)
    else:
        for line in there.policy_text.splitlines():
            voice.result(voice.visible(line))
        if finding is not None:
            voice.say(f"checkpoint of {size} entries: {voice.visible(finding.sentence)}")
    if finding is None:
        raise NothingToCheck("no checkpoint is cosigned yet")
    if not finding.fulfilled:
        raise typer.Exit(1)


@policy_app.command()
def draft(
    need: Annotated[
        int, typer.Option("--need", help="How many of the witnesses must have cosigned.")
    ] = 1,
    desk: DeskOption = None,
) -> None:
    """Print a policy over all witnesses of this desk; edit it, then `policy set`."""
    from provenance.outside.policy import parse_policy

    with open_reading(desk) as opened:
        witnesses, log_key = opened.outside.holders().witnesses, opened.log_vkey()
    lines = [f"log {log_key}"]
    lines += [f"witness {each.name} {each.key.vkey()}" for each in witnesses]
    if witnesses:
        lines.append(f"group all-witnesses {need} {' '.join(each.name for each in witnesses)}")
    lines.append(f"quorum {'all-witnesses' if witnesses else 'none'}")
    text = "".join(f"{line}\n" for line in lines)
    parse_policy(text.encode())
    voice.result(text.rstrip("\n"))


@policy_app.command("set")
def set_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy (c2sp.org/tlog-policy).")],
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Record the policy; you must be an admin."""
    from provenance.outside.policy import MAX_POLICY

    text = read_file(file, MAX_POLICY)
    with open_signing(desk, key, passphrase_file) as opened:
        seq = opened.outside.set_policy(text)
    voice.say(f"policy recorded (entry {seq})")


def tell_asked(asked: "Sequence[Asked]", *, done: str, nobody: str, as_json: bool) -> None:
    """Print how it went with each, and leave with the exit code of the worst.

    A desk that was rolled back is worst, then what was checked and failed: nobody else's wrong
    answer may hide the first.
    """
    from provenance.errors import NothingToCheck, RolledBack

    if not asked:
        raise NothingToCheck(nobody)
    for each in asked:
        if as_json:
            error = (
                None if each.error is None else {"code": each.error.code, "text": str(each.error)}
            )
            voice.result_json({"name": each.name, "size": each.size, "error": error})
        elif each.error is None:
            voice.result(f"{each.name}: {done} at {each.size} entries")
        else:
            voice.say(voice.visible(f"{each.name}: {each.error}"))
            voice.say_hint([each.error.hint] if each.error.hint else [])
    errors = [each.error for each in asked if each.error is not None]
    if any(isinstance(error, RolledBack) for error in errors):
        raise typer.Exit(RolledBack.exit_code)
    if errors:
        codes = {error.exit_code for error in errors}
        raise typer.Exit(1 if 1 in codes else max(codes))


def _cosigner(name: str, key_file: Path) -> "Cosigner":
    from provenance.ledger.keyfile import read_key_file
    from provenance.outside.witness_judge import Cosigner
    from provenance_store.key_files import read_secret

    cosigner = Cosigner(name=name, signer=read_key_file(read_secret(key_file), None))
    cosigner.key.vkey()
    return cosigner


def _text(body: bytes) -> str:
    return voice.visible(body.decode("utf-8", "replace").strip())
