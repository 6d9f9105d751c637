"""`prov ingest`, `prov examine`, `prov recover`: files in, custody records and findings out."""

from pathlib import Path
from typing import Annotated

import typer

from provenance.errors import UsageError
from provenance_cli.options import (
    ClaimsOption,
    DeskOption,
    ItemArgument,
    JsonOption,
    KeyOption,
    OcrOption,
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
    item: Annotated[
        str | None,
        typer.Argument(metavar="[ITEM]", help="Accession number, id or SHA-256; a prefix will do."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Judge certificates as of then; it is recorded."),
    ] = None,
    ocr: OcrOption = None,
    claims: ClaimsOption = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="Every signed copy judged under another trust set.")
    ] = False,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Examine again with today's tools and trust; what changed, and why, is told."""
    from provenance_cli.examine_run import examine_item, examine_stale

    if (item is None) != stale:
        wrong = "not both" if stale else "one of the two"
        raise UsageError(f"name an item, or --stale: {wrong}")
    if stale and (at or ocr or claims):
        raise UsageError("--at, --ocr and --claims go with one item, not with --stale")
    with open_signing(desk, key, passphrase_file) as opened:
        if item is None:
            examine_stale(opened, as_json=as_json)
        else:
            examine_item(opened, item, at=at, ocr=ocr, claims=claims, as_json=as_json)


def recover(
    item: ItemArgument,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make earlier states that are still inside a copy exemplars of their own, and examine them."""
    from provenance_cli.recover_run import recover_item

    with open_signing(desk, key, passphrase_file) as opened:
        if not recover_item(opened, item, as_json=as_json):
            raise typer.Exit(3)
