"""`prov list` and `prov show`: what the desk holds."""

from typing import Annotated

import typer

from provenance_cli import voice
from provenance_cli.options import DeskOption, ItemArgument, JsonOption, open_reading


def list_(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """List all items: number, name, signature status, verdict."""
    from provenance_cli.rendering import line_json

    with open_reading(desk) as opened:
        lines = opened.overview()
        if as_json:
            for line in lines:
                voice.result_json(line_json(line))
            return
        rows = [
            (
                line.accession,
                voice.visible(line.name),
                line.form,
                line.signature or "not examined",
                line.verdict or "-",
            )
            for line in lines
        ]
    if rows:
        voice.table(rows, header=("item", "name", "form", "signature", "signed verdict"))
    else:
        voice.say("no items yet; `prov ingest FILE` takes one in")


def show(
    item: ItemArgument,
    desk: DeskOption = None,
    *,
    cards: Annotated[
        bool, typer.Option("--cards", help="Also the whole card of each copy, as it was found.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one item: its copies, how each arrived, its signature status, its verdict."""
    from provenance_cli.cards import print_cards, print_item
    from provenance_cli.rendering import item_json

    with open_reading(desk) as opened:
        card = opened.card(opened.find(item).item)
    if as_json:
        voice.result_json(item_json(card, full=cards))
        return
    print_item(card)
    if cards:
        print_cards(card)
