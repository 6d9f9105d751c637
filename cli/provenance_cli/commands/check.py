"""`prov check`: verify a package that somebody handed you, offline and without a desk."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance_cli import voice
from provenance_cli.options import JsonOption

if TYPE_CHECKING:
    from provenance.exports.check_log import Trust
    from provenance.exports.checking import PackageCheck

_MARKS = {"holds": ("ok ", "green"), "fails": ("NO ", "red"), "unchecked": ("-  ", "dim")}


def check(
    package: Annotated[Path, typer.Argument(metavar="PACKAGE", help="A folder, or a zip file.")],
    log_key: Annotated[
        str | None,
        typer.Option("--log-key", metavar="VKEY", help="The log's key, as you got it elsewhere."),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            "--witness", metavar="VKEY", help="A witness that must have cosigned; may be repeated."
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="Who must have cosigned (tlog-policy)."),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check a package: exit code 0 nothing failed, 1 something failed, 3 nothing to check."""
    from provenance.exports.checking import check_package

    found = check_package(package, _trust(log_key, witness or [], policy))
    if as_json:
        lines = [
            {"check": line.check, "state": line.state.value, "text": line.text}
            for line in found.lines
        ]
        value = {"holds": found.holds, "log_key": found.log_key, "log_size": found.log_size}
        voice.result_json(value | {"lines": lines})
    else:
        _print(found)
    if not found.holds:
        raise typer.Exit(1)


def _trust(log_key: str | None, witnesses: list[str], policy: Path | None) -> "Trust":
    from provenance.errors import Malformed, UsageError
    from provenance.exports.check_log import Trust
    from provenance.ledger.note import parse_vkey

    if witnesses and policy:
        raise UsageError("name witnesses, or give a policy that names them: not both")
    try:
        key = parse_vkey(log_key.strip()) if log_key else None
        if not witnesses and policy is None:
            return Trust(log_key=key)
        from provenance.outside.policy import MAX_POLICY, parse_policy
        from provenance_cli.files import read_file

        text = read_file(policy, MAX_POLICY) if policy else _all_of(witnesses)
        return Trust(log_key=key, policy=parse_policy(text))
    except Malformed as error:
        raise UsageError(f"the key or policy that you gave cannot be used: {error}") from error


def _all_of(witnesses: list[str]) -> bytes:
    """Return the policy under which every one of these must have cosigned."""
    lines = [f"witness w{number} {vkey.strip()}" for number, vkey in enumerate(witnesses)]
    names = " ".join(f"w{number}" for number in range(len(witnesses)))
    return "\n".join([*lines, f"group everyone all {names}", "quorum everyone", ""]).encode()


def _print(found: "PackageCheck") -> None:
    for line in found.lines:
        mark, colour = _MARKS[line.state.value]
        first = voice.paint(mark, colour) + " "
        voice.wrapped(voice.visible(line.text), first=first, indent="    ")
    failed = sum(line.state.value == "fails" for line in found.lines)
    unchecked = sum(line.state.value == "unchecked" for line in found.lines)
    word = voice.paint("NOT GENUINE OR NOT WHOLE", "red", "bold")
    if not failed:
        word = voice.paint("Nothing failed", "green", "bold")
    voice.result(f"{word}: {failed} failed, {unchecked} not checked (lines with -).")
