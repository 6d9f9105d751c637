"""`prov source`: what came from a source, and forgetting one for good.

A handle is typed on the command line and printed nowhere but in the answer to `show`.
"""

from typing import Annotated

import typer

from provenance_cli import voice
from provenance_cli.options import (
    DeskOption,
    JsonOption,
    KeyOption,
    PassphraseOption,
    open_reading,
    open_signing,
)

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

HandleArgument = Annotated[
    str, typer.Argument(metavar="HANDLE", help="Opaque handle such as S-7; never a name.")
]


@app.command()
def add(
    handle: HandleArgument,
    note: Annotated[str, typer.Option("--note", help="Particulars; sealed.")] = "",
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Record sealed particulars of a source, under its own key."""
    with open_signing(desk, key, passphrase_file) as opened:
        seq = opened.add_source(handle, note=note)
    voice.say(f"particulars recorded, sealed under the source's own key (entry {seq})")


@app.command()
def show(handle: HandleArgument, desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Show what stands under a handle: items, arrivals, entries."""
    with open_reading(desk) as opened:
        card = opened.source(handle)
    if as_json:
        voice.result_json(
            {
                "items": list(card.items),
                "arrivals": card.arrivals,
                "notes": list(card.notes),
                "entries": [
                    {"seq": e.seq, "type": e.type, "accession": e.accession, "what": e.what}
                    for e in card.entries
                ],
            }
        )
        return
    from provenance.facts.gathering import counted

    voice.result(f"{counted(len(card.items), 'item')}, {counted(card.arrivals, 'arrival')}")
    for note in filter(None, card.notes):
        voice.wrapped(voice.visible(note), first="  ", indent="  ")
    rows = [(str(e.seq), e.type, e.accession or "-", voice.visible(e.what)) for e in card.entries]
    voice.table(rows, header=("entry", "type", "item", "what"))


@app.command()
def erase(
    handle: HandleArgument,
    reason: Annotated[
        str,
        typer.Option("--reason", help="source-asked, safety, law, mistake or retention."),
    ],
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Forget a source for good; two people approve, each by this command with their own key."""
    with open_signing(desk, key, passphrase_file) as opened:
        done = opened.erase_source(handle, reason=reason)
    if as_json:
        voice.result_json(
            {
                "stage": done.stage.value,
                "entry": done.seq,
                "fields": done.fields,
                "one_person": done.one_person,
                "naming": list(done.naming),
            }
        )
    if done.stage.value == "requested":
        voice.say(f"nothing is erased yet: a second person has to approve (entry {done.seq})")
        voice.say_hint(["They give the same command with their own key."])
        return
    where = f", see entry {done.seq}" if done.seq is not None else ""
    verb = "erased" if done.stage.value == "erased" else "erasure completed:"
    voice.say(f"{verb} {done.fields} sealed fields{where}; their key is destroyed")
    hints = ["Backups of the key folder still hold that key: replace them today."]
    if done.naming:
        places = ", ".join(map(str, done.naming))
        hints.append(
            f"Texts of entries {places} name this source and cannot be taken out of the log: what "
            "leaves the desk withholds them from now on."
        )
    if done.one_person:
        hints.insert(0, "One person keeps this desk: nobody else approved, and the record says so.")
    voice.say_hint(hints)
