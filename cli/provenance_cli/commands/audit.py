"""`prov audit`: did the evidence change? did the log change? Both are always answered."""

from pathlib import Path
from typing import Annotated

import typer

from provenance_cli import voice
from provenance_cli.options import DeskOption, JsonOption, open_reading


def audit(
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="FILE", help="Checkpoint held elsewhere: verify later."),
    ] = None,
    outside: Annotated[
        list[Path] | None,
        typer.Option("--outside", metavar="FILE", help="Compare with this checkpoint; repeatable."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", help="Read only N blobs, at random.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Choose the same sample again.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", metavar="N", help="Workers; one a core by default.")
    ] = None,
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Read every byte and every entry again; exit code 1 if anything does not hold."""
    from provenance_cli.audit_lines import print_audit
    from provenance_cli.audit_run import audit_plan
    from provenance_cli.progress import Progress
    from provenance_cli.rendering import audit_json

    with open_reading(desk) as opened, Progress("audit") as progress:
        size = opened.parts.ledger.size()
        with audit_plan(
            entries=size,
            origin=opened.parts.origin,
            jobs=jobs,
            since=since,
            outside=outside or (),
            sample=sample,
            seed=seed,
        ) as plan:
            found = opened.audit(plan, tick=progress.tick)
    if as_json:
        voice.result_json(audit_json(found))
    else:
        print_audit(found, plan)
    if not found.holds:
        raise typer.Exit(1)
    if not found.log.size:
        raise typer.Exit(3)
