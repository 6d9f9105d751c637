"""`prov inspect`: what is this file, is it signed, what contradicts itself. Needs no desk."""

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance.errors import NotFound, UsageError
from provenance_cli import voice
from provenance_cli.options import JsonOption

if TYPE_CHECKING:
    from provenance.examine.examination import Examination
    from provenance.trust.model import TrustSet

WEAK = frozenset({"BROKEN", "REVOKED", "CHANGED_AFTER_SIGNING", "IDENTITY_MISMATCH"})


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
    ocr: Annotated[
        str | None,
        typer.Option("--ocr", metavar="LANGUAGE", help="Read scans and photographs: eng, deu ..."),
    ] = None,
    crops: Annotated[
        Path | None,
        typer.Option("--crops", metavar="FOLDER", help="Write pictures of signature places here."),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Look at files without a desk; exit code 1: a signature fails, 3: none could be checked."""
    from provenance.examine.runner import Runner
    from provenance.instants import parse_instant
    from provenance_cli.cards import print_examination
    from provenance_cli.crops import write_crops
    from provenance_cli.examine_run import require_language

    for file in files:
        _require_file(file)
    reference = parse_instant(at) if at else None
    relied_on = _trust(trust)
    code = 3
    if ocr is not None:
        require_language(ocr)
    with Runner(ocr=ocr) as runner:
        for number, file in enumerate(files):
            found = runner.examine(
                file,
                name=file.name,
                at=datetime.now(UTC),
                trust=relied_on,
                reference_time=reference,
            )
            if crops is not None:
                write_crops(found, crops)
            if as_json:
                voice.result(found.to_json())
            else:
                if number:
                    voice.result()
                print_examination(found, name=str(file), again=_again(file, at, trust, ocr))
            code = _worse(code, _code(found))
    if code:
        raise typer.Exit(code)


def _trust(folder: Path | None) -> "TrustSet":
    from provenance.trust.model import TrustSet

    if folder is None:
        return TrustSet()
    from provenance_store.trust_folder import read_trust_folder

    return read_trust_folder(folder)


def _again(file: Path, at: str | None, trust: Path | None, ocr: str | None) -> str:
    """Return the command that gives this answer again."""
    words = ["prov", "inspect", str(file)]
    words += ["--at", at] if at else []
    words += ["--trust", str(trust)] if trust else []
    words += ["--ocr", ocr] if ocr else []
    return shlex.join(words)


def _require_file(file: Path) -> None:
    if not file.exists():
        raise NotFound(f"no such file: {file}")
    if not file.is_file():
        raise UsageError(f"not a file: {file} (`prov ingest` takes folders)")


def _code(found: "Examination") -> int:
    """Return 1 for a failed check, 3 where nothing could be checked, else 0."""
    if str(found.headline) in WEAK:
        return 1
    undone = found.signatures.unsupported_media_type is not None or not found.outcome.examined
    return 3 if undone or str(found.headline) in {"ERROR", "NOT_CHECKABLE"} else 0


def _worse(code: int, other: int) -> int:
    """Return the code of several files: any failure is 1; 3 only if none could be checked."""
    if 1 in {code, other}:
        return 1
    return min(code, other)
