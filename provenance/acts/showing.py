"""What a person sees of an item: one line in a list, or a card with its copies and arrivals.

Names are opened from their disclosures for this answer only. What was erased or cannot be opened is
said to be so; it is never left out silently.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from provenance.acts.erased import Erasures, erased_by
from provenance.acts.examining import Finding, findings_of, read_result
from provenance.acts.judging import VerdictCard, card_of
from provenance.acts.verdict_history import read_history
from provenance.acts.workbench import Workbench
from provenance.custody import CUSTODY_TYPES
from provenance.custody_chain import Chain, chain_of
from provenance.errors import BlobMissing, Malformed
from provenance.evidence import exemplars
from provenance.examine.examination import Examination
from provenance.journal.projecting import ARRIVALS, require_listed
from provenance.journal.reading import OpenedEntry
from provenance.statements import VERDICT_TYPES
from provenance.views import ItemView

WITHHELD: Final = "(name erased)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item in a list."""

    accession: str
    item: bytes
    name: str
    """File name of the first arrival."""
    form: str
    signature: str | None
    """Signature status of the newest examination; None = not examined."""
    verdict: str | None
    """Headline of the published verdict; None = none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalCard:
    """One arrival of a copy."""

    seq: int
    at: datetime
    """UTC, as the signer's clock had it."""
    name: str
    path: str
    source: str | None
    channel: str | None
    claim: str | None
    """Outcome of the manifest: match, mismatch ...; None = no manifest."""
    container: str | None
    """SHA-256 hex of the container it was taken out of."""
    member: str | None
    by: str
    """Who received it."""
    erased: int | None = None
    """Entry that erased the source of this arrival; None if nothing was erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemplarCard:
    """One copy of an item: particular bytes."""

    sha256: str
    sha512: str
    blake3: str
    size: int
    """Bytes."""
    form: str
    media_type: str
    arrivals: tuple[ArrivalCard, ...]
    finding: Finding | None
    examination: Examination | None
    """The full result of the newest examination; None = not examined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """One item, whole."""

    accession: str
    item: bytes
    exemplars: tuple[ExemplarCard, ...]
    chain: Chain
    verdict: VerdictCard
    remarks: tuple[str, ...] = ()
    """Findings whose full result cannot be read; custody and verdict have remarks of their own."""


def overview(bench: Workbench) -> Iterator[ItemLine]:
    """Yield a line for each item, in order of arrival."""
    names = bench.keepers().names
    for view in bench.items():
        entries = bench.entries(view.item, (*ARRIVALS, "finding", *VERDICT_TYPES))
        first = next((entry for entry in entries if entry.type in ARRIVALS), None)
        require_listed(view, first)
        published = read_history(entries, names).standing.published
        yield ItemLine(
            accession=view.accession,
            item=view.item,
            name=(first.text("name", "name") if first else None) or WITHHELD,
            form=(first.text("label", "form") if first else None) or "unknown",
            signature=_worst(findings_of(entries)),
            verdict=published.headline if published else None,
        )


def item_card(bench: Workbench, view: ItemView) -> ItemCard:
    """Return everything about one item."""
    return item_card_of(bench, view, bench.entries(view.item), bench.keepers().names)


def item_card_of(
    bench: Workbench, view: ItemView, entries: Sequence[OpenedEntry], names: Mapping[str, str]
) -> ItemCard:
    """Return everything about one item, out of all its entries, which were read before."""
    erasures = bench.erasures()
    copies = tuple(_copies(bench, view.item, entries, names=names, erasures=erasures))
    unread = [each.finding.seq for each in copies if each.finding and not each.examination]
    return ItemCard(
        accession=view.accession,
        item=view.item,
        exemplars=copies,
        chain=chain_of(
            [e for e in entries if e.type in CUSTODY_TYPES], names=names, erasures=erasures
        ),
        verdict=card_of(view.item, entries, names),
        remarks=tuple(f"entry {seq}: the full result of the examination is lost" for seq in unread),
    )


def _copies(
    bench: Workbench,
    item: bytes,
    entries: Sequence[OpenedEntry],
    *,
    names: Mapping[str, str],
    erasures: Erasures,
) -> Iterator[ExemplarCard]:
    received = [entry for entry in entries if entry.type in ARRIVALS]
    found = findings_of(entries)
    for exemplar in exemplars(bench.held(item, received)):
        sha256 = exemplar.sha256.hex()
        own = [entry for entry in received if entry.text("document", "sha256") == sha256]
        first, finding = own[0], found.get(sha256)
        yield ExemplarCard(
            sha256=sha256,
            sha512=first.text("document", "sha512") or "",
            blake3=first.text("document", "blake3") or "",
            size=exemplar.size,
            form=first.text("label", "form") or "unknown",
            media_type=first.text("label", "media_type") or "unknown",
            arrivals=tuple(
                _arrival(entry, names.get(entry.kid, entry.kid), erased_by(entry.entry, erasures))
                for entry in own
            ),
            finding=finding,
            examination=_result(bench, finding),
        )


def _result(bench: Workbench, finding: Finding | None) -> Examination | None:
    """Read a full result; None if there is none, or nothing that can be read."""
    try:
        return read_result(bench, finding) if finding else None
    except (BlobMissing, Malformed):
        return None


def _arrival(entry: OpenedEntry, by: str, erased: int | None) -> ArrivalCard:
    claim = entry.fields.get("claim")
    return ArrivalCard(
        seq=entry.seq,
        at=entry.claimed_at,
        name=entry.text("name", "name") or WITHHELD,
        path=entry.text("name", "path") or WITHHELD,
        source=entry.text("source", "handle"),
        channel=entry.text("source", "channel"),
        claim=claim if isinstance(claim, str) else None,
        container=entry.text("parent", "sha256"),
        member=entry.text("parent", "member"),
        by=by,
        erased=erased,
    )


def _worst(found: dict[str, Finding]) -> str | None:
    headlines: Sequence[str] = [finding.headline for finding in found.values()]
    return ", ".join(dict.fromkeys(headlines)) or None
