"""`prov doctor` and `prov rebuild`: is everything here that the desk needs."""

import typer

from provenance_cli import voice
from provenance_cli.options import DeskOption, JsonOption, find_desk, open_reading


def doctor(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Say which sandbox, tools and desk there are; exit code 4 if something needed is missing."""
    from provenance_cli.checkup import examine_surroundings

    checks = examine_surroundings(desk)
    if as_json:
        for check in checks:
            voice.result_json({"name": check.name, "ok": check.ok, "detail": check.detail})
    else:
        for check in checks:
            mark = voice.paint("ok", "green") if check.ok else voice.paint("--", "yellow")
            voice.wrapped(
                voice.visible(check.detail), first=f"{mark}  {check.name:<17} ", indent=" " * 22
            )
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(4)


def rebuild(desk: DeskOption = None) -> None:
    """Drop every view and derive it again from the ledger; the answers do not change."""
    folder = find_desk(desk)
    with open_reading(folder) as opened:
        rows = opened.rebuild()
    voice.say(f"{rows} rows derived again from the ledger")
