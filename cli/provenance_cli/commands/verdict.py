"""`prov verdict`: what follows from the records, what people signed, and whether it still holds."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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

if TYPE_CHECKING:
    from provenance.verdict.verdict_record import VerdictRecord

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="TIME", help="Only what was known then (RFC 3339)."),
]
AcknowledgeOption = Annotated[
    bool,
    typer.Option("--acknowledge", help="I have seen the choke points and accept them."),
]
LabelOption = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="FACET=LABEL", help="Overrule one facet's label."),
]
ImpossibleOption = Annotated[
    list[str] | None,
    typer.Option("--impossible", metavar="CHECK=TEXT", help="Why a check cannot be done."),
]
WordingOption = Annotated[str | None, typer.Option("--wording", help="What the public reads.")]


@app.command()
def show(
    item: ItemArgument,
    as_of: AsOfOption = None,
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show the suggested verdict, the signed one, and whether it still holds."""
    from provenance.instants import parse_instant
    from provenance_cli.cards import print_verdict
    from provenance_cli.rendering import verdict_json

    with open_reading(desk) as opened:
        view = opened.find(item)
        card = opened.verdict(view.item, as_of=parse_instant(as_of) if as_of else None)
        names = opened.keepers().names
    if as_json:
        voice.result_json(verdict_json(card, names))
    else:
        print_verdict(card, names)


@app.command()
def why(item: ItemArgument, as_of: AsOfOption = None, desk: DeskOption = None) -> None:
    """Say why, in one sentence per step, each naming the records it rests on."""
    from provenance.instants import parse_instant
    from provenance_cli.cards import print_assessment

    with open_reading(desk) as opened:
        card = opened.verdict(opened.find(item).item, as_of=parse_instant(as_of) if as_of else None)
    print_assessment(card.dossier, card.assessment, why=True)


@app.command()
def stale(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """List signed verdicts that no longer answer the evidence; exit code 1 if there are any."""
    found = 0
    with open_reading(desk) as opened:
        for view in opened.items():
            card = opened.verdict(view.item)
            if card.staleness is None or not opened.needs_review(card):
                continue
            found += 1
            fresh = card.staleness
            if as_json:
                voice.result_json(
                    {
                        "item": view.accession,
                        "freshness": str(fresh.freshness),
                        "reasons": list(fresh.reasons),
                    }
                )
                continue
            voice.result(f"{view.accession}  {fresh.freshness}")
            for reason in fresh.reasons:
                voice.wrapped(voice.visible(reason), first="    ", indent="    ")
    if found:
        raise typer.Exit(1)
    voice.say("no signed verdict waits for a review")


@app.command()
def history(item: ItemArgument, desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Tell everything that was signed about an item, oldest first."""
    from provenance.verdict.verdict_json import verdict_to_json
    from provenance_cli.cards import print_history

    with open_reading(desk) as opened:
        card = opened.verdict(opened.find(item).item)
        names = opened.keepers().names
    if as_json:
        for record in card.history:
            voice.result_json(verdict_to_json(record))
    else:
        print_history(card, names)


@app.command()
def sign(
    item: ItemArgument,
    as_of: AsOfOption = None,
    acknowledge: AcknowledgeOption = False,
    label: LabelOption = None,
    reason: Annotated[
        list[str] | None,
        typer.Option("--reason", metavar="FACET=TEXT", help="Why you overrule it."),
    ] = None,
    impossible: ImpossibleOption = None,
    headline: Annotated[
        str | None, typer.Option("--headline", help="Another headline; needs --reason headline=...")
    ] = None,
    wording: WordingOption = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Sign the suggested verdict, or another one with reasons; a second person countersigns."""
    from provenance.instants import parse_instant
    from provenance_cli.rulings import make_ruling

    instant = parse_instant(as_of) if as_of else None
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        ruling = make_ruling(
            opened.choke_points(view.item, as_of=instant) if acknowledge else (),
            labels=label or [],
            reasons=reason or [],
            impossible=impossible or [],
            headline=headline,
            wording=wording,
        )
        signed = opened.sign_verdict(view.item, as_of=instant, ruling=ruling)
    _tell(view.accession, signed, "signed; a second person countersigns before it is published")


@app.command()
def countersign(
    item: ItemArgument,
    version: Annotated[
        int, typer.Option("--version", metavar="N", help="The version that you have looked at.")
    ] = 1,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Put the second person's signature under the version you name, if it is the newest."""
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        signed = opened.countersign_verdict(view.item, version=version)
        decision = opened.verdict(view.item).standing.decision
    _tell(view.accession, signed, "countersigned")
    if decision is not None:
        voice.say_hint([voice.visible(f"The public reads: {decision.public_wording}")])


@app.command()
def correct(
    item: ItemArgument,
    reason: Annotated[str, typer.Option("--reason", help="What changed.")],
    reason_class: Annotated[
        str,
        typer.Option("--class", help="`our error`, `new evidence` or `wording`."),
    ] = "new evidence",
    as_of: AsOfOption = None,
    acknowledge: AcknowledgeOption = False,
    label: LabelOption = None,
    because: Annotated[
        list[str] | None,
        typer.Option("--because", metavar="FACET=TEXT", help="Why you overrule it."),
    ] = None,
    impossible: ImpossibleOption = None,
    headline: Annotated[
        str | None,
        typer.Option("--headline", help="Another headline; needs --because headline=..."),
    ] = None,
    wording: WordingOption = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Sign the next version; the old one stays readable."""
    from provenance.instants import parse_instant
    from provenance_cli.rulings import make_ruling, parse_reason_class

    instant = parse_instant(as_of) if as_of else None
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        points = opened.choke_points(view.item, as_of=instant) if acknowledge else ()
        signed = opened.correct_verdict(
            view.item,
            reason_class=parse_reason_class(reason_class),
            reason=reason,
            as_of=instant,
            ruling=make_ruling(
                points,
                labels=label or [],
                reasons=because or [],
                impossible=impossible or [],
                headline=headline,
                wording=wording,
            ),
        )
    _tell(view.accession, signed, "corrected; a second person countersigns")


@app.command()
def withdraw(
    item: ItemArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why we no longer stand by it.")],
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Sign that we no longer stand by it; takes effect with a second person's signature."""
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        signed = opened.withdraw_verdict(view.item, reason=reason)
    _tell(view.accession, signed, "withdrawal signed")


@app.command()
def export(
    item: ItemArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; - for standard output.")
    ] = None,
    audience: Annotated[
        str, typer.Option("--audience", help="public, auditor or internal.")
    ] = "public",
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Write a published verdict as a signed attestation (DSSE); one of its signers signs it."""
    from provenance_cli.files import require_new, write_file

    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        target = out or Path(f"{view.accession}-verdict-{audience}.dsse.json")
        if str(target) != "-":
            require_new(target)
        envelope = opened.export_verdict(view.item, audience=audience)
    if str(target) == "-":
        sys.stdout.write(envelope.decode("ascii"))
        return
    write_file(target, envelope)
    voice.say(f"{audience} verdict on {view.accession} written to {voice.visible(str(target))}")


def _tell(accession: str, signed: "VerdictRecord", what: str) -> None:
    voice.say(f"verdict on {accession}, version {signed.version}: {what}")
