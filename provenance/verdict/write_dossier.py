"""Write a dossier or one record as JSON values that read back equal.

Absent and default values are left out, so the written form says only what the desk said. Instants
are UTC with a trailing Z. The desk stores each record as its own ledger entry in this form.
"""

from collections.abc import Mapping

from provenance.instants import format_instant
from provenance.verdict.dossier import FORMAT, Assertion, Collection, Dossier, Record, Stake


def dossier_to_json(dossier: Dossier) -> dict[str, object]:
    """Return the dossier as JSON values; `parse_dossier` reads them back equal."""
    return {
        **header_to_json(dossier),
        "records": [record_to_json(record) for record in dossier.records],
    }


def header_to_json(dossier: Dossier) -> dict[str, object]:
    """Return everything but the records."""
    optional = {
        "class": dossier.item_class,
        "central_claim": dossier.central_claim,
        "collection": _collection(dossier.collection),
    }
    return {
        "dossier": FORMAT,
        "title": dossier.title,
        "issuer": dossier.issuer,
        "required_checks": list(dossier.required_checks),
        "stakes": [_stake(stake) for stake in dossier.stakes],
        **_present(optional),
    }


def record_to_json(record: Record) -> dict[str, object]:
    """Return one record as JSON values; `record_from_json` reads them back equal."""
    basis = record.basis
    fields: dict[str, object] = {
        "id": record.id,
        "kind": record.kind.value,
        "recorded_at": format_instant(record.recorded_at),
        "voice": record.voice,
        "speaker": record.speaker,
        "basis": None
        if basis is None
        else {
            "access": basis.access,
            "identification": basis.identification,
            "words": basis.words,
            "reliability": basis.reliability,
        },
        "held": None if record.held else False,
        "asserts": [_assertion(assertion) for assertion in record.asserts],
        "links": [{"child": link.child, "parent": link.parent} for link in record.links],
        "undercut_grade": record.undercut_grade,
        "said_at": None if record.said_at is None else format_instant(record.said_at),
    }
    for name in ("relays", "premises", "retracts", "reverses", "undercuts", "checks"):
        fields[name] = list(getattr(record, name))
    for name in ("quote", "archive", "recorder", "source", "note"):
        fields[name] = getattr(record, name)
    return _present(fields)


def _assertion(assertion: Assertion) -> dict[str, object]:
    return _present(
        {
            "facet": assertion.facet,
            "sign": assertion.sign,
            "implied": assertion.implied or None,
            "interest": assertion.interest,
            "access": assertion.access,
            "grade": assertion.grade,
            "catalogue": assertion.catalogue,
        }
    )


def _stake(stake: Stake) -> dict[str, object]:
    fields = {"principal": stake.principal, "facet": stake.facet, "wants": stake.wants}
    return fields if stake.why is None else {**fields, "why": stake.why}


def _collection(collection: Collection | None) -> dict[str, object] | None:
    if collection is None:
        return None
    return {
        "members": collection.members,
        "verified": collection.verified,
        "member_altered": collection.member_altered,
        "custody_broken": collection.custody_broken,
    }


def _present(fields: Mapping[str, object]) -> dict[str, object]:
    """Leave out what is absent: None and empty lists, but never a zero."""
    return {name: value for name, value in fields.items() if value is not None and value != []}
