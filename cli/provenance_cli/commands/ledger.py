"""`prov ledger`: the append-only log itself."""

from pathlib import Path
from typing import Annotated

import typer

from provenance.errors import NothingToCheck
from provenance_cli import voice
from provenance_cli.commands import prove, timestamp, witness
from provenance_cli.options import DeskOption, JsonOption, open_reading

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("publish")(prove.publish)
app.command("prove")(prove.prove)
app.add_typer(witness.app, name="witness", help="Others who cosign the log.")
app.add_typer(witness.policy_app, name="policy", help="Which of them must have cosigned.")
app.command("witness-serve")(witness.serve)
app.add_typer(timestamp.app, name="timestamp", help="What other clocks say (RFC 3161).")


@app.callback()
def ledger() -> None:
    """Work with the append-only log itself."""


@app.command()
def checkpoint(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Print the newest signed checkpoint: hand it to somebody who keeps it for you."""
    with open_reading(desk) as opened:
        kept = opened.checkpoint()
        if kept is None:
            raise NothingToCheck("the log is empty, so there is no checkpoint")
        verifier = opened.log_vkey()
    note = kept.note.decode("utf-8")
    if as_json:
        voice.result_json({"size": kept.size, "note": note, "verifier_key": verifier})
        return
    voice.result(note.rstrip("\n"))
    voice.say(f"verifier key: {verifier}")
    voice.say_hint(
        ["Whoever holds this text can show that nothing before it was changed afterwards."]
    )


@app.command()
def recount(
    outside: Annotated[
        list[Path] | None,
        typer.Option("--outside", metavar="FILE", help="Compare with this checkpoint; repeatable."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", help="Workers; more than one on four cores."),
    ] = None,
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Hash every entry again and compare; quicker and less than an audit; exit code 1 as there."""
    from provenance_cli.audit_lines import print_recount
    from provenance_cli.audit_run import hashing_workers, processes, read_held
    from provenance_cli.progress import Progress
    from provenance_cli.rendering import recount_json

    with open_reading(desk) as opened:
        notes = tuple(read_held(path, opened.parts.origin) for path in outside or ())
        size = opened.parts.ledger.size()
        count = hashing_workers(jobs, size)
        with Progress("recount", total=size) as progress, processes(count) as pool:
            found = opened.recount(outside=notes, pool=pool, ahead=2 * count, tick=progress.tick)
    if as_json:
        voice.result_json(recount_json(found))
    else:
        print_recount(found, outside=bool(notes))
    if not found.holds:
        raise typer.Exit(1)
    if not found.log.size:
        raise typer.Exit(3)
