"""`prov inspect`: what is this file, is it signed, what contradicts itself. Needs no desk."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from provenance.errors import DeskError, NotFound, UsageError
from provenance_cli import voice
from provenance_cli.options import ClaimsOption, JsonOption, OcrOption

if TYPE_CHECKING:
    from provenance.examine.examination import Examination

WRONG_PATH: Final = 2  # exit code: something named is no file; the rest was looked at


def inspect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to look at.")],
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Judge certificates as of then (RFC 3339)."),
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="FOLDER", help="Judge by this trust folder."),
    ] = None,
    ocr: OcrOption = None,
    claims: ClaimsOption = None,
    crops: Annotated[
        Path | None,
        typer.Option("--crops", metavar="FOLDER", help="Write pictures of signature places here."),
    ] = None,
    signed: Annotated[
        Path | None,
        typer.Option("--signed", metavar="DOCUMENT", help="FILE is a signature of this document."),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Look at files without a desk; exit code 1: a signature fails, 3: none could be checked."""
    from provenance.examine.runner import Runner
    from provenance_cli.examine_run import require_language
    from provenance_cli.inspect_run import InspectRun, Wishes

    there = _files_there(files)
    if signed is not None:
        _require_file(signed)
    if signed is not None and len(files) != 1:
        raise UsageError("--signed names the document of one signature: give one FILE")
    if signed is not None and signed.samefile(files[0]):
        raise UsageError("--signed names another file than FILE: what FILE is a signature of")
    if ocr is not None:
        require_language(ocr)
    code = 3
    with Runner(ocr=ocr) as runner:
        run = InspectRun(
            runner, Wishes(at=at, trust=trust, ocr=ocr, crops=crops, signed=signed, claims=claims)
        )
        for number, file in enumerate(there):
            found = run.look(file)
            if number and not as_json:
                voice.result()
            run.tell(file, found, as_json=as_json)
            code = _worse(code, _code(found))
    if len(there) < len(files) and code != 1:
        code = WRONG_PATH
    if code:
        raise typer.Exit(code)


def _files_there(files: list[Path]) -> list[Path]:
    """Return the files that can be looked at; the other paths are told, and stop nothing.

    Raises:
        NotFound, UsageError: there is none.
    """
    wrong: list[DeskError] = []
    there = []
    for file in files:
        try:
            _require_file(file)
            there.append(file)
        except (NotFound, UsageError) as error:
            wrong.append(error)
    if not there:
        raise wrong[0]
    for fault in wrong:
        voice.complain(fault)
    return there


def _require_file(file: Path) -> None:
    if not file.exists():
        raise NotFound(f"no such file: {file}")
    if not file.is_file():
        raise UsageError(f"not a file: {file} (`prov ingest` takes folders)")


def _code(found: "Examination") -> int:
    """Return 1 for a failed check, 3 where nothing could be checked, else 0."""
    from provenance_cli.cards import BAD

    if str(found.headline) in BAD:
        return 1
    undone = found.signatures.unsupported_media_type is not None or not found.outcome.examined
    return 3 if undone or str(found.headline) in {"ERROR", "NOT_CHECKABLE"} else 0


def _worse(code: int, other: int) -> int:
    """Return the code of several files: any failure is 1; 3 only if none could be checked."""
    if 1 in {code, other}:
        return 1
    return min(code, other)
