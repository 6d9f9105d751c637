"""Verdict entries as JSON values and back; they are stored as ledger entries in this form.

Refuses anything that is not exactly this form: an entry of a signed ledger that reads differently
in two places is worthless.
"""

from collections.abc import Mapping

from provenance.errors import DossierInvalid, Malformed
from provenance.instants import format_instant
from provenance.verdict.dossier import MAX_TEXT
from provenance.verdict.fields import Fields
from provenance.verdict.located import Complaints, Located, locate
from provenance.verdict.rules import LEVELS, MAX_GRADE
from provenance.verdict.verdict_record import (
    Act,
    Decision,
    ReasonClass,
    Suggested,
    VerdictRecord,
)

_MAX_VERSION = 10_000  # versions of one verdict; a number beyond is a mistake


def verdict_to_json(record: VerdictRecord) -> dict[str, object]:
    """Return the entry as JSON values."""
    return {
        "act": record.act.value,
        "item": record.item,
        "version": record.version,
        "signer": record.signer,
        "signed_at": format_instant(record.signed_at),
        "decision": None if record.decision is None else _decision_to_json(record.decision),
        "supersedes": record.supersedes,
        "reason_class": None if record.reason_class is None else record.reason_class.value,
        "reason": record.reason,
    }


def verdict_from_json(value: object) -> VerdictRecord:
    """Return the entry that `verdict_to_json` wrote.

    Raises:
        Malformed: not an entry of this form; names the field.
    """
    try:
        return _entry(Fields(locate(value), "", _COMPLAINTS))
    except DossierInvalid as error:
        raise Malformed(str(error)) from error


_COMPLAINTS = Complaints("verdict entry")


def _entry(fields: Fields) -> VerdictRecord:
    decision = fields.take("decision")
    reason_class = fields.optional_text("reason_class")
    if reason_class is not None and reason_class not in {one.value for one in ReasonClass}:
        raise fields.wrong("reason_class", "no such class")
    record = VerdictRecord(
        act=Act(fields.choice("act", [act.value for act in Act])),
        item=fields.text("item"),
        version=fields.number("version", 1, _MAX_VERSION),
        signer=fields.text("signer"),
        signed_at=fields.instant("signed_at"),
        decision=None if decision is None or decision.value is None else _decision(decision),
        supersedes=fields.optional_number("supersedes", 1, _MAX_VERSION),
        reason_class=None if reason_class is None else ReasonClass(reason_class),
        reason=fields.optional_text("reason", longest=MAX_TEXT),
    )
    fields.finish()
    return record


def _decision_to_json(decision: Decision) -> dict[str, object]:
    return {
        "labels": dict(decision.labels),
        "suggestion": {
            facet: [one.support, one.opposition, one.label]
            for facet, one in decision.suggestion.items()
        },
        "headline": decision.headline,
        "suggested_headline": decision.suggested_headline,
        "suggested_core": decision.suggested_core,
        "public_wording": decision.public_wording,
        "rules_version": decision.rules_version,
        "as_of": format_instant(decision.as_of),
        "input_digest": decision.input_digest,
        "live_records": list(decision.live_records),
        "override_reasons": dict(decision.override_reasons),
        "missing_checks": list(decision.missing_checks),
        "impossible_checks": dict(decision.impossible_checks),
        "choke_points": list(decision.choke_points),
        "acknowledged": list(decision.acknowledged),
    }


def _decision(found: Located) -> Decision:
    fields = Fields(found, "decision", _COMPLAINTS)
    decision = Decision(
        labels=_words(fields, "labels"),
        suggestion=_suggestion(fields),
        headline=fields.text("headline", longest=MAX_TEXT),
        suggested_headline=fields.text("suggested_headline", longest=MAX_TEXT),
        suggested_core=fields.text("suggested_core", longest=MAX_TEXT),
        public_wording=fields.text("public_wording", longest=MAX_TEXT),
        rules_version=fields.text("rules_version"),
        as_of=fields.instant("as_of"),
        input_digest=fields.text("input_digest"),
        live_records=fields.texts("live_records"),
        override_reasons=_words(fields, "override_reasons"),
        missing_checks=fields.texts("missing_checks"),
        impossible_checks=_words(fields, "impossible_checks"),
        choke_points=fields.texts("choke_points"),
        acknowledged=fields.texts("acknowledged"),
    )
    fields.finish()
    return decision


def _words(fields: Fields, name: str) -> dict[str, str]:
    found = fields.require(name)
    inner = Fields(found, fields.under(name), _COMPLAINTS)
    keys = found.value if isinstance(found.value, Mapping) else ()
    return {key: inner.text(key, longest=MAX_TEXT) for key in keys}


def _suggestion(fields: Fields) -> dict[str, Suggested]:
    found = fields.require("suggestion")
    inner = Fields(found, fields.under("suggestion"), _COMPLAINTS)
    keys = found.value if isinstance(found.value, Mapping) else ()
    return {key: _suggested(inner, key) for key in keys}


def _suggested(fields: Fields, key: str) -> Suggested:
    values = [item.value for item in fields.items(key)]
    match values:
        case [int() as p, int() as c, str() as label]:
            if 0 <= p <= MAX_GRADE and 0 <= c <= MAX_GRADE and label in LEVELS:
                return Suggested(support=p, opposition=c, label=label)
    raise fields.wrong(key, "wanted [support, opposition, label]")
