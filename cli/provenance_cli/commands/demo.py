"""`prov demo`: the unsigned letter from end to end, in a new desk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer


def demo(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New folder for it.")] = Path(
        "demo-desk"
    ),
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Replace an earlier demonstration in DIR.")
    ] = False,
) -> None:
    """Walk through the unsigned letter of 6 January 2020, in a new desk of its own."""
    from provenance_cli.demo.story import tell

    prov = context.find_root().command

    def run(words: Sequence[str]) -> int:
        return int(prov.main(args=list(words), prog_name="prov", standalone_mode=False) or 0)

    tell(folder, fresh=fresh, run=run)
