"""`prov ingest` and `prov examine`: files in, custody records and findings out."""

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


def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Files and folders.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Source handle such as S-7; never a name.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="How it came: signal, post, upload ...")
    ] = None,
    form: Annotated[
        str, typer.Option("--form", help="What kind of copy: native, scan, photo, print.")
    ] = "native",
    item: Annotated[
        str | None, typer.Option("--item", help="A further copy of this item, not a new one.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="Anything to write down.")] = None,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", help="Check against these claimed digests (sha256sum, BagIt)."),
    ] = None,
    failures: Annotated[
        Path | None, typer.Option("--failures", help="Where to write the failure list.")
    ] = None,
    retry: Annotated[
        Path | None, typer.Option("--retry", help="Take only what this failure list names.")
    ] = None,
    no_examine: Annotated[
        bool, typer.Option("--no-examine", help="Record custody only; examine later.")
    ] = False,
    no_unpack: Annotated[
        bool, typer.Option("--no-unpack", help="Leave archives and mailboxes closed.")
    ] = False,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Take files and folders into the desk; run it again to go on or to retry failures."""
    from provenance_cli.ingest_run import IngestRun, ingest_options

    with open_signing(desk, key, passphrase_file) as opened:
        options = ingest_options(
            opened,
            source=source,
            channel=channel,
            form=form,
            item=item,
            note=note,
            examine=not no_examine,
            unpack=not no_unpack,
        )
        run = IngestRun(opened, options, as_json=as_json, failures=failures)
        run.take(paths or [], manifest=manifest, retry=retry)
    if run.problems:
        raise typer.Exit(1)
    if run.nothing:
        raise typer.Exit(3)


def examine(
    item: ItemArgument,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Examine an item again with today's tools; what is different is a new finding."""
    from provenance_cli.cards import print_examination
    from provenance_cli.sandbox import WallWarning, workers

    walls = WallWarning()
    with open_signing(desk, key, passphrase_file) as opened:
        view = opened.find(item)
        found = opened.examine(view.item, workers=workers())
    for exhibit, examination in found:
        walls.look_at(examination)
        if as_json:
            voice.result(examination.to_json())
        else:
            print_examination(examination, name=exhibit.name or view.accession)
