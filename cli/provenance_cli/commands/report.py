"""`prov report`: the custody report of one item, for people (HTML) or machines (JSON)."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from provenance.errors import UsageError
from provenance_cli import voice
from provenance_cli.files import require_new, write_file
from provenance_cli.options import (
    DeskOption,
    ItemArgument,
    KeyOption,
    PassphraseOption,
    open_signing,
)


def report(
    item: ItemArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; - for standard output.")
    ] = None,
    audience: Annotated[
        str, typer.Option("--audience", help="internal, auditor or public.")
    ] = "internal",
    form: Annotated[str, typer.Option("--format", help="html or json.")] = "html",
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Write an item's custody report; the export itself is recorded in the log."""
    if form not in {"html", "json"}:
        raise UsageError("--format is html or json")
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        target = out or Path(f"{view.accession}-{audience}.{form}")
        if str(target) != "-":
            require_new(target)
        text = opened.report(view.item, audience=audience, form=form)
    if str(target) == "-":
        sys.stdout.write(text)
        return
    write_file(target, text.encode("utf-8"))
    voice.say(f"{audience} report on {view.accession} written to {target}")
