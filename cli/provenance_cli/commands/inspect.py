"""`prov inspect`: what is this file, is it signed, what contradicts itself. Needs no desk."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance.errors import NotFound, UsageError
from provenance_cli import voice
from provenance_cli.options import JsonOption

if TYPE_CHECKING:
    from provenance.examine.examination import Examination
    from provenance.examine.runner import Runner
    from provenance_cli.companions import Found

WEAK = frozenset({"BROKEN", "REVOKED", "CHANGED_AFTER_SIGNING", "IDENTITY_MISMATCH"})


def inspect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to look at.")],
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Judge certificates as of then (RFC 3339)."),
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
    from provenance.instants import parse_instant
    from provenance_cli.cards import print_examination

    for file in [*files, *([signed] if signed else [])]:
        _require_file(file)
    if signed is not None and len(files) != 1:
        raise UsageError("--signed names the document of one signature: give one FILE")
    reference = parse_instant(at) if at else None
    code = 3
    with Runner() as runner:
        for number, file in enumerate(files):
            found = _look(runner, file, signed=signed, reference=reference)
            if as_json:
                voice.result(found.to_json())
            else:
                if number:
                    voice.result()
                print_examination(found, name=str(file), signed=signed)
            code = _worse(code, _code(found))
    if code:
        raise typer.Exit(code)


def _look(
    runner: "Runner", file: Path, *, signed: Path | None, reference: datetime | None
) -> "Examination":
    """Examine a file with what belongs to it; once more when it states what it is of."""
    from provenance.signatures.pairing import Relation, stated_in
    from provenance_cli.companions import companions_of, document_by_digest

    beside = companions_of(file, signed=signed)
    found = _examine(runner, file, beside, reference)
    if any(one.pairing.relation is Relation.SIGNED for one in beside) or found.facts is None:
        return found
    document = document_by_digest(file, stated_in(found.facts.properties))
    return _examine(runner, file, [document, *beside], reference) if document else found


def _examine(
    runner: "Runner", file: Path, beside: "list[Found]", reference: datetime | None
) -> "Examination":
    from provenance.trust.model import TrustSet

    if beside:
        together = ", ".join(one.said for one in beside)
        voice.say(voice.visible(f"{file.name}: looked at together with {together}"))
    return runner.examine(
        file,
        name=file.name,
        at=datetime.now(UTC),
        trust=TrustSet(),
        reference_time=reference,
        beside=[one.companion for one in beside],
    )


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
