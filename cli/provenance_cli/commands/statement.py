"""`prov statement`: record who said what about an item, and weigh a dossier with no desk at all."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance.errors import NotFound
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
    from provenance.verdict.dossier import Dossier

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A dossier, JSON or YAML.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="TIME", help="Only what was known then (RFC 3339)."),
]


@app.command("import")
def import_(
    file: FileArgument,
    item: Annotated[str, typer.Option("--item", help="The item it speaks about.")],
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="Leave out what was learned later."),
    ] = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record a dossier's statements under an item; importing again adds only what is new."""
    from provenance.instants import parse_instant

    dossier = _read(file)
    limit = parse_instant(until) if until else None
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        done = opened.import_dossier(view.item, dossier, until=limit)
    if as_json:
        voice.result_json(
            {
                "added": list(done.added),
                "ahead": list(done.ahead),
                "known": done.known,
                "later": done.later,
            }
        )
    later = f", {done.later} left for later" if done.later else ""
    voice.say(
        f"{len(done.added)} records added to {view.accession}, {done.known} already there{later}"
    )
    if done.ahead:
        named = voice.visible(", ".join(done.ahead[:5]))
        voice.say_hint(
            [f"Learned at a time that is still to come, by this computer's clock: {named}"]
        )


@app.command()
def propose(
    item: ItemArgument,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here, not to stdout.")
    ] = None,
    desk: DeskOption = None,
) -> None:
    """Write a dossier of what the findings license, to be read, struck through and imported."""
    from provenance.verdict.write_dossier import dossier_to_json
    from provenance_cli.files import require_new, write_file

    if out is not None:
        require_new(out)
    with open_reading(desk) as opened:
        dossier = opened.propose(opened.find(item).item)
    if not dossier.records:
        voice.say("the findings license nothing that is not on file already")
        raise typer.Exit(3)
    text = json.dumps(dossier_to_json(dossier), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        voice.result(text.rstrip())
        return
    write_file(out, text.encode())
    voice.say(f"{len(dossier.records)} records proposed in {out}: read them before you import them")


@app.command()
def evaluate(file: FileArgument, as_of: AsOfOption = None, *, as_json: JsonOption = False) -> None:
    """Weigh a dossier without a desk: headline, facets, and why."""
    from provenance.instants import parse_instant
    from provenance.verdict.evaluate import evaluate as weigh
    from provenance_cli.cards import print_assessment

    dossier = _read(file)
    assessment = weigh(dossier, as_of=parse_instant(as_of) if as_of else None)
    if as_json:
        voice.result_json(assessment.to_json())
    else:
        print_assessment(dossier, assessment, why=True)


@app.command("list")
def list_(item: ItemArgument, desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """List an item's statements in the order in which the desk learned them."""
    from provenance.verdict.write_dossier import record_to_json

    with open_reading(desk) as opened:
        dossier = opened.verdict(opened.find(item).item).dossier
    if as_json:
        for record in dossier.records:
            voice.result_json(record_to_json(record))
        return
    for record in dossier.records:
        when = record.recorded_at.strftime("%Y-%m-%d %H:%M")
        who = record.speaker or record.voice
        said = ", ".join(f"{'+-'[a.sign < 0] if a.sign else '0'}{a.facet}" for a in record.asserts)
        voice.wrapped(
            voice.visible(f"{when}  {record.id}  {who} ({record.kind}): {said}"),
            first="",
            indent=" " * 18,
        )


def _read(file: Path) -> "Dossier":
    from provenance.verdict.parse_dossier import parse_dossier

    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NotFound(f"{file} is not UTF-8 text, so it is no dossier") from error
    return parse_dossier(text, name=file.name)
