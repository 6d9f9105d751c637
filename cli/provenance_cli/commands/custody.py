"""`prov custody`: who held an item, who handed it to whom, and were the bytes the same."""

from pathlib import Path
from typing import Annotated

import typer

from provenance.errors import UsageError
from provenance_cli import voice
from provenance_cli.options import (
    DeskOption,
    ItemArgument,
    JsonOption,
    KeyOption,
    PassphraseOption,
    open_reading,
    open_signing,
)

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

TargetArgument = Annotated[
    str, typer.Argument(metavar="ITEM", help="An item, or the offer file of another desk.")
]
AnswerOption = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Answer file for the other desk.")
]
DocumentsOption = Annotated[
    Path | None,
    typer.Option("--documents", metavar="DIR", help="Folder of the documents that travel along."),
]
LogKeyOption = Annotated[
    str | None,
    typer.Option("--log-key", metavar="VKEY", help="The other desk's log key, if you know it."),
]
PurposeOption = Annotated[str, typer.Option("--purpose", help="What for, in a few words.")]


@app.command("log")
def log_(item: ItemArgument, desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Tell an item's custody in the order of the ledger, with what must not be missed."""
    from provenance_cli.rendering import custody_json

    with open_reading(desk) as opened:
        view = opened.find(item)
        chain = opened.custody(view.item)
    if as_json:
        for line in custody_json(chain):
            voice.result_json(line)
        return
    voice.result(voice.paint(f"Custody of {view.accession}", "bold"))
    for event in chain.events:
        when = event.claimed_at.strftime("%Y-%m-%d %H:%M")
        text = f"{event.seq:>5}  {when}  {event.who}: {event.sentence}"
        voice.wrapped(voice.visible(text), first="", indent=" " * 7)
    voice.result(f"Held by {voice.visible(chain.holder)}.")
    for remark in chain.remarks:
        voice.wrapped(voice.visible(remark), first="  ! ", indent="    ")


@app.command()
def offer(
    item: ItemArgument,
    purpose: PurposeOption,
    to: Annotated[
        str | None, typer.Option("--to", metavar="NAME", help="Receiver, as enrolled.")
    ] = None,
    to_desk: Annotated[
        str | None, typer.Option("--to-desk", metavar="NAME", help="Another desk, by file.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Offer file for that desk.")
    ] = None,
    documents: DocumentsOption = None,
    log_key: LogKeyOption = None,
    means: Annotated[str, typer.Option("--means", help="How it travels.")] = "in person",
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Offer an item to another custodian, or to another desk; its bytes are re-read."""
    if (to is None) == (to_desk is None) or (to_desk is None) != (out is None):
        raise UsageError("offer --to NAME, or --to-desk NAME with --out FILE")
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        if to is not None:
            seq = opened.offer(view.item, to=to, purpose=purpose, means=means)
        else:
            from provenance_cli.exchange_run import offer_by_file

            seq = offer_by_file(
                opened,
                view.item,
                to=to_desk or "",
                purpose=purpose,
                means=means,
                out=out,
                documents=documents,
                log_key=log_key,
            )
    receiver = to or f"desk {to_desk}"
    voice.say(f"{view.accession} offered to {receiver}; waiting for their answer (entry {seq})")


@app.command()
def accept(
    item: TargetArgument,
    out: AnswerOption = None,
    documents: DocumentsOption = None,
    log_key: LogKeyOption = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Accept an offer made to you, or another desk's offer file; the bytes are compared."""
    with open_signing(desk, key, passphrase_file) as opened:
        if Path(item).is_file():
            from provenance_cli.exchange_run import accept_file

            accept_file(opened, Path(item), out=out, documents=documents, log_key=log_key)
            return
        view = opened.find(item)
        seq, agree = opened.accept(view.item)
    verdict = "same bytes as offered" if agree else "DIFFERENT BYTES from those offered"
    voice.say(f"{view.accession} accepted; {verdict} (entry {seq})")
    if not agree:
        raise typer.Exit(1)


@app.command()
def refuse(
    item: TargetArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a few words.")],
    out: AnswerOption = None,
    log_key: LogKeyOption = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Refuse an offer made to you, or another desk's offer file; nothing changes hands."""
    with open_signing(desk, key, passphrase_file) as opened:
        if Path(item).is_file():
            from provenance_cli.exchange_run import refuse_file

            refuse_file(opened, Path(item), reason=reason, out=out, log_key=log_key)
            return
        view = opened.find(item)
        seq = opened.refuse(view.item, reason=reason)
    voice.say(f"{view.accession} refused; it stays where it was (entry {seq})")


@app.command()
def close(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Another desk's answer file.")],
    log_key: LogKeyOption = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Record another desk's answer to an offer of yours; both logs then cite one another."""
    from provenance_cli.exchange_run import close_file

    with open_signing(desk, key, passphrase_file) as opened:
        close_file(opened, file, log_key=log_key)


@app.command()
def access(
    item: ItemArgument,
    purpose: PurposeOption,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Record that you looked at an item."""
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        seq = opened.access(view.item, purpose=purpose)
    voice.say(f"access to {view.accession} recorded (entry {seq})")


@app.command()
def note(
    item: ItemArgument,
    text: Annotated[str, typer.Argument(help="What to write down.")],
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Write a note into an item's custody."""
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        seq = opened.note(view.item, text=text)
    voice.say(f"note on {view.accession} recorded (entry {seq})")
