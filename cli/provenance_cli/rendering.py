"""What `--json` prints: stable keys, one value per answer, JSON Lines for lists."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from provenance.instants import format_instant
from provenance.signatures.codec import to_jsonable

if TYPE_CHECKING:
    from provenance.acts.auditing import DeskAudit
    from provenance.acts.judging import VerdictCard
    from provenance.acts.recounting import Recounted
    from provenance.acts.showing import ExemplarCard, ItemCard, ItemLine
    from provenance.custody_chain import Chain
    from provenance.ledger.findings import Finding
    from provenance.outside.holds_audit import HoldsAudit


def line_json(line: "ItemLine") -> dict[str, object]:
    """Return one line of `prov list`."""
    return {
        "accession": line.accession,
        "item": line.item.hex(),
        "name": line.name,
        "form": line.form,
        "signature": line.signature,
        "verdict": line.verdict,
    }


def item_json(card: "ItemCard", *, full: bool = False) -> dict[str, object]:
    """Return `prov show`; with `full`, the stored result of each copy's newest examination too."""
    published = card.verdict.standing.published
    fresh = card.verdict.staleness
    return {
        "accession": card.accession,
        "item": card.item.hex(),
        "exemplars": [_exemplar_json(copy, full=full) for copy in card.exemplars],
        "holder": card.chain.holder,
        "custody_remarks": list(card.chain.remarks),
        "remarks": [*card.remarks, *map(str, card.verdict.remarks)],
        "suggested": card.verdict.assessment.headline.text,
        "published": published.public_wording if published else None,
        "freshness": str(fresh.freshness) if fresh else None,
    }


def custody_json(chain: "Chain") -> Iterator[dict[str, object]]:
    """Yield the lines of `prov custody log`."""
    for event in chain.events:
        yield {
            "seq": event.seq,
            "type": event.type,
            "claimed_at": format_instant(event.claimed_at),
            "who": event.who,
            "sentence": event.sentence,
            "digests_agree": event.digests_agree,
            "erased": event.erased,
        }


def verdict_json(card: "VerdictCard", names: Mapping[str, str]) -> dict[str, object]:
    """Return `prov verdict show`."""
    from provenance.verdict.verdict_json import verdict_to_json

    fresh = card.staleness
    return {
        "suggestion": card.assessment.to_json(),
        "state": card.standing.state.value,
        "version": card.standing.version,
        "signers": [names.get(kid, kid) for kid in card.standing.signers],
        "history": [verdict_to_json(record) for record in card.history],
        "remarks": [str(remark) for remark in card.remarks],
        "staleness": None
        if fresh is None
        else {
            "freshness": str(fresh.freshness),
            "version": fresh.version,
            "facets": list(fresh.facets),
            "reasons": list(fresh.reasons),
        },
    }


def audit_json(found: "DeskAudit") -> dict[str, object]:
    """Return `prov audit`."""
    return {
        "evidence": {
            "holds": found.evidence_holds,
            "blobs": found.blobs,
            "bytes": found.blob_bytes,
            "sampled": found.sampled,
            "damaged": [
                {
                    "sha256": one.fixity.sha256.hex(),
                    "state": one.fixity.state.value,
                    "belongs_to": one.belongs_to,
                }
                for one in found.damaged
            ],
            "unreadable": list(found.unreadable),
        },
        "log": {
            "holds": found.log_holds,
            "size": found.log.size,
            "root": found.log.root.hex(),
            "beside_the_key": list(found.beside_the_key),
            "outside": _outside_json(found.outside),
            "checked": {detector.value: count for detector, count in found.log.checked.items()},
            "findings": [_finding_json(one) for one in found.log.findings],
            "vouched": found.vouched,
            "first_bad": found.first_bad.seq if found.first_bad else None,
        },
        "remarks": list(found.remarks),
        "tables": {
            "holds": found.derived_holds,
            "views_compared": found.views_compared,
            "different": list(found.derived),
        },
    }


def recount_json(found: "Recounted") -> dict[str, object]:
    """Return `prov ledger recount`."""
    return {
        "holds": found.holds,
        "size": found.log.size,
        "root": found.log.root.hex(),
        "beside_the_key": list(found.beside_the_key),
        "checked": {detector.value: count for detector, count in found.log.checked.items()},
        "findings": [_finding_json(one) for one in found.log.findings],
        "remarks": list(found.remarks),
    }


def _finding_json(one: "Finding") -> dict[str, object]:
    return {
        "detector": one.detector.value,
        "level": one.level.value,
        "seq": one.seq,
        "affects": one.affects,
        "sentence": one.sentence,
    }


def _outside_json(found: "HoldsAudit") -> dict[str, object]:
    return {
        "cosigned": found.cosigned,
        "timestamps": found.timestamps,
        "newest": found.newest,
        "faults": list(found.faults),
        "remarks": list(found.remarks),
    }


def _exemplar_json(copy: "ExemplarCard", *, full: bool) -> dict[str, object]:
    found = copy.examination
    stored = {"examination": to_jsonable(found) if found else None} if full else {}
    return stored | {
        "sha256": copy.sha256,
        "sha512": copy.sha512,
        "blake3": copy.blake3,
        "size": copy.size,
        "form": copy.form,
        "media_type": copy.media_type,
        "signature": copy.finding.headline if copy.finding else None,
        "outcome": copy.finding.outcome if copy.finding else None,
        "open": list(found.signatures.not_determined) if found else [],
        "arrivals": [
            {
                "seq": arrival.seq,
                "at": format_instant(arrival.at),
                "by": arrival.by,
                "name": arrival.name,
                "path": arrival.path,
                "source": arrival.source,
                "channel": arrival.channel,
                "claim": arrival.claim,
                "container": arrival.container,
                "member": arrival.member,
                "erased": arrival.erased,
            }
            for arrival in copy.arrivals
        ],
    }
