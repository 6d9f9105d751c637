"""`prov package`: one item's custody as a bag that verifies without the desk."""

from pathlib import Path
from typing import Annotated

import typer

from provenance_cli import voice
from provenance_cli.options import (
    DeskOption,
    ItemArgument,
    JsonOption,
    KeyOption,
    PassphraseOption,
    open_signing,
)


def package(
    item: ItemArgument,
    audience: Annotated[str, typer.Option("--audience", help="internal, auditor or public.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PLACE", help="New folder, or FILE.zip."),
    ] = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write an item's custody for somebody who checks it alone; the export itself is recorded."""
    from provenance_store.package_target import package_target

    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        top = f"{view.accession}-{audience}"
        place = out or Path(f"{top}.zip")
        with package_target(place, top=top) as target:
            made = opened.package(view.item, target, audience=audience)
        verifier = opened.log_vkey()
    if as_json:
        value = {"item": view.accession, "audience": audience, "entries": made.entries}
        value |= {"documents": made.documents, "log_size": made.log_size, "log_key": verifier}
        voice.result_json(value | {"place": str(place)})
        return
    voice.say(
        f"{audience} package of {view.accession} in {voice.visible(str(place))}: {made.entries} "
        f"entries, {made.documents} documents"
    )
    voice.say_hint(
        [
            "Whoever gets it checks it with: prov check PACKAGE, or sh VERIFY.sh in it",
            f"and needs this log key from you by another way: {verifier}",
        ]
    )
