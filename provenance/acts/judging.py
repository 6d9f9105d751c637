"""Statements and verdicts on an open desk: import, weigh, sign, countersign, correct, withdraw.

The suggestion is computed from the records each time; what people sign is stored with the digest of
its inputs. Which acts count is read by `provenance.acts.verdict_history`; an act that would not is
refused. Whoever countersigns says which version they were shown: a newer one in between is refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from provenance.acts.examining import newest
from provenance.acts.handles import require_no_handle, texts_of
from provenance.acts.verdict_history import Remark, SignedAct, VerdictHistory, read_history
from provenance.acts.workbench import Workbench
from provenance.errors import Refused
from provenance.journal.appending import Batch
from provenance.journal.reading import OpenedEntry
from provenance.statements import (
    STATEMENT_TYPES,
    VERDICT_TYPES,
    Import,
    Statements,
    dossier_of,
    plan_import,
    read_statements,
    verdict_record,
)
from provenance.verdict.assessment import Assessment
from provenance.verdict.dossier import Dossier
from provenance.verdict.evaluate import evaluate
from provenance.verdict.lifecycle import Standing, state_of
from provenance.verdict.proposing import propose_all
from provenance.verdict.signing import (
    AS_SUGGESTED,
    Ruling,
    choke_points,
    correct_verdict,
    propose_verdict,
    withdraw,
)
from provenance.verdict.signing import (
    countersign as countersign_version,
)
from provenance.verdict.staleness import Staleness, staleness
from provenance.verdict.verdict_json import verdict_to_json
from provenance.verdict.verdict_record import Act, Decision, ReasonClass, Suggested, VerdictRecord

MAX_AHEAD: Final = timedelta(minutes=5)
"""How far the clock that stamped `recorded_at` may run before this one, and nothing be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCard:
    """What the desk knows and says about one item's authenticity."""

    dossier: Dossier
    assessment: Assessment
    """The suggestion, as of the instant that was asked for."""
    acts: tuple[SignedAct, ...]
    """Every act on the verdict, those that do not count included."""
    standing: Standing
    """What people have signed."""
    staleness: Staleness | None
    """None while nothing is signed. Always against all records, whatever `as_of` was asked for."""
    remarks: tuple[Remark, ...]
    """Records that are left out because they cannot be read, and acts that do not count."""

    @property
    def history(self) -> tuple[VerdictRecord, ...]:
        """Every act on the verdict, oldest first."""
        return tuple(act.record for act in self.acts)


def import_dossier(
    bench: Workbench, item: bytes, dossier: Dossier, *, until: datetime | None = None
) -> Import:
    """Record a dossier's statements under an item; what is there already stays as it is.

    Raises:
        Refused: a record's id is there already with other words, or a text names a source.
    """
    latest = bench.parts.clock() + MAX_AHEAD
    sources = {record.source for record in dossier.records if record.source}

    def compose(batch: Batch) -> Import:
        present = bench.entries(item, STATEMENT_TYPES)
        planned = plan_import(item, dossier, present=present, until=until, latest=latest)
        fields = [f for record in planned.records for f in record.fields if f.name != "source"]
        require_no_handle(bench, [t for f in fields for t in texts_of(f.value)], also=sources)
        for record in planned.records:
            batch.add(record)
        return planned

    return bench.append(compose)


def proposed(bench: Workbench, item: bytes) -> Dossier:
    """Return the item's header with only those records that its newest findings add to it.

    Raises:
        BlobMissing: the full result of a finding is gone.
    """
    title = bench.find(item.hex()).accession
    present = dossier_of(bench.entries(item, STATEMENT_TYPES), title=title)
    held = {record.id for record in present.records}
    found = propose_all(newest(bench, item).values())
    records = tuple(one for one in found if one.id not in held)
    return replace(present, records=records)


def card(bench: Workbench, item: bytes, *, as_of: datetime | None = None) -> VerdictCard:
    """Weigh an item's records and compare with what was signed."""
    entries = bench.entries(item, (*STATEMENT_TYPES, *VERDICT_TYPES))
    return card_of(item, entries, bench.keepers().names, as_of=as_of)


def card_of(
    item: bytes,
    entries: Sequence[OpenedEntry],
    names: Mapping[str, str],
    *,
    as_of: datetime | None = None,
) -> VerdictCard:
    """Weigh the records among an item's entries; those of other types are passed over."""
    said = read_statements(entries, title=item.hex())
    past = read_history(entries, names)
    assessment = evaluate(said.dossier, as_of=as_of)
    signed = past.standing.version is not None
    now = assessment if as_of is None or not signed else evaluate(said.dossier)
    return VerdictCard(
        dossier=said.dossier,
        assessment=assessment,
        acts=past.acts,
        standing=past.standing,
        staleness=staleness(past.counting, now) if signed else None,
        remarks=remarks_on(said, past),
    )


def remarks_on(said: Statements, past: VerdictHistory) -> tuple[Remark, ...]:
    """Return what is to be said of an item's records, in order of their entries."""
    left_out = [
        Remark(seq=seq, sentence=f"it cannot be read as a {kind} and is left out")
        for seq, kind in said.unreadable
    ]
    return tuple(sorted([*left_out, *past.broken, *past.unreadable], key=lambda one: one.seq))


def sign(
    bench: Workbench,
    item: bytes,
    *,
    as_of: datetime | None = None,
    ruling: Ruling = AS_SUGGESTED,
) -> VerdictRecord:
    """Sign the suggestion (or overrule it with reasons) as version 1.

    Raises:
        Refused: nothing is recorded, or a rule of the lifecycle forbids it.
    """
    now = bench.parts.clock()

    def act(dossier: Dossier, past: Sequence[VerdictRecord], signer: str) -> VerdictRecord:
        return propose_verdict(
            _assess(dossier, as_of),
            item=item.hex(),
            author=signer,
            signed_at=now,
            as_of=as_of or now,
            ruling=ruling,
            history=past,
        )

    return _act(bench, item, "verdict.signed", act)


def correct(
    bench: Workbench,
    item: bytes,
    *,
    reason_class: ReasonClass,
    reason: str,
    as_of: datetime | None = None,
    ruling: Ruling = AS_SUGGESTED,
) -> VerdictRecord:
    """Sign the next version; the old one stays readable.

    Raises:
        Refused: nothing to correct, or a rule of the lifecycle forbids it.
    """
    now = bench.parts.clock()

    def act(dossier: Dossier, past: Sequence[VerdictRecord], signer: str) -> VerdictRecord:
        return correct_verdict(
            _assess(dossier, as_of),
            past,
            author=signer,
            signed_at=now,
            as_of=as_of or now,
            reason_class=reason_class,
            reason=reason,
            ruling=ruling,
        )

    return _act(bench, item, "verdict.corrected", act)


def countersign(bench: Workbench, item: bytes, *, version: int) -> VerdictRecord:
    """Put the second signature under the version that the signer was shown.

    Args:
        bench: a desk opened with a key.
        item: 16 bytes.
        version: the one they were shown; it must be the newest still.

    Raises:
        Refused: nothing waits for a signature, another version is the newest by now, or the same
            person signed already.
    """
    now = bench.parts.clock()

    def act(dossier: Dossier, past: Sequence[VerdictRecord], signer: str) -> VerdictRecord:
        standing = state_of(past)
        if standing.version is not None and standing.version != version:
            raise Refused(
                f"the newest version is {standing.version}, not {version}: look at that one, then "
                f"countersign with --version {standing.version}"
            )
        signed = countersign_version(past, signer=signer, signed_at=now)
        if standing.decision is not None:
            _require_as_suggested(dossier, standing.decision)
        return signed

    return _act(bench, item, "verdict.countersigned", act)


def take_back(bench: Workbench, item: bytes, *, reason: str) -> VerdictRecord:
    """Sign a withdrawal; it takes effect with the second person's signature.

    Raises:
        Refused: nothing is signed, or the same person signed the withdrawal already.
    """
    now = bench.parts.clock()

    def act(_dossier: Dossier, past: Sequence[VerdictRecord], signer: str) -> VerdictRecord:
        return withdraw(past, signer=signer, signed_at=now, reason=reason)

    return _act(bench, item, "verdict.withdrawn", act)


def accepting_all(bench: Workbench, item: bytes, *, as_of: datetime | None = None) -> Ruling:
    """Return the ruling that takes the suggestion and acknowledges its choke points."""
    dossier = dossier_of(bench.entries(item, STATEMENT_TYPES), title=item.hex())
    return Ruling(acknowledged=choke_points(evaluate(dossier, as_of=as_of)))


_Act = Callable[[Dossier, Sequence[VerdictRecord], str], VerdictRecord]


def _act(bench: Workbench, item: bytes, kind: str, act: _Act) -> VerdictRecord:
    names = bench.keepers().names
    kid = bench.signer.public_key.kid

    def compose(batch: Batch) -> VerdictRecord:
        entries = bench.entries(item, (*STATEMENT_TYPES, *VERDICT_TYPES))
        past = read_history(entries, names).counting
        others = {names.get(other, other) for other in _beside(kind, past) if other != kid}
        if names.get(kid, kid) in others:
            raise Refused("this is a second key of a person who has signed already")
        signed = act(dossier_of(entries, title=item.hex()), past, kid)
        require_no_handle(bench, _typed(signed))
        batch.add(verdict_record(item, kind, verdict_to_json(signed)))
        return signed

    return bench.append(compose)


def _typed(record: VerdictRecord) -> Iterator[str]:
    """Yield the texts that whoever acts has typed themselves."""
    yield record.reason or ""
    if record.decision is not None:
        yield record.decision.headline
        yield record.decision.public_wording
        yield from record.decision.override_reasons.values()
        yield from record.decision.impossible_checks.values()


def _beside(kind: str, past: Sequence[VerdictRecord]) -> Sequence[str]:
    """Return whose signatures an act of this kind would stand beside: other people's only."""
    standing = state_of(past)
    if kind == "verdict.countersigned":
        return standing.signers
    if kind == "verdict.withdrawn":
        return [r.signer for r in past if r.act is Act.WITHDRAWN and r.version == standing.version]
    return ()


def _require_as_suggested(dossier: Dossier, decision: Decision) -> None:
    """Refuse to put a second name under a decision that misstates what the rules suggested."""
    now = evaluate(dossier, as_of=decision.as_of)
    suggestion = {f.name: Suggested(support=f.p, opposition=f.c, label=f.label) for f in now.facets}
    told = (
        dict(decision.suggestion),
        decision.suggested_headline,
        decision.missing_checks,
        decision.choke_points,
    )
    if told != (suggestion, now.headline.text, now.missing_checks, choke_points(now)):
        raise Refused(
            "the signed version does not state what the records suggest as of its instant: "
            "statements were added since, or it was not made by these rules; sign a correction"
        )


def _assess(dossier: Dossier, as_of: datetime | None) -> Assessment:
    if not dossier.records:
        raise Refused("nothing is recorded about this item, so there is nothing to sign")
    return evaluate(dossier, as_of=as_of)
