"""What `prov ingest` says of each thing it took: accession number, name, signature status.

At most SHOWN lines, for a leak has thousands; how many more there are is said. The status is that
of the newest finding, as `prov list` has it. What was passed over as known already has no line.
"""

from typing import TYPE_CHECKING, Final

from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.acts.receiving import Receipt
    from provenance.desk import Desk

SHOWN: Final = 20  # lines


class ArrivalLines:
    """Remembers the first arrivals of a run, and prints them at its end."""

    def __init__(self) -> None:
        self._first: list[Receipt] = []
        self._count = 0

    def add(self, receipt: "Receipt") -> None:
        """Remember an arrival."""
        self._count += 1
        if len(self._first) < SHOWN:
            self._first.append(receipt)

    def tell(self, desk: "Desk") -> None:
        """Print a line for each arrival that was remembered."""
        for one in self._first:
            accession = one.accession or desk.find(one.item.hex()).accession
            known = "" if one.new_bytes else "  (these bytes were here already)"
            headline = _headline(desk, one)
            voice.result(f"{accession}  {voice.visible(one.name)}  {headline}{known}")
        if self._count > SHOWN:
            voice.result(f"and {self._count - SHOWN} more (`prov list`)")


def _headline(desk: "Desk", receipt: "Receipt") -> str:
    from provenance.acts.examining import findings_of

    found = findings_of(desk.entries(receipt.item, ("finding",))).get(receipt.sha256.hex())
    return found.headline.replace("_", " ") if found else "not examined"
