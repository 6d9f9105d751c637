"""One `prov inspect`: each file is looked at together with what belongs to it, and told.

A detached signature and its document are looked at together: by name in the same folder, by the
digest that the signature states, or as the caller says. What was looked at together is said in one
line, because it changes the answer.
"""

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.instants import parse_day, parse_instant
from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.examine.examination import Examination
    from provenance.examine.runner import Runner
    from provenance.trust.model import TrustSet
    from provenance_cli.companions import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says beside the files."""

    at: str | None
    trust: Path | None
    ocr: str | None
    crops: Path | None
    signed: Path | None
    claims: str | None

    def again(self, file: Path) -> str:
        """Return the command that gives this answer again."""
        words = ["prov", "inspect", str(file)]
        options = {
            "--at": self.at,
            "--trust": self.trust,
            "--ocr": self.ocr,
            "--claims": self.claims,
        }
        for option, value in (options | {"--signed": self.signed}).items():
            words += [option, str(value)] if value else []
        return shlex.join(words)


class InspectRun:
    """Looks at files, one after the other, with one runner."""

    def __init__(self, runner: "Runner", wishes: Wishes) -> None:
        self._runner = runner
        self._wishes = wishes
        self._trust = _read_trust(wishes.trust)
        self._reference = parse_instant(wishes.at) if wishes.at else None
        self._claimed = parse_day(wishes.claims) if wishes.claims else None

    def look(self, file: Path) -> "Examination":
        """Examine a file with what belongs to it; once more when it states what it is of."""
        from provenance.signatures.pairing import Relation, stated_in
        from provenance_cli.companions import companions_of, document_by_digest

        beside = companions_of(file, signed=self._wishes.signed)
        found = self._examine(file, beside)
        if found.facts is None or any(one.pairing.relation is Relation.SIGNED for one in beside):
            return found
        document = document_by_digest(file, stated_in(found.facts.properties))
        return self._examine(file, [document, *beside]) if document else found

    def tell(self, file: Path, found: "Examination", *, as_json: bool) -> None:
        """Print the card or the JSON of one file, and write its pictures where asked for."""
        from provenance_cli.cards import print_examination
        from provenance_cli.crops import write_crops

        if self._wishes.crops is not None:
            write_crops(found, self._wishes.crops)
        if as_json:
            voice.result(found.to_json())
        else:
            print_examination(found, name=str(file), again=self._wishes.again(file))

    def _examine(self, file: Path, beside: "list[Found]") -> "Examination":
        from provenance.examine.answers import left_out
        from provenance.signatures.pairing import MAX_COMPANIONS

        more = len(beside) - MAX_COMPANIONS
        beside = beside[:MAX_COMPANIONS]
        if beside:
            together = ", ".join(one.said for one in beside)
            voice.say(voice.visible(f"{file.name}: looked at together with {together}"))
        found = self._runner.examine(
            file,
            name=file.name,
            at=datetime.now(UTC),
            trust=self._trust,
            reference_time=self._reference,
            claimed_date=self._claimed,
            beside=[one.companion for one in beside],
        )
        return left_out(found, more)


def _read_trust(folder: Path | None) -> "TrustSet":
    from provenance.trust.model import TrustSet

    if folder is None:
        return TrustSet()
    from provenance_store.trust_folder import read_trust_folder

    return read_trust_folder(folder)
